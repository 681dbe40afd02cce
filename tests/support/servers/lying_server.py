# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server whose behaviour is drawn at random. The number in the path is the seed: the same path always gets the same kind of
answer, so that what was found can be repeated."""

import contextlib
import random
import re
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator

from ..content import body
from .certificates import Authority
from .hostile_server import DATA, HEADERS, PING, SETTINGS, WINDOW, frame

CONTENT = body(60_000)
RST, PRIORITY, PUSH, GOAWAY, CONTINUATION = 3, 2, 5, 7, 9
NOISE = bytes(range(256))
# Seeds are written with characters that HPACK does not compress, so that they can be found in the head of a request.
DIGITS = b"&*,;XZ!("


def noise(chance: random.Random, most: int) -> bytes:
    return chance.randbytes(chance.randint(0, most))


def number(chance: random.Random, right: int) -> str:
    """The right number, or one that no program should believe."""
    if chance.random() < 0.8:
        return str(right)
    return str(chance.choice([right - 1, right + 1, 0, -1, 2**31, 2**63, 2**64, 10**30, "", "+5", "0x10", "5, 5",
                              "5, 6", f" {right} ", f"{right}garbage", "1e3"]))


def content_range(chance: random.Random, first: int, last: int) -> str:
    total = len(CONTENT)
    return chance.choice([f"bytes {first}-{last}/{total}"] * 30 + [
        f"bytes {first + 1}-{last}/{total}", f"bytes 0-{last}/{total}", f"bytes {first}-{last}/*", f"bytes */{total}",
        f"bytes {last}-{first}/{total}", f"bytes {first}-{last}/{total + 1}", f"bytes={first}-{last}/{total}", "bytes", "", "items 1-2/3",
        f"bytes {first}-{10**30}/{10**31}", f"bytes {first}-{last - 1 if last else 0}/{total}"])


def headers(chance: random.Random, first: int, last: int, status: int) -> list[bytes]:
    length = last - first + 1
    lines = []
    if chance.random() < 0.8:
        lines.append(f"Content-Length: {number(chance, length)}")
    if chance.random() < 0.1:
        lines.append(f"Content-Length: {number(chance, length)}")
    if status in (206, 416) or chance.random() < 0.1:
        lines.append(f"Content-Range: {content_range(chance, first, last)}")
    if chance.random() < 0.7:
        lines.append("ETag: " + chance.choice(['"a"', '"a"', 'W/"a"', '""', "a", '"' + "x" * 5000 + '"', f'"{chance.random()}"', '"\x01"']))
    if chance.random() < 0.5:
        lines.append("Last-Modified: " + chance.choice(["Mon, 01 Jan 2024 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "0",
                                                        "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 1601 00:00:00 GMT"]))
    extras = ["Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity", "Content-Encoding: gzip",
              "Content-Encoding: br", "Connection: close", "Connection: upgrade\r\nUpgrade: h2c", "Retry-After: 99999999999999999999",
              "Retry-After: -1", "Location: /0", "Location: ftp://localhost/", "Location: http://[", "Location: " + "/a" * 6000,
              "Set-Cookie: a=" + "b" * 5000, "Content-Type: text/html", "Accept-Ranges: none", "X-Escape: \x1b]0;title\x07\x1b[31m",
              "X-Long: " + "v" * chance.choice([100, 10_000, 120_000]), "no colon", ": no name", " folded", "Date: Mon, 01 Jan 2035 00:00:00 GMT",
              "Alt-Svc: h3=\":1\"", "Strict-Transport-Security: max-age=99999999", "Trailer: T", "Warning: 199 x"]
    lines += chance.sample(extras, chance.choice([0, 0, 0, 0, 0, 1, 1, 2]))
    chance.shuffle(lines)
    return [line.encode("latin-1") for line in lines]


def chunks(chance: random.Random, data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = chance.choice([1, 7, 100, 4096, 20_000])
        piece = data[at:at + size]
        at += size
        yield chance.choice([b"%x\r\n"] * 60 + [b"%x;a=b\r\n", b"%x;" + b"e" * 3000 + b"\r\n", b"0%x\r\n"]) % len(piece) + piece + b"\r\n"
    yield chance.choice([b"0\r\n\r\n"] * 10 + [b"0\r\nT: v\r\n\r\n", b"0\r\n", b"", b"z\r\n", b"ffffffffffffffffff\r\n", b"-1\r\n"])


def pieces(chance: random.Random, data: bytes, chunked: bool) -> Iterator:
    """The body, and what goes wrong with it."""
    data = chance.choice([data] * 20 + [data[:len(data) // 2], data + noise(chance, 5000), noise(chance, 60_000), b"", b"<html>log in</html>"])
    parts = list(chunks(chance, data)) if chunked else [data[i:i + 8000] for i in range(0, len(data), 8000)]
    for part in parts:
        yield part
        if chance.random() < 0.03:
            yield chance.choice([0.05, 0.2, 1.0])
        if chance.random() < 0.01:
            yield chance.choice(["close", "reset", "stall"])


def flood(chance: random.Random, *blocks: bytes) -> Iterator:
    """The same for up to three seconds, at full speed or slowly."""
    block, wait = chance.choice(blocks), chance.choice([0, 0, 0.1])
    block = block if wait else block * max(1, (64 << 10) // len(block))
    end = time.monotonic() + 3
    while time.monotonic() < end:
        yield block
        if wait:
            yield wait


def answer(chance: random.Random, head: bytes) -> Iterator:
    """Of HTTP/1.1."""
    wanted = re.search(rb"[Rr]ange: bytes=(\d+)-(\d*)", head)
    first = min(int(wanted[1]), len(CONTENT) - 1) if wanted else 0
    last = min(int(wanted[2]), len(CONTENT) - 1) if wanted and wanted[2] else len(CONTENT) - 1
    status = chance.choice([200, 200, 206 if wanted else 200, 206, 203, 204, 205, 100, 101, 199, 226, 300, 302, 304, 307, 400, 401, 403, 404, 407,
                            408, 416, 421, 425, 429, 500, 502, 503, 504, 600, 999, 0])
    if chance.random() < 0.6:
        status = 206 if wanted else 200
    if chance.random() < 0.15:
        yield from flood(chance, b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n") if chance.random() < 0.3 else [b"HTTP/1.1 100 Continue\r\n\r\n"]
    if chance.random() < 0.03:
        yield chance.choice([noise(chance, 3000), b"SSH-2.0-OpenSSH\r\n", b"HTTP/0.9\r\n", b"HTTP/3 200\r\n\r\n", b"ICY 200 OK\r\n\r\n", b"\x00" * 1000])
        return
    lines = headers(chance, first, last, status)
    chunked = any(line.endswith(b"chunked") for line in lines) and chance.random() < 0.9
    yield chance.choice([b"HTTP/1.1 %d Fine\r\n"] * 8 + [b"HTTP/1.0 %d\r\n", b"HTTP/1.1 %d " + NOISE.replace(b"\n", b"").replace(b"%", b"") + b"\r\n"]) % status
    for line in lines:
        yield line + b"\r\n"
        if chance.random() < 0.02:
            yield chance.choice([0.3, "stall", "close", "reset"])
    if chance.random() < 0.05:
        yield from flood(chance, b"X-More: v\r\n", b"X: " + b"v" * 60_000 + b"\r\n")
    yield b"\r\n"
    yield from pieces(chance, CONTENT[first:last + 1], chunked)
    if chance.random() < 0.1:
        yield from flood(chance, b"T: v\r\n", b"1\r\nx\r\n", b"0\r\n\r\n", b"garbage", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def literal(name: bytes, value: bytes) -> bytes:
    """A field of HPACK without a table and without Huffman codes."""
    def text(t):
        return bytes([len(t)]) + t if len(t) < 127 else b"\x7f" + varint(len(t) - 127) + t
    return b"\x00" + text(name) + text(value)


def varint(value: int) -> bytes:
    out = b""
    while value >= 128:
        out += bytes([value % 128 + 128])
        value //= 128
    return out + bytes([value])


def frames(chance: random.Random, stream: int, head: bytes) -> Iterator:
    """Of HTTP/2."""
    total = len(CONTENT)
    status = chance.choice([b"200"] * 20 + [b"206", b"404", b"503", b"99", b"abc"])
    fields = literal(b":status", status)
    for line in headers(chance, 0, total - 1, int(status) if status.isdigit() else 0):
        name, _, value = line.partition(b":")
        fields += literal(name.strip().lower() if chance.random() < 0.98 else name, value.strip()[:100_000])
    heads = range(0, max(1, len(fields)), 16_000)
    yield b"".join(frame(CONTINUATION if at else HEADERS, fields[at:at + 16_000], stream, flags=4 if at == heads[-1] else 0) for at in heads)
    odd = [frame(DATA, b"", stream), frame(SETTINGS, flags=1), frame(PING, bytes(8)), frame(WINDOW, struct.pack(">I", 1)),
           frame(PRIORITY, bytes(5), stream), frame(99, bytes(100)), frame(SETTINGS, struct.pack(">HI", 4, 100))]
    bad = [frame(RST, struct.pack(">I", chance.randint(0, 13)), stream), frame(GOAWAY, struct.pack(">II", chance.choice([0, stream]), 0)),
           frame(DATA, b"x", stream + 2), frame(WINDOW, struct.pack(">I", 0), stream), frame(PUSH, bytes(20), stream), noise(chance, 300),
           frame(CONTINUATION, b"", stream), frame(HEADERS, literal(b"t", b"v"), stream, flags=5)]
    data = chance.choice([CONTENT] * 8 + [CONTENT[:1000], CONTENT + b"more"])
    for at in range(0, len(data), 16_000):
        if chance.random() < 0.05:
            yield chance.choice(bad)
        if chance.random() < 0.05:
            yield from flood(chance, *odd)
        piece = data[at:at + 16_000]
        padding = chance.choice([0] * 5 + [200])
        payload = bytes([padding]) + piece[:16_000] + bytes(padding) if padding else piece
        yield frame(DATA, payload, stream, flags=(8 if padding else 0) | (1 if at + 16_000 >= len(data) and chance.random() < 0.9 else 0))
    yield chance.choice(["stall", "stall", "stall", "close", *odd])


def exactly(peer: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        more = peer.recv(size - len(got))
        if not more:
            raise ConnectionResetError
        got += more
    return got


class LyingServer:
    """With an authority it speaks TLS, and HTTP/2 with clients that can."""

    def __init__(self, authority: Authority | None = None):
        self.stopping = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        self.tls = None
        if authority:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(authority.server_certificate, authority.server_key)
            self.tls.set_alpn_protocols(["h2", "http/1.1"])
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, seed: int) -> str:
        digits = "".join(chr(DIGITS[(seed >> place) & 7]) for place in range(0, 30, 3))
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/!!{digits}"

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
        with contextlib.suppress(OSError, ssl.SSLError, struct.error, ValueError), peer:
            peer.settimeout(30)
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            protocol = self.tls and peer.selected_alpn_protocol()
            self._serve_http2(peer) if protocol == "h2" else self._serve_http1(peer)

    def _serve_http1(self, peer: socket.socket) -> None:
        rest = b""
        while not self.stopping.is_set():
            while b"\r\n\r\n" not in rest:
                more = peer.recv(65536)
                if not more:
                    return
                rest += more
            head, rest = rest.split(b"\r\n\r\n", 1)
            if not self._send(peer, answer(self._chance(head), head)):
                return

    def _serve_http2(self, peer: socket.socket) -> None:
        """All streams in turn: they share the connection, and what one of them does to it."""
        peer.sendall(frame(SETTINGS))
        exactly(peer, 24)
        streams: dict[Iterator, float] = {}  # and when each goes on
        while not self.stopping.is_set():
            if peer.pending() or select.select([peer], [], [], 0 if any(t <= time.monotonic() for t in streams.values()) else 0.02)[0]:
                size, kind, flags, stream = struct.unpack(">IBBI", b"\0" + exactly(peer, 9))
                payload = exactly(peer, size)
                if kind == SETTINGS and not flags:
                    peer.sendall(frame(SETTINGS, flags=1))
                if kind == HEADERS:
                    streams[frames(self._chance(payload), stream, payload)] = 0
            for parts in [parts for parts, begin in streams.items() if begin <= time.monotonic()]:
                part = next(parts, None)
                if part == "close" or part == "reset":
                    return
                if isinstance(part, bytes):
                    peer.sendall(part)
                elif part is None or part == "stall":
                    del streams[parts]
                else:
                    streams[parts] = time.monotonic() + part

    @staticmethod
    def _chance(head: bytes) -> random.Random:
        path = re.search(rb"/!!([&*,;XZ!(]+)", head)
        return random.Random(sum(DIGITS.index(digit) << (3 * place) for place, digit in enumerate(path[1])) if path else 0)

    def _send(self, peer: socket.socket, parts: Iterator) -> bool:
        """False if the connection is not to be used again."""
        for part in parts:
            if self.stopping.is_set() or part == "close":
                return False
            if part == "reset":
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if part == "stall":
                self.stopping.wait(20)
                return False
            if isinstance(part, bytes):
                peer.sendall(part)
            else:
                self.stopping.wait(part)
        return True
