# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/site-cache: many jobs through a real nginx with its configuration, and another nginx as the origin."""

import os
import shutil
import socket

import pytest

from support.client.checks import assert_file
from support.content import body
from support.environment import EXAMPLES
from support.processes import Child

MACHINES, JOBS = 5, 4  # of each machine
CONTENT = body(20_000_000)
WRAPPER = """{user}
daemon off;
worker_processes 2;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site-cache.conf;
}}
"""


class Cache:
    """nginx with the configuration of the example, changed at the lines marked with "site:"."""

    def __init__(self, stack, origin):
        self.folder = stack.directory / "cache"
        self.folder.mkdir()
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = listener.getsockname()[1]
        host = f"127.0.0.1:{origin.port}"
        changes = {"/var/cache/nginx-site": f"{self.folder}/content", "listen 3128": f"listen 127.0.0.1:{self.port}",
                   "deb.debian.org 1;": f"{host} 1;", "https://updates.example.org/": f"http://{host}/"}
        text = (EXAMPLES / "site-cache/nginx.conf").read_text()
        for old, new in changes.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (self.folder / "site-cache.conf").write_text(text)
        (self.folder / "nginx.conf").write_text(WRAPPER.format(folder=self.folder, user="user root;" if os.geteuid() == 0 else ""))
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        env = {"PATH": os.environ["PATH"], "NGINX": f"{listener.fileno()};"}
        self.child = Child([program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e",
                            str(self.folder / "error.log")], self.folder / "nginx.log", env, pass_fds=(listener.fileno(),))
        listener.close()

    def options(self) -> dict:
        return {"ProxyMode": "override", "ProxyList": f"127.0.0.1:{self.port}", "Resume": True, "AutoComplete": True}

    def stop(self) -> None:
        self.child.stop()


@pytest.fixture
def origin(stack):
    server = stack.nginx(rate="8m")
    server.add("update.raucb", CONTENT, modified=1_700_000_000)
    return server


@pytest.fixture
def cache(stack, origin):
    return stack.stop_at_end(Cache(stack, origin))


def bytes_from(origin) -> int:
    return sum(access.bytes for access in origin.finished_log())


def test_twenty_jobs_cost_the_origin_one_download(stack, new_stack, origin, cache):
    machines = [stack, *(new_stack() for _ in range(MACHINES - 1))]
    url, options = origin.url("update.raucb"), cache.options()
    jobs = [(machine, machine.manager.create(files=[(url, machine.downloads / f"{user}")], **options))
            for machine in machines for user in range(JOBS)]
    machines[0].client.wait(lambda: jobs[0][1].get("BytesTransferred") > len(CONTENT) // 4, "a quarter of the file")
    machines[0].kill_worker()
    for machine, job in jobs:
        job.wait_state("acknowledged", seconds=40)
    for machine in machines:
        for user in range(JOBS):
            assert_file(machine.downloads / f"{user}", CONTENT)
    share = bytes_from(origin) / len(CONTENT)
    print(f"the origin has sent {share:.4f} times the file")
    assert 1 <= share <= 1.05


def test_a_server_that_is_not_listed_is_refused(stack, cache):
    other = stack.nginx()
    other.add("secret.raucb", b"content")
    job = stack.manager.create(files=[(other.url("secret.raucb"), stack.downloads / "f")], **cache.options())
    job.wait_state("error", unless=())
    assert "403" in job.get("Error")[3] and not other.finished_log()


def test_the_cache_is_a_mirror_and_the_origin_another(stack, origin, cache):
    mirror = f"http://127.0.0.1:{cache.port}/updates/update.raucb"
    files = [(mirror, stack.downloads / "f", {"Mirrors": [origin.url("update.raucb")]})]
    stack.manager.create(files=files, Resume=True, AutoComplete=True).wait_state("acknowledged")
    cache.stop()
    stack.manager.create(files=[(files[0][0], stack.downloads / "g", files[0][2])], Resume=True, AutoComplete=True).wait_state(
        "acknowledged")
    assert_file(stack.downloads / "g", CONTENT)
    statuses = [access.status for access in origin.finished_log()]
    assert statuses == [206] * 5 + [200]  # slices of 4 MiB, and then the whole file
