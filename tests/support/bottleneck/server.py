# SPDX-License-Identifier: LGPL-2.1-or-later
"""An HTTP server for measurements: any path is a file of zeros, and what each connection has delivered is recorded ten
times a second. Usage: server.py ADDRESS PORT RECORD [BYTES]

RECORD gets lines "TIME PATH BYTES": what clients have acknowledged on all connections for that path. A body that is sent
to the server is read and counted likewise."""

import array
import re
import socket
import struct
import sys
import threading
import time

ZEROS = bytes(1 << 20)
INTERVAL = 0.1
BYTES_ACKED = 120  # offsets in the kernel's struct tcp_info
BYTES_RECEIVED = 128


def counted(connection: socket.socket, offset: int) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    return struct.unpack_from("Q", info, offset)[0] if len(info) >= offset + 8 else 0


class Record:
    def __init__(self, path: str):
        self.out = open(path, "w", encoding="utf-8")
        self.lock = threading.Lock()
        self.open: dict[socket.socket, tuple[str, int]] = {}
        self.ended: dict[str, int] = {}
        threading.Thread(target=self.run, daemon=True).start()

    def begin(self, connection: socket.socket, path: str, offset: int) -> None:
        with self.lock:
            self.open[connection] = (path, offset)

    def end(self, connection: socket.socket) -> None:
        with self.lock:
            path, offset = self.open.pop(connection, ("", 0))
            if path:
                self.ended[path] = self.ended.get(path, 0) + counted(connection, offset)

    def run(self) -> None:
        while True:
            with self.lock:
                sums = dict(self.ended)
                for connection, (path, offset) in self.open.items():
                    sums[path] = sums.get(path, 0) + counted(connection, offset)
                now = time.monotonic()
                for path, count in sums.items():
                    self.out.write(f"{now:.3f} {path} {count}\n")
                self.out.flush()
            threading.Event().wait(INTERVAL)


def head_of(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return ""
        data += more
    return data.decode("latin-1")


def answer_get(connection: socket.socket, head: str, size: int) -> None:
    begin = re.search(r"\r\nrange: bytes=(\d+)-", head, re.I)
    first = int(begin[1]) if begin else 0
    status = "206 Partial Content" if begin else "200 OK"
    content_range = f"Content-Range: bytes {first}-{size - 1}/{size}\r\n" if begin else ""
    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {size - first}\r\nETag: \"zeros\"\r\n{content_range}"
                       f"Accept-Ranges: bytes\r\nConnection: close\r\n\r\n".encode())
    left = size - first
    while left > 0:
        left -= connection.send(ZEROS[:min(left, len(ZEROS))])


def answer_put(connection: socket.socket, head: str) -> None:
    length = re.search(r"\r\ncontent-length: (\d+)", head, re.I)
    left = int(length[1]) if length else 0
    if "100-continue" in head.lower():
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    buffer = array.array("B", bytes(1 << 18))
    while left > 0:
        got = connection.recv_into(buffer)
        if got == 0:
            return
        left -= got
    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def serve(connection: socket.socket, record: Record, size: int) -> None:
    try:
        head = head_of(connection)
        if not head:
            return
        method, path = head.split(" ", 2)[:2]
        if method == "PUT":
            record.begin(connection, path, BYTES_RECEIVED)
            answer_put(connection, head)
        elif method == "GET":
            record.begin(connection, path, BYTES_ACKED)
            answer_get(connection, head, size)
        else:
            connection.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    except OSError:
        pass
    finally:
        record.end(connection)
        connection.close()


def main() -> None:
    address, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    size = int(sys.argv[4]) if len(sys.argv) > 4 else 4 << 30
    record = Record(path)
    listener = socket.create_server((address, port), backlog=64)
    print("ready", flush=True)
    while True:
        connection, _peer = listener.accept()
        threading.Thread(target=serve, args=(connection, record, size), daemon=True).start()


main()
