# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is told, when, how often, and who is not disturbed (docs/decisions.md, Notification)."""

import pytest

from support.bus.callback import Callback, Mute, Refuse
from support.bus.notify_service import EVER_MORE_RARELY, NotifyService
from support.client.checks import assert_file
from support.client.dbus_client import JOB, Job
from support.content import body
from support.processes import Pidfd
from support.servers.response_script import Script

SMALL = body(20_000)
PROMPTLY = 8  # seconds; less than CallTimeout, under sanitizers as well


def small_job(stack, server, name="file", **options):
    server.add(f"/{name}", SMALL)
    return stack.manager.create(files=[(server.url(f"/{name}"), stack.downloads / name)], **options)


def failing_job(stack, server, **options):
    return stack.manager.create(files=[(server.url("/nothing-there"), stack.downloads / "f")], **options)


def test_a_service_is_started_and_told(stack):
    service = NotifyService(stack)
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), Resume=True)
    job.wait_state("transferred")
    stack.client.wait_signal("Called")
    assert service.calls == [("JobTransferred", job.id)]
    assert len(service.starts) == 1


def test_D_10_a_living_callback_object_is_preferred_and_the_service_not_started(stack):
    service = NotifyService(stack)
    callback = stack.callback()
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), NotifyObject=callback.path)
    assert job.get("NotifyObject") == (stack.client.unique_name, callback.path)
    job.resume()
    call = callback.wait("JobTransferred")
    assert call.args == (job.path, job.id)
    stack.client.wait(lambda: job.state == "transferred", "transferred")
    stack.signal_daemon(15)  # nothing more can be said after this
    assert service.starts == []
    assert callback.methods() == ["JobTransferred"]


def test_when_the_callback_object_is_gone_the_service_is_told(stack):
    service = NotifyService(stack)
    server = stack.fault_server()
    other = stack.connect()
    callback = stack.callback(other)
    job = small_job(stack, server, NotifyService=(service.name, "/client"))
    Job(other, job.path).notify_object(callback.path)
    other.close()
    job.wait_property("NotifyObject", lambda value: value == ("", "/"))
    job.resume()
    stack.client.wait_signal("Called")
    assert service.calls == [("JobTransferred", job.id)]


def test_an_object_that_is_not_there_gives_way_to_the_service(stack):
    service = NotifyService(stack)
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), NotifyObject="/not/there")
    job.resume()
    stack.client.wait_signal("Called")
    assert service.calls == [("JobTransferred", job.id)]


def test_D_9_who_answers_for_the_service_becomes_the_callback_object(stack):
    service = NotifyService(stack)
    server = stack.fault_server()
    job = small_job(stack, server, NotifyService=(service.name, "/client"), Resume=True)
    job.wait_state("transferred")
    owner, path = job.wait_property("NotifyObject", lambda value: value != ("", "/"))
    assert (owner, path) == (stack.client.owner(service.name), "/client")
    server.add("/more", SMALL)
    job.add_file(server.url("/more"), stack.downloads / "more")
    job.resume()
    stack.client.wait(lambda: service.calls == [("JobTransferred", job.id)] * 2, "the second call")
    assert len(service.starts) == 1
    assert job.get("NotifyService") == (service.name, "/client")


def test_D_7_a_callback_that_fails_twice_is_called_a_third_time(stack):
    callback = stack.callback()

    def refuse_twice(_call):
        if len(callback.calls) < 3:
            raise Refuse

    callback.answer = refuse_twice
    job = small_job(stack, stack.fault_server(), NotifyObject=callback.path, Resume=True)
    callback.wait("JobTransferred", times=3)
    assert job.state == "transferred"
    assert job.get("NotifyObject") == (stack.client.unique_name, callback.path)
    stack.client.pause(1.5)  # longer than RetryDelay doubled twice: an acknowledged event is not told again
    assert callback.methods() == ["JobTransferred"] * 3


