# SPDX-License-Identifier: LGPL-2.1-or-later
"""Apps in sandboxes against their user: what such an app tries on files, jobs and names through the proxy of its sandbox. None
of it may succeed (docs/security.md)."""

import contextlib
import os
import pathlib
import signal
import subprocess

import pytest
from gi.repository import Gio, GLib

from support.bus.flatpak import FlatpakApp, flatpak_info, in_sandbox, need_sandboxes
from support.client.checks import assert_file, leftovers, part_files, refused
from support.client.dbus_client import MANAGER, NAME, PROPERTIES, ROOT, BusError, Job, Manager
from support.content import body
from support.servers.certificates import Authority
from support.environment import PYTHON, patience
from support.recording_disk import Recorder, reason_to_skip

CONTENT = body(100_000)
SECRET = b"the user's own"
NO_JOB = ROOT + "/job/" + "0" * 32
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"


@pytest.fixture
def app(stack) -> FlatpakApp:
    return FlatpakApp(stack)


@pytest.fixture
def url(stack) -> str:
    return stack.nginx().add("file", CONTENT)


@pytest.fixture
def home(stack) -> pathlib.Path:
    return pathlib.Path(stack.env["HOME"])


@pytest.fixture
def secret(home) -> pathlib.Path:
    file = home / ".ssh/id"
    file.parent.mkdir()
    file.write_bytes(SECRET)
    return file


def error_of(call, *args) -> tuple[str, str]:
    with pytest.raises(BusError) as raised:
        call(*args)
    return raised.value.name, raised.value.message


# ---- what an app may do ----

def test_an_app_downloads_into_its_own_directory_and_uploads_from_it(stack, app, url):
    target = app.own / "data/file"
    job = app.manager.create(files=[(url, target)], Resume=True)
    job.wait_state("transferred")
    assert job.complete() == ("complete", 1, 0)
    assert_file(target, CONTENT)
    assert leftovers(app.own) == ["data", "data/file"]
    assert (job.get("AppId"), job.get("AppIdSource")) == ("org.example.App", "sandbox")
    server = stack.nginx(writable=True)
    app.manager.create(job_type="upload", files=[(server.url("file"), target)], Resume=True).wait_state("transferred")
    assert_file(server.files / "file", CONTENT)


def test_an_app_uses_the_directories_that_it_was_given(new_stack, url):
    stack = new_stack()
    home = pathlib.Path(stack.env["HOME"])
    for folder in ("Music", "Files", ".config"):
        (home / folder).mkdir()
    (home / ".config/user-dirs.dirs").write_text('XDG_MUSIC_DIR="$HOME/Music"\n')
    app = FlatpakApp(stack, filesystems=["xdg-music", "~/Files:ro"])
    job = app.manager.create(files=[(url, home / "Music/file")], Resume=True, AutoComplete=True)
    app.bus.wait(lambda: (home / "Music/file").exists(), "the file")
    with refused("OutsideSandbox"):
        app.manager.create(files=[(url, home / "Files/file")])
    assert job.id


def jobs_or_refusal(manager: Manager):
    try:
        return manager.list()
    except BusError as error:
        return error.name


@contextlib.contextmanager
def stopped(process: int):
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@pytest.fixture
def slow_disk(mounts, new_stack, tmp_path):
    """The list of the user's folders, which tells where an app may write, is on a file system whose server can be stopped."""
    if reason := reason_to_skip([]):
        pytest.skip(reason)
    stack = new_stack()
    folders = tmp_path / "folders.base"
    folders.write_text('XDG_MUSIC_DIR="$HOME/Music"\n')
    server = Recorder(mounts, tmp_path, [folders], stack.client.wait)
    home = pathlib.Path(stack.env["HOME"])
    for folder in ("Music", ".config"):
        (home / folder).mkdir()
    (home / ".config/user-dirs.dirs").symlink_to(server.disks[0])
    yield stack, server.child.pid
    stack.stop_daemon()
    os.close(server.marks)
    mounts.unmount(server.folder)
    server.child.stop(signal.SIGKILL)  # the sandbox, which ends later, has the mount as well


