# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a second user may try against the system service and against the first user's jobs. Each attempt is a function that
returns True if bob got what he must not get. What he only hinders is found out afterwards, see Scene.harm()."""

import contextlib
import pathlib
import stat
import subprocess
import time
from collections.abc import Callable

from gi.repository import Gio, GLib

from support.bus.callback import Callback, Mute
from support.client.checks import sha256
from support.client.dbus_client import BUS, CALLBACK, JOB, MANAGER, NAME, PROPERTIES, ROOT, BusError, Job
from support.container.container_user import ContainerUser
from support.container.rootfs import INSIDE
from support.content import body
from support.environment import patience
from support.servers.fault_server import FaultServer
from support.servers.response_script import Script

CONTENT = body(900_000)
HALF = 300_000
DELAY = 5  # seconds that a call of alice's may take, whatever bob does
SYSTEMD = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")

Attempt = Callable[["Scene"], object]
ATTEMPTS: dict[str, Attempt] = {}


def attempt(function: Attempt) -> Attempt:
    ATTEMPTS[function.__name__] = function
    return function


class Scene:
    """Alice downloads into /tmp, and half of the file is there. Bob knows the name of the temporary file."""

    def __init__(self, machine, alice: ContainerUser, bob: ContainerUser, server: FaultServer, number: int):
        self.machine, self.alice, self.bob, self.server = machine, alice, bob, server
        self.target = pathlib.Path(f"/tmp/alice-{number}")
        self.secret = alice.home / "secret"
        alice.run("sh", "-c", f"echo hers >{self.secret}; chmod 600 {self.secret}")
        self.resource = server.add(f"/alice-{number}", CONTENT, script=Script(send=HALF, gate=True, then="finish"))
        server.add("/quick", b"content")
        self.callback = Callback(alice.bus, f"/alice{number}")
        self.job = alice.manager.create("alice's", files=[(server.url(f"/alice-{number}"), self.target)], Resume=True,
                                        Key="alice's key", NotifyObject=self.callback.path)
        self.job.wait_bytes(HALF)
        (file,) = self.job.files()
        self.part = pathlib.Path(file["TemporaryName"])
        self.service = alice.bus.owner(NAME)
        self.closing = contextlib.ExitStack()

    def outside(self, path) -> pathlib.Path:
        return self.alice.outside(path)

    def worker(self, user: ContainerUser) -> int:
        return int(self.machine.run("systemctl", "show", f"haulier-worker@{user.uid}.service", "-P", "MainPID"))

    def can(self, *command) -> bool:
        """Whether bob's command succeeds."""
        done = self.bob.attempt(*command)
        assert done.returncode != 127, done.stderr  # there is no such command
        return done.returncode == 0

    def may(self, call: Callable[[], object]) -> bool:
        """Whether bob's call is carried out."""
        try:
            call()
        except BusError:
            return False
        return True

    def his_view(self) -> Job:
        return Job(self.bob.bus, self.job.path)

    def helper(self, program: str, *arguments: object) -> None:
        """Runs a program of bob's, and returns when it has printed a line. It stays until the end of the attempt."""
        process = self.machine.start("env", f"PYTHONPATH=/{INSIDE}/tests", "HAULIER_SOURCE=/" + INSIDE, "python3", "-c", program,
                                     *arguments, user="bob", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.closing.callback(process.wait, patience(20))
        self.closing.callback(process.stdin.close)
        print(process.stdout.readline().strip())

    def harm(self) -> str:
        """Whether alice is hindered: her calls, her transfer, her callback, her file."""
        began = time.monotonic()
        self.alice.manager.create("another").cancel()
        if time.monotonic() - began > patience(DELAY):
            return f"alice's calls took {time.monotonic() - began:.1f} s"
        self.resource.gate.set()
        self.job.wait_state("transferred")
        self.callback.wait("JobTransferred")
        if self.job.complete() != ("complete", 1, 0):
            return "alice's job is not complete"
        found = self.outside(self.target)
        if sha256(found.read_bytes()) != sha256(CONTENT) or found.stat().st_uid != self.alice.uid:
            return "alice's file is not what she asked for"
        if self.alice.bus.owner(NAME) != self.service:
            return "the service had to start again"
        return ""

    def end(self) -> None:
        self.resource.gate.set()
        self.callback.withdraw()
        self.closing.close()
        for path in (self.target, self.part):
            self.machine.run("rm", "-rf", path)


# ---- temporary files ----

@attempt
def read_the_temporary_file(scene):
    return scene.can("cat", scene.part)


@attempt
def write_to_the_temporary_file(scene):
    return scene.can("sh", "-c", f"echo bob >>{scene.part}")


@attempt
def link_the_temporary_file(scene):
    return scene.can("ln", scene.part, "/tmp/bobs-link") and scene.can("cat", "/tmp/bobs-link")


@attempt
def move_the_temporary_file(scene):
    return scene.can("mv", scene.part, "/tmp/bobs-now")


@attempt
def delete_the_temporary_file(scene):
    return scene.can("rm", "-f", scene.part)


@attempt
def replace_the_temporary_file(scene):
    scene.bob.run("sh", "-c", "echo bait >/tmp/bait")
    return scene.can("mv", "-f", "/tmp/bait", scene.part)


@attempt
def lock_the_temporary_file(scene):
    return scene.can("flock", "--nonblock", scene.part, "true")


@attempt
def read_the_finished_file_before_it_has_its_name(scene):
    scene.resource.gate.set()
    scene.job.wait_state("transferred")
    return scene.can("cat", scene.part)


def take_names(scene, indexes: list[int], plant: str, files: list[tuple], **options) -> None:
    """Bob creates what has the temporary names of alice's next job, before it begins."""
    job = scene.alice.manager.create(files=files, **options)
    names = [f"/tmp/.haulier-{job.id}-{index}.part" for index in indexes]
    for name in names:
        scene.bob.run(*plant.split(), name)
    job.resume()
    job.wait_state("transferred")
    assert job.complete() == ("complete", len(files), 0)
    scene.machine.run("rm", "-rf", *names)


def next_files(scene) -> list[tuple]:
    return [(scene.server.url("/quick"), f"{scene.target}-{number}") for number in range(2)]


@attempt
def take_the_next_temporary_names_with_files(scene):
    take_names(scene, [0, 1], "touch", next_files(scene))


@attempt
def take_the_next_temporary_names_with_directories(scene):
    take_names(scene, [0, 1], "mkdir", next_files(scene))


@attempt
def take_the_next_temporary_names_with_pipes(scene):
    take_names(scene, [0, 1], "mkfifo", next_files(scene))


@attempt
def take_the_next_temporary_names_with_links(scene):
    take_names(scene, [0, 1], f"ln -s {scene.secret}", next_files(scene))
    assert scene.outside(scene.secret).read_text() == "hers\n"


@attempt
def take_the_temporary_name_of_a_reply(scene):
    scene.server.rule = lambda request: Script(status=200, text=b"reply") if request.method != "GET" else None
    take_names(scene, [2**32 - 2], "touch", [(scene.server.url("/up"), scene.secret)], job_type="upload-reply",
               ReplyFileName=f"{scene.target}-reply")
    assert scene.outside(f"{scene.target}-reply").read_bytes() == b"reply"


@attempt
def put_a_pipe_where_a_download_shall_go(scene):
    """She may be refused, but at once."""
    scene.bob.run("mkfifo", "-m", "0666", "/tmp/pipe")
    began = time.monotonic()
    with contextlib.suppress(BusError):
        scene.alice.manager.create(files=[(scene.server.url("/quick"), "/tmp/pipe")]).cancel()
    scene.machine.run("rm", "/tmp/pipe")
    return time.monotonic() - began > patience(DELAY)


# ---- files of others ----

@attempt
def download_into_her_home(scene):
    return scene.may(lambda: scene.bob.manager.create(files=[(scene.server.url("/quick"), scene.alice.home / "bobs")]))


@attempt
def download_through_a_link_into_her_home(scene):
    scene.bob.run("ln", "-sfn", scene.alice.home, scene.bob.home / "way")
    return scene.may(lambda: scene.bob.manager.create(files=[(scene.server.url("/quick"), scene.bob.home / "way/bobs")]))


@attempt
def download_with_special_modes(scene):
    for mode in (0o4755, 0o2755, 0o1755, 0o7777, 0o6000):
        name = f"/home/bob/mode-{mode:o}"
        with contextlib.suppress(BusError):
            job = scene.bob.manager.create(files=[(scene.server.url("/quick"), name, {"Mode": mode})], Resume=True)
            job.wait_state("transferred")
            job.complete()
            if stat.S_IMODE(scene.outside(name).stat().st_mode) & 0o7000:
                return True
    return False


@attempt
def upload_her_file(scene):
    return any(scene.may(lambda path=path: scene.bob.manager.create(job_type="upload", files=[(scene.server.url("/up"), path)]))
               for path in (scene.secret, scene.part, "/etc/shadow", "/var/lib/haulier/haulier.db"))


@attempt
def download_from_a_file_url(scene):
    return any(scene.may(lambda url=url: scene.bob.manager.create(files=[(url, "/home/bob/stolen")]))
               for url in (f"file://{scene.secret}", "FILE:///etc/shadow", "gopher://127.0.0.1/", "dict://127.0.0.1/"))


@attempt
def be_redirected_to_a_file_url(scene):
    scene.server.add("/away", script=Script(status=302, headers={"Location": "file:///etc/shadow"}))
    job = scene.bob.manager.create(files=[(scene.server.url("/away"), "/home/bob/stolen")], Resume=True)
    state = job.wait_state("transferred", "error", "transient-error", unless=())
    job.cancel()
    return state == "transferred"


@attempt
def put_the_reply_into_her_home(scene):
    source = scene.bob.home / "source"
    scene.bob.run("sh", "-c", f"echo bob >{source}")
    return scene.may(lambda: scene.bob.manager.create(job_type="upload-reply", files=[(scene.server.url("/up"), source)],
                                                      ReplyFileName=str(scene.alice.home / "reply")))


def worker_is_idle(scene, certificate: object) -> bool:
    """Whether the certificate stops bob's own worker as well."""
    bad = scene.bob.manager.create(files=[("https://127.0.0.1:9/x", "/home/bob/x")], ClientCertificate=str(certificate), Resume=True)
    job = scene.bob.manager.create(files=[(scene.server.url("/quick"), "/home/bob/beside")], Resume=True)
    job.wait_state("transferred")
    job.complete()
    text = str(bad.get("Error"))
    bad.cancel()
    return "hers" in text


@attempt
def use_a_pipe_as_a_certificate(scene):
    scene.bob.run("sh", "-c", "test -p /home/bob/pipe || mkfifo /home/bob/pipe")
    return worker_is_idle(scene, "/home/bob/pipe")


@attempt
def use_her_file_as_a_certificate(scene):
    return worker_is_idle(scene, scene.secret)


@attempt
def use_a_device_as_a_certificate(scene):
    return worker_is_idle(scene, "/dev/zero")


@attempt
def read_the_state_of_the_service(scene):
    return any(scene.can(*command) for command in (
        ["ls", "/var/lib/haulier"], ["cat", "/var/lib/haulier/haulier.db"], ["cat", "/var/lib/private/haulier/haulier.db"],
        ["touch", "/run/haulier/bobs"], ["rm", "/run/haulier/worker.socket"], ["mv", "/run/haulier/worker.socket", "/tmp/s"]))


# ---- processes ----

def signal_to(pid: int, name: str) -> list[str]:
    return ["sh", "-c", f"kill -{name} {pid}"]


@attempt
def reach_into_her_worker(scene):
    pid = scene.worker(scene.alice)
    assert pid
    return any(scene.can(*command) for command in (
        signal_to(pid, "KILL"), signal_to(pid, "STOP"), ["ls", f"/proc/{pid}/fd/"], ["cat", f"/proc/{pid}/environ"],
        ["head", "-c1", f"/proc/{pid}/mem"], ["ls", f"/proc/{pid}/root/"]))


@attempt
def stop_units(scene):
    units = ("haulier.service", f"haulier-worker@{scene.alice.uid}.service", f"haulier-worker@{scene.bob.uid}.service")
    return any(scene.may(lambda verb=verb, unit=unit: scene.bob.bus.call(*SYSTEMD, verb, "(ss)", unit, "replace"))
               for unit in units for verb in ("StopUnit", "RestartUnit", "StartUnit"))


@attempt
def stop_his_own_worker(scene):
    """It does not read any more. The daemon must not wait for it."""
    scene.server.add("/stall", CONTENT, script=Script(send=HALF, then="stall"))
    job = scene.bob.manager.create(files=[(scene.server.url("/stall"), "/home/bob/stall")], Resume=True)
    job.wait_bytes(HALF)
    pid = scene.worker(scene.bob)
    scene.bob.run(*signal_to(pid, "STOP"))
    scene.closing.callback(scene.bob.attempt, *signal_to(pid, "KILL"))


@attempt
def kill_his_own_worker_again_and_again(scene):
    job = scene.bob.manager.create(files=[("http://127.0.0.1:9/none", "/home/bob/none")], Resume=True)
    for _ in range(5):
        if pid := scene.worker(scene.bob):
            scene.bob.attempt(*signal_to(pid, "KILL"))
        job.resume()
    job.cancel()


STRANGER = """
import os, socket, sys
held = []
try:
    while len(held) < 500:
        held.append(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        held[-1].settimeout(0.2)
        held[-1].connect("/run/haulier/worker.socket")
        for packet in (bytes(100), os.urandom(500), b"\\x08\\x01" * 1000):
            held[-1].send(packet)
except OSError:
    pass
print(len(held), "connections for workers", flush=True)
sys.stdin.read()
"""


@attempt
def pretend_to_be_a_worker(scene):
    scene.helper(STRANGER)
    scene.machine.run("systemctl", "kill", "--signal=KILL", f"haulier-worker@{scene.alice.uid}.service")


# ---- jobs of others ----

def everything(job: Job) -> list[Callable[[], object]]:
    return [job.all, lambda: job.get("State"), lambda: job.set("Description", "bob's"), job.files, job.suspend, job.resume, job.cancel,
            job.complete, lambda: job.add_file("http://127.0.0.1:9/x", "/tmp/x"), lambda: job.call("TakeOwnership"),
            lambda: job.notify_object("/bob"), lambda: job.set_remote_name(0, "http://127.0.0.1:9/x"),
            lambda: job.set_credentials("server", "basic", "bob", "bob"), lambda: job.set("Priority", "low")]


@attempt
def use_her_job(scene):
    return any(scene.may(call) for call in everything(scene.his_view()))


@attempt
def find_her_job(scene):
    xml = scene.bob.bus.call(NAME, ROOT + "/job", "org.freedesktop.DBus.Introspectable", "Introspect")[0]
    return (scene.job.id in xml or scene.bob.manager.list() or scene.may(lambda: scene.bob.manager.get(scene.job.id))
            or scene.may(lambda: scene.bob.manager.list(AllUsers=True)))


@attempt
def find_her_job_by_its_key(scene):
    his = scene.bob.manager.create("bob's", Key="alice's key")
    return his.path == scene.job.path or not his.created


@attempt
def use_her_job_in_her_name(scene):
    """The bus replaces the sender that he claims to be."""
    message = Gio.DBusMessage.new_method_call(NAME, scene.job.path, JOB, "Cancel")
    message.set_sender(scene.alice.bus.unique_name)
    with contextlib.suppress(GLib.Error):  # the bus may close the connection
        reply, _ = scene.bob.bus.connection.send_message_with_reply_sync(message, Gio.DBusSendMessageFlags.NONE, 20_000, None)
        return reply.get_message_type() != Gio.DBusMessageType.ERROR
    return False


@attempt
def listen_to_her_job(scene):
    heard = []
    scene.bob.bus.connection.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NO_MATCH_RULE,
                                              lambda *what: heard.append(str(what[2:5]) + str(what[5].unpack())))
    for rule in ("", "eavesdrop=true", f"eavesdrop=true,sender='{NAME}'"):
        scene.may(lambda rule=rule: scene.bob.bus.call(*BUS, "AddMatch", "(s)", rule))
    monitors = scene.may(lambda: scene.bob.bus.call(BUS[0], BUS[1], BUS[0] + ".Monitoring", "BecomeMonitor", "(asu)", [], 0))
    scene.job.set("Description", "to be heard by alice")
    scene.bob.manager.create("to be heard by bob").cancel()
    scene.bob.bus.wait_signal("JobRemoved")
    return monitors or any(scene.job.id in words for words in heard)


