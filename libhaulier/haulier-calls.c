// SPDX-License-Identifier: LGPL-2.1-or-later
#include "haulier-private.h"

void haulier_strip(GError** error) {
    if (error && *error) g_dbus_error_strip_remote_error(*error);
}

void haulier_call(GDBusConnection* connection, const char* path, const char* interface, const char* method,
                  GVariant* arguments, GCancellable* cancellable, GAsyncReadyCallback callback,
                  gpointer data) {
    g_dbus_connection_call(connection, HAULIER_NAME, path, interface, method, arguments, NULL,
                           G_DBUS_CALL_FLAGS_NONE, -1, cancellable, callback, data);
}

GVariant* haulier_call_finish(GAsyncResult* result, GError** error) {
    GObject* connection = g_async_result_get_source_object(result);
    GVariant* reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(connection), result, error);
    g_object_unref(connection);
    if (!reply) haulier_strip(error);
    return reply;
}

GVariant* haulier_call_sync(GDBusConnection* connection, const char* path, const char* interface,
                            const char* method, GVariant* arguments, GCancellable* cancellable,
                            GError** error) {
    GVariant* reply =
        g_dbus_connection_call_sync(connection, HAULIER_NAME, path, interface, method, arguments, NULL,
                                    G_DBUS_CALL_FLAGS_NONE, -1, cancellable, error);
    if (!reply) haulier_strip(error);
    return reply;
}
