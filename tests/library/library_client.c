// SPDX-License-Identifier: LGPL-2.1-or-later
// Does with libhaulier what the tests ask for:
//
// library-client fetch KEY URL FILE        find or make, wait, complete, one after the other
// library-client async KEY URL FILE        the same without blocking
// library-client wait PATH                 until there is nothing to do for a job
// library-client impatient PATH            a wait that is cancelled
// library-client stay KEY URL FILE         with a callback object
// library-client renew KEY URL FILE FRESH  the same, and FRESH is the answer if the link has expired
// library-client service NAME PATH         as a service that the bus has started
// library-client list                      ids and states of all jobs
#include <haulier.h>
#include <string.h>

static GMainLoop* loop;
static int status;

static int failed(GError* error) {
    g_print("%s %d: %s\n", g_quark_to_string(error->domain), error->code, error->message);
    g_error_free(error);
    return 1;
}

static void failed_later(GError* error) {
    status = failed(error);
    g_main_loop_quit(loop);
}

static HaulierRequest* request_of(char** words) {
    HaulierRequest* request = haulier_request_new(words[0]);
    haulier_request_set_key(request, words[0]);
    haulier_request_add_file(request, words[1], words[2]);
    return request;
}

static int fetch(HaulierClient* client, char** words) {
    g_autoptr(HaulierRequest) request = request_of(words);
    GError* error = NULL;
    gboolean created = FALSE;
    g_autoptr(HaulierJob) job = haulier_client_ensure_job_sync(client, request, &created, NULL, &error);
    if (!job) return failed(error);
    g_print("%s %s\n", created ? "created" : "found", haulier_job_get_id(job));
    g_autofree char* outcome = haulier_job_wait_sync(job, NULL, &error);
    if (!outcome) return failed(error);
    gint64 total = 0;
    guint64 done = 0;
    haulier_job_get_progress(job, &done, &total, NULL, NULL);
    g_print("%s %" G_GUINT64_FORMAT " of %" G_GINT64_FORMAT "\n", outcome, done, total);
    g_autofree char* result = haulier_job_complete_sync(job, NULL, &error);
    if (!result) return failed(error);
    g_print("%s\n", result);
    return 0;
}

static void on_completed(GObject* job, GAsyncResult* reply, gpointer data) {
    (void)data;
    GError* error = NULL;
    g_autofree char* result = haulier_job_complete_finish(HAULIER_JOB(job), reply, &error);
    if (result)
        g_print("%s\n", result);
    else
        status = failed(error);
    g_main_loop_quit(loop);
}

static void on_waited(GObject* job, GAsyncResult* reply, gpointer data) {
    (void)data;
    GError* error = NULL;
    g_autofree char* outcome = haulier_job_wait_finish(HAULIER_JOB(job), reply, &error);
    if (!outcome) {
        failed_later(error);
        return;
    }
    g_print("%s\n", outcome);
    haulier_job_complete(HAULIER_JOB(job), NULL, on_completed, NULL);
}

static void on_job(GObject* client, GAsyncResult* reply, gpointer data) {
    (void)data;
    GError* error = NULL;
    gboolean created = FALSE;
    g_autoptr(HaulierJob) job =
        haulier_client_ensure_job_finish(HAULIER_CLIENT(client), reply, &created, &error);
    if (!job) {
        failed_later(error);
        return;
    }
    g_print("%s %s\n", created ? "created" : "found", haulier_job_get_id(job));
    haulier_job_wait(job, NULL, on_waited, NULL);
}

static int run(void) {
    g_main_loop_run(loop);
    return status;
}

static int async(HaulierClient* client, char** words) {
    g_autoptr(HaulierRequest) request = request_of(words);
    haulier_client_ensure_job(client, request, NULL, on_job, NULL);
    return run();
}

static int wait_for(HaulierClient* client, const char* path) {
    GError* error = NULL;
    g_autoptr(HaulierJob) job = haulier_client_get_job_sync(client, path, NULL, &error);
    if (!job) return failed(error);
    g_print("waiting\n");
    g_autofree char* outcome = haulier_job_wait_sync(job, NULL, &error);
    if (!outcome) return failed(error);
    g_print("%s\n", outcome);
    return 0;
}

static gpointer cancel_from_another_thread(gpointer cancellable) {
    g_cancellable_cancel(cancellable);
    return NULL;
}