# ---- the bus ----

@attempt
def take_the_name_of_the_service(scene):
    flags = (0, 2, 4, 7)  # replace the owner, do not queue, ...
    return any(scene.may(lambda flag=flag: scene.bob.bus.call(*BUS, "RequestName", "(su)", NAME, flag)) for flag in flags)


@attempt
def call_her_callback(scene):
    before = len(scene.callback.calls)
    called = scene.may(lambda: scene.bob.bus.call(scene.alice.bus.unique_name, scene.callback.path, CALLBACK, "JobTransferred", "(os)",
                                                  scene.job.path, scene.job.id))
    return called or len(scene.callback.calls) > before


@attempt
def forge_signals_of_the_system(scene):
    worker = f"haulier-worker@{scene.alice.uid}.service"
    forged = [
        (BUS[1], BUS[2], "NameOwnerChanged", "(sss)", (scene.alice.bus.unique_name, scene.alice.bus.unique_name, "")),
        (BUS[1], BUS[2], "NameLost", "(s)", (NAME,)),
        (SYSTEMD[1], SYSTEMD[2], "JobRemoved", "(uoss)", (1, "/org/freedesktop/systemd1/job/1", worker, "failed")),
        (SYSTEMD[1], SYSTEMD[2], "UnitRemoved", "(so)", (worker, "/")),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "UserRemoved", "(uo)", (scene.alice.uid, "/")),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForShutdown", "(b)", (True,)),
        ("/org/freedesktop/NetworkManager", PROPERTIES, "PropertiesChanged", "(sa{sv}as)",
         ("org.freedesktop.NetworkManager", {"Metered": GLib.Variant("u", 1), "Connectivity": GLib.Variant("u", 1)}, [])),
        ("/org/freedesktop/UPower", PROPERTIES, "PropertiesChanged", "(sa{sv}as)",
         ("org.freedesktop.UPower", {"OnBattery": GLib.Variant("b", True)}, [])),
    ]
    before = {name: scene.alice.manager.property(name) for name in ("Network", "Metered")}
    for path, interface, member, signature, values in forged:
        scene.bob.bus.connection.emit_signal(scene.service, path, interface, member, GLib.Variant(signature, values))
    scene.bob.manager.property("Version")  # is read after all of them
    return {name: scene.alice.manager.property(name) for name in before} != before or scene.job.state != "transferring"


