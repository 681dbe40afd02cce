# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Chromium without a window, with the extension and, if a test wants that, its native host."""

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import tempfile

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

from ..environment import SOURCE, patience, program

EXTENSION = SOURCE / "browser/extension"
HOST = "org.haulier.browser"
IDENT = re.search(r"chrome-extension://([a-p]{32})/", (SOURCE / "browser/meson.build").read_text())[1]

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-features=DisableLoadExtensionCommandLineSwitch")


class BrowserWithExtension:
    """The browser's own downloads go to `downloads`, those of Haulier to `haulier_downloads`."""

    def __init__(self, stack, language: str = "en"):
        self.client = stack.client
        self.popups = 0
        self.temporary = tempfile.TemporaryDirectory(prefix="haulier-chromium-", ignore_cleanup_errors=True)
        self.profile = pathlib.Path(self.temporary.name)
        self.downloads = stack.directory / "by-the-browser"
        self.haulier_downloads = pathlib.Path(stack.env["HOME"]) / "Downloads"
        for folder in (self.downloads, self.haulier_downloads):
            folder.mkdir()
        extension = stack.directory / "extension"
        shutil.copytree(EXTENSION, extension)
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        options.page_load_strategy = "none"  # events of pages that are loaded while the extension starts may be lost
        for flag in (*FLAGS, f"--user-data-dir={self.profile}", f"--load-extension={extension}", f"--lang={language}"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"download.default_directory": str(self.downloads)})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        environment = stack.env | {"LANGUAGE": language}
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver", env=environment), options=options)
        self.driver.set_script_timeout(patience(20))

    def stop(self) -> None:
        self.driver.quit()
        self.temporary.cleanup()

    # ---- the native host ----

    @property
    def _manifest(self) -> pathlib.Path:
        return self.profile / "NativeMessagingHosts" / f"{HOST}.json"

    def install_host(self) -> None:
        self._manifest.parent.mkdir(exist_ok=True)
        self._manifest.write_text(json.dumps({
            "name": HOST, "description": "Haulier", "path": program("HAULIER_BROWSER_HOST"), "type": "stdio",
            "allowed_origins": [f"chrome-extension://{IDENT}/"]}))

    def remove_host(self) -> None:
        self._manifest.unlink()

    # ---- the extension ----

    def open_popup(self) -> None:
        """As a page of its own, which is a new one each time."""
        self.popups += 1
        self.driver.get(f"chrome-extension://{IDENT}/popup.html?{self.popups}")
        self.wait(lambda: self.script("return location.search") == f"?{self.popups}" and self.text("status"), "the popup")

    def script(self, code: str, *arguments):
        """None if the page is being replaced."""
        with contextlib.suppress(WebDriverException):
            return self.driver.execute_script(code, *arguments)

    def text(self, element: str) -> str:
        return self.script("return document.getElementById(arguments[0])?.textContent", element) or ""

    def take_over(self, wanted: bool) -> None:
        self.open_popup()
        if self.script("return document.getElementById('takeOver').checked") != wanted:
            self.driver.find_element("id", "takeOver").click()
        self.wait(lambda: self.in_extension("return (await chrome.storage.local.get('takeOver')).takeOver ?? false") == wanted, "the option")

    def in_extension(self, code: str, *arguments):
        """Runs code with `await` in the page of the extension."""
        return self.driver.execute_async_script(
            f"const done = arguments[arguments.length - 1]; (async () => {{ {code} }})().then(done, error => done(String(error)));", *arguments)

    def outcome(self) -> str:
        """What the extension says about the newest download; "" until there is one."""
        self.open_popup()
        return self.text("outcome")

    # ---- both ----

    def wait(self, predicate, what: str):
        return self.client.wait(predicate, what, seconds=20)

    def own(self) -> dict[str, bytes]:
        """The files that the browser has downloaded itself."""
        files = {}
        for path in self.downloads.iterdir():
            with contextlib.suppress(FileNotFoundError):  # its temporary files come and go
                files[path.name] = path.read_bytes()
        return files

    def errors(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def picture(self, name: str) -> None:
        """Saves what is to be seen, if HAULIER_TEST_PICTURES names a folder."""
        if folder := os.environ.get("HAULIER_TEST_PICTURES"):
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 400, "height": 220, "deviceScaleFactor": 2, "mobile": False})
            shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            pathlib.Path(folder, f"{name}.png").write_bytes(base64.b64decode(shot["data"]))
