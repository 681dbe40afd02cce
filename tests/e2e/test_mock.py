# SPDX-License-Identifier: LGPL-2.1-or-later
"""The template for python-dbusmock has every member of the contract, and jobs that a test moves by hand."""

import xml.etree.ElementTree as ElementTree

import pytest
from gi.repository import GLib

from support.client.dbus_client import JOB, MANAGER, NAME, ROOT, BusError, Manager
from support.environment import PYTHON, SOURCE

CONTROL = f"{NAME}.Mock"
FILE = ("https://example.org/f", "/tmp/f")


@pytest.fixture
def mock(stack):
    """The bus starts the mock in the place of the daemon."""
    pytest.importorskip("dbusmock", reason="python3-dbusmock is not installed")
    stack.bus.add_service(NAME, ["/usr/bin/env", f"HAULIER_INTERFACES={SOURCE / 'dbus'}", PYTHON, "-m", "dbusmock",
                                 "--session", "--template", str(SOURCE / "testkit" / "haulier_mock.py")])
    return Manager(stack.client)


def control(job, method: str, signature: str = "()", *arguments) -> None:
    job.bus.call(NAME, job.path, CONTROL, method, signature, *arguments)


def members(xml: str, interface: str) -> set[tuple]:
    """Names and types of methods and properties."""
    (found,) = [i for i in ElementTree.fromstring(xml).findall("interface") if i.get("name") == interface]
    result = {("property", p.get("name"), p.get("type")) for p in found.findall("property")}
    for method in found.findall("method"):
        for direction in ("in", "out"):
            types = [a.get("type") for a in method.findall("arg") if a.get("direction", "in") == direction]
            result.add((direction, method.get("name"), "".join(types)))
    return result


@pytest.mark.parametrize("interface", [MANAGER, JOB])
def test_every_method_and_property_of_the_contract_is_there_with_its_types(stack, mock, interface):
    job = mock.create(files=[FILE])
    path = job.path if interface == JOB else ROOT
    (xml,) = stack.client.call(NAME, path, "org.freedesktop.DBus.Introspectable", "Introspect")
    wanted = members((SOURCE / "dbus" / f"{interface}.xml").read_text(), interface)
    assert not wanted - members(xml, interface)


def test_a_job_goes_through_its_life_as_the_test_says(stack, mock):
    callback = stack.callback()
    job = mock.create(files=[FILE], Key="k", NotifyObject=callback.path, Resume=True)
    assert mock.create(files=[FILE], Key="k").path == job.path
    assert [path for path, _values in mock.list(Key="k")] == [job.path]
    assert job.state == "queued" and job.get("MinimumRetryDelay") == 60
    control(job, "Progress", "(tt)", 5, 10)
    assert (job.state, job.get("BytesTransferred"), job.get("BytesTotal")) == ("transferring", 5, 10)
    control(job, "Transfer")
    assert callback.wait("JobTransferred").args == (job.path, job.id)
    assert stack.client.wait_signal("JobTransferred").args == (job.path, job.id)
    assert job.complete() == ("complete", 1, 0)
    assert stack.client.wait_signal("JobRemoved").args == (job.path, job.id, "complete")
    assert mock.list() == []


def test_a_failure_reaches_the_callback_object_and_the_job_can_be_resumed(stack, mock):
    callback = stack.callback()
    job = mock.create(files=[FILE], Resume=True)
    job.notify_object(callback.path)
    control(job, "Fail", "(ss)", "http-status", "The server answered with HTTP status 404.")
    assert callback.wait("JobError").args[2][1] == "http-status"
    assert job.get("Error")[1] == "http-status"
    job.resume()
    assert job.state == "queued" and job.get("Error")[1] == ""
    job.cancel()
    with pytest.raises(BusError, match="InvalidState"):
        job.resume()


def test_a_client_is_asked_for_another_link(stack, mock):
    callback = stack.callback(answer=lambda call: "https://example.org/fresh")
    job = mock.create(files=[FILE], Resume=True, NotifyObject=callback.path,
                      NotifyFlags=["transferred", "error", "remote-name-expired"])
    control(job, "Expire", "(u)", 0)
    assert callback.wait("RemoteNameExpired").args == (job.path, job.id, 0, FILE[0])
    stack.client.wait(lambda: job.state == "queued", "the answer")
    assert job.files()[0]["RemoteName"] == "https://example.org/fresh"
    callback.answer = lambda call: ""
    control(job, "Expire", "(u)", 0)
    stack.client.wait(lambda: job.state == "error", "the failure")


def test_refusals_have_the_names_of_the_contract(mock):
    with pytest.raises(BusError, match="NotSupported"):
        mock.create(Nonsense=GLib.Variant("b", True))
    with pytest.raises(BusError, match="Empty"):
        mock.create(Resume=True)
