# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bad input: each kind has its named error with a sentence, and nothing has changed afterwards."""

import contextlib
import pathlib
import xml.etree.ElementTree as ElementTree

import pytest

from gi.repository import GLib

from support.client.checks import leftovers, refused
from support.client.dbus_client import JOB, ROOT, BusError, Job
from support.content import body
from support.contract import SETTINGS, Property
from support.environment import SOURCE

URL = "http://127.0.0.1:9/file"  # nobody is asked


@pytest.fixture
def small_limits(new_stack):
    return new_stack({"Jobs": {"MaxFilesPerJob": "600", "MaxJobsPerUser": "5"}})


@contextlib.contextmanager
def nothing_changes(stack):
    """ListJobs, every job's files and the folder are afterwards what they were before, and no signal came."""
    def picture():
        jobs = stack.manager.list()
        files = [Job(stack.client, path).files() for path, _ in jobs]
        return jobs, files, leftovers(stack.downloads)

    before = picture()
    stack.client.forget()
    yield
    assert picture() == before
    assert [s.member for s in stack.client.signals if s.member in ("JobAdded", "JobRemoved")] == []


def bad_files(stack) -> dict[str, tuple]:
    """What is wrong: remote, local, options, the errors that may be answered."""
    good = stack.downloads / "file"
    (stack.downloads / "plain-file").touch()
    closed = stack.downloads / "closed"
    closed.mkdir(exist_ok=True)
    closed.chmod(0o555)
    return {
        "relative path": (URL, "file", {}, "InvalidArgument"),
        "no path": (URL, "", {}, "InvalidArgument"),
        "path that is a folder's": (URL, f"{stack.downloads}/", {}, "InvalidArgument"),
        "path that goes up": (URL, f"{stack.downloads}/..", {}, "InvalidArgument"),
        "missing directory": (URL, stack.downloads / "missing" / "file", {}, "LocalFile"),
        "directory that is a file": (URL, stack.downloads / "plain-file" / "file", {}, "LocalFile"),
        "unwritable directory": (URL, closed / "file", {}, "LocalFile"),
        "file name too long": (URL, stack.downloads / ("x" * 256), {}, "StringTooLong"),
        "ftp": ("ftp://127.0.0.1/file", good, {}, "NotSupported"),
        "file scheme": ("file:///etc/passwd", good, {}, "NotSupported"),
        "no scheme": ("127.0.0.1/file", good, {}, "InvalidArgument"),
        "no host": ("http:///file", good, {}, "InvalidArgument"),
        "bad port": ("http://127.0.0.1:99999/file", good, {}, "InvalidArgument"),
        "bad address": ("http://[::1/file", good, {}, "InvalidArgument"),
        "line break in the URL": ("http://127.0.0.1/file\r\nX: y", good, {}, "InvalidArgument"),
        "space in the URL": ("http://127.0.0.1/a file", good, {}, "InvalidArgument"),
        "nothing at all": ("", good, {}, "InvalidArgument"),
        "too many long mirrors": (URL, good, {"Mirrors": [URL + "x" * 7000] * 5}, "StringTooLong"),
        "URL too long": ("http://127.0.0.1/" + "x" * 8000, good, {}, "StringTooLong"),
        "unknown file option": (URL, good, {"Colour": GLib.Variant("s", "red")}, "NotSupported"),
        "file option of another type": (URL, good, {"Size": GLib.Variant("s", "7")}, "InvalidArgument"),
        "unknown checksum": (URL, good, {"Checksum": "crc32:12345678"}, "NotSupported"),
        "short checksum": (URL, good, {"Checksum": "sha256:1234"}, "InvalidArgument"),
        "mode with set-uid bit": (URL, good, {"Mode": 0o4755}, "InvalidArgument"),
    }


def test_a_bad_file_is_refused_when_added_and_when_a_job_is_made_with_it(stack):
    job = stack.manager.create("empty")
    for what, (remote, local, options, error) in bad_files(stack).items():
        print(what)
        with nothing_changes(stack):
            with refused(error):
                job.add_files([(remote, local, options)])
            with refused(error):
                stack.manager.create(files=[(URL, stack.downloads / "fine"), (remote, local, options)])
            if not options:
                with refused(error):
                    job.add_file(remote, local)


