# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the jobs of Haulier agree with what an upgrade needs: one job for each route, continued from one update to the next."""

from __future__ import annotations

import hashlib
import os
import urllib.parse
from typing import NamedTuple

from client import GLib, Haulier, Refused
import settings
from archives import Archive
from routes import Route

ATTEMPTS = 3  # a job may be completed between two calls


class Changes(NamedTuple):
    """What is to be done to the files of a job: numbers to remove, files to add, and new URLs."""
    remove: list[int]
    add: list[Archive]
    move: list[tuple[int, str]]
    kept: int


def changes(wanted: list[Archive], files: list[tuple[int, dict]]) -> Changes:
    """Files that already have their names cannot be removed and need not be: they wait to be delivered."""
    missing = {archive.name: archive for archive in wanted}
    remove, move, kept = [], [], 0
    for index, values in files:
        name = os.path.basename(values["LocalName"])
        archive = missing.get(name)
        if values["Completed"]:
            missing.pop(name, None)
        elif not archive or values.get("Checksum") != archive.checksum:
            remove.append(index)
        else:
            kept += 1
            del missing[name]
            if values["RemoteName"] != archive.uris[0]:
                move.append((index, archive.uris[0]))
    return Changes(remove, list(missing.values()), move, kept)


def has_login(uri: str) -> bool:
    return bool(urllib.parse.urlsplit(uri).username)


def key_of(route: Route, policies: dict[str, str]) -> str:
    """The key is the same for the same settings, so that a job with other settings is replaced. Passwords are not in it. `key`
    is newer than the other fields, and only counts if it is set, so that jobs of earlier versions keep their keys."""
    fields = route._replace(proxy_user="", proxy_password="")._asdict()
    counting = ", ".join(f"{name}={value!r}" for name, value in fields.items() if name != "key" or value)
    known = f"(Route({counting}), {sorted(policies.items())!r})"
    return settings.KEY + hashlib.sha256(known.encode()).hexdigest()[:16]


def options(route: Route, policies: dict[str, str]) -> dict[str, GLib.Variant]:
    """The options of CreateJob, without the files."""
    texts = policies | {"OnFileError": "continue", "PublishFiles": "each", "Key": key_of(route, policies),
                        "CertificateAuthority": route.authority, "ClientCertificate": route.certificate, "ClientKey": route.key}
    if route.proxy is not None:
        texts |= {"ProxyMode": "override", "ProxyList": route.proxy} if route.proxy else {"ProxyMode": "none"}
    found = {name: GLib.Variant("s", text) for name, text in texts.items() if text}
    found["NotifyService"] = GLib.Variant("(so)", (settings.NAME, settings.PATH))
    if route.bytes_per_second:
        found["BandwidthLimit"] = GLib.Variant("t", route.bytes_per_second)
    if route.proxy_user:
        found["Credentials"] = GLib.Variant("a(ssss)", [("proxy", "basic", route.proxy_user, route.proxy_password)])
    found["Resume"] = GLib.Variant("b", True)
    return found


def described(archives: list[Archive], folder: str) -> GLib.Variant:
    """The files as an a(ssa{sv}). It is built from parts, because GLib.Variant(signature, value) takes five times as long."""
    return GLib.Variant.new_array(GLib.VariantType("(ssa{sv})"), [_described(archive, folder) for archive in archives])


def _described(archive: Archive, folder: str) -> GLib.Variant:
    text, values = GLib.Variant.new_string, GLib.VariantDict()
    values.insert_value("Checksum", text(archive.checksum))
    values.insert_value("Size", GLib.Variant.new_uint64(archive.size))
    values.insert_value("Mirrors", GLib.Variant.new_strv(archive.uris[1:]))
    return GLib.Variant.new_tuple(text(archive.uris[0]), text(os.path.join(folder, archive.name)), values.end())


class Jobs:
    """The jobs of the user who calls."""

    def __init__(self, haulier: Haulier, folder: str):
        self.haulier = haulier
        self.folder = folder

    def _ours(self) -> dict[str, dict]:
        return self.haulier.jobs(os.getuid())

    def cancel_all_but(self, keys: set[str]) -> None:
        for path, values in self._ours().items():
            if values["Key"] not in keys:
                self._end(path, "Cancel")

    def ensure(self, route: Route, policies: dict[str, str], wanted: list[Archive]) -> None:
        for attempt in range(ATTEMPTS):
            try:
                self._try_ensure(route, policies, wanted)
                return
            except Refused as error:
                if not error.has_ended or attempt == ATTEMPTS - 1:
                    raise

    def _try_ensure(self, route: Route, policies: dict[str, str], wanted: list[Archive]) -> None:
        key = key_of(route, policies)
        job = next(((path, values) for path, values in self._ours().items() if values["Key"] == key), None)
        if job and job[1]["State"] == "transferred":
            # Its files have their names, and only have to be delivered.
            self._end(job[0], "Complete")
            job = None
        if job:
            self._change(job[0], route, changes(wanted, self.haulier.files(job[0])))
        elif missing := [archive for archive in wanted if not self._is_staged(archive)]:
            files = {"Files": described(missing, self.folder)}
            self.haulier.manager("CreateJob", "(ssa{sv})", "Package upgrades", "download", options(route, policies) | files)

    def _change(self, path: str, route: Route, found: Changes) -> None:
        if not found.kept and not found.add:
            self._end(path, "Cancel")
            return
        if route.proxy_user:
            self.haulier.job(path, "SetCredentials", "(ssss)", "proxy", "basic", route.proxy_user, route.proxy_password)
        for index, uri in found.move:
            self.haulier.job(path, "SetRemoteName", "(us)", index, uri)
        if found.add:  # first, so that the job is not transferred for a moment
            self.haulier.add_files(path, described(found.add, self.folder))
        if found.remove:
            self.haulier.job(path, "RemoveFiles", "(au)", found.remove)
        self.haulier.job(path, "Resume")

    def _is_staged(self, archive: Archive) -> bool:
        return settings.has_size(self.folder, archive.name, archive.size)

    def _end(self, path: str, method: str) -> None:
        """Ends a job, which may have ended by itself."""
        try:
            self.haulier.job(path, method)
        except Refused as error:
            if not error.has_ended:
                raise
