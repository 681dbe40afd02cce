# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a desktop needs of the contract: Visibility, AppId, Target, subscriptions with facts, and the object manager."""

import os
import pathlib
import subprocess
import sys

import pytest
from gi.repository import GLib

from support.bus.system_bus import ANNA, BERT
from support.client.checks import refused
from support.client.dbus_client import MANAGER, NAME, ROOT, BusError, Manager
from support.content import body
from support.daemon.system_stack import SystemStack

CONTENT = body(50_000)
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
FACTS = ("JobAppeared", "JobEnded", "InterfacesAdded", "InterfacesRemoved")


def subscribe_with(bus, **options) -> None:
    bus.call(NAME, ROOT, MANAGER, "SubscribeWith", "(a{sv})", {n: GLib.Variant("b", v) for n, v in options.items()})


def managed(bus) -> dict:
    return bus.call(NAME, ROOT, OBJECT_MANAGER, "GetManagedObjects")[0]


def signals(bus, member: str) -> list[tuple]:
    return [signal.args for signal in bus.signals if signal.member == member]


def test_on_a_session_bus_jobs_are_shown_unless_their_client_says_otherwise(stack):
    job = stack.manager.create()
    assert job.get("Visibility") == "full"
    job.set("Visibility", "result")
    other = stack.manager.create(Visibility="hidden")
    with refused("InvalidArgument"):
        stack.manager.create(Visibility="secret")
    stack.kill_daemon()
    assert [job.get("Visibility"), other.get("Visibility")] == ["result", "hidden"]
    assert [listed["Visibility"] for _, listed in stack.manager.list()] == ["result", "hidden"]


def test_a_client_names_its_app(stack):
    job = stack.manager.create(AppId="org.example.App")
    assert (job.get("AppId"), job.get("AppIdSource")) == ("org.example.App", "client")
    stack.kill_daemon()
    assert [listed["AppId"] for _, listed in stack.manager.list()] == ["org.example.App"]
    assert (job.get("AppId"), job.get("AppIdSource")) == ("org.example.App", "client")
    nameless = stack.manager.create()
    assert (nameless.get("AppId"), nameless.get("AppIdSource")) == ("", "")
    with refused("InvalidArgument"):
        stack.manager.create(AppId="../evil")


SANDBOXED_CLIENT = """
import sys
from support.client.dbus_client import Bus, Manager
job = Manager(Bus(sys.argv[1])).create(AppId="org.example.Liar")
print(job.get("AppId"), job.get("AppIdSource"))
"""


def test_the_app_of_a_sandbox_is_known_without_its_word(stack, mounts, tmp_path):
    """The root of the client is a tmpfs, as in Flatpak's sandboxes."""
    root = tmp_path / "root"
    root.mkdir()
    mounts.tmpfs(root)
    for real in pathlib.Path("/").iterdir():
        shown = root / real.name
        if real.is_symlink():
            shown.symlink_to(os.readlink(real))
        elif real.is_dir():
            shown.mkdir()
            mounts.bind(real, shown)
    (root / ".flatpak-info").write_text("[Application]\nname=org.example.Sandboxed\n[Context]\nshared=network;\n")
    tests = pathlib.Path(__file__).parent.parent
    said = subprocess.run(["/usr/sbin/chroot", root, sys.executable, "-c", SANDBOXED_CLIENT, stack.bus.address],
                          env=stack.env | {"PYTHONPATH": str(tests)}, capture_output=True, text=True, check=False)
    assert said.stdout.strip() == "org.example.Sandboxed sandbox", said.stderr


def test_the_target_is_the_file_or_the_folder_of_all(stack):
    url = stack.nginx().add("file", CONTENT)
    job = stack.manager.create()
    assert job.get("Target") == ""
    job.add_file(url, stack.downloads / "a")
    assert job.get("Target") == str(stack.downloads / "a")
    (stack.downloads / "sub").mkdir()
    job.add_file(url, stack.downloads / "sub" / "b")
    assert job.get("Target") == str(stack.downloads)
    assert [listed["Target"] for _, listed in stack.manager.list()] == [str(stack.downloads)]