def test_what_is_said_of_a_new_job_has_no_hole_for_its_id(stack):
    for options in ({}, {"OnDemand": True, "files": [(URL, stack.downloads / "f")]}):
        with pytest.raises(BusError) as refusal:
            stack.manager.create(Resume=True, **options)
        assert str(refusal.value).startswith("Empty: ") and "job ;" not in str(refusal.value) and "  " not in str(refusal.value)


def test_bad_options_leave_no_job(stack):
    variant = GLib.Variant
    files = [(URL, stack.downloads / "file")]
    cases = {
        "unknown option": (dict(Colour=variant("s", "red")), "NotSupported"),
        "option of another type": (dict(files=files, Resume=variant("s", "yes")), "InvalidArgument"),
        "files of another type": (dict(Files=variant("as", ["x"])), "InvalidArgument"),
        "unknown job type": (dict(job_type="teleport"), "NotSupported"),
        "no name": (dict(display_name=""), "InvalidArgument"),
        "name of 257 characters": (dict(display_name="ä" * 257), "StringTooLong"),
        "description of 1025 characters": (dict(Description="x" * 1025), "StringTooLong"),
        "key of 257 characters": (dict(Key="x" * 257), "StringTooLong"),
        "unknown flag": (dict(NotifyFlags=["transferred", "phone-me"]), "NotSupported"),
        "resume without files": (dict(Resume=True), "Empty"),
        "service that the bus cannot start": (dict(NotifyService=("org.example.Nobody", "/x")), "NotActivatable"),
        "service that is no name": (dict(NotifyService=("nobody", "/x")), "InvalidArgument"),
        "service that is a connection": (dict(NotifyService=(stack.client.unique_name, "/x")), "InvalidArgument"),
    }
    for what, (arguments, error) in cases.items():
        print(what)
        with nothing_changes(stack), refused(error):
            stack.manager.create(**arguments)
    fine = stack.manager.create("ä" * 256, Description="ä" * 1024)
    assert fine.get("DisplayName") == "ä" * 256


def test_bad_values_of_properties_change_nothing(stack):
    job = stack.manager.create("fine", Description="fine")
    cases = {
        ("DisplayName", "x" * 257): "StringTooLong",
        ("DisplayName", ""): "InvalidArgument",
        ("Description", "x" * 1025): "StringTooLong",
        ("NotifyFlags", ("nonsense",)): "NotSupported",
    }
    for (name, value), error in cases.items():
        before = job.all()
        with refused(error):
            job.set(name, list(value) if isinstance(value, tuple) else value)
        assert job.all() == before
    with pytest.raises(BusError, match="PropertyReadOnly|AccessDenied"):
        job.set("State", GLib.Variant("s", "transferred"))
    job.set("MinimumRetryDelay", 1)
    assert job.get("MinimumRetryDelay") == 5


def characters(setting: Property) -> int:
    number, _, unit = setting.annotations.get("MaximumLength", "").partition(" ")
    return int(number) if unit == "characters" else 0


