# SPDX-License-Identifier: LGPL-2.1-or-later
"""User names and passwords for servers and proxies, from apt's auth.conf(5)."""

from __future__ import annotations

import os
import urllib.parse
from typing import NamedTuple

MOST_BYTES = 1 << 20


class Login(NamedTuple):
    """`machine` as it is written: [protocol://]host[:port][/path]."""
    machine: str
    user: str
    password: str


def read(file: str, folder: str) -> list[Login]:
    """The entries of auth.conf and of the files in auth.conf.d. Files that cannot be read are left out, as apt does."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    paths = [os.path.join(folder, name) for name in names if name.endswith(".conf") and not name.startswith(".")]
    found: list[Login] = []
    for path in [file, *paths]:
        try:
            with open(path, encoding="utf-8", errors="replace") as text:
                found += parse(text.read(MOST_BYTES))
        except OSError:
            continue
    return found


def parse(text: str) -> list[Login]:
    """Tokens are separated by blanks and line breaks; unknown ones are skipped."""
    logins: list[Login] = []
    words = iter(text.split())
    for word in words:
        if word == "machine":
            logins.append(Login(next(words, ""), "", ""))
        elif word in ("login", "password"):
            value = next(words, "")
            if logins:
                last = logins.pop()
                logins.append(Login(last.machine, value, last.password) if word == "login" else
                              Login(last.machine, last.user, value))
    return logins


def login_for(uri: str, logins: list[Login]) -> Login | None:
    """The first entry that is meant for this URI, which has no user itself."""
    parts = urllib.parse.urlsplit(uri)
    return next((login for login in logins if login.user and _is_for(login.machine, parts)), None)


def _is_for(machine: str, uri: urllib.parse.SplitResult) -> bool:
    """Without a protocol, an entry is for https only, because http would send the password unencrypted."""
    if "://" in machine:
        protocol, _, machine = machine.partition("://")
        if protocol != uri.scheme:
            return False
    elif uri.scheme != "https":
        return False
    server = f"{uri.hostname}:{uri.port}" if uri.port else uri.hostname or ""
    if "/" in machine:
        return f"{server}{uri.path}".startswith(machine)
    return machine in (server, uri.hostname)


def with_login(uri: str, logins: list[Login]) -> str:
    """The URI with the user name and password for it, if there are any. Haulier removes them from the URI at once."""
    parts = urllib.parse.urlsplit(uri)
    login = None if parts.username else login_for(uri, logins)
    if not login:
        return uri
    user = f"{urllib.parse.quote(login.user, safe='')}:{urllib.parse.quote(login.password, safe='')}@"
    return urllib.parse.urlunsplit(parts._replace(netloc=user + parts.netloc))
