# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plugin of dnf 4 that downloads packages with Haulier. dnf then finds them in its cache, and verifies them.

Install it as dnf-plugins/haulier_downloads.py in the directory of the distribution's Python modules. It needs the module
haulier.
"""

import hashlib
import os

import dnf
import haulier


class HaulierDownloads(dnf.Plugin):
    name = "haulier_downloads"

    def resolved(self) -> None:
        """dnf calls this when the packages are known, and then downloads what is still missing, from any of its mirrors."""
        files = [self._file(package) for package in self.base.transaction.install_set if self._is_wanted(package)]
        if not files:
            return
        # If the same packages are wanted again after an interruption, the job is continued.
        key = "dnf-" + hashlib.sha256(repr(sorted(files, key=str)).encode()).hexdigest()[:32]
        try:
            job = haulier.Client(system=os.geteuid() == 0).download(
                files, key=key, name=f"Packages for dnf ({len(files)})", priority="foreground", publish_files="each",
                on_file_error="continue", auto_complete=True)
            self._wait(job)
        except haulier.Error as error:
            print(f"Haulier: {error}")

    @staticmethod
    def _is_wanted(package) -> bool:
        """Files of the command line and of local repositories are not downloaded."""
        return (package.reponame != "@commandline" and bool(package.remote_location(schemes=("http", "https")))
                and not os.path.exists(package.localPkg()))

    @staticmethod
    def _file(package) -> tuple[str, str, dict]:
        os.makedirs(os.path.dirname(package.localPkg()), exist_ok=True)
        options = {"size": package.downloadsize}
        kind, digest = package.returnIdSum()
        if kind in ("sha256", "sha512"):
            options["checksum"] = f"{kind}:{digest}"
        return package.remote_location(schemes=("http", "https")), package.localPkg(), options

    @staticmethod
    def _wait(job: haulier.Job) -> None:
        """If the job fails, it is cancelled. Files that have arrived stay, because each has its name already."""
        try:
            job.wait()
        except haulier.TransferError:
            job.cancel()
            raise
