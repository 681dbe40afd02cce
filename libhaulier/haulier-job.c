// SPDX-License-Identifier: LGPL-2.1-or-later
#include "haulier-job.h"

#include "haulier-callback.h"
#include "haulier-client.h"
#include "haulier-errors.h"
#include "haulier-private.h"

#include <string.h>

struct _HaulierJob {
    GObject parent;
    HaulierClient* client;
    char* path;
    char* result;       ///< how the job has ended
    GHashTable* values; ///< name: value, as last announced
    GPtrArray* waits;   ///< tasks
    guint subscriptions[2];
    guint retry; ///< source of the next attempt to read the values
    guint tries; ///< in vain, one after the other
    gboolean reads;
    gboolean looks_back; ///< the history is being read
};

G_DEFINE_TYPE(HaulierJob, haulier_job, G_TYPE_OBJECT)

enum { CHANGED, SIGNALS };
static guint signals[SIGNALS];

/// With pauses that double from a fifth of a second up to five seconds, this is half a minute.
enum { MOST_TRIES = 10, FIRST_PAUSE = 200, LONGEST_PAUSE = 5000 };

static GDBusConnection* connection_of(HaulierJob* self) {
    return haulier_client_get_connection(self->client);
}

static void haulier_job_init(HaulierJob* self) {
    self->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
    self->waits = g_ptr_array_new();
}

static void haulier_job_dispose(GObject* object) {
    HaulierJob* self = HAULIER_JOB(object);
    if (self->client) {
        haulier_client_remove(self->client, self);
        for (guint i = 0; i < G_N_ELEMENTS(self->subscriptions); ++i)
            g_dbus_connection_signal_unsubscribe(connection_of(self), self->subscriptions[i]);
    }
    g_clear_object(&self->client);
    G_OBJECT_CLASS(haulier_job_parent_class)->dispose(object);
}

static void haulier_job_finalize(GObject* object) {
    HaulierJob* self = HAULIER_JOB(object);
    g_free(self->path);
    g_free(self->result);
    g_hash_table_unref(self->values);
    g_ptr_array_unref(self->waits);
    G_OBJECT_CLASS(haulier_job_parent_class)->finalize(object);
}

static void haulier_job_class_init(HaulierJobClass* class) {
    G_OBJECT_CLASS(class)->dispose = haulier_job_dispose;
    G_OBJECT_CLASS(class)->finalize = haulier_job_finalize;
    /**
     * HaulierJob::changed:
     * @self: the job
     *
     * A value of the job has changed, such as its state or its progress. It is emitted at most twice a second
     * while only bytes move.
     */
    signals[CHANGED] =
        g_signal_new("changed", HAULIER_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

// ---- values ----

static void take_values(HaulierJob* self, GVariant* values) {
    GVariantIter each;
    const char* name = NULL;
    GVariant* value = NULL;
    g_variant_iter_init(&each, values);
    while (g_variant_iter_loop(&each, "{&sv}", &name, &value))
        g_hash_table_insert(self->values, g_strdup(name), g_variant_ref(value));
}

static GVariant* value_of(HaulierJob* self, const char* name, const char* type) {
    GVariant* value = g_hash_table_lookup(self->values, name);
    return value && g_variant_is_of_type(value, G_VARIANT_TYPE(type)) ? value : NULL;
}

static const char* text_of(HaulierJob* self, const char* name) {
    GVariant* value = value_of(self, name, "s");
    return value ? g_variant_get_string(value, NULL) : "";
}

static guint64 number_of(HaulierJob* self, const char* name) {
    GVariant* value = value_of(self, name, "t");
    return value ? g_variant_get_uint64(value) : 0;
}

static gboolean is_state(HaulierJob* self, const char* state) {
    return strcmp(text_of(self, "State"), state) == 0;
}

static gboolean completes_itself(HaulierJob* self) {
    GVariant* value = value_of(self, "AutoComplete", "b");
    return value && g_variant_get_boolean(value);
}

/**
 * haulier_job_get_client:
 * @self: a job
 *
 * Returns: (transfer none): the client that it comes from
 */
HaulierClient* haulier_job_get_client(HaulierJob* self) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    return self->client;
}

/**
 * haulier_job_get_path:
 * @self: a job
 *
 * Returns: its object path
 */
const char* haulier_job_get_path(HaulierJob* self) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    return self->path;
}

