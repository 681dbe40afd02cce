# SPDX-License-Identifier: LGPL-2.1-or-later
"""An HTTP proxy on loopback: forwards requests, tunnels with CONNECT, can ask for a password, and records its requests."""

import base64
import http.server
import select
import shutil
import socket
import threading
import urllib.parse
from dataclasses import dataclass


@dataclass
class Forwarded:
    method: str
    target: str  # as in the request line
    headers: dict[str, str]
    status: int  # of the proxy's own response, or of the server's


class Proxy:
    """`password`: "user:password" for basic authentication, or None if no password is needed."""

    def __init__(self, password: str | None = None):
        self.password = password
        self.requests: list[Forwarded] = []
        handler = type("BoundHandler", (Handler,), {"proxy": self})
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.port = self.http.server_port
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def admits(self, authorization: str) -> bool:
        return self.password is None or authorization == "Basic " + base64.b64encode(self.password.encode()).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def log_message(self, *_) -> None:
        """Logs nothing; requests are recorded elsewhere."""

    def note(self, status: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.proxy.requests.append(Forwarded(self.command, self.path, headers, status))

    def refuse(self, status: int, *headers: tuple[str, str]) -> None:
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def reach(self, host: str | None, port: int) -> socket.socket | None:
        """A connection to the server; None if the client has got an error response instead."""
        if not self.proxy.admits(self.headers.get("Proxy-Authorization", "")):
            self.refuse(407, ("Proxy-Authenticate", 'Basic realm="proxy"'))
            return None
        try:
            return socket.create_connection((host, port), timeout=60)
        except OSError:
            self.refuse(502)
            return None

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if not (server := self.reach(host.strip("[]"), int(port))):
            return
        self.note(200)
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        with server:
            carry_both_ways(self.connection, server)

    def forward(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        if not (server := self.reach(url.hostname, url.port or 80)):
            return
        with server:
            server.sendall(self.head(url).encode("latin-1"))
            if length := int(self.headers.get("Content-Length", 0)):
                carry(self.rfile, server, length)
            answer = server.makefile("rb")
            status = answer.readline()
            self.note(int(status.split()[1]))
            self.wfile.write(status)
            shutil.copyfileobj(answer, self.wfile)
        self.close_connection = True

    def head(self, url: urllib.parse.SplitResult) -> str:
        target = urllib.parse.urlunsplit(("", "", url.path or "/", url.query, ""))
        own = ("proxy-authorization", "proxy-connection", "connection", "expect")
        lines = [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in own]
        return "\r\n".join([f"{self.command} {target} HTTP/1.1", *lines, "Connection: close", "", ""])

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_OPTIONS = do_DELETE = forward


def carry(source, sink: socket.socket, length: int) -> None:
    while length and (piece := source.read1(min(length, 65536))):
        sink.sendall(piece)
        length -= len(piece)


def carry_both_ways(client: socket.socket, server: socket.socket) -> None:
    ends = {client: server, server: client}
    try:
        while True:
            ready, _, _ = select.select(list(ends), [], [], 60)
            for end in ready:
                if not (piece := end.recv(65536)):
                    return
                ends[end].sendall(piece)
            if not ready:
                return
    except OSError:
        return  # one side closed its connection
