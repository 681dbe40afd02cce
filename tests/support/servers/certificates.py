# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority for one test, and server certificates signed by it."""

import datetime
import pathlib
import subprocess

CONFIG = """[ca]
default_ca = own
[own]
database = {directory}/issued
new_certs_dir = {directory}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def asn1_time(seconds_from_now: float) -> str:
    date = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_from_now)
    return date.strftime("%Y%m%d%H%M%SZ")


class Authority:
    """`server_certificate` and `server_key` are for localhost and 127.0.0.1."""

    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        self.certificate = directory / "ca.pem"
        self.key = directory / "ca.key"
        (directory / "issued").touch()
        (directory / "ca.conf").write_text(CONFIG.format(directory=directory))
        self._openssl("req", "-x509", *self._new_key(self.key), "-out", self.certificate, "-days", "2",
                      "-subj", "/CN=Haulier test authority", "-addext", "keyUsage=critical,keyCertSign")
        self.server_certificate, self.server_key = self.issue("server")

    def issue(self, name: str, hosts: str = "DNS:localhost,IP:127.0.0.1", begins: float = -3600,
              ends: float = 2 * 24 * 3600) -> tuple[pathlib.Path, pathlib.Path]:
        """A certificate and its key, valid from `begins` to `ends`, in seconds from now."""
        key = self.directory / f"{name}.key"
        certificate = self.directory / f"{name}.pem"
        extensions = self.directory / f"{name}.ext"
        request = self.directory / f"{name}.csr"
        extensions.write_text(f"subjectAltName={hosts}\n"
                              "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        self._openssl("req", *self._new_key(key), "-out", request, "-subj", "/CN=server")
        self._openssl("ca", "-batch", "-config", self.directory / "ca.conf", "-cert", self.certificate, "-keyfile", self.key,
                      "-in", request, "-out", certificate, "-extfile", extensions, "-notext",
                      "-startdate", asn1_time(begins), "-enddate", asn1_time(ends))
        return certificate, key

    @staticmethod
    def _new_key(path: pathlib.Path) -> list:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]

    @staticmethod
    def _openssl(*arguments) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)