/**
 * haulier_job_get_id:
 * @self: a job
 *
 * Returns: its id, which is never used again for another job
 */
const char* haulier_job_get_id(HaulierJob* self) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    return strrchr(self->path, '/') + 1;
}

/**
 * haulier_job_get_state:
 * @self: a job
 *
 * Returns: "suspended", "queued", "connecting", "transferring", "transient-error", "error", "transferred",
 * "acknowledged", "cancelled", or "" if it is not known
 */
const char* haulier_job_get_state(HaulierJob* self) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    return text_of(self, "State");
}

/**
 * haulier_job_get_value:
 * @self: a job
 * @name: name of a property of the interface org.haulier.Haulier1.Job
 *
 * Returns: (transfer full) (nullable): its value as last announced
 */
GVariant* haulier_job_get_value(HaulierJob* self, const char* name) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    GVariant* value = g_hash_table_lookup(self->values, name);
    return value ? g_variant_ref(value) : NULL;
}

/**
 * haulier_job_get_progress:
 * @self: a job
 * @done: (out) (optional): bytes transferred; this decreases if a file has to start again
 * @total: (out) (optional): bytes of all files, or -1 while the size of one is not known
 * @rate: (out) (optional): bytes a second
 * @seconds_left: (out) (optional): an estimate, or -1 if there is none
 */
void haulier_job_get_progress(HaulierJob* self, guint64* done, gint64* total, guint64* rate,
                              gint64* seconds_left) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    guint64 here = number_of(self, "BytesTransferred");
    guint64 speed = number_of(self, "Rate");
    GVariant* size = value_of(self, "BytesTotal", "t");
    guint64 all = size ? g_variant_get_uint64(size) : G_MAXUINT64;
    gboolean known = all <= G_MAXINT64;
    if (done) *done = here;
    if (total) *total = known ? (gint64)all : -1;
    if (rate) *rate = speed;
    if (!seconds_left) return;
    *seconds_left = known && speed > 0 ? (gint64)((all - MIN(here, all) + speed - 1) / speed) : -1;
}

/**
 * haulier_job_get_failure:
 * @self: a job
 *
 * Why the job has failed, or why it is tried again. The value "Error" has the details.
 *
 * Returns: (transfer full) (nullable): an error of #HaulierTransferError, or %NULL
 */
GError* haulier_job_get_failure(HaulierJob* self) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    GVariant* value = value_of(self, "Error", "(ssisu)");
    if (!value) return NULL;
    const char *name = NULL, *message = NULL;
    g_variant_get(value, "(&s&si&su)", NULL, &name, NULL, &message, NULL);
    if (*name == '\0') return NULL;
    return g_error_new_literal(HAULIER_TRANSFER_ERROR, haulier_transfer_error_from_name(name), message);
}

// ---- waiting ----

static void on_cancelled_wait(HaulierJob* self, GTask* task) {
    if (g_ptr_array_remove(self->waits, task)) {
        g_task_return_error_if_cancelled(task);
        g_object_unref(task);
    }
}

static gboolean on_cancelled(GCancellable* cancellable, gpointer data) {
    (void)cancellable;
    GTask* task = data;
    on_cancelled_wait(g_task_get_source_object(task), task);
    return G_SOURCE_REMOVE;
}

/// Ends all waits, with a result or an error.
static void end_waits(HaulierJob* self, const char* result, const GError* error) {
    GPtrArray* waits = self->waits;
    self->waits = g_ptr_array_new();
    for (guint i = 0; i < waits->len; ++i) {
        GTask* task = g_ptr_array_index(waits, i);
        GSource* cancel = g_object_get_data(G_OBJECT(task), "haulier-cancel");
        if (cancel) g_source_destroy(cancel);
        if (result)
            g_task_return_pointer(task, g_strdup(result), g_free);
        else
            g_task_return_error(task, g_error_copy(error));
        g_object_unref(task);
    }
    g_ptr_array_unref(waits);
}

