# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients that never answer their callbacks stop nobody else: dbus-daemon allows a connection 128 unanswered calls."""

from support.bus.callback import Callback, Mute
from support.client.dbus_client import MANAGER, NAME, PROPERTIES, ROOT

MANY = 200


def never(_call) -> None:
    raise Mute


def test_two_hundred_mute_callbacks_stop_nobody(machine, people, server):
    """All of bob's jobs are his own, and so is the connection that never answers."""
    server.add("/file", b"content")
    bob, alice = people("bob", listens=False), people("alice")
    mute = Callback(bob.bus, "/mute", never)
    bob.run("mkdir", "-p", bob.home / "many")
    for number in range(MANY):
        bob.manager.create(f"mute {number}", files=[(server.url("/file"), bob.home / "many" / str(number))], NotifyObject="/mute",
                           Resume=True)
    bob.bus.wait(lambda: mute.calls, "bob to be called")
    heard = Callback(alice.bus, "/client")
    job = alice.manager.create("hers", files=[(server.url("/file"), alice.home / "file")], NotifyObject="/client", Resume=True)
    call = heard.wait("JobTransferred")
    assert call.args == (job.path, job.id)
    assert alice.bus.uid_of(call.sender) == machine.uid("_haulier")
    assert alice.bus.call(NAME, ROOT, PROPERTIES, "Get", "(ss)", MANAGER, "Jobs") == (1,)
    # polkit is asked by the same daemon while bob stays mute
    assert people("root").manager.list(AllUsers=True)
    job.complete()
    print(f"{len(mute.calls)} calls to the mute client")


def test_a_hundred_and_fifty_mute_connections_stop_nobody(machine, people, server):
    """The limit is one of the caller, so many mute clients could reach it together."""
    server.add("/file", b"content")
    bobs = [people("bob", listens=False) for _ in range(15)]
    mutes = []
    for bob in bobs:
        for path in (f"/mute{n}" for n in range(10)):
            mutes.append(Callback(bob.bus, path, never))
            bob.manager.create("mute", files=[(server.url("/file"), bob.home / f"m{len(mutes)}")], NotifyObject=path, Resume=True)
    bobs[0].bus.wait(lambda: any(mute.calls for mute in mutes), "a mute client to be called")
    alice = people("alice")
    heard = Callback(alice.bus, "/client")
    job = alice.manager.create("hers", files=[(server.url("/file"), alice.home / "file2")], NotifyObject="/client", Resume=True)
    assert heard.wait("JobTransferred").args == (job.path, job.id)
    job.complete()
    bobs[0].manager.list()
