#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a download with Haulier and exits. An activatable service is notified when the file has arrived.

fetch_and_leave.py URL FILE [SERVICE OBJECT-PATH]
"""

import os
import sys

import dbus

from callback import create_job


def main(url: str, file: str, service: str = "", path: str = "/") -> None:
    options = {}
    if service:
        options["NotifyService"] = dbus.Struct((service, dbus.ObjectPath(path)), signature="so")
    print(create_job(dbus.SessionBus(), os.path.basename(file), [(url, os.path.abspath(file))], options))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except dbus.DBusException as error:
        sys.exit(error.get_dbus_message())
