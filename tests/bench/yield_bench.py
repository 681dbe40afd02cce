# SPDX-License-Identifier: LGPL-2.1-or-later
"""How much background transfers leave to others: Haulier, and curl in its place, beside a download of curl's over a slow
link on this machine. Needs root and /dev/net/tun, takes about two minutes for each scenario, and uses little of the CPU
unless the link is fast.

Usage: yield_bench.py [--only WORD] [--seconds N] [--images FOLDER] [--background NAME], with HAULIERD and the other variables set
as meson sets them. Prints a table in Markdown, and draws the rates over time into the folder.
"""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import signal
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from rate_plot import Series, draw  # noqa: E402
from support.bottleneck.bed import BACKGROUND, FOREGROUND, Bed, Link, rate, why_impossible  # noqa: E402
from support.bus.system_bus import ANNA, BERT, CARL  # noqa: E402
from support.client.dbus_client import Job, Manager  # noqa: E402
from support.daemon.stack import Stack  # noqa: E402
from support.daemon.system_stack import SystemStack  # noqa: E402

ALONE = 15      # seconds of the background before the foreground begins
AFTERWARDS = 8  # seconds of the background after its end
SOLO = 12       # seconds of the foreground without a background
START = 2       # seconds of the foreground that the stricter share leaves out
LONGEST = 70    # seconds that a file lasts at the rate of the link
STEP = 0.25
OWNERS = (ANNA, BERT, CARL)


def wait(seconds: float) -> None:
    """Traffic flows meanwhile."""
    threading.Event().wait(seconds)


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    link: Link
    jobs: int = 1
    owners: int = 0  # with a worker for each
    foreground_first: bool = False


BASE = Link()
SCENARIOS = [
    Scenario("base", BASE),
    Scenario("10 Mbit/s", dataclasses.replace(BASE, mbit=10)),
    Scenario("200 Mbit/s", dataclasses.replace(BASE, mbit=200)),
    Scenario("25 ms buffer", dataclasses.replace(BASE, buffer_ms=25)),
    Scenario("200 ms buffer", dataclasses.replace(BASE, buffer_ms=200)),
    Scenario("5 ms RTT", dataclasses.replace(BASE, round_trip_ms=5)),
    Scenario("80 ms RTT", dataclasses.replace(BASE, round_trip_ms=80)),
    Scenario("foreground bbr", dataclasses.replace(BASE, foreground_control="bbr")),
    Scenario("both bbr", dataclasses.replace(BASE, foreground_control="bbr", background_control="bbr")),
    Scenario("both reno", dataclasses.replace(BASE, foreground_control="reno", background_control="reno")),
    Scenario("4 jobs", BASE, jobs=4),
    Scenario("16 jobs", BASE, jobs=16),
    Scenario("3 owners with 4 jobs", BASE, jobs=12, owners=3),
    Scenario("fair queueing", dataclasses.replace(BASE, fair=True)),
    Scenario("jitter 10 ms", dataclasses.replace(BASE, jitter_ms=10)),
    Scenario("no timestamps", dataclasses.replace(BASE, timestamps=False)),
    Scenario("uploads", dataclasses.replace(BASE, uploads=True)),
    Scenario("foreground first", BASE, foreground_first=True),
    Scenario("corner 10 Mbit/s 25 ms buffer 5 ms RTT", Link(mbit=10, buffer_ms=25, round_trip_ms=5)),
    Scenario("corner 10 Mbit/s 200 ms buffer 80 ms RTT", Link(mbit=10, buffer_ms=200, round_trip_ms=80)),
    Scenario("corner 200 Mbit/s 25 ms buffer 5 ms RTT", Link(mbit=200, buffer_ms=25, round_trip_ms=5)),
    Scenario("corner 200 Mbit/s 200 ms buffer 80 ms RTT", Link(mbit=200, buffer_ms=200, round_trip_ms=80)),
    Scenario("corner 10 Mbit/s 16 jobs", Link(mbit=10), jobs=16),
]


@dataclasses.dataclass
class Run:
    solo: float = 0          # bytes a second of the foreground without a background
    alone: float = 0         # of the background
    foreground: float = 0    # from START on
    whole: float = 0
    yielded_in: float | None = None  # seconds until the background uses less than a fifth of the link
    recovered_in: float | None = None
    ping_alone: list[float] = dataclasses.field(default_factory=list)
    series: list[Series] = dataclasses.field(default_factory=list)


# ---- the two backgrounds ----

class Curl:
    name = "curl"

    @staticmethod
    @contextlib.contextmanager
    def running(bed: Bed, scenario: Scenario):
        processes = [bed.curl(f"bg{number}", BACKGROUND) for number in range(scenario.jobs)]
        try:
            yield
        finally:
            for process in processes:
                bed.stop(process)


