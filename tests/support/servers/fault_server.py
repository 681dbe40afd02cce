# SPDX-License-Identifier: LGPL-2.1-or-later
"""An HTTP server on loopback that misbehaves on demand, and records the requests and what it sent.

By hand: python3 tests/support/servers/fault_server.py [--port N] [--size BYTES] [PATH=JSON ...], see tests/support/README.md.
"""

import argparse
import contextlib
import dataclasses
import gzip
import http.server
import itertools
import json
import pathlib
import random
import re
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable

if __package__:
    from ..environment import patience
    from .certificates import Authority
    from .response_script import PRESETS, Script, http_date
else:
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    from support.environment import patience
    from support.servers.certificates import Authority
    from support.servers.response_script import PRESETS, Script, http_date

LAST_WEEK = http_date(-7 * 24 * 3600)


@dataclasses.dataclass
class Request:
    """A request, and the response to it so far."""
    number: int
    method: str
    path: str
    headers: dict[str, str]
    client: tuple
    began: float
    lines: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # the headers as sent, with repetitions
    received: int = 0   # bytes of the body of the request
    body: bytes = b""   # its body
    served: bool = False  # the server's rule let it pass
    status: int = 0
    first: int = 0      # offset in the file of the first byte of the response
    sent: int = 0       # bytes of the body passed to the kernel
    ended: bool = False
    end: float = 0      # when the response was complete, or given up

    @property
    def range(self) -> str:
        return self.headers.get("range", "")

    @property
    def range_start(self) -> int:
        match = re.match(r"bytes=(\d+)-", self.range)
        return int(match[1]) if match else 0


