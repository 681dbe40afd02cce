# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-notify in a real KDE Plasma. It is no part of tools/test; see tools/plasma. HAULIER_TEST_PICTURES names a folder that
keeps the pictures, which are there to be looked at."""

import os
import pathlib

import pytest

from support.bus.plasma import Plasma, missing
from support.content import body
from support.daemon.agent import Agent
from support.servers.response_script import Script

SIZE = 4_000_000
EVIL = "<b>not bold</b><img src='x'> & \u202egpj.exe " + "漢字" * 60


@pytest.fixture
def plasma(stack):
    if reason := missing():
        pytest.skip(reason)
    return stack.stop_at_end(Plasma(stack))


def keep(plasma: Plasma, name: str) -> None:
    if folder := os.environ.get("HAULIER_TEST_PICTURES"):
        plasma.display.save(pathlib.Path(folder) / f"plasma-{name}.png")


def test_views_from_start_to_end(stack, plasma):
    server = stack.fault_server()
    agent = stack.stop_at_end(Agent(stack))

    def begin(path: str, name: str, **script):
        server.add(f"/{path}", body(SIZE)).next_scripts(Script(**{"send": SIZE // 3, "gate": True, "then": "finish"} | script))
        return stack.manager.create(name, files=[(server.url(f"/{path}"), stack.downloads / path)], Resume=True, AutoComplete=True,
                                    NoProgressTimeout=0)
    before = plasma.display.picture()
    film, evil = begin("film.iso", "film.iso"), begin("evil", EVIL)
    stack.client.wait(lambda: plasma.display.picture() != before, "a view")
    for job in (film, evil):
        job.wait_bytes(SIZE // 3)
    plasma.settle()
    keep(plasma, "moving")
    film.suspend()
    plasma.settle()
    keep(plasma, "paused")
    film.resume()
    server.resources["/film.iso"].gate.set()
    film.wait_state("acknowledged")
    plasma.settle()
    keep(plasma, "finished")
    lost = begin("lost", "thesis.pdf", then="close")
    lost.wait_bytes(SIZE // 3)
    stack.client.pause(2)  # it is shown after a second
    server.resources["/lost"].next_scripts(Script(status=404))
    server.resources["/lost"].gate.set()
    lost.wait_state("error", unless=())
    plasma.settle()
    keep(plasma, "failed")
    agent.stop()
    plasma.settle()
    keep(plasma, "agent-gone")
    assert agent.log.read_text() == "" or "error" not in agent.log.read_text().lower()
    assert plasma.programs[-1].process.poll() is None, "plasmashell still runs"
