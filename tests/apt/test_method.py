# SPDX-License-Identifier: LGPL-2.1-or-later
"""apt downloads through Haulier's method, while Haulier is fetching the same packages, has fetched them, or is not there."""

import functools
import hashlib
import os
import resource
import shutil
import signal
import subprocess

import pytest

pytest.importorskip("apt_pkg")

from support.apt_mirror import run  # noqa: E402
from support.content import body  # noqa: E402
from support.environment import SOURCE, patience, program  # noqa: E402
from support.servers.response_script import Script  # noqa: E402
from test_prefetch import SIZE, Machine, serve, upgrades  # noqa: E402

HALF = SIZE // 2
IN_BUFFERS = 128 * 1024  # of a connection that is closed, at most: the server has sent them


class MethodMachine(Machine):
    """Its apt uses the method, and gives up root's rights as usual."""

    def __init__(self, new_stack, apt, mirror):
        super().__init__(new_stack, apt, mirror)
        self.configure("")

    def configure(self, more: str) -> None:
        method = program("HAULIER_APT_METHOD")
        self.apt.configure(f'APT::Sandbox::User "_apt"; Dir::Bin::Methods {{ http "{method}"; https "{method}"; }};\n{more}')

    @property
    def environment(self) -> dict[str, str]:
        return self.stack.env | self.apt.environment

    def get(self, *arguments: str, status: int = 0) -> str:
        done = subprocess.run(["apt-get", "-q", "-y", *arguments], capture_output=True, text=True, env=self.environment,
                              timeout=patience(60), check=False)
        assert done.returncode == status, done.stdout + done.stderr
        assert "died unexpectedly" not in done.stderr
        return done.stdout + done.stderr

    def update(self, url: str = "") -> None:
        if url:
            self.apt.sources.write_text(self.mirror.source(url, self.mirror.key))
        self.get("update")

    def download(self, status: int = 0) -> str:
        return self.get("--download-only", "dist-upgrade", status=status)


