# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which URIs Haulier can take from apt: http and https, directly or in a list of mirrors on this machine."""

from __future__ import annotations

import urllib.parse

MIRROR_LIST = "mirror+file:"
LAST = 2**64  # mirrors without a priority come after all others


def is_web(uri: str) -> bool:
    return urllib.parse.urlsplit(uri).scheme in ("http", "https")


class Mirrors:
    """The lists of mirrors of `mirror+file:` sources, each read once. `bases`: the URIs of all sources."""

    def __init__(self, bases: list[str]):
        self._bases = sorted((base for base in bases if base.startswith(MIRROR_LIST)), key=len, reverse=True)
        self._lists: dict[str, list[str]] = {}

    def expanded(self, uri: str, architecture: str) -> list[str]:
        """The http and https URIs that apt would use for this one."""
        base = next((base for base in self._bases if uri.startswith(base)), None)
        if not base:
            return [uri] if is_web(uri) else []
        if base not in self._lists:
            path = urllib.parse.unquote(base.removeprefix(MIRROR_LIST).rstrip("/"))
            self._lists[base] = _read(path)
        rest = uri.removeprefix(base)
        return [mirror.rstrip("/") + "/" + rest for mirror in _chosen(self._lists[base], architecture) if is_web(mirror)]


def _read(path: str) -> list[str]:
    """The lines of a list of mirrors. apt cannot use a source whose list is missing, and it says so itself."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]
    except OSError:
        return []


def _chosen(lines: list[str], architecture: str) -> list[str]:
    """The mirrors that have packages of this architecture, those with the lowest priority number first."""
    chosen = []
    for line in lines:
        mirror, _, rest = line.partition("\t")
        tags: dict[str, list[str]] = {}
        for tag in rest.split():
            name, _, value = tag.partition(":")
            tags.setdefault(name, []).append(value)
        if "deb" in tags.get("type", ["deb"]) and architecture in tags.get("arch", [architecture]):
            priority = tags.get("priority", [""])[0]
            chosen.append((int(priority) if priority.isdecimal() else LAST, mirror.strip()))
    return [mirror for _, mirror in sorted(chosen, key=lambda pair: pair[0])]
