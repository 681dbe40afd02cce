// SPDX-License-Identifier: LGPL-2.1-or-later
// Downloads URL to FILE with Haulier, or goes on with it: fetch URL FILE
#include <haulier.h>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    g_autoptr(GError) error = NULL;
    g_autoptr(HaulierRequest) request = haulier_request_new("An example");
    haulier_request_set_key(request, argv[1]);
    haulier_request_add_file(request, argv[1], argv[2]);
    g_autoptr(HaulierClient) client = haulier_client_new_for_bus_sync(G_BUS_TYPE_SESSION, NULL, &error);
    g_autoptr(HaulierJob) job =
        client ? haulier_client_ensure_job_sync(client, request, NULL, NULL, &error) : NULL;
    g_autofree char* state = job ? haulier_job_wait_sync(job, NULL, &error) : NULL;
    g_autofree char* result = state ? haulier_job_complete_sync(job, NULL, &error) : NULL;
    if (job && !result) haulier_job_cancel_sync(job, NULL, NULL);
    g_print("%s\n", result ? result : error->message);
    return result ? 0 : 1;
}
