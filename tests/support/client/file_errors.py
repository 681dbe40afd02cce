# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors that belong to files: the option that goes on without them, and waiting for the state of a file."""

from gi.repository import GLib

from .dbus_client import BusError, Job

CONTINUE = {"OnFileError": GLib.Variant("s", "continue")}
NO_ERROR = ("", "", 0, "")


def wait_file(job: Job, index: int, *states: str, seconds: float = 15, unless=()) -> dict:
    """Waits until the file is in one of `states`, and returns what ListFiles says of it. `unless` are states of the job."""
    def reached():
        try:
            file = job.files(index, 1)[0]
        except BusError as error:
            if error.daemon_died:
                return None
            raise
        assert "State" in file, "ListFiles does not tell the state of a file"
        state = job.state if unless else ""
        assert state not in unless, f"the job is {state}: {job.get('Error')}"
        return file if file["State"] in states else None
    return job.bus.wait(reached, f"file {index} to be {' or '.join(states)}", seconds)


def wait_transferred_file(job: Job, index: int, seconds: float = 15) -> dict:
    """Waits until the file is transferred, whatever becomes of the others."""
    return job.bus.wait(lambda: next((f for f in job.files(index, 1) if f["Transferred"]), None),
                        f"file {index} to be transferred", seconds)