static void end_with_error(HaulierJob* self, GError* error) {
    end_waits(self, NULL, error);
    g_error_free(error);
}

/// A daemon that says "error" without saying which is not expected, but must not crash the app.
static GError* failure_of(HaulierJob* self) {
    GError* error = haulier_job_get_failure(self);
    return error ? error
                 : g_error_new_literal(HAULIER_TRANSFER_ERROR, HAULIER_TRANSFER_ERROR_UNKNOWN,
                                       "the job has failed");
}

/// How the job has ended, according to the list of ended jobs; NULL if the list does not contain it.
static char* result_in(GVariant* history, const char* id) {
    GVariant* list = g_variant_get_child_value(history, 0);
    GVariantIter each;
    const char* ended = NULL;
    GVariant* facts = NULL;
    char* result = NULL;
    g_variant_iter_init(&each, list);
    while (g_variant_iter_loop(&each, "(&s@a{sv})", &ended, &facts)) {
        if (strcmp(ended, id) != 0) continue;
        g_variant_lookup(facts, "Result", "s", &result);
        g_variant_unref(facts);
        break;
    }
    g_variant_unref(list);
    return result;
}

/// What follows from the state if the history has nothing.
static char* result_from_state(HaulierJob* self) {
    if (is_state(self, "cancelled")) return g_strdup("cancelled");
    if (!is_state(self, "acknowledged")) return NULL;
    GVariant* all = value_of(self, "FilesTotal", "u");
    GVariant* kept = value_of(self, "FilesTransferred", "u");
    return g_strdup(all && kept && !g_variant_equal(all, kept) ? "partial" : "complete");
}

static void check(HaulierJob* self);

static void on_history(GObject* connection, GAsyncResult* reply, gpointer data) {
    (void)connection;
    HaulierJob* self = data;
    GError* error = NULL;
    GVariant* history = haulier_call_finish(reply, &error);
    self->looks_back = FALSE;
    if (!self->result && history) self->result = result_in(history, haulier_job_get_id(self));
    if (!self->result) self->result = result_from_state(self);
    if (self->result)
        check(self);
    else if (error)
        end_waits(self, NULL, error);
    else
        end_with_error(self, g_error_new(HAULIER_ERROR, HAULIER_ERROR_NOT_FOUND,
                                         "job '%s' has ended, and nothing is remembered of it",
                                         haulier_job_get_id(self)));
    g_clear_error(&error);
    g_clear_pointer(&history, g_variant_unref);
    g_object_unref(self);
}

/// The job has ended, perhaps without our notice.
static void look_back(HaulierJob* self) {
    if (self->looks_back || self->waits->len == 0) return;
    self->looks_back = TRUE;
    GVariantBuilder filter;
    g_variant_builder_init(&filter, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&filter, "{sv}", "Hidden", g_variant_new_boolean(TRUE));
    haulier_call(connection_of(self), HAULIER_PATH, HAULIER_MANAGER, "ListEndedJobs",
                 g_variant_new("(a{sv})", &filter), haulier_client_get_closing(self->client), on_history,
                 g_object_ref(self));
}

/// Is there anything left to wait for?
static void check(HaulierJob* self) {
    if (self->waits->len == 0) return;
    if (self->result)
        end_waits(self, self->result, NULL);
    else if (is_state(self, "error"))
        end_with_error(self, failure_of(self));
    else if (is_state(self, "transferred") && !completes_itself(self))
        end_waits(self, "transferred", NULL);
    else if (is_state(self, "acknowledged") || is_state(self, "cancelled"))
        look_back(self);
}

// ---- what the bus says ----

void haulier_job_update(HaulierJob* self, GVariant* values) {
    take_values(self, values);
    g_signal_emit(self, signals[CHANGED], 0);
    check(self);
}

static gboolean on_retry(gpointer data) {
    HaulierJob* self = data;
    self->retry = 0;
    haulier_job_refresh(self);
    return G_SOURCE_REMOVE;
}

