# SPDX-License-Identifier: LGPL-2.1-or-later
"""Generators of other projects make clients of the interfaces, and the compiler accepts these without a warning. Nothing is
linked or optimised: the compiler only reads what was generated."""

import pathlib
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from support.environment import EXAMPLES, SOURCE, patience

INTERFACES = sorted((SOURCE / "dbus").glob("org.haulier.*.xml"))
STRICT = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
QT = {"5": ["/usr/lib/qt5/bin"], "6": ["/usr/lib/qt6/bin", "/usr/lib/qt6/libexec"]}


def run(*command, folder) -> None:
    done = subprocess.run([*map(str, command)], cwd=folder, text=True, capture_output=True, timeout=patience(100), check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def flags(*packages: str) -> list[str]:
    """Other people's headers are none of ours to warn about."""
    done = subprocess.run(["pkg-config", "--cflags", *packages], text=True, capture_output=True, check=True)
    return done.stdout.replace("-I", "-isystem").split()


def short(path: pathlib.Path) -> str:
    return path.stem.rpartition(".")[2].lower()


@pytest.mark.parametrize("version", QT)
def test_qt(version, tmp_path):
    """Proxies of all interfaces and the adaptor of the callback object, with the types of the example."""
    tools = [found for folder in QT[version] if (found := shutil.which(f"{folder}/qdbusxml2cpp"))]
    assert tools, f"no qdbusxml2cpp of Qt {version}; tools/deps installs it"
    included = []
    for path in INTERFACES:
        for option, kind in (("-p", "proxy"), ("-a", "adaptor")):
            if kind == "adaptor" and short(path) != "callback":
                continue  # the body of a method with several results is left to its author
            stem = f"{short(path)}_{kind}"
            run(tools[0], "-i", "haulier_types.hpp", option, stem, path, folder=tmp_path)
            included.append(f'#include "{stem}.cpp"\n')
    everything = "".join(included) + "int main() { register_haulier_types(); }\n"
    (tmp_path / "all.cpp").write_text(everything)
    run("c++", "-std=c++17", "-fPIC", *STRICT, *flags(f"Qt{version}DBus"), "-I", EXAMPLES / "qt", "all.cpp", folder=tmp_path)


def test_gdbus_codegen(tmp_path):
    run("gdbus-codegen", "--interface-prefix=org.haulier.Haulier1.", "--c-namespace=Example", "--generate-c-code=example",
        "--generate-docbook=doc", *INTERFACES, folder=tmp_path)
    run("cc", *STRICT, *flags("gio-unix-2.0"), "example.c", folder=tmp_path)
    pages = {ElementTree.parse(page).getroot().findtext("refnamediv/refname") for page in tmp_path.glob("doc-*.xml")}
    assert pages == {path.stem for path in INTERFACES}


def test_gdbus_codegen_writes_a_reference_with_all_members(tmp_path):
    options = subprocess.run(["gdbus-codegen", "--help"], text=True, capture_output=True, check=True).stdout
    if "--generate-rst" not in options:
        pytest.skip("this gdbus-codegen does not write reStructuredText")
    run("gdbus-codegen", "--generate-rst=doc", *INTERFACES, folder=tmp_path)
    text = "".join(page.read_text() for page in tmp_path.glob("doc-*"))
    missing = [member.get("name") for path in INTERFACES for member in ElementTree.parse(path).getroot().find("interface")
               if member.tag in ("method", "signal", "property") and f"{member.get('name')}" not in text]
    assert not missing


def test_sdbus_cpp(tmp_path):
    included = []
    for path in INTERFACES:
        stem = short(path)
        run("sdbus-c++-xml2cpp", path, f"--proxy={stem}_proxy.hpp", f"--adaptor={stem}_adaptor.hpp", folder=tmp_path)
        included.append(f'#include "{stem}_proxy.hpp"\n#include "{stem}_adaptor.hpp"\n')
    (tmp_path / "all.cpp").write_text("".join(included))
    run("c++", "-std=c++20", *STRICT, *flags("sdbus-c++"), "all.cpp", folder=tmp_path)


def test_others_that_are_installed(tmp_path):
    """Generators for Rust and Go, which are not in Debian 12."""
    commands = {"zbus-xmlgen": ["file"], "dbus-codegen-go": [], "dbus-codegen-rust": ["-f"]}
    installed = [tool for tool in commands if shutil.which(tool)]
    if not installed:
        pytest.skip(f"none of {', '.join(commands)} is installed")
    for tool in installed:
        for path in INTERFACES:
            run(tool, *commands[tool], path, folder=tmp_path)
