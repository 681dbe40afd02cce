// SPDX-License-Identifier: LGPL-2.1-or-later
#include "haulier-client.h"

#include "haulier-errors.h"
#include "haulier-job.h"
#include "haulier-private.h"
#include "haulier-request.h"

struct _HaulierClient {
    GObject parent;
    GDBusConnection* connection;
    GCancellable* closing;
    GPtrArray* jobs; ///< not owned
    guint watch;
};

G_DEFINE_TYPE(HaulierClient, haulier_client, G_TYPE_OBJECT)

static void haulier_client_init(HaulierClient* self) {
    self->jobs = g_ptr_array_new();
    self->closing = g_cancellable_new();
}

static void haulier_client_dispose(GObject* object) {
    HaulierClient* self = HAULIER_CLIENT(object);
    if (self->watch) g_bus_unwatch_name(self->watch);
    self->watch = 0;
    g_clear_object(&self->connection);
    G_OBJECT_CLASS(haulier_client_parent_class)->dispose(object);
}

static void haulier_client_finalize(GObject* object) {
    HaulierClient* self = HAULIER_CLIENT(object);
    g_ptr_array_unref(self->jobs);
    g_object_unref(self->closing);
    G_OBJECT_CLASS(haulier_client_parent_class)->finalize(object);
}

static void haulier_client_class_init(HaulierClientClass* class) {
    G_OBJECT_CLASS(class)->dispose = haulier_client_dispose;
    G_OBJECT_CLASS(class)->finalize = haulier_client_finalize;
    haulier_error_quark(); // from now on GDBus translates the names of the errors
}

// ---- the daemon comes and goes ----

static void for_each_job(HaulierClient* self, void (*tell)(HaulierJob*)) {
    GPtrArray* jobs = g_ptr_array_new_with_free_func(g_object_unref);
    for (guint i = 0; i < self->jobs->len; ++i)
        g_ptr_array_add(jobs, g_object_ref(g_ptr_array_index(self->jobs, i)));
    for (guint i = 0; i < jobs->len; ++i)
        tell(g_ptr_array_index(jobs, i));
    g_ptr_array_unref(jobs);
}

/// Events before the subscription were not announced.
static void on_subscribed(GObject* connection, GAsyncResult* result, gpointer data) {
    HaulierClient* self = data;
    GVariant* reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(connection), result, NULL);
    if (reply) for_each_job(self, haulier_job_refresh);
    g_clear_pointer(&reply, g_variant_unref);
    g_object_unref(self);
}

