# SPDX-License-Identifier: LGPL-2.1-or-later
"""From apt's lists to apt's cache: the prefetcher, the daemon with a worker of the user of apt's methods, and the deliverer that
the bus starts, with an apt in folders of its own."""

import fcntl
import os
import pathlib
import pwd
import shutil
import subprocess

import pytest

pytest.importorskip("apt_pkg")

from support.apt_mirror import Package, run  # noqa: E402
from support.bus.system_bus import ANNA  # noqa: E402
from support.client.dbus_client import BUS, Job, Manager  # noqa: E402
from support.content import body  # noqa: E402
from support.daemon.unit_stack import UnitStack  # noqa: E402
from support.environment import PYTHON, SOURCE, patience  # noqa: E402
from support.servers.certificates import Authority  # noqa: E402
from support.servers.response_script import Script  # noqa: E402

SIZE = 600_000
OPTIONS = "-EsB"


class Machine:
    """The programs on a private bus with an apt that knows a repository."""

    def __init__(self, new_stack, apt, mirror):
        self.apt = apt
        self.mirror = mirror
        self.stack = new_stack(env=apt.environment, kind=UnitStack)
        self.stack.systemd()
        self.service = self.stack.bus.add_service("org.haulier.Apt1", [PYTHON, OPTIONS, str(SOURCE / "apt/deliver.py")])
        self.owner = self.stack.user(pwd.getpwnam("_apt").pw_uid)
        self.manager = Manager(self.owner)

    def update(self, url: str = "") -> None:
        """Acts as an administrator who changes the sources and updates the lists; the hook is not run."""
        if url:
            self.apt.sources.write_text(self.mirror.source(url, self.mirror.key))
        self.apt.get("update")

    def prefetch(self, *arguments: str, status: int = 0) -> str:
        done = subprocess.run([PYTHON, OPTIONS, SOURCE / "apt/prefetch.py", *arguments], capture_output=True, text=True,
                              env=self.stack.env | self.apt.environment, timeout=patience(60), check=False)
        assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
        return done.stdout + done.stderr

    def jobs(self) -> list[Job]:
        return [Job(self.owner, path) for path, values in self.manager.list() if values["Key"].startswith("haulier-apt:")]

    def job(self) -> Job:
        (job,) = self.jobs()
        return job

    def delivered(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.apt.archives.glob("*.deb")}

    def wait_delivered(self, *packages: Package) -> None:
        """Waits until there is no job any more. The temporary files of failed files are deleted a little later."""
        self.owner.wait(lambda: not self.jobs(), "the end of the jobs", 30)
        assert self.delivered() == {package.stored_as: package.content for package in packages}, self.service.read_text()
        self.owner.wait(lambda: not list(self.apt.staging.iterdir()), "an empty staging folder")

    def to_download(self) -> list[str]:
        return [line.split()[0].strip("'") for line in self.apt.get("--print-uris", "-y", "dist-upgrade").splitlines()
                if line.startswith("'")]


@pytest.fixture
def machine(new_stack, apt, mirror) -> Machine:
    return Machine(new_stack, apt, mirror)


@pytest.fixture
def server(machine):
    return machine.stack.fault_server()


def serve(server, mirror, but: tuple[Package, ...] = (), **scripts: Script) -> None:
    """Serves the repository as it is now, except what is not to change, and with scripts for packages by their names."""
    for path in mirror.folder.rglob("*"):
        if path.is_file() and path not in [package.path for package in but]:
            name, script = "/" + str(path.relative_to(mirror.folder)), scripts.get(path.name.split("_")[0])
            server.resources.pop(name, None)
            server.add(name, path.read_bytes(), **({"script": script} if script else {}))


def upgrades(machine, count: int = 3, version: str = "1:2.0") -> list[Package]:
    """Packages whose older version is installed."""
    made = [machine.mirror.build(f"pkg{n}", version, body(SIZE, seed=n)) for n in range(count)]
    machine.apt.installed({package.name: "1:1.0" for package in made})
    machine.mirror.publish()
    return made


def test_what_an_upgrade_needs_is_delivered_and_apt_downloads_nothing(machine, server):
    packages = upgrades(machine)
    new = machine.mirror.build("new-dependency", "1.0", body(SIZE, seed=9))
    machine.mirror.build("pkg0", "1:2.0", body(SIZE, seed=0), depends="new-dependency")
    packages[0] = machine.mirror.packages[-1]
    machine.mirror.build("not-installed", "1.0")
    machine.mirror.publish()
    serve(server, machine.mirror)
    machine.update(server.url(""))
    assert len(machine.to_download()) == 4
    assert "4 packages to fetch, 0 of them left to apt" in machine.prefetch()
    machine.wait_delivered(*packages, new)
    assert machine.to_download() == []
    server.stop()
    machine.apt.get("-y", "--download-only", "dist-upgrade")


