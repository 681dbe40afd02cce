# SPDX-License-Identifier: LGPL-2.1-or-later
"""org.haulier.Haulier1(5) describes every member of the D-Bus interfaces, and every setting with unit, default and limits."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from support.contract import SETTINGS
from support.environment import SOURCE

SECTIONS = {"Manager": "# THE MANAGER", "Job": "# A JOB", "Permit": "# A PERMIT", "Callback": "# THE CALLBACK OBJECT"}


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    """What scdoc formats, without the escapes."""
    out = tmp_path_factory.mktemp("manual") / "page"
    subprocess.run([sys.executable, "-B", SOURCE / "dbus/generate.py", SOURCE / "dbus/org.haulier.Haulier1.Job.xml",
                    SOURCE / "docs/man/org.haulier.Haulier1.5.scd", out], check=True)
    return re.sub(r"\\(.)", r"\1", out.read_text())


def section(page: str, interface: str) -> str:
    return re.split(r"^(?=# )", page[page.index(SECTIONS[interface]):], flags=re.M)[1]


def described(page: str, name: str) -> tuple[str, str]:
    """The heading of a member, and its paragraphs."""
    found = re.search(rf"^(\*{name}\*.*)\n((?:\t.*\n|\n)*)", page, flags=re.M)
    assert found, name
    return found[1], found[2]


@pytest.mark.parametrize("interface", SECTIONS)
def test_every_member_is_described_with_its_arguments(page, interface):
    count = 0
    for element in ElementTree.parse(SOURCE / f"dbus/org.haulier.Haulier1.{interface}.xml").getroot().find("interface"):
        if element.tag not in ("method", "signal", "property"):
            continue
        heading, text = described(section(page, interface), element.get("name"))
        assert text.strip(), element.get("name")
        for argument in element.findall("arg"):
            assert f"{argument.get('type')} _{argument.get('name')}_" in heading, element.get("name")
        count += 1
    assert count >= 3


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_its_unit_default_and_limits(page, setting):
    heading, _ = described(section(page, "Job"), setting.name)
    assert "writable" in heading
    words = {"bytes-per-second": "bytes per second", "date-usec": "microseconds since the epoch"}
    assert words.get(setting.unit, setting.unit) in heading
    if "Default" in setting.annotations:
        assert f"default {'' if setting.annotations['Default'] in ('', str(2**64 - 1)) else setting.annotations['Default']}" in heading
    else:
        assert setting.name in ("DisplayName", "NetworkCost", "Visibility")
    for annotation, word in (("Minimum", "at least"), ("Maximum", "at most"), ("MaximumLength", "at most")):
        if annotation in setting.annotations:
            assert f"{word} {setting.annotations[annotation]}" in heading


def test_no_placeholder_is_left(page):
    assert not re.findall(r"@\w+:\w*@", page)
