# SPDX-License-Identifier: LGPL-2.1-or-later
"""A slow link on one machine: a server, a router and a client in network namespaces. One port of the router is the
bottleneck, and packets of the other direction are held in a TUN device, so that there is a round-trip time. Needs root and
/dev/net/tun."""

import contextlib
import ctypes
import dataclasses
import fcntl
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile

from ..environment import PYTHON, patience
from ..network_namespace import CLONE_NEWNET, LIBC, raise_errno

HERE = pathlib.Path(__file__).resolve().parent
SERVER = "10.91.1.2"
BACKGROUND = "10.91.2.2"  # two addresses of the client, which the server may treat differently
FOREGROUND = "10.91.2.3"
HTTP_PORT = 8080
ECHO_PORT = 7
SWITCHES = (0x1f, 0x24, 0x2c)  # ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO
SIOCETHTOOL = 0x8946


@dataclasses.dataclass(frozen=True)
class Link:
    mbit: float = 50
    buffer_ms: float = 100
    round_trip_ms: float = 20
    jitter_ms: float = 0
    background_control: str = "cubic"  # congestion control of the server
    foreground_control: str = "cubic"
    fair: bool = False                 # a queue for each address of the client
    timestamps: bool = True
    uploads: bool = False              # the way to the server is slow, and not the one from it

    @property
    def buffer_bytes(self) -> int:
        return max(int(self.mbit * 1e6 / 8 * self.buffer_ms / 1000), 8 * 1514)

    @property
    def burst_bytes(self) -> int:
        return max(6000, int(self.mbit * 1e6 / 8 / 1000))


def why_impossible() -> str:
    """Empty if there can be such a link here."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "/dev/net/tun is missing"
    probe = subprocess.run(["unshare", "-n", "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "1mbit", "burst",
                            "6000", "limit", "60000"], capture_output=True, check=False)
    return "" if probe.returncode == 0 else "the kernel has no token bucket (tbf), or there are no network namespaces"


def switch_off_offloads(device: str) -> None:
    """Packets on the wire are packets, and not blocks of 64 KiB."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for command in SWITCHES:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            with contextlib.suppress(OSError):
                fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("16sQ16x", device.encode(), ctypes.addressof(value)))


