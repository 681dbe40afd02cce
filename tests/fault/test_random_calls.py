# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls with wrong, mutated and enormous arguments, from several connections: each is answered, none is Internal, none ends the
daemon, its memory does not grow, and an honest client is served meanwhile."""

import pathlib
import time
import xml.etree.ElementTree as ElementTree

from gi.repository import GLib

from support.chance import fewer, is_campaign, rounds, seeded
from support.client import dbus_client
from support.client.dbus_client import BusError
from support.environment import SOURCE, patience

MEBI = 1 << 20
TEXTS = ["", "a", "http://127.0.0.1:9/f", "https://user:pass@[::1]/", "ftp://x/", "file:///etc/passwd", "/", "/tmp/../x", "relative", "é" * 300,
         "x" * 5000, "sha256:" + "0" * 64, "foreground", "download", "upload", "\n", "\x1b[31m", "%s%n", "0", "-1", "org.example.App", "/a/b",
         "transferred", "'; DROP TABLE jobs; --"]
NUMBERS = [0, 1, 2, 5, 255, 511, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1]


def methods(interface: str) -> dict[str, str]:
    """Names and types of arguments."""
    root = ElementTree.parse(SOURCE / "dbus" / f"{interface}.xml").getroot()
    return {method.get("name"): "".join(arg.get("type") for arg in method.iter("arg") if arg.get("direction") == "in")
            for method in root.iter("method")}


class Caller:
    def __init__(self, chance, stack):
        self.chance, self.stack = chance, stack
        self.buses = [stack.connect() for _ in range(3)]
        self.methods = [(dbus_client.MANAGER, *item) for item in methods(dbus_client.MANAGER).items()]
        self.methods += 3 * [(dbus_client.JOB, *item) for item in methods(dbus_client.JOB).items()]
        self.properties = list(dbus_client.properties_of(dbus_client.JOB).items())
        self.options = list(dbus_client.OPTION_TYPES.items())
        self.jobs: list[str] = []
        self.answers = {"ok": 0}

    def value(self, signature: str, depth: int = 0) -> GLib.Variant:
        chance = self.chance
        kind = signature[0]
        if signature == "a{sv}":
            names = chance.sample(self.options, chance.choice([0, 1, 2, 3]))
            return GLib.Variant("a{sv}", {name: self.option(name, of, depth) for name, of in names})
        if kind == "a":
            count = chance.choice([0, 1, 1, 2, 3]) if depth < 3 else 0
            return GLib.Variant.new_array(GLib.VariantType(signature[1:]), [self.value(signature[1:], depth + 1) for _ in range(count)])
        if kind == "(":
            return GLib.Variant.new_tuple(*[self.value(part, depth + 1) for part in split(signature[1:-1])])
        if kind == "v":
            return GLib.Variant("v", self.value(chance.choice(["s", "u", "t", "b", "as"])))
        if kind == "s":
            return GLib.Variant("s", self.text())
        if kind == "o":
            return GLib.Variant("o", chance.choice(["/", "/a/b", dbus_client.ROOT]))
        if kind == "b":
            return GLib.Variant("b", chance.random() < 0.5)
        bits = {"u": 32, "t": 64, "i": 31, "q": 16, "y": 8, "x": 63}[kind]
        return GLib.Variant(kind, chance.choice(NUMBERS) % (1 << bits))

    def text(self) -> str:
        chance = self.chance
        if chance.random() < 0.3:
            return str(self.stack.downloads / str(chance.randrange(20)))
        return chance.choice(TEXTS)

    def option(self, name: str, signature: str, depth: int) -> GLib.Variant:
        of = signature if self.chance.random() < 0.85 else self.chance.choice(["s", "u", "t", "b", "as", "(ss)"])
        return self.value(of, depth + 1)

    def sound_options(self) -> GLib.Variant:
        """So that there are jobs with files to call."""
        files = [(f"http://127.0.0.1:9/{n}", str(self.stack.downloads / str(self.chance.randrange(20))), {})
                 for n in range(self.chance.randint(0, 5))]
        return GLib.Variant("a{sv}", {"Files": GLib.Variant("a(ssa{sv})", files)})

    def call(self) -> None:
        chance = self.chance
        bus = chance.choice(self.buses)
        path = chance.choice(self.jobs) if self.jobs and chance.random() < 0.95 else dbus_client.ROOT + "/jobs/" + "0" * 32
        try:
            if chance.random() < 0.3:
                name, of = chance.choice(self.properties)
                bus.call(dbus_client.NAME, path, dbus_client.PROPERTIES, "Set", "(ssv)", dbus_client.JOB, name, self.option(name, of, 0))
            else:
                interface, member, signature = chance.choice(self.methods)
                if chance.random() < 0.05:
                    signature = chance.choice(["", "s", "a{sv}", "u"])
                self.invoke(bus, interface, member, signature, path)
            self.count("ok")
        except BusError as error:
            self.count(error.name)
            assert error.name not in ("Internal",) and not error.daemon_died, f"{error} after {sum(self.answers.values())} calls"
            assert not error.name.endswith((".NoReply", ".Timeout")), error

    def invoke(self, bus, interface: str, member: str, signature: str, path: str) -> None:
        parts = [self.value(part) for part in split(signature)]
        if member == "CreateJob" and signature and self.chance.random() < 0.8:
            options = self.value("a{sv}") if self.chance.random() < 0.5 else self.sound_options()
            parts = [GLib.Variant("s", "job"), GLib.Variant("s", self.chance.choice(["download"] * 5 + ["upload"])), options]
        arguments = GLib.Variant.new_tuple(*parts)
        target = dbus_client.ROOT if interface == dbus_client.MANAGER else path
        if member in ("Cancel", "Complete", "TakeOwnership") and self.chance.random() < 0.8:
            return  # or nothing would be left to call
        try:
            answer = bus.connection.call_sync(dbus_client.NAME, target, interface, member, arguments, None, 0,
                                              int(patience(20) * 1000), None).unpack()
        except GLib.Error as error:
            raise BusError(error) from None
        if member == "CreateJob":
            self.jobs = [*self.jobs[-30:], answer[0]]

    def count(self, name: str) -> None:
        self.answers[name] = self.answers.get(name, 0) + 1


def split(signature: str) -> list[str]:
    """The single complete types."""
    parts, at = [], 0
    while at < len(signature):
        end = at
        while signature[end] == "a":
            end += 1
        if signature[end] in "({":
            depth = 0
            while True:
                depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(signature[end], 0)
                end += 1
                if depth == 0:
                    break
        else:
            end += 1
        parts.append(signature[at:end])
        at = end
    return parts


def resident(pid: int) -> int:
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def test_calls_of_every_kind(new_stack):
    chance = seeded()
    stack = new_stack({"Jobs": {"MaxJobsPerUser": "40"}})
    caller = Caller(chance, stack)
    honest = stack.manager.create(display_name="honest")
    daemon = stack.daemon_pid()
    slowest, warm = 0.0, 0
    count = rounds(fewer(1500))
    for number in range(count):
        caller.call()
        if number % 50 == 0:
            began = time.monotonic()
            assert honest.get("DisplayName") == "honest"
            slowest = max(slowest, time.monotonic() - began)
            for bus in caller.buses:
                bus.forget()
        if number == count // 3:
            warm = resident(daemon)
    grown = resident(daemon) - warm
    print(f"{count} calls: {caller.answers}; honest client at most {slowest * 1000:.0f} ms; {grown / MEBI:+.1f} MiB")
    assert stack.daemon_pid() == daemon
    assert caller.answers["ok"] > count / 10
    assert slowest < patience(5)
    assert grown < (16 if is_campaign() else 24) * MEBI
