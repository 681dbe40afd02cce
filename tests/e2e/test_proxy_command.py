# SPDX-License-Identifier: LGPL-2.1-or-later
"""[Proxy] Command=: a program of the administrator names the proxies."""

import pathlib

import pytest

from support.content import body
from support.daemon.stack import Stack

SERVER = "http://files.example"


class Advised:
    """A stack whose program notes its arguments and prints `answer`."""

    def __init__(self, new_stack, tmp_path: pathlib.Path, answer: str, **options):
        self.calls = tmp_path / "calls"
        program = tmp_path / "program"
        program.write_text(f"#!/bin/sh\necho \"$@\" >>{self.calls}\n{answer}\n")
        program.chmod(0o755)
        self.stack: Stack = new_stack(config={"Proxy": {"Command": str(program)}}, **options)

    def create(self, name: str, url: str, **options):
        return self.stack.manager.create(files=[(url, self.stack.downloads / name)], Resume=True, **options)

    def asked(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


def test_its_answer_is_used_and_remembered(new_stack, tmp_path):
    answer = tmp_path / "answer"
    advised = Advised(new_stack, tmp_path, f"cat {answer}", env={"http_proxy": "http://127.0.0.1:9"})
    proxy = advised.stack.proxy()
    answer.write_text(f"http://{proxy.address}\n")
    for n in range(2):
        advised.create(str(n), f"{SERVER}/{n}?secret=word")
        advised.stack.client.wait(lambda n=n: len(proxy.requests) > n, "a request by way of the proxy")
    assert {request.target for request in proxy.requests} == {f"{SERVER}/{n}?secret=word" for n in range(2)}
    assert advised.asked() == [f"{SERVER}:80/"]


@pytest.mark.parametrize("answer", ["exit 1", "true", "echo nonsense://x"])
def test_without_an_answer_proxies_are_found_as_usual(new_stack, tmp_path, answer):
    proxy_of_environment = tmp_path / "proxy"
    stack = new_stack()
    proxy = stack.proxy()
    advised = Advised(new_stack, tmp_path, answer, env={"http_proxy": f"http://{proxy.address}"})
    advised.create("file", f"{SERVER}/file")
    stack.client.wait(lambda: proxy.requests, "a request by way of the environment's proxy")
    assert advised.asked() == [f"{SERVER}:80/"] and not proxy_of_environment.exists()


def test_it_is_not_asked_about_this_machine_nor_for_jobs_with_a_proxy_of_their_own(new_stack, tmp_path):
    advised = Advised(new_stack, tmp_path, "echo http://127.0.0.1:9")
    server = advised.stack.fault_server()
    server.add("/file", body(1000))
    advised.create("file", server.url("/file")).wait_state("transferred")
    proxy = advised.stack.proxy()
    advised.create("own", f"{SERVER}/own", ProxyMode="override", ProxyList=f"http://{proxy.address}")
    advised.stack.client.wait(lambda: proxy.requests, "a request by way of the job's proxy")
    assert advised.asked() == []
