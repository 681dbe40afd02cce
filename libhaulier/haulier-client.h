// SPDX-License-Identifier: LGPL-2.1-or-later
// A connection to Haulier, from which jobs are created and found.
#pragma once

#include "haulier-types.h"

G_BEGIN_DECLS

#define HAULIER_TYPE_CLIENT (haulier_client_get_type())
G_DECLARE_FINAL_TYPE(HaulierClient, haulier_client, HAULIER, CLIENT, GObject)

HaulierClient* haulier_client_new(GDBusConnection* connection);
HaulierClient* haulier_client_new_for_bus_sync(GBusType bus, GCancellable* cancellable, GError** error);
void haulier_client_new_for_bus(GBusType bus, GCancellable* cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
HaulierClient* haulier_client_new_for_bus_finish(GAsyncResult* result, GError** error);

GDBusConnection* haulier_client_get_connection(HaulierClient* self);

HaulierJob* haulier_client_ensure_job_sync(HaulierClient* self, HaulierRequest* request, gboolean* created,
                                           GCancellable* cancellable, GError** error);
void haulier_client_ensure_job(HaulierClient* self, HaulierRequest* request, GCancellable* cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
HaulierJob* haulier_client_ensure_job_finish(HaulierClient* self, GAsyncResult* result, gboolean* created,
                                             GError** error);

HaulierJob* haulier_client_get_job_sync(HaulierClient* self, const char* path, GCancellable* cancellable,
                                        GError** error);
void haulier_client_get_job(HaulierClient* self, const char* path, GCancellable* cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
HaulierJob* haulier_client_get_job_finish(HaulierClient* self, GAsyncResult* result, GError** error);

GPtrArray* haulier_client_list_jobs_sync(HaulierClient* self, const char* key, GCancellable* cancellable,
                                         GError** error);
void haulier_client_list_jobs(HaulierClient* self, const char* key, GCancellable* cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray* haulier_client_list_jobs_finish(HaulierClient* self, GAsyncResult* result, GError** error);

G_END_DECLS
