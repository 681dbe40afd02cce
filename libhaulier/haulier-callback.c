// SPDX-License-Identifier: LGPL-2.1-or-later
#include "haulier-callback.h"

#include "callback-interface.h"
#include "haulier-client.h"
#include "haulier-errors.h"
#include "haulier-job.h"
#include "haulier-private.h"

#include <string.h>
#include <unistd.h>

struct _HaulierCallback {
    GObject parent;
    HaulierClient* client;
    GDBusConnection* connection;
    char* path;
    guint registration;
    guint busy; ///< calls that are being looked into, and completions
};

G_DEFINE_TYPE(HaulierCallback, haulier_callback, G_TYPE_OBJECT)

enum {
    TRANSFERRED,
    FAILED,
    COMPLETED,
    MODIFIED,
    FILE_TRANSFERRED,
    RANGES_TRANSFERRED,
    EXPIRED,
    SETTLED,
    SIGNALS
};
static guint signals[SIGNALS];

static void haulier_callback_init(HaulierCallback* self) {
    (void)self;
}

static void haulier_callback_dispose(GObject* object) {
    HaulierCallback* self = HAULIER_CALLBACK(object);
    haulier_callback_unexport(self);
    g_clear_object(&self->client);
    G_OBJECT_CLASS(haulier_callback_parent_class)->dispose(object);
}

/// The first handler that returns a URL ends the emission.
static gboolean take_first_text(GSignalInvocationHint* hint, GValue* accumulated, const GValue* returned,
                                gpointer data) {
    (void)hint, (void)data;
    const char* text = g_value_get_string(returned);
    g_value_set_string(accumulated, text);
    return !text || !*text;
}

