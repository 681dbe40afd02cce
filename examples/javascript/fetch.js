#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// Downloads URL to FILE with Haulier, or goes on with it: fetch.js URL FILE
imports.gi.versions.Haulier = '1.0';
const { Gio, Haulier } = imports.gi;

const [url, file] = ARGV;
const client = Haulier.Client.new_for_bus_sync(Gio.BusType.SESSION, null);
const request = Haulier.Request.new('An example');
request.set_key(url);
request.add_file(url, file);
const [job] = client.ensure_job_sync(request, null);
try {
    job.wait_sync(null);
    print(job.complete_sync(null));
} catch (error) {
    job.cancel_sync(null);
    printerr(error.message);
    imports.system.exit(1);
}
