# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tab behind haulierctl: bash offers the jobs that there are."""

import os
import pathlib

from support.client.completion import offered
from support.environment import program


def test_tab_offers_the_jobs(stack, ctl, remote):
    tools = pathlib.Path(program("HAULIERCTL")).parent
    env = stack.env | {"PATH": f"{tools}:{os.environ['PATH']}"}
    assert offered("haulierctl show ", env=env) == []
    ids = sorted(ctl("add", remote.url("/file.bin"), stack.downloads / name).out.strip()[:8] for name in ("a", "b"))
    for line in ("haulierctl show ", "haulierctl --json cancel one ", "haulierctl set ", "haulierctl credentials set --user joe "):
        assert offered(line, env=env) == ids
    assert offered(f"haulierctl resume {ids[0]}", env=env) == [ids[0]]
    assert offered("haulierctl limit --job ", env=env) == ids
    assert offered("haulierctl --system show ", env=env | {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}) == []


def test_tab_offers_the_words_of_options():
    assert offered("haulierctl permit --power ") == ["ac-only", "always", "no-saver"]
    assert "unmetered" in offered("haulierctl permit --network-cost ")
    assert offered("haulierctl limit --job a 5") == ["500K", "5M"], "a is no rate"


def test_tab_offers_files(stack):
    (stack.downloads / "film.iso").touch()
    for line in ("haulierctl get https://example.org/film.iso fi", "haulierctl upload --key film fi", "haulierctl set job ReplyFileName=fi"):
        assert offered(line, env=stack.env, cwd=stack.downloads) == ["film.iso"]
    assert offered("haulierctl get fi", env=stack.env, cwd=stack.downloads) == [], "a URL comes first"