static void retry_later(HaulierJob* self) {
    guint pause = MIN((guint)FIRST_PAUSE << self->tries, (guint)LONGEST_PAUSE);
    ++self->tries;
    GSource* source = g_timeout_source_new(pause);
    g_source_set_callback(source, on_retry, g_object_ref(self), g_object_unref);
    self->retry = g_source_attach(source, g_main_context_get_thread_default());
    g_source_unref(source);
}

/// The daemon says that it has no such job, or none that this user may see.
static gboolean means_ended(const GError* error) {
    if (g_error_matches(error, HAULIER_ERROR, HAULIER_ERROR_ACCESS_DENIED)) return TRUE;
    char* name = g_dbus_error_get_remote_error(error);
    gboolean ended =
        name && (g_str_equal(name, "org.freedesktop.DBus.Error.UnknownObject") ||
                 g_str_equal(name, "org.freedesktop.DBus.Error.UnknownMethod") ||
                 g_str_equal(name, "org.freedesktop.DBus.Error.UnknownInterface") ||
                 g_str_equal(name, "org.freedesktop.DBus.Error.AccessDenied") ||
                 g_str_equal(name, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"));
    g_free(name);
    return ended;
}

/// The daemon ended before it replied, or is being started again.
static gboolean may_pass(const GError* error) {
    return !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED) &&
           !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void on_read(GObject* connection, GAsyncResult* result, gpointer data) {
    HaulierJob* self = data;
    GError* error = NULL;
    GVariant* reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(connection), result, &error);
    self->reads = FALSE;
    if (reply) {
        GVariant* values = g_variant_get_child_value(reply, 0);
        self->tries = 0;
        haulier_job_update(self, values);
        g_variant_unref(values);
        g_variant_unref(reply);
    } else if (self->waits->len > 0) {
        if (means_ended(error)) {
            look_back(self);
        } else if (self->tries < MOST_TRIES && may_pass(error)) {
            retry_later(self);
        } else {
            haulier_strip(&error);
            end_waits(self, NULL, error);
        }
    }
    g_clear_error(&error);
    g_object_unref(self);
}

void haulier_job_refresh(HaulierJob* self) {
    if (self->reads || self->retry) return;
    self->reads = TRUE;
    haulier_call(connection_of(self), self->path, HAULIER_PROPERTIES, "GetAll",
                 g_variant_new("(s)", HAULIER_JOB_INTERFACE), haulier_client_get_closing(self->client),
                 on_read, g_object_ref(self));
}

/// If the job is suspended, the daemon has exited because it had nothing to do. Otherwise it has to be
/// started again.
void haulier_job_daemon_left(HaulierJob* self) {
    if (self->waits->len > 0 && !is_state(self, "suspended")) haulier_job_refresh(self);
}

static void on_changed(GDBusConnection* connection, const char* sender, const char* path,
                       const char* interface, const char* signal, GVariant* arguments, gpointer data) {
    (void)connection, (void)sender, (void)path, (void)interface, (void)signal;
    HaulierJob* self = g_weak_ref_get(data);
    if (!self) return;
    const char* changed = NULL;
    GVariant* values = NULL;
    if (g_variant_is_of_type(arguments, G_VARIANT_TYPE("(sa{sv}as)"))) {
        g_variant_get(arguments, "(&s@a{sv}as)", &changed, &values, NULL);
        if (strcmp(changed, HAULIER_JOB_INTERFACE) == 0) haulier_job_update(self, values);
        g_variant_unref(values);
    }
    g_object_unref(self);
}

static void on_removed(GDBusConnection* connection, const char* sender, const char* path,
                       const char* interface, const char* signal, GVariant* arguments, gpointer data) {
    (void)connection, (void)sender, (void)path, (void)interface, (void)signal;
    HaulierJob* self = g_weak_ref_get(data);
    if (!self) return;
    const char *job = NULL, *result = NULL;
    if (g_variant_is_of_type(arguments, G_VARIANT_TYPE("(oss)"))) {
        g_variant_get(arguments, "(&o&s&s)", &job, NULL, &result);
        if (strcmp(job, self->path) == 0) {
            g_free(self->result);
            self->result = g_strdup(result);
            check(self);
        }
    }
    g_object_unref(self);
}

static void free_weak_ref(gpointer data) {
    g_weak_ref_clear(data);
    g_free(data);
}

/// Signals may be on their way when the subscription ends.
static guint subscribe(HaulierJob* self, const char* interface, const char* signal, const char* path,
                       GDBusSignalCallback callback) {
    GWeakRef* weak = g_new0(GWeakRef, 1);
    g_weak_ref_init(weak, self);
    return g_dbus_connection_signal_subscribe(connection_of(self), HAULIER_NAME, interface, signal, path,
                                              NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback, weak, free_weak_ref);
}

HaulierJob* haulier_job_new(HaulierClient* client, const char* path, GVariant* values) {
    HaulierJob* self = g_object_new(HAULIER_TYPE_JOB, NULL);
    self->client = g_object_ref(client);
    self->path = g_strdup(path);
    self->subscriptions[0] = subscribe(self, HAULIER_PROPERTIES, "PropertiesChanged", path, on_changed);
    self->subscriptions[1] = subscribe(self, HAULIER_MANAGER, "JobRemoved", HAULIER_PATH, on_removed);
    if (values) take_values(self, values);
    haulier_client_add(client, self);
    return self;
}

/**
 * haulier_job_wait:
 * @self: a job
 * @cancellable: (nullable): a cancellable, which ends the wait and not the job
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 *
 * Waits until Haulier has nothing more to do for the job, whether the daemon is restarted meanwhile or not:
 * until the job is transferred, has failed or has ended. A job that completes itself is waited for until it
 * has.
 */
void haulier_job_wait(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                      gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    GTask* task = g_task_new(self, cancellable, callback, user_data);
    if (g_task_return_error_if_cancelled(task)) {
        g_object_unref(task);
        return;
    }
    if (cancellable) {
        GSource* cancel = g_cancellable_source_new(cancellable);
        g_task_attach_source(task, cancel, G_SOURCE_FUNC(on_cancelled));
        g_object_set_data_full(G_OBJECT(task), "haulier-cancel", cancel, (GDestroyNotify)g_source_unref);
    }
    g_ptr_array_add(self->waits, task);
    self->tries = 0;
    haulier_job_refresh(self);
}

/**
 * haulier_job_wait_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error: one of #HaulierTransferError if the job has failed
 *
 * Returns: (transfer full): "transferred" if the app is to decide, or how the job has ended: "complete",
 * "partial", "cancelled", "expired" or "taken"
 */
char* haulier_job_wait_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void keep_result(GObject* source, GAsyncResult* result, gpointer data) {
    (void)source;
    *(GAsyncResult**)data = g_object_ref(result);
}

/// Handles what is in progress for a client that is no longer needed.
static void close_client(HaulierClient* client, GMainContext* context) {
    GWeakRef alive;
    g_weak_ref_init(&alive, client);
    g_cancellable_cancel(haulier_client_get_closing(client));
    g_object_unref(client);
    while ((client = g_weak_ref_get(&alive)) != NULL) {
        g_object_unref(client);
        g_main_context_iteration(context, TRUE);
    }
    g_weak_ref_clear(&alive);
    while (g_main_context_iteration(context, FALSE)) {
    }
}

/**
 * haulier_job_wait_sync:
 * @self: a job
 * @cancellable: (nullable): a cancellable, which ends the wait and not the job
 * @error: return location for an error
 *
 * As haulier_job_wait(). The main context of the job need not run.
 *
 * Returns: (transfer full): as of haulier_job_wait_finish()
 */
char* haulier_job_wait_sync(HaulierJob* self, GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    GMainContext* context = g_main_context_new();
    g_main_context_push_thread_default(context);
    HaulierClient* client = haulier_client_new(connection_of(self));
    HaulierJob* twin = haulier_job_new(client, self->path, NULL);
    GAsyncResult* ended = NULL;
    haulier_job_wait(twin, cancellable, keep_result, &ended);
    while (!ended)
        g_main_context_iteration(context, TRUE);
    char* result = haulier_job_wait_finish(twin, ended, error);
    g_object_unref(ended);
    GHashTableIter each;
    gpointer name, value;
    g_hash_table_iter_init(&each, twin->values);
    while (g_hash_table_iter_next(&each, &name, &value))
        g_hash_table_insert(self->values, g_strdup(name), g_variant_ref(value));
    g_object_unref(twin);
    close_client(client, context);
    g_main_context_pop_thread_default(context);
    g_main_context_unref(context);
    return result;
}

// ---- calls ----

static void on_reply(GObject* connection, GAsyncResult* result, gpointer data) {
    (void)connection;
    GTask* task = data;
    GError* error = NULL;
    GVariant* reply = haulier_call_finish(result, &error);
    if (reply)
        g_task_return_pointer(task, reply, (GDestroyNotify)g_variant_unref);
    else
        g_task_return_error(task, error);
    g_object_unref(task);
}

static void call(HaulierJob* self, const char* interface, const char* method, GVariant* arguments,
                 GCancellable* cancellable, GAsyncReadyCallback callback, gpointer user_data) {
    haulier_call(connection_of(self), self->path, interface, method, arguments, cancellable, on_reply,
                 g_task_new(self, cancellable, callback, user_data));
}

static gboolean finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    GVariant* reply = g_task_propagate_pointer(G_TASK(result), error);
    if (reply) g_variant_unref(reply);
    return reply != NULL;
}

