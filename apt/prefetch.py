#!/usr/bin/python3 -EsB
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Has Haulier fetch what the next upgrade needs. apt starts it after each update of its lists, as a unit of systemd.

prefetch.py [--cancel]
"""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import stat
import sys

import apt_pkg

import archives
import jobs
import logins
import settings
from client import Haulier, Refused
from routes import Route, Routes


def read_logins() -> list[logins.Login]:
    """Usually only root can read the passwords. apt's methods also read them before they give up root's rights."""
    return logins.read(apt_pkg.config.find_file("Dir::Etc::netrc"), apt_pkg.config.find_dir("Dir::Etc::netrcparts"))


def become(user: pwd.struct_passwd, folder: str) -> None:
    """Makes the folder for the files, and gives up root's rights: what comes from the network belongs to the user of apt's
    methods."""
    os.umask(0o022)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, f"'{folder}' is not a directory")
    if found.st_uid != user.pw_uid:
        os.chown(folder, user.pw_uid, 0)
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)


def by_route(wanted: list[archives.Archive], known: list[logins.Login]) -> dict[Route, list[archives.Archive]]:
    """The first usable URI of a file decides its route, and only mirrors with the same route are kept. Files without a usable
    URI are left to apt."""
    routes = Routes(known)
    groups: dict[Route, list[archives.Archive]] = {}
    for archive in wanted:
        ways = [(uri, route) for uri in archive.uris if (route := routes.route(uri))]
        if ways:
            first = ways[0][1]
            uris = tuple(logins.with_login(uri, known) for uri, route in ways if route == first)
            groups.setdefault(first, []).append(archive._replace(uris=uris))
    return groups


def prefetch(known: list[logins.Login], folder: str) -> None:
    cache = settings.archives_folder()
    wanted = [archive for archive in archives.needed(settings.is_full())
              if not settings.has_size(cache, archive.name, archive.size)]
    groups = by_route(wanted, known)
    policies = settings.policies()
    own = jobs.Jobs(Haulier(), folder)
    own.cancel_all_but({jobs.key_of(route, policies) for route in groups})
    for route, group in groups.items():
        own.ensure(route, policies, group)
    if any(settings.has_size(folder, archive.name, archive.size) for archive in wanted):
        own.haulier.start_delivery()
    print(f"{len(wanted)} packages to fetch, {len(wanted) - sum(map(len, groups.values()))} of them left to apt", flush=True)


def main(arguments: list[str]) -> int:
    apt_pkg.init_config()
    if not arguments and settings.is_locked(os.path.join(settings.archives_folder(), "lock")):
        print("apt uses its cache: later", flush=True)
        return os.EX_TEMPFAIL
    folder = settings.staging_folder()
    known = read_logins()
    if os.geteuid() == 0:
        become(pwd.getpwnam(settings.USER), folder)
    apt_pkg.init_system()
    try:
        if arguments == ["--cancel"] or not settings.is_enabled():
            jobs.Jobs(Haulier(), folder).cancel_all_but(set())
        else:
            prefetch(known, folder)
    except Refused as error:
        # apt fetches the packages itself, so nothing is broken.
        print(f"Haulier does not fetch packages: {error}", file=sys.stderr)
    except (apt_pkg.Error, SystemError) as error:
        print(f"apt cannot say what an upgrade needs: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
