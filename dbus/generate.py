# SPDX-License-Identifier: LGPL-2.1-or-later
"""generate.py XML TEMPLATE OUTPUT: replaces placeholders in a template by what the interface says about properties of jobs.

@words:NAME@ is replaced by the possible words of a property, and @list:KIND@, which stands alone on its line, by lines of one
of the kinds below, with the indentation of the placeholder. @methods:INTERFACE@, @signals:INTERFACE@ and
@properties:INTERFACE@ are replaced by the description of these members for the manual.
"""

import json
import re
import sys
from pathlib import Path

import contract

MANUAL_TYPES = {"s": "string", "b": "boolean", "u": "uint32", "t": "uint64", "as": "array of strings", "o": "object path",
                "a{sv}": "dictionary"}
MANUAL_UNITS = {"bytes": "bytes", "bytes-per-second": "bytes per second", "seconds": "seconds", "milliseconds": "milliseconds",
                "date-usec": "microseconds since the epoch", "uid": "uid", "path": "path"}


def settable(properties: list) -> list:
    return sorted((p for p in properties if p.settable), key=lambda p: p.name)


def suggestions(p) -> list[str]:
    """What a shell offers as the value of a property."""
    if p.type == "b":
        return ["yes", "no"]
    if p.unit == "date-usec":
        return ["now"]
    return p.words or (["none"] if "None" in p.annotations else [])


def cpp(properties: list) -> list[str]:
    """Rows of the table of haulierctl."""
    def literal(value) -> str:
        return "nullptr" if value is None else f'Json::parse(R"({json.dumps(value)})")'

    def unit(p) -> str:
        return "Unit::" + ("".join(part.title() for part in p.unit.split("-")) or "None")

    return [f'{{"{p.name}", "{p.type}", {str(p.settable).lower()}, {unit(p)}, {literal(p.value("Default"))}, '
            f'{literal(p.value("None"))}, {{{", ".join(json.dumps(word) for word in p.words)}}}, {literal(p.value("Minimum"))}, '
            f'{literal(p.value("Maximum"))}, {json.dumps(p.annotations.get("MaximumLength", ""))}}},' for p in properties]


def bash(properties: list) -> list[str]:
    return [f"[{p.name}]='{' '.join(suggestions(p))}'" for p in settable(properties)]


def patterns(properties: list, selected) -> list[str]:
    return [" | ".join(f"{p.name}=*" for p in settable(properties) if selected(p))]


def bash_lists(properties: list) -> list[str]:
    """The pattern of properties whose values are words separated by commas."""
    return [line + ") cur=${cur#*=} && __haulierctl_offer_list \"${values[$name]}\" ;;"
            for line in patterns(properties, lambda p: p.type == "as")]


def bash_paths(properties: list) -> list[str]:
    return [line + ") cur=${cur#*=} && _filedir ;;" for line in patterns(properties, lambda p: p.unit == "path")]


def zsh(properties: list) -> list[str]:
    """The branches of an if, each for the value of one property."""
    lines = []
    for p in settable(properties):
        words = " ".join(suggestions(p))
        if p.unit == "path":
            action = "_files"
        elif p.type == "as":
            action = f"_values -s , {p.name} {words}"
        elif words:
            action = f"compadd {words}"
        else:
            continue
        lines += [f"{'elif' if lines else 'if'} compset -P '{p.name}='; then", "    " + action]
    return lines


def names(properties: list) -> list[str]:
    return [p.name for p in settable(properties)]


def fish(properties: list) -> list[str]:
    def values(p) -> str:
        """A word that is offered alone is not the only possible one."""
        words = suggestions(p)
        return "{" + ",".join(words if len(words) > 1 else ["", *words]) + "}" if words else ""

    return [f"printf '%s\\n' {p.name}={values(p)}" for p in settable(properties)]


def manual(properties: list) -> list[str]:
    """Paragraphs for scdoc."""
    return [line for p in properties for line in [f"*{p.name}* ({', '.join(facts(p))})", "\t" + escaped(p.prose[0].upper() + p.prose[1:]), ""]]


def manual_members(members: list, kind: str) -> list[str]:
    """Paragraphs for scdoc."""
    def arguments(member, out: bool) -> str:
        return ", ".join(f"{escaped(a.type)} _{escaped(a.name)}_" for a in member.arguments if a.out == out)

    lines = []
    for member in (m for m in members if m.kind == kind):
        returned = arguments(member, True)
        lines.append(f"*{member.name}*({arguments(member, False)})" + (f", returns {returned}" if returned else ""))
        described = [f"_{escaped(a.name)}_: {escaped(a.prose)}" for a in member.arguments if a.prose]
        paragraphs = [escaped(text[0].upper() + text[1:]) for text in member.prose]
        for paragraph in described + paragraphs:
            lines += ["\t" + paragraph, ""]
    return lines


def facts(p) -> list[str]:
    def shown(text: str) -> str:
        return "2^64-1" if text == str(2**64 - 1) else text or "empty"

    found = [manual_type(p.type)]
    if p.unit:
        found.append(MANUAL_UNITS[p.unit])
    found.append("writable" if p.settable else "read-only")
    if p.settable and "Default" in p.annotations:
        found.append("default " + escaped(shown(p.annotations["Default"])))
    if minimum := p.annotations.get("Minimum"):
        found.append(f"at least {minimum}")
    if maximum := p.annotations.get("Maximum") or p.annotations.get("MaximumLength"):
        found.append(f"at most {maximum}")
    return found


def manual_type(signature: str) -> str:
    if signature.startswith("("):
        return "struct of " + ", ".join(MANUAL_TYPES.get(kind, "int32") for kind in signature[1:-1])
    return MANUAL_TYPES[signature]


def escaped(text: str) -> str:
    return re.sub(r"([\\*_#|\[\]<>])", r"\\\1", text.replace("&lt;", "<").replace("&gt;", ">"))


LISTS = {"cpp": cpp, "bash": bash, "bash_lists": bash_lists, "bash_paths": bash_paths, "zsh": zsh, "names": names, "fish": fish}


def described(kind: str, interface: Path) -> list[str]:
    return manual(contract.read(interface)) if kind == "properties" else manual_members(contract.members(interface), kind[:-1])


def fill(template: str, properties: list, folder: Path) -> str:
    by_name = {p.name: p for p in properties}
    template = re.sub(r"@words:(\w+)@", lambda match: " ".join(by_name[match[1]].words), template)
    template = re.sub(r"^@(methods|signals|properties):(\w+)@\n", lambda match: "".join(
        line + "\n" for line in described(match[1], folder / f"{contract.PREFIX}{match[2]}.xml")), template, flags=re.M)
    return re.sub(r"^([ \t]*)@list:(\w+)@\n", lambda match: "".join(
        (match[1] + line if line else "") + "\n" for line in LISTS[match[2]](properties)), template, flags=re.M)


def main(interface: str, template: str, output: str) -> None:
    path = Path(interface)
    Path(output).write_text(fill(Path(template).read_text(), contract.read(path), path.parent))


if __name__ == "__main__":
    main(*sys.argv[1:])
