# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-notify with a real notification server. HAULIER_TEST_PICTURES names a folder that keeps the pictures."""

import os
import pathlib

import pytest

from support.bus.dunst import Dunst, missing
from support.content import body
from support.daemon.agent import Agent
from support.servers.response_script import Script

SIZE = 400_000


@pytest.fixture
def dunst(stack):
    if reason := missing():
        pytest.skip(reason)
    return stack.stop_at_end(Dunst(stack))


def keep(dunst: Dunst, name: str) -> None:
    if folder := os.environ.get("HAULIER_TEST_PICTURES"):
        dunst.display.save(pathlib.Path(folder) / f"{name}.png")


def test_bars_and_ends_in_dunst(stack, dunst):
    stack.stop_at_end(Agent(stack))
    server = stack.fault_server()
    names = {"film": "film.iso", "evil": "<b>not bold</b> & \u202egpj.exe " + "漢字" * 60}
    jobs = {}
    for path, name in names.items():
        server.add(f"/{path}", body(SIZE)).next_scripts(Script(send=SIZE // 3, gate=True, then="finish"))
        jobs[path] = stack.manager.create(name, files=[(server.url(f"/{path}"), stack.downloads / path)], Resume=True,
                                          AutoComplete=True)
    stack.client.wait(lambda: dunst.shown() == 2 and dunst.display.stands_still(), "two bars, and them to be drawn")
    keep(dunst, "bars")
    for path, job in jobs.items():
        server.resources[f"/{path}"].gate.set()
        job.wait_state("acknowledged")
    server.add("/missing", b"content").next_scripts(Script(status=404))
    failed = stack.manager.create("thesis.pdf", files=[(server.url("/missing"), stack.downloads / "thesis.pdf")], Resume=True,
                                  AutoComplete=True)
    failed.wait_state("error", unless=())
    stack.client.wait(lambda: dunst.shown() == 3 and dunst.display.stands_still(), "three notices")
    keep(dunst, "ends")
    dunst.ctl("close-all")
    failed.resume()
    failed.wait_state("acknowledged", unless=())
    stack.client.wait(lambda: len(dunst.history()) >= 3, "the history")
    texts = {(entry["summary"], entry["body"]) for entry in dunst.history()}
    assert ("Download finished", "film.iso") in texts
    evil = next(text for summary, text in texts if "not bold" in text)
    assert evil.startswith("&lt;b&gt;not bold&lt;/b&gt; &amp; ?gpj.exe ") and evil.endswith("...")
    assert {entry["appname"] for entry in dunst.history()} == {"Transfers"}


def test_try_again_in_dunst(stack, dunst):
    stack.stop_at_end(Agent(stack))
    server = stack.fault_server()
    server.add("/f", b"content").next_scripts(Script(status=404))
    job = stack.manager.create("f", files=[(server.url("/f"), stack.downloads / "f")], Resume=True, AutoComplete=True)
    stack.client.wait(lambda: dunst.shown() == 1, "a notice")
    dunst.ctl("action", "0")
    job.wait_state("acknowledged", unless=())


def test_bars_go_with_the_agent(stack, dunst):
    agent = stack.stop_at_end(Agent(stack))
    server = stack.fault_server()
    server.add("/film", body(SIZE)).next_scripts(Script(send=SIZE // 2, gate=True))
    stack.manager.create("film", files=[(server.url("/film"), stack.downloads / "film")], Resume=True)
    stack.client.wait(lambda: dunst.shown() == 1, "a bar")
    agent.stop()
    stack.client.wait(lambda: dunst.shown() == 0, "no bar")
    agent.start()
    stack.client.wait(lambda: dunst.shown() == 1, "the bar of what is moving")