# Property → values that are just allowed, and values beyond with their error.
BOUNDS = {
    "MaximumDownloadTime": ([1, 2**32 - 1], {0: "InvalidArgument"}),
    "MaximumDownloadSize": ([1, 2**64 - 1], {}),
    "BandwidthLimit": ([0, 1024], {1023: "InvalidArgument"}),
    "Connections": ([0, 16], {17: "InvalidArgument"}),
    "NoProgressTimeout": ([0, 2**32 - 1], {}),
    "MinimumRetryDelay": ([5, 2**32 - 1], {}),
    "ProxyList": (["p" * 4000, "https=socks5h://[::1]:1080 http://proxy.example:3128"],
                  {"p" * 4001: "StringTooLong", "gopher://proxy": "NotSupported|InvalidArgument",
                   "http://user:word@proxy": "InvalidArgument"}),
    "ProxyBypass": (["b" * 4000, "*.example.org <local> [::1]"], {"b" * 4001: "StringTooLong"}),
    "HttpMethod": (["", "GET", "M" * 64],
                   {"M" * 65: "StringTooLong", "two words": "InvalidArgument", "CONNECT": "NotSupported"}),
    "ClientCertificate": (["", "/etc/certificate.pem"], {"certificate.pem": "InvalidArgument",
                                                         "/" + "d/" * 2047 + "dd": "StringTooLong"}),
    "ClientKey": (["", "/etc/key.pem"], {"key.pem": "InvalidArgument", "/" + "d/" * 2047 + "dd": "StringTooLong"}),
    "TemporaryDirectory": (["", "/var/tmp"], {"tmp": "InvalidArgument", "/" + "d/" * 2047 + "dd": "StringTooLong"}),
    "CertificateAuthority": (["", "/etc/authority.pem"], {"authority.pem": "InvalidArgument",
                                                          "/" + "d/" * 2047 + "dd": "StringTooLong"}),
    "ReplyFileName": ([], {"/tmp/reply": "NotSupported"}),
}
# Optional texts whose length in characters the contract limits.
BOUNDS |= {setting.name: (["ä" * length], {"ä" * (length + 1): "StringTooLong"})
           for setting in SETTINGS if "Default" in setting.annotations and (length := characters(setting))}


@pytest.mark.parametrize("name", BOUNDS)
def test_properties_at_the_bound_and_one_above(stack, name):
    job = stack.manager.create()
    fine, beyond = BOUNDS[name]
    for value in fine:
        job.set(name, value)
        assert job.get(name) == ("" if value == "GET" else value)
    for value, error in beyond.items():
        before = job.all()
        with refused(error):
            job.set(name, value)
        assert job.all() == before
        with nothing_changes(stack), refused(error):
            stack.manager.create(**{name: value})


def test_bad_registrations_change_nothing(stack):
    job = stack.manager.create("fine")
    for name, error in {"org.example.Nobody": "NotActivatable", "nobody": "InvalidArgument",
                        stack.client.unique_name: "InvalidArgument", "org..x": "InvalidArgument"}.items():
        with refused(error):
            job.notify_service(name)
        assert job.get("NotifyService") == ("", "/")


def test_a_list_whose_500th_entry_is_bad_adds_nothing_and_says_which(stack):
    files = [(f"{URL}-{n}", stack.downloads / f"file-{n}") for n in range(600)]
    files[499] = (f"{URL}-499", stack.downloads / "missing" / "file-499")
    job = stack.manager.create("empty")
    for attempt in (lambda: job.add_files(files), lambda: stack.manager.create(files=files)):
        with nothing_changes(stack), pytest.raises(BusError) as caught:
            attempt()
        assert caught.value.name == "LocalFile"
        assert "500" in caught.value.message and "missing" in caught.value.message, caught.value.message
    files[499] = ("ftp://127.0.0.1/file", stack.downloads / "file-499")
    with nothing_changes(stack), pytest.raises(BusError) as caught:
        job.add_files(files)
    assert caught.value.name == "NotSupported" and "500" in caught.value.message, caught.value.message


def test_limits_are_named(small_limits):
    stack = small_limits
    files = [(f"{URL}-{n}", stack.downloads / f"file-{n}") for n in range(601)]
    with nothing_changes(stack), refused("TooManyFiles"):
        stack.manager.create(files=files)
    job = stack.manager.create(files=files[:600])
    with nothing_changes(stack), refused("TooManyFiles"):
        job.add_file(*files[600])
    for _ in range(4):
        stack.manager.create()
    with nothing_changes(stack), refused("TooManyJobs"):
        stack.manager.create()
    job.cancel()
    stack.manager.create()


