#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Downloads URL to FILE with Haulier, or goes on with it: fetch_and_stay.py URL FILE"""

import sys

import haulier

url, file = sys.argv[1:]
try:
    with haulier.Client() as client:
        job = client.download(url, file, key=f"{url} {file}")
        for progress in job:
            print(f"{progress.done} of {progress.total or '?'} bytes")
        print(f"job {job.id}: {job.complete()}")
except haulier.TransferError as error:
    job.cancel()
    sys.exit(f"job {job.id} failed: {error} ({error.name})")
except haulier.Error as error:
    sys.exit(str(error))
