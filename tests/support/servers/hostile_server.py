# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that tries to cost its client time, memory or traffic. Each path is one behaviour: a function that gets the
request's head and yields the bytes to send and, as numbers, the seconds to wait."""

import contextlib
import re
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

if __package__:
    from .certificates import Authority

OK = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BLOCK = 256 << 10


def forever(block: bytes, wait: float = 0) -> Iterator:
    while True:
        yield block
        if wait:
            yield wait


def lines(line: bytes) -> bytes:
    return line * (BLOCK // len(line))


def endless_head(_head):
    yield OK
    yield from forever(lines(b"X-Header: value\r\n"))


def long_header(_head):
    yield OK + b"X-Header: " + b"v" * (1 << 20) + b"\r\nContent-Length: 1\r\n\r\nx"


def interim_responses(_head):
    yield from forever(lines(b"HTTP/1.1 103 Early Hints\r\n\r\n"))


def slow_head(_head):
    yield OK
    yield from forever(b"X-Header: value\r\n", 0.2)


def slow_interim_responses(_head):
    yield from forever(b"HTTP/1.1 102 Processing\r\n\r\n", 0.2)


def endless_trailer(_head):
    yield CHUNKED + b"5\r\nhello\r\n0\r\n"
    yield from forever(lines(b"T: " + b"v" * 1000 + b"\r\n"))


def slow_trailer(_head):
    yield CHUNKED + b"5\r\nhello\r\n0\r\n"
    yield from forever(b"T: v\r\n", 0.2)


def chunk_extension(_head):
    yield CHUNKED + b"5;"
    yield from forever(b"x" * BLOCK)


def bad_chunk(_head):
    yield CHUNKED + b"5\r\nhello\r\nnot a number\r\n"


def tiny_chunks(_head):
    yield CHUNKED
    yield from forever(b"1\r\nx\r\n" * (BLOCK // 6))


def redirect(_head, wait: float = 0):
    yield b"HTTP/1.1 302 Found\r\nLocation: /good\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from forever(b"1\r\nx\r\n" if wait else b"10000\r\n%s\r\n" % bytes(65536), wait)


def slow_redirect(head):
    yield from redirect(head, 0.2)


def error(_head):
    yield b"HTTP/1.1 503 Later\r\n\r\n"
    yield from forever(bytes(BLOCK))


def silence(_head):
    yield OK + b"Content-Length: 1000\r\n\r\nx"
    yield 3600


def crumbs(head):
    """One byte of each range."""
    wanted = re.search(rb"Range: bytes=(\d+)-", head)
    first = int(wanted[1]) if wanted else 0
    yield (b"HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\nContent-Length: 1\r\n"
           b"Content-Range: bytes %d-%d/1000000\r\n\r\nx" % (first, first))


def good(_head):
    yield OK + b"Content-Length: 4\r\n\r\ngood"


HTTP1 = {name: behaviour for name, behaviour in globals().items()
         if callable(behaviour) and behaviour.__module__ == __name__ and name not in ("forever", "lines")}


# ---- HTTP/2 ----

DATA, HEADERS, SETTINGS, PING, WINDOW = 0, 1, 4, 6, 8


def frame(kind: int, payload: bytes = b"", stream: int = 0, flags: int = 0) -> bytes:
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def head_of(stream: int) -> bytes:
    """200 with a content-length of 1000, in HPACK without Huffman codes."""
    return frame(HEADERS, b"\x88" + b"\x0f\x0d\x041000", stream, flags=4)


def empty_data(stream):
    yield head_of(stream)
    yield from forever(lines(frame(DATA, b"", stream)))


def settings(stream):
    yield head_of(stream)
    yield from forever(lines(frame(SETTINGS, flags=1)))


def pings(stream):
    yield head_of(stream)
    yield from forever(lines(frame(PING, bytes(8), flags=1)))


def windows(stream):
    yield head_of(stream)
    yield from forever(lines(frame(WINDOW, struct.pack(">I", 1))))


def unknown_frames(stream):
    yield from forever(lines(frame(99, bytes(100))))


HTTP2 = {behaviour.__name__: behaviour for behaviour in (empty_data, settings, pings, windows, unknown_frames)}


class HostileServer:
    """With an authority it speaks TLS, and HTTP/2 with clients that can."""

    def __init__(self, authority: "Authority | None" = None):
        self.requests: Counter[str] = Counter()
        self.protocols: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        self.tls = None
        if authority:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(authority.server_certificate, authority.server_key)
            self.tls.set_alpn_protocols(["h2", "http/1.1"])
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, name: str) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/{name}"

    def stop(self) -> None:
        self.stopping.set()
        self.listener.close()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                peer, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError), peer:
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            protocol = self.tls and peer.selected_alpn_protocol()
            self._serve_http2(peer) if protocol == "h2" else self._serve_http1(peer)

    def _serve_http1(self, peer: socket.socket) -> None:
        rest = b""
        while True:
            while b"\r\n\r\n" not in rest:
                more = peer.recv(65536)
                if not more:
                    return
                rest += more
            head, rest = rest.split(b"\r\n\r\n", 1)
            name = head.split()[1].decode()[1:]
            self.protocols["http/1.1"] += 1
            self._answer(peer, name, HTTP1.get(name, good)(head))

    def _serve_http2(self, peer: socket.socket) -> None:
        peer.sendall(frame(SETTINGS))
        read = peer.makefile("rb").read
        read(24)
        while True:
            size, kind, _flags, stream = struct.unpack(">IBBI", b"\0" + read(9))
            read(size)
            if kind == HEADERS:
                break
        peer.sendall(frame(SETTINGS, flags=1))
        self.protocols["h2"] += 1
        name = self.http2_behaviour
        self._answer(peer, name, HTTP2[name](stream))

    http2_behaviour = "empty_data"

    def _answer(self, peer: socket.socket, name: str, answer: Iterator) -> None:
        self.requests[name] += 1
        for piece in answer:
            if self.stopping.is_set():
                return
            if isinstance(piece, bytes):
                peer.sendall(piece)
                self.sent[name] += len(piece)
            elif self.stopping.wait(piece):
                return