def test_unknown_and_malformed_ids(stack):
    job = stack.manager.create("fine")
    for wrong, error in {"0" * 32: "NotFound", "": "InvalidArgument", "x" * 32: "InvalidArgument",
                         job.id.upper() + "0": "InvalidArgument", "../" + job.id: "InvalidArgument"}.items():
        with nothing_changes(stack), refused(error):
            stack.manager.get(wrong)
    with pytest.raises(BusError):
        Job(stack.client, f"{ROOT}/job/{'0' * 32}").resume()
    with refused("NotSupported"):
        stack.manager.list(Colour=GLib.Variant("s", "red"))
    assert stack.manager.get(job.id).path == job.path


def test_resume_of_an_empty_job(stack):
    job = stack.manager.create("empty")
    with nothing_changes(stack), refused("Empty"):
        job.resume()
    assert (job.state, job.get("WaitReason")) == ("suspended", ("empty", 0))


def ended_jobs(stack) -> list[Job]:
    server = stack.fault_server()
    server.add("/file", body(1000))
    cancelled = stack.manager.create("cancelled")
    cancelled.cancel()
    completed = stack.manager.create(files=[(server.url("/file"), stack.downloads / "done")], Resume=True)
    completed.wait_state("transferred")
    completed.complete()
    return [cancelled, completed]


def other_value(setting: Property):
    """Another value than the default."""
    if words := [word for word in setting.words if word not in setting.annotations.get("Default", "").split()]:
        return words[:1] if setting.type == "as" else words[0]
    return {"b": setting.value("Default") is False, "s": "/etc/other" if setting.unit == "path" else "other"}.get(setting.type, 7777)


def test_any_verb_on_an_ended_job(stack):
    callback = stack.callback()
    target = stack.downloads / "file"
    verbs = {
        "Suspend": lambda job: job.suspend(), "Resume": lambda job: job.resume(), "Cancel": lambda job: job.cancel(),
        "Complete": lambda job: job.complete(), "AddFile": lambda job: job.add_file(URL, target),
        "AddFiles": lambda job: job.add_files([(URL, target)]),
        "SetNotifyObject": lambda job: job.notify_object(callback.path),
        "SetNotifyService": lambda job: job.notify_service(""),
        "TakeOwnership": lambda job: job.call("TakeOwnership"),
        "SetRemoteName": lambda job: job.set_remote_name(0, URL),
        "ReplaceRemotePrefix": lambda job: job.replace_remote_prefix("http", "https"),
        "SetValidationState": lambda job: job.set_validation(0, False),
        "RequestFileRanges": lambda job: job.request_ranges(0, (0, 5)),
        "UpdateDownloadPosition": lambda job: job.call("UpdateDownloadPosition", "(ut)", 0, 0),
        "SetCredentials": lambda job: job.set_credentials("server", "basic", "a", "b"),
        "RemoveCredentials": lambda job: job.call("RemoveCredentials", "(ss)", "server", "basic"),
        "SetCustomHeaders": lambda job: job.set_custom_headers("X: y"),
        "CompleteFiles": lambda job: job.call("CompleteFiles", "(au)", [0]),
        "OpenFile": lambda job: job.call("OpenFile", "(u)", 0),
        "RemoveFiles": lambda job: job.call("RemoveFiles", "(au)", [0]),
    }
    verbs |= {setting.name: lambda job, setting=setting: job.set(setting.name, other_value(setting)) for setting in SETTINGS}
    for job in ended_jobs(stack):
        before = job.all()
        for name, verb in verbs.items():
            print(job.state, name)
            with nothing_changes(stack), refused("InvalidState"):
                verb(job)
        assert job.all() == before
        assert job.get("WaitReason") == ("ended", 0)
        with refused("NotFound"):
            stack.manager.get(job.id)


def test_every_method_is_covered_above():
    """So that a method that is added to the contract is added to the test of ended jobs, too."""
    source = pathlib.Path(__file__).read_text()
    interface = ElementTree.parse(SOURCE / "dbus" / f"{JOB}.xml").getroot()
    questions = {"ListFiles", "ListActiveFiles", "GetFilledFileRanges", "GetReplyData"}
    for method in {m.get("name") for m in interface.iter("method")} - questions:
        assert f'"{method}": lambda job' in source, method
