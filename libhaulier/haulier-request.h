// SPDX-License-Identifier: LGPL-2.1-or-later
// A request for a new job.
#pragma once

#include "haulier-types.h"

G_BEGIN_DECLS

#define HAULIER_TYPE_REQUEST (haulier_request_get_type())
G_DECLARE_FINAL_TYPE(HaulierRequest, haulier_request, HAULIER, REQUEST, GObject)

HaulierRequest* haulier_request_new(const char* display_name);
void haulier_request_set_key(HaulierRequest* self, const char* key);
void haulier_request_set_kind(HaulierRequest* self, const char* kind);
void haulier_request_add_file(HaulierRequest* self, const char* remote, const char* local);
void haulier_request_add_file_with_options(HaulierRequest* self, const char* remote, const char* local,
                                           GVariant* options);
void haulier_request_set_auto_complete(HaulierRequest* self, gboolean auto_complete);
void haulier_request_set_callback(HaulierRequest* self, HaulierCallback* callback);
void haulier_request_set_service(HaulierRequest* self, const char* name, const char* path);
void haulier_request_set_option(HaulierRequest* self, const char* name, GVariant* value);

G_END_DECLS