def test_a_mute_client_delays_nobody_else(stack):
    """More unanswered jobs than calls may be in flight, and more than there are reply slots on a system bus."""
    server = stack.fault_server()
    server.add("/file", SMALL)
    mute_bus = stack.connect()

    def stay_mute(_call):
        raise Mute

    mute = stack.callback(mute_bus, "/mute", stay_mute)
    for number in range(12):
        job = stack.manager.create(files=[(server.url("/file"), stack.downloads / f"mute-{number}")])
        Job(mute_bus, job.path).notify_object(mute.path)
        job.resume()
    mute.wait("JobTransferred")

    callback = stack.callback()
    job = small_job(stack, server, NotifyObject=callback.path, Resume=True)
    callback.wait("JobTransferred")  # a mute client is waited for longer
    job.complete()
    assert_file(stack.downloads / "file", SMALL)


def test_D_15_every_file_is_told_before_the_end_and_each_only_after_the_one_before(stack):
    server = stack.fault_server()
    callback = stack.callback()
    refused = []

    def refuse_each_file_once(call):
        if call.method == "FileTransferred" and call.args[2] not in refused:
            refused.append(call.args[2])
            raise Refuse

    callback.answer = refuse_each_file_once
    names = ["a", "b", "c"]
    for name in names:
        server.add(f"/{name}", SMALL)
    job = stack.manager.create(
        files=[(server.url(f"/{name}"), stack.downloads / name) for name in names],
        NotifyFlags=["transferred", "error", "file-transferred"], NotifyObject=callback.path, Resume=True)
    callback.wait("JobTransferred")

    assert callback.methods() == ["FileTransferred"] * 6 + ["JobTransferred"]
    told = [call.args[2] for call in callback.calls[:-1]]
    assert told[0::2] == told[1::2] and sorted(told[0::2]) == [0, 1, 2]
    for call in callback.calls[:-1]:
        path, job_id, index, remote, temporary = call.args
        assert (path, job_id, remote) == (job.path, job.id, server.url(f"/{names[index]}"))
        assert open(temporary, "rb").read() == SMALL
    heard = [s.args[0] for s in stack.client.signals if (s.interface, s.member) == (JOB, "FileTransferred")]
    assert sorted(heard) == [0, 1, 2]


def test_a_failed_job_is_told_with_its_error(stack):
    callback = stack.callback()
    job = failing_job(stack, stack.fault_server(), NotifyObject=callback.path, Resume=True)
    call = callback.wait("JobError")
    path, job_id, error = call.args
    assert (path, job_id) == (job.path, job.id)
    assert error == job.get("Error")
    assert error[:3] == ("remote-file", "http-status", 404) and error[3] and error[4] == 0
    assert job.state == "error"


def test_D_12_flags_choose_what_is_told_and_signals_come_anyway(stack):
    server = stack.fault_server()
    callback = stack.callback()
    silenced = small_job(stack, server, "silenced", NotifyFlags=["disable", "transferred"], NotifyObject=callback.path)
    errors_only = small_job(stack, server, "errors", NotifyFlags=["error"], NotifyObject=callback.path)
    for job in (silenced, errors_only):
        job.resume()
        job.wait_state("transferred")
        stack.client.wait_signal("Transferred", job.path)
    told = small_job(stack, server, "told", NotifyObject=callback.path, Resume=True)
    callback.wait("JobTransferred")
    assert [call.args[1] for call in callback.calls] == [told.id]


def test_D_6_registering_late_or_again_tells_again(stack):
    server = stack.fault_server()
    done = small_job(stack, server, Resume=True)
    failed = failing_job(stack, server, Resume=True)
    done.wait_state("transferred")
    failed.wait_state("error", unless=())
    first = stack.callback(path="/first")
    for job in (done, failed):
        job.notify_object(first.path)
    first.wait("JobTransferred")
    first.wait("JobError")
    second = stack.callback(path="/second")
    done.notify_object(second.path)
    second.wait("JobTransferred")
    assert sorted(first.methods()) == ["JobError", "JobTransferred"]


