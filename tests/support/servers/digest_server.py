# SPDX-License-Identifier: LGPL-2.1-or-later
"""A web server on loopback that requires digest authentication (RFC 7616, MD5)."""

import hashlib
import http.server
import re
import threading
import uuid


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class DigestServer:
    """`files` holds contents by path: GET reads them, PUT adds to them."""

    def __init__(self, user: str, password: str):
        self.user = user
        self.password = password
        self.nonce = uuid.uuid4().hex
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, int]] = []  # method and status
        handler = type("BoundHandler", (Handler,), {"server_state": self})
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.http.server_port}{path}"

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def proved(self, method: str, authorization: str) -> bool:
        said = dict(re.findall(r'(\w+)="?([^",]+)', authorization.removeprefix("Digest ")))
        if said.get("username") != self.user or said.get("nonce") != self.nonce:
            return False
        who = md5(f"{self.user}:closed:{self.password}")
        what = md5(f"{method}:{said['uri']}")
        return said["response"] == md5(":".join((who, self.nonce, said["nc"], said["cnonce"], said["qop"], what)))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: DigestServer

    def log_message(self, *_) -> None:
        """Logs nothing; requests are recorded elsewhere."""

    def answer(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.server_state.requests.append((self.command, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def admitted(self) -> bool:
        if self.server_state.proved(self.command, self.headers.get("Authorization", "")):
            return True
        challenge = f'Digest realm="closed", nonce="{self.server_state.nonce}", qop="auth", algorithm=MD5'
        self.answer(401, b"who are you?\n", WWW_Authenticate=challenge)
        return False

    def do_GET(self) -> None:
        if not self.admitted():
            return
        content = self.server_state.files.get(self.path)
        if content is None:
            self.answer(404)
        else:
            self.answer(200, content, ETag='"one"')

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.admitted():
            self.server_state.files[self.path] = content
            self.answer(201)

    def do_OPTIONS(self) -> None:
        if self.admitted():
            self.answer(501)