class Bed:
    def __init__(self, link: Link, file_bytes: int = 1 << 30):
        self.link = link
        self.file_bytes = file_bytes
        self._closing = contextlib.ExitStack()
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self.close)
            self._begin()
            on_failure.pop_all()

    def close(self) -> None:
        self._closing.close()

    def __enter__(self) -> "Bed":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # ---- namespaces ----

    def _begin(self) -> None:
        self.directory = pathlib.Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="haulier-bed-")))
        self.names = {role: f"haulier-{os.getpid()}-{role}" for role in ("server", "router", "client")}
        for name in self.names.values():
            self._run("ip", "netns", "add", name)
            self._closing.callback(self._run, "ip", "netns", "del", name)
            self._run("ip", "-n", name, "link", "set", "lo", "up")
        self._connect("server", "router", "to-router", "to-server")
        self._connect("client", "router", "to-router", "to-client")
        for role, device, address in (("server", "to-router", f"{SERVER}/24"), ("router", "to-server", "10.91.1.1/24"),
                                      ("router", "to-client", "10.91.2.1/24"), ("client", "to-router", f"{BACKGROUND}/24"),
                                      ("client", "to-router", f"{FOREGROUND}/24")):
            self.ip(role, f"addr add {address} dev {device}")
            self.ip(role, f"link set {device} up")
        self.ip("client", f"route add default via 10.91.2.1 src {BACKGROUND}")
        self._set_up_router()
        self._set_up_server()

    def _connect(self, one: str, other: str, device: str, peer: str) -> None:
        self.ip(one, f"link add {device} type veth peer name {peer} netns {self.names[other]}")
        for role, name in ((one, device), (other, peer)):
            with self.inside(role):
                switch_off_offloads(name)

    def _set_up_router(self) -> None:
        with self.inside("router"):
            self._sysctl("net/ipv4/ip_forward", "1")
            for device in ("all", "default", "to-client", "to-server"):
                self._sysctl(f"net/ipv4/conf/{device}/rp_filter", "0")
        relay = [PYTHON, str(HERE / "relay.py"), "delay", str(self.link.round_trip_ms), str(self.link.jitter_ms)]
        self.start_and_await("router", relay)
        with self.inside("router"):
            self._sysctl("net/ipv4/conf/delay/rp_filter", "0")
        self.ip("router", "link set delay up")
        self.ip("router", "route add default dev delay table 100")
        self.ip("router", f"rule add iif {'to-server' if self.link.uploads else 'to-client'} lookup 100")
        self._set_up_bottleneck()

    def _set_up_bottleneck(self) -> None:
        link = self.link
        device = "to-server" if link.uploads else "to-client"
        shape = f"rate {link.mbit}mbit burst {link.burst_bytes}"
        if not link.fair:
            self.tc(f"qdisc add dev {device} root handle 1: tbf {shape} limit {link.buffer_bytes + link.burst_bytes}")
            self.tc(f"qdisc add dev {device} parent 1: handle 10: bfifo limit {link.buffer_bytes}")
            return
        self.tc(f"qdisc add dev {device} root handle 1: htb default 10")
        self.tc(f"class add dev {device} parent 1: classid 1:1 htb {shape} ceil {link.mbit}mbit cburst {link.burst_bytes}")
        for minor, address in ((10, BACKGROUND), (20, FOREGROUND)):
            self.tc(f"class add dev {device} parent 1:1 classid 1:{minor} htb rate {link.mbit / 2}mbit ceil {link.mbit}mbit "
                    f"burst {link.burst_bytes} cburst {link.burst_bytes} quantum 1514")
            self.tc(f"qdisc add dev {device} parent 1:{minor} bfifo limit {link.buffer_bytes}")
            self.tc(f"filter add dev {device} parent 1: protocol ip u32 match ip dst {address}/32 flowid 1:{minor}")

    def _set_up_server(self) -> None:
        link = self.link
        with self.inside("server"):
            self._sysctl("net/ipv4/tcp_timestamps", "1" if link.timestamps else "0")
            self._sysctl("net/ipv4/tcp_no_metrics_save", "1")
        self.ip("server", f"route add {BACKGROUND}/32 via 10.91.1.1 congctl {link.background_control}")
        self.ip("server", f"route add {FOREGROUND}/32 via 10.91.1.1 congctl {link.foreground_control}")
        self.record = self.directory / "record"
        self.start_and_await("server", [PYTHON, str(HERE / "server.py"), SERVER, str(HTTP_PORT), str(self.record),
                                        str(self.file_bytes)])
        self.start_and_await("server", [PYTHON, str(HERE / "echo.py"), "serve", SERVER, str(ECHO_PORT)])

    # ---- what runs in them ----

    @contextlib.contextmanager
    def inside(self, role: str):
        """This thread, and the processes that it starts, are in that namespace meanwhile."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            there = os.open(f"/run/netns/{self.names[role]}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                if LIBC.setns(there, CLONE_NEWNET) != 0:
                    raise_errno(f"no way into the namespace of the {role}")
                yield
            finally:
                os.close(there)
                LIBC.setns(home, CLONE_NEWNET)
        finally:
            os.close(home)

    def start(self, role: str, command: list[str], **options) -> subprocess.Popen:
        with self.inside(role):
            process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *command], stdin=subprocess.DEVNULL,
                                       start_new_session=True, **options)
        self._closing.callback(self.stop, process)
        return process

    def start_and_await(self, role: str, command: list[str]) -> None:
        process = self.start(role, command, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"ready\n", f"{command} does not start"

    @staticmethod
    def stop(process: subprocess.Popen) -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()

    def url(self, path: str) -> str:
        return f"http://{SERVER}:{HTTP_PORT}/{path}"

    def curl(self, path: str, address: str, *options: str) -> subprocess.Popen:
        if self.link.uploads:
            options += ("-T", str(self.source()))
        return self.start("client", ["curl", "-s", "-o", "/dev/null", "--interface", address, *options, self.url(path)])

    def source(self) -> pathlib.Path:
        """A file to be sent."""
        path = self.directory / "source"
        if not path.exists():
            path.touch()
            os.truncate(path, self.file_bytes)
        return path

    def ping(self) -> pathlib.Path:
        """Measures round trips from now on."""
        record = self.directory / "pings"
        self.start("client", [PYTHON, str(HERE / "echo.py"), "ping", SERVER, str(ECHO_PORT), str(record)])
        return record

    def delivered(self) -> dict[str, list[tuple[float, int]]]:
        """By path: moments of the monotonic clock, and the bytes that clients had by then."""
        found: dict[str, list[tuple[float, int]]] = {}
        for line in self.record.read_text().splitlines():
            fields = line.split()
            if len(fields) == 3:
                found.setdefault(fields[1].strip("/"), []).append((float(fields[0]), int(fields[2])))
        return found

    # ---- commands ----

    @staticmethod
    def _run(*command: str) -> None:
        subprocess.run(command, check=True, timeout=patience(20))

    def ip(self, role: str, arguments: str) -> None:
        self._run("ip", "-n", self.names[role], *arguments.split())

    def tc(self, arguments: str) -> None:
        self._run("tc", "-n", self.names["router"], *arguments.split())

    @staticmethod
    def _sysctl(name: str, value: str) -> None:
        pathlib.Path("/proc/sys", name).write_text(value)


def rate(samples: list[tuple[float, int]], begin: float, end: float) -> float:
    """Bytes a second between two moments, by interpolation."""
    return (at(samples, end) - at(samples, begin)) / (end - begin)


def at(samples: list[tuple[float, int]], moment: float) -> float:
    before = (samples[0][0], 0) if samples else (moment, 0)
    for sample in samples:
        if sample[0] >= moment:
            span = sample[0] - before[0]
            part = (moment - before[0]) / span if span > 0 else 1
            return before[1] + (sample[1] - before[1]) * max(0.0, min(1.0, part))
        before = sample
    return before[1]
