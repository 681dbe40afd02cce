# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl history and metrics against the daemon."""

import os
import re

from support.client.haulierctl import MISUSED, Ctl
from support.content import body

SERIES = re.compile(r'haulier_\w+\{(\w+="[^"]*"(,\w+="[^"]*")*)\} [-+.e0-9]+')


def test_metrics_are_what_prometheus_reads(stack):
    server = stack.fault_server()
    server.add("/f", body(1_000))
    job = stack.manager.create("private name", files=[(server.url("/f"), stack.downloads / "f")], Resume=True)
    job.wait_state("transferred")
    failed = stack.manager.create("private name", files=[(server.url("/missing"), stack.downloads / "m")], Resume=True)
    failed.wait_state("error", unless=())
    text = Ctl(stack)("metrics").out
    lines = text.splitlines()
    assert text.endswith("\n") and all(line.startswith("# ") or SERIES.fullmatch(line) for line in lines)
    owner = os.getuid()
    assert f'haulier_jobs{{owner="{owner}",state="transferred",reason="needs-complete"}} 1' in lines
    assert f'haulier_job_errors{{owner="{owner}",error="http-status"}} 1' in lines
    assert f'haulier_received_bytes_total{{owner="{owner}"}} 1000' in lines
    assert f'haulier_jobs_failed_total{{owner="{owner}"}} 1' in lines
    assert "private" not in text and "127.0.0.1" not in text and "://" not in text


def test_the_file_of_metrics_is_replaced_at_once(stack):
    ctl = Ctl(stack)
    target = stack.downloads / "haulier.prom"
    target.write_text("old")
    reader = target.open()
    assert ctl("metrics", "--output", target).out == ""
    assert reader.read() == "old", "it is another file"
    stack.manager.create()
    ctl("metrics", "--output", target)
    assert "haulier_jobs{" in target.read_text() and os.listdir(stack.downloads) == ["haulier.prom"]
    os.mkfifo(stack.downloads / "pipe")
    assert "not a regular file" in ctl("metrics", "--output", stack.downloads / "pipe", code=MISUSED).err
    assert (stack.downloads / "pipe").is_fifo()


def test_history_is_listed_and_forgotten(stack):
    ctl = Ctl(stack)
    assert ctl("history").out == ""
    job = stack.manager.create("a film", files=[("http://127.0.0.1:9/f", stack.downloads / "f")])
    job.cancel()
    heading, line = ctl("history").out.splitlines()
    assert heading.split() == ["ID", "ENDED", "RESULT", "DONE", "NAME", "TARGET"]
    assert line.startswith(job.id[:8]) and "cancelled" in line and line.endswith(f"a film  {stack.downloads}/f")
    assert ctl("history", "--result", "complete").out == ""
    assert ctl("history", "--since", "1h").out.splitlines()[1] == line
    assert "forgotten: 1" in ctl("history", "--forget").out
    assert ctl("history").out == ""
