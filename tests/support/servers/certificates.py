# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority for one test, and a server certificate for localhost signed by it."""

import pathlib
import subprocess


class Authority:
    def __init__(self, directory: pathlib.Path):
        self.certificate = directory / "ca.pem"
        self.server_certificate = directory / "server.pem"
        self.server_key = directory / "server.key"
        key = directory / "ca.key"
        extensions = directory / "server.ext"
        request = directory / "server.csr"
        extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n"
                              "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self._openssl("req", "-x509", *ec, "-keyout", key, "-out", self.certificate, "-days", "2",
                      "-subj", "/CN=Haulier test authority", "-addext", "keyUsage=critical,keyCertSign")
        self._openssl("req", *ec, "-keyout", self.server_key, "-out", request, "-subj", "/CN=localhost")
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", key, "-CAcreateserial",
                      "-days", "2", "-extfile", extensions, "-out", self.server_certificate)

    @staticmethod
    def _openssl(*arguments) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)
