# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever AddFiles accepts can be carried out: combinations of ranges, pieces on demand, mirrors, checksums and sizes are
drawn at random and fetched from a server that announces sizes or does not, and breaks off."""

import random
from dataclasses import dataclass, field

import pytest

from support.chance import rounds, seeded
from support.client.checks import assert_file, leftovers, sha256
from support.client.dbus_client import BusError
from support.content import body
from support.servers.response_script import Script

END = 2**64 - 1
JOBS_AT_ONCE = 6
CONFIG = {"Transfer": {"CheckpointBytes": "16K", "CheckpointInterval": "50ms", "ConnectionsPerHost": "100"},
          "Scheduler": {"MaxBackgroundJobs": "100"}}


@dataclass
class Draw:
    """A file: what is on the server, what is requested, and what must arrive."""
    content: bytes
    options: dict = field(default_factory=dict)
    expected: bytes = b""
    script: Script = Script()
    breaks: list[Script] = field(default_factory=list)
    bad_mirrors: list[int] = field(default_factory=list)


def cut(chance: random.Random, size: int) -> list[tuple[int, int]]:
    """Ranges that do not overlap, with and without gaps, in any order; one of them perhaps to the end."""
    places = sorted(chance.sample(range(size + 1), min(size + 1, 2 * chance.randint(1, 5))))
    if chance.random() < 0.5:
        pairs = zip(places, places[1:])  # adjacent
    else:
        pairs = zip(places[::2], places[1::2])
    ranges = [(begin, end - begin) for begin, end in pairs]
    if not ranges or chance.random() < 0.5:
        last = max((begin + length for begin, length in ranges), default=0)
        if last < size:
            ranges.append((chance.randint(last, size - 1), END))
    chance.shuffle(ranges)
    return ranges or [(0, END)]


def pieces(content: bytes, ranges) -> bytes:
    return b"".join(content[offset:] if length == END else content[offset:offset + length] for offset, length in ranges)


def draw_script(chance: random.Random) -> Script:
    return Script(chunked=chance.random() < 0.3, headers=chance.choice([{}, {}, {"X-Note": "v" * 500}]))


def draw_file(chance: random.Random, with_ranges: bool) -> Draw:
    size = chance.choice([0, 1, 2, chance.randint(3, 1000), chance.randint(1000, 200_000)])
    file = Draw(body(size, seed=chance.randrange(1 << 30)), script=draw_script(chance))
    file.expected = file.content
    if with_ranges and size > 0 and chance.random() < 0.6:
        file.options["Ranges"] = cut(chance, size)
        file.expected = pieces(file.content, file.options["Ranges"])
    if chance.random() < 0.4:
        file.options["Checksum"] = "sha256:" + sha256(file.expected)
    if chance.random() < 0.4:
        file.options["Size"] = len(file.expected)
    if chance.random() < 0.3:
        file.bad_mirrors = [chance.choice([404, 410, 451]) for _ in range(chance.randint(1, 2))]
    if size > 2000 and chance.random() < 0.4:
        file.breaks = [Script(send=chance.randint(1, size), then=chance.choice(["close", "reset"]), chunked=file.script.chunked)]
    return file


def add_files(stack, server, chance, number, draws) -> list[tuple]:
    files = []
    for index, draw in enumerate(draws):
        path = f"/{number}-{index}"
        server.add(path, draw.content, script=draw.script).next_scripts(*draw.breaks)
        sources = [server.url(path)]
        for which, status in enumerate(draw.bad_mirrors):
            bad = f"{path}-bad-{which}"
            server.add(bad, script=Script(status=status))
            sources.insert(chance.randint(0, len(sources)), server.url(bad))
        options = draw.options | ({"Mirrors": sources[1:]} if sources[1:] else {})
        files.append((sources[0], stack.downloads / path[1:], options))
    return files


def draw_job(stack, server, chance, number):
    """A job that has been started, and what must arrive; nothing if it was refused."""
    on_demand = chance.random() < 0.3
    draws = [draw_file(chance, not on_demand) for _ in range(chance.randint(1, 3))]
    options = {"OnDemand": True} if on_demand else {}
    if chance.random() < 0.3:
        options["MaximumDownloadSize"] = sum(len(draw.expected) for draw in draws)
    if not on_demand and chance.random() < 0.2:
        options["HighPerformance"] = True
    try:
        job = stack.manager.create(files=add_files(stack, server, chance, number, draws), MinimumRetryDelay=5, **options)
        for index, draw in enumerate(draws if on_demand else []):
            size = len(draw.content)
            if size > 2:
                job.request_ranges(index, *cut(chance, size))
            job.request_ranges(index, (0, END))
        job.resume()
    except BusError as error:
        print(f"  {number}: refused: {error}")
        assert error.name not in ("Internal", "Store"), error
        return None
    return job, draws


def check_job(stack, number, job, draws) -> None:
    for draw in draws:
        print(f"  {number}: {len(draw.content)} bytes, {draw.options}, {draw.script}, {draw.breaks}, {draw.bad_mirrors}")
    job.wait_state("transferred", seconds=60)
    assert job.complete() == ("complete", len(draws), 0)
    for index, draw in enumerate(draws):
        assert_file(stack.downloads / f"{number}-{index}", draw.expected)


def test_what_is_accepted_is_carried_out(new_stack):
    chance = seeded()
    stack = new_stack(CONFIG)
    server = stack.fault_server()
    left = rounds(36)
    accepted = 0
    for first in range(0, left, JOBS_AT_ONCE):
        numbers = range(first, min(first + JOBS_AT_ONCE, left))
        jobs = {number: draw_job(stack, server, chance, number) for number in numbers}
        for number, started in jobs.items():
            if started:
                accepted += 1
                check_job(stack, number, *started)
    assert accepted > 0.8 * left
    assert not [name for name in leftovers(stack.downloads) if ".part" in name]


@pytest.mark.parametrize("ranges", [[(1000, END), (0, 100)], [(500, 10), (1000, END), (0, 100)], [(1000, END), (500, 10), (0, 1)]])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_range_to_the_end_that_is_not_the_last(stack, ranges, chunked):
    server = stack.fault_server()
    content = body(5000)
    server.add("/f", content, script=Script(chunked=chunked))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f", {"Ranges": ranges})], Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f", pieces(content, ranges))


def test_pieces_that_leave_nothing_of_a_request_for_all(stack):
    """That nothing is left is known only when the server has told the size."""
    server = stack.fault_server()
    content = body(5000)
    server.add("/f", content)
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], OnDemand=True)
    job.request_ranges(0, (4000, 1000), (0, 4000), (0, END))
    job.resume()
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "f", content)


# ---- the sum of all files ----

KIBI = 1024
FILES = 4
SIZE = 1024 * KIBI


def four_files(stack, limit, **script):
    server = stack.fault_server()
    for name in range(FILES):
        server.add(f"/{name}", body(SIZE), script=Script(rate=4 * SIZE, **script))
    files = [(server.url(f"/{name}"), stack.downloads / str(name)) for name in range(FILES)]
    return server, stack.manager.create(files=files, Resume=True, MaximumDownloadSize=limit)


@pytest.mark.parametrize("script", [{}, {"chunked": True}], ids=["announced", "unknown"])
def test_the_maximum_size_holds_for_all_files_together(stack, script):
    server, job = four_files(stack, SIZE + 1, **script)
    job.wait_state("error", unless=("transferred",))
    assert job.get("Error")[:2] == ("remote-file", "max-download-size")
    assert job.get("BytesTransferred") <= SIZE + 1
    stack.client.wait(lambda: all(request.ended for request in server.requests), "the end of all requests")


@pytest.mark.parametrize("script", [{}, {"chunked": True}], ids=["announced", "unknown"])
def test_files_that_fill_the_maximum_size_exactly(stack, script):
    _server, job = four_files(stack, FILES * SIZE, **script)
    job.wait_state("transferred")


# ---- the moment at which a job transfers ----

def test_a_job_is_transferring_when_the_first_headers_have_arrived(stack):
    """The headers of the response have arrived, but no byte of the file."""
    server = stack.fault_server()
    server.add("/f", body(1000), script=Script(send=0, then="stall"))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transferring")
    assert job.get("BytesTransferred") == 0 and job.get("BytesTotal") == 1000


def test_a_job_without_a_response_is_connecting(stack):
    server = stack.fault_server()
    server.add("/f", body(1000), script=Script(delay=3))
    job = stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    server.wait(lambda: server.requests, "the request")
    assert job.state == "connecting"
