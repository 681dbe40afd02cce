# SPDX-License-Identifier: LGPL-2.1-or-later
"""Configuration that is read again, and a journal that can be asked."""

import json
import pathlib

import pytest

from support.client.checks import refused
from support.client.dbus_client import NAME
from support.container.container_user import configure, reload


def entries(machine, *matches: str) -> list[dict]:
    return [json.loads(line) for line in machine.journal("--boot", "-o", "json", *matches).splitlines()]


def wait_entries(person, count: int, wanted, *matches: str) -> list[dict]:
    """All that are `wanted`, once there are so many: what was written a moment ago may not be there yet, whatever
    journalctl --sync says."""
    def found():
        some = [entry for entry in entries(person.machine, *matches) if wanted(entry)]
        return some if len(some) >= count else None
    return person.bus.wait(found, f"{count} entries of {matches}")


def has_id(entry: dict) -> bool:
    return "MESSAGE_ID" in entry


@pytest.fixture
def apply(machine, alice):
    """Writes a drop-in, has systemd reload the service, and takes the drop-in away afterwards."""
    def read(text: str) -> None:
        configure(machine, "50-reload", text)
        reload(machine)
        machine.run("systemctl", "is-active", "--quiet", "haulier.service")
    alice.manager.list()
    yield read
    (machine.root / "etc/haulier/haulier.conf.d/50-reload.conf").unlink()
    reload(machine)


def test_reload_changes_limits_while_the_daemon_runs_on(machine, alice, apply):
    daemon = alice.bus.owner(NAME)
    apply("[Jobs]\nMaxJobsPerUser=2\n")
    for _ in range(2):
        alice.manager.create()
    with refused("TooManyJobs"):
        alice.manager.create()
    assert alice.bus.owner(NAME) == daemon


def test_limits_are_per_owner(alice, bob, apply):
    apply("[Jobs]\nMaxJobsPerUser=1\n")
    alice.manager.create()
    bob.manager.create()
    for person in (alice, bob):
        with refused("TooManyJobs"):
            person.manager.create()


def test_root_has_no_limits(people, apply):
    apply("[Jobs]\nMaxJobsPerUser=1\n")
    root = people("root")
    for _ in range(3):
        root.manager.create()


def test_a_bad_value_and_an_unknown_key_are_warnings_with_file_and_line(machine, alice, apply):
    alice.manager.create()
    apply("[Jobs]\nMaxJobsPerUser=many\n[Daemon]\nNoSuchKey=1\n[Notify]\nRetryDelay=300ms\n")
    alice.manager.create()
    warnings = wait_entries(alice, 2, lambda entry: "50-reload.conf" in entry["MESSAGE"], "--unit=haulier.service",
                            "--priority=warning")
    said = "\n".join(entry["MESSAGE"] for entry in warnings)
    print(said)
    assert "50-reload.conf:2" in said and "MaxJobsPerUser" in said
    assert "50-reload.conf:4" in said and "NoSuchKey" in said
    assert len(warnings) == 2, "the rest of the file is right"


def test_the_journal_can_be_asked_for_a_job(machine, alice, server):
    server.add("/file?token=secret", b"content")
    job = alice.manager.create("in the journal", files=[(server.url("/file?token=secret"), alice.home / "journal")], Resume=True,
                               CustomHeaders=["X-Key: secret"])
    job.wait_state("transferred")
    job.complete()
    ids = [entry["MESSAGE_ID"] for entry in wait_entries(alice, 3, has_id, f"HAULIER_JOB={job.id}")]
    assert len(ids) == len(set(ids)), "created, transferred, completed"
    assert {entry["HAULIER_OWNER"] for entry in entries(machine, f"HAULIER_JOB={job.id}")} == {str(alice.uid)}
    for message_id in ids:
        assert job.id in machine.journal("--boot", "-o", "json", f"MESSAGE_ID={message_id}")
    everything = machine.journal("--boot", "-o", "export")
    assert "token" not in everything and "X-Key" not in everything


def test_the_catalogue_explains(machine, alice, server):
    job = alice.manager.create("fails", files=[(server.url("/none"), alice.home / "none")], Resume=True)
    job.wait_state("error", unless=())
    used = {entry["MESSAGE_ID"] for entry in wait_entries(alice, 2, has_id, f"HAULIER_JOB={job.id}")}
    explained = machine.journal("--boot", "--catalog", f"HAULIER_JOB={job.id}")
    print(explained)
    shipped = {line.split()[1] for path in pathlib.Path(machine.root / "usr/lib/systemd/catalog").glob("haulier*")
               for line in path.read_text().splitlines() if line.startswith("-- ")}
    assert used <= shipped
    assert explained.count("-- Subject") + explained.count("Subject: ") >= len(used)
