# SPDX-License-Identifier: LGPL-2.1-or-later
"""How apt would reach a server: its proxy and its settings for TLS, as the properties of a job of Haulier."""

from __future__ import annotations

import os
import urllib.parse
from typing import NamedTuple

import apt_pkg

import logins

DIRECT = "DIRECT"
SECONDS = 20  # for the command that finds the proxy


class Route(NamedTuple):
    """Files with the same route can be in the same job. `proxy` is scheme://host:port, or "" for none; None means that apt
    has no setting, so that the environment of the service decides."""
    proxy: str | None = None
    proxy_user: str = ""
    proxy_password: str = ""
    authority: str = ""
    certificate: str = ""
    key: str = ""  # of the certificate; "" = it is in the same file
    bytes_per_second: int = 0


class Routes:
    """Finds routes, and asks the command that finds proxies once for each server."""

    def __init__(self, known: list[logins.Login]):
        self._logins = known
        self._detected: dict[str, str] = {}

    def route(self, uri: str) -> Route | None:
        """None if apt is configured in a way that Haulier does not support, so that apt has to fetch the file."""
        parts = urllib.parse.urlsplit(uri)
        proxy = self._proxy(parts)
        try:
            user = urllib.parse.urlsplit(proxy) if proxy else None
            limit = int(_setting(parts, "Dl-Limit") or 0) * 1024
            tls = _tls(parts)
        except (LookupError, ValueError):
            return None
        if user is None:
            return Route(proxy, "", "", *tls, limit)
        if user.scheme not in ("http", "https", "socks5h") or not user.hostname:
            return None
        login = logins.login_for(proxy, self._logins) if not user.username else None
        name = login.user if login else urllib.parse.unquote(user.username or "")
        password = login.password if login else urllib.parse.unquote(user.password or "")
        return Route(f"{user.scheme}://{user.netloc.rpartition('@')[2]}", name, password, *tls, limit)

    def _proxy(self, uri: urllib.parse.SplitResult) -> str | None:
        """The first proxy that apt has: for this host, from its command, or for all hosts. "" = no proxy, None = no setting."""
        host = uri.hostname or ""
        if _matches_no_proxy(host):
            return ""
        for answer in (_first([f"Acquire::{method}::Proxy::{host}" for method in _methods(uri)]),
                       self._detect(uri), _first([f"Acquire::{method}::Proxy" for method in _methods(uri)])):
            if answer:
                return "" if answer == DIRECT else answer
        return None

    def _detect(self, uri: urllib.parse.SplitResult) -> str:
        """The answer of the command: a proxy, DIRECT, or nothing."""
        command = _first([f"Acquire::{uri.scheme}::{name}" for name in ("Proxy-Auto-Detect", "ProxyAutoDetect")])
        server = f"{uri.scheme}://{uri.netloc.rpartition('@')[2]}"
        if command and server not in self._detected:
            self._detected[server] = _answer(command, server + "/")
        return self._detected.get(server, "")


def _answer(command: str, argument: str) -> str:
    """The first line that the command prints; "" if it fails."""
    import subprocess  # rarely needed, and a tenth of the program's start
    try:
        done = subprocess.run([command, argument], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=SECONDS, text=True,
                              check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
        print(f"'{command}' does not say which proxy to use: {error}", flush=True)
        return ""
    return done.stdout.partition("\n")[0].strip()


def _methods(uri: urllib.parse.SplitResult) -> list[str]:
    """The settings for http are the defaults for https."""
    return ["https", "http"] if uri.scheme == "https" else ["http"]


def _first(names: list[str]) -> str:
    return next((value for value in map(apt_pkg.config.find, names) if value), "")


def _setting(uri: urllib.parse.SplitResult, name: str) -> str:
    """A setting for this host, or for all hosts."""
    methods = _methods(uri)
    return _first([f"Acquire::{method}::{name}::{uri.hostname}" for method in methods] +
                  [f"Acquire::{method}::{name}" for method in methods])


def _tls(uri: urllib.parse.SplitResult) -> tuple[str, str, str]:
    """Certificate authority, client certificate and its key. Raises LookupError for what Haulier cannot do."""
    if uri.scheme != "https":
        return "", "", ""
    trusting = [name for name in ("Verify-Peer", "Verify-Host") if apt_pkg.string_to_bool(_setting(uri, name) or "true") == 0]
    if trusting or _setting(uri, "CRLFile"):
        raise LookupError
    return _setting(uri, "CAInfo"), _setting(uri, "SslCert"), _setting(uri, "SslKey")


def _matches_no_proxy(host: str) -> bool:
    listed = os.environ.get("no_proxy", "")
    return bool(listed) and apt_pkg.check_domain_list(host, listed)
