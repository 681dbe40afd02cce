# SPDX-License-Identifier: LGPL-2.1-or-later
"""A key of GnuPG without a passphrase, in a folder of its own."""

import pathlib
import subprocess
import time

from .environment import patience


class SigningKey:
    """`home`: a new folder; its path has to be short, because GnuPG's agent has sockets in it."""

    def __init__(self, home: pathlib.Path):
        self.home = home
        home.mkdir(mode=0o700)
        self._gpg("--quick-generate-key", "--passphrase", "", "Tests <tests@example.org>", "ed25519", "sign", "never")

    def public(self, *options: str) -> bytes:
        return self._gpg("--export", *options)

    def sign(self, data: bytes, how: str) -> bytes:
        """`how`: --clearsign or --detach-sign."""
        return self._gpg(how, data=data)

    def _gpg(self, *words: str, data: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--no-permission-warning", *words]
        done = subprocess.run(command, input=data, capture_output=True, timeout=patience(60), check=False)
        assert done.returncode == 0, f"{words}: {done.stderr.decode(errors='replace')}"
        return done.stdout

    def close(self) -> None:
        """Ends the agent. It removes its sockets after it has answered, and whoever removes the folder must not meet it."""
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=True, timeout=patience(20))
        end = time.monotonic() + patience(20)
        while sockets := list(self.home.glob("S.*")):
            assert time.monotonic() < end, f"GnuPG's agent does not remove {sockets}"
            time.sleep(0.02)