class Haulier:
    name = "Haulier"

    @staticmethod
    @contextlib.contextmanager
    def running(bed: Bed, scenario: Scenario):
        jobs = scenario.jobs
        config = {"Scheduler": {"MaxBackgroundJobs": str(jobs)},
                  "Transfer": {"ConnectionsPerHost": "100", "CheckpointBytes": "32M", "CheckpointInterval": "5s"}}
        with bed.inside("client"):
            stack = SystemStack(config) if scenario.owners else Stack(config)
            try:
                managers = [Manager(stack.user(uid)) for uid in OWNERS[:scenario.owners]] or [stack.manager]
                started = [Haulier.start(bed, stack, managers[number % len(managers)], f"bg{number}") for number in range(jobs)]
                yield
                for job in started:
                    job.cancel()
            finally:
                stack.close()

    @staticmethod
    def start(bed: Bed, stack: Stack, manager: Manager, name: str) -> Job:
        local = bed.source() if bed.link.uploads else stack.downloads / name
        kind = "upload" if bed.link.uploads else "download"
        return manager.create(job_type=kind, files=[(bed.url(name), local)], Resume=True)


# ---- one run ----

def sum_of(delivered: dict[str, list[tuple[float, int]]], prefix: str, begin: float, end: float) -> float:
    return sum(rate(samples, begin, end) for path, samples in delivered.items() if path.startswith(prefix))


def first_time(begin: float, end: float, holds) -> float | None:
    moment = begin
    while moment + STEP <= end:
        if holds(moment):
            return moment + STEP - begin
        moment += STEP / 2
    return None


def measure_solo(bed: Bed) -> float:
    foreground = bed.curl("solo", FOREGROUND)
    wait(SOLO)
    end = time.monotonic()
    bed.stop(foreground)
    return rate(bed.delivered()["solo"], end - SOLO + START, end - 0.2)


def measure(bed: Bed, scenario: Scenario, background, seconds: float) -> Run:
    run = Run(solo=measure_solo(bed))
    wait(1)
    pings = bed.ping()
    began = time.monotonic()
    foreground_at = began
    if scenario.foreground_first:
        foreground = bed.curl("fg", FOREGROUND)
        wait(START)
    with background.running(bed, scenario):
        background_at = time.monotonic()
        if not scenario.foreground_first:
            wait(ALONE)
            foreground_at = time.monotonic()
            foreground = bed.curl("fg", FOREGROUND)
        wait(seconds)
        foreground_until = time.monotonic()
        bed.stop(foreground)
        wait(AFTERWARDS)
        ended = time.monotonic()
    delivered = bed.delivered()
    link = run.solo

    def share(prefix: str, moment: float) -> float:
        return sum_of(delivered, prefix, moment, moment + STEP) / link

    counted_from = max(foreground_at, background_at) if scenario.foreground_first else foreground_at
    run.whole = sum_of(delivered, "fg", counted_from, foreground_until)
    run.foreground = sum_of(delivered, "fg", counted_from + START, foreground_until)
    run.yielded_in = first_time(counted_from, foreground_until, lambda m: share("bg", m) < 0.2)
    run.recovered_in = first_time(foreground_until, ended, lambda m: share("bg", m) > 0.8)
    alone = (foreground_until + AFTERWARDS / 2, ended) if scenario.foreground_first else (background_at + 5, foreground_at)
    run.alone = sum_of(delivered, "bg", *alone)
    base = scenario.link.round_trip_ms / 1000
    run.ping_alone = [float(line.split()[1]) - base for line in pings.read_text().splitlines()
                      if alone[0] <= float(line.split()[0]) <= alone[1]]
    for label, prefix in (("background", "bg"), ("foreground", "fg")):
        points = []
        moment = began
        while moment + STEP < ended:
            points.append((moment - began, sum_of(delivered, prefix, moment, moment + STEP) * 8 / 1e6))
            moment += STEP
        run.series.append(Series(label, points))
    return run


def cells(run: Run) -> list[str]:
    def seconds(value: float | None) -> str:
        return "never" if value is None else f"{value:.1f} s"

    pings = sorted(run.ping_alone)
    ping = f"+{1000 * statistics.mean(pings):.0f} / +{1000 * pings[int(len(pings) * 0.95)]:.0f} ms" if pings else "?"
    return [f"{100 * run.alone / run.solo:.1f} %", f"{100 * run.foreground / run.solo:.1f} %",
            f"{100 * run.whole / run.solo:.1f} %", seconds(run.yielded_in), seconds(run.recovered_in), ping]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="scenarios whose name contains this")
    parser.add_argument("--seconds", type=float, default=22, help="length of the foreground's download")
    parser.add_argument("--images", type=pathlib.Path)
    parser.add_argument("--background", choices=["curl", "Haulier"], help="only this one")
    options = parser.parse_args()
    if why := why_impossible():
        sys.exit(why)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    print("| scenario | background | alone | foreground | whole | yields in | recovers in | ping, alone: mean / p95 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    for scenario in SCENARIOS:
        if options.only and options.only not in scenario.name:
            continue
        for background in (Curl, Haulier):
            if options.background not in (None, background.name):
                continue
            with Bed(scenario.link, file_bytes=int(scenario.link.mbit * 1e6 / 8 * LONGEST)) as bed:
                run = measure(bed, scenario, background, options.seconds)
            print("| " + " | ".join([scenario.name, background.name, *cells(run)]) + " |", flush=True)
            if options.images:
                options.images.mkdir(parents=True, exist_ok=True)
                name = f"yield-{scenario.name}-{background.name}".lower().replace("/", "").replace(" ", "-")
                title = f"{scenario.name}, background {background.name}"
                (options.images / f"{name}.svg").write_text(draw(title, run.series, scenario.link.mbit))
    print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the end", flush=True)


main()
