// SPDX-License-Identifier: LGPL-2.1-or-later
// A job of Haulier, followed as long as the object exists.
#pragma once

#include "haulier-types.h"

G_BEGIN_DECLS

#define HAULIER_TYPE_JOB (haulier_job_get_type())
G_DECLARE_FINAL_TYPE(HaulierJob, haulier_job, HAULIER, JOB, GObject)

HaulierClient* haulier_job_get_client(HaulierJob* self);
const char* haulier_job_get_path(HaulierJob* self);
const char* haulier_job_get_id(HaulierJob* self);
const char* haulier_job_get_state(HaulierJob* self);
GVariant* haulier_job_get_value(HaulierJob* self, const char* name);
void haulier_job_get_progress(HaulierJob* self, guint64* done, gint64* total, guint64* rate,
                              gint64* seconds_left);
GError* haulier_job_get_failure(HaulierJob* self);

char* haulier_job_wait_sync(HaulierJob* self, GCancellable* cancellable, GError** error);
void haulier_job_wait(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                      gpointer user_data);
char* haulier_job_wait_finish(HaulierJob* self, GAsyncResult* result, GError** error);

gboolean haulier_job_resume_sync(HaulierJob* self, GCancellable* cancellable, GError** error);
void haulier_job_resume(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
gboolean haulier_job_resume_finish(HaulierJob* self, GAsyncResult* result, GError** error);

gboolean haulier_job_suspend_sync(HaulierJob* self, GCancellable* cancellable, GError** error);
void haulier_job_suspend(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
gboolean haulier_job_suspend_finish(HaulierJob* self, GAsyncResult* result, GError** error);

gboolean haulier_job_cancel_sync(HaulierJob* self, GCancellable* cancellable, GError** error);
void haulier_job_cancel(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
gboolean haulier_job_cancel_finish(HaulierJob* self, GAsyncResult* result, GError** error);

char* haulier_job_complete_sync(HaulierJob* self, GCancellable* cancellable, GError** error);
void haulier_job_complete(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
char* haulier_job_complete_finish(HaulierJob* self, GAsyncResult* result, GError** error);

int haulier_job_open_file_sync(HaulierJob* self, guint index, GCancellable* cancellable, GError** error);
void haulier_job_open_file(HaulierJob* self, guint index, GCancellable* cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
int haulier_job_open_file_finish(HaulierJob* self, GAsyncResult* result, GError** error);

gboolean haulier_job_set_value_sync(HaulierJob* self, const char* name, GVariant* value,
                                    GCancellable* cancellable, GError** error);
void haulier_job_set_value(HaulierJob* self, const char* name, GVariant* value, GCancellable* cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
gboolean haulier_job_set_value_finish(HaulierJob* self, GAsyncResult* result, GError** error);

gboolean haulier_job_set_callback_sync(HaulierJob* self, HaulierCallback* handler, GCancellable* cancellable,
                                       GError** error);
void haulier_job_set_callback(HaulierJob* self, HaulierCallback* handler, GCancellable* cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean haulier_job_set_callback_finish(HaulierJob* self, GAsyncResult* result, GError** error);

G_END_DECLS