static void haulier_callback_class_init(HaulierCallbackClass* class) {
    G_OBJECT_CLASS(class)->dispose = haulier_callback_dispose;
    /**
     * HaulierCallback::job-transferred:
     * @self: the object
     * @job: the job, whose files have all arrived
     *
     * The default completes the job.
     *
     * Returns: whether the handler completes, cancels or keeps the job itself
     */
    signals[TRANSFERRED] =
        g_signal_new("job-transferred", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0,
                     g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1, HAULIER_TYPE_JOB);
    /**
     * HaulierCallback::job-failed:
     * @self: the object
     * @job: the job
     * @error: why it has failed
     *
     * The job stays as it is until it is resumed, completed or cancelled.
     */
    signals[FAILED] = g_signal_new("job-failed", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, HAULIER_TYPE_JOB, G_TYPE_ERROR);
    /**
     * HaulierCallback::job-completed:
     * @self: the object
     * @job: the job
     * @result: "complete" or "partial"
     *
     * The job has been completed, by the default of #HaulierCallback::job-transferred or by itself.
     */
    signals[COMPLETED] = g_signal_new("job-completed", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 2, HAULIER_TYPE_JOB, G_TYPE_STRING);
    /**
     * HaulierCallback::job-modified:
     * @self: the object
     * @job: the job
     *
     * Something about a job with the NotifyFlags "modification" has changed.
     */
    signals[MODIFIED] = g_signal_new("job-modified", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 1, HAULIER_TYPE_JOB);
    /**
     * HaulierCallback::file-transferred:
     * @self: the object
     * @job: the job
     * @index: number of the file
     * @remote: its URL
     * @temporary: the name that it has now
     *
     * A file of a job with the NotifyFlags "file-transferred" has arrived.
     */
    signals[FILE_TRANSFERRED] =
        g_signal_new("file-transferred", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 4, HAULIER_TYPE_JOB, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING);
    /**
     * HaulierCallback::ranges-transferred:
     * @self: the object
     * @job: the job
     * @index: number of the file
     * @ranges: offsets and lengths, of type `a(tt)`
     *
     * Ranges of a file of a job with the NotifyFlags "file-ranges-transferred" have arrived.
     */
    signals[RANGES_TRANSFERRED] =
        g_signal_new("ranges-transferred", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 3, HAULIER_TYPE_JOB, G_TYPE_UINT, G_TYPE_VARIANT);
    /**
     * HaulierCallback::remote-name-expired:
     * @self: the object
     * @job: the job
     * @index: number of the file
     * @remote: its URL, which the server refuses
     *
     * The link of a file has expired, and the job has the NotifyFlags "remote-name-expired". By default,
     * Haulier waits 25 seconds for the answer. The handler must not block; a program that needs longer
     * returns %NULL, and calls SetRemoteName and Resume later.
     *
     * Returns: (nullable): another URL of the file, or %NULL if there is none
     */
    signals[EXPIRED] =
        g_signal_new("remote-name-expired", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0, take_first_text,
                     NULL, NULL, G_TYPE_STRING, 3, HAULIER_TYPE_JOB, G_TYPE_UINT, G_TYPE_STRING);
    /**
     * HaulierCallback::settled:
     * @self: the object
     *
     * All calls that have arrived have been handled.
     */
    signals[SETTLED] = g_signal_new("settled", HAULIER_TYPE_CALLBACK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

/**
 * haulier_callback_new:
 * @client: the client from which the jobs come
 *
 * Returns: (transfer full): a callback object that is not on the bus yet
 */
HaulierCallback* haulier_callback_new(HaulierClient* client) {
    g_return_val_if_fail(HAULIER_IS_CLIENT(client), NULL);
    HaulierCallback* self = g_object_new(HAULIER_TYPE_CALLBACK, NULL);
    self->client = g_object_ref(client);
    return self;
}

/**
 * haulier_callback_get_path:
 * @self: a callback object
 *
 * Returns: (nullable): where it is exported, or %NULL
 */
const char* haulier_callback_get_path(HaulierCallback* self) {
    g_return_val_if_fail(HAULIER_IS_CALLBACK(self), NULL);
    return self->path;
}

/**
 * haulier_callback_is_busy:
 * @self: a callback object
 *
 * Returns: whether a call that has arrived is not done with yet
 */
gboolean haulier_callback_is_busy(HaulierCallback* self) {
    g_return_val_if_fail(HAULIER_IS_CALLBACK(self), FALSE);
    return self->busy > 0;
}

// ---- a call ----

typedef struct {
    HaulierCallback* self;
    HaulierJob* job;
    GDBusMethodInvocation* invocation; ///< until it is answered
    char* method;
    GVariant* arguments;
} Call;

static void call_done(Call* call) {
    if (--call->self->busy == 0) g_signal_emit(call->self, signals[SETTLED], 0);
    g_clear_object(&call->job);
    g_object_unref(call->self);
    g_free(call->method);
    g_variant_unref(call->arguments);
    g_free(call);
}

static void emit_completed(Call* call, const char* result) {
    g_signal_emit(call->self, signals[COMPLETED], 0, call->job, result);
}

/// An error means that the job has been completed or changed in the meantime. Haulier repeats the call if it
/// still applies.
static void on_completed(GObject* job, GAsyncResult* reply, gpointer data) {
    Call* call = data;
    char* result = haulier_job_complete_finish(HAULIER_JOB(job), reply, NULL);
    if (result) emit_completed(call, result);
    g_free(result);
    call_done(call);
}

/// Whether the call goes on.
static gboolean transferred(Call* call) {
    gboolean handled = FALSE;
    g_signal_emit(call->self, signals[TRANSFERRED], 0, call->job, &handled);
    gboolean completes = !handled && strcmp(haulier_job_get_state(call->job), "transferred") == 0;
    if (completes) haulier_job_complete(call->job, NULL, on_completed, call);
    return completes;
}

static gboolean ended(Call* call) {
    const char* state = haulier_job_get_state(call->job);
    if (strcmp(state, "transferred") == 0) return transferred(call);
    if (strcmp(state, "acknowledged") == 0) emit_completed(call, "complete");
    return FALSE;
}

static void failed(Call* call) {
    if (strcmp(haulier_job_get_state(call->job), "error") != 0) return;
    GError* error = haulier_job_get_failure(call->job);
    g_signal_emit(call->self, signals[FAILED], 0, call->job, error);
    g_clear_error(&error);
}

static void file_transferred(Call* call) {
    guint index = 0;
    const char *remote = NULL, *temporary = NULL;
    g_variant_get(call->arguments, "(osu&s&s)", NULL, NULL, &index, &remote, &temporary);
    g_signal_emit(call->self, signals[FILE_TRANSFERRED], 0, call->job, index, remote, temporary);
}

static void ranges_transferred(Call* call) {
    guint index = 0;
    GVariant* ranges = NULL;
    g_variant_get(call->arguments, "(osu@a(tt))", NULL, NULL, &index, &ranges);
    g_signal_emit(call->self, signals[RANGES_TRANSFERRED], 0, call->job, index, ranges);
    g_variant_unref(ranges);
}

/// A question: what the handlers return is the reply.
static gboolean is_question(const Call* call) {
    return strcmp(call->method, "RemoteNameExpired") == 0;
}

static char* fresh_url(Call* call) {
    guint index = 0;
    const char* remote = NULL;
    char* fresh = NULL;
    g_variant_get(call->arguments, "(osu&s)", NULL, NULL, &index, &remote);
    g_signal_emit(call->self, signals[EXPIRED], 0, call->job, index, remote, &fresh);
    return fresh;
}

/// Whether the call goes on.
static gboolean emit(Call* call) {
    if (strcmp(call->method, "JobTransferred") == 0) return ended(call);
    if (strcmp(call->method, "JobError") == 0)
        failed(call);
    else if (strcmp(call->method, "FileTransferred") == 0)
        file_transferred(call);
    else if (strcmp(call->method, "FileRangesTransferred") == 0)
        ranges_transferred(call);
    else
        g_signal_emit(call->self, signals[MODIFIED], 0, call->job);
    return FALSE;
}

/// A service may have many rights, and any user can have it called for a job of theirs.
static gboolean is_ours(HaulierJob* job) {
    GVariant* owner = haulier_job_get_value(job, "Owner");
    gboolean ours = owner && g_variant_is_of_type(owner, G_VARIANT_TYPE_UINT32) &&
                    g_variant_get_uint32(owner) == geteuid();
    g_clear_pointer(&owner, g_variant_unref);
    return ours;
}

/// The job is another user's, or has ended long ago: there is nothing to be told of.
static gboolean is_gone(const GError* error) {
    return g_error_matches(error, HAULIER_ERROR, HAULIER_ERROR_ACCESS_DENIED) ||
           g_error_matches(error, HAULIER_ERROR, HAULIER_ERROR_NOT_FOUND) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT) ||
           g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

/// If the job cannot be read now, an error is the answer, and Haulier calls again later.
static void answer(Call* call, const GError* error) {
    GDBusMethodInvocation* invocation = g_steal_pointer(&call->invocation);
    if (error && !is_gone(error)) {
        g_dbus_method_invocation_return_gerror(invocation, error);
    } else if (is_question(call)) {
        char* fresh = call->job && is_ours(call->job) ? fresh_url(call) : NULL;
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(s)", fresh ? fresh : ""));
        g_free(fresh);
    } else {
        g_dbus_method_invocation_return_value(invocation, NULL);
    }
}

static void on_job(GObject* client, GAsyncResult* result, gpointer data) {
    Call* call = data;
    GError* error = NULL;
    call->job = haulier_client_get_job_finish(HAULIER_CLIENT(client), result, &error);
    answer(call, error);
    g_clear_error(&error);
    gboolean is_news = call->job && is_ours(call->job) && !is_question(call);
    if (!is_news || !emit(call)) call_done(call);
}

/// Any program can make such a call, and it may come twice, so the library asks Haulier for the facts.
static void on_call(GDBusConnection* connection, const char* sender, const char* path, const char* interface,
                    const char* method, GVariant* arguments, GDBusMethodInvocation* invocation,
                    gpointer data) {
    (void)connection, (void)sender, (void)path, (void)interface;
    HaulierCallback* self = data;
    Call* call = g_new0(Call, 1);
    const char* job = NULL;
    g_variant_get_child(arguments, 0, "&o", &job);
    call->self = g_object_ref(self);
    call->method = g_strdup(method);
    call->arguments = g_variant_ref(arguments);
    ++self->busy;
    call->invocation = invocation;
    haulier_client_get_job(self->client, job, NULL, on_job, call);
}

/**
 * haulier_callback_export:
 * @self: a callback object
 * @connection: (nullable): a connection, or %NULL for that of the client
 * @path: an object path
 * @error: return location for an error
 *
 * Returns: whether it is exported
 */
gboolean haulier_callback_export(HaulierCallback* self, GDBusConnection* connection, const char* path,
                                 GError** error) {
    g_return_val_if_fail(HAULIER_IS_CALLBACK(self), FALSE);
    g_return_val_if_fail(self->registration == 0, FALSE);
    static const GDBusInterfaceVTable table = {.method_call = on_call};
    if (!connection) connection = haulier_client_get_connection(self->client);
    self->registration = g_dbus_connection_register_object(
        connection, path, (GDBusInterfaceInfo*)&org_haulier_haulier1_callback_interface, &table, self, NULL,
        error);
    if (self->registration == 0) return FALSE;
    self->connection = g_object_ref(connection);
    self->path = g_strdup(path);
    return TRUE;
}

/**
 * haulier_callback_unexport:
 * @self: a callback object
 */
void haulier_callback_unexport(HaulierCallback* self) {
    g_return_if_fail(HAULIER_IS_CALLBACK(self));
    if (self->registration) g_dbus_connection_unregister_object(self->connection, self->registration);
    self->registration = 0;
    g_clear_object(&self->connection);
    g_clear_pointer(&self->path, g_free);
}
