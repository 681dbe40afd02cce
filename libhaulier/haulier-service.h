// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that the bus starts when Haulier has to notify it.
#pragma once

#include "haulier-types.h"

G_BEGIN_DECLS

#define HAULIER_TYPE_SERVICE (haulier_service_get_type())
G_DECLARE_FINAL_TYPE(HaulierService, haulier_service, HAULIER, SERVICE, GObject)

HaulierService* haulier_service_new(HaulierClient* client, const char* name, const char* path);
HaulierCallback* haulier_service_get_callback(HaulierService* self);
void haulier_service_set_inactivity(HaulierService* self, guint seconds);
gboolean haulier_service_run(HaulierService* self, GDBusConnection* connection, GError** error);

G_END_DECLS
