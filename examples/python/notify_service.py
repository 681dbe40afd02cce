#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An activatable service: the bus starts it when Haulier has news for it, and it exits when nothing is left to do."""

import haulier


def failed(job, error):
    job.cancel()
    print(f"job {job.id} failed: {error} ({error.name})", flush=True)


haulier.serve("org.haulier.example.Python", "/org/haulier/example/Python", failed=failed, inactivity=2,
              completed=lambda job, result: print(f"job {job.id}: {result}", flush=True))
