# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page for Cockpit has the words of the contract and of haulierctl, all translations, and makes no markup."""

import functools
import json
import re
import subprocess

import pytest

from support.contract import SETTINGS
from support.environment import SOURCE

PAGE = SOURCE / "cockpit"
SCRIPTS = sorted(path for path in PAGE.glob("*.js") if not path.name.startswith("po."))
LANGUAGES = (SOURCE / "po/LINGUAS").read_text().split()
JOB_XML = (SOURCE / "dbus/org.haulier.Haulier1.Job.xml").read_text()

MESSAGE = re.compile(r'\b(?:_|N_)\(\s*("(?:[^"\\]|\\.)*")')
# Everything that could make elements of a string.
MARKUP = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|setHTML\w*|createContextualFragment|DOMParser|srcdoc|eval|Function)\b"
                    r"|document\.write")


def in_node(code: str):
    done = subprocess.run(["node", "--input-type=module", "--eval", code], capture_output=True, text=True, check=True, cwd=PAGE)
    return json.loads(done.stdout)


@functools.cache
def words() -> dict[str, dict[str, str]]:
    return in_node("import * as words from './words.js'; console.log(JSON.stringify(words));")


def values_of(name: str) -> set[str]:
    """The words of a property, by its annotation."""
    found = re.search(rf'<property name="{name}".*?name="org\.haulier\.Haulier1\.Values" value="([^"]*)"', JOB_XML, flags=re.S)
    return set(found[1].split())


def prose_of(name: str) -> set[str]:
    """The words of a property or a method that its comment lists in quotation marks."""
    return set(re.findall(r'"([a-z-]+)"', re.search(rf"<!--\s+{name}:(.*?)-->", JOB_XML, flags=re.S)[1]))


def test_every_word_of_the_contract_has_its_text():
    assert set(words()["STATES"]) == values_of("State")
    assert set(words()["TYPES"]) == values_of("Type")
    assert set(words()["AWAITED"]) | set(words()["SITUATIONS"]) == prose_of("WaitReason")
    assert not set(words()["AWAITED"]) & set(words()["SITUATIONS"])
    assert list(words()["PRIORITIES"]) == next(p.words for p in SETTINGS if p.name == "Priority")
    manager = (SOURCE / "dbus/org.haulier.Haulier1.Manager.xml").read_text()
    results = re.search(r"<!--\s+JobEnded:\s+@result:(.*?), as in JobRemoved", manager, flags=re.S)[1]
    assert set(words()["RESULTS"]) == set(re.findall(r'"([a-z]+)"', results))
    files = re.search(r"Transferred b, State s \((.*?)\)", JOB_XML, flags=re.S)[1]
    assert set(words()["FILE_STATES"]) == set(re.findall(r'"([a-z-]+)"', files))


def test_what_jobs_wait_for_is_called_as_haulierctl_calls_it():
    table = (SOURCE / "src/cli/wait_reason.cpp").read_text()
    assert words()["AWAITED"] == dict(re.findall(r'Reason\{"([a-z-]+)", (?:N_\()?"([^"]+)"', table))


def test_features_that_controls_depend_on_are_documented():
    features = in_node("import { FEATURES } from './constants.js'; console.log(JSON.stringify(FEATURES));")
    assert set(features.values()) <= set(re.findall(r"^\| `([a-z-]+)` \|", (SOURCE / "docs/features.md").read_text(), flags=re.M))


def test_no_script_makes_markup():
    faults = [f"{path.name}: {match[0]}" for path in SCRIPTS for match in MARKUP.finditer(path.read_text())]
    assert not faults
    assert [path.name for path in SCRIPTS if "createElement" in path.read_text()] == ["dom.js"]


def test_the_security_policy_allows_only_files_of_the_page():
    policy = json.loads((PAGE / "manifest.json").read_text())["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'" and rules["require-trusted-types-for"] == "'script'"
    assert {rules[f"{kind}-src"] for kind in ("script", "style", "img", "font", "connect")} == {"'self'"}
    assert not re.search(r"\s(?:on[a-z]+|style)=", (PAGE / "index.html").read_text())


def test_every_file_of_the_page_is_installed():
    installed = set(re.findall(r"'([\w.]+\.(?:js|json|css|html))'", (PAGE / "meson.build").read_text()))
    assert installed == {path.name for path in PAGE.iterdir()} - {"meson.build", "package.json"}


def messages() -> set[str]:
    return {json.loads(literal) for path in SCRIPTS for literal in MESSAGE.findall(path.read_text())}


def catalogue(language: str) -> dict[str, str]:
    code = f"""import {{ readFileSync }} from 'node:fs';
        let catalogue;
        globalThis.cockpit = {{ locale: given => {{ catalogue = given; }} }};
        (0, eval)(readFileSync('po.{language}.js', 'utf8'));
        console.log(JSON.stringify(catalogue));"""
    return {message: texts[1] for message, texts in in_node(code).items() if message}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_complete(language):
    translated = catalogue(language)
    # The label in the menu is in the manifest.
    wanted = messages() | {json.loads((PAGE / "manifest.json").read_text())["menu"]["index"]["label"]}
    assert len(wanted) > 80
    assert wanted - set(translated) == set() and set(translated) - wanted == set()
    wrong = [message for message, text in translated.items()
             if sorted(re.findall(r"\$\d", message)) != sorted(re.findall(r"\$\d", text)) or not text.strip()
             or message[:1].isspace() != text[:1].isspace()]
    assert not wrong
