# SPDX-License-Identifier: LGPL-2.1-or-later
"""The network comes and goes, costs money, or the battery runs down: rows of docs/bits-checks.md."""

import os

import pytest
from gi.repository import GLib

from support.bus.machine_services import network_manager, power_profiles, upower
from support.client.dbus_client import BUS
from support.content import body
from support.network_namespace import ADDRESS, Network
from support.servers.response_script import Script

CONTENT = body(1 << 20)


@pytest.fixture
def network():
    if os.geteuid() != 0:
        pytest.skip("a network namespace needs root")
    own = Network()
    yield own
    own.leave()


@pytest.fixture
def away(network, new_stack):
    """A stack in a network of its own, and a server that is not on loopback."""
    stack = new_stack()
    return stack, stack.fault_server(host=ADDRESS)


def job_of(stack, server, name, script=Script(send=100_000, then="stall"), **options):
    server.add(f"/{name}", CONTENT, script=script)
    return stack.manager.create(name, files=[(server.url(f"/{name}"), stack.downloads / name)], **options)


def test_D_16_without_network_what_moves_or_queues_waits_and_the_rest_stays(network, away):
    stack, server = away
    suspended = job_of(stack, server, "suspended")
    failed = job_of(stack, server, "failed", Script(status=404), Resume=True)
    failed.wait_state("error", unless=())
    done = job_of(stack, server, "done", Script(), Resume=True)
    done.wait_state("transferred")
    moving = job_of(stack, server, "moving", Resume=True)
    queued = job_of(stack, server, "queued", Priority="low", Resume=True)
    moving.wait_state("transferring")
    assert queued.state == "queued" and stack.manager.property("Network") == "online"
    network.disconnect()
    for job in (moving, queued):
        job.wait_state("transient-error")
        assert job.get("Error")[1] == "network-lost" and job.get("WaitReason") == ("network", 0)
        assert job.get("ErrorCount") == 0
    assert [j.state for j in (suspended, failed, done)] == ["suspended", "error", "transferred"]
    assert stack.manager.property("Network") == "offline"


def test_D_17_when_the_network_is_back_all_that_wait_are_queued_at_once(network, away):
    stack, server = away
    moving = job_of(stack, server, "moving", Resume=True)
    moving.wait_bytes(100_000)
    refused = job_of(stack, server, "refused", Script(status=503, headers={"Retry-After": "3600"}), Resume=True)
    refused.wait_state("transient-error")
    network.disconnect()
    moving.wait_state("transient-error")
    for name in ("refused", "moving"):
        server.resources[f"/{name}"].script = Script()
    network.reconnect()
    for job in (refused, moving):
        job.wait_state("transferred")
    assert moving.get("ErrorCount") == 0


def test_D_37_losses_of_the_network_are_not_errors(network, away):
    stack, server = away
    job = job_of(stack, server, "file", Resume=True)
    for _ in range(3):
        job.wait_state("transferring")
        network.disconnect()
        job.wait_state("transient-error")
        network.reconnect()
    job.wait_state("transferring")
    assert job.get("ErrorCount") == 0


def test_jobs_that_stay_on_the_machine_need_no_network(network, new_stack):
    stack = new_stack()
    network.disconnect()
    job = job_of(stack, stack.fault_server(), "local", Script(), Resume=True)
    job.wait_state("transferred")
    assert stack.manager.property("Network") == "offline"


def test_a_network_that_is_not_there_at_start_is_waited_for(network, away):
    stack, server = away
    network.disconnect()
    job = job_of(stack, server, "file", Script(), Resume=True)
    job.wait_state("transient-error")
    stack.kill_daemon()
    assert job.wait_state("transient-error") and job.get("WaitReason")[0] == "network"
    network.reconnect()
    job.wait_state("transferred")


def test_networkmanager_is_believed_when_it_says_disconnected(stack):
    manager = network_manager(stack.client, state=20)
    job = job_of(stack, stack.fault_server(), "file", Resume=True)
    stack.client.wait(lambda: stack.manager.property("Network") == "offline", "offline")
    manager.set(State=GLib.Variant("u", 70))
    stack.client.wait(lambda: stack.manager.property("Network") == "online", "online")
    job.wait_state("transferring")


def test_what_others_say_in_networkmanagers_name_is_not_heard(stack):
    """A match rule keeps out broadcasts only: whatever is sent to the daemon alone reaches it."""
    manager = network_manager(stack.client, metered=2)
    stack.start()
    stack.client.wait(lambda: stack.manager.property("Metered") == "no", "NetworkManager to be heard")
    forger = stack.connect()
    lies = [("org.freedesktop.DBus.Properties", "PropertiesChanged", manager.path,
             GLib.Variant("(sa{sv}as)", (manager.interface, {"Metered": GLib.Variant("u", 1)}, []))),
            ("org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
             GLib.Variant("(sss)", (manager.interface, ":1.0", "")))]
    for name in stack.client.call(*BUS, "ListNames")[0]:
        for interface, member, path, body_of in lies if name.startswith(":") else []:
            forger.connection.emit_signal(name, path, interface, member, body_of)
    forger.connection.flush_sync(None)
    manager.set(State=GLib.Variant("u", 20))  # comes after the lies
    stack.client.wait(lambda: stack.manager.property("Network") == "offline", "offline")
    assert stack.manager.property("Metered") == "no"


def test_D_27_a_network_that_costs_too_much_stops_a_job_until_it_does_not(away):
    stack, server = away
    manager = network_manager(stack.client, metered=2)
    job = job_of(stack, server, "file", Resume=True)
    careless = job_of(stack, server, "careless", NetworkCost="always", Resume=True)
    job.wait_state("transferring")
    assert job.get("NetworkCost") == "standard"
    stack.client.wait(lambda: stack.manager.property("Metered") == "no", "NetworkManager to be heard")
    manager.set(Metered=GLib.Variant("u", 1))
    job.wait_state("transient-error")
    assert job.get("Error")[1] == "blocked-by-cost" and job.get("WaitReason") == ("cost", 0)
    assert stack.manager.property("Metered") == "yes"
    job.set("NetworkCost", "always")
    job.wait_state("transferring")
    job.set("NetworkCost", "unmetered")
    job.wait_state("transient-error")
    server.resources["/file"].script = Script()
    manager.set(Metered=GLib.Variant("u", 2))
    job.wait_state("transferred")
    assert (careless.state, job.get("ErrorCount")) == ("transferring", 0)


def test_a_job_may_wait_for_the_mains(stack):
    supply = upower(stack.client, on_battery=True)
    profiles = power_profiles(stack.client, "power-saver")
    server = stack.fault_server()
    careful = job_of(stack, server, "careful", PowerPolicy="ac-only", Resume=True)
    thrifty = job_of(stack, server, "thrifty", PowerPolicy="no-saver", Resume=True)
    for job in (careful, thrifty):
        job.wait_state("transient-error")
        assert job.get("Error")[1] == "blocked-by-power" and job.get("WaitReason") == ("power", 0)
    profiles.set(ActiveProfile=GLib.Variant("s", "balanced"))
    thrifty.wait_state("transferring")
    assert careful.state == "transient-error"
    supply.set(OnBattery=GLib.Variant("b", False))
    careful.wait_state("transferring")