def test_the_job_belongs_to_the_user_of_apts_methods_and_obeys_the_configuration(machine, server):
    upgrades(machine, 1)
    serve(server, machine.mirror, pkg0=Script(send=1000, gate=True, then="close"))
    machine.update(server.url(""))
    machine.apt.configure('APT::Haulier::NetworkCost "unmetered"; APT::Haulier::PowerPolicy "ac-only"; Acquire::http::Dl-Limit "500";')
    machine.prefetch()
    values = machine.job().all()
    assert values["Owner"] == pwd.getpwnam("_apt").pw_uid
    assert (values["Priority"], values["NetworkCost"], values["PowerPolicy"]) == ("low", "unmetered", "ac-only")
    assert (values["BandwidthLimit"], values["OnFileError"], values["PublishFiles"]) == (512000, "continue", "each")
    assert values["NotifyService"] == ("org.haulier.Apt1", "/org/haulier/Apt1")
    (file,) = machine.job().files()
    assert file["Checksum"].startswith("sha256:") and file["BytesTotal"] == machine.mirror.packages[0].path.stat().st_size
    server.resources["/pool/pkg0_2.0_all.deb"].gate.set()


def test_only_new_versions_of_installed_packages_if_so_configured(machine, server):
    upgrades(machine, 2)
    machine.mirror.build("new-dependency", "1.0")
    machine.mirror.build("pkg0", "1:2.0", depends="new-dependency")
    machine.mirror.publish()
    serve(server, machine.mirror)
    machine.update(server.url(""))
    machine.apt.configure('APT::Haulier::Upgrade "upgrade";')
    machine.prefetch()
    machine.owner.wait(lambda: not machine.jobs(), "the end of the jobs")
    assert list(machine.delivered()) == ["pkg1_1%3a2.0_all.deb"]


def test_a_missing_package_and_a_wrong_one_do_not_stop_the_others(machine, server):
    """This happens with lists that are a day old, and with a mirror that is being synced."""
    packages = upgrades(machine, 4)
    serve(server, machine.mirror, pkg0=Script(status=404), pkg1=Script(status=410))
    server.resources["/pool/pkg2_2.0_all.deb"].change(body(packages[2].path.stat().st_size, seed=77), '"one"', None)
    machine.update(server.url(""))
    machine.prefetch()
    machine.wait_delivered(packages[3])
    assert len(machine.to_download()) == 3, "apt fetches the rest itself"


def test_a_source_that_fails_is_replaced_by_the_other(machine, server):
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    other = machine.stack.fault_server()
    serve(other, machine.mirror, pkg0=Script(status=404), pkg1=Script(status=404))
    machine.apt.sources.write_text(machine.mirror.source(other.url(""), machine.mirror.key) +
                                   machine.mirror.source(server.url(""), machine.mirror.key))
    machine.update()
    machine.prefetch()
    machine.wait_delivered(*packages)


def test_a_list_of_mirrors(machine, server):
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    listed = machine.apt.folder / "mirrors.txt"
    listed.write_text(f"http://127.0.0.1:1/\tpriority:1 type:deb\n{server.url('/')}\tpriority:2\n")
    machine.update(f"mirror+file:{listed}")
    machine.prefetch()
    machine.wait_delivered(*packages)


def test_passwords_and_proxies(machine):
    """The password is for the server behind the proxy; only root can read it."""
    packages = upgrades(machine, 2)
    server = machine.stack.nginx()
    shutil.copytree(machine.mirror.folder, server.files, dirs_exist_ok=True)
    machine.update(server.url("").rstrip("/"))
    proxy = machine.stack.proxy()
    machine.apt.configure(f'Acquire::http::Proxy "http://{proxy.address}/";')
    auth = machine.apt.folder / "etc/apt/auth.conf.d/test.conf"
    auth.write_text(f"machine {server.url('')} login me password secret\n")
    auth.chmod(0o600)
    machine.prefetch()
    machine.wait_delivered(*packages)
    assert len(proxy.requests) == 2
    assert {request.headers["authorization"] for request in proxy.requests} == {"Basic bWU6c2VjcmV0"}


