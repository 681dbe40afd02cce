# SPDX-License-Identifier: LGPL-2.1-or-later
"""What BITS' documentation says of values, failures, turns and clocks: rows of docs/bits-checks.md."""

import time

import pytest

from support.client.checks import assert_file, refused, wait_leftovers
from support.content import body
from support.environment import patience, stretched
from support.servers.response_script import Script

MEBI = 1 << 20
CONTENT = body(MEBI)


def running_job(stack, server, name, **options):
    """A job that stays in `transferring` once it got its turn."""
    server.add(f"/{name}", CONTENT, script=Script(send=100_000, then="stall"))
    return stack.manager.create(name, files=[(server.url(f"/{name}"), stack.downloads / name)], Resume=True, **options)


def failing_job(stack, server, script, name="f", **options):
    server.add(f"/{name}", CONTENT, script=script)
    return stack.manager.create(files=[(server.url(f"/{name}"), stack.downloads / name)], Resume=True, **options)


def test_D_4_a_retry_delay_below_five_seconds_becomes_five(stack):
    job = stack.manager.create()
    job.set("MinimumRetryDelay", 1)
    assert job.get("MinimumRetryDelay") == 5


def test_D_5_values_outside_their_range_are_not_supported(stack):
    job = stack.manager.create()
    for name, value in (("Priority", "urgent"), ("NotifyFlags", ["sometimes"]), ("ProxyMode", "magic"),
                        ("SecurityFlags", ["ignore-everything"]), ("NetworkCost", "cheap"), ("PowerPolicy", "solar"),
                        ("RedirectPolicy", "maybe")):
        before = job.get(name)
        with refused("NotSupported"):
            job.set(name, value)
        assert job.get(name) == before
    with refused("NotSupported"):
        job.set_credentials("server", "passport", "a", "b")
    with refused("NotSupported"):
        job.set_credentials("friend", "basic", "a", "b")


@pytest.mark.parametrize("status, state", [(s, "error") for s in (404, 403, 410, 501, 505, 300, 304, 307)] +
                         [(s, "transient-error") for s in (408, 409, 500, 503)])
def test_D_18_which_answers_are_final(stack, status, state):
    job = failing_job(stack, stack.fault_server(), Script(status=status))
    job.wait_state(state, unless=())
    assert job.get("Error")[:3] == ("remote-file", "http-status", status)


