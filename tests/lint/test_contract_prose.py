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


def words_in(source: str, pattern: str) -> set[str]:
    found = set(re.findall(pattern, (SOURCE / source).read_text()))
    assert found, f"no words found in {source}: has it moved?"
    return found


def documented(page: str) -> str:
    return (SOURCE / "docs" / page).read_text()


def test_every_cause_of_a_failure_is_explained():
    causes = words_in("src/job/cause.cpp", r'"([a-z]+(?:-[a-z]+)*)"')
    page = documented("errors.md")
    assert not sorted(word for word in causes if f"`{word}`" not in page)


def test_every_error_name_is_explained():
    names = words_in("src/daemon/bus/names/error_names.cpp", r'"(?:org\.haulier\.Haulier1\.Error\.)?([A-Z][A-Za-z]+)"')
    page = documented("errors.md")
    assert not sorted(name for name in names if f"`{name}`" not in page)


def test_the_mapping_from_bits_leads_to_what_there_is():
    """Each error, cause, property and method that docs/bits-mapping.md names on our side."""
    page = documented("bits-mapping.md")
    names = words_in("src/daemon/bus/names/error_names.cpp", r'"(?:org\.haulier\.Haulier1\.Error\.)?([A-Z][A-Za-z]+)"')
    causes = words_in("src/job/cause.cpp", r'"([a-z]+(?:-[a-z]+)*)"')
    unknown = (set(re.findall(r"call `(\w+)`", page)) - names) | (set(re.findall(r"job `([a-z-]+)`", page)) - causes)
    contract = "".join(path.read_text() for path in INTERFACES)
    standard = {"GetAll", "PropertiesChanged"}
    ours = {word for line in page.splitlines() if line.count("|") == 3 for word in re.findall(r"`(\w+)", line.split("|")[2])}
    assert len(ours) > 100
    unknown |= {word for word in ours - standard - names if not re.search(rf"\b{word}\b", contract)}
    assert not sorted(unknown)


def test_errors_that_the_contract_mentions_exist():
    names = words_in("src/daemon/bus/names/error_names.cpp", r'"(?:org\.haulier\.Haulier1\.Error\.)?([A-Z][A-Za-z]+)"')
    mentioned = set()
    for path in INTERFACES:
        for listing in re.findall(r"Errors(?: as)?:\s*(.*?)(?:-->|\n\n)", path.read_text(), flags=re.S):
            text = re.sub(r"\([^)]*\)", "", listing)
            mentioned |= set(re.findall(r"\b(?:[A-Z][a-z]+){1,4}\b", text.split(". ")[0]))
    unknown = sorted(word for word in mentioned - names if word not in {"Resume"})
    assert not unknown


def test_every_state_is_in_the_contract():
    states = words_in("src/job/state.cpp", r'"([a-z]+(?:-[a-z]+)*)"')
    job = (SOURCE / "dbus" / "org.haulier.Haulier1.Job.xml").read_text()
    assert not sorted(state for state in states if f'"{state}"' not in job)


def test_every_reason_to_wait_is_in_the_contract():
    """The sentence of WaitReason lists just the words that the code can say."""
    code = (SOURCE / "src/job/wait_reason.cpp").read_text()
    said = set(re.findall(r'"([a-z-]+)"', code[code.index("WaitReason why_blocked("):code.index("EndResult end_result_of(")]))
    job = (SOURCE / "dbus" / "org.haulier.Haulier1.Job.xml").read_text()
    prose = re.search(r"WaitReason: .*?-->", job, flags=re.S)[0]
    assert said == set(re.findall(r'"([a-z-]+)"', prose))


def test_every_configuration_key_is_in_the_manual():
    keys = words_in("src/daemon/common/config.cpp", r'\{"[A-Z][a-z]+", "([A-Z][A-Za-z]+)"')
    pages = "".join(path.read_text() for path in (SOURCE / "docs").rglob("haulier.conf*"))
    assert not sorted(key for key in keys if key not in pages)


def test_every_feature_is_explained():
    features = set(re.findall(r'"([a-z][a-z0-9-]+)"', feature_list()))
    page = documented("features.md")
    assert features and not sorted(word for word in features if f"`{word}`" not in page)


def feature_list() -> str:
    """The initialiser of the Features property, wherever the daemon keeps it."""
    for path in sorted((SOURCE / "src" / "daemon").rglob("*.cpp")):
        if match := re.search(r"(?i)features\w*(?:\(\))?[^;{]*\{([^;]*)\}", path.read_text()):
            return match[1]
    raise AssertionError("no list of features found")


def test_every_property_that_changes_can_be_told():
    """The table of values for PropertiesChanged has just the properties that the contract does not call constant or silent,
    and nothing else is announced."""
    bus = SOURCE / "src/daemon/bus"
    table = words_in("src/daemon/bus/job_values.cpp", r'\{"([A-Z]\w+)", reading')
    job = ElementTree.parse(SOURCE / "dbus" / "org.haulier.Haulier1.Job.xml").getroot()
    changing = {p.get("name") for p in job.iter("property")
                if not any(a.get("value") in ("const", "false") for a in p.findall("annotation"))}
    assert table == changing
    announced = words_in("src/daemon/bus/changed_properties.cpp", r'Watched\{"(\w+)"')
    announced |= set(re.findall(r'"(\w+)"', "".join(re.findall(r"tell_values\(.*?\);", (bus / "service.cpp").read_text()))))
    assert announced and announced <= table
