# SPDX-License-Identifier: LGPL-2.1-or-later
"""get --no-clobber and get -J."""

import json

from support.client.haulierctl import DATA
from support.servers.response_script import Script

NAMED = Script(headers={"Content-Disposition": "attachment; filename=song.ogg"})


def test_no_clobber_leaves_files_alone_and_gets_the_others(stack, ctl, remote):
    remote.add("/other.bin", DATA)
    kept = stack.downloads / "file.bin"
    kept.write_text("mine")
    done = ctl("get", "--no-clobber", "-d", stack.downloads, remote.url("/file.bin"), remote.url("/other.bin"))
    assert done.out.split() == [str(stack.downloads / "other.bin")]
    assert f"'{kept}' is there already" in done.err
    assert kept.read_text() == "mine" and (stack.downloads / "other.bin").read_bytes() == DATA
    again = ctl("get", "--no-clobber", "-d", stack.downloads, remote.url("/file.bin"), remote.url("/other.bin"))
    assert again.out == "" and stack.manager.list() == []
    assert remote.of("/file.bin") == []


def test_the_server_names_the_file_and_the_name_is_printed(stack, ctl, remote):
    remote.add("/download/", DATA, script=NAMED)
    for name in ("song.ogg", "song (1).ogg"):
        done = ctl("get", "-J", "-d", stack.downloads, remote.url("/download/"))
        assert done.out.strip() == str(stack.downloads / name)
        assert (stack.downloads / name).read_bytes() == DATA
    done = ctl("--json", "get", "-J", "-d", stack.downloads, remote.url("/download/"))
    assert json.loads(done.out)["File"] == str(stack.downloads / "song (2).ogg")


def test_a_file_cannot_have_two_names(stack, ctl, remote):
    done = ctl("get", "-J", remote.url("/file.bin"), stack.downloads / "name", code=2)
    assert "name a directory" in done.err