def test_a_certificate_with_a_separate_key(machine, place):
    packages = upgrades(machine, 2)
    (place / "tls").mkdir()
    authority = Authority(place / "tls")
    certificate, key = authority.issue("client")
    os.chown(key, pwd.getpwnam("_apt").pw_uid, 0)
    server = machine.stack.nginx(authority=authority,
                                 server=f"ssl_client_certificate {authority.certificate}; ssl_verify_client on;")
    shutil.copytree(machine.mirror.folder, server.files, dirs_exist_ok=True)
    machine.apt.configure(f'Acquire::https {{ CAInfo "{authority.certificate}"; SslCert "{certificate}"; SslKey "{key}"; }};')
    machine.update(server.url("").rstrip("/"))
    assert "2 packages to fetch, 0 of them left to apt" in machine.prefetch()
    machine.wait_delivered(*packages)


def test_a_newer_update_replaces_what_is_no_longer_needed_and_keeps_the_rest(machine, server):
    kept, replaced = upgrades(machine, 2)
    halves = {name: Script(send=SIZE // 2, gate=True, then="finish") for name in ("pkg0", "pkg1")}
    serve(server, machine.mirror)
    for package in (kept, replaced):
        path = f"/pool/{package.path.name}"
        server.resources[path].next_scripts(halves[package.name])
    machine.update(server.url(""))
    machine.prefetch()
    job = machine.job()
    for package in (kept, replaced):
        server.wait_sent(f"/pool/{package.path.name}", SIZE // 2)
    newer = machine.mirror.build("pkg1", "1:3.0", body(SIZE, seed=5))
    machine.mirror.publish()
    serve(server, machine.mirror, but=(kept, replaced))
    machine.update()
    machine.prefetch()
    assert machine.job().id == job.id
    for package in (kept, replaced):
        server.resources[f"/pool/{package.path.name}"].gate.set()
    machine.wait_delivered(kept, newer)


def test_after_a_kill_of_everything_the_rest_arrives_with_no_client(machine, server):
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    held = server.resources[f"/pool/{packages[0].path.name}"]
    held.next_scripts(Script(send=SIZE // 2, gate=True, then="close"))
    machine.update(server.url(""))
    machine.prefetch()
    server.wait_sent(f"/pool/{packages[0].path.name}", SIZE // 2)
    machine.stack.kill_daemon()
    held.gate.set()
    machine.stack.start()
    machine.wait_delivered(*packages)


def test_apt_that_is_busy_gets_its_packages_afterwards(machine, server):
    """The deliverer says so, and Haulier calls it again."""
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    held = server.resources["/pool/pkg0_2.0_all.deb"]
    held.next_scripts(Script(send=1000, gate=True, then="finish"))
    machine.prefetch()
    with open(machine.apt.archives / "lock", "w", encoding="utf-8") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        held.gate.set()
        machine.owner.wait(lambda: machine.service.exists() and machine.service.read_text().count("apt uses its cache") >= 2,
                           "two attempts", 30)
        assert machine.delivered() == {} and machine.job().state == "transferred"
    machine.wait_delivered(*packages)


def test_a_deliverer_that_was_killed_delivers_at_the_next_update(machine, server):
    """The job was reported, and the notification is not repeated."""
    packages = upgrades(machine, 2)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    real = machine.service
    machine.service = machine.stack.bus.add_service("org.haulier.Apt1", ["/bin/false"])
    machine.prefetch()
    machine.job().wait_state("transferred")
    machine.service = machine.stack.bus.add_service("org.haulier.Apt1", [PYTHON, OPTIONS, str(SOURCE / "apt/deliver.py")])
    assert real == machine.service
    machine.prefetch()
    machine.wait_delivered(*packages)


def test_a_user_who_names_the_service_for_another_job_achieves_nothing(machine, server):
    """Root does not complete the job of another user, and does not move its files."""
    upgrades(machine, 1)
    serve(server, machine.mirror)
    server.add("/evil_1_all.deb", b"evil")
    anna = machine.stack.user(ANNA)
    folder = machine.stack.folder_of(ANNA)
    job = Manager(anna).create(files=[(server.url("/evil_1_all.deb"), folder / "evil_1_all.deb")], Key="haulier-apt:x",
                               NotifyService=("org.haulier.Apt1", "/org/haulier/Apt1"), Resume=True)
    job.wait_state("transferred")
    anna.call(*BUS, "StartServiceByName", "(su)", "org.haulier.Apt1", 0)  # it takes its name when its work is done
    assert job.state == "transferred" and machine.delivered() == {}


def test_switched_off_nothing_is_fetched_and_what_was_begun_is_cancelled(machine, server):
    upgrades(machine, 1)
    serve(server, machine.mirror, pkg0=Script(send=1000, gate=True, then="close"))
    machine.update(server.url(""))
    machine.prefetch()
    assert machine.jobs()
    machine.apt.configure('APT::Haulier::Enable "false";')
    machine.prefetch()
    assert machine.jobs() == [] and machine.delivered() == {}
    machine.apt.configure("")
    machine.prefetch()
    assert machine.jobs()
    machine.prefetch("--cancel")
    assert machine.jobs() == []
    server.resources["/pool/pkg0_2.0_all.deb"].gate.set()


def test_a_source_without_a_signature_is_left_to_apt(machine, server):
    upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.apt.sources.write_text(f"deb [allow-insecure=yes] {server.url('')} stable main\n")
    machine.apt.configure('Acquire::AllowInsecureRepositories "true";')
    (machine.mirror.folder / "dists/stable/InRelease").unlink()
    server.resources.pop("/dists/stable/InRelease")
    machine.update()
    assert machine.to_download()
    assert "0 packages to fetch" in machine.prefetch()
    assert machine.jobs() == []


def test_without_haulier_nothing_fails(apt, mirror, place):
    """There is no bus, as in a container."""
    apt.sources.write_text("")
    done = subprocess.run([PYTHON, OPTIONS, SOURCE / "apt/prefetch.py"], capture_output=True, text=True, check=False,
                          env=os.environ | apt.environment | {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={place}/none"})
    assert done.returncode == 0 and "Haulier does not fetch packages" in done.stderr


def test_while_apt_downloads_or_installs_itself_nothing_is_fetched(machine, server):
    """The unit starts the program again after a minute."""
    upgrades(machine, 1)
    serve(server, machine.mirror)
    machine.update(server.url(""))
    with open(machine.apt.archives / "lock", "w", encoding="utf-8") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        assert "later" in machine.prefetch(status=os.EX_TEMPFAIL)
    assert machine.jobs() == []
    unit = (SOURCE / "systemd/system/haulier-apt-prefetch.service.in").read_text()
    assert f"SuccessExitStatus={os.EX_TEMPFAIL}" in unit and f"RestartForceExitStatus={os.EX_TEMPFAIL}" in unit


def hooks() -> list[str]:
    """The commands that apt runs."""
    return [line.strip().strip('";') for line in (SOURCE / "apt/20haulier").read_text().splitlines() if "/hook" in line]


def test_the_hook_does_nothing_without_systemd_or_without_the_package(tmp_path):
    assert len(hooks()) == 2
    for command in hooks():
        elsewhere = command.replace("/usr/share/haulier-apt/hook", str(tmp_path / "hook"))
        (tmp_path / "hook").unlink(missing_ok=True)
        assert run("sh", "-c", elsewhere) == ""
        (tmp_path / "hook").write_text("#!/bin/sh\nexit 3\n")
        (tmp_path / "hook").chmod(0o755)
        assert run("sh", "-c", elsewhere) == ""
    if not pathlib.Path("/run/systemd/system").is_dir():
        assert run(SOURCE / "apt/hook", "updated") == ""


@pytest.mark.parametrize("words, terminal, unit", [("updated", False, "service"), ("updated", True, "timer"), ("installed", False, "")])
def test_the_hook_starts_the_prefetcher_at_once_or_for_a_person_later(tmp_path, words, terminal, unit):
    """Runs the hook in a root where commands only record that they were called."""
    script = (SOURCE / "apt/hook").read_text()
    for path in ("/run/systemd/system", "/var/cache/haulier-apt", "/var/lib/apt/periodic"):
        (tmp_path / path.lstrip("/")).mkdir(parents=True)
        script = script.replace(path, str(tmp_path) + path)
    (tmp_path / "hook").write_text(script)
    for name in ("systemctl", "apt-config"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/{name}.called\n')
        (tmp_path / name).chmod(0o755)
    near, far = os.openpty()
    done = subprocess.run(["sh", tmp_path / "hook", words], stderr=far if terminal else subprocess.PIPE, check=False,
                          env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    os.close(near)
    os.close(far)
    called = tmp_path / "systemctl.called"
    assert (done.returncode, called.read_text().split()[-1] if called.exists() else "") == (
        0, f"haulier-apt-prefetch.{unit}" if unit else "")
    assert (tmp_path / "var/lib/apt/periodic/download-upgradeable-stamp").exists() == bool(unit)
