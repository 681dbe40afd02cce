# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the members of the D-Bus interfaces, with their prose, and the properties of jobs with their annotations."""

import re
import shlex
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

PREFIX = "org.haulier.Haulier1."
UNITS = {"bytes", "bytes-per-second", "seconds", "milliseconds", "date-usec", "uid", "path"}
ANNOTATIONS = {"Unit", "Default", "None", "Values", "Minimum", "Maximum", "MaximumLength"}


@dataclass(frozen=True)
class Property:
    name: str
    type: str
    settable: bool
    annotations: dict[str, str]
    prose: str

    @property
    def unit(self) -> str:
        return self.annotations.get("Unit", "")

    @property
    def words(self) -> list[str]:
        return self.annotations.get("Values", "").split()

    def value(self, annotation: str):
        """The value of Default or None as its D-Bus type: str, int, bool, or a list; None without such an annotation."""
        text = self.annotations.get(annotation)
        return None if text is None else parse(self.type, text)


@dataclass(frozen=True)
class Argument:
    name: str
    type: str
    out: bool
    prose: str


@dataclass(frozen=True)
class Member:
    """A method or a signal."""
    kind: str
    name: str
    arguments: list[Argument]
    prose: list[str]  # paragraphs


def parse(signature: str, text: str):
    if signature == "as":
        return text.split()
    if signature.startswith("("):
        return [parse(kind, part) for kind, part in zip(signature[1:-1], shlex.split(text), strict=True)]
    if signature == "b":
        return {"false": False, "true": True}[text]
    return text if signature in ("s", "o") else int(text)


def annotations_of(element: ElementTree.Element) -> dict[str, str]:
    found = {a.get("name").removeprefix(PREFIX): a.get("value") for a in element.findall("annotation")
             if a.get("name").startswith(PREFIX)}
    if unknown := found.keys() - ANNOTATIONS:
        raise ValueError(f"{element.get('name')}: unknown annotations {sorted(unknown)}")
    if found.get("Unit") not in UNITS | {None}:
        raise ValueError(f"{element.get('name')}: unknown unit '{found['Unit']}'")
    return found


def documented(path: Path):
    """Each element of the interface with the comment above it."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    comment = ""
    for element in ElementTree.parse(path, parser).getroot().find("interface"):
        if element.tag is ElementTree.Comment:
            comment = element.text
        else:
            yield element, comment


def on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def read(path: Path) -> list[Property]:
    """All properties of the interface, in the order of the file."""
    return [Property(name, element.get("type"), element.get("access") == "readwrite", annotations_of(element),
                     on_one_line(comment).removeprefix(f"{name}: "))
            for element, comment in documented(path) if element.tag == "property" for name in [element.get("name")]]


def members(path: Path) -> list[Member]:
    """All methods and signals of the interface, in the order of the file."""
    return [member_of(element, comment) for element, comment in documented(path) if element.tag in ("method", "signal")]


def member_of(element: ElementTree.Element, comment: str) -> Member:
    """The comment has the name, a line "@name: ..." for arguments, and paragraphs."""
    text = comment.strip().removeprefix(element.get("name") + ":")
    described, paragraphs = {}, []
    for block in re.split(r"\n\s*\n|\n(?=\s*@\w+:)", text):
        if argument := re.match(r"\s*@(\w+):(.*)", block, flags=re.S):
            described[argument[1]] = on_one_line(argument[2])
        elif block.strip():
            paragraphs.append(on_one_line(block))
    arguments = [Argument(a.get("name"), a.get("type"), a.get("direction") == "out", described.get(a.get("name"), ""))
                 for a in element.findall("arg")]
    return Member(element.tag, element.get("name"), arguments, paragraphs)