class RunningMethod:
    """A method that is called as apt calls it."""

    def __init__(self, machine: MethodMachine, **options):
        self.partial = machine.apt.archives / "partial"
        shutil.chown(self.partial, "_apt")
        self.process = subprocess.Popen(["/usr/lib/apt/methods/http"], executable=program("HAULIER_APT_METHOD"), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=machine.environment, **options)
        self.write("601 Configuration", "Config-Item: APT::Sandbox::User=_apt",
                   f"Config-Item: APT::Haulier::Directory={machine.apt.staging}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def write(self, *lines: str) -> None:
        self.process.stdin.write("\n".join(lines) + "\n\n")
        self.process.stdin.flush()

    def ask(self, package, url: str) -> None:
        self.write("600 URI Acquire", f"URI: {url.rstrip('/')}{remote(package)}", f"Filename: {self.partial / package.stored_as}",
                   f"Expected-SHA256: {hashlib.sha256(package.content).hexdigest()}",
                   f"Expected-Checksum-FileSize: {len(package.content)}")

    def wait_done(self) -> None:
        lines = iter(self.process.stdout.readline, "")
        assert next(line for line in lines if line.startswith(("201", "400", "401"))) == "201 URI Done\n"

    def end(self) -> None:
        """As apt does. apt's own method has the status 100 then."""
        self.process.stdin.close()
        assert self.process.wait(patience(20)) == 100


@pytest.fixture
def machine(new_stack, apt, mirror) -> MethodMachine:
    return MethodMachine(new_stack, apt, mirror)


@pytest.fixture
def server(machine):
    return machine.stack.fault_server()


def remote(package) -> str:
    return f"/pool/{package.path.name}"


def expected(packages) -> dict[str, bytes]:
    return {package.stored_as: package.content for package in packages}


def hold_at_half(server, *packages) -> None:
    """The next request for each of these packages stops halfway, and ends when it is cancelled."""
    for package in packages:
        server.resources[remote(package)].next_scripts(Script(send=HALF, gate=True, then="finish"))


def running_in_group(group: int) -> str:
    return subprocess.run(["pgrep", "--pgroup", str(group), "--runstates", "DRST"], capture_output=True, text=True, check=False).stdout


def prefetch_half(machine, server, *packages) -> None:
    hold_at_half(server, *packages)
    machine.prefetch()
    for package in packages:
        server.wait_sent(remote(package), HALF)
    machine.job().wait_bytes(HALF * len(packages))


def test_without_prefetched_packages_apt_works_as_usual(machine, server):
    packages = upgrades(machine)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    output = machine.download()
    assert "Get:1 http" in output and machine.delivered() == expected(packages)
    assert all(len(server.of(remote(package))) == 1 for package in packages)
    assert {request.headers["user-agent"].split("/")[0] for request in server.requests} == {"Debian APT-HTTP"}


def test_lists_that_have_not_changed_are_not_downloaded_again(machine):
    upgrades(machine, 1)
    server = machine.stack.nginx()
    shutil.copytree(machine.mirror.folder, server.files, dirs_exist_ok=True)
    machine.update(server.url("").rstrip("/"))
    assert "Hit:1 http" in machine.get("update")
    assert [access.status for access in server.finished_log() if access.uri.endswith("InRelease")] == [200, 304]


def test_what_has_arrived_and_is_not_delivered_is_not_requested_again(machine, server):
    packages = upgrades(machine)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    machine.service = machine.stack.bus.add_service("org.haulier.Apt1", ["/bin/false"])
    machine.prefetch()
    machine.job().wait_state("transferred")
    assert "Fetched" not in machine.download(), "bytes"
    assert machine.delivered() == expected(packages)
    assert all(len(server.of(remote(package))) == 1 for package in packages)


def test_of_what_is_being_fetched_only_the_rest_is_requested(machine, server):
    """A job fetches some of its packages at a time, and has not begun the others."""
    packages = upgrades(machine, 12)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    hold_at_half(server, *packages)
    machine.prefetch()
    server.wait(lambda: len([request for request in server.requests if request.sent >= HALF]) >= 2, "two packages to be begun")
    for package in packages:
        if server.of(remote(package)):
            server.wait_sent(remote(package), HALF)
        else:
            server.resources[remote(package)].next.clear()  # not for apt
    machine.job().wait_bytes(sum(HALF for package in packages if server.of(remote(package))))
    machine.download()
    assert machine.delivered() == expected(packages)
    requests = [server.of(remote(package)) for package in packages]
    assert len([pair for pair in requests if len(pair) == 2]) >= 2 and [one for one in requests if len(one) == 1]
    for *begun, last in requests:
        assert last.headers["user-agent"].startswith("Debian APT") and (last.range_start > 0) == bool(begun)
    assert machine.jobs() == [], "nothing is left to fetch"


@pytest.mark.parametrize("percent", [1, 40, 80])
def test_bytes_on_the_wire_from_a_slow_mirror(machine, percent):
    """apt is called when so much has arrived. Each connection gets 512 KiB a second."""
    packages = upgrades(machine, 8)
    server = machine.stack.nginx(rate="512k")
    shutil.copytree(machine.mirror.folder, server.files, dirs_exist_ok=True)
    machine.update(server.url("").rstrip("/"))
    machine.prefetch()
    total = sum(package.path.stat().st_size for package in packages)
    machine.owner.wait(lambda: machine.job().all()["BytesTransferred"] >= total * percent // 100, "some bytes", 60)
    machine.download()
    assert machine.delivered() == expected(packages)
    requests = [access for access in server.finished_log() if access.uri.endswith(".deb")]
    sent = sum(access.bytes for access in requests)
    in_buffers = (len(requests) - len(packages)) * IN_BUFFERS
    print(f"{sent} bytes sent for {total} bytes of packages: {sent / total:.3f}")
    assert sent <= 1.05 * total + in_buffers


def test_packages_that_apt_does_not_want_go_on_afterwards(machine, server):
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    prefetch_half(machine, server, *packages)
    hold_again = Script(send=1000, gate=True, then="finish")
    server.resources[remote(packages[1])].next_scripts(hold_again)
    job = machine.job()
    machine.get("--download-only", "install", "pkg0")
    assert machine.delivered() == expected(packages[:1])
    assert server.wait_sent(remote(packages[1]), 1000, times=2).range_start > 0
    assert machine.job().id == job.id
    assert [file["State"] == "removed" for file in machine.job().files()] == [True, False]
    server.resources[remote(packages[1])].gate.set()
    machine.wait_delivered(*packages)


def test_a_job_that_is_suspended_by_an_administrator_stays_so(machine, server):
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    prefetch_half(machine, server, *packages)
    machine.job().suspend()
    machine.get("--download-only", "install", "pkg0")
    assert server.of(remote(packages[0]))[1].range_start > 0
    assert machine.job().state == "suspended"


def test_the_last_of_several_methods_lets_a_job_go_on(machine, server):
    """apt starts one for each host. The first one suspends the job of both, and ends while the other one still downloads."""
    packages = upgrades(machine, 3)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    prefetch_half(machine, server, *packages[:2])
    server.resources[remote(packages[1])].next_scripts(Script(send=1000, gate=True, then="finish"))
    with RunningMethod(machine) as first, RunningMethod(machine) as second:
        first.ask(packages[0], server.url(""))
        first.wait_done()
        second.ask(packages[1], server.url("").replace("127.0.0.1", "localhost"))
        server.wait_sent(remote(packages[1]), 1000, times=2)
        first.end()
        assert machine.job().state == "suspended"
        server.resources[remote(packages[1])].gate.set()
        second.wait_done()
        second.end()
    machine.owner.wait(lambda: not machine.jobs(), "the job to end", 30)
    assert machine.delivered() == expected(packages[2:])
    assert [len(server.of(remote(package))) for package in packages[:2]] == [2, 2]
    assert list(machine.apt.staging.iterdir()) == []


def test_a_missing_package_has_apts_own_message_and_stays_in_its_job(machine, server):
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    prefetch_half(machine, server, *packages)
    server.resources[remote(packages[0])].script = Script(status=404)
    assert "404  Not Found" in machine.download(status=100)
    third = server.wait(lambda: server.of(remote(packages[0]))[2:], "the job to ask again")
    assert third[0].headers["user-agent"].startswith("haulier")
    assert len(server.of(remote(packages[1]))) == 2


def test_a_package_with_a_wrong_beginning_is_not_accepted(machine, server):
    """Another version arrived before, with the same date."""
    package, = upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    good = server.resources[remote(package)].version
    server.resources[remote(package)].change(body(len(good[0]), seed=77), *good[1:])
    prefetch_half(machine, server, package)
    server.resources[remote(package)].change(*good)
    machine.download(status=100)
    assert machine.delivered() == {}
    machine.download()
    assert machine.delivered() == expected([package])


def test_a_wrong_package_is_not_accepted(machine, server):
    package, = upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    (machine.apt.staging / package.stored_as).write_bytes(body(package.path.stat().st_size, seed=77))
    shutil.chown(machine.apt.staging / package.stored_as, "_apt")
    assert "Hash Sum mismatch" in machine.download(status=100)
    assert machine.delivered() == {}
    machine.download()
    assert machine.delivered() == expected([package])


def test_redirects_passwords_and_proxies_are_left_to_apts_own_method(machine):
    packages = upgrades(machine, 2)
    server = machine.stack.nginx(server=f"location = {remote(packages[0])} {{ return 302 /elsewhere; }}")
    shutil.copytree(machine.mirror.folder, server.files, dirs_exist_ok=True)
    (server.files / remote(packages[0]).lstrip("/")).rename(server.files / "elsewhere")
    url = server.url("").rstrip("/")
    proxy = machine.stack.proxy()
    machine.configure(f'Acquire::http::Proxy "http://{proxy.address}/";')
    auth = machine.apt.folder / "etc/apt/auth.conf.d/test.conf"
    auth.write_text(f"machine {url} login me password secret\n")
    auth.chmod(0o600)
    machine.update(url)
    machine.download()
    assert machine.delivered() == expected(packages)
    assert {request.headers["authorization"] for request in proxy.requests} == {"Basic bWU6c2VjcmV0"}
    assert [request.target for request in proxy.requests if request.target.endswith("/elsewhere")]


def test_interrupted_by_a_person(machine, server):
    """The job goes on, and apt continues with what it has itself when it is called again."""
    package, = upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    hold_at_half(server, package)
    server.resources[remote(package)].next_scripts(Script(send=HALF // 2, gate=True, then="finish"))
    machine.prefetch()
    server.wait_sent(remote(package), HALF)
    apt = subprocess.Popen(["apt-get", "-y", "--download-only", "dist-upgrade"], env=machine.environment,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    server.wait_sent(remote(package), HALF // 2, times=2)
    assert machine.job().state == "suspended"
    os.killpg(apt.pid, signal.SIGINT)
    apt.wait(patience(20))
    machine.owner.wait(lambda: not running_in_group(apt.pid), "the method to end")
    machine.wait_delivered(package)
    assert all(request.range_start > 0 for request in server.of(remote(package))[1:])


def test_killed(machine, server):
    """The job waits until the next update."""
    package, = upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    hold_at_half(server, package, package)
    machine.prefetch()
    server.wait_sent(remote(package), HALF)
    apt = subprocess.Popen(["apt-get", "-y", "--download-only", "dist-upgrade"], env=machine.environment,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    server.wait(lambda: len(server.of(remote(package))) == 2, "apt's request")
    os.killpg(apt.pid, signal.SIGKILL)
    apt.wait()
    assert machine.job().state == "suspended"
    server.resources[remote(package)].gate.set()
    (machine.apt.staging / ".suspended-by-apt").unlink()  # the next method would do this at its end
    machine.prefetch()
    machine.wait_delivered(package)


def dies_at(size: int) -> None:
    """The kernel kills this process when it is about to make a file larger."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_killed_while_it_copies(machine, server):
    """apt keeps what it had itself."""
    package, = upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    prefetch_half(machine, server, package)
    part = machine.apt.archives / "partial" / package.stored_as
    part.write_bytes(package.content[:HALF // 4])
    with RunningMethod(machine, preexec_fn=functools.partial(dies_at, HALF // 2)) as method:
        method.ask(package, server.url(""))
        assert method.process.wait(patience(20)) == -signal.SIGXFSZ
    assert part.read_bytes() == package.content[:HALF // 4]
    assert [path.stat().st_size for path in part.parent.iterdir() if path != part] == [HALF // 2], "the copy"
    machine.download()
    assert server.of(remote(package))[1].range_start >= HALF // 2, "the beginning was copied again"
    assert machine.delivered() == expected([package]) and list(part.parent.iterdir()) == []


def test_the_daemon_is_killed_while_apt_downloads(machine, server):
    package, = upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    hold_at_half(server, package)
    server.resources[remote(package)].next_scripts(Script(send=HALF // 2, gate=True, then="finish"))
    machine.prefetch()
    server.wait_sent(remote(package), HALF)
    apt = subprocess.Popen(["apt-get", "-y", "--download-only", "dist-upgrade"], env=machine.environment,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    server.wait_sent(remote(package), HALF // 2, times=2)
    machine.stack.kill_daemon()
    server.resources[remote(package)].gate.set()
    output, _ = apt.communicate(timeout=patience(60))
    assert apt.returncode == 0, output
    assert machine.delivered() == expected([package])
    machine.stack.start()
    machine.prefetch()
    machine.owner.wait(lambda: not machine.jobs(), "the job to be cancelled")


def test_the_daemon_is_not_running(machine, server):
    """The method does not start it."""
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    machine.stack.stop_daemon()
    machine.download()
    assert machine.delivered() == expected(packages) and not machine.stack.running()


@pytest.mark.parametrize("more", ['APT::Haulier::Enable "false";', 'APT::Haulier::Method "false";', 'APT::Sandbox::User "root";'])
def test_switched_off(machine, server, more):
    package, = upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    prefetch_half(machine, server, package)
    machine.configure(more)
    machine.download()
    assert machine.delivered() == expected([package])
    assert server.of(remote(package))[1].range_start == 0 and machine.job().state == "transferring"
    server.resources[remote(package)].gate.set()


@pytest.mark.parametrize("address", [None, "unix:path=/nonexistent"])
def test_there_is_no_bus(apt, mirror, new_stack, address):
    """As in a chroot and in an installer; with an address that leads nowhere, the method finds out only later."""
    machine = MethodMachine(new_stack, apt, mirror)
    packages = upgrades(machine, 2)
    server = machine.stack.fault_server()
    serve(server, machine.mirror)
    machine.stack.env.pop("DBUS_SYSTEM_BUS_ADDRESS")
    if address:
        machine.stack.env["DBUS_SYSTEM_BUS_ADDRESS"] = address
    machine.update(server.url(""))
    machine.download()
    assert machine.delivered() == expected(packages)


def needed_libraries(path) -> set[str]:
    return {line.split("[")[1].rstrip("]") for line in run("readelf", "-d", path).splitlines() if "(NEEDED)" in line}


def test_the_method_needs_only_libraries_without_which_apt_does_not_run_either():
    for library in needed_libraries(program("HAULIER_APT_METHOD")):
        assert library in run("ldd", shutil.which("apt-get")), library


def test_the_switch_is_a_link_that_apt_ignores_when_it_leads_nowhere(apt):
    """It is part of the package, and is no file of configuration, which would stay when the package is removed."""
    parts = apt.folder / "etc/apt/apt.conf.d"
    (parts / "21haulier-method").symlink_to(apt.folder / "method.conf")
    apt.get("check")
    (apt.folder / "method.conf").write_text((SOURCE / "apt/method.conf.in").read_text().replace("@method@", "/usr/libexec/x"))
    shown = run("apt-config", "dump", env=os.environ | apt.environment)
    for scheme in ("http", "https"):
        assert f'Dir::Bin::methods::{scheme} "/usr/libexec/x";' in shown
    installed = (SOURCE / "packaging/debian/haulier-apt.install").read_text().split()
    assert "etc/apt/apt.conf.d/21haulier-method" in installed and "usr/share/haulier-apt" in installed
    assert "usr/libexec/haulier/haulier-apt-method" in installed