@attempt
def forge_signals_of_the_service(scene):
    """Bob claims to alice that her job has ended."""
    scene.alice.bus.forget()
    scene.bob.bus.connection.emit_signal(scene.alice.bus.unique_name, ROOT, MANAGER, "JobRemoved",
                                         GLib.Variant("(oss)", (scene.job.path, scene.job.id, "cancelled")))
    scene.bob.manager.property("Version")
    scene.job.set("Description", "the next signal")
    scene.alice.bus.wait_signal("PropertiesChanged", scene.job.path)
    return "JobRemoved" in [signal.member for signal in scene.alice.bus.signals]


@attempt
def ask_for_a_password_that_nobody_enters(scene):
    """Interactive authorization without an agent."""
    def call():
        try:
            scene.bob.bus.connection.call_sync(NAME, scene.job.path, JOB, "Cancel", None, None,
                                               Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION, int(patience(20) * 1000), None)
        except GLib.Error as error:
            raise BusError(error) from None
    return scene.may(call)


FLOOD = """
import sys
from support.bus.deaf_connection import DeafConnection
from support.client.dbus_client import MANAGER, NAME, ROOT, JOB, PROPERTIES
from gi.repository import GLib
import os
how, count = sys.argv[1], int(sys.argv[2])
def connect():
    return DeafConnection("unix:path=/run/dbus/system_bus_socket", os.getuid())
held = []
def listen():
    for _ in range(count):
        held.append(connect())
        held[-1].subscribe()
    talker = connect()
    job = talker.call(NAME, ROOT, MANAGER, "CreateJob", GLib.Variant("(ssa{sv})", ("busy", "download", {})))
    path = job.get_body().get_child_value(0).get_string()
    for number in range(1800):
        value = GLib.Variant("(ssv)", (JOB, "Description", GLib.Variant("s", f"{number:04}" + "x" * 1000)))
        talker.call(NAME, path, PROPERTIES, "Set", value)
    held.append(talker)
def call():
    held.append(connect())
    held[-1].socket.settimeout(3)
    for _ in range(count):
        held[-1].send(NAME, ROOT, MANAGER, "ListJobs", GLib.Variant("(a{sv})", ({},)))
def large():
    for _ in range(count):
        held.append(connect())
        held[-1].socket.settimeout(3)
        held[-1].send(NAME, ROOT, MANAGER, "CreateJob", GLib.Variant("(ssa{sv})", ("x" * 20_000_000, "download", {})))
def come():
    for _ in range(count):
        connection = connect()
        connection.subscribe()
        connection.close()
def raw():
    for number in range(count):
        connection = connect()
        connection.socket.sendall(os.urandom(64 + number))
        connection.close()
def jobs():
    held.append(connect())
    for _ in range(count):
        reply = held[-1].call(NAME, ROOT, MANAGER, "CreateJob", GLib.Variant("(ssa{sv})", ("x" * 200, "download", {
            "Description": GLib.Variant("s", "x" * 1000)})))
        if reply.get_error_name():
            print("refused with", reply.get_error_name(), end="; ")
            break
outcome = "all"
try:
    globals()[how]()
except (OSError, AssertionError) as error:
    outcome = repr(error)
print(how, outcome, flush=True)
sys.stdin.read()
"""