static int impatient(HaulierClient* client, const char* path) {
    GError* error = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(HaulierJob) job = haulier_client_get_job_sync(client, path, NULL, &error);
    if (!job) return failed(error);
    GThread* thread = g_thread_new("cancel", cancel_from_another_thread, cancellable);
    g_autofree char* outcome = haulier_job_wait_sync(job, cancellable, &error);
    g_thread_join(thread);
    return outcome ? 0 : failed(error);
}

static void print_completed(HaulierCallback* callback, HaulierJob* job, const char* result, gpointer data) {
    (void)callback, (void)data;
    g_print("job %s: %s\n", haulier_job_get_id(job), result);
    if (loop) g_main_loop_quit(loop);
}

static void print_failed(HaulierCallback* callback, HaulierJob* job, GError* error, gpointer data) {
    (void)callback, (void)data;
    const char* name = haulier_transfer_error_get_name((HaulierTransferError)error->code);
    g_print("job %s failed: %s (%s)\n", haulier_job_get_id(job), error->message, name);
    status = 1;
    if (loop) g_main_loop_quit(loop);
}

static void print_events(HaulierCallback* callback) {
    g_signal_connect(callback, "job-completed", G_CALLBACK(print_completed), NULL);
    g_signal_connect(callback, "job-failed", G_CALLBACK(print_failed), NULL);
}

static char* give_fresh(HaulierCallback* callback, HaulierJob* job, guint index, const char* remote,
                        gpointer fresh) {
    (void)callback, (void)job;
    g_print("file %u: %s has expired\n", index, remote);
    return g_strdup(fresh);
}

static void let_renew(HaulierRequest* request, HaulierCallback* callback, char* fresh) {
    const char* const flags[] = {"transferred", "error", "remote-name-expired", NULL};
    haulier_request_set_option(request, "NotifyFlags", g_variant_new_strv(flags, -1));
    haulier_request_set_option(request, "RenewRemoteName", g_variant_new_string("always"));
    g_signal_connect(callback, "remote-name-expired", G_CALLBACK(give_fresh), fresh);
}

static int stay(HaulierClient* client, char** words, gboolean renew) {
    GError* error = NULL;
    g_autoptr(HaulierCallback) callback = haulier_callback_new(client);
    if (!haulier_callback_export(callback, NULL, "/client", &error)) return failed(error);
    print_events(callback);
    g_autoptr(HaulierRequest) request = request_of(words);
    haulier_request_set_callback(request, callback);
    if (renew) let_renew(request, callback, words[3]);
    g_autoptr(HaulierJob) job = haulier_client_ensure_job_sync(client, request, NULL, NULL, &error);
    return job ? run() : failed(error);
}

static int serve(HaulierClient* client, char** words) {
    GError* error = NULL;
    g_autoptr(HaulierService) service = haulier_service_new(client, words[0], words[1]);
    haulier_service_set_inactivity(service, 1);
    g_clear_pointer(&loop, g_main_loop_unref);
    print_events(haulier_service_get_callback(service));
    return haulier_service_run(service, NULL, &error) ? 0 : failed(error);
}

static int list(HaulierClient* client) {
    GError* error = NULL;
    g_autoptr(GPtrArray) jobs = haulier_client_list_jobs_sync(client, NULL, NULL, &error);
    if (!jobs) return failed(error);
    for (guint i = 0; i < jobs->len; ++i) {
        HaulierJob* job = g_ptr_array_index(jobs, i);
        g_print("%s %s\n", haulier_job_get_id(job), haulier_job_get_state(job));
    }
    return 0;
}

static int dispatch(HaulierClient* client, const char* verb, char** words) {
    if (strcmp(verb, "fetch") == 0) return fetch(client, words);
    if (strcmp(verb, "async") == 0) return async(client, words);
    if (strcmp(verb, "wait") == 0) return wait_for(client, words[0]);
    if (strcmp(verb, "impatient") == 0) return impatient(client, words[0]);
    if (strcmp(verb, "stay") == 0) return stay(client, words, FALSE);
    if (strcmp(verb, "renew") == 0) return stay(client, words, TRUE);
    if (strcmp(verb, "service") == 0) return serve(client, words);
    if (strcmp(verb, "list") == 0) return list(client);
    return 2;
}

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    GError* error = NULL;
    loop = g_main_loop_new(NULL, FALSE);
    HaulierClient* client = haulier_client_new_for_bus_sync(G_BUS_TYPE_SESSION, NULL, &error);
    int result = client ? dispatch(client, argv[1], argv + 2) : failed(error);
    g_clear_object(&client);
    g_clear_pointer(&loop, g_main_loop_unref);
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    return result;
}
