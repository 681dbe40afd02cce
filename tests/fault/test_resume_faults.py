# SPDX-License-Identifier: LGPL-2.1-or-later
"""Resume against servers that lie about versions: the whole old file, the whole new one, or an explained error.

The four faults, combined with whether the file changed and how the transfer was interrupted.
"""

from dataclasses import dataclass

import pytest

from support.client.checks import part_files, sha256
from support.client.dbus_client import Job
from support.content import body
from support.environment import is_sanitized
from support.servers.response_script import Script, http_date

MEBI = 1 << 20
OLD = body(3 * MEBI, seed=1)
NEW = body(3 * MEBI, seed=2)
LONGER = body(3 * MEBI + 5000, seed=3)
OLD_DATE, NEW_DATE = http_date(-7 * 86400), http_date(-3 * 86400)

CHECKPOINT = 64 << 10
# After an interruption these go on where they were.
KEPT = ["honest-unchanged", "date-only-unchanged", "no-validator-unchanged-sum"]

# Causes that a person understands as "the server's file is not what it was".
EXPLAINED = {"remote-file-changed", "checksum-mismatch", "invalid-response", "size-mismatch", "short-body", "long-body"}


@dataclass
class Case:
    name: str
    script: Script = Script()                  # of the second and later answers
    etag: str | None = '"old"'
    date: str | None = OLD_DATE
    change: tuple | None = None                # content, etag, date from the second request on
    checksum: str = ""
    kept: bool = False                         # nothing proves a new version: the job waits with what it has

    def outcomes(self) -> list[bytes]:
        return [OLD] + ([self.change[0]] if self.change else [])


CHANGES = {
    "unchanged": None,
    "changed": (NEW, '"new"', NEW_DATE),
    "longer": (LONGER, '"new"', NEW_DATE),
}
FAULTS = {
    "honest": Script(),
    "200-to-correct-if-range": Script(if_range="refuse"),
    "206-to-stale-if-range": Script(if_range="ignore"),
    "fresh-etag": Script(fresh_etag=True),
    "fresh-etag-206": Script(fresh_etag=True, if_range="ignore"),
    "no-ranges": Script(ranges=False),
}


def cases() -> list[Case]:
    found = [Case(f"{fault}-{change}", script=script, change=version)
             for fault, script in FAULTS.items() for change, version in CHANGES.items()]
    ignore = Script(if_range="ignore")
    found += [
        Case("same-etag-other-length", script=ignore, change=(LONGER, '"old"', OLD_DATE)),
        Case("date-only-unchanged", etag=None),
        Case("date-only-changed", etag=None, change=(NEW, None, NEW_DATE)),
        Case("date-only-changed-206", etag=None, script=ignore, change=(NEW, None, NEW_DATE)),
        Case("weak-etag-unchanged", etag='W/"old"'),
        Case("weak-etag-changed-206", etag='W/"old"', script=ignore, change=(NEW, 'W/"new"', NEW_DATE)),
        Case("weak-etag-only-changed-206", etag='W/"old"', date=None, script=ignore, change=(NEW, 'W/"old"', None)),
        Case("no-validator-unchanged", etag=None, date=None),
        Case("no-validator-changed-206", etag=None, date=None, script=ignore, change=(NEW, None, None)),
        Case("no-validator-unchanged-sum", etag=None, date=None, checksum=sha256(OLD)),
        Case("no-validator-changed-sum", etag=None, date=None, script=ignore, change=(NEW, None, None),
             checksum=sha256(NEW)),
        Case("no-validator-changed-old-sum", etag=None, date=None, script=ignore, change=(NEW, None, None),
             checksum=sha256(OLD)),
        Case("validators-vanish", script=ignore, change=(NEW, None, None), kept=True),
        Case("validators-vanish-same-bytes", script=ignore, change=(OLD, None, None), kept=True),
    ]
    return found