static gboolean call_sync(HaulierJob* self, const char* interface, const char* method, GVariant* arguments,
                          GCancellable* cancellable, GError** error) {
    GVariant* reply =
        haulier_call_sync(connection_of(self), self->path, interface, method, arguments, cancellable, error);
    if (reply) g_variant_unref(reply);
    return reply != NULL;
}

/**
 * haulier_job_resume_sync:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Starts the job, continues it, or makes it try again at once.
 *
 * Returns: whether it was done
 */
gboolean haulier_job_resume_sync(HaulierJob* self, GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), FALSE);
    return call_sync(self, HAULIER_JOB_INTERFACE, "Resume", NULL, cancellable, error);
}

/**
 * haulier_job_resume:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 *
 * As haulier_job_resume_sync(), without waiting.
 */
void haulier_job_resume(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                        gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    call(self, HAULIER_JOB_INTERFACE, "Resume", NULL, cancellable, callback, user_data);
}

/**
 * haulier_job_resume_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether it was done
 */
gboolean haulier_job_resume_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    return finish(self, result, error);
}

/**
 * haulier_job_suspend_sync:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Pauses the job and keeps what has been transferred.
 *
 * Returns: whether it was done
 */
gboolean haulier_job_suspend_sync(HaulierJob* self, GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), FALSE);
    return call_sync(self, HAULIER_JOB_INTERFACE, "Suspend", NULL, cancellable, error);
}

