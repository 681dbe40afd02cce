# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which packages an upgrade needs, and what apt's signed lists say about each of them."""

from __future__ import annotations

from typing import NamedTuple

import apt_pkg

import sources

# The checksums that apt trusts and Haulier knows, the preferred one first.
CHECKSUMS = ("SHA256", "SHA512")


class Archive(NamedTuple):
    """A package file. `checksum` is in Haulier's notation, and `uris` are all URIs of this content, in apt's order."""
    name: str
    size: int
    checksum: str
    uris: tuple[str, ...]


def needed(full: bool) -> list[Archive]:
    """What `apt-get dist-upgrade`, or without `full` `apt-get upgrade`, would download into an empty cache. Packages that
    are in no signed list are left out. Raises apt_pkg.Error if apt cannot read its lists or resolve the dependencies."""
    cache = apt_pkg.Cache(None)
    lists = apt_pkg.SourceList()
    lists.read_main_list()
    reader = _Reader(cache, lists)
    found = (reader.archive(version) for version in _chosen(cache, full))
    return [archive for archive in found if archive]


def _chosen(cache: apt_pkg.Cache, full: bool):
    """The versions that the upgrade would install."""
    plan = apt_pkg.DepCache(cache)
    if not plan.upgrade(full):
        raise apt_pkg.Error("apt finds no upgrade: dependencies are broken")
    for package in cache.packages:
        if plan.marked_install(package) or plan.marked_upgrade(package) or plan.marked_downgrade(package):
            yield plan.get_candidate_ver(package)


class _Reader:
    def __init__(self, cache: apt_pkg.Cache, lists: apt_pkg.SourceList):
        self.records = apt_pkg.PackageRecords(cache)
        self.lists = lists
        self.mirrors = sources.Mirrors([source.uri for source in lists.list])

    def archive(self, version: apt_pkg.Version) -> Archive | None:
        checksum, ending, uris = "", "", []
        for place in version.file_list:
            index = self.lists.find_index(place[0])
            if not index or not index.is_trusted or not self.records.lookup(place):
                continue
            listed = _checksum(self.records.hashes)
            if not listed or checksum not in ("", listed):
                continue
            checksum = listed
            ending = ending or self.records.filename.rpartition(".")[2]
            uris += self.mirrors.expanded(index.archive_uri(self.records.filename), version.arch)
        name = file_name(version, ending)
        return Archive(name, version.size, checksum, tuple(dict.fromkeys(uris))) if checksum and "/" not in name else None


def _checksum(hashes: apt_pkg.HashStringList) -> str:
    """The preferred checksum that proves the content of a file, or "" if there is none."""
    for kind in CHECKSUMS:
        try:
            return f"{kind.lower()}:{hashes.find(kind).hashvalue.lower()}"
        except (AttributeError, KeyError):  # there is none of this kind
            continue
    return ""


def file_name(version: apt_pkg.Version, ending: str) -> str:
    """The name that apt gives the file in its cache."""
    return "_".join([apt_pkg.quote_string(version.parent_pkg.name, "_:"), apt_pkg.quote_string(version.ver_str, "_:"),
                     apt_pkg.quote_string(version.arch, "_:.")]) + "." + ending
