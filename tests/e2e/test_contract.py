# SPDX-License-Identifier: LGPL-2.1-or-later
"""The running daemon is what dbus/*.xml says, member by member; and busctl is client enough."""

import os
import re
import shlex
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from support.client.checks import assert_file
from support.client.dbus_client import CALLBACK, JOB, MANAGER, NAME, PROPERTIES, ROOT, Job
from support.content import body
from support.environment import SOURCE, patience
from support.servers.response_script import Script

# Read by generators at build time; the introspection of the running daemon may omit them.
FOR_GENERATORS = ("org.freedesktop.DBus.Method.Async", "org.haulier.Haulier1.", "org.qtproject.QtDBus.")
EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"


def annotations(element) -> dict[str, str]:
    found = {a.get("name"): a.get("value") for a in element.findall("annotation")}
    found = {name: value for name, value in found.items() if not name.startswith(FOR_GENERATORS)}
    if element.tag == "property":
        found.setdefault(EMITS, "true")
    return found


def arguments(element) -> list[tuple]:
    direction = "out" if element.tag == "signal" else "in"
    return [(a.get("name"), a.get("type"), a.get("direction", direction)) for a in element.findall("arg")]


def members(interface) -> dict[tuple[str, str], tuple]:
    return {(m.tag, m.get("name")): (arguments(m), m.get("type"), m.get("access"), annotations(m))
            for m in interface if m.tag in ("method", "signal", "property")}


def contract(interface: str) -> dict:
    return members(ElementTree.parse(SOURCE / "dbus" / f"{interface}.xml").find(f"interface[@name='{interface}']"))


def introspected(stack, path: str) -> ElementTree.Element:
    return ElementTree.fromstring(
        stack.client.call(NAME, path, "org.freedesktop.DBus.Introspectable", "Introspect")[0])


@pytest.mark.parametrize("interface", [MANAGER, JOB])
def test_the_daemon_is_what_the_contract_says(stack, interface):
    path = ROOT if interface == MANAGER else stack.manager.create().path
    node = introspected(stack, path)
    running = members(node.find(f"interface[@name='{interface}']"))
    promised = contract(interface)
    assert running.keys() == promised.keys()
    for member, description in promised.items():
        assert running[member] == description, member
    ours = {i.get("name") for i in node.findall("interface") if i.get("name").startswith(NAME)}
    assert ours == {interface}


def test_every_property_has_the_type_that_the_contract_says(stack):
    job = stack.manager.create()
    values = job.all()
    assert set(values) == {name for kind, name in contract(JOB) if kind == "property"}
    manager = stack.client.call(NAME, ROOT, PROPERTIES, "GetAll", "(s)", MANAGER)[0]
    assert set(manager) == {name for kind, name in contract(MANAGER) if kind == "property"}


def test_what_the_daemon_calls_is_in_the_contract():
    names = [name for kind, name in contract(CALLBACK) if kind == "method"]
    assert names == ["JobTransferred", "JobError", "JobModification", "FileTransferred", "FileRangesTransferred",
                     "RemoteNameExpired"]


def busctl(stack, *words) -> str:
    done = subprocess.run(["busctl", "--user", *map(str, words)], env=stack.env, capture_output=True, text=True,
                          timeout=patience(30), check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_busctl_alone_fetches_a_file(stack):
    server = stack.fault_server()
    content = body(1_000_000)
    resource = server.add("/f", content)
    resource.next_scripts(Script(send=500_000, then="stall"))
    target = stack.downloads / "file"

    answer = busctl(stack, "call", NAME, ROOT, MANAGER, "CreateJob", "ssa{sv}", "by hand", "download", 0)
    signature, path, job_id, created = [word.strip('"') for word in answer.split()]
    assert (signature, created) == ("osb", "true") and path == f"{ROOT}/job/{job_id}"
    assert busctl(stack, "call", NAME, path, JOB, "AddFile", "ss", server.url("/f"), target) == "u 0"
    assert busctl(stack, "get-property", NAME, path, JOB, "State") == 's "suspended"'
    busctl(stack, "set-property", NAME, path, JOB, "Description", "s", "a walk-through")
    busctl(stack, "call", NAME, path, JOB, "Resume")
    Job(stack.client, path).wait_bytes(500_000)
    assert busctl(stack, "get-property", NAME, path, JOB, "State") == 's "transferring"'
    assert "by hand" in busctl(stack, "call", NAME, ROOT, MANAGER, "ListJobs", "a{sv}", 0)
    busctl(stack, "call", NAME, path, JOB, "Suspend")
    busctl(stack, "call", NAME, path, JOB, "Resume")
    stack.client.wait_signal("JobTransferred")
    assert busctl(stack, "get-property", NAME, path, JOB, "BytesTransferred") == f"t {len(content)}"
    assert busctl(stack, "call", NAME, path, JOB, "Complete") == 'suu "complete" 1 0'
    assert_file(target, content)


def test_busctl_makes_a_whole_job_in_one_call(stack):
    server = stack.fault_server()
    server.add("/f", b"content")
    target = stack.downloads / "file"
    words = f"call {NAME} {ROOT} {MANAGER} CreateJob ssa{{sv}} 'in one call' download 2 " \
            f"Files 'a(ssa{{sv}})' 1 {server.url('/f')} {shlex.quote(str(target))} 0 Resume b true"
    path = busctl(stack, *shlex.split(words)).split()[1].strip('"')
    stack.client.wait_signal("JobTransferred")
    busctl(stack, "call", NAME, path, JOB, "Complete")
    assert_file(target, b"content")
    assert os.listdir(stack.downloads) == ["file"]


def test_busctl_tree_and_introspect_show_the_jobs(stack):
    job = stack.manager.create()
    assert job.path in busctl(stack, "tree", "--list", NAME)
    shown = busctl(stack, "introspect", NAME, job.path)
    assert ".WaitReason" in shown and ".Complete" in shown


def test_the_features_are_those_of_the_documentation(stack):
    page = (SOURCE / "docs" / "features.md").read_text()
    listed = stack.client.call(NAME, ROOT, PROPERTIES, "Get", "(ss)", MANAGER, "Features")[0]
    assert listed == re.findall(r"^\| `([a-z0-9-]+)` \|", page, flags=re.MULTILINE)
