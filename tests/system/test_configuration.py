# SPDX-License-Identifier: LGPL-2.1-or-later
"""Configuration that is read again, and a journal that can be asked."""

import json
import pathlib

import pytest

from support.checks import refused
from support.client import NAME
from support.person import configure


def entries(machine, *matches: str) -> list[dict]:
    return [json.loads(line) for line in machine.journal("--boot", "-o", "json", *matches).splitlines()]


@pytest.fixture
def reload(machine, alice):
    """Writes a drop-in, has systemd reload the service, and takes the drop-in away afterwards."""
    def apply(text: str) -> None:
        configure(machine, "50-reload", text)
        machine.run("systemctl", "reload", "haulier.service")
        machine.run("systemctl", "is-active", "--quiet", "haulier.service")
    alice.manager.list()
    yield apply
    (machine.root / "etc/haulier/haulier.conf.d/50-reload.conf").unlink()
    machine.run("systemctl", "reload", "haulier.service")


def test_reload_changes_limits_while_the_daemon_runs_on(machine, alice, reload):
    daemon = alice.bus.owner(NAME)
    reload("[Jobs]\nMaxJobsPerUser=2\n")
    for _ in range(2):
        alice.manager.create()
    with refused("TooManyJobs"):
        alice.manager.create()
    assert alice.bus.owner(NAME) == daemon


def test_limits_are_per_owner(alice, bob, reload):
    reload("[Jobs]\nMaxJobsPerUser=1\n")
    alice.manager.create()
    bob.manager.create()
    for person in (alice, bob):
        with refused("TooManyJobs"):
            person.manager.create()


def test_root_has_no_limits(people, reload):
    reload("[Jobs]\nMaxJobsPerUser=1\n")
    root = people("root")
    for _ in range(3):
        root.manager.create()


def test_a_bad_value_and_an_unknown_key_are_warnings_with_file_and_line(machine, alice, reload):
    alice.manager.create()
    reload("[Jobs]\nMaxJobsPerUser=many\n[Daemon]\nNoSuchKey=1\n[Notify]\nRetryDelay=300ms\n")
    alice.manager.create()
    warnings = [entry for entry in entries(machine, "--unit=haulier.service", "--priority=warning")
                if "50-reload.conf" in entry["MESSAGE"]]
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
    told = entries(machine, f"HAULIER_JOB={job.id}")
    assert {entry["HAULIER_OWNER"] for entry in told} == {str(alice.uid)}
    ids = [entry["MESSAGE_ID"] for entry in told if "MESSAGE_ID" in entry]
    assert len(ids) == len(set(ids)) >= 3, "created, transferred, completed"
    for message_id in ids:
        assert job.id in machine.journal("--boot", "-o", "json", f"MESSAGE_ID={message_id}")
    everything = machine.journal("--boot", "-o", "export")
    assert "token" not in everything and "X-Key" not in everything


def test_the_catalogue_explains(machine, alice, server):
    job = alice.manager.create("fails", files=[(server.url("/none"), alice.home / "none")], Resume=True)
    job.wait_state("error", unless=())
    explained = machine.journal("--boot", "--catalog", f"HAULIER_JOB={job.id}")
    print(explained)
    shipped = {line.split()[1] for path in pathlib.Path(machine.root / "usr/lib/systemd/catalog").glob("haulier*")
               for line in path.read_text().splitlines() if line.startswith("-- ")}
    used = {entry["MESSAGE_ID"] for entry in entries(machine, f"HAULIER_JOB={job.id}") if "MESSAGE_ID" in entry}
    assert used and used <= shipped
    assert explained.count("-- Subject") + explained.count("Subject: ") >= len(used)
