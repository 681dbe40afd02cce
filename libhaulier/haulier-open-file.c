// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening the files of a job.
#include "haulier-job.h"

#include "haulier-client.h"
#include "haulier-private.h"

#include <gio/gunixfdlist.h>

/// In milliseconds. Opening may take the daemon 30 s, which is longer than GDBus waits by default.
#define OPEN_TIMEOUT 60000

static GDBusConnection* connection_of(HaulierJob* self) {
    return haulier_client_get_connection(haulier_job_get_client(self));
}

/// The descriptors of a reply, or NULL. Takes `reply` and `descriptors`, which are NULL after an error.
static GUnixFDList* checked(GVariant* reply, GUnixFDList* descriptors, GError** error) {
    if (!reply) {
        haulier_strip(error);
        return NULL;
    }
    g_variant_unref(reply);
    if (descriptors && g_unix_fd_list_get_length(descriptors) == 1) return descriptors;
    g_clear_object(&descriptors);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the reply has no descriptor");
    return NULL;
}

/// A duplicate of the descriptor, or -1. Takes `descriptors`, which may be NULL. The list has one descriptor,
/// so that the index in the reply can only be 0.
static int descriptor_in(GUnixFDList* descriptors, GError** error) {
    int descriptor = descriptors ? g_unix_fd_list_get(descriptors, 0, error) : -1;
    g_clear_object(&descriptors);
    return descriptor;
}

/**
 * haulier_job_open_file_sync:
 * @self: a job
 * @index: number of the file, from 0
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Opens a file of a download that has been transferred, whether it has its final name already or not. The
 * descriptor is for reading, from the beginning of the file, and stays valid when the file is renamed or
 * deleted. Only the owner of the job and root can do this.
 *
 * Returns: a descriptor, which the caller closes, or -1 if there is an error
 */
int haulier_job_open_file_sync(HaulierJob* self, guint index, GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), -1);
    GUnixFDList* descriptors = NULL;
    GVariant* reply = g_dbus_connection_call_with_unix_fd_list_sync(
        connection_of(self), HAULIER_NAME, haulier_job_get_path(self), HAULIER_JOB_INTERFACE, "OpenFile",
        g_variant_new("(u)", index), G_VARIANT_TYPE("(h)"), G_DBUS_CALL_FLAGS_NONE, OPEN_TIMEOUT, NULL,
        &descriptors, cancellable, error);
    return descriptor_in(checked(reply, descriptors, error), error);
}

static void on_opened(GObject* connection, GAsyncResult* result, gpointer data) {
    GTask* task = data;
    GError* error = NULL;
    GUnixFDList* descriptors = NULL;
    GVariant* reply = g_dbus_connection_call_with_unix_fd_list_finish(G_DBUS_CONNECTION(connection),
                                                                      &descriptors, result, &error);
    descriptors = checked(reply, descriptors, &error);
    if (descriptors)
        g_task_return_pointer(task, descriptors, g_object_unref);
    else
        g_task_return_error(task, error);
    g_object_unref(task);
}

/**
 * haulier_job_open_file:
 * @self: a job
 * @index: number of the file, from 0
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 *
 * As haulier_job_open_file_sync(), without waiting.
 */
void haulier_job_open_file(HaulierJob* self, guint index, GCancellable* cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    g_dbus_connection_call_with_unix_fd_list(
        connection_of(self), HAULIER_NAME, haulier_job_get_path(self), HAULIER_JOB_INTERFACE, "OpenFile",
        g_variant_new("(u)", index), G_VARIANT_TYPE("(h)"), G_DBUS_CALL_FLAGS_NONE, OPEN_TIMEOUT, NULL,
        cancellable, on_opened, g_task_new(self, cancellable, callback, user_data));
}

/**
 * haulier_job_open_file_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error
 *
 * Returns: a descriptor, which the caller closes, or -1 if there is an error
 */
int haulier_job_open_file_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    g_return_val_if_fail(g_task_is_valid(result, self), -1);
    return descriptor_in(g_task_propagate_pointer(G_TASK(result), error), error);
}
