# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the properties of jobs, with their annotations and prose, from org.haulier.Haulier1.Job.xml."""

import re
import shlex
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

PREFIX = "org.haulier.Haulier1."
UNITS = {"bytes", "bytes-per-second", "seconds", "milliseconds", "date-usec", "uid", "path"}
ANNOTATIONS = {"Unit", "Default", "None", "Values", "Minimum", "MaximumLength"}


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


def read(path: Path) -> list[Property]:
    """All properties of the interface, in the order of the file."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    properties, comment = [], ""
    for element in ElementTree.parse(path, parser).getroot().find("interface"):
        if element.tag is ElementTree.Comment:
            comment = element.text
        elif element.tag == "property":
            name = element.get("name")
            prose = re.sub(r"\s+", " ", comment).strip().removeprefix(f"{name}: ")
            properties.append(Property(name, element.get("type"), element.get("access") == "readwrite",
                                       annotations_of(element), prose))
    return properties
