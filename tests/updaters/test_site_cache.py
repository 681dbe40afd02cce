# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/site-cache: many jobs through a real nginx and a real squid with its configurations, and another nginx as the
origin."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

import pytest

from support.client.checks import assert_file
from support.content import body
from support.environment import EXAMPLES, patience
from support.processes import Child
from support.servers import nginx

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
# For a process of its own beside others, without a network.
SQUID_HERE = """
pid_filename {folder}/squid.pid
cache_log {folder}/cache.log
access_log none
netdb_filename none
coredump_dir {folder}
pinger_enable off
visible_hostname cache.example.net
shutdown_lifetime 0 seconds
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def example(name: str, changes: dict[str, str]) -> str:
    """A configuration, changed at the lines marked with "site:"."""
    text = (EXAMPLES / "site-cache" / name).read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class NginxCache:

    def __init__(self, stack, origin):
        self.folder = stack.directory / "cache"
        self.folder.mkdir()
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = listener.getsockname()[1]
        host = f"127.0.0.1:{origin.port}"
        changes = {"/var/cache/nginx-site": f"{self.folder}/content", "listen 3128": f"listen 127.0.0.1:{self.port}",
                   "deb.debian.org 1;": f"{host} 1;", "https://updates.example.org/": f"http://{host}/"}
        (self.folder / "site-cache.conf").write_text(example("nginx.conf", changes))
        (self.folder / "nginx.conf").write_text(WRAPPER.format(folder=self.folder, user="user root;" if os.geteuid() == 0 else ""))
        self.child = nginx.start(self.folder, listener)

    def stop(self) -> None:
        self.child.stop()


class SquidCache:
    """It does not run as root, so it has a directory of its own, and it binds its port itself."""

    def __init__(self, stack, origin):
        self.program = shutil.which("squid", path=os.environ["PATH"] + ":/usr/sbin")
        if not self.program:
            pytest.skip("squid is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="haulier-squid-"))
        self.user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "proxy", "proxy")
            self.user = ["setpriv", "--reuid=proxy", "--regid=proxy", "--clear-groups"]
        for attempt in range(5):
            self.port = free_port()
            self.configure(origin)
            self.run("-z")
            self.child = self.begin(attempt)
            stack.client.wait(lambda: accepts(self.port) or self.child.process.poll() is not None, "squid")
            if self.child.process.poll() is None:
                return
        raise AssertionError((self.folder / "cache.log").read_text())

    def configure(self, origin) -> None:
        text = example("squid.conf", {"http_port 3128": f"http_port 127.0.0.1:{self.port}",
                                      "/var/spool/squid 200000": f"{self.folder}/content 200",
                                      "dstdomain deb.debian.org": "dst 127.0.0.1/32\n#", "port 80": f"port {origin.port}"})
        (self.folder / "squid.conf").write_text(text + SQUID_HERE.format(folder=self.folder))

    def begin(self, number: int) -> Child:
        return Child(self.command(), self.folder / f"squid-{number}.log", dict(os.environ))

    def command(self, *options: str) -> list[str]:
        """The name is that of its shared memory."""
        return [*self.user, self.program, "-N", "-n", f"haulier{self.port}", "-f", str(self.folder / "squid.conf"), *options]

    def run(self, option: str) -> None:
        subprocess.run(self.command(option), check=True, capture_output=True, timeout=patience(60))

    def stop(self) -> None:
        self.child.stop(seconds=20)
        shutil.rmtree(self.folder)


@pytest.fixture
def origin(stack):
    server = stack.nginx(rate="8m")
    server.add("update.raucb", CONTENT, modified=1_700_000_000)
    return server


@pytest.fixture
def cache(stack, origin):
    return stack.stop_at_end(NginxCache(stack, origin))


def options_for(cache) -> dict:
    return {"ProxyMode": "override", "ProxyList": f"127.0.0.1:{cache.port}", "Resume": True, "AutoComplete": True}


def bytes_from(origin) -> int:
    return sum(access.bytes for access in origin.finished_log())


@pytest.mark.parametrize("kind", [NginxCache, SquidCache])
def test_twenty_jobs_cost_the_origin_one_download(stack, new_stack, origin, kind):
    cache = stack.stop_at_end(kind(stack, origin))
    machines = [stack, *(new_stack() for _ in range(MACHINES - 1))]
    url, options = origin.url("update.raucb"), options_for(cache)
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


@pytest.mark.parametrize("kind", [NginxCache, SquidCache])
def test_a_server_that_is_not_listed_is_refused(stack, origin, kind):
    cache = stack.stop_at_end(kind(stack, origin))
    other = stack.nginx()
    other.add("secret.raucb", b"content")
    job = stack.manager.create(files=[(other.url("secret.raucb"), stack.downloads / "f")], **options_for(cache))
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
