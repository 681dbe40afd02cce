# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl as people use it on a machine: the command of the package, in their own shell."""

import json

from support.content import body

CONTENT = body(300_000)


def test_a_person_fetches_a_file(alice, server):
    server.add("/file", CONTENT)
    alice.run("haulierctl", "--system", "get", server.url("/file"), alice.home / "fetched")
    assert alice.outside(alice.home / "fetched").read_bytes() == CONTENT
    assert alice.outside(alice.home / "fetched").stat().st_uid == alice.uid


def test_without_a_session_bus_it_says_so_and_what_to_do(alice, server):
    """Nobody is logged in here. The system's service is only used by who asks for it."""
    done = alice.attempt("haulierctl", "list")
    assert done.returncode != 0
    assert "--system" in done.stderr


def test_people_see_their_own_and_root_all(people, alice, bob):
    job = alice.manager.create("alice's own")
    assert json.loads(bob.run("haulierctl", "--system", "--json", "list")) == []
    assert [entry["Id"] for entry in json.loads(alice.run("haulierctl", "--system", "--json", "list"))] == [job.id]
    root = people("root")
    assert [entry["Id"] for entry in json.loads(root.run("haulierctl", "--system", "--all-users", "--json", "list"))] == [job.id]
    refused = bob.attempt("haulierctl", "--system", "--all-users", "--no-ask-password", "list")
    assert refused.returncode != 0 and refused.stderr
    root.run("haulierctl", "--system", "--all-users", "cancel", job.id)
    assert alice.manager.list() == []
