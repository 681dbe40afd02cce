# SPDX-License-Identifier: LGPL-2.1-or-later
"""A browser for all tests of a file, and pages in it."""

import pytest

from support.cockpit.browser import Browser, Page
from support.cockpit.web_server import CockpitWs


@pytest.fixture(scope="module")
def browser():
    one = Browser()
    yield one
    one.close()


@pytest.fixture
def open_page(browser):
    """Opens the page over the buses of a stack. At the end, the browser must not have complained of anything."""
    servers = []

    def show(stack, bus: str = "session", uid: int = 0, may_administrate: bool = False) -> Page:
        servers.append(CockpitWs(stack, bus, uid))
        if may_administrate:
            servers[-1].allow_administration(uid)
        return Page(browser, stack.client, servers[-1].url)

    yield show
    browser.driver.get("about:blank")
    for server in servers:
        server.stop()
    assert not browser.errors()


@pytest.fixture
def page(stack, open_page) -> Page:
    return open_page(stack)
