// SPDX-License-Identifier: LGPL-2.1-or-later
#include "haulier-service.h"

#include "haulier-callback.h"
#include "haulier-client.h"

struct _HaulierService {
    GObject parent;
    HaulierClient* client;
    HaulierCallback* callback;
    char* name;
    char* path;
    guint inactivity;
    GMainLoop* loop;
    GSource* leaving;
    gboolean lost;
};

G_DEFINE_TYPE(HaulierService, haulier_service, G_TYPE_OBJECT)

enum { DEFAULT_INACTIVITY = 10 };

static void haulier_service_init(HaulierService* self) {
    self->inactivity = DEFAULT_INACTIVITY;
}

static void haulier_service_dispose(GObject* object) {
    HaulierService* self = HAULIER_SERVICE(object);
    g_clear_object(&self->callback);
    g_clear_object(&self->client);
    G_OBJECT_CLASS(haulier_service_parent_class)->dispose(object);
}

static void haulier_service_finalize(GObject* object) {
    HaulierService* self = HAULIER_SERVICE(object);
    g_free(self->name);
    g_free(self->path);
    G_OBJECT_CLASS(haulier_service_parent_class)->finalize(object);
}

static void haulier_service_class_init(HaulierServiceClass* class) {
    G_OBJECT_CLASS(class)->dispose = haulier_service_dispose;
    G_OBJECT_CLASS(class)->finalize = haulier_service_finalize;
}

/**
 * haulier_service_new:
 * @client: the client from which the jobs come
 * @name: an activatable name on the bus, for which there is a file in dbus-1/services
 * @path: an object path
 *
 * Jobs name the service with haulier_request_set_service().
 *
 * Returns: (transfer full): a service that does not run yet
 */
HaulierService* haulier_service_new(HaulierClient* client, const char* name, const char* path) {
    g_return_val_if_fail(HAULIER_IS_CLIENT(client), NULL);
    g_return_val_if_fail(g_dbus_is_name(name) && g_variant_is_object_path(path), NULL);
    HaulierService* self = g_object_new(HAULIER_TYPE_SERVICE, NULL);
    self->client = g_object_ref(client);
    self->callback = haulier_callback_new(client);
    self->name = g_strdup(name);
    self->path = g_strdup(path);
    return self;
}

/**
 * haulier_service_get_callback:
 * @self: a service
 *
 * Returns: (transfer none): the object whose signals report the news
 */
HaulierCallback* haulier_service_get_callback(HaulierService* self) {
    g_return_val_if_fail(HAULIER_IS_SERVICE(self), NULL);
    return self->callback;
}

/**
 * haulier_service_set_inactivity:
 * @self: a service
 * @seconds: how long it stays when there is nothing to do; 10 by default
 */
void haulier_service_set_inactivity(HaulierService* self, guint seconds) {
    g_return_if_fail(HAULIER_IS_SERVICE(self));
    self->inactivity = seconds;
}

static gboolean on_inactive(gpointer data) {
    HaulierService* self = data;
    if (!haulier_callback_is_busy(self->callback)) g_main_loop_quit(self->loop);
    return G_SOURCE_CONTINUE;
}

/// From now on the time of inactivity counts.
static void on_settled(HaulierService* self) {
    if (self->leaving) g_source_destroy(self->leaving);
    g_clear_pointer(&self->leaving, g_source_unref);
    self->leaving = g_timeout_source_new_seconds(self->inactivity);
    g_source_set_callback(self->leaving, on_inactive, self, NULL);
    g_source_attach(self->leaving, g_main_context_get_thread_default());
}

static void on_name_lost(GDBusConnection* connection, const char* name, gpointer data) {
    (void)connection, (void)name;
    HaulierService* self = data;
    self->lost = TRUE;
    g_main_loop_quit(self->loop);
}

/**
 * haulier_service_run:
 * @self: a service
 * @connection: (nullable): the bus on which the service has its name, if it is not that of the jobs: a
 * service in the session of a user can be called about jobs of the system bus
 * @error: return location for an error
 *
 * Exports the callback object, takes the name, and returns when there has been nothing to do for a while.
 *
 * Returns: %FALSE if the name could not be taken, or was lost
 */
gboolean haulier_service_run(HaulierService* self, GDBusConnection* connection, GError** error) {
    g_return_val_if_fail(HAULIER_IS_SERVICE(self), FALSE);
    if (!connection) connection = haulier_client_get_connection(self->client);
    // Before the name is taken, so that the first caller finds the object.
    if (!haulier_callback_export(self->callback, connection, self->path, error)) return FALSE;
    self->loop = g_main_loop_new(g_main_context_get_thread_default(), FALSE);
    gulong handler = g_signal_connect_swapped(self->callback, "settled", G_CALLBACK(on_settled), self);
    guint owned = g_bus_own_name_on_connection(connection, self->name, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                               NULL, on_name_lost, self, NULL);
    self->lost = FALSE;
    on_settled(self);
    g_main_loop_run(self->loop);
    g_source_destroy(self->leaving);
    g_clear_pointer(&self->leaving, g_source_unref);
    g_bus_unown_name(owned);
    g_signal_handler_disconnect(self->callback, handler);
    haulier_callback_unexport(self->callback);
    g_clear_pointer(&self->loop, g_main_loop_unref);
    if (self->lost)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS, "another program has the name '%s' on the bus",
                    self->name);
    return !self->lost;
}
