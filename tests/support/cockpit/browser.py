# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real Chromium without a window, and the page in it."""

import base64
import contextlib
import os
import pathlib
import re
import tempfile

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ..client.dbus_client import Bus
from ..environment import patience

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--lang=en")

ROWS = """
const text = (row, selector) => { const found = row.querySelector(selector); return found && !found.hidden ? found.textContent : ""; };
return [...document.querySelectorAll(".job")].filter(row => row.offsetParent).map(row => ({
    name: text(row, ".name"), target: text(row, ".path"), owner: text(row, ".owner"), state: text(row, ".state"),
    reason: text(row, ".reason"), error: text(row, ".error"), amount: text(row, ".amount"), speed: text(row, ".speed"),
    share: row.querySelector("progress").position, details: text(row, ".details"),
    busy: row.getAttribute("aria-busy") === "true",
    buttons: [...row.querySelectorAll(".actions .button:not([hidden])")].map(button => button.textContent),
}));
"""

ROW = """
return [...document.querySelectorAll("[role=tabpanel]:not([hidden]) .job")].find(row => row.querySelector(".name").textContent === arguments[0]);
"""

# Elements that reach beyond the page.
WIDE = """
const width = document.documentElement.clientWidth;
return [...document.querySelectorAll("body *")].filter(one => one.checkVisibility() && !one.closest(".only-read"))
    .filter(one => { const box = one.getBoundingClientRect(); return box.right > width + 0.5 || box.left < -0.5; })
    .map(one => one.outerHTML.slice(0, 120));
"""

# What a screen reader calls each control.
NAMELESS = """
return [...document.querySelectorAll("button, input, select, summary, progress")].filter(one => one.checkVisibility())
    .filter(one => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length)).map(one => one.outerHTML);
"""


class Browser:
    """One for all tests of a file, because it takes a second or two to start."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="haulier-chromium-")
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, f"--user-data-dir={self.profile.name}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_script_timeout(patience(20))
        self.driver.set_page_load_timeout(patience(30))

    def close(self) -> None:
        self.driver.quit()
        self.profile.cleanup()

    def errors(self) -> list[str]:
        """Messages in the browser's console, such as exceptions and violations of the security policy."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


class Page:
    """The page of Haulier. `client` waits for it."""

    def __init__(self, browser: Browser, client: Bus, url: str):
        self.driver = browser.driver
        self.client = client
        self.resize(1280)
        self.driver.get("about:blank")
        self.driver.get(url)
        self.wait("document.querySelector('[role=tabpanel]:not([hidden])')", "the page")

    # ---- looking ----

    def script(self, code: str, *arguments):
        return self.driver.execute_script(code, *arguments)

    def text(self) -> str:
        return self.script("return document.body.innerText")

    def rows(self) -> list[dict]:
        return self.script(ROWS)

    def row(self, name: str) -> dict | None:
        return next((row for row in self.rows() if row["name"] == name), None)

    def wait_row(self, name: str, what: str = "", **fields: str) -> dict:
        """Waits until the job is shown, what was pressed has been answered, and each of the fields matches."""
        def fits():
            row = self.row(name)
            return row if row and not row["busy"] and all(re.search(pattern, row[field]) for field, pattern in fields.items()) else None
        return self.until(fits, what or f"{name} with {fields}")

    def wait_text(self, pattern: str) -> str:
        return self.until(lambda: re.search(pattern, self.text()), f"the page to say {pattern}")[0]

    def wait_gone(self, name: str) -> None:
        self.until(lambda: self.row(name) is None, f"{name} to disappear")

    def wait_alert(self, pattern: str) -> str:
        return self.until(lambda: re.search(pattern, "\n".join(self.script(
            "return [...document.querySelectorAll('[role=alert]')].map(alert => alert.innerText)"))), f"an alert with {pattern}")[0]

    def wait(self, condition: str, what: str) -> None:
        self.until(lambda: self.script(f"return {condition}"), what)

    def until(self, predicate, what: str):
        try:
            return self.client.wait(predicate, what, seconds=20)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    def focused(self) -> str:
        """The accessible name of what has the focus."""
        return self.script("const one = document.activeElement; return one.getAttribute('aria-label') || one.labels?.[0]?.textContent"
                           " || one.textContent || one.tagName").replace("\u2068", "").replace("\u2069", "")

    # ---- acting ----

    def _click_in_row(self, name: str, button: str) -> None:
        self.script(ROW, name).find_element(By.XPATH, f".{button}").click()

    def press(self, label: str, name: str = "") -> None:
        """Clicks on a button, of a job if there is a name, otherwise of the open dialog or the page."""
        button = f"//button[not(ancestor-or-self::*[@hidden])][normalize-space()='{label}']"
        if name:
            self._click_in_row(name, button)
        else:
            place = "//dialog" if self.script("return Boolean(document.querySelector('dialog'))") else "//main"
            self.driver.find_element(By.XPATH, place + button).click()

    def expand(self, name: str) -> None:
        self._click_in_row(name, "//button[contains(@class, 'toggle')]")

    def open_history(self) -> None:
        self.script("document.querySelector('[role=tabpanel]:not([hidden]) details').open = true")

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.driver.find_element(By.ID, name)
            if field.tag_name == "input":
                field.clear()
            field.send_keys(value)

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, name: str) -> None:
        """Presses Tab until the control with this name has the focus."""
        for _ in range(60):
            if self.focused() == name:
                return
            self.keys(Keys.TAB)
        raise AssertionError(f"the Tab key does not lead to {name}")

    def become_administrator(self) -> None:
        """As with the button at the top of Cockpit. Some releases load the page again."""
        def is_administrator():
            with contextlib.suppress(WebDriverException):
                return self.script("return Boolean(document.querySelector('.owner'))")
        self.script("cockpit.dbus(null, {bus: 'internal'}).call('/superuser', 'cockpit.Superuser', 'Start', ['sudo'], {type: 's'})")
        self.until(is_administrator, "jobs with their owners")

    # ---- the window ----

    def hide(self, hidden: bool) -> None:
        """As if another tab covered it; a browser without windows has none."""
        self.script("Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true });"
                    "document.dispatchEvent(new Event('visibilitychange'));", hidden)

    def resize(self, width: int, height: int = 900) -> None:
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def dark(self, wanted: bool) -> None:
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if wanted else "light"}]})

    def speak(self, language: str) -> None:
        """Loads the page again in that language."""
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": language}})
        self.driver.refresh()

    def too_wide(self) -> list[str]:
        assert self.script("return document.scrollingElement.scrollWidth <= innerWidth"), "the page can be scrolled sideways"
        return self.script(WIDE)

    def nameless(self) -> list[str]:
        return self.script(NAMELESS)

    def picture(self, name: str) -> None:
        """Saves what is to be seen, if HAULIER_TEST_PICTURES names a folder."""
        if folder := os.environ.get("HAULIER_TEST_PICTURES"):
            shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            pathlib.Path(folder, f"{name}.png").write_bytes(base64.b64decode(shot["data"]))
