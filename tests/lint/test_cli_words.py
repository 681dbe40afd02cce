# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl, its manual and the contract speak of the same commands, options and properties."""

import re
import xml.etree.ElementTree as ElementTree

from support.environment import SOURCE

CLI = SOURCE / "src" / "cli"
JOB = "org.haulier.Haulier1.Job"

# What is written for a type of the contract (the kinds of src/cli/values.cpp).
TYPES = {"Text": "s", "Words": "as", "Flag": "b", "Seconds": "u", "Milliseconds": "u", "Size": "t", "Limit": "t", "Date": "t"}


def grammar() -> str:
    return "".join(path.read_text() for path in sorted(CLI.glob("grammar*.cpp")))


def manual() -> str:
    return (SOURCE / "docs" / "man" / "haulierctl.1.scd").read_text()


def commands() -> set[str]:
    found = set(re.findall(r'(?:subcommand|add_verb)\((?:app|\*command), r,\s+"([a-z]+)"', grammar()))
    return found | set(re.findall(r'app\.add_subcommand\("([a-z]+)"', grammar()))


def writable() -> dict[str, str]:
    interface = ElementTree.parse(SOURCE / "dbus" / f"{JOB}.xml").find(f"interface[@name='{JOB}']")
    return {p.get("name"): p.get("type") for p in interface.findall("property") if p.get("access") == "readwrite"}


def test_every_command_has_its_paragraph_in_the_manual():
    assert {"get", "set", "credentials", "remove", "monitor"} <= commands()
    section = manual()[manual().index("# COMMANDS"):manual().index("# OPTIONS")]
    described = {word for line in re.findall(r"^\*([a-z ]+)\*", section, flags=re.M) for word in line.split()}
    assert described == commands()


def test_every_option_is_in_the_manual():
    options = set(re.findall(r"--[a-z][a-z0-9-]+", " ".join(re.findall(r'add_(?:option|flag|flag_callback)\(\s*"([^"]+)"', grammar()))))
    assert "--password-fd" in options
    assert not sorted(option for option in options if option not in manual())
    named = set(re.findall(r"--[a-z][a-z0-9-]+", manual()))
    assert not sorted(named - options - {"--help", "--version"})


def test_every_writable_property_can_be_set_and_no_other():
    rows = dict(re.findall(r'Property\{"(\w+)", Kind::(\w+)\}', (CLI / "values.cpp").read_text()))
    assert {name: TYPES[kind] for name, kind in rows.items()} == writable()


def test_the_daemon_takes_every_writable_property_and_no_other():
    table = (SOURCE / "src" / "daemon" / "bus" / "settings_options.cpp").read_text()
    assert set(re.findall(r'\{"([A-Z]\w+)",', table)) == set(writable())


def test_what_is_a_default_is_a_property():
    interface = ElementTree.parse(SOURCE / "dbus" / f"{JOB}.xml").find(f"interface[@name='{JOB}']")
    known = {p.get("name") for p in interface.findall("property")}
    named = set(re.findall(r'\{"([A-Z]\w+)",', (CLI / "defaults.cpp").read_text()))
    assert named and named <= known
    assert "SecurityFlags" not in named, "always shown"


def test_features_are_those_of_the_page():
    code = (SOURCE / "src" / "daemon" / "bus" / "manager_object.cpp").read_text()
    listed = re.search(r"ManagerObject::Features\(\) \{\s*return \{(.*?)\};", code, flags=re.S)[1]
    page = (SOURCE / "docs" / "features.md").read_text()
    assert set(re.findall(r'"([a-z0-9-]+)"', listed)) == set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, flags=re.M))