def test_modifications_are_told_sparingly_and_never_for_the_end_itself(stack):
    callback = stack.callback()
    job = small_job(stack, stack.fault_server(), NotifyFlags=["modification", "transferred"],
                    NotifyObject=callback.path, MinimumNotificationInterval=1500)
    for number in range(20):
        job.set("Description", f"text {number}")
    callback.wait("JobModification", times=2)
    assert len(callback.calls) == 2
    assert callback.calls[0].args == (job.path, job.id)


def test_an_event_that_nobody_acknowledged_survives_the_death_of_the_daemon(stack):
    """Killed between the durable "transferred" and the acknowledgement: the service is still started and told."""
    service = NotifyService(stack, behaviour="mute")
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), Resume=True)
    stack.client.wait_signal("Called")
    stack.kill_daemon()
    with Pidfd(stack.client.pid_of(service.name)) as hanging:
        hanging.kill()
    stack.client.forget()
    service.behave("complete")

    stack.manager.get(job.id)  # any call has the bus start the daemon again
    removed = stack.client.wait_signal("JobRemoved")
    assert removed.args == (job.path, job.id, "complete")
    assert len(service.starts) == 2
    assert service.calls == [("JobTransferred", job.id)] * 2
    assert_file(stack.downloads / "file", SMALL)


def test_a_service_that_dies_before_it_answers_is_started_again(stack):
    service = NotifyService(stack, behaviour="die")
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), Resume=True)
    stack.client.wait(lambda: len(service.calls) == 1, "the first call")
    service.behave("accept")
    stack.client.wait_signal("NameOwnerChanged")
    stack.client.wait(lambda: len(service.starts) == 2 and len(service.calls) == 2, "the second start")
    owner, _path = job.wait_property("NotifyObject", lambda value: value != ("", "/"))
    assert owner == stack.client.owner(service.name)


def test_a_service_that_never_ends_its_job_is_started_ever_more_rarely(new_stack):
    stack = new_stack({"Notify": EVER_MORE_RARELY})
    service = NotifyService(stack, behaviour="die")
    small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), Resume=True)
    service.assert_ever_more_rarely(stack.client)


def test_a_client_may_complete_inside_its_callback(stack):
    """The daemon serves the very client whose answer it waits for."""
    callback = stack.callback()
    outcomes = []

    def complete_first(call):
        outcomes.append(Job(stack.client, call.args[0]).complete())

    callback.answer = complete_first
    job = small_job(stack, stack.fault_server(), NotifyObject=callback.path, Resume=True)
    removed = stack.client.wait_signal("JobRemoved")
    assert removed.args == (job.path, job.id, "complete")
    assert outcomes == [("complete", 1, 0)]
    assert callback.methods() == ["JobTransferred"]
    assert_file(stack.downloads / "file", SMALL)


def test_D_11_a_restart_forgets_the_object_and_keeps_the_service(stack):
    service = NotifyService(stack)
    callback = stack.callback()
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), NotifyObject=callback.path)
    stack.signal_daemon(15)
    assert job.get("NotifyObject") == ("", "/") and job.get("NotifyService") == (service.name, "/client")
    job.resume()
    stack.client.wait_signal("Called")
    assert service.calls == [("JobTransferred", job.id)] and callback.calls == []


def test_D_13_progress_is_told_at_most_twice_a_second(stack):
    server = stack.fault_server()
    server.add("/file", body(1 << 20), script=Script(rate=400_000))
    callback = stack.callback()
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], NotifyObject=callback.path,
                               NotifyFlags=["modification", "transferred"], Resume=True)
    callback.wait("JobTransferred")
    spent = (job.get("TransferCompletionTime") - job.get("CreationTime")) / 1e6
    assert 2 <= callback.methods().count("JobModification") <= 2 * spent + 2


