# SPDX-License-Identifier: LGPL-2.1-or-later
"""The catalogues in po/ have every message, with the same placeholders, options and line ends as the English one."""

import ast
import os
import re
import shutil
import subprocess
from collections import Counter

import pytest

from support.environment import SOURCE

PO = SOURCE / "po"
LANGUAGES = (PO / "LINGUAS").read_text().split()


def listed() -> list[str]:
    return [line for line in (PO / "POTFILES").read_text().splitlines() if line and not line.startswith("#")]


def entries(text: str) -> dict[str, str]:
    """The translation of each message."""
    found = {}
    for entry in re.split(r"\n\n+", text):
        parts = {key: "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', value))
                 for key, value in re.findall(r'^(msgid|msgstr) ((?:".*"\n?)+)', entry, flags=re.M)}
        if parts.get("msgid"):
            found[parts["msgid"]] = parts["msgstr"]
    return found


@pytest.fixture(scope="module")
def messages() -> set[str]:
    if not shutil.which("xgettext"):
        pytest.skip("there is no xgettext")
    options = re.findall(r"'(--(?:from-code|keyword)=[^']+)'", (PO / "meson.build").read_text())
    template = subprocess.run(["xgettext", *options, "--output=-", *listed()], cwd=SOURCE, text=True, check=True,
                              env=os.environ | {"GETTEXTDATADIRS": str(PO)}, capture_output=True).stdout
    return set(entries(template))


def catalogue(language: str) -> dict[str, str]:
    text = (PO / f"{language}.po").read_text()
    assert not re.search(r"^#(,.*fuzzy|~)", text, flags=re.M), "fuzzy or obsolete entries"
    return entries(text)


def placeholders(text: str) -> Counter:
    """What {} stands for depends on its place."""
    found = re.findall(r"\{([0-9]*)(:[^}]*)?\}", text)
    return Counter((number or str(place), form) for place, (number, form) in enumerate(found))


def test_every_file_with_messages_is_listed():
    marked = {path.relative_to(SOURCE).as_posix() for folder in ("base", "browser", "cli", "desktop")
              for path in (SOURCE / "src" / folder).glob("*.cpp")
              if re.search(r"\b(?:_|N_|translate)\(\s*\"", path.read_text())}
    assert set(listed()) == marked | {"dbus/org.haulier.policy"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_complete(language, messages):
    translated = catalogue(language)
    assert len(messages) > 300
    assert messages - set(translated) == set() and set(translated) - messages == set()
    assert not [message for message, text in translated.items() if not text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fit_their_messages(language):
    wrong = []
    for message, text in catalogue(language).items():
        same = [placeholders(message) == placeholders(text),
                set(re.findall(r"--[a-z][a-z-]*", message)) == set(re.findall(r"--[a-z][a-z-]*", text)),
                message.endswith("\n") == text.endswith("\n"), message[:1].isspace() == text[:1].isspace(),
                message.endswith(" ") == text.endswith(" "), message.count("'") == text.count("'") or "r's" in message
                or "n't" in message]
        if not all(same):
            wrong.append((message, text))
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_msgfmt_accepts_the_catalogue(language):
    if not shutil.which("msgfmt"):
        pytest.skip("there is no msgfmt")
    subprocess.run(["msgfmt", "--check", "--output-file=/dev/null", PO / f"{language}.po"], check=True)