@attempt
def subscribe_and_read_nothing(scene):
    scene.helper(FLOOD, "listen", 60)


@attempt
def call_and_read_no_reply(scene):
    scene.helper(FLOOD, "call", 20_000)


@attempt
def make_huge_calls(scene):
    scene.helper(FLOOD, "large", 8)


@attempt
def come_and_go(scene):
    scene.helper(FLOOD, "come", 400)


@attempt
def send_what_is_no_message(scene):
    scene.helper(FLOOD, "raw", 100)


@attempt
def create_as_many_jobs_as_possible(scene):
    scene.helper(FLOOD, "jobs", 1500)


@attempt
def be_called_and_not_answer(scene):
    """Callbacks that do not reply, more than dbus-daemon lets a caller wait for."""
    def never(_call):
        raise Mute
    folder = scene.bob.home / "mute"
    scene.bob.run("mkdir", "-p", folder)
    mute = Callback(scene.bob.bus, "/mute", never)
    for number in range(150):
        scene.bob.manager.create(f"mute {number}", files=[(scene.server.url("/quick"), folder / str(number))], NotifyObject="/mute",
                                 Resume=True)
    scene.bob.bus.wait(lambda: mute.calls, "bob to be called")


@attempt
def occupy_all_transfers(scene):
    scene.server.add("/endless", CONTENT, script=Script(send=1000, then="stall"))
    for number in range(60):
        scene.bob.manager.create(files=[(scene.server.url("/endless"), f"/home/bob/endless-{number}")], Resume=True,
                                 Priority="foreground")
    job = scene.alice.manager.create(files=[(scene.server.url("/quick"), f"{scene.target}-other")], Resume=True)
    job.wait_state("transferred")
    job.complete()
