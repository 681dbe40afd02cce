# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts single tests, not test programs, in the logs of "meson test" (testlog.json). Shows which tests failed and why tests
were skipped, and prints "N passed, N failed" as its last line."""

import json
import re
import sys
from dataclasses import dataclass, field

# One line of a gtest program, and the last line of pytest -q.
GTEST_BEGIN = re.compile(r"^\[ RUN      \] (\S+)", re.MULTILINE)
GTEST_END = re.compile(r"^\[(       OK |  FAILED  |  SKIPPED )\] (\S+?),?(?: where .*)? \(\d+ ms\)$", re.MULTILINE)
GTEST_SKIPPED = re.compile(r"^\S+: Skipped\n(.*)\n(?:.*\n)*?\[  SKIPPED \] (\S+) ", re.MULTILINE)
PYTEST_SUMMARY = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s\b.*$", re.MULTILINE)
PYTEST_SKIPPED = re.compile(r"^SKIPPED \[(\d+)\] (.*)$", re.MULTILINE)
PYTEST_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S.*)$", re.MULTILINE)


@dataclass
class Program:
    """The results that one test program reported."""

    name: str
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    output: str = ""
    seconds: float = 0


def read_gtest(program: Program, text: str) -> None:
    unfinished = GTEST_BEGIN.findall(text)
    for verdict, name in GTEST_END.findall(text):
        if name not in unfinished:
            continue  # already counted; the list of failures at the end repeats it
        unfinished.remove(name)
        if "OK" in verdict:
            program.passed += 1
        elif "FAILED" in verdict:
            program.failed.append(name)
    program.failed += [f"{name} (did not finish)" for name in unfinished if f"[  SKIPPED ] {name}" not in text]
    program.skipped += [f"{name}: {reason}" for reason, name in GTEST_SKIPPED.findall(text)]


def read_pytest(program: Program, text: str) -> None:
    summary = PYTEST_SUMMARY.findall(text)
    counts = {kind: int(n) for n, kind in re.findall(r"(\d+) ([a-z]+)", summary[-1])}
    program.passed = counts.get("passed", 0)
    bad = counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
    program.failed = PYTEST_FAILED.findall(text)[:bad]
    program.failed += ["(name unknown)"] * (bad - len(program.failed))
    for times, reason in PYTEST_SKIPPED.findall(text):
        program.skipped += [reason] * int(times)


def read(entry: dict) -> Program:
    text = entry.get("stdout", "")
    program = Program(entry["name"].rpartition(" / ")[2], output=text + entry.get("stderr", ""),
                      seconds=entry.get("duration", 0))
    if GTEST_BEGIN.search(text):
        read_gtest(program, text)
    elif PYTEST_SUMMARY.search(text):
        read_pytest(program, text)
    elif entry["result"] == "OK":
        program.passed = 1
    # The program itself failed, whatever it reported about its tests: a crash, a leak, a timeout.
    if entry["result"] not in ("OK", "SKIP") and not program.failed:
        program.failed.append(f"the program itself: {entry['result'].lower()}, status {entry.get('returncode')}")
    return program


def show(title: str, programs: list[Program]) -> None:
    passed = sum(p.passed for p in programs)
    failed = sum(len(p.failed) for p in programs)
    slowest = max(programs, key=lambda p: p.seconds)
    print(f"{title}: {passed} passed, {failed} failed in {len(programs)} programs; "
          f"the slowest, '{slowest.name}', took {slowest.seconds:.0f} s")
    for program in programs:
        for reason in program.skipped:
            print(f"   skipped in '{program.name}': {reason}")
        for name in program.failed:
            print(f"   FAILED in '{program.name}': {name}")


def main(logs: list[str]) -> int:
    runs = []
    for log in logs:
        try:
            with open(log, encoding="utf-8") as lines:
                runs.append((log, [read(json.loads(line)) for line in lines]))
        except FileNotFoundError:
            runs.append((log, [Program("meson test", failed=["no tests were run, see meson-log.txt in that directory"])]))
    for log, programs in runs:
        for program in programs:
            if program.failed:
                print(f"---- {program.name} ({log})\n{program.output[-20000:]}")
    for log, programs in runs:
        show("With sanitizers" if "asan" in log else "Tests", programs)
    everything = [program for _, programs in runs for program in programs]
    passed = sum(p.passed for p in everything)
    failed = sum(len(p.failed) for p in everything)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
