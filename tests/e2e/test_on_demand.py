# SPDX-License-Identifier: LGPL-2.1-or-later
"""On-demand mode (BITS 1.7, 6.6): pieces of a file in the order in which they are asked for."""

import pytest

from support.client.checks import assert_file, refused, sha256
from support.content import body
from support.servers.response_script import Script

CONTENT = body(1 << 20)
END = 2**64 - 1


def on_demand(stack, server, **options):
    server.add("/file", CONTENT)
    return stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], OnDemand=True, **options)


def test_only_what_is_asked_for_is_fetched_and_the_job_is_suspended_then(stack):
    server = stack.fault_server()
    job = on_demand(stack, server)
    with refused("Empty"):
        job.resume()
    assert job.get("WaitReason")[0] == "needs-ranges"
    job.request_ranges(0, (500_000, 1000), (0, 100))
    job.resume()
    job.wait_property("State", lambda state: state == "suspended")
    assert job.filled_ranges() == [(0, 100), (500_000, 1000)]
    assert [r.range for r in server.of("/file")] == ["bytes=500000-500999", "bytes=0-99"]
    part = (stack.downloads / job.files()[0]["TemporaryName"]).read_bytes()
    assert part[:100] == CONTENT[:100] and part[500_000:501_000] == CONTENT[500_000:501_000]
    assert job.get("BytesTransferred") == 1100 and job.get("BytesTotal") == len(CONTENT)


def test_nothing_is_fetched_twice_and_the_whole_makes_it_transferred(stack):
    server = stack.fault_server()
    job = on_demand(stack, server)
    job.request_ranges(0, (1000, 5000))
    job.resume()
    job.wait_property("State", lambda state: state == "suspended")
    job.request_ranges(0, (0, 3000), (2000, END))
    job.resume()
    job.wait_state("transferred")
    asked = [r.range for r in server.of("/file")]
    assert asked == ["bytes=1000-5999", "bytes=0-999", "bytes=6000-1048575"] or asked[1:] == ["bytes=0-999", "bytes=6000-"]
    assert job.filled_ranges() == [(0, len(CONTENT))]
    assert job.complete() == ("complete", 1, 0)
    assert_file(stack.downloads / "file", CONTENT)


def test_a_position_puts_the_rest_of_the_file_first(stack):
    server = stack.fault_server()
    job = on_demand(stack, server)
    job.call("UpdateDownloadPosition", "(ut)", 0, 700_000)
    job.resume()
    job.wait_state("transferred")
    assert [r.range_start for r in server.of("/file")] == [700_000, 0]
    job.complete()
    assert_file(stack.downloads / "file", CONTENT)


def test_ranges_are_told_by_signal_and_callback(stack):
    callback = stack.callback()
    job = on_demand(stack, stack.fault_server(), NotifyObject=callback.path,
                    NotifyFlags=["file-ranges-transferred"])
    job.request_ranges(0, (100, 200))
    job.resume()
    assert stack.client.wait_signal("FileRangesTransferred", job.path).args == (0, [(100, 200)])
    assert callback.wait("FileRangesTransferred").args == (job.path, job.id, 0, [(100, 200)])


def test_what_is_filled_survives_a_kill(stack):
    server = stack.fault_server()
    server.add("/file", CONTENT).next_scripts(Script(send=600_000, then="stall"))
    job = on_demand(stack, server)
    job.request_ranges(0, (100_000, END))
    job.resume()
    job.wait_bytes(600_000)
    stack.client.wait(lambda: sum(length for _, length in job.filled_ranges()) >= 262_144, "the first checkpoint")
    stack.kill_daemon()
    job.wait_property("State", lambda state: state == "suspended")
    assert server.of("/file")[1].range_start >= 362_144, "at most a checkpoint is fetched twice"
    assert job.filled_ranges() == [(100_000, len(CONTENT) - 100_000)]
    part = (stack.downloads / job.files()[0]["TemporaryName"]).read_bytes()
    assert part[100_000:] == CONTENT[100_000:]


def test_another_version_empties_the_file(stack):
    server = stack.fault_server()
    job = on_demand(stack, server)
    job.request_ranges(0, (0, 1000))
    job.resume()
    job.wait_property("State", lambda state: state == "suspended")
    new = body(len(CONTENT), 9)
    server.resources["/file"].change(new, '"two"', None)
    job.request_ranges(0, (5000, END))
    job.resume()
    job.wait_state("suspended", "transferred")
    assert job.filled_ranges()[0][0] == 0, "what was there is fetched again unasked"
    job.call("UpdateDownloadPosition", "(ut)", 0, 0)
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "file", new)


@pytest.mark.parametrize("ranges, end", [([(0, END)], "transferred"), ([(0, 300_000)], "suspended")])
def test_a_kill_at_the_very_end_leaves_nothing_stuck(stack, ranges, end):
    """Between the last checkpoint and the end of the file: the server holds back what ends the body."""
    server = stack.fault_server()
    length = min(ranges[0][1], len(CONTENT))
    server.add("/file", CONTENT, script=Script(chunked=True, send=length - 1, gate=True, then="finish"))
    job = on_demand(stack, server)
    job.request_ranges(0, *ranges)
    job.resume()
    job.wait_bytes(length - 1)
    job.wait_property("State", lambda state: state == "transferring")
    server.resources["/file"].gate.set()
    stack.client.wait(lambda: sum(n for _, n in job.filled_ranges()) >= length, "the last checkpoint")
    stack.kill_daemon()
    job.wait_property("State", lambda state: state == end)


@pytest.mark.parametrize("right", [True, False])
def test_a_checksum_judges_the_whole(stack, right):
    server = stack.fault_server()
    server.add("/file", CONTENT)
    options = {"Checksum": "sha256:" + (sha256(CONTENT) if right else "0" * 64)}
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file", options)], OnDemand=True)
    job.request_ranges(0, (500_000, END))
    job.resume()
    job.wait_property("State", lambda state: state == "suspended")
    job.request_ranges(0, (0, END))
    job.resume()
    job.wait_state("transferred" if right else "error", unless=())
    if not right:
        assert job.get("Error")[1] == "checksum-mismatch" and job.files()[0]["Transferred"] is False


def test_without_on_demand_mode_there_are_no_pieces(stack):
    job = stack.manager.create(files=[("http://127.0.0.1:9/f", stack.downloads / "f")])
    with refused("NotSupported"):
        job.request_ranges(0, (0, 5))
    with refused("NotSupported"):
        job.filled_ranges()
    with refused("NotSupported"):
        job.call("UpdateDownloadPosition", "(ut)", 0, 0)


def test_bad_requests_change_nothing(stack):
    job = on_demand(stack, stack.fault_server())
    for ranges in ([(0, 0)], [(END, 1)], [(2**63, 5)]):
        with refused("InvalidRange"):
            job.request_ranges(0, *ranges)
    with refused("InvalidArgument"):
        job.request_ranges(1, (0, 5))
    with refused("TooManyRanges"):
        job.request_ranges(0, *[(n * 10, 5) for n in range(501)])
    with refused("Empty"):
        job.resume()
