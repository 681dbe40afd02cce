# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier mock template: all interfaces of Haulier, without transfers.

Jobs can be created, found, changed and ended as in Haulier, and files never arrive by themselves. The test says what happens,
with methods of the interface org.haulier.Haulier1.Mock of a job:

    Progress(t done, t total)        bytes have arrived; total 2^64-1 is not known
    Transfer()                       all files have arrived; signals and callbacks as from Haulier
    Fail(s name, s message)          the job has failed; the names are in docs/errors.md
    Expire(u index)                  the link of a file has expired: the client is asked for another one

Members that are not written out here accept any call and return nothing, zeros or empty values; their types, and the defaults
of properties, come from the interface files, which haulier-dev installs.

Parameters: interfaces (s, the folder of the interface files), system (b, the mock is on the system bus).
"""

import os
import pathlib
import shlex
import uuid
import xml.etree.ElementTree as ElementTree

import dbus
from dbusmock import get_object

NAME = "org.haulier.Haulier1"
BUS_NAME = NAME
MAIN_OBJ = "/org/haulier/Haulier1"
MAIN_IFACE = f"{NAME}.Manager"
JOB = f"{NAME}.Job"
CONTROL = f"{NAME}.Mock"
SYSTEM_BUS = False
IS_OBJECT_MANAGER = False

UNKNOWN = 2**64 - 1
NO_FILE = 2**32 - 1
NO_ERROR = ("", "", 0, "", NO_FILE)
ENDED = ("acknowledged", "cancelled")
FOLDERS = (os.environ.get("HAULIER_INTERFACES", ""), "/usr/share/dbus-1/interfaces")
LISTED = ("Id", "Type", "Key", "Owner", "DisplayName", "Visibility", "AppId", "Target", "State", "WaitReason", "BytesTotal",
          "BytesTransferred", "BytesKnown", "FilesUnsized", "Rate", "FilesTotal", "FilesTransferred", "FilesFailed",
          "CreationTime", "Error")

# ---- types ----


def error(name: str, message: str) -> dbus.DBusException:
    return dbus.DBusException(message, name=f"{NAME}.Error.{name}")


def typed(signature: str, value):
    """A value in the type of its signature."""
    simple = {"s": dbus.String, "o": dbus.ObjectPath, "b": dbus.Boolean, "i": dbus.Int32, "u": dbus.UInt32, "x": dbus.Int64,
              "t": dbus.UInt64, "y": dbus.Byte}
    if signature in simple:
        return simple[signature](value)
    if signature == "h":
        with open(os.devnull, "rb") as empty:
            return dbus.types.UnixFd(empty)
    if signature.startswith("("):
        return dbus.Struct([typed(kind, part) for kind, part in zip(dbus.Signature(signature[1:-1]), value)],
                           signature=signature[1:-1])
    if signature.startswith("a{"):
        return dbus.Dictionary(value or {}, signature=signature[2:-1])
    return dbus.Array(value or [], signature=signature[1:])


def nothing(signature: str):
    """What a member that is not written out returns."""
    if signature.startswith("("):
        return typed(signature, [nothing(kind) for kind in dbus.Signature(signature[1:-1])])
    return typed(signature, {"s": "", "o": "/", "b": False}.get(signature, 0 if len(signature) == 1 else None))


def from_text(signature: str, text: str):
    """The value of an annotation Default."""
    if signature == "as":
        return typed(signature, text.split())
    if signature.startswith("("):
        words = shlex.split(text)
        return typed(signature, [from_text(kind, word) for kind, word in zip(dbus.Signature(signature[1:-1]), words)])
    if signature == "b":
        return dbus.Boolean(text == "true")
    return typed(signature, text if signature in "so" else int(text))


class Interface:
    """The members of an interface, as its file says."""

    def __init__(self, folder: str, name: str):
        path = next(path for path in (pathlib.Path(f, f"{name}.xml") for f in (folder, *FOLDERS) if f) if path.exists())
        self.name = name
        self.root = ElementTree.parse(path).getroot().find("interface")
        self.types = {p.get("name"): p.get("type") for p in self.root.findall("property")}

    def properties(self) -> dict:
        found = {}
        for element in self.root.findall("property"):
            default = [a.get("value") for a in element.findall("annotation") if a.get("name") == f"{NAME}.Default"]
            kind = element.get("type")
            found[element.get("name")] = from_text(kind, default[0]) if default else nothing(kind)
        return found

    def methods(self, written: dict) -> list[tuple]:
        return [(m.get("name"), self.signature(m, "in"), self.signature(m, "out"),
                 written.get(m.get("name"), self.plain(m))) for m in self.root.findall("method")]

    @staticmethod
    def signature(method, direction: str) -> str:
        return "".join(a.get("type") for a in method.findall("arg") if a.get("direction", "in") == direction)

    def plain(self, method):
        kinds = list(dbus.Signature(self.signature(method, "out")))
        values = [nothing(str(kind)) for kind in kinds]
        return lambda _self, *_arguments: values[0] if len(values) == 1 else (tuple(values) if values else None)


# ---- jobs ----


def job_of(path: str):
    return get_object(str(path))


def change(job, **values) -> None:
    """Sets properties, and announces them."""
    new = {name: typed(job.kinds[name], value) for name, value in values.items()}
    job.props[JOB].update(new)
    job.EmitSignal(dbus.PROPERTIES_IFACE, "PropertiesChanged", "sa{sv}as", [JOB, dbus.Dictionary(new, signature="sv"), []])


def tell(job, signal: str) -> None:
    """The signals of an event of the whole job."""
    manager = get_object(MAIN_OBJ)
    manager.EmitSignal(MAIN_IFACE, f"Job{'Error' if signal == 'Failed' else signal}", "os",
                       [dbus.ObjectPath(job.path), job.props[JOB]["Id"]])
    job.EmitSignal(JOB, signal, "", [])


def call_back(job, method: str, signature: str = "", *arguments, answered=lambda *_: None) -> bool:
    """Calls the callback object, or the service, which the bus starts. Returns False if the client does not want the call."""
    words = job.props[JOB]["NotifyFlags"]
    event = {"JobTransferred": "transferred", "JobError": "error", "RemoteNameExpired": "remote-name-expired"}[method]
    name, path = job.props[JOB]["NotifyObject"]
    if not name:
        name, path = job.props[JOB]["NotifyService"]
    if not name or "disable" in words or event not in words:
        return False
    job.connection.call_async(str(name).removeprefix("session:"), path, f"{NAME}.Callback", method, "os" + signature,
                              (dbus.ObjectPath(job.path), job.props[JOB]["Id"], *arguments), answered, lambda *_: answered())
    return True


def end(job, state: str, result: str) -> None:
    change(job, State=state, WaitReason=("ended", 0))
    manager = get_object(MAIN_OBJ)
    manager.EmitSignal(MAIN_IFACE, "JobRemoved", "oss", [dbus.ObjectPath(job.path), job.props[JOB]["Id"], result])
    manager.ended.insert(0, job)


def check_alive(job) -> None:
    if job.props[JOB]["State"] in ENDED:
        raise error("InvalidState", f"job {job.props[JOB]['Id']} has ended")


def add_files(job, files) -> int:
    check_alive(job)
    first = len(job.files)
    job.files += [(str(remote), str(local)) for remote, local, *_options in files]
    change(job, FilesTotal=len(job.files), FilesUnsized=len(job.files), BytesTotal=UNKNOWN,
           Target=job.files[0][1] if len(job.files) == 1 else os.path.commonpath([local for _remote, local in job.files]))
    return dbus.UInt32(first)


def list_files(job, offset: int, _limit: int):
    done = job.props[JOB]["State"] in ("transferred", "acknowledged")
    return dbus.Array([
        (dbus.UInt32(index), dbus.Dictionary({
            "RemoteName": remote, "LocalName": local, "TemporaryName": f"{local}.part", "Transferred": dbus.Boolean(done),
            "State": "transferred" if done else "queued", "BytesTotal": dbus.UInt64(UNKNOWN),
            "BytesTransferred": dbus.UInt64(0)}, signature="sv"))
        for index, (remote, local) in enumerate(job.files)][int(offset):], signature="(ua{sv})")


def resume(job) -> None:
    check_alive(job)
    if not job.files:
        raise error("Empty", "the job has no file to transfer; add one first")
    if job.props[JOB]["State"] in ("suspended", "error", "transient-error"):
        change(job, State="queued", WaitReason=("turn", 0), Error=NO_ERROR)


def suspend(job) -> None:
    check_alive(job)
    if job.props[JOB]["State"] not in ("error", "transferred"):
        change(job, State="suspended", WaitReason=("suspended", 0))


def cancel(job) -> None:
    check_alive(job)
    end(job, "cancelled", "cancelled")


def complete(job):
    check_alive(job)
    total, kept = len(job.files), int(job.props[JOB]["FilesTransferred"])
    result = "complete" if kept == total else "partial"
    end(job, "acknowledged", result)
    return (result, dbus.UInt32(kept), dbus.UInt32(total - kept))


def set_notify_service(job, name: str, path: str) -> None:
    check_alive(job)
    change(job, NotifyService=(name, path if name else "/"))


def progress(job, done: int, total: int) -> None:
    change(job, State="transferring", WaitReason=("running", 0), BytesTransferred=done, BytesTotal=total,
           BytesKnown=0 if total == UNKNOWN else total, FilesUnsized=len(job.files) if total == UNKNOWN else 0)


def transfer(job) -> None:
    change(job, State="transferred", WaitReason=("needs-complete", 0), FilesTransferred=len(job.files), FilesUnsized=0)
    if job.props[JOB]["AutoComplete"]:
        tell(job, "Transferred")
        end(job, "acknowledged", "complete")
    else:
        tell(job, "Transferred")
    call_back(job, "JobTransferred")


def fail(job, name: str, message: str) -> None:
    failure = ("remote-file", name, 0, message, 0)
    change(job, State="error", WaitReason=("needs-resume", 0), Error=failure)
    tell(job, "Failed")
    call_back(job, "JobError", "(ssisu)", typed("(ssisu)", failure))


def expire(job, index: int) -> None:
    """Asks the client for another URL. The file waits for the answer, and fails if there is none."""
    remote, local = job.files[index]

    def answered(fresh: str = "") -> None:
        if not fresh:
            return fail(job, "http-status", "The server answered with HTTP status 403.")
        job.files[index] = (str(fresh), local)
        change(job, State="queued", WaitReason=("turn", 0), Error=NO_ERROR)

    change(job, State="transient-error", WaitReason=("client", 0))
    if not call_back(job, "RemoteNameExpired", "us", dbus.UInt32(index), remote, answered=answered):
        answered()


WRITTEN = {
    "AddFile": lambda job, remote, local: add_files(job, [(remote, local)]),
    "AddFiles": add_files, "ListFiles": list_files, "Suspend": suspend, "Resume": resume, "Cancel": cancel,
    "Complete": complete, "SetNotifyService": set_notify_service,
}


@dbus.service.method(JOB, in_signature="o", out_signature="", sender_keyword="sender")
def SetNotifyObject(job, path, sender=None):
    check_alive(job)
    change(job, NotifyObject=("", "/") if path == "/" else (sender, path))


# ---- the manager ----


def unfinished(manager) -> list:
    return [job for job in manager.jobs if job.props[JOB]["State"] not in ENDED]


@dbus.service.method(MAIN_IFACE, in_signature="ssa{sv}", out_signature="osb", sender_keyword="sender")
def CreateJob(self, display_name, kind, options, sender=None):
    if key := options.get("Key"):
        for job in unfinished(self):
            if job.props[JOB]["Key"] == key:
                return dbus.ObjectPath(job.path), job.props[JOB]["Id"], dbus.Boolean(False)
    own = {"Files", "Resume", "NotifyObject", "Credentials", "CustomHeaders", "Umask"}
    if unknown := [name for name in options if name not in own and name not in self.job_interface.types]:
        raise error("NotSupported", f"unknown option '{unknown[0]}'")
    identity = uuid.uuid4().hex
    path = f"{MAIN_OBJ}/job/{identity}"
    self.AddObject(path, JOB, self.job_interface.properties(), self.job_interface.methods(WRITTEN))
    job = job_of(path)
    job.kinds, job.files = self.job_interface.types, []
    job.AddMethods(CONTROL, [("Progress", "tt", "", progress), ("Transfer", "", "", transfer), ("Fail", "ss", "", fail),
                             ("Expire", "u", "", expire)])
    job.methods[JOB]["SetNotifyObject"] = ("o", "", "", SetNotifyObject)
    setattr(type(job), "SetNotifyObject", SetNotifyObject)
    self.jobs.append(job)
    given = {name: value for name, value in options.items() if name not in own}
    change(job, Id=identity, Type=kind, DisplayName=display_name, State="suspended", WaitReason=("suspended", 0),
           Owner=os.getuid(), BytesTotal=UNKNOWN, Error=NO_ERROR, Visibility="full", **given)
    if "NotifyObject" in options:
        change(job, NotifyObject=(sender, options["NotifyObject"]))
    self.EmitSignal(MAIN_IFACE, "JobAdded", "os", [dbus.ObjectPath(path), identity])
    if "Files" in options:
        add_files(job, options["Files"])
    if options.get("Resume"):
        resume(job)
    return dbus.ObjectPath(path), identity, dbus.Boolean(True)


def get_job(self, identity):
    for job in unfinished(self):
        if job.props[JOB]["Id"] == identity:
            return dbus.ObjectPath(job.path)
    raise error("NotFound", f"there is no job '{identity}'")


def list_jobs(self, criteria):
    names = criteria.get("Properties", LISTED)
    found = [job for job in (self.jobs if "States" in criteria else unfinished(self))
             if criteria.get("Key", job.props[JOB]["Key"]) == job.props[JOB]["Key"]
             and job.props[JOB]["State"] in criteria.get("States", [job.props[JOB]["State"]])]
    first = int(criteria.get("Offset", 0))
    last = first + int(criteria.get("Limit", 0)) if criteria.get("Limit") else None
    return dbus.Array([(dbus.ObjectPath(job.path), dbus.Dictionary({n: job.props[JOB][n] for n in names}, signature="sv"))
                       for job in found[first:last]], signature="(oa{sv})")


def list_ended_jobs(self, _criteria):
    results = {"acknowledged": "complete", "cancelled": "cancelled"}
    return dbus.Array([(job.props[JOB]["Id"], dbus.Dictionary(
        {"Result": results[str(job.props[JOB]["State"])], "DisplayName": job.props[JOB]["DisplayName"]}, signature="sv"))
        for job in self.ended], signature="(sa{sv})")


def hold(self, until: int = 0) -> None:
    self.UpdateProperties(MAIN_IFACE, {"Held": dbus.Boolean(True), "HeldUntil": dbus.UInt64(until)})


def release(self) -> None:
    self.UpdateProperties(MAIN_IFACE, {"Held": dbus.Boolean(False), "HeldUntil": dbus.UInt64(0)})


def load(mock, parameters):
    folder = str(parameters.get("interfaces", ""))
    manager, mock.job_interface = Interface(folder, MAIN_IFACE), Interface(folder, JOB)
    mock.jobs, mock.ended = [], []
    written = {"GetJob": get_job, "ListJobs": list_jobs, "ListEndedJobs": list_ended_jobs, "Hold": hold, "HoldAll": hold,
               "Release": release, "ReleaseAll": release}
    mock.AddMethods(MAIN_IFACE, [method for method in manager.methods(written) if method[0] != "CreateJob"])
    mock.AddProperties(MAIN_IFACE, dbus.Dictionary(
        manager.properties() | {"Version": "mock", "Network": "online", "Metered": "no"}, signature="sv"))