/// The system bus sends signals only to those who ask for them, and a daemon that was started again has no
/// subscribers.
static void on_appeared(GDBusConnection* connection, const char* name, const char* owner, gpointer data) {
    (void)owner;
    HaulierClient* self = data;
    GVariantBuilder options;
    g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&options, "{sv}", "KeepAlive", g_variant_new_boolean(FALSE));
    g_dbus_connection_call(connection, name, HAULIER_PATH, HAULIER_MANAGER, "SubscribeWith",
                           g_variant_new("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           self->closing, on_subscribed, g_object_ref(self));
}

static void on_vanished(GDBusConnection* connection, const char* name, gpointer data) {
    (void)connection;
    (void)name;
    for_each_job(data, haulier_job_daemon_left);
}

void haulier_client_add(HaulierClient* self, HaulierJob* job) {
    g_ptr_array_add(self->jobs, job);
}

void haulier_client_remove(HaulierClient* self, HaulierJob* job) {
    g_ptr_array_remove_fast(self->jobs, job);
}

GCancellable* haulier_client_get_closing(HaulierClient* self) {
    return self->closing;
}

// ---- construction ----

/**
 * haulier_client_new:
 * @connection: a connection to the session bus or the system bus
 *
 * Nothing is sent, and Haulier is not started. Signals arrive in the main context that is the default of this
 * thread now.
 *
 * Returns: (transfer full): a new client
 */
HaulierClient* haulier_client_new(GDBusConnection* connection) {
    g_return_val_if_fail(G_IS_DBUS_CONNECTION(connection), NULL);
    HaulierClient* self = g_object_new(HAULIER_TYPE_CLIENT, NULL);
    self->connection = g_object_ref(connection);
    self->watch = g_bus_watch_name_on_connection(connection, HAULIER_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                 on_appeared, on_vanished, self, NULL);
    return self;
}

/**
 * haulier_client_new_for_bus_sync:
 * @bus: the session bus, for the user's own jobs while they are logged in, or the system bus
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Returns: (transfer full): a new client
 */
HaulierClient* haulier_client_new_for_bus_sync(GBusType bus, GCancellable* cancellable, GError** error) {
    GDBusConnection* connection = g_bus_get_sync(bus, cancellable, error);
    if (!connection) return NULL;
    HaulierClient* self = haulier_client_new(connection);
    g_object_unref(connection);
    return self;
}

static void on_bus(GObject* source, GAsyncResult* result, gpointer data) {
    (void)source;
    GTask* task = data;
    GError* error = NULL;
    GDBusConnection* connection = g_bus_get_finish(result, &error);
    if (connection)
        g_task_return_pointer(task, haulier_client_new(connection), g_object_unref);
    else
        g_task_return_error(task, error);
    g_clear_object(&connection);
    g_object_unref(task);
}

/**
 * haulier_client_new_for_bus:
 * @bus: the session bus or the system bus
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 */
void haulier_client_new_for_bus(GBusType bus, GCancellable* cancellable, GAsyncReadyCallback callback,
                                gpointer user_data) {
    g_bus_get(bus, cancellable, on_bus, g_task_new(NULL, cancellable, callback, user_data));
}

/**
 * haulier_client_new_for_bus_finish:
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): a new client
 */
HaulierClient* haulier_client_new_for_bus_finish(GAsyncResult* result, GError** error) {
    return g_task_propagate_pointer(G_TASK(result), error);
}

/**
 * haulier_client_get_connection:
 * @self: a client
 *
 * Returns: (transfer none): its connection
 */
GDBusConnection* haulier_client_get_connection(HaulierClient* self) {
    g_return_val_if_fail(HAULIER_IS_CLIENT(self), NULL);
    return self->connection;
}

// ---- one job ----

static void take_reply(HaulierJob* job, GVariant* reply) {
    GVariant* values = g_variant_get_child_value(reply, 0);
    haulier_job_update(job, values);
    g_variant_unref(values);
    g_variant_unref(reply);
}

/**
 * haulier_client_get_job_sync:
 * @self: a client
 * @path: object path of a job
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Returns: (transfer full): the job, which may have ended within the last minute
 */
HaulierJob* haulier_client_get_job_sync(HaulierClient* self, const char* path, GCancellable* cancellable,
                                        GError** error) {
    g_return_val_if_fail(HAULIER_IS_CLIENT(self), NULL);
    // The job subscribes to changes before its values are read, so that none is missed.
    HaulierJob* job = haulier_job_new(self, path, NULL);
    GVariant* reply = haulier_call_sync(self->connection, path, HAULIER_PROPERTIES, "GetAll",
                                        g_variant_new("(s)", HAULIER_JOB_INTERFACE), cancellable, error);
    if (reply)
        take_reply(job, reply);
    else
        g_clear_object(&job);
    return job;
}

static void on_values(GObject* connection, GAsyncResult* result, gpointer data) {
    (void)connection;
    GTask* task = data;
    GError* error = NULL;
    GVariant* reply = haulier_call_finish(result, &error);
    if (reply) {
        HaulierJob* job = g_task_get_task_data(task);
        take_reply(job, reply);
        g_task_return_pointer(task, g_object_ref(job), g_object_unref);
    } else {
        g_task_return_error(task, error);
    }
    g_object_unref(task);
}

/// Takes the task, whose result is the job. The job subscribes to changes before its values are read.
static void load_job(GTask* task, const char* path) {
    HaulierClient* self = g_task_get_source_object(task);
    g_task_set_task_data(task, haulier_job_new(self, path, NULL), g_object_unref);
    haulier_call(self->connection, path, HAULIER_PROPERTIES, "GetAll",
                 g_variant_new("(s)", HAULIER_JOB_INTERFACE), g_task_get_cancellable(task), on_values, task);
}

/**
 * haulier_client_get_job:
 * @self: a client
 * @path: object path of a job
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 */
void haulier_client_get_job(HaulierClient* self, const char* path, GCancellable* cancellable,
                            GAsyncReadyCallback callback, gpointer user_data) {
    g_return_if_fail(HAULIER_IS_CLIENT(self));
    load_job(g_task_new(self, cancellable, callback, user_data), path);
}

/**
 * haulier_client_get_job_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): the job
 */
HaulierJob* haulier_client_get_job_finish(HaulierClient* self, GAsyncResult* result, GError** error) {
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

// ---- find or make ----

/**
 * haulier_client_ensure_job_sync:
 * @self: a client
 * @request: what the job is to do
 * @created: (out) (optional): whether it is a new job
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Finds the unfinished job with the key of the request, or creates it. A job that is found is not changed,
 * except that the callback object of the request is registered with it. When this returns, the job is on
 * disk.
 *
 * Returns: (transfer full): the job
 */
HaulierJob* haulier_client_ensure_job_sync(HaulierClient* self, HaulierRequest* request, gboolean* created,
                                           GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_CLIENT(self), NULL);
    g_return_val_if_fail(HAULIER_IS_REQUEST(request), NULL);
    GVariant* reply = haulier_call_sync(self->connection, HAULIER_PATH, HAULIER_MANAGER, "CreateJob",
                                        haulier_request_to_arguments(request), cancellable, error);
    if (!reply) return NULL;
    const char* path = NULL;
    gboolean is_new = FALSE;
    g_variant_get(reply, "(&o&sb)", &path, NULL, &is_new);
    HaulierJob* job = NULL;
    const char* callback = haulier_request_get_callback_path(request);
    GVariant* registered = NULL;
    if (callback && !is_new) {
        registered = haulier_call_sync(self->connection, path, HAULIER_JOB_INTERFACE, "SetNotifyObject",
                                       g_variant_new("(o)", callback), cancellable, error);
    }
    if (registered || is_new || !callback) job = haulier_client_get_job_sync(self, path, cancellable, error);
    if (created) *created = is_new;
    g_clear_pointer(&registered, g_variant_unref);
    g_variant_unref(reply);
    return job;
}

static const char CreatedKey[] = "haulier-created";
static const char CallbackKey[] = "haulier-callback";

static void on_registered(GObject* connection, GAsyncResult* result, gpointer data) {
    (void)connection;
    GTask* task = data;
    GError* error = NULL;
    GVariant* reply = haulier_call_finish(result, &error);
    if (!reply) {
        g_task_return_error(task, error);
        g_object_unref(task);
        return;
    }
    g_variant_unref(reply);
    char* path = g_strdup(g_task_get_task_data(task));
    load_job(task, path);
    g_free(path);
}

static void on_created(GObject* connection, GAsyncResult* result, gpointer data) {
    (void)connection;
    GTask* task = data;
    GError* error = NULL;
    GVariant* reply = haulier_call_finish(result, &error);
    if (!reply) {
        g_task_return_error(task, error);
        g_object_unref(task);
        return;
    }
    const char* path = NULL;
    gboolean is_new = FALSE;
    g_variant_get(reply, "(&o&sb)", &path, NULL, &is_new);
    g_object_set_data(G_OBJECT(task), CreatedKey, GINT_TO_POINTER(is_new));
    const char* callback = g_object_get_data(G_OBJECT(task), CallbackKey);
    if (callback && !is_new) {
        HaulierClient* self = g_task_get_source_object(task);
        g_task_set_task_data(task, g_strdup(path), g_free);
        haulier_call(self->connection, path, HAULIER_JOB_INTERFACE, "SetNotifyObject",
                     g_variant_new("(o)", callback), g_task_get_cancellable(task), on_registered, task);
    } else {
        load_job(task, path);
    }
    g_variant_unref(reply);
}

/**
 * haulier_client_ensure_job:
 * @self: a client
 * @request: what the job is to do
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 *
 * As haulier_client_ensure_job_sync(), without waiting.
 */
void haulier_client_ensure_job(HaulierClient* self, HaulierRequest* request, GCancellable* cancellable,
                               GAsyncReadyCallback callback, gpointer user_data) {
    g_return_if_fail(HAULIER_IS_CLIENT(self));
    g_return_if_fail(HAULIER_IS_REQUEST(request));
    GTask* task = g_task_new(self, cancellable, callback, user_data);
    const char* object = haulier_request_get_callback_path(request);
    g_object_set_data_full(G_OBJECT(task), CallbackKey, g_strdup(object), g_free);
    haulier_call(self->connection, HAULIER_PATH, HAULIER_MANAGER, "CreateJob",
                 haulier_request_to_arguments(request), cancellable, on_created, task);
}

/**
 * haulier_client_ensure_job_finish:
 * @self: a client
 * @result: the result
 * @created: (out) (optional): whether it is a new job
 * @error: return location for an error
 *
 * Returns: (transfer full): the job
 */
HaulierJob* haulier_client_ensure_job_finish(HaulierClient* self, GAsyncResult* result, gboolean* created,
                                             GError** error) {
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    if (created) *created = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(result), CreatedKey));
    return g_task_propagate_pointer(G_TASK(result), error);
}

