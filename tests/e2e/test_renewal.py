# SPDX-License-Identifier: LGPL-2.1-or-later
"""Links that expire in the middle of a file, and clients that are asked for fresh ones (RemoteNameExpired)."""

import pytest

from support.bus.callback import Mute, Refuse, reply_to
from support.bus.notify_service import NotifyService
from support.client.checks import assert_file
from support.content import body
from support.environment import stretched
from support.servers.response_script import Script

SIZE = 3 << 20
PART = SIZE // 3
DATA = body(SIZE)
EXPIRED = Script(status=403)
FLAGS = ["transferred", "error", "remote-name-expired"]


class Expiring:
    """A download whose link has expired after a third, while the job was suspended, so that no byte is sent without need."""

    def __init__(self, stack, status: int = 403, more_files=(), **options):
        self.server = stack.fault_server()
        self.old, self.fresh = self.server.url("/f?1"), self.server.url("/f?2")
        link = self.server.add("/f?1", DATA, script=Script(send=PART, then="stall"))
        self.server.add("/f?2", DATA)
        self.target = stack.downloads / "f"
        self.job = stack.manager.create(files=[(self.old, self.target), *more_files], Resume=True,
                                        **{"NotifyFlags": FLAGS} | options)
        self.job.bus.wait(lambda: self.job.files()[0]["BytesTransferred"] >= PART, "the first part", 20)
        self.job.suspend()
        link.script = Script(status=status)
        self.link = link

    def expire(self):
        self.job.resume()
        return self

    def wait_error(self, status: int = 403):
        self.job.wait_state("error", unless=("cancelled", "transferred"))
        assert self.job.get("Error")[1:3] == ("http-status", status)

    def complete(self):
        self.job.wait_state("transferred")
        self.job.complete()
        assert_file(self.target, DATA)
        wire = sum(request.sent for request in self.server.requests)
        assert wire <= 1.02 * SIZE, f"{wire} bytes for a file of {SIZE}"


def asked(callback) -> int:
    return callback.methods().count("RemoteNameExpired")


@pytest.mark.parametrize("status", [401, 403, 410])
def test_the_client_is_asked_and_only_the_rest_is_fetched(stack, status):
    download = Expiring(stack, status)
    callback = stack.callback(answer=lambda call: download.fresh)
    download.job.notify_object(callback.path)
    download.expire().complete()
    assert callback.wait("RemoteNameExpired").args == (download.job.path, download.job.id, 0, download.old)
    assert asked(callback) == 1
    (request,) = download.server.of("/f?2")
    assert request.range_start >= PART * 0.98 and '"one"' in request.headers["if-range"]
    assert download.job.get("State") == "acknowledged"


def test_meanwhile_the_file_waits_for_the_client_and_others_flow(stack):
    other = stack.fault_server()
    held = other.add("/other", body(100_000), script=Script(send=20_000, gate=True, then="finish"))
    download = Expiring(stack, more_files=[(other.url("/other"), stack.downloads / "other")])

    def be_slow(call):
        if call.method == "RemoteNameExpired":
            raise Mute
    callback = stack.callback(answer=be_slow)
    download.job.notify_object(callback.path)
    download.expire()
    callback.wait("RemoteNameExpired")
    first, second = download.job.files()
    assert (first["State"], first["Error"][2]) == ("transient-error", 403)
    assert second["State"] != "error" and download.job.get("WaitReason")[0] == "running"
    held.gate.set()
    download.job.wait_property("WaitReason", lambda reason: reason == ("client", 0))
    assert [f["State"] for f in download.job.files()] == ["transient-error", "transferred"]
    assert download.job.get("Error")[1:3] == ("http-status", 403)
    callback.unanswered[0].return_value(reply_to("RemoteNameExpired", download.fresh))
    download.complete()


def refuse(_call):
    raise Refuse


@pytest.mark.parametrize("answer", [refuse, lambda call: "", lambda call: "file:///etc/passwd", lambda call: "no URL",
                                    lambda call: "https://host/" + 9000 * "x"],
                         ids=["an error", "empty", "a file", "nonsense", "too long"])
def test_without_a_usable_answer_the_file_fails_as_before(stack, answer):
    download = Expiring(stack)
    callback = stack.callback(answer=lambda call: answer(call) if call.method == "RemoteNameExpired" else None)
    download.job.notify_object(callback.path)
    download.expire().wait_error()
    callback.wait("JobError")
    assert callback.methods() == ["RemoteNameExpired", "JobError"]
    assert not download.server.of("/f?2")
    # With Resume, the client asks for another try.
    callback.answer = lambda call: download.fresh
    download.expire().complete()


def test_a_silent_client_has_as_long_as_for_any_call(new_stack):
    stack = new_stack({"Notify": {"CallTimeout": stretched(1)}})
    download = Expiring(stack)

    def be_silent(_call):
        raise Mute
    download.job.notify_object(stack.callback(answer=be_silent).path)
    download.expire().wait_error()