/**
 * haulier_job_suspend:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 *
 * As haulier_job_suspend_sync(), without waiting.
 */
void haulier_job_suspend(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                         gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    call(self, HAULIER_JOB_INTERFACE, "Suspend", NULL, cancellable, callback, user_data);
}

/**
 * haulier_job_suspend_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether it was done
 */
gboolean haulier_job_suspend_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    return finish(self, result, error);
}

/**
 * haulier_job_cancel_sync:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Ends the job and deletes everything that was downloaded.
 *
 * Returns: whether it was done
 */
gboolean haulier_job_cancel_sync(HaulierJob* self, GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), FALSE);
    return call_sync(self, HAULIER_JOB_INTERFACE, "Cancel", NULL, cancellable, error);
}

/**
 * haulier_job_cancel:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 *
 * As haulier_job_cancel_sync(), without waiting.
 */
void haulier_job_cancel(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                        gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    call(self, HAULIER_JOB_INTERFACE, "Cancel", NULL, cancellable, callback, user_data);
}

/**
 * haulier_job_cancel_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether it was done
 */
gboolean haulier_job_cancel_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    return finish(self, result, error);
}

/// Of (suu), which is taken.
static char* first_text(GVariant* reply) {
    if (!reply) return NULL;
    char* text = NULL;
    g_variant_get(reply, "(suu)", &text, NULL, NULL);
    g_variant_unref(reply);
    return text;
}