def test_D_20_without_ranges_the_file_is_fetched_whole_in_any_priority(stack):
    """BITS fails in the background; Haulier begins again from zero (BITS 3.5)."""
    server = stack.fault_server()
    server.add("/f", CONTENT, script=Script(ranges=False)).next_scripts(Script(ranges=False, send=500_000, then="stall"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_bytes(500_000)
    job.suspend()
    job.resume()
    job.wait_state("transferred")
    assert {r.status for r in server.of("/f")} == {200}
    job.complete()
    assert_file(stack.downloads / "f", CONTENT)


def redirected(stack, **options):
    server = stack.fault_server()
    server.add("/from", script=Script(status=302, headers={"Location": "/to"}))
    server.add("/to", CONTENT)
    job = stack.manager.create(files=[(server.url("/from"), stack.downloads / "f")], **options, Resume=True)
    return server, job


def test_D_22_redirects_are_followed_reported_or_refused(stack):
    server, job = redirected(stack)
    job.wait_state("transferred")
    assert job.files()[0]["RemoteName"] == server.url("/from")
    server, job = redirected(stack, RedirectPolicy="report")
    job.wait_state("transferred")
    assert job.files()[0]["RemoteName"] == server.url("/to")
    server, job = redirected(stack, RedirectPolicy="disallow")
    job.wait_state("error", unless=())
    assert job.get("Error")[:3] == ("remote-file", "http-status", 302)
    assert job.files()[0]["RemoteName"] == server.url("/to")
    assert server.of("/to") == []


def test_D_23_foreground_moves_beside_one_of_two_that_alternate(new_stack):
    stack = new_stack({"Scheduler": {"MaxBackgroundJobs": "1", "TimeSlice": "1s"}})
    server = stack.fault_server()
    for name in ("first", "second"):
        running_job(stack, server, name)
    running_job(stack, server, "front", Priority="foreground").wait_state("transferring")

    def turn_of(name: str) -> bool:
        """All at one moment: the next may be that of the other."""
        jobs = {values["DisplayName"]: values for _, values in stack.manager.list()}
        front, moves = jobs.pop("front"), jobs.pop(name)
        (waits,) = jobs.values()
        assert front["State"] == "transferring" and "queued" in (moves["State"], waits["State"])
        return (moves["State"], waits["State"], waits["WaitReason"][0]) == ("transferring", "queued", "turn")

    for name in ("first", "second", "first"):
        stack.client.wait(lambda name=name: turn_of(name), f"the turn of the {name}")


def test_D_24_a_higher_job_takes_the_turn_of_a_lower_one_at_once(stack):
    server = stack.fault_server()
    low = running_job(stack, server, "low", Priority="low")
    low.wait_state("transferring")
    high = running_job(stack, server, "high", Priority="high")
    high.wait_state("transferring")
    assert (low.state, low.get("WaitReason")[0]) == ("queued", "turn")
    high.suspend()
    low.wait_state("transferring")
    low.set("Priority", "foreground")
    high.resume()
    high.wait_state("transferring")
    assert low.state == "transferring"


def test_D_25_a_job_that_waits_for_its_next_try_blocks_nobody(stack):
    server = stack.fault_server()
    high = failing_job(stack, server, Script(status=500), "high", Priority="high")
    high.wait_state("transient-error")
    low = running_job(stack, server, "low", Priority="low")
    low.wait_state("transferring")
    assert high.state == "transient-error"


def test_D_26_limits_at_the_bound_and_one_above(new_stack):
    stack = new_stack({"Jobs": {"MaxJobs": "4", "MaxJobsPerUser": "3", "MaxFilesPerJob": "5", "MaxRangesPerFile": "6"}})
    job, *_ = [stack.manager.create() for _ in range(3)]
    with refused("TooManyJobs"):
        stack.manager.create()
    files = [(f"http://127.0.0.1:9/{n}", stack.downloads / str(n)) for n in range(6)]
    job.add_files(files[:5])
    with refused("TooManyFiles"):
        job.add_file(*files[5])
    assert job.get("FilesTotal") == 5
    other = stack.manager.list()[1][0].rpartition("/")[2]
    ranges = [(10 * n, 5) for n in range(7)]
    other = stack.manager.get(other)
    other.add_files([(*files[0], {"Ranges": ranges[:6]})])
    with refused("TooManyRanges"):
        other.add_files([(*files[1], {"Ranges": ranges})])
    assert other.get("FilesTotal") == 1


def test_D_33_a_job_that_nobody_touches_expires(new_stack):
    stack = new_stack({"Jobs": {"InactivityTimeout": stretched(3), "EmptyJobTimeout": "1s"}})
    server = stack.nginx()
    server.add("f", CONTENT)
    done = stack.manager.create(files=[(server.url("f"), stack.downloads / "f")], Resume=True)
    empty = stack.manager.create("empty")
    done.wait_state("transferred")
    results = stack.client.wait(
        lambda: (r := {s.args[1]: s.args[2] for s in stack.client.signals if s.member == "JobRemoved"}) if len(
            [s for s in stack.client.signals if s.member == "JobRemoved"]) == 2 else None, "two JobRemoved")
    assert results == {done.id: "expired", empty.id: "expired"}
    assert done.state == "cancelled"
    wait_leftovers(stack.client, stack.downloads)


def test_a_job_that_runs_or_waits_for_its_date_does_not_expire(new_stack):
    stack = new_stack({"Jobs": {"InactivityTimeout": "1s"}})
    server = stack.fault_server()
    running = running_job(stack, server, "slow", HighPerformance=True)
    running.wait_state("transferring")
    tomorrow = (int(time.time()) + 86_400) * 1_000_000
    waiting = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], NotBefore=tomorrow, Resume=True)
    for _ in range(2):  # one after the other: more than the timeout passes
        idle = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")])
        stack.client.wait(lambda: (idle.id, "expired") in [
            (s.args[1], s.args[2]) for s in stack.client.signals if s.member == "JobRemoved"], "the end of the idle job")
    assert running.state == "transferring" and waiting.state == "queued"


def test_D_37_failed_tries_are_counted(stack):
    server = stack.fault_server()
    job = failing_job(stack, server, Script(send=100_000, then="reset"))
    for count in (1, 2, 3):
        job.wait_property("ErrorCount", lambda value: value == count)
        job.wait_state("transient-error")
        job.resume()
    job.wait_property("ErrorCount", lambda value: value == 4)


