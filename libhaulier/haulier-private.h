// SPDX-License-Identifier: LGPL-2.1-or-later
// Functions that the parts of libhaulier share, and names on the bus.
#pragma once

#include "haulier-types.h"

#define HAULIER_NAME "org.haulier.Haulier1"
#define HAULIER_PATH "/org/haulier/Haulier1"
#define HAULIER_MANAGER HAULIER_NAME ".Manager"
#define HAULIER_JOB_INTERFACE HAULIER_NAME ".Job"
#define HAULIER_PROPERTIES "org.freedesktop.DBus.Properties"

// ---- calls ----

/// The message of an error of the bus, without the name of the error in front of it.
G_GNUC_INTERNAL void haulier_strip(GError** error);
/// A call to Haulier, which the bus starts if need be; a floating `arguments` is taken.
G_GNUC_INTERNAL void haulier_call(GDBusConnection* connection, const char* path, const char* interface,
                                  const char* method, GVariant* arguments, GCancellable* cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
G_GNUC_INTERNAL GVariant* haulier_call_finish(GAsyncResult* result, GError** error);
G_GNUC_INTERNAL GVariant* haulier_call_sync(GDBusConnection* connection, const char* path,
                                            const char* interface, const char* method, GVariant* arguments,
                                            GCancellable* cancellable, GError** error);

// ---- requests ----

/// (ssa{sv}), floating.
G_GNUC_INTERNAL GVariant* haulier_request_to_arguments(HaulierRequest* self);
/// Path of the callback object, or NULL.
G_GNUC_INTERNAL const char* haulier_request_get_callback_path(HaulierRequest* self);

// ---- jobs ----

/// `values`: a{sv}, or NULL if nothing is known yet.
G_GNUC_INTERNAL HaulierJob* haulier_job_new(HaulierClient* client, const char* path, GVariant* values);
/// Reads the values again.
G_GNUC_INTERNAL void haulier_job_update(HaulierJob* self, GVariant* values);
G_GNUC_INTERNAL void haulier_job_refresh(HaulierJob* self);
/// The daemon has left the bus.
G_GNUC_INTERNAL void haulier_job_daemon_left(HaulierJob* self);

// ---- clients ----

/// The client informs its jobs about the daemon; it does not keep them alive.
G_GNUC_INTERNAL void haulier_client_add(HaulierClient* self, HaulierJob* job);
G_GNUC_INTERNAL void haulier_client_remove(HaulierClient* self, HaulierJob* job);
/// Cancelled when nothing in progress is needed any more.
G_GNUC_INTERNAL GCancellable* haulier_client_get_closing(HaulierClient* self);

// ---- errors ----

/// The number of the error of a job, 0 for one that this version does not know.
G_GNUC_INTERNAL int haulier_transfer_error_from_name(const char* name);