def test_D_14_the_end_is_told_as_the_end_and_not_as_a_modification(new_stack):
    stack = new_stack({"Transfer": {"CheckpointInterval": "1h"}})
    callback = stack.callback()
    server = stack.fault_server()
    server.add("/file", SMALL).next_scripts(Script(send=1000, gate=True, then="finish"))
    job = stack.manager.create(files=[(server.url("/file"), stack.downloads / "file")], NotifyObject=callback.path,
                               NotifyFlags=["transferred"], MinimumNotificationInterval=10, Resume=True)
    job.wait_bytes(1000)
    job.set("NotifyFlags", ["modification", "transferred"])  # is one itself, and the last before the end
    callback.wait("JobModification")
    server.resources["/file"].gate.set()
    callback.wait("JobTransferred")
    stack.signal_daemon(15)
    assert callback.methods() == ["JobModification", "JobTransferred"]


def never(_call):
    raise Mute


def test_a_new_object_does_not_wait_for_the_call_to_the_old_one(stack):
    old = stack.callback(stack.connect(), "/old", never)
    job = small_job(stack, stack.fault_server())
    Job(old.bus, job.path).notify_object("/old")
    job.resume()
    old.wait("JobTransferred")
    new = stack.callback(path="/new")
    job.notify_object("/new")
    new.wait("JobTransferred", seconds=PROMPTLY)


def test_an_object_that_leaves_during_the_call_gives_way_at_once(stack):
    service = NotifyService(stack)
    old = stack.callback(stack.connect(), "/old", never)
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"))
    Job(old.bus, job.path).notify_object("/old")
    job.resume()
    old.wait("JobTransferred")
    old.bus.close()
    stack.client.wait(lambda: service.calls == [("JobTransferred", job.id)], "the service to be told", PROMPTLY)


@pytest.mark.parametrize("name", ["ServiceUnknown", "Disconnected", "NoReply", "UnknownObject", "NameHasNoOwner"])
def test_an_error_of_the_client_is_not_taken_for_its_absence(stack, name):
    """The client may have passed on an error from another program."""
    callback = stack.callback()

    def refuse_once(_call):
        if len(callback.calls) == 1:
            raise Refuse(name=f"org.freedesktop.DBus.Error.{name}")

    callback.answer = refuse_once
    job = small_job(stack, stack.fault_server(), NotifyObject=callback.path, Resume=True)
    callback.wait("JobTransferred", times=2)
    assert job.get("NotifyObject") == (stack.client.unique_name, callback.path)


def test_a_client_without_the_method_for_files_is_told_of_the_end(stack):
    callback = stack.callback()

    def lack(call):
        if call.method == "FileTransferred":
            raise Refuse(name="org.freedesktop.DBus.Error.UnknownMethod")

    callback.answer = lack
    small_job(stack, stack.fault_server(), NotifyFlags=["transferred", "file-transferred"], NotifyObject=callback.path,
              Resume=True)
    callback.wait("JobTransferred")
    assert callback.methods() == ["FileTransferred", "JobTransferred"]


def test_a_client_with_one_callback_only_is_not_called_later_for_the_others(new_stack):
    """It learns of them from the signals, and of the next event that it wants at once."""
    stack = new_stack({"Notify": {"RetryDelay": "10ms", "MaximumRetryDelay": "10ms"}})
    callback = stack.callback()

    def lack(call):
        if call.method == "JobError":
            raise Refuse(name="org.freedesktop.DBus.Error.UnknownMethod")

    callback.answer = lack
    server = stack.fault_server()
    job = failing_job(stack, server, NotifyObject=callback.path, Resume=True)
    callback.wait("JobError")
    assert stack.client.wait_signal("JobError").args == (job.path, job.id)
    server.add("/nothing-there", SMALL)
    job.resume()
    callback.wait("JobTransferred")
    assert callback.methods() == ["JobError", "JobError", "JobTransferred"], "once more when it is known to be there"


def test_an_object_that_is_exported_late_is_called_again(new_stack):
    """Libraries answer UnknownMethod for an object that is not there, too."""
    stack = new_stack({"Notify": {"RetryDelay": "10ms", "MaximumRetryDelay": "10ms"}})
    job = small_job(stack, stack.fault_server(), NotifyObject="/late", Resume=True)
    job.wait_state("transferred")
    callback = Callback(stack.client, "/late")
    callback.wait("JobTransferred")


