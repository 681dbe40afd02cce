# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real nginx on a loopback port, with an access log that says how many bytes were sent for each request."""

import json
import os
import pathlib
import shutil
import signal
import socket
from dataclasses import dataclass

from ..processes import Child
from .certificates import Authority

# The send buffer is small, because bytes that are still in the kernel when a client dies count as sent.
CONFIG = """{user}
daemon off;
worker_processes 1;
worker_shutdown_timeout 1s;
error_log {directory}/error.log notice;
pid {directory}/nginx.pid;
events {{ worker_connections 256; }}
http {{
  log_format fields escape=json '{{"method":"$request_method","uri":"$uri","status":$status,"bytes":$body_bytes_sent,'
    '"received":$request_length,"length":"$http_content_length","range":"$http_range",'
    '"if_range":"$http_if_range","encoding":"$http_accept_encoding","protocol":"$server_protocol",'
    '"connection":$connection,"seconds":$request_time,"end":$msec}}';
  access_log {directory}/access.json fields;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  sendfile {sendfile};
  output_buffers 2 32k;
  server {{
    listen {listen};
    server_name localhost;
    root {files};
    {server}
  }}
}}
"""


@dataclass
class Access:
    method: str
    uri: str
    status: int
    bytes: int
    received: int  # bytes of the request, including its head
    length: str    # of the request's body, by its Content-Length
    range: str
    if_range: str
    encoding: str
    protocol: str
    connection: int
    seconds: float
    end: float

    @property
    def begin(self) -> float:
        return self.end - self.seconds

    @property
    def first_byte(self) -> int:
        """Offset of the first byte of the response, by the request's Range."""
        return int(self.range.removeprefix("bytes=").split("-")[0]) if self.status == 206 else 0


def start(directory: pathlib.Path, listener: socket.socket) -> Child:
    """Starts nginx with the configuration in `directory`. It adopts the sockets named in NGINX, as it does when its binary is
    upgraded, so the port is never free between. Of several nginx processes that wake for one connection only one gets it; the
    others would wait for the next one in accept(2), and serve nobody meanwhile, if the socket were blocking."""
    listener.setblocking(False)
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    command = [program, "-p", str(directory), "-c", str(directory / "nginx.conf"), "-e", str(directory / "error.log")]
    env = {"PATH": os.environ["PATH"], "NGINX": f"{listener.fileno()};"}
    with listener:
        return Child(command, directory / "nginx.log", env, pass_fds=(listener.fileno(),))


class Nginx:
    """Serves `files`. `rate` limits each connection (in nginx' notation: "1m" is 1 MiB/s). `writable`: accepts WebDAV's PUT
    and DELETE, and creates folders as needed. `server`: further lines of the server block. `listener`: a socket that
    already listens, perhaps in another network. `fast`: sends as fast as it can, with large buffers."""

    def __init__(self, directory: pathlib.Path, rate: str | None = None, authority: Authority | None = None,
                 http2: bool = False, server: str = "", writable: bool = False, listener: socket.socket | None = None,
                 fast: bool = False):
        self.directory = directory
        self.files = directory / "files"
        self.files.mkdir()
        self.secure = authority is not None
        self.http2 = http2
        self.authority = authority
        self.server = server
        self.writable = writable
        self.fast = fast
        listener = listener or socket.create_server(("127.0.0.1", 0), backlog=128)
        self.host, self.port = listener.getsockname()
        self.configure(rate)
        self.child = start(directory, listener)

    def configure(self, rate: str | None) -> None:
        listen = f"{self.host}:{self.port}" + ("" if self.fast else " sndbuf=64k")
        lines = [self.server]
        if self.secure:
            listen += " ssl" + (" http2" if self.http2 else "")
            lines.append(f"ssl_certificate {self.authority.server_certificate};")
            lines.append(f"ssl_certificate_key {self.authority.server_key};")
        if self.writable:
            lines.append("dav_methods PUT DELETE; create_full_put_path on; client_max_body_size 1g;")
        if rate:
            lines.append(f"limit_rate {rate};")
        user = "user root;" if os.geteuid() == 0 else ""
        text = CONFIG.format(user=user, directory=self.directory, files=self.files, listen=listen,
                             sendfile="on" if self.fast else "off", server="\n    ".join(lines))
        (self.directory / "nginx.conf").write_text(text)

    def url(self, name: str) -> str:
        scheme, host = ("https", "localhost") if self.secure else ("http", self.host)
        return f"{scheme}://{host}:{self.port}/{name}"

    def add(self, name: str, content: bytes, modified: float | None = None) -> str:
        """Adds a file atomically, and returns its URL."""
        path = self.files / name
        part = path.with_name(path.name + ".new")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        if modified is not None:
            os.utime(part, (modified, modified))
        part.rename(path)
        return self.url(name)

    def stop(self) -> None:
        self.child.stop()

    def finished_log(self) -> list[Access]:
        """Stops the server, which then logs the unfinished requests, and returns all requests in the order of their ends."""
        if self.child.process.poll() is None:
            self.child.stop(signal.SIGQUIT)
        log = self.directory / "access.json"
        lines = log.read_text().splitlines() if log.exists() else []  # a server that was never asked may not have begun
        return [Access(**json.loads(line)) for line in lines]
