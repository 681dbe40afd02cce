# SPDX-License-Identifier: LGPL-2.1-or-later
"""A binding that chooses the types of values in variants by itself: dbus-python, without any help of its own types."""

import json
import os
import subprocess

from support.client.checks import assert_file
from support.content import body
from support.environment import PYTHON, patience

DATA = body(60_000)

CLIENT = """
import json, os, sys
import dbus
bus = dbus.SessionBus()
manager = dbus.Interface(bus.get_object("org.haulier.Haulier1", "/org/haulier/Haulier1"), "org.haulier.Haulier1.Manager")
options = {name: tuple(value) if name == "NotifyService" else value for name, value in json.loads(sys.argv[1]).items()}
if "Files" in options:
    options["Files"] = [tuple(file) for file in options["Files"]]
try:
    print(manager.CreateJob("natural", "download", options)[1])
except dbus.DBusException as error:
    sys.exit(error.get_dbus_message())
"""


def create(stack, **options) -> subprocess.CompletedProcess:
    return subprocess.run([PYTHON, "-c", CLIENT, json.dumps(options)], env=os.environ | stack.env, text=True,
                          timeout=patience(30), capture_output=True, check=False)


def test_a_job_can_be_written_without_types(stack):
    server = stack.fault_server()
    server.add("/f", DATA)
    made = create(stack, Files=[[server.url("/f"), str(stack.downloads / "file")]], Resume=True, AutoComplete=True,
                  NotifyObject="/client", MinimumRetryDelay=7, MaximumDownloadSize=100_000, BandwidthLimit=1e9,
                  NotifyFlags=["transferred"])
    assert made.returncode == 0, made.stderr
    assert stack.client.wait_signal("JobRemoved").args[1:] == (made.stdout.strip(), "complete")
    assert_file(stack.downloads / "file", DATA)


def test_what_could_mean_two_things_is_refused_with_both_types(stack):
    negative = create(stack, MaximumDownloadSize=-1)
    assert "'MaximumDownloadSize' has type 'i', 't' is needed" in negative.stderr
    text = create(stack, MinimumRetryDelay="7")
    assert "'MinimumRetryDelay' has type 's', 'u' is needed" in text.stderr
    assert stack.manager.list() == []
