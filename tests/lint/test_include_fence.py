# SPDX-License-Identifier: LGPL-2.1-or-later
"""No room includes what it may not (ARCHITECTURE.md). System headers are visible to every target, so this is kept here."""

import re

import pytest

from support.environment import SOURCE

SRC = SOURCE / "src"

# What may be included besides a room's own headers and the standard library.
ROOMS = {
    "base": {"libsystemd"},
    "wire": {"base", "protobuf"},
    "job": {"base"},
    "store": {"base", "job", "sqlite"},
    "session": {"base", "wire", "libsystemd"},
    "transfer": {"base", "wire", "curl", "openssl", "libproxy"},
    "notify": {"base", "job"},
    "daemon": {"base", "wire", "job", "store", "notify", "libsystemd", "libmnl"},
    "daemon/bus": {"base", "job", "daemon", "notify", "libsystemd", "sdbus-c++", "glue"},
    "cli": {"base", "libsystemd", "sdbus-c++", "glue", "cli11", "json"},
}
# Of "base" a room may be allowed less than all: the meaning has no clock of its own, and asks nobody for events.
WITHIN_BASE = {"job": {"base/clock.hpp", "base/result.hpp", "base/text.hpp"}}
# Formatting is everybody's, and so is our version.
FOR_ALL = {"fmt", "version"}
# Somebody must put the parts together: these files know the doors to the buses.
COMPOSITION = {"daemon/parts.hpp": "daemon/bus", "transfer/main.cpp": "session"}

LIBRARIES = [
    (r"systemd/", "libsystemd"), (r"sqlite3\.h", "sqlite"), (r"curl/", "curl"), (r"openssl/", "openssl"), (r"proxy\.h", "libproxy"),
    (r"google/protobuf/", "protobuf"), (r".*\.pb\.h", "wire"), (r"sdbus-c\+\+/", "sdbus-c++"), (r".*_(adaptor|proxy)\.hpp", "glue"),
    (r"libmnl/", "libmnl"), (r"CLI/", "cli11"), (r"nlohmann/", "json"), (r"fmt/", "fmt"), (r"version\.hpp", "version"),
]
# The kernel's and the C library's; for rooms that touch the machine.
SYSTEM = re.compile(r"(sys|linux|netinet|arpa|net)/.*\.h|(unistd|fcntl|errno|poll|signal|pwd|grp|getopt|termios|dirent|"
                    r"syslog|sysexits|spawn|sched|limits|time|stdlib|malloc|string|strings|stdio|utime|netdb)\.h")
PURE = {"job", "notify"}
STANDARD = re.compile(r"[a-z_0-9]+")


def sources():
    return sorted(path for path in SRC.rglob("*") if path.suffix in (".cpp", ".hpp", ".h"))


def room_of(path) -> str:
    folder = str(path.parent.relative_to(SRC))
    return folder if folder in ROOMS else folder.split("/")[0]


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line):
            yield number, match[1]


def origin(header: str) -> str:
    """The room or library a header belongs to; "std", "system" or "unknown" otherwise."""
    for pattern, library in LIBRARIES:
        if re.fullmatch(pattern + (".*" if pattern.endswith("/") else ""), header):
            return library
    for room in sorted(ROOMS, key=len, reverse=True):
        if header.startswith(room + "/"):
            return room
    if SYSTEM.fullmatch(header):
        return "system"
    return "std" if STANDARD.fullmatch(header) else "unknown"


def verdict(room: str, header: str) -> str:
    """Why this include is not allowed, or nothing."""
    where = origin(header)
    if where in (room, "std") or where in FOR_ALL:
        return ""
    if where == "system":
        return f"'{room}' is pure" if room in PURE else ""
    if where not in ROOMS[room]:
        return f"'{room}' may not use '{where}'"
    if where == "base" and header not in WITHIN_BASE.get(room, {header}):
        return f"'{room}' may not use {header}"
    return ""


def test_every_room_stays_inside_its_fence():
    faults = []
    for path in sources():
        room = room_of(path)
        assert room in ROOMS, f"{path} is in no room"
        faults += [f"{path.relative_to(SOURCE)}:{line}: {header}: {why}"
                   for line, header in includes(path) if (why := verdict(room, header))
                   and COMPOSITION.get(str(path.relative_to(SRC)), "") != origin(header)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("room, header", [
    ("job", "sqlite3.h"), ("job", "unistd.h"), ("job", "systemd/sd-event.h"), ("store", "sdbus-c++/sdbus-c++.h"),
    ("transfer", "job/types.hpp"), ("transfer", "sqlite3.h"), ("daemon", "sqlite3.h"), ("daemon", "curl/curl.h"),
    ("daemon", "sdbus-c++/sdbus-c++.h"), ("daemon", "transfer/fetch.hpp"), ("cli", "daemon/manager.hpp"),
    ("transfer", "session/voice.hpp"), ("session", "sdbus-c++/sdbus-c++.h"), ("session", "transfer/worker.hpp"),
    ("notify", "store/store.hpp"), ("base", "job/types.hpp"), ("job", "base/event.hpp"), ("cli", "boost/any.hpp"),
])
def test_the_fence_stops(room, header):
    assert verdict(room, header)


@pytest.mark.parametrize("room, header", [
    ("job", "vector"), ("job", "job/state.hpp"), ("job", "fmt/core.h"), ("transfer", "curl/curl.h"), ("store", "sqlite3.h"),
    ("transfer", "worker.pb.h"), ("daemon", "store/store.hpp"), ("daemon/bus", "job_adaptor.hpp"), ("base", "unistd.h"),
])
def test_the_fence_lets_pass(room, header):
    assert not verdict(room, header)


FORBIDDEN_WORDS = {
    # Where the word would be a sign of work in the wrong room, whatever was included.
    "sqlite3_": {"store"}, "curl_": {"transfer"}, "sdbus::": {"daemon/bus", "cli"}, "sd_bus_": {"daemon/bus", "session", "cli"},
}


def test_words_of_a_library_stay_in_its_room():
    faults = []
    for path in sources():
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(), flags=re.S)
        faults += [f"{path.relative_to(SOURCE)}: {word}" for word, rooms in FORBIDDEN_WORDS.items()
                   if word in code and room_of(path) not in rooms]
    assert not faults, "\n".join(faults)
