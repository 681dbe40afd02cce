# SPDX-License-Identifier: LGPL-2.1-or-later
"""A booted Debian for tests: systemd-nspawn on layers of folders. Its power can be cut, and it ends with the test.

Nothing is left behind: nspawn runs in mount and PID namespaces of its own. Their first process is killed when the test
process dies, and the kernel then kills all others in them."""

import contextlib
import os
import pathlib
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess

from gi.repository import Gio

from ..client.dbus_client import Bus
from ..environment import patience
from ..processes import Pidfd, children
from .network import Network

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CONNECT_AS_USER = pathlib.Path(__file__).with_name("connect_as_user.py").read_text()
REBOOT = 133  # nspawn's status
SYSTEM_BUS = "/run/dbus/system_bus_socket"

# Container.boot() sets the variables. nspawn gets a control group of its own, which two containers would share otherwise,
# and a temporary folder for its locks.
START = """set -e
for group in $CGROUPS; do echo 0 >"$group/cgroup.procs"; done
mount -t tmpfs tmpfs /run/systemd
mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$FOLDER/upper,workdir=$FOLDER/work" "$FOLDER/tree"
exec systemd-nspawn --quiet --register=no --keep-unit --directory="$FOLDER/tree" --machine="$NAME" \\
  --network-namespace-path=/proc/self/fd/$NETWORK --link-journal=no --resolv-conf=off --timezone=off --console=pipe \\
  --notify-ready=yes --boot
"""


def cgroup_roots() -> list[pathlib.Path]:
    """The roots of the control group hierarchies that systemd uses: version 2, and its named one of version 1 if mounted."""
    roots = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            roots.append(pathlib.Path(fields.split()[4]))
    return roots


def group_of(pid: int) -> pathlib.Path:
    """The control group (version 2) of a process."""
    (path,) = re.findall("^0::/(.*)$", pathlib.Path(f"/proc/{pid}/cgroup").read_text(), re.MULTILINE)
    (root,) = (root for root in cgroup_roots() if (root / "cgroup.controllers").exists())
    return root / path