def test_D_38_dynamic_content_runs_in_the_foreground_only_and_from_zero(stack):
    server = stack.fault_server()
    server.add("/f", CONTENT, script=Script(chunked=True)).next_scripts(Script(chunked=True, send=500_000, then="stall"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], DynamicContent=True, Resume=True)
    assert job.get("WaitReason")[0] == "foreground-only" and job.state == "queued"
    job.set("Priority", "foreground")
    job.wait_bytes(500_000)
    job.suspend()
    job.resume()
    job.wait_state("transferred")
    assert [r.range for r in server.of("/f")] == ["", ""]
    with refused("ReadOnlyAfterResume"):
        job.set("DynamicContent", False)


def test_D_39_active_time_is_bounded_and_resume_gives_it_anew(stack):
    server = stack.fault_server()
    job = running_job(stack, server, "f", MaximumDownloadTime=round(patience(2)))
    job.wait_state("error", unless=())
    assert job.get("Error")[1] == "max-download-time"
    server.resources["/f"].script = Script()
    job.resume()
    job.wait_state("transferred")


def test_too_many_bytes_are_an_error_announced_or_not(stack):
    server = stack.fault_server()
    for name, script in (("announced", Script()), ("unannounced", Script(chunked=True))):
        job = failing_job(stack, server, script, name, MaximumDownloadSize=500_000)
        job.wait_state("error", unless=())
        assert job.get("Error")[1] == "max-download-size"
        job.cancel()
    assert stack.manager.create(MaximumDownloadSize=0).get("MaximumDownloadSize") == 2**64 - 1


def test_less_patience_than_already_spent_fails_a_waiting_job_at_once(stack):
    job = failing_job(stack, stack.fault_server(), Script(status=500))
    job.wait_state("transient-error")
    job.set("NoProgressTimeout", 0)
    assert job.state == "error"
    other = running_job(stack, stack.fault_server(), "other")
    other.wait_state("transferring")
    other.set("NoProgressTimeout", 0)
    assert other.state == "transferring", "without an error there is nothing to lose patience with"


def test_a_job_waits_for_its_date(stack):
    server = stack.nginx()
    server.add("f", CONTENT)
    tomorrow, soon = (int((time.time() + seconds) * 1_000_000) for seconds in (86_400, 2))
    job = stack.manager.create(files=[(server.url("f"), stack.downloads / "f")], NotBefore=tomorrow, Resume=True)
    assert (job.state, job.get("WaitReason")) == ("queued", ("not-before", tomorrow))
    job.set("NotBefore", soon)
    job.wait_state("transferred")
    assert job.get("TransferCompletionTime") >= soon


def test_the_date_alone_changes_what_a_job_waits_for(new_stack):
    """Who listens hears it, although nothing else happens to the job."""
    stack = new_stack({"Scheduler": {"MaxBackgroundJobs": "1"}})
    server = stack.fault_server()
    running_job(stack, server, "busy").wait_state("transferring")
    stack.client.forget()
    soon = int((time.time() + patience(4)) * 1_000_000)
    job = running_job(stack, server, "next", NotBefore=soon)
    told = stack.client.wait_signal("PropertiesChanged", job.path)
    assert told.args[1] == {"WaitReason": ("turn", 0)} and time.time() * 1_000_000 >= soon


def test_a_bandwidth_limit_holds_for_the_job(stack):
    server = stack.nginx()
    urls = [server.add(name, CONTENT) for name in ("a", "b")]
    files = [(url, stack.downloads / name) for url, name in zip(urls, "ab")]
    job = stack.manager.create(files=files, BandwidthLimit=512 * 1024, Resume=True)
    job.wait_bytes(100_000)
    job.wait_state("transferred")
    spent = (job.get("TransferCompletionTime") - job.get("CreationTime")) / 1e6
    assert spent >= 2.0, "two files of 1 MiB at half a MiB a second: four seconds, less curl's first burst"


def test_choices_that_come_too_late_or_exclude_each_other(stack):
    url = ("http://127.0.0.1:9/f", stack.downloads / "f")
    job = stack.manager.create(files=[url])
    with refused("ReadOnlyAfterAddFile"):
        job.set("HighPerformance", True)
    job.set("HttpMethod", "SEARCH")
    assert job.get("Priority") == "foreground"
    with refused("ReadOnly"):
        job.set("Priority", "low")
    job.resume()
    for name, value in (("OnDemand", True), ("DynamicContent", True), ("MaximumDownloadSize", 5), ("HttpMethod", "")):
        with refused("ReadOnlyAfterResume"):
            job.set(name, value)
    for options in ({"OnDemand": True, "DynamicContent": True}, {"OnDemand": True, "HttpMethod": "SEARCH"},
                    {"DynamicContent": True, "files": [(*url, {"Ranges": [(0, 5)]})]}):
        with refused("NotSupported"):
            stack.manager.create("none", **options)