def test_an_object_that_is_exported_while_it_is_asked_about_is_called(stack):
    """It has not seen the first call, although it is there when its interfaces are asked for."""
    callback = stack.callback()
    calls = []

    def be_late(call):
        calls.append(call)
        if len(calls) == 1:
            raise Refuse(name="org.freedesktop.DBus.Error.UnknownMethod")

    callback.answer = be_late
    small_job(stack, stack.fault_server(), NotifyObject=callback.path, Resume=True)
    stack.client.wait(lambda: len(calls) == 2, "the second call")


def test_an_end_that_the_object_does_not_want_is_told_to_the_service(stack):
    service = NotifyService(stack)
    callback = stack.callback()

    def lack(_call):
        raise Refuse(name="org.freedesktop.DBus.Error.UnknownMethod")

    callback.answer = lack
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), NotifyObject=callback.path,
                    Resume=True)
    stack.client.wait_signal("Called")
    assert service.calls == [("JobTransferred", job.id)]


def test_notifications_that_are_no_longer_wanted_are_dropped(stack):
    callback = stack.callback()

    def refuse_files(call):
        if call.method == "FileTransferred":
            raise Refuse

    callback.answer = refuse_files
    job = small_job(stack, stack.fault_server(), NotifyFlags=["transferred", "file-transferred"],
                    NotifyObject=callback.path, Resume=True)
    callback.wait("FileTransferred")
    job.set("NotifyFlags", ["transferred"])
    callback.wait("JobTransferred")


def test_a_service_that_runs_is_told_at_once_however_often_it_was_started_in_vain(new_stack):
    stack = new_stack({"Notify": {"RetryDelay": "10ms", "MaximumRetryDelay": "10ms", "LaunchDelay": "1h"}})
    service = NotifyService(stack, behaviour="die")
    job = small_job(stack, stack.fault_server(), NotifyService=(service.name, "/client"), Resume=True)
    stack.client.wait(lambda: len(service.starts) == 2, "two starts")
    stack.client.wait(lambda: not stack.client.owner(service.name), "the second to end")
    program = stack.connect()
    running = Callback(program, "/client")
    assert program.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "(su)",
                        service.name, 4) == (1,)
    assert running.wait("JobTransferred").args == (job.path, job.id)
    assert len(service.starts) == 2


def test_a_program_gets_one_call_at_a_time_by_whichever_name(stack):
    service = "org.haulier.Test.Both"
    stack.bus.add_service(service, ["/bin/false"])
    program = stack.connect()
    program.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "(su)", service, 4)
    callback = Callback(program, "/client", never)
    server = stack.fault_server()
    by_service = small_job(stack, server, "a", NotifyService=(service, "/client"))
    by_object = small_job(stack, server, "b")
    Job(program, by_object.path).notify_object("/client")
    for job in (by_service, by_object):
        job.resume()
        job.wait_state("transferred")
    callback.wait("JobTransferred")
    stack.client.pause(0.5)
    assert len(callback.calls) == 1
    callback.answer = lambda _call: None
    callback.unanswered[0].return_value(None)
    callback.wait("JobTransferred", times=2)


def test_a_job_that_completes_itself_is_told_when_its_files_have_their_names(stack):
    named = []
    callback = stack.callback()
    files = [stack.downloads / str(number) for number in range(20)]
    callback.answer = lambda _call: named.append(sum(file.exists() for file in files))
    server = stack.fault_server()
    server.add("/file", SMALL)
    job = stack.manager.create(files=[(server.url("/file"), file) for file in files], AutoComplete=True,
                               NotifyObject=callback.path, Resume=True)
    stack.client.wait_signal("JobTransferred")
    assert all(file.exists() for file in files)
    assert callback.wait("JobTransferred").args == (job.path, job.id)
    assert named == [20]
    assert callback.methods() == ["JobTransferred"]
    assert stack.client.wait_signal("JobRemoved").args == (job.path, job.id, "complete")