// ---- lists ----

/// A list with fewer jobs than this is complete.
enum { FULL_PAGE = 256 };

static GVariant* filter_of(const char* key, guint offset) {
    GVariantBuilder filter;
    g_variant_builder_init(&filter, G_VARIANT_TYPE_VARDICT);
    if (key) g_variant_builder_add(&filter, "{sv}", "Key", g_variant_new_string(key));
    g_variant_builder_add(&filter, "{sv}", "Offset", g_variant_new_uint32(offset));
    return g_variant_new("(a{sv})", &filter);
}

/// Several objects may be of one job, if the client has listed its jobs more than once. An update may release
/// other objects.
static void update_jobs(HaulierClient* self, GHashTable* values_of) {
    GPtrArray* jobs = g_ptr_array_new_with_free_func(g_object_unref);
    for (guint i = 0; i < self->jobs->len; ++i)
        g_ptr_array_add(jobs, g_object_ref(g_ptr_array_index(self->jobs, i)));
    for (guint i = 0; i < jobs->len; ++i) {
        HaulierJob* job = g_ptr_array_index(jobs, i);
        GVariant* values = g_hash_table_lookup(values_of, haulier_job_get_path(job));
        if (values) haulier_job_update(job, values);
    }
    g_ptr_array_unref(jobs);
}

