#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a download with Haulier and exits; a service is started at the end: fetch_and_leave.py URL FILE SERVICE OBJECT-PATH"""

import sys

import haulier

url, file, *service = sys.argv[1:]
try:
    print(haulier.Client().download(url, file, service=service).id)
except haulier.Error as error:
    sys.exit(str(error))
