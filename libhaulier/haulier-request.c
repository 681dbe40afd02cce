// SPDX-License-Identifier: LGPL-2.1-or-later
#include "haulier-request.h"

#include "haulier-callback.h"
#include "haulier-private.h"

struct _HaulierRequest {
    GObject parent;
    char* display_name;
    char* kind;
    char* callback_path;
    GPtrArray* files;    ///< each (ssa{sv})
    GHashTable* options; ///< name: value
};

G_DEFINE_TYPE(HaulierRequest, haulier_request, G_TYPE_OBJECT)

static void haulier_request_init(HaulierRequest* self) {
    self->kind = g_strdup("download");
    self->files = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    self->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
    haulier_request_set_option(self, "Resume", g_variant_new_boolean(TRUE));
}

static void haulier_request_finalize(GObject* object) {
    HaulierRequest* self = HAULIER_REQUEST(object);
    g_free(self->display_name);
    g_free(self->kind);
    g_free(self->callback_path);
    g_ptr_array_unref(self->files);
    g_hash_table_unref(self->options);
    G_OBJECT_CLASS(haulier_request_parent_class)->finalize(object);
}

static void haulier_request_class_init(HaulierRequestClass* class) {
    G_OBJECT_CLASS(class)->finalize = haulier_request_finalize;
}

/**
 * haulier_request_new:
 * @display_name: name of the job for people, 1 to 256 characters
 *
 * A request for a download that starts at once.
 *
 * Returns: (transfer full): a new request
 */
HaulierRequest* haulier_request_new(const char* display_name) {
    g_return_val_if_fail(display_name != NULL, NULL);
    HaulierRequest* self = g_object_new(HAULIER_TYPE_REQUEST, NULL);
    self->display_name = g_strdup(display_name);
    return self;
}

/**
 * haulier_request_set_key:
 * @self: a request
 * @key: the app's own identifier for the job
 *
 * If the user has an unfinished job with this key, haulier_client_ensure_job() returns it instead of creating
 * another one.
 */
void haulier_request_set_key(HaulierRequest* self, const char* key) {
    g_return_if_fail(HAULIER_IS_REQUEST(self));
    haulier_request_set_option(self, "Key", g_variant_new_string(key));
}

/**
 * haulier_request_set_kind:
 * @self: a request
 * @kind: "download", "upload" or "upload-reply"
 */
void haulier_request_set_kind(HaulierRequest* self, const char* kind) {
    g_return_if_fail(HAULIER_IS_REQUEST(self));
    g_free(self->kind);
    self->kind = g_strdup(kind);
}

/**
 * haulier_request_add_file:
 * @self: a request
 * @remote: the URL
 * @local: (type filename): path of the local file; a relative one is taken from the current directory
 */
void haulier_request_add_file(HaulierRequest* self, const char* remote, const char* local) {
    haulier_request_add_file_with_options(self, remote, local, NULL);
}

/**
 * haulier_request_add_file_with_options:
 * @self: a request
 * @remote: the URL
 * @local: (type filename): path of the local file
 * @options: (nullable): a dictionary of type `a{sv}` with Checksum, Size, Mirrors and others, see
 * Job.AddFiles
 */
void haulier_request_add_file_with_options(HaulierRequest* self, const char* remote, const char* local,
                                           GVariant* options) {
    g_return_if_fail(HAULIER_IS_REQUEST(self));
    g_return_if_fail(remote != NULL && local != NULL);
    g_return_if_fail(options == NULL || g_variant_is_of_type(options, G_VARIANT_TYPE_VARDICT));
    char* path = g_canonicalize_filename(local, NULL);
    if (!options) options = g_variant_new("a{sv}", NULL);
    g_ptr_array_add(self->files, g_variant_ref_sink(g_variant_new("(ss@a{sv})", remote, path, options)));
    g_free(path);
}

/**
 * haulier_request_set_auto_complete:
 * @self: a request
 * @auto_complete: whether the files get their final names as soon as all have arrived
 *
 * Without this, the app calls haulier_job_complete() when it has decided that it wants the files.
 */
void haulier_request_set_auto_complete(HaulierRequest* self, gboolean auto_complete) {
    haulier_request_set_option(self, "AutoComplete", g_variant_new_boolean(auto_complete));
}

/**
 * haulier_request_set_callback:
 * @self: a request
 * @callback: an exported callback object
 *
 * The object is also registered with the job that is found by its key.
 */
void haulier_request_set_callback(HaulierRequest* self, HaulierCallback* callback) {
    g_return_if_fail(HAULIER_IS_REQUEST(self));
    const char* path = haulier_callback_get_path(callback);
    g_return_if_fail(path != NULL);
    g_free(self->callback_path);
    self->callback_path = g_strdup(path);
    haulier_request_set_option(self, "NotifyObject", g_variant_new_object_path(path));
}

/**
 * haulier_request_set_service:
 * @self: a request
 * @name: an activatable name on the bus, see #HaulierService
 * @path: an object path
 */
void haulier_request_set_service(HaulierRequest* self, const char* name, const char* path) {
    g_return_if_fail(HAULIER_IS_REQUEST(self));
    haulier_request_set_option(self, "NotifyService", g_variant_new("(so)", name, path));
}

/**
 * haulier_request_set_option:
 * @self: a request
 * @name: name of an option of Manager.CreateJob, such as "Priority"
 * @value: its value
 */
void haulier_request_set_option(HaulierRequest* self, const char* name, GVariant* value) {
    g_return_if_fail(HAULIER_IS_REQUEST(self));
    g_return_if_fail(name != NULL && value != NULL);
    g_hash_table_insert(self->options, g_strdup(name), g_variant_ref_sink(value));
}

GVariant* haulier_request_to_arguments(HaulierRequest* self) {
    GVariantBuilder options;
    g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
    GHashTableIter each;
    gpointer name, value;
    g_hash_table_iter_init(&each, self->options);
    while (g_hash_table_iter_next(&each, &name, &value))
        g_variant_builder_add(&options, "{sv}", name, value);
    if (self->files->len > 0) {
        GVariant** files = (GVariant**)self->files->pdata;
        g_variant_builder_add(&options, "{sv}", "Files",
                              g_variant_new_array(G_VARIANT_TYPE("(ssa{sv})"), files, self->files->len));
    }
    return g_variant_new("(ss@a{sv})", self->display_name, self->kind, g_variant_builder_end(&options));
}

const char* haulier_request_get_callback_path(HaulierRequest* self) {
    return self->callback_path;
}