static void on_page_again(GObject* connection, GAsyncResult* result, gpointer data) {
    HaulierClient* self = data;
    GVariant* reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(connection), result, NULL);
    GVariantIter* page = NULL;
    const char* path = NULL;
    GVariant* values = NULL;
    if (reply) {
        GHashTable* values_of =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_variant_unref);
        g_variant_get(reply, "(a(oa{sv}))", &page);
        while (g_variant_iter_next(page, "(&o@a{sv})", &path, &values))
            g_hash_table_insert(values_of, (gpointer)path, values);
        update_jobs(self, values_of);
        g_hash_table_unref(values_of);
        g_variant_iter_free(page);
        g_variant_unref(reply);
    }
    g_object_unref(self);
}

/// Takes a reply and adds its jobs. Returns whether there are more. The jobs subscribe to changes only now,
/// so the page is read once more.
static gboolean add_page(HaulierClient* self, GPtrArray* jobs, const char* key, GVariant* reply) {
    guint offset = jobs->len;
    GVariant* page = g_variant_get_child_value(reply, 0);
    GVariantIter each;
    const char* path = NULL;
    GVariant* values = NULL;
    g_variant_iter_init(&each, page);
    while (g_variant_iter_loop(&each, "(&o@a{sv})", &path, &values))
        g_ptr_array_add(jobs, haulier_job_new(self, path, values));
    if (jobs->len > offset)
        haulier_call(self->connection, HAULIER_PATH, HAULIER_MANAGER, "ListJobs", filter_of(key, offset),
                     self->closing, on_page_again, g_object_ref(self));
    gboolean more = g_variant_n_children(page) >= FULL_PAGE;
    g_variant_unref(page);
    g_variant_unref(reply);
    return more;
}

