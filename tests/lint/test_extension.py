# SPDX-License-Identifier: LGPL-2.1-or-later
"""The extension for browsers has all its texts in all languages, makes no markup, and is the one that may start the native host."""

import base64
import hashlib
import json
import re

import pytest

from support.environment import SOURCE

EXTENSION = SOURCE / "browser/extension"
MESON = (SOURCE / "browser/meson.build").read_text()
MANIFEST = json.loads((EXTENSION / "manifest.json").read_text())
SCRIPTS = sorted(EXTENSION.glob("*.js"))
LANGUAGES = (SOURCE / "po/LINGUAS").read_text().split()
MARKUP = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|setHTML\w*|createContextualFragment|DOMParser|srcdoc|eval|Function)\b"
                    r"|document\.write")


def catalogue(language: str) -> dict[str, dict]:
    return json.loads((EXTENSION / "_locales" / language / "messages.json").read_text())


def test_the_version_is_that_of_the_tree():
    version = re.search(r"^  version: '([^']+)'", (SOURCE / "meson.build").read_text(), flags=re.M)[1]
    assert MANIFEST["version"] == version


def test_only_this_extension_may_start_the_native_host():
    digest = hashlib.sha256(base64.b64decode(MANIFEST["key"])).hexdigest()[:32]
    ident = digest.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))
    assert re.findall(r"chrome-extension://([a-p]+)/", MESON) == [ident]
    assert f'["{MANIFEST["browser_specific_settings"]["gecko"]["id"]}"]' in MESON
    name = json.loads((SOURCE / "browser/native_host.json.in").read_text().replace("@CALLERS@", '"x": 1'))["name"]
    assert f'"{name}"' in (EXTENSION / "native_host.js").read_text() and f"'{name}.json'" in MESON


def test_private_windows_are_none_of_its_business():
    assert MANIFEST["incognito"] == "not_allowed"


def test_every_file_is_installed():
    installed = set(re.findall(r"'extension/([\w.-]+)'", MESON))
    assert installed == {path.name for path in EXTENSION.iterdir() if path.is_file()} - {"package.json"}
    assert {path.name for path in (EXTENSION / "_locales").iterdir()} == set(re.search(r"foreach language : \[(.*)\]", MESON)[1].replace("'", "").split(", "))


def test_no_script_makes_markup():
    faults = [f"{path.name}: {match[0]}" for path in SCRIPTS for match in MARKUP.finditer(path.read_text())]
    assert not faults
    assert MANIFEST["content_security_policy"]["extension_pages"].startswith("default-src 'none'; script-src 'self'")


def test_every_text_is_used_and_exists():
    code = "\n".join(path.read_text() for path in SCRIPTS)
    used = set(re.findall(r'(?:getMessage|message)\("(\w+)"', code)) | set(re.findall(r'title: "(\w+)"', code))
    used |= set(re.findall(r"__MSG_(\w+)__", (EXTENSION / "manifest.json").read_text()))
    assert used == set(catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_complete(language):
    english, translated = catalogue("en"), catalogue(language)
    assert set(english) == set(translated)
    for key, entry in english.items():
        assert translated[key]["message"].strip() and translated[key].get("placeholders") == entry.get("placeholders"), key
        assert sorted(re.findall(r"\$\w+\$", entry["message"])) == sorted(re.findall(r"\$\w+\$", translated[key]["message"])), key