class Trial:
    """All cases at once, each a job of its own whose server has sent 1 MiB of 3 and then falls silent."""

    def __init__(self, new_stack, first_ends: str):
        self.stack = new_stack({
            "Transfer": {"CheckpointBytes": str(CHECKPOINT), "ConnectionsPerHost": "100", "MaxRestarts": "3"},
            "Scheduler": {"MaxBackgroundJobs": "100"},
        })
        self.server = self.stack.fault_server()
        self.jobs: dict[str, Job] = {}
        for case in cases():
            resource = self.server.add(f"/{case.name}", OLD, etag=case.etag, modified=case.date, script=case.script)
            first = Script(send=MEBI, gate=True, then=first_ends, fresh_etag=case.script.fresh_etag)
            resource.next_scripts(first)
            options = {"Checksum": f"sha256:{case.checksum}"} if case.checksum else {}
            file = (self.server.url(f"/{case.name}"), self.stack.downloads / case.name, options)
            self.jobs[case.name] = self.stack.manager.create(files=[file], Resume=True)
        for case in cases():
            self.jobs[case.name].wait_bytes(MEBI)
            if case.change:
                self.server.resources[f"/{case.name}"].change(*case.change)
        for name in KEPT:
            self.stack.wait_durable(self.stack.downloads / name, MEBI - CHECKPOINT)

    def judge(self) -> None:
        faults = []
        for case in cases():
            job = self.jobs[case.name]
            if case.kept:
                job.wait_property("Error", lambda error: error[1] == "invalid-response")
                assert job.get("State") == "transient-error" and job.get("BytesTransferred") > MEBI // 2, case.name
                job.cancel()
                continue
            state = job.wait_state("transferred", "error", unless=(), seconds=30)
            ranges = [(r.status, r.range_start) for r in self.server.of(f"/{case.name}")]
            if state == "error":
                outcome = job.get("Error")[1]
                fine = outcome in EXPLAINED and case.name not in MUST_SUCCEED
                job.cancel()
            else:
                job.complete()
                content = (self.stack.downloads / case.name).read_bytes()
                fine = content in case.outcomes()
                if case.checksum:
                    fine = fine and sha256(content) == case.checksum
                outcome = "old" if content == OLD else "new" if fine else f"a mixture of {len(content)} bytes"
            print(f"{case.name:32} {outcome:24} {ranges}")
            if not fine:
                faults.append(f"{case.name}: {outcome} {ranges}")
        assert not faults, "\n".join(faults)
        assert part_files(self.stack.downloads) == []

    def starts(self, name: str) -> list[int]:
        """Where each request for a case began."""
        return [request.range_start for request in self.server.of(f"/{name}")]


# Nothing stands in the way of these: an error would be timidity.
MUST_SUCCEED = {f"{fault}-{change}" for fault in ("honest", "200-to-correct-if-range", "206-to-stale-if-range", "no-ranges")
                for change in CHANGES} | {
    "date-only-unchanged", "date-only-changed", "date-only-changed-206", "weak-etag-unchanged", "no-validator-unchanged",
    "no-validator-changed-206", "no-validator-unchanged-sum", "no-validator-changed-sum", "fresh-etag-unchanged"}


def suspend(trial: Trial) -> None:
    for job in trial.jobs.values():
        job.suspend()
    for job in trial.jobs.values():
        job.resume()


def kill_daemon(trial: Trial) -> None:
    trial.stack.kill_daemon()
    trial.stack.start()


def kill_worker(trial: Trial) -> None:
    trial.stack.kill_worker()


def cut(trial: Trial) -> None:
    """The server closes all connections; nobody waits for the retry delay."""
    for resource in trial.server.resources.values():
        resource.gate.set()
    for job in trial.jobs.values():
        job.wait_state("transient-error")
        assert job.get("Error")[1] in ("short-body", "connection-lost")
        job.resume()


# Under sanitizers, only those after which the most is read again.
INTERRUPTS = [kill_worker, kill_daemon] if is_sanitized() else [suspend, kill_worker, kill_daemon, cut]


@pytest.mark.parametrize("interrupt", INTERRUPTS, ids=lambda f: f.__name__)
def test_never_a_mixed_file(new_stack, interrupt):
    trial = Trial(new_stack, "close" if interrupt is cut else "stall")
    interrupt(trial)
    trial.judge()

    # After a kill up to one checkpoint is fetched again; otherwise nothing.
    kept = MEBI if interrupt in (suspend, cut) else MEBI - CHECKPOINT
    for name in KEPT:  # the last, because a checksum will judge the whole
        assert trial.starts(name)[1] >= kept, name
    assert max(trial.starts("no-validator-unchanged")) == 0, "nothing proves that it is the same file"


def test_a_server_that_mishandles_if_range_costs_one_more_request_and_no_bytes(new_stack):
    """200 to a correct If-Range: the body is dropped and the rest asked for with a plain Range."""
    stack = new_stack()
    server = stack.fault_server()
    resource = server.add("/f", OLD, script=Script(if_range="refuse"))
    resource.next_scripts(Script(send=MEBI, then="stall"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_bytes(MEBI)
    job.suspend()
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert (stack.downloads / "f").read_bytes() == OLD
    asked = [(r.range_start, "if-range" in r.headers, r.status) for r in server.requests]
    assert asked == [(0, False, 200), (MEBI, True, 200), (MEBI, False, 206)]
    assert server.requests[1].sent < MEBI, "the dropped body must not be read to its end"
