// SPDX-License-Identifier: LGPL-2.1-or-later
// Downloads URL to FILE with Haulier, or goes on with it: fetch URL FILE
int main(string[] arguments) {
    try {
        var request = new Haulier.Request("An example");
        request.set_key(arguments[1]);
        request.add_file(arguments[1], arguments[2]);
        bool created;
        var client = new Haulier.Client.for_bus_sync(BusType.SESSION, null);
        var job = client.ensure_job_sync(request, out created, null);
        job.wait_sync(null);
        print("%s\n", job.complete_sync(null));
        return 0;
    } catch (Error error) {
        printerr("%s\n", error.message);
        return 1;
    }
}