def test_a_home_directory_that_does_not_respond_delays_no_other_program(slow_disk, url):
    stack, server = slow_disk
    app = FlatpakApp(stack, filesystems=["xdg-music"])
    assert stack.manager.list() == []
    with stopped(server):
        answers = []
        app.bus.connection.call(NAME, ROOT, MANAGER, "ListJobs", GLib.Variant("(a{sv})", ({},)), None, Gio.DBusCallFlags.NONE,
                                int(patience(30) * 1000), None, lambda _bus, answer: answers.append(answer))
        app.bus.wait(lambda: stack.manager.list() == [] and answers, "a refusal", 30)
        with pytest.raises(GLib.Error, match="home directory' does not respond; try again when this is over"):
            app.bus.connection.call_finish(answers[0])
    app.bus.wait(lambda: jobs_or_refusal(app.manager) == [], "the app to be examined again")
    target = pathlib.Path(stack.env["HOME"]) / "Music/file"
    app.manager.create(files=[(url, target)], Resume=True, AutoComplete=True)
    app.bus.wait(target.exists, "the file")


def test_programs_outside_sandboxes_are_not_confined(stack, url):
    job = stack.manager.create(files=[(url, stack.downloads / "a")], Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert_file(stack.downloads / "a", CONTENT)


# ---- attacks on files ----

def forbidden_targets(stack, app, home) -> dict[str, str]:
    return {
        "a file that a shell runs": f"{home}/.bashrc",
        "a file of the system": "/etc/haulier-test",
        "data of another app": f"{home}/.var/app/org.example.Other/file",
        "an app whose name begins alike": f"{home}/.var/app/org.example.App2/file",
        "all apps": f"{home}/.var/app/file",
        "the parent of its directory": f"{app.own}/../file",
        "a detour into its directory": f"{app.own}/../org.example.App/file",
        "a dot": f"{app.own}/./file",
        "an empty part": f"{app.own}//file",
        "its temporary directory, which is another one outside": "/tmp/file",
        "its /var, which is another one outside": "/var/tmp/file",
        "its program": "/app/file",
        "its runtime": "/usr/share/file",
        "its root": "/file",
        "a process": f"/proc/{os.getpid()}/cwd/file",
        "itself": "/proc/self/root/file",
        "the runtime directory": f"{stack.runtime}/file",
        "a document of another app": f"{stack.runtime}/doc/by-app/org.example.Other/x/file",
        "the folder of someone's downloads": f"{stack.downloads}/file",
        "a relative path": "file",
    }


def test_an_app_names_no_target_outside_its_sandbox(stack, app, home, url):
    job = app.manager.create()
    targets = forbidden_targets(stack, app, home)
    for what, path in targets.items():
        for attempt in (lambda: app.manager.create(files=[(url, path)], Resume=True), lambda: job.add_file(url, path),
                        lambda: job.add_files([(url, app.own / "data/good"), (url, path)])):
            name, _ = error_of(attempt)
            assert name in ("OutsideSandbox", "LocalFile", "InvalidArgument"), f"{what}: {name}"
    assert len(targets) >= 20
    assert job.get("FilesTotal") == 0
    assert leftovers(stack.downloads) == leftovers(app.own / "data") == []


def test_an_app_sends_no_file_from_outside_its_sandbox(stack, app, secret, url):
    with refused("OutsideSandbox"):
        app.manager.create(job_type="upload", files=[(url, secret)])
    (app.own / "link").symlink_to(secret)
    (app.own / "folder").symlink_to(secret.parent)
    for path in (app.own / "link", app.own / "folder/id"):
        with refused("LocalFile"):
            app.manager.create(job_type="upload", files=[(url, path)])


def test_an_app_has_no_certificate_read_and_no_reply_written_outside(app, secret, url):
    for name in ("ClientCertificate", "ClientKey", "CertificateAuthority"):
        with refused("OutsideSandbox"):
            app.manager.create(**{name: str(secret)})
        job = app.manager.create()
        with refused("OutsideSandbox"):
            job.set(name, str(secret))
    with refused("OutsideSandbox"):
        app.manager.create(job_type="upload-reply", ReplyFileName=str(secret.parent / "reply"))
    upload = app.manager.create(job_type="upload-reply")
    with refused("OutsideSandbox"):
        upload.set("ReplyFileName", str(secret.parent / "reply"))


def test_an_app_has_its_temporary_files_only_where_it_may_write(app, home, url):
    job = app.manager.create()
    for folder in (home, home / ".ssh", "/tmp", f"{app.own}/../org.example.Other"):
        with refused("OutsideSandbox"):
            job.set("TemporaryDirectory", str(folder))
    (app.own / "cache").mkdir(exist_ok=True)
    job.set("TemporaryDirectory", str(app.own / "cache"))
    job.add_file(url, str(app.own / "data/file"))
    job.resume()
    job.wait_state("transferred")
    with open(job.open_file(0), "rb") as file:
        assert file.read() == CONTENT
    job.complete()
    assert_file(app.own / "data/file", CONTENT)


def test_a_certificate_behind_a_link_is_not_read(stack, app, secret, tmp_path):
    (app.own / "folder").symlink_to(secret.parent)
    server = stack.fault_server(authority=Authority(tmp_path))
    server.add("/file", CONTENT)
    job = app.manager.create(files=[(server.url("/file"), app.own / "data/file")], Resume=True,
                             CertificateAuthority=str(app.own / "folder/id"))
    job.wait_state("error", "transient-error", unless=())
    assert "symbolic link" in job.get("Error")[3] or "cannot be opened" in job.get("Error")[3]


def test_a_link_in_the_path_is_not_followed_when_a_file_is_added(app, secret, url):
    (app.own / "link").symlink_to(secret.parent)
    (app.own / "data/deep").symlink_to("/")
    for path in (app.own / "link/file", app.own / "data/deep/tmp/file", app.own / "link/../file"):
        with refused("LocalFile", "OutsideSandbox"):
            app.manager.create(files=[(url, path)])
    assert leftovers(secret.parent) == ["id"]


def swap(folder: pathlib.Path, target: pathlib.Path) -> None:
    """What an app does with its own directory between check and use."""
    folder.rename(folder.with_name("aside"))
    folder.symlink_to(target)


def test_a_link_that_is_planted_before_the_transfer_is_not_followed(app, secret, url):
    job = app.manager.create(files=[(url, app.own / "data/file")])
    swap(app.own / "data", secret.parent)
    job.resume()
    job.wait_state("error", "transient-error", unless=())
    assert "symbolic link" in job.get("Error")[3]
    assert leftovers(secret.parent) == ["id"]


def test_a_link_that_is_planted_before_complete_is_not_followed(app, secret, url):
    job = app.manager.create(files=[(url, app.own / "data/id")], Resume=True)
    job.wait_state("transferred")
    (part,) = part_files(app.own)
    os.link(app.own / part, secret.parent / pathlib.Path(part).name)  # even if it were there
    swap(app.own / "data", secret.parent)
    with refused("LocalFile"):
        job.complete()
    assert secret.read_bytes() == SECRET


def test_a_link_that_is_planted_before_cancel_is_not_followed(app, secret, url):
    job = app.manager.create(files=[(url, app.own / "data/id")], Resume=True)
    job.wait_state("transferred")
    name = pathlib.Path(part_files(app.own)[0]).name
    (secret.parent / name).write_bytes(SECRET)
    swap(app.own / "data", secret.parent)
    job.cancel()
    assert leftovers(secret.parent) == sorted([name, "id"])


def test_a_link_in_place_of_the_target_is_replaced_and_not_followed(app, secret, url):
    (app.own / "data/file").symlink_to(secret)
    job = app.manager.create(files=[(url, app.own / "data/file")], Resume=True)
    job.wait_state("transferred")
    job.complete()
    assert secret.read_bytes() == SECRET
    assert_file(app.own / "data/file", CONTENT)


def test_a_link_in_place_of_the_temporary_file_is_not_followed(app, secret, url):
    job = app.manager.create(files=[(url, app.own / "data/file")])
    (app.own / f"data/.haulier-{job.id}-0.part").symlink_to(secret)
    job.resume()
    job.wait_state("error", "transient-error", unless=())
    assert secret.read_bytes() == SECRET


def test_urls_lead_to_servers_only(app, home):
    for url in (f"file://{home}/.ssh/id", "ftp://127.0.0.1/x", "/etc/passwd"):
        with refused("NotSupported", "InvalidArgument"):
            app.manager.create(files=[(url, app.own / "data/file")])
    with refused("InvalidArgument", "NotSupported"):
        app.manager.create(files=[("http://127.0.0.1/x", app.own / "data/x")], ProxyMode="override",
                           ProxyList="socks5h://localhost/run/user/0/socket")


def test_the_tickets_of_the_user_are_not_used(app):
    with refused("AccessDenied"):
        app.manager.create(Credentials=[("server", "negotiate", "", "")])
    job = app.manager.create()
    with refused("AccessDenied"):
        job.set_credentials("server", "negotiate", "", "")


# ---- attacks on jobs ----

@pytest.fixture
def of_user(stack, url) -> Job:
    """A job of a program outside sandboxes, with a key."""
    return stack.manager.create("of the user", files=[(url, stack.downloads / "private")], Key="key")


def as_app(app: FlatpakApp, job: Job) -> Job:
    return Job(app.bus, job.path)


def test_the_jobs_of_others_are_as_absent(app, of_user):
    absent, other = Job(app.bus, NO_JOB), as_app(app, of_user)
    attempts = [lambda job: job.cancel(), lambda job: job.resume(), lambda job: job.complete(), lambda job: job.files(),
                lambda job: job.all(), lambda job: job.get("Target"), lambda job: job.set("Description", "x"),
                lambda job: job.add_file("http://127.0.0.1/", app.own / "data/x"), lambda job: job.notify_object("/x"),
                lambda job: job.call("TakeOwnership"), lambda job: job.call("Unheard"),
                lambda job: job.set_custom_headers("X: y"), lambda job: job.reply_data(),
                lambda job: app.bus.call(NAME, job.path, "org.freedesktop.DBus.Introspectable", "Introspect")]
    for attempt in attempts:
        told = [(name, message.replace(job.path, "PATH")) for job in (absent, other)
                for name, message in [error_of(attempt, job)]]
        assert told[0] == told[1]
        assert told[0][0] == "org.freedesktop.DBus.Error.UnknownObject"
    assert error_of(app.manager.get, absent.id)[0] == error_of(app.manager.get, of_user.id)[0] == "NotFound"
    assert of_user.state == "suspended"


def test_lists_counts_and_introspection_are_of_the_app(stack, app, of_user, url):
    own = app.manager.create("own")
    other = FlatpakApp(stack, "org.example.Other").manager.create("of another app")
    assert len(stack.manager.list()) == 3
    for criteria in ({}, {"AllUsers": True}, {"Key": "key"}, {"States": ["suspended", "queued", "cancelled"]},
                     {"Properties": ["DisplayName", "Target"]}):
        listed = [path for path, _ in app.manager.list(**criteria)]
        assert listed == ([] if "Key" in criteria else [own.path])
    assert app.manager.property("Jobs") == 1
    xml, = app.bus.call(NAME, ROOT + "/job", "org.freedesktop.DBus.Introspectable", "Introspect")
    assert own.id in xml and of_user.id not in xml and other.id not in xml
    assert list(app.bus.call(NAME, ROOT, OBJECT_MANAGER, "GetManagedObjects")[0]) == [own.path]
    of_user.set("Priority", "foreground")
    of_user.resume()
    of_user.wait_state("transferred")
    assert app.manager.property("Activity") == (0, 0, 0, 0, 0)
    everything = app.bus.call(NAME, ROOT, PROPERTIES, "GetAll", "(s)", MANAGER)[0]
    assert everything["Jobs"] == 1


def ended(manager: Manager) -> list[str]:
    return [job_id for job_id, _ in manager.bus.call(NAME, ROOT, MANAGER, "ListEndedJobs", "(a{sv})", {
        "AllUsers": GLib.Variant("b", True), "Hidden": GLib.Variant("b", True)})[0]]


def test_the_history_is_that_of_the_app(stack, app, of_user):
    own = app.manager.create()
    for job in (own, of_user):
        job.cancel()
    assert ended(app.manager) == [own.id]
    assert sorted(ended(stack.manager)) == sorted([own.id, of_user.id])


def test_facts_about_the_jobs_of_others_are_not_sent(stack, app, url):
    for method, arguments in (("SubscribeWith", ("(a{sv})", {"AllUsers": GLib.Variant("b", True)})), ("Subscribe", ())):
        app.bus.call(NAME, ROOT, MANAGER, method, *arguments)
    app.bus.call(NAME, ROOT, MANAGER, "SubscribeWith", "(a{sv})", {})
    app.bus.call(NAME, ROOT, OBJECT_MANAGER, "GetManagedObjects")
    other = stack.manager.create("of the user", files=[(url, stack.downloads / "private")])
    other.cancel()
    own = app.manager.create("own")
    app.bus.wait(lambda: [s for s in app.bus.signals if s.member == "JobAppeared"], "JobAppeared")
    own.cancel()
    app.bus.wait(lambda: [s for s in app.bus.signals if s.member == "JobEnded"], "JobEnded")
    facts = ("JobAppeared", "JobEnded", "InterfacesAdded", "InterfacesRemoved")
    assert {s.args[0] for s in app.bus.signals if s.member in facts} == {own.path}
    assert not [s for s in app.bus.signals if "private" in str(s.args)]


def test_a_key_leads_to_no_job_of_another(stack, app, of_user):
    own = app.manager.create(Key="key")
    assert own.created and own.path != of_user.path
    again = app.manager.create(Key="key")
    assert (again.path, again.created) == (own.path, False)
    other = FlatpakApp(stack, "org.example.Other").manager.create(Key="key")
    assert other.created
    assert stack.manager.create(Key="key").path == of_user.path


def test_what_concerns_all_programs_is_denied(stack, app, of_user):
    calls = {"Hold": ("(t)", 0), "Release": (), "HoldAll": ("(t)", 0), "ReleaseAll": (), "ForgetEndedJobs": ("(a{sv})", {}),
             "GetStatistics": ("(a{sv})", {}), "Unheard": ()}
    of_user.cancel()
    for method, arguments in calls.items():
        assert error_of(app.bus.call, NAME, ROOT, MANAGER, method, *arguments)[0] == "AccessDenied", method
    with refused("AccessDenied"):
        app.bus.call(NAME, ROOT, PROPERTIES, "Set", "(ssv)", MANAGER, "BandwidthLimit", GLib.Variant("t", 1))
    assert not stack.manager.property("Held")
    assert ended(stack.manager) == [of_user.id]
    with refused("AccessDenied"):
        app.manager.create().call("TakeOwnership")


# ---- attacks on names ----

def test_an_app_is_no_other_app(app):
    job = app.manager.create(AppId="org.example.Other")
    assert (job.get("AppId"), job.get("AppIdSource")) == ("org.example.App", "sandbox")


def test_an_app_has_only_its_own_services_notified(stack, app):
    for name in ("org.example.App", "org.example.App.Helper", "org.example.Apple", "org.example", "org.other.Service"):
        stack.bus.add_service(name, ["/bin/true"])
    for name in ("org.example.App", "org.example.App.Helper"):
        app.manager.create(NotifyService=(name, "/"))
    job = app.manager.create()
    for name in ("org.example.Apple", "org.example", "org.other.Service", "org.freedesktop.systemd1", "org.not.There",
                 "session:org.other.Service"):
        assert error_of(lambda: app.manager.create(NotifyService=(name, "/")))[0] == "AccessDenied", name
        assert error_of(job.notify_service, name)[0] == "AccessDenied", "also whether there is such a service is not told"


# ---- who is a caller? ----

def test_without_network_nothing_is_given(stack):
    app = FlatpakApp(stack, network=False)
    for attempt in (app.manager.create, app.manager.list, lambda: app.manager.property("Version"),
                    lambda: app.bus.call(NAME, ROOT, MANAGER, "Subscribe")):
        name, message = error_of(attempt)
        assert name == "AccessDenied" and "network" in message


def test_a_sandbox_that_is_not_understood_is_given_nothing(stack):
    app = FlatpakApp(stack, "../evil")
    assert error_of(app.manager.list)[0] == "AccessDenied"


CLIENT = """
import sys
from support.client.dbus_client import Bus, BusError, Manager
manager = Manager(Bus(sys.argv[1]))
try:
    manager.create(files=[(sys.argv[2], sys.argv[3])])
except BusError as error:
    print(error.name)
job = manager.create()
print(job.get("AppId"), job.get("AppIdSource"), len(manager.list()))
"""


def run_in_sandbox(stack, info: str, script: str, *words) -> str:
    command, descriptor = in_sandbox(info, [PYTHON, "-c", script, *map(str, words)])
    tests = pathlib.Path(__file__).parent.parent
    done = subprocess.run(command, env=stack.env | {"PYTHONPATH": str(tests)}, pass_fds=[descriptor], capture_output=True,
                          text=True, timeout=patience(30), check=False)
    os.close(descriptor)
    return done.stdout + done.stderr


def test_an_app_that_reaches_the_bus_without_the_proxy_is_confined_too(stack, url, of_user):
    need_sandboxes()
    said = run_in_sandbox(stack, flatpak_info("org.example.Direct"), CLIENT, stack.bus.address, url, stack.downloads / "x")
    assert said.splitlines() == ["OutsideSandbox", "org.example.Direct sandbox 1"]


LEAVER = """
import os, sys
from support.client.dbus_client import *
bus = Bus(sys.argv[1])
options = {"Files": GLib.Variant("a(ssa{sv})", [(sys.argv[2], sys.argv[3], {})]), "Resume": GLib.Variant("b", True)}
message = Gio.DBusMessage.new_method_call(NAME, ROOT, MANAGER, "CreateJob")
message.set_body(GLib.Variant("(ssa{sv})", ("left", "download", options)))
bus.connection.send_message(message, Gio.DBusSendMessageFlags.NONE)
bus.connection.flush_sync(None)
os._exit(0)
"""


def test_an_app_that_leaves_before_it_was_seen_gets_nothing_done(stack, url, home):
    need_sandboxes()
    stack.manager.property("Version")
    for _ in range(3):
        assert run_in_sandbox(stack, flatpak_info("org.example.Leaver"), LEAVER, stack.bus.address, url, home / "x") == ""
    assert stack.manager.list() == []
    assert leftovers(home) == []


# ---- later ----

def test_a_job_stays_confined_when_its_app_and_the_daemon_have_gone(stack, url, home, secret):
    app = FlatpakApp(stack)
    job = app.manager.create(files=[(url, app.own / "data/file")])
    path, own = job.path, app.own
    stack.kill_daemon()
    job = Job(stack.client, path)
    with refused("OutsideSandbox"):
        job.add_file(url, home / "x")
    with refused("OutsideSandbox"):
        job.set("ClientCertificate", str(secret))
    swap(own / "data", secret.parent)
    job.resume()
    job.wait_state("error", "transient-error", unless=())
    assert "symbolic link" in job.get("Error")[3]
    assert leftovers(secret.parent) == ["id"]
    with contextlib.suppress(BusError):
        assert Job(app.bus, path).state in ("error", "transient-error")


def test_an_app_with_other_permissions_gives_an_older_job_no_path(stack, url, home):
    (home / "Files").mkdir()
    app = FlatpakApp(stack)
    job = app.manager.create()
    wider = FlatpakApp(stack, filesystems=["home"])
    again = Job(wider.bus, job.path)
    assert again.state == "suspended"
    for attempt in (lambda: again.add_file(url, wider.own / "data/x"), lambda: again.set("Description", "x")):
        with refused("AccessDenied"):
            attempt()
    wide = wider.manager.create(files=[(url, home / "Files/x")])
    narrower = Job(app.bus, wide.path)
    with refused("AccessDenied"):
        narrower.add_file(url, home / "Files/y")
    narrower.cancel()


def test_unconfined_calls_keep_their_order(stack):
    """Also those that came before the caller was known."""
    bus = stack.connect()
    replies = []
    for number in range(50):
        bus.connection.call(NAME, ROOT, MANAGER, "CreateJob",
                            GLib.Variant("(ssa{sv})", (str(number), "download", {})), None, 0, -1, None,
                            lambda source, result: replies.append(source.call_finish(result).unpack()[1]))
    bus.wait(lambda: len(replies) == 50, "all replies")
    names = {path.rpartition("/")[2]: values["DisplayName"] for path, values in stack.manager.list()}
    assert [names[job_id] for job_id in replies] == [str(number) for number in range(50)]