class Resource:
    """A path: its current content, its script, and scripts that only apply to the next requests, one each."""

    def __init__(self, content: bytes, etag: str | None = '"one"', modified: str | None = LAST_WEEK,
                 script: Script = Script()):
        self.script = script
        self.next: list[Script] = []
        self.gate = threading.Event()
        self.change(content, etag, modified)

    def change(self, content: bytes, etag: str | None, modified: str | None) -> None:
        """Replaces the content, from the next request on. Responses that are being sent continue with the old content."""
        self.version = (content, etag, modified)

    def next_scripts(self, *scripts: Script) -> None:
        self.next += scripts

    def take_script(self) -> Script:
        return self.next.pop(0) if self.next else self.script


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Skips the lookup of our own host name, which takes five seconds where no DNS server replies."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address) -> None:
        """Clients that leave in the middle, or do not trust the certificate, are not worth a traceback."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class FaultServer:
    """`listener`: a socket that already listens, perhaps in another network. `authority`: speaks HTTPS. `at_once`: how many
    requests are answered at a time, while the others wait for their turn. `rule` is asked first about each request: it
    returns the script of the response, or None to serve the resource. `clock`: the time that the server's dates are of."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1", listener: socket.socket | None = None,
                 authority: Authority | None = None, at_once: int | None = None, clock: Callable[[], float] = time.time):
        self.clock = clock
        self.turns = threading.Semaphore(at_once) if at_once else contextlib.nullcontext()
        self.rule: Callable[[Request], Script | None] = lambda request: None
        self.resources: dict[str, Resource] = {}
        self.requests: list[Request] = []
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        handler = type("BoundHandler", (Handler,), {"server_state": self})
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.http = type("FamilyListener", (Listener,), {"address_family": family})((host, port), handler, bind_and_activate=not listener)
        if listener:
            self.http.socket.close()
            self.http.socket = listener
            self.http.server_address = listener.getsockname()
            self.http.server_name, self.http.server_port = self.http.server_address
        self.host = f"[{host}]" if ":" in host else host
        self.port = self.http.server_port
        self.scheme = "http"
        if authority:
            self.scheme, self.host = "https", "localhost"
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.num_tickets = 0  # no session is resumed, which would spare the client the next certificate
            self.use_certificate(authority.server_certificate, authority.server_key)
            self.http.socket = self.tls.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        for resource in self.resources.values():
            resource.gate.set()
        self.http.shutdown()
        self.http.server_close()

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    def use_certificate(self, certificate: pathlib.Path, key: pathlib.Path) -> None:
        """For the connections from now on."""
        self.tls.load_cert_chain(certificate, key)

    def being_served(self) -> int:
        """How many requests that the rule let pass have no complete response yet."""
        return sum(request.served and not request.ended for request in self.requests)

    def judge(self, request: Request) -> Script | None:
        with self.changed:
            script = self.rule(request)
            request.served = script is None
        return script

    def add(self, path: str, content: bytes = b"", **options) -> Resource:
        return self.resources.setdefault(path, Resource(content, **options))

    def of(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def wait(self, predicate, what: str, seconds: float = 15):
        """Waits until the predicate about this server's requests holds, and returns its value."""
        with self.changed:
            value = self.changed.wait_for(predicate, patience(seconds))
        assert value, f"waited in vain for {what}; requests so far: {self.requests}"
        return value

    def wait_sent(self, path: str, least: int, times: int = 1) -> Request:
        """Waits until so many bytes of the body were sent for request number `times` of that path."""
        def sent():
            asked = self.of(path)
            return asked[times - 1] if len(asked) >= times and asked[times - 1].sent >= least else None
        return self.wait(sent, f"{least} bytes sent to request {times} of {path}")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: FaultServer
    numbers = itertools.count(1)

    def setup(self) -> None:
        # Small, so that nearly all bytes that were sent have been received.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server_state.clock() if timestamp is None else timestamp)

    def log_message(self, *_) -> None:
        """Logs nothing; requests are recorded elsewhere."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def handle_expect_100(self) -> bool:
        return True  # take_body() says when to continue

    def do_GET(self) -> None:
        state = self.server_state
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.record = Request(next(self.numbers), self.command, self.path, headers, self.client_address, time.time(),
                              self.headers.items())
        with state.changed:
            state.requests.append(self.record)
            state.changed.notify_all()
        try:
            with state.turns:
                self.answer(state)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        self.note(ended=True, end=time.time())

    do_POST = do_PUT = do_PATCH = do_OPTIONS = do_DELETE = do_GET

    def take_body(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        while self.record.received < length:
            piece = self.rfile.read1(min(65536, length - self.record.received))
            if not piece:
                raise ConnectionResetError
            self.note(received=self.record.received + len(piece), body=self.record.body + piece)

    def linger(self) -> None:
        """Lets the client read the response before its unread body makes the kernel reset the connection."""
        self.wfile.flush()
        with contextlib.suppress(OSError):
            self.request.settimeout(1)
            self.request.shutdown(socket.SHUT_WR)
            while self.request.recv(65536):
                pass

    def drop(self, how: str) -> None:
        if how == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()
        self.close_connection = True

    def note(self, **changes) -> None:
        with self.server_state.changed:
            for name, value in changes.items():
                setattr(self.record, name, value)
            self.server_state.changed.notify_all()

    # ---- the response ----

    def answer(self, state: FaultServer) -> None:
        refusal = state.judge(self.record)
        resource = state.resources.get(self.path)
        if refusal:
            script = refusal
        elif self.command not in ("GET", "HEAD", "POST"):
            script = Script(status=501)
        else:
            script = resource.take_script() if resource else Script(status=404)
        if not script.early:
            self.take_body()
        if script.on_body:
            script.on_body(self.record.body)
        if script.delay:
            state.stopping.wait(script.delay)
        if script.drop:
            self.drop(script.drop)
            return
        if script.status:
            self.answer_plainly(script)
            if script.early:
                self.close_connection = True
                self.linger()
            return
        content, etag, modified = resource.version
        if script.fresh_etag:
            etag = f'"fresh-{self.record.number}"'
        if script.encoding == "gzip":
            content = gzip.compress(content, mtime=0)
        first, last = self.wanted(script, len(content), etag, modified)
        if first >= len(content) > 0:
            self.answer_plainly(Script(status=416, headers={"Content-Range": f"bytes */{len(content)}"}))
            return
        partial = first >= 0
        part = content[first:last + 1] + bytes(script.extra) if partial else content
        self.note(status=206 if partial else 200, first=max(first, 0))
        self.send_response(self.record.status)
        self.send_validators(etag, modified, script)
        if partial:
            self.send_header("Content-Range", script.content_range or f"bytes {first}-{last}/{len(content)}")
        self.send_framing(script, len(part))
        self.end_headers()
        if self.command != "HEAD":
            self.send_body(resource, script, part)

    def answer_plainly(self, script: Script) -> None:
        self.note(status=script.status)
        self.send_response(script.status)
        self.send_scripted_headers(script)
        text = f"this is the body of a {script.status}\n".encode() if script.text is None else script.text
        bare = script.status in (204, 304)
        if not bare:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD" and not bare:
            self.wfile.write(text)

    def send_scripted_headers(self, script: Script) -> None:
        for name, value in script.headers.items():
            self.send_header(name, value(self.server_state.clock()) if callable(value) else value)

    def wanted(self, script: Script, total: int, etag: str | None, modified: str | None) -> tuple[int, int]:
        """First and last byte to send; (-1, -1) for the whole file with a 200."""
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.record.range)
        if not match or not script.ranges:
            return -1, -1
        condition = self.record.headers.get("if-range")
        strong = condition and not condition.startswith("W/") and condition in (etag, modified)
        holds = {"honour": condition is None or strong, "refuse": condition is None, "ignore": True}[script.if_range]
        if not holds:
            return -1, -1
        return int(match[1]), min(int(match[2] or total), total - 1)

    def send_validators(self, etag: str | None, modified: str | None, script: Script) -> None:
        if etag:
            self.send_header("ETag", etag)
        if modified:
            self.send_header("Last-Modified", modified)
        if script.ranges:
            self.send_header("Accept-Ranges", "bytes")
        self.send_scripted_headers(script)

    def send_framing(self, script: Script, length: int) -> None:
        if script.encoding:
            self.send_header("Content-Encoding", script.encoding)
        if script.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif script.length:
            self.send_header("Content-Length", str(length + script.lie))
        else:
            self.send_header("Connection", "close")

    def send_body(self, resource: Resource, script: Script, part: bytes) -> None:
        cut = script.send is not None and script.send < len(part)
        self.send_bytes(script, part[:script.send] if cut else part)
        if cut:
            if script.gate:
                resource.gate.wait()
            if script.then == "stall":
                self.server_state.stopping.wait()
            if script.then == "reset":
                self.drop("reset")
            if script.then == "finish":
                self.send_bytes(script, part[script.send:])
        if script.chunked and not (cut and script.then != "finish"):
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = bool(cut or script.lie or not script.length)

    def send_bytes(self, script: Script, data: bytes) -> None:
        step = script.burst or (min(16384, max(1, script.rate // 8)) if script.rate else 16384)
        start = 0
        while start < len(data):
            slowly = script.rate and self.record.sent >= script.rate_from
            piece = data[start:start + (step if slowly else 16384)]
            start += len(piece)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if script.chunked else piece)
            self.note(sent=self.record.sent + len(piece))
            if slowly and self.server_state.stopping.wait(len(piece) / script.rate):
                raise ConnectionResetError


def main() -> None:
    parser = argparse.ArgumentParser(description="An HTTP server that misbehaves on demand.")
    parser.add_argument("--port", type=int, default=0, help="default: any free one, printed")
    parser.add_argument("--size", type=int, default=10_000_000, help="bytes of every file")
    parser.add_argument("path", nargs="*", metavar="PATH=JSON", help='e.g. \'/a={"if_range": "ignore", "rate": 100000}\'')
    options = parser.parse_args()
    server = FaultServer(options.port)
    content = random.Random(1).randbytes(options.size)
    for name, script in PRESETS.items():
        server.add("/" + name, content, script=script)
    for pair in options.path:
        path, _, script = pair.partition("=")
        server.add(path, content, script=Script(**json.loads(script)))
    for path, resource in server.resources.items():
        print(server.url(path), resource.script, flush=True)
    try:
        shown = 0
        while True:
            with server.changed:
                server.changed.wait_for(lambda: sum(r.ended for r in server.requests) > shown)
                for request in [r for r in server.requests if r.ended][shown:]:
                    print(request.method, request.path, request.range or "-", request.status, request.sent, flush=True)
                    shown += 1
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
