# SPDX-License-Identifier: LGPL-2.1-or-later
"""Faults that new users of haulierctl met, and that have no better place among the tests."""

import os
import signal
import subprocess

import pytest

from support.client import dbus_client
from support.client.checks import assert_file, leftovers
from support.client.haulierctl import DATA, MISUSED, NO_BUS, REFUSED, wait_told
from support.environment import patience
from support.processes import Child
from support.servers.response_script import Script


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP])
def test_the_file_of_a_get_that_is_killed_gets_its_name(stack, ctl, remote, how):
    slow = remote.add("/slow", DATA, script=Script(send=100_000, gate=True, then="finish"))
    process = ctl.begin("get", remote.url("/slow"), "f", text=False)
    wait_told(process)
    process.send_signal(how)
    process.communicate(timeout=patience(20))
    slow.gate.set()
    stack.client.wait((stack.downloads / "f").exists, "the file")
    assert_file(stack.downloads / "f", DATA)
    stack.client.wait(lambda: stack.manager.list() == [], "the end of the job")
    assert leftovers(stack.downloads) == ["f"]


def test_files_that_have_arrived_have_their_names_when_get_fails(stack, ctl, remote):
    for round_ in range(5):
        remote.add(f"/{round_}", DATA)
        ctl("get", "-q", remote.url(f"/{round_}"), remote.url("/missing"), code=4)
        assert (stack.downloads / str(round_)).exists()
        ctl("cancel", "--all")


def test_a_file_is_for_one_url_only(stack, ctl, remote):
    assert "would both become" in ctl("add", remote.url("/file.bin"), "same", remote.url("/b"), "same", code=MISUSED).err
    assert stack.manager.list() == []


def test_the_line_says_until_when_a_job_waits(stack, ctl, remote):
    process = ctl.begin("get", remote.url("/file.bin"), "--set", "NotBefore=2037-01-31T18:00", text=False)
    wait_told(process, "waiting for its start date: 2037-01-31 18:00:00")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=patience(20))


def test_messages_about_a_new_job_have_no_gap(stack, ctl, remote):
    told = ctl("add", remote.url("/file.bin"), "f", "--on-demand", "--start", code=REFUSED).err
    assert "nothing is requested of the job yet" in told and "job ;" not in told


@pytest.mark.parametrize("words", [
    ("get", "{url}", "--priority", "urgent"), ("get", "{url}", "--sha256", "0000"), ("get", "ftp://127.0.0.1/x"),
    ("get", "{url}", "--header", "bad"), ("get", "{url}", "--range", "0-99"), ("get", "example.org/x"),
    ("set", "k", "Foo=1"), ("set", "k", "BandwidthLimit=1"), ("add", "{url}", "/dev/null"),
], ids=" ".join)
def test_bad_values_are_misuse(stack, ctl, remote, words):
    stack.manager.create("job", Key="k")
    ctl(*(word.format(url=remote.url("/file.bin")) for word in words), code=MISUSED)


def test_without_a_checksum_that_fits_the_file_has_no_name(stack, ctl, remote):
    ctl("get", "--sha256", "0" * 64, remote.url("/file.bin"), code=4)
    assert not (stack.downloads / "file.bin").exists()
    ctl("cancel", "--all")
    assert leftovers(stack.downloads) == []


@pytest.fixture
def proxied(stack):
    """The address of a proxy such as Flatpak puts between a sandbox and the bus."""
    socket, (listening, announce) = f"{stack.directory}/proxy", os.pipe()
    try:
        proxy = Child(["xdg-dbus-proxy", f"--fd={announce}", stack.env["DBUS_SESSION_BUS_ADDRESS"], socket, "--filter",
                       f"--talk={dbus_client.NAME}"], stack.directory / "proxy.log", stack.env, pass_fds=(announce,))
    except FileNotFoundError:
        pytest.skip("xdg-dbus-proxy is not installed")
    finally:
        os.close(announce)
    assert os.read(listening, 1), "xdg-dbus-proxy does not start"
    yield f"unix:path={socket}"
    os.close(listening)
    proxy.stop()


def test_from_a_sandbox_a_client_with_gdbus_gets_through(proxied):
    script = ("from gi.repository import Gio\n"
              "manager = Gio.DBusProxy.new_for_bus_sync(Gio.BusType.SESSION, 0, None, 'org.haulier.Haulier1',"
              " '/org/haulier/Haulier1', 'org.haulier.Haulier1.Manager', None)\n"
              "print(manager.get_cached_property('Version').unpack())")
    env = os.environ | {"DBUS_SESSION_BUS_ADDRESS": proxied}
    assert subprocess.check_output(["/usr/bin/python3", "-c", script], env=env, text=True, timeout=patience(20)).strip()


def test_from_a_sandbox_haulierctl_gets_through_or_says_why_not(stack, ctl, proxied):
    env = stack.env | {"DBUS_SESSION_BUS_ADDRESS": proxied}
    process = ctl.begin("list", "-v", env=env)
    _, told = process.communicate(timeout=patience(20))
    assert process.returncode == 0 or (process.returncode == NO_BUS and "xdg-dbus-proxy" in told), told
