// SPDX-License-Identifier: LGPL-2.1-or-later
// An object on the bus that Haulier calls.
#pragma once

#include "haulier-types.h"

G_BEGIN_DECLS

#define HAULIER_TYPE_CALLBACK (haulier_callback_get_type())
G_DECLARE_FINAL_TYPE(HaulierCallback, haulier_callback, HAULIER, CALLBACK, GObject)

HaulierCallback* haulier_callback_new(HaulierClient* client);
gboolean haulier_callback_export(HaulierCallback* self, GDBusConnection* connection, const char* path,
                                 GError** error);
void haulier_callback_unexport(HaulierCallback* self);
const char* haulier_callback_get_path(HaulierCallback* self);
gboolean haulier_callback_is_busy(HaulierCallback* self);

G_END_DECLS