/**
 * haulier_client_list_jobs_sync:
 * @self: a client
 * @key: (nullable): key of the wanted job, or %NULL for all unfinished jobs of the user
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type HaulierJob): the jobs, the oldest first
 */
GPtrArray* haulier_client_list_jobs_sync(HaulierClient* self, const char* key, GCancellable* cancellable,
                                         GError** error) {
    g_return_val_if_fail(HAULIER_IS_CLIENT(self), NULL);
    GPtrArray* jobs = g_ptr_array_new_with_free_func(g_object_unref);
    gboolean more = TRUE;
    while (more) {
        GVariant* reply = haulier_call_sync(self->connection, HAULIER_PATH, HAULIER_MANAGER, "ListJobs",
                                            filter_of(key, jobs->len), cancellable, error);
        if (!reply) {
            g_ptr_array_unref(jobs);
            return NULL;
        }
        more = add_page(self, jobs, key, reply);
    }
    return jobs;
}

static void on_page(GObject* connection, GAsyncResult* result, gpointer data);

static void request_page(GTask* task) {
    HaulierClient* self = g_task_get_source_object(task);
    GPtrArray* jobs = g_task_get_task_data(task);
    haulier_call(self->connection, HAULIER_PATH, HAULIER_MANAGER, "ListJobs",
                 filter_of(g_object_get_data(G_OBJECT(task), "haulier-key"), jobs->len),
                 g_task_get_cancellable(task), on_page, task);
}

static void on_page(GObject* connection, GAsyncResult* result, gpointer data) {
    (void)connection;
    GTask* task = data;
    GError* error = NULL;
    GVariant* reply = haulier_call_finish(result, &error);
    GPtrArray* jobs = g_task_get_task_data(task);
    const char* key = g_object_get_data(G_OBJECT(task), "haulier-key");
    if (reply && add_page(g_task_get_source_object(task), jobs, key, reply)) {
        request_page(task);
        return;
    }
    if (reply)
        g_task_return_pointer(task, g_ptr_array_ref(jobs), (GDestroyNotify)g_ptr_array_unref);
    else
        g_task_return_error(task, error);
    g_object_unref(task);
}

/**
 * haulier_client_list_jobs:
 * @self: a client
 * @key: (nullable): key of the wanted job, or %NULL for all unfinished jobs of the user
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 */
void haulier_client_list_jobs(HaulierClient* self, const char* key, GCancellable* cancellable,
                              GAsyncReadyCallback callback, gpointer user_data) {
    g_return_if_fail(HAULIER_IS_CLIENT(self));
    GTask* task = g_task_new(self, cancellable, callback, user_data);
    g_object_set_data_full(G_OBJECT(task), "haulier-key", g_strdup(key), g_free);
    g_task_set_task_data(task, g_ptr_array_new_with_free_func(g_object_unref),
                         (GDestroyNotify)g_ptr_array_unref);
    request_page(task);
}

/**
 * haulier_client_list_jobs_finish:
 * @self: a client
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer container) (element-type HaulierJob): the jobs, the oldest first
 */
GPtrArray* haulier_client_list_jobs_finish(HaulierClient* self, GAsyncResult* result, GError** error) {
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
