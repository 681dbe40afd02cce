# SPDX-License-Identifier: LGPL-2.1-or-later
"""Licence lines, header comments, sizes and format of source files."""

import re
import shutil
import subprocess

import pytest

from support.environment import SOURCE

CODE = (".c", ".cpp", ".hpp", ".h")
LICENSED = CODE + (".py", ".proto", ".sql", ".sh", ".bash", ".fish", ".zsh", ".js", ".mjs", ".css", ".html")
FOLDERS = ("src", "tests", "tools", "examples", "dbus", "systemd", "packaging", "completions", "cockpit", "browser", "libhaulier",
           "testkit", "apt")


def files(*suffixes: str):
    for folder in FOLDERS:
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts:
                yield path


def name(path) -> str:
    return str(path.relative_to(SOURCE))


def test_every_source_file_names_its_licence():
    scripts = [path for path in (SOURCE / "tools").rglob("*") if path.is_file() and path.suffix == ""]
    missing = [name(path) for path in [*files(*LICENSED), *scripts]
               if "SPDX-License-Identifier: LGPL-2.1-or-later" not in "\n".join(path.read_text().splitlines()[:3])]
    assert not missing
    assert (SOURCE / "LICENSE").exists() or (SOURCE / "COPYING").exists() or (SOURCE / "LICENSES").exists()


def test_headers_say_what_they_are():
    """pragma once, and a sentence of prose before it."""
    faults = []
    for path in files(".hpp"):
        lines = path.read_text().splitlines()
        if "#pragma once" not in lines:
            faults.append(f"{name(path)}: no #pragma once")
        elif not any(re.match(r"// [A-Z\"`'.a-z]", line) and "SPDX" not in line for line in lines[:lines.index("#pragma once")]):
            faults.append(f"{name(path)}: does not say what it is")
    assert not faults


def test_no_file_has_more_than_600_lines():
    lengths = {name(path): len(path.read_text().splitlines()) for path in (SOURCE / "src").rglob("*") if path.suffix in CODE}
    assert not {path: length for path, length in lengths.items() if length > 600}


def anonymous_names(text: str):
    """What is defined in the anonymous namespaces of a source."""
    definition = re.compile(r"(?:struct|class|enum(?: class)?) (\w+)|[^=({]*?(\w+)(?: =|\{|\[|\()")
    for block in re.findall(r"^namespace \{$(.*?)^\} // namespace$", text, re.M | re.S):
        for line in re.findall(r"^[a-zA-Z\[].*", block, re.M):
            match = definition.match(line)
            if match and not re.match(r"using\b|template\b|namespace\b|TEST|INSTANTIATE", line):
                yield match[1] or match[2]


def test_names_of_anonymous_namespaces_are_unique_in_their_module():
    """Several sources of a module are compiled as one."""
    owners = {}
    for path in [path for path in files(".cpp") if name(path).startswith(("src/", "tests/unit/"))]:
        for found in set(anonymous_names(path.read_text())):
            owners.setdefault((name(path.parent), found), []).append(path.name)
    assert len(owners) > 500
    assert not {f"{folder}: {found}": sources for (folder, found), sources in owners.items() if len(sources) > 1}


def test_the_code_has_no_notes_of_work_to_do():
    faults = []
    for path in [*files(*CODE), *files(".py")]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", line):
                faults.append(f"{name(path)}:{number}: {line.strip()}")
    assert not faults, "\n".join(faults)


def test_tests_wait_for_events_and_not_for_time():
    """Only the server that plays a slow one may sleep."""
    allowed = {"tests/support/servers/fault_server.py"}
    faults = [name(path) for path in [*files(".py"), *files(".cpp")]
              if name(path).startswith("tests/") and name(path) not in allowed
              and re.search(r"\b(time\.slee" + r"p|sleep_fo" + r"r|usleep|nanosleep)\(", path.read_text())]
    assert not faults


def test_code_is_formatted():
    formatter = shutil.which("clang-format")
    assert formatter, "clang-format is needed"
    version = subprocess.run([formatter, "--version"], capture_output=True, text=True, check=True).stdout
    if " 14." not in version:
        pytest.skip(f"only clang-format 14 gives the same result; this is {version.strip()}")
    sources = [str(path) for path in files(*CODE)]
    done = subprocess.run([formatter, "--dry-run", "-Werror", *sources], cwd=SOURCE, capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def test_no_path_of_a_development_machine_is_left():
    """They mean nothing to other people."""
    private = re.compile(r"(?<![\w.])/(work|root)/[\w.]")
    texts = [*files(*LICENSED, ".xml", ".md", ".in", ".build", ".conf", ".service"), *SOURCE.glob("*.md"),
             *(SOURCE / "docs").rglob("*.*")]
    faults = [f"{name(path)}: {match[0]}" for path in texts if path.is_file()
              for match in [private.search(path.read_text(errors="replace"))] if match]
    assert not faults
