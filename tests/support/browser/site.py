# SPDX-License-Identifier: LGPL-2.1-or-later
"""A web site with a log-in: its page sets a cookie, and only who sends that gets the files. The page follows its link or sends its form
by itself, if its path says so."""

import http.server
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PAGE = """<!DOCTYPE html><title>Files</title><link rel="icon" href="data:,"><a id="link" href="/{file}">file</a>
<form id="form" method="post" action="/{file}"><input name="a" value="b"></form>
<script>{action}</script>"""
ACTIONS = {"/page": "", "/click": 'document.getElementById("link").click();', "/submit": 'document.getElementById("form").submit();'}


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """`files`: the content of each path, and the name that the server gives it."""
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self):
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path = urlsplit(self.path).path
                site.seen.append(Seen(self.command, path, {name.lower(): value for name, value in self.headers.items()}))
                if path in site.files:
                    self.send_file(*site.files[path])
                elif path in ACTIONS:
                    page = PAGE.format(file=urlsplit(self.path).query, action=ACTIONS[path]).encode()
                    self.answer(200, page, {"Content-Type": "text/html", "Set-Cookie": "login=yes; HttpOnly; SameSite=Lax"})
                else:
                    self.answer(404, b"", {})

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.do_GET()

            def send_file(self, content: bytes, name: str):
                if "login=yes" not in self.headers.get("Cookie", ""):
                    return self.answer(403, b"", {})
                return self.answer(200, content, {"Content-Type": "application/octet-stream", "ETag": '"one"',
                                                  "Content-Disposition": f'attachment; filename="{name}"'})

            def answer(self, status: int, content: bytes, headers: dict[str, str]):
                self.send_response(status)
                for key, value in (headers | {"Content-Length": str(len(content))}).items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format, *args):  # the report of a failed test has enough to read
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{path}"

    def of(self, path: str) -> list[Seen]:
        return [one for one in self.seen if one.path == path]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
