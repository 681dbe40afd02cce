# SPDX-License-Identifier: LGPL-2.1-or-later
"""systemd finds no fault with the units, they are as restricted as promised, and units and policies agree with each other.
Unit tests of the daemon compare the units with the code."""

import configparser
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from support.environment import SOURCE

SYSTEMD, DBUS = SOURCE / "systemd", SOURCE / "dbus"
USER = "_haulier"
NAME = "org.haulier.Haulier1"
# The highest exposure level that systemd-analyze may report, from 0 (restricted) to 10.
EXPOSURE = {"haulier.service": 1.0, "haulier-worker@.service": 2.5, "haulier-metrics.service": 2.5,
            "haulier-apt-deliver.service": 2.0, "haulier-apt-prefetch.service": 3.5}


def analyze(folder, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    assert shutil.which("systemd-analyze"), "systemd-analyze is needed"
    return subprocess.run(["systemd-analyze", *arguments], cwd=folder, env=os.environ | environment, capture_output=True,
                          text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The units as they are installed, with programs that exist."""
    folder = tmp_path_factory.mktemp("units")
    for program in ("haulierd", "haulier-worker", "haulierctl", "haulier-notify"):
        shutil.copy("/bin/true", folder / program)
    (folder / "haulier-apt").mkdir()
    for program in ("deliver.py", "prefetch.py"):
        shutil.copy("/bin/true", folder / "haulier-apt" / program)
    for scope in ("system", "user"):
        (folder / scope).mkdir()
        for source in (SYSTEMD / scope).iterdir():
            name = source.name.removesuffix(".in")
            if name.endswith((".service", ".path", ".timer")):
                (folder / scope / name).write_text(re.sub("@(libexecdir|bindir|datadir)@", str(folder), source.read_text()))
    return folder


@pytest.mark.parametrize("scope, count", [("system", 8), ("user", 3)])
def test_systemd_finds_nothing_wrong_with_the_units(built, scope, count, tmp_path):
    units = sorted(path.name for path in (built / scope).iterdir())
    assert len(units) == count
    done = analyze(built / scope, f"--{scope}", "verify", "--man=no", *[f"./{unit}" for unit in units],
                   SYSTEMD_UNIT_PATH=f"{built / scope}:", XDG_RUNTIME_DIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", EXPOSURE)
def test_the_units_are_restricted_as_promised(built, unit):
    done = analyze(built / "system", "security", "--offline=true", "--no-pager", f"./{unit}")
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= EXPOSURE[unit], done.stdout


def keys(path) -> dict[str, str]:
    """All keys of a unit or service file in one; of those that are written twice the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read_string(path.read_text())
    return {key: value for section in parser.sections() for key, value in parser[section].items()}


SERVICE = keys(SYSTEMD / "system/haulier.service.in")
USER_SERVICE = keys(SYSTEMD / "user/haulier.service.in")
ACTIVATION = keys(DBUS / f"{NAME}.system.service")
USER_ACTIVATION = keys(DBUS / f"{NAME}.session.service.in")


def test_the_traffic_of_each_owner_is_counted():
    assert keys(SYSTEMD / "system/haulier-worker@.service.in")["IPAccounting"] == "yes"


def test_the_timer_starts_the_service_of_its_name_and_is_off_unless_enabled():
    timer = keys(SYSTEMD / "system/haulier-metrics.timer")
    assert "Unit" not in timer and timer["WantedBy"] == "timers.target"
    assert "metrics" not in (SOURCE / "packaging/debian/rules").read_text()


def test_alerts_use_metrics_that_exist():
    rules = (SOURCE / "examples/prometheus/haulier.rules.yml").read_text()
    source = (SOURCE / "src/cli/metrics_text.cpp").read_text()
    used = set(re.findall(r"\b(haulier_\w+)", rules))
    assert len(used) >= 4 and used <= set(re.findall(r'"(haulier_\w+)"', source))


def test_the_bus_and_systemd_start_the_same_service():
    for file in (SERVICE, USER_SERVICE):
        assert file["BusName"] == NAME
    for file in (ACTIVATION, USER_ACTIVATION):
        assert file["Name"] == NAME
    assert ACTIVATION["SystemdService"] == SERVICE["Alias"] == f"dbus-{NAME}.service"
    assert USER_ACTIVATION["SystemdService"] == "haulier.service"
    assert ACTIVATION["User"] == SERVICE["User"] == USER


def test_the_system_user_is_the_one_that_all_files_name():
    (line,) = [line for line in (SYSTEMD / "haulier.sysusers").read_text().splitlines() if not line.startswith("#")]
    assert line.split()[:2] == ["u", USER]


def test_the_bus_policy_allows_calls_and_callbacks_and_to_see_what_is_unread():
    root = ElementTree.parse(DBUS / f"{NAME}.conf").getroot()
    ours, everybody = root.findall("policy")
    assert ours.attrib == {"user": USER} and everybody.attrib == {"context": "default"}
    assert [rule.attrib for rule in ours] == [
        {"own": NAME}, {"send_interface": f"{NAME}.Callback", "send_type": "method_call"},
        {"send_destination": "org.freedesktop.DBus", "send_interface": "org.freedesktop.DBus.Debug.Stats",
         "send_member": "GetConnectionStats"},
        {"send_interface": "org.freedesktop.DBus.Peer", "send_member": "Ping", "send_type": "method_call"}]
    assert all(rule.get("send_destination") == NAME for rule in everybody)
    interfaces = {ElementTree.parse(DBUS / f"{NAME}.{part}.xml").getroot().find("interface").get("name")
                  for part in ("Manager", "Job", "Permit")}
    standard = {f"org.freedesktop.DBus.{part}" for part in ("Properties", "Introspectable", "ObjectManager", "Peer")}
    assert {rule.get("send_interface") for rule in everybody} == interfaces | standard


def test_the_bus_starts_the_service_that_delivers_packages_and_only_root_can_be_it():
    unit, activation = keys(SYSTEMD / "system/haulier-apt-deliver.service.in"), keys(SOURCE / "apt/org.haulier.Apt1.service")
    assert activation["SystemdService"] == "haulier-apt-deliver.service" and activation["User"] == "root"
    assert unit["BusName"] == activation["Name"] == "org.haulier.Apt1"
    (policy,) = ElementTree.parse(SOURCE / "apt/org.haulier.Apt1.conf").getroot().findall("policy")
    assert policy.attrib == {"user": "root"} and [rule.attrib for rule in policy] == [{"own": "org.haulier.Apt1"}]


def test_polkit_has_the_action_for_administrators():
    (action,) = ElementTree.parse(DBUS / "org.haulier.policy").getroot().findall("action")
    assert action.get("id") == "org.haulier.manage-all-jobs"
    assert action.find("annotate[@key='org.freedesktop.policykit.owner']").text == f"unix-user:{USER}"
    # Kept for some minutes: one command over ssh makes several calls.
    assert {rule.tag: rule.text for rule in action.find("defaults")} == dict.fromkeys(
        ("allow_any", "allow_inactive", "allow_active"), "auth_admin_keep")


def test_the_daemon_may_start_workers_and_nothing_else():
    rules = (DBUS / "haulier.rules").read_text()
    assert f'subject.user == "{USER}"' in rules and '"org.freedesktop.systemd1.manage-units"' in rules
    unit = re.compile(re.search(r"/(\^.*\$)/\.test\(action\.lookup\(\"unit\"\)\)", rules)[1])
    assert unit.search("haulier-worker@1000.service")
    for other in ("ssh.service", "haulier-worker@.service", "haulier-worker@root.service", "haulier-worker@1x.service",
                  "xhaulier-worker@1.service", "haulier-worker@1.services", "haulier-worker@1-service"):
        assert not unit.search(other), other
    assert re.search(r'\["start", "stop", "restart"\]\.indexOf\(action\.lookup\("verb"\)\)', rules)