def test_a_subscriber_gets_the_facts_and_others_do_not(stack):
    url = stack.nginx().add("file", CONTENT)
    other = stack.connect()
    subscribe_with(stack.client)
    job = stack.manager.create("a name", files=[(url, stack.downloads / "a")], Resume=True, AutoComplete=True)
    stack.client.wait(lambda: signals(stack.client, "JobEnded"), "JobEnded")
    path, job_id, properties = signals(stack.client, "JobAppeared")[0]
    assert (path, job_id) == (job.path, job.id)
    assert (properties["DisplayName"], properties["Target"]) == ("a name", str(stack.downloads / "a"))
    path, job_id, result, facts = signals(stack.client, "JobEnded")[0]
    assert (path, job_id, result) == (job.path, job.id, "complete")
    assert (facts["DisplayName"], facts["BytesTransferred"], facts["FilesTransferred"]) == ("a name", len(CONTENT), 1)
    assert facts["EndTime"] >= facts["CreationTime"]
    other.wait(lambda: signals(other, "JobRemoved"), "the broadcast")
    assert signals(other, "JobAppeared") == signals(other, "JobEnded") == []


def test_a_subscriber_need_not_keep_the_daemon(new_stack):
    stack = new_stack({"Daemon": {"IdleTimeout": "200ms"}})
    stack.manager.property("Version")
    stack.client.call(NAME, ROOT, MANAGER, "Subscribe")
    stack.wait_stopped()
    subscribe_with(stack.client, KeepAlive=False)
    stack.wait_stopped()
    subscribe_with(stack.client)
    pid = stack.daemon_pid()
    stack.client.pause(1.5)  # nothing happens, although there is time
    assert stack.running() and stack.daemon_pid() == pid
    subscribe_with(stack.client, KeepAlive=False)
    stack.wait_stopped()
    with pytest.raises(BusError):
        subscribe_with(stack.client, Unknown=True)


def test_managed_objects_are_the_jobs_and_follow_them(stack):
    url = stack.nginx().add("file", CONTENT)
    first = stack.manager.create("first", files=[(url, stack.downloads / "a")])
    objects = managed(stack.client)
    assert list(objects) == [first.path]
    values = objects[first.path]["org.haulier.Haulier1.Job"]
    everything = first.all()
    assert set(values) == set(everything)
    assert values["DisplayName"] == "first"
    second = stack.manager.create("second")
    stack.client.wait(lambda: signals(stack.client, "InterfacesAdded"), "InterfacesAdded")
    path, interfaces = signals(stack.client, "InterfacesAdded")[0]
    assert path == second.path and interfaces["org.haulier.Haulier1.Job"]["DisplayName"] == "second"
    second.cancel()
    stack.client.wait(lambda: signals(stack.client, "InterfacesRemoved"), "InterfacesRemoved")
    assert signals(stack.client, "InterfacesRemoved") == [(second.path, ["org.haulier.Haulier1.Job"])]
    assert list(managed(stack.client)) == [first.path]


def test_too_many_managed_objects_are_refused(stack):
    for number in range(700):
        stack.manager.create(f"job {number}", Description="x" * 500)
    with pytest.raises(BusError, match="LimitsExceeded"):
        managed(stack.client)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")
def test_on_the_system_bus_facts_go_to_those_who_may_see_the_job(new_stack):
    stack = new_stack(kind=SystemStack)
    anna, bert = stack.user(ANNA), stack.user(BERT)
    for user in (anna, bert):
        subscribe_with(user)
        assert managed(user) == {}
    job = Manager(anna).create("of anna")
    assert job.get("Visibility") == "hidden"
    assert list(managed(anna)) == [job.path]
    assert managed(bert) == {}
    anna.wait(lambda: signals(anna, "JobAppeared") and signals(anna, "InterfacesAdded"), "facts")
    job.cancel()
    anna.wait(lambda: signals(anna, "JobEnded") and signals(anna, "InterfacesRemoved"), "the end")
    Manager(bert).property("Version")
    assert not any(signals(bert, member) for member in FACTS)
    with pytest.raises(BusError, match="AccessDenied|InteractiveAuthorizationRequired"):
        subscribe_with(bert, AllUsers=True)
