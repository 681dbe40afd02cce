# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every member of the contract has its prose, and every word on the bus is explained in docs/."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from support.environment import SOURCE

INTERFACES = sorted((SOURCE / "dbus").glob("org.haulier.*.xml"))


def with_comments(path) -> ElementTree.Element:
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    return ElementTree.parse(path, parser).getroot()


def is_comment(element) -> bool:
    return element.tag is ElementTree.Comment


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: path.stem)
def test_every_member_is_documented_right_above_it(path):
    """A comment that begins with the member's name, and speaks of each argument of a method that has several."""
    faults = []
    for interface in with_comments(path).iter("interface"):
        before = None
        for element in interface:
            if not is_comment(element):
                name = element.get("name")
                text = before.text.strip() if before is not None and is_comment(before) else ""
                if not text.startswith(f"{name}:"):
                    faults.append(f"{element.tag} {name}")
            before = element
    assert not faults


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: path.stem)
def test_arguments_in_the_prose_are_arguments_of_the_member(path):
    faults = []
    for interface in with_comments(path).iter("interface"):
        before = None
        for element in interface:
            if not is_comment(element) and before is not None and is_comment(before):
                described = set(re.findall(r"@(\w+)", before.text))
                real = {argument.get("name") for argument in element.findall("arg")}
                faults += [f"{element.get('name')}: @{word}" for word in described - real]
            before = element
    assert not faults


def test_the_words_of_a_property_are_those_of_its_prose():
    """The annotation, from which the client and the completions are generated, and the comment list the same words."""
    faults = []
    for interface in with_comments(SOURCE / "dbus" / "org.haulier.Haulier1.Job.xml").iter("interface"):
        before = None
        for element in interface:
            if element.tag == "property" and element.get("type") in ("s", "as"):
                annotated = {word for a in element.findall("annotation") if a.get("name") == "org.haulier.Haulier1.Values"
                             for word in a.get("value").split()}
                if annotated != set(re.findall(r'"([a-z][a-z-]+)"', before.text)):
                    faults.append(element.get("name"))
            before = element
    assert not faults


# Those that qdbusxml2cpp knows.
PLAIN_TYPES = {"s", "o", "b", "i", "u", "x", "t", "h", "as", "ay"}


@pytest.mark.parametrize("path", INTERFACES, ids=lambda path: path.stem)
def test_types_that_qt_does_not_know_have_names(path):
    """Without them qdbusxml2cpp generates nothing."""
    missing = []
    for member in ElementTree.parse(path).getroot().find("interface"):
        names = {a.get("name").removeprefix("org.qtproject.QtDBus.QtTypeName") for a in member.findall("annotation")}
        if member.tag == "property" and member.get("type") not in PLAIN_TYPES and "" not in names:
            missing.append(member.get("name"))
        for direction in ("In", "Out"):
            arguments = [a for a in member.findall("arg") if a.get("direction", "out") == direction.lower()]
            missing += [f"{member.get('name')} {direction}{i}" for i, a in enumerate(arguments)
                        if a.get("type") not in PLAIN_TYPES and f".{direction}{i}" not in names]
    assert not missing


def documented(page: str) -> str:
    return (SOURCE / "docs" / page).read_text()


def documented_errors() -> tuple[set[str], set[str]]:
    """Names of errors of calls and of jobs. Unit tests compare this page with the code."""
    calls, jobs = documented("errors.md").split("## Errors of jobs")
    names = [set(re.findall(r"^\| `([\w-]+)` \|", part, flags=re.M)) for part in (calls, jobs)]
    assert all(names)
    return names[0], names[1]


def test_the_mapping_from_bits_leads_to_what_there_is():
    """Each error, cause, property and method that docs/bits-mapping.md names on our side."""
    page = documented("bits-mapping.md")
    names, causes = documented_errors()
    unknown = (set(re.findall(r"call `(\w+)`", page)) - names) | (set(re.findall(r"job `([a-z-]+)`", page)) - causes)
    contract = "".join(path.read_text() for path in INTERFACES)
    standard = {"GetAll", "PropertiesChanged"}
    ours = {word for line in page.splitlines() if line.count("|") == 3 for word in re.findall(r"`(\w+)", line.split("|")[2])}
    assert len(ours) > 100
    unknown |= {word for word in ours - standard - names if not re.search(rf"\b{word}\b", contract)}
    assert not sorted(unknown)


def test_errors_that_the_contract_mentions_exist():
    names, _causes = documented_errors()
    mentioned = set()
    for path in INTERFACES:
        for listing in re.findall(r"Errors(?: as)?:\s*(.*?)(?:-->|\n\n)", path.read_text(), flags=re.S):
            text = re.sub(r"\([^)]*\)", "", listing)
            mentioned |= set(re.findall(r"\b(?:[A-Z][a-z]+){1,4}\b", text.split(". ")[0]))
    unknown = sorted(word for word in mentioned - names if word not in {"Resume"})
    assert not unknown
