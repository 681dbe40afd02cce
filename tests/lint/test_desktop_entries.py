# SPDX-License-Identifier: LGPL-2.1-or-later
"""What desktops read is valid, and agrees with the programs, the unit and the package."""

import configparser
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from support.environment import SOURCE

FOLDER = SOURCE / "desktop"
APP, AUTOSTART = "org.haulier.Transfers", "org.haulier.Notify"


def entry(name: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read(FOLDER / f"{name}.desktop")
    return dict(parser["Desktop Entry"])


@pytest.mark.parametrize("name", [APP, AUTOSTART])
def test_the_entries_are_valid_and_translated(name):
    languages = (SOURCE / "po/LINGUAS").read_text().split()
    for key in ("Name", "Comment"):
        assert all(entry(name).get(f"{key}[{language}]") for language in languages), key
    if not shutil.which("desktop-file-validate"):
        pytest.skip("there is no desktop-file-validate")
    done = subprocess.run(["desktop-file-validate", FOLDER / f"{name}.desktop"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_metalink_file_is_opened_with_a_question():
    values = entry(APP)
    assert (values["Exec"], values["MimeType"]) == ("haulier-notify --open %f", "application/metalink4+xml;")
    assert values["NoDisplay"] == "true" and values["Icon"] == APP


def test_the_agent_is_started_once():
    values = entry(AUTOSTART)
    assert values["Exec"] == "haulier-notify" and "OnlyShowIn" not in values
    unit = (SOURCE / "systemd/user/haulier-notify.service.in").read_text()
    assert values["X-systemd-skip"] == values["X-GNOME-HiddenUnderSystemd"] == "true"
    assert "ExecStart=@bindir@/haulier-notify\n" in unit and "WantedBy=graphical-session.target" in unit


def test_the_description_for_software_centres_is_valid():
    root = ElementTree.parse(FOLDER / f"{APP}.metainfo.xml").getroot()
    assert root.findtext("id") == APP and root.findtext("launchable") == f"{APP}.desktop"
    version = re.search(r"^  version: '([^']+)'", (SOURCE / "meson.build").read_text(), flags=re.M)[1]
    assert root.find("releases/release").get("version") == version
    if not shutil.which("appstreamcli"):
        pytest.skip("there is no appstreamcli")
    done = subprocess.run(["appstreamcli", "validate", "--no-net", FOLDER / f"{APP}.metainfo.xml"], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout


def test_the_icon_is_square_and_complete_in_itself():
    root = ElementTree.parse(FOLDER / f"{APP}.svg").getroot()
    assert root.get("width") == root.get("height") and root.get("viewBox") == "0 0 128 128"
    assert not [element for element in root.iter() if element.tag.endswith(("image", "script", "style"))]
