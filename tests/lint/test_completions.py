# SPDX-License-Identifier: LGPL-2.1-or-later
"""The completions of the three shells know the commands, options and properties of haulierctl, and nothing else."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from support.client.command_help import OPTION, commands, every_command, options, own_options
from support.client.completion import SCRIPTS, offered
from support.environment import SOURCE

JOB = "org.haulier.Haulier1.Job"


def test_haulierctl_explains_itself_as_this_test_reads_it():
    assert {"get", "status", "credentials"} <= set(commands()) and commands("credentials") == ["set", "remove"]
    assert {"--user", "--quiet", "--help"} <= options()
    assert own_options()["add"] >= {"--start", "--resume", "--key"} and own_options()["credentials set"] >= {"--user"}


def test_bash_offers_the_commands():
    assert offered("haulierctl ") == sorted(commands())
    assert offered("haulierctl --system --json credentials ") == sorted(commands("credentials"))


@pytest.mark.parametrize("command", [""] + [" ".join(c) + " " for c in every_command()])
def test_bash_offers_the_options(command):
    assert offered(f"haulierctl {command}--") == sorted(options() | options(*command.split()))


def fish() -> list[str]:
    return re.findall(r"^complete -c haulierctl (.*)$", SCRIPTS["fish"].read_text(), flags=re.M)


def test_fish_knows_the_commands():
    assert sorted(re.search(r"-a (\w+)", line)[1] for line in fish() if "-n __haulierctl_is -a" in line) == sorted(commands())
    found = [re.search(r"-a (\w+)", line)[1] for line in fish() if "'__haulierctl_at 1 credentials'" in line]
    assert found == commands("credentials")


def test_fish_knows_the_options():
    common, known = set(), {name: set() for name in own_options()}
    for line in fish():
        if option := re.search(r"-l (\S+)", line):
            only = re.search(r"-n '__haulierctl_(is|credentials) ([a-z ]+)'", line)
            places = [] if not only else only[2].split() if only[1] == "is" else ["credentials " + only[2]]
            for place in places:
                known[place].add("--" + option[1])
            if not places:
                common.add("--" + option[1])
    assert (common, known) == (options(), own_options())


def zsh() -> str:
    return SCRIPTS["zsh"].read_text()


def zsh_list(name: str) -> set[str]:
    return set(re.findall(OPTION, re.sub(r"\[[^]]*\]", "", re.search(rf"^    {name}=\(\n(.*?)^    \)", zsh(), re.M | re.S)[1])))


def test_zsh_knows_the_commands():
    listed = re.search(r"local -a commands=\((.*?)\n    \)", zsh(), flags=re.S)[1]
    assert re.findall(r"^\s+'([a-z]+):", listed, flags=re.M) == commands()
    assert re.findall(r"(\w+)\\:\"", zsh()) == commands("credentials")


def test_zsh_knows_the_options():
    known = {}
    for verbs, spec in re.findall(r"^        ([a-z|]+)\)\s+_arguments -s (.*?);;$", zsh(), flags=re.M | re.S):
        assert "$common" in spec
        found = set(re.findall(rf"'(?:\([^)]*\)|\*)?({OPTION})=?\[|\{{-\w,({OPTION})=?\}}'\[", spec))
        found = {one or other for one, other in found}
        for name in re.findall(r"\$(file|job|end)\b", spec):
            found |= zsh_list(name)
        known |= {verb: found for verb in verbs.split("|")}
    own = re.search(r"\[\[ \$1 != set \]\] \|\| own=\((.*)\)", zsh())[1]
    known |= {"credentials set": set(re.findall(rf"'({OPTION})=?\[", own)), "credentials remove": set()}
    assert zsh_list("common") == options()
    assert known == own_options()


def properties() -> dict[str, tuple[str, list[str]]]:
    """The type of each property that can be set, and its words."""
    def words(element) -> list[str]:
        return " ".join(
            a.get("value") for a in element.findall("annotation") if a.get("name") == "org.haulier.Haulier1.Values")

    tree = ElementTree.parse(SOURCE / "dbus" / f"{JOB}.xml")
    return {p.get("name"): (p.get("type"), words(p).split()) for p in tree.iter("property") if p.get("access") == "readwrite"}


def test_bash_offers_the_properties_and_their_words():
    assert offered("haulierctl set film ") == sorted(name + "=" for name in properties())
    for name, (kind, words) in properties().items():
        if kind == "b" or words:
            assert offered(f"haulierctl set film {name}=") == sorted(["no", "yes"] if kind == "b" else words), name


def test_fish_and_zsh_know_the_properties_and_their_words():
    one_word = "|".join(name for name in properties() if not re.match("[A-Z][a-z]+[A-Z]", name))
    for script in ("fish", "zsh"):
        text = SCRIPTS[script].read_text()
        assert set(re.findall(rf"\b([A-Z][a-z]+[A-Z]\w+|{one_word})\b", text)) == set(properties()), script
        for name, (_kind, words) in properties().items():
            assert not [word for word in words if not re.search(rf"[\s{{,]{word}\b", text)], (script, name)


def test_the_scripts_are_whole():
    for name, script in SCRIPTS.items():
        if shell := shutil.which(name):
            subprocess.run([shell, "-n", script], check=True)