@pytest.mark.parametrize("flags", [["transferred", "error"], [*FLAGS, "disable"]])
def test_a_client_that_does_not_want_it_is_not_asked(stack, flags):
    download = Expiring(stack, NotifyFlags=flags)
    callback = stack.callback(answer=lambda call: download.fresh)
    download.job.notify_object(callback.path)
    download.expire().wait_error()
    assert not asked(callback)


def test_before_the_first_byte_it_is_asked_if_it_wants_that(stack):
    server = stack.fault_server()
    server.add("/f?1", DATA, script=EXPIRED)
    server.add("/f?2", DATA)
    callback = stack.callback(answer=lambda call: server.url("/f?2"))
    options = {"NotifyFlags": FLAGS, "NotifyObject": callback.path, "Resume": True}
    job = stack.manager.create(files=[(server.url("/f?1"), stack.downloads / "a")], **options)
    assert job.get("RenewRemoteName") == "after-bytes"
    job.wait_state("error", unless=("cancelled",))
    assert not asked(callback)
    always = stack.manager.create(files=[(server.url("/f?1"), stack.downloads / "b")], RenewRemoteName="always", **options)
    always.wait_state("transferred")
    assert asked(callback) == 1


def test_a_link_that_is_no_better_is_the_end(stack):
    download = Expiring(stack)
    callback = stack.callback(answer=lambda call: download.old)
    download.job.notify_object(callback.path)
    download.expire().wait_error()
    assert asked(callback) == 1
    assert len(download.server.of("/f?1")) == 3


def test_another_version_behind_the_fresh_link_is_fetched_as_a_whole(stack):
    download = Expiring(stack)
    new = body(SIZE, seed=7)
    download.server.resources["/f?2"].change(new, '"two"', None)
    download.job.notify_object(stack.callback(answer=lambda call: download.fresh).path)
    download.expire().job.wait_state("transferred")
    download.job.complete()
    assert_file(download.target, new)


def test_headers_and_passwords_stay_on_the_server_that_they_were_meant_for(stack):
    elsewhere = stack.fault_server()
    secrets = ["Authorization: Bearer secret", "Cookie: session=secret"]
    options = {"CustomHeaders": secrets, "Credentials": [("server", "basic", "me", "secret")]}
    for fresh_is_here in (True, False):
        download = Expiring(stack, **options)
        elsewhere.add("/f", DATA)
        fresh = download.fresh if fresh_is_here else elsewhere.url("/f")
        download.job.notify_object(stack.callback(path=f"/client{fresh_is_here}", answer=lambda call, url=fresh: url).path)
        download.expire().job.wait_state("transferred")
        download.job.cancel()
        (request,) = download.server.of("/f?2") if fresh_is_here else elsewhere.of("/f")
        assert ("secret" in str(request.headers)) == fresh_is_here
        assert request.range_start >= PART * 0.98


def test_a_service_is_started_for_the_question(stack):
    service = NotifyService(stack)
    download = Expiring(stack, NotifyService=(service.name, "/client"))
    other = download.server.url("/f?1?fresh")
    download.server.add("/f?1?fresh", DATA)
    download.expire().complete()
    assert service.calls[0] == ("RemoteNameExpired", download.job.id) and len(service.starts) == 1
    assert download.job.files()[0]["RemoteName"] == other


def test_a_service_that_leaves_without_an_answer_is_no_help(stack):
    service = NotifyService(stack, behaviour="die")
    download = Expiring(stack, NotifyService=(service.name, "/client"))
    download.expire().wait_error()
    assert [method for method, _id in service.calls].count("RemoteNameExpired") == 1


def test_a_daemon_that_is_killed_while_it_asks_asks_again(stack):
    download = Expiring(stack)
    answers = iter([None, download.fresh])

    def answer(call):
        if call.method != "RemoteNameExpired":
            return None
        fresh = next(answers)
        if fresh is None:
            raise Mute
        return fresh
    callback = stack.callback(answer=answer)
    download.job.notify_object(callback.path)
    download.expire()
    callback.wait("RemoteNameExpired")
    stack.kill_daemon()
    stack.start()
    assert download.job.get("WaitReason") == ("client", 0)
    download.job.notify_object(callback.path)
    callback.wait("RemoteNameExpired", times=2)
    download.complete()


def test_flags_that_are_taken_back_end_the_question(stack):
    download = Expiring(stack)

    def be_silent(_call):
        raise Mute
    callback = stack.callback(answer=be_silent)
    download.job.notify_object(callback.path)
    download.expire()
    callback.wait("RemoteNameExpired")
    download.job.set("NotifyFlags", ["transferred"])
    download.wait_error()