/**
 * haulier_job_complete_sync:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Ends the job and gives the finished files their final names.
 *
 * Returns: (transfer full): "complete", or "partial" if not every file was transferred
 */
char* haulier_job_complete_sync(HaulierJob* self, GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), NULL);
    return first_text(haulier_call_sync(connection_of(self), self->path, HAULIER_JOB_INTERFACE, "Complete",
                                        NULL, cancellable, error));
}

/**
 * haulier_job_complete:
 * @self: a job
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 *
 * As haulier_job_complete_sync(), without waiting.
 */
void haulier_job_complete(HaulierJob* self, GCancellable* cancellable, GAsyncReadyCallback callback,
                          gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    call(self, HAULIER_JOB_INTERFACE, "Complete", NULL, cancellable, callback, user_data);
}

/**
 * haulier_job_complete_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error
 *
 * Returns: (transfer full): "complete", or "partial" if not every file was transferred
 */
char* haulier_job_complete_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return first_text(g_task_propagate_pointer(G_TASK(result), error));
}

static GVariant* setting(const char* name, GVariant* value) {
    return g_variant_new("(ssv)", HAULIER_JOB_INTERFACE, name, value);
}

/**
 * haulier_job_set_value_sync:
 * @self: a job
 * @name: name of a property of the interface org.haulier.Haulier1.Job
 * @value: its new value, which has the property's type
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Returns: whether it was set
 */
gboolean haulier_job_set_value_sync(HaulierJob* self, const char* name, GVariant* value,
                                    GCancellable* cancellable, GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), FALSE);
    return call_sync(self, HAULIER_PROPERTIES, "Set", setting(name, value), cancellable, error);
}

/**
 * haulier_job_set_value:
 * @self: a job
 * @name: name of a property
 * @value: its new value
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 */
void haulier_job_set_value(HaulierJob* self, const char* name, GVariant* value, GCancellable* cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    call(self, HAULIER_PROPERTIES, "Set", setting(name, value), cancellable, callback, user_data);
}

/**
 * haulier_job_set_value_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether it was set
 */
gboolean haulier_job_set_value_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    return finish(self, result, error);
}

/**
 * haulier_job_set_callback_sync:
 * @self: a job
 * @handler: an exported callback object
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Has Haulier call the object about this job, for example about a job of an earlier run of the app. If the
 * job is transferred or has failed, the object is told so.
 *
 * Returns: whether it is registered
 */
gboolean haulier_job_set_callback_sync(HaulierJob* self, HaulierCallback* handler, GCancellable* cancellable,
                                       GError** error) {
    g_return_val_if_fail(HAULIER_IS_JOB(self), FALSE);
    g_return_val_if_fail(haulier_callback_get_path(handler) != NULL, FALSE);
    return call_sync(self, HAULIER_JOB_INTERFACE, "SetNotifyObject",
                     g_variant_new("(o)", haulier_callback_get_path(handler)), cancellable, error);
}

/**
 * haulier_job_set_callback:
 * @self: a job
 * @handler: an exported callback object
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called at the end
 * @user_data: for @callback
 */
void haulier_job_set_callback(HaulierJob* self, HaulierCallback* handler, GCancellable* cancellable,
                              GAsyncReadyCallback callback, gpointer user_data) {
    g_return_if_fail(HAULIER_IS_JOB(self));
    g_return_if_fail(haulier_callback_get_path(handler) != NULL);
    call(self, HAULIER_JOB_INTERFACE, "SetNotifyObject",
         g_variant_new("(o)", haulier_callback_get_path(handler)), cancellable, callback, user_data);
}

/**
 * haulier_job_set_callback_finish:
 * @self: a job
 * @result: the result
 * @error: return location for an error
 *
 * Returns: whether it is registered
 */
gboolean haulier_job_set_callback_finish(HaulierJob* self, GAsyncResult* result, GError** error) {
    return finish(self, result, error);
}