def missing() -> str:
    """Why containers cannot run on this machine; "" if they can."""
    if os.geteuid() != 0:
        return "system tests boot containers, which takes root"
    for program in ("mmdebstrap", "systemd-nspawn", "unshare", "nsenter", "setpriv"):
        if not shutil.which(program, path=PATH):
            return f"system tests need {program}, which is not installed (tools/deps test)"
    roots = cgroup_roots()
    if not roots or not all(os.access(root, os.W_OK) for root in roots):
        return "system tests boot containers, and control groups cannot be made here"
    probe = ["unshare", "--mount", "--pid", "--net", "--fork", "--mount-proc", "--propagation", "slave",
             "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    done = subprocess.run(probe, capture_output=True, text=True, timeout=patience(20), check=False)
    return f"system tests boot containers, and namespaces are refused: {done.stderr.strip()}" if done.returncode else ""


class Failed(AssertionError):
    """A command in the container exited with a status other than 0."""

    def __init__(self, command, done: subprocess.CompletedProcess):
        self.status = done.returncode
        self.output = done.stdout + done.stderr
        super().__init__(f"{' '.join(map(str, command))}: status {done.returncode}\n{self.output}")


def remove_groups(name: str) -> None:
    """Removes the control groups of containers that have ended; `name` is a pattern."""
    for root in cgroup_roots():
        for group in root.glob(name):
            for folder in [*sorted(group.rglob("*/"), reverse=True), group]:
                folder.rmdir()


class Container:
    """`layers`: the folders below its root file system, uppermost first. What it writes goes to `folder`/upper."""

    def __init__(self, name: str, layers: list[pathlib.Path], folder: pathlib.Path):
        self.name = name
        self.folder = folder
        self.layers = layers
        self.network = Network()
        self.process: subprocess.Popen | None = None
        self.buses: list[Bus] = []
        self.companions: list[subprocess.Popen] = []
        self.connectors: list[socket.socket] = []  # a connect_as_user.py runs until its socket is closed
        for part in ("upper", "work", "tree"):
            (folder / part).mkdir(parents=True)

    # ---- power ----

    def boot(self) -> "Container":
        """Returns when systemd has finished booting."""
        with self._started() as notices:
            self._await_ready(notices)
        (shell,) = children(self.process.pid)
        (self.init,) = children(shell)
        self.root = pathlib.Path(f"/proc/{self.init}/root")
        # systemd 257 ignores processes whose control group is outside the container.
        self.joining = ["sh", "-c", 'echo 0 >"$0" && exec "$@"', str(group_of(self.init) / "cgroup.procs")]
        return self

    def boot_until_it_reboots(self) -> None:
        """For a system that reboots by itself, as after an offline update: nspawn ends then."""
        with self._started():
            assert self.process.wait(patience(120)) == REBOOT, self.console()
        self.process = None

    @contextlib.contextmanager
    def _started(self):
        """Starts nspawn. Yields the socket on which it says that the system is ready."""
        groups = [root / self.name for root in cgroup_roots()]
        for group in groups:
            group.mkdir(exist_ok=True)
        environment = {
            "PATH": PATH, "NAME": self.name, "FOLDER": str(self.folder), "LOWER": ":".join(map(str, self.layers)),
            "CGROUPS": " ".join(map(str, groups)), "NETWORK": str(self.network.fd),
            "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1", "NOTIFY_SOCKET": f"@{self.name}",
        }
        command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                   "--propagation", "slave", "sh", "-c", START]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices, open(self.folder / "console.log", "ab") as log:
            notices.bind("\0" + self.name)
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                                            pass_fds=(self.network.fd,), start_new_session=True)
            yield notices

    def _await_ready(self, notices: socket.socket) -> None:
        with Pidfd(self.process.pid) as nspawn:
            poller = select.poll()
            poller.register(notices, select.POLLIN)
            poller.register(nspawn.fd, select.POLLIN)
            while events := dict(poller.poll(patience(60) * 1000)):
                if notices.fileno() in events and b"READY=1" in notices.recv(4096).split(b"\n"):
                    return
                if nspawn.fd in events:
                    break
        self.power_off()
        raise AssertionError("the container does not boot:\n" + self.console())

    def power_off(self) -> None:
        """As if the plug were pulled: no process in the container gets to do anything more."""
        if not self.process:
            return
        with contextlib.ExitStack() as stack:
            inside = [stack.enter_context(Pidfd(pid)) for pid in children(self.process.pid)]
            self.process.kill()
            self.process.wait()
            self._let_go()
            for process in inside:
                assert process.ended(patience(20)), "a container survives SIGKILL"
        self.process = None

    def shut_down(self) -> None:
        """Shuts down regularly: services are stopped first."""
        self._let_go()
        os.kill(self.init, signal.SIGRTMIN + 4)
        self.process.wait(patience(60))
        self.process = None

    def _let_go(self) -> None:
        """Ends our processes in the container. They are our children, so they do not vanish before we have waited for them."""
        for bus in self.buses:
            bus.close()
        for connector in self.connectors:
            connector.close()
        for process in self.companions:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        for remembered in (self.buses, self.companions, self.connectors):
            remembered.clear()

    def close(self) -> None:
        self.power_off()
        self.network.close()
        remove_groups(self.name)

    # ---- commands ----

    def _entering(self, user: str) -> list[str]:
        command = [*self.joining, "nsenter", "--all", f"--target={self.init}", "--"]
        if user != "root":
            command += ["setpriv", f"--reuid={user}", f"--regid={self.gid(user)}", "--init-groups"]
        return command

    def _user(self, user: str) -> pwd.struct_passwd:
        lines = (self.root / "etc/passwd").read_text().splitlines()
        fields = next(line.split(":") for line in lines if line.startswith(user + ":"))
        return pwd.struct_passwd((fields[0], fields[1], int(fields[2]), int(fields[3]), *fields[4:]))

    def uid(self, user: str) -> int:
        return self._user(user).pw_uid

    def gid(self, user: str) -> int:
        return self._user(user).pw_gid

    def environment(self, user: str) -> dict[str, str]:
        known = self._user(user)
        return {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": known.pw_dir, "USER": user, "LOGNAME": user, "TERM": "dumb",
                "XDG_RUNTIME_DIR": f"/run/user/{known.pw_uid}", "DEBIAN_FRONTEND": "noninteractive"}

    def attempt(self, *command: object, user: str = "root", given: str | None = None,
                seconds: float = 60) -> subprocess.CompletedProcess:
        """Runs a command in the container; it may fail."""
        return subprocess.run(self._entering(user) + [str(word) for word in command], input=given, cwd="/",
                              stdin=subprocess.DEVNULL if given is None else None, capture_output=True, text=True,
                              env=self.environment(user), timeout=patience(seconds), check=False)

    def run(self, *command: object, **options) -> str:
        """Runs a command in the container, which must succeed, and returns its output."""
        done = self.attempt(*command, **options)
        if done.returncode:
            raise Failed(command, done)
        return done.stdout

    def start(self, *command: object, user: str = "root", **options) -> subprocess.Popen:
        """Starts a command in the container, where it runs until the container ends at the latest."""
        self.companions.append(subprocess.Popen(self._entering(user) + [str(word) for word in command], cwd="/",
                                                env=self.environment(user), start_new_session=True, **options))
        return self.companions[-1]

    # ---- connections ----

    def connect(self, address: str, user: str, kind: str = "SOCK_STREAM") -> socket.socket:
        """A connection to a socket in the container, made by a process of that user."""
        near, far = socket.socketpair()
        with near, far:
            process = self.start("python3", "-c", CONNECT_AS_USER, kind, address, user=user, stdin=far,
                                 stderr=subprocess.PIPE, text=True)
            far.close()
            near.settimeout(patience(20))
            _, received, _, _ = socket.recv_fds(near, 1, 1)
            if not received:
                raise ConnectionError(process.communicate()[1])
            self.connectors.append(near.dup())
            return socket.socket(fileno=received[0])

    def connect_to_bus(self, user: str, address: str = SYSTEM_BUS) -> Bus:
        """A connection to the system bus (or another one) by a process of that user."""
        stream = self.connect(address, user)
        authenticate(stream, self.uid(user))
        plain = Gio.Socket.new_from_fd(stream.detach()).connection_factory_create_connection()
        bus = Bus(Gio.DBusConnection.new_sync(plain, None, Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None))
        self.buses.append(bus)
        return bus

    def connect_to_session_bus(self, user: str) -> Bus:
        return self.connect_to_bus(user, f"/run/user/{self.uid(user)}/bus")

    # ---- logs ----

    def journal(self, *arguments: object) -> str:
        self.run("journalctl", "--sync")
        return self.run("journalctl", "--no-pager", "--quiet", *arguments)

    def console(self) -> str:
        return (self.folder / "console.log").read_text(errors="replace")


def authenticate(stream: socket.socket, uid: int) -> None:
    """The client's part of D-Bus authentication, as that user."""
    def line() -> bytes:
        said = b""
        while not said.endswith(b"\r\n"):
            more = stream.recv(1)
            assert more, f"the bus closed the connection of uid {uid}"
            said += more
        return said
    stream.settimeout(patience(20))
    stream.sendall(b"\0AUTH EXTERNAL " + str(uid).encode().hex().encode() + b"\r\n")
    answer = line()
    assert answer.startswith(b"OK "), f"the bus refuses uid {uid}: {answer!r}"
    stream.sendall(b"NEGOTIATE_UNIX_FD\r\n")
    line()
    stream.sendall(b"BEGIN\r\n")
    stream.settimeout(None)
