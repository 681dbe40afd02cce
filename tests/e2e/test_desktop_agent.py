# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-notify beside the services of a desktop: KDE's job views, a notification server, a file manager and a dock."""

import subprocess

import pytest
from gi.repository import GLib

from support.bus.fake_daemon import FakeDaemon
from support.bus.fake_desktop import Dock, FileManager, JobViewServer, LeavingNotificationServer, NotificationServer
from support.bus.machine_services import network_manager
from support.bus.private_bus import PrivateBus
from support.content import body
from support.daemon.agent import NAME, Agent
from support.environment import patience, program
from support.servers.response_script import Script

SIZE = 400_000
HELD_AT = SIZE // 4
EVIL = "<b>bold</b> & \u202egpj\u202c \x07\n<img src='x'>"


@pytest.fixture
def kde(stack):
    return stack.stop_at_end(JobViewServer(stack.bus.address))


@pytest.fixture
def notices(stack):
    return stack.stop_at_end(NotificationServer(stack.bus.address))


@pytest.fixture
def files(stack):
    return stack.stop_at_end(FileManager(stack.bus.address))


@pytest.fixture
def agent(stack):
    return stack.stop_at_end(Agent(stack))


@pytest.fixture
def held(stack):
    """Creates jobs whose file stays partly sent until its gate is opened; each request gets so much more of it."""
    server = stack.fault_server()

    def make(name: str = "film.bin", **options):
        resource = server.add(f"/{name}", body(SIZE), script=Script(send=HELD_AT, gate=True, then="finish"))
        job = stack.manager.create(name, files=[(server.url(f"/{name}"), stack.downloads / name)],
                                   **{"Resume": True, "AutoComplete": True, "Priority": "foreground"} | options)
        return job, resource.gate
    return make


@pytest.fixture
def quick(stack):
    """Creates a job and waits for its end."""
    server = stack.fault_server()

    def make(name: str, content: bytes = b"content", **options):
        server.add("/quick", content)
        job = stack.manager.create(options.pop("display", name), files=[(server.url("/quick"), stack.downloads / name)],
                                   Resume=True, AutoComplete=True, **options)
        job.wait_state("acknowledged")
    return make


# ---- views ----

def test_a_view_in_plasma_from_start_to_end(stack, kde, notices, agent, held):
    job, gate = held()
    kde.wait_for(lambda: kde.open() and kde.open()[0].values.get("percent") == 25, "a view with progress")
    view = kde.views[0]
    assert (view.app, view.values["title"], view.values["totalBytes"]) == ("org.haulier.Transfers", "film.bin", SIZE)
    assert view.values["destUrl"] == f"file://{stack.downloads}" and not view.values["suspended"]
    assert "totalFiles" not in view.values
    gate.set()
    kde.wait_for(lambda: view.end is not None, "the end of the view")
    assert view.end == (0, "") and len(kde.views) == 1
    job.wait_state("acknowledged")
    assert notices.notes == [], "the view says it"


def test_buttons_of_a_view_pause_resume_and_cancel(kde, agent, held):
    job, _ = held()
    kde.wait_for(kde.open, "a view")
    view = kde.views[0]
    kde.press(view, "suspend")
    job.wait_state("suspended")
    kde.wait_for(lambda: view.values.get("suspended"), "the view to be paused")
    assert view.values["infoMessage"] == "", "Plasma says it"
    kde.press(view, "resume")
    kde.wait_for(lambda: not view.values["suspended"], "the view to go on")
    job.wait_state("transferring", "connecting", "queued")
    kde.press(view, "cancel")
    job.wait_state("cancelled", unless=())
    kde.wait_for(lambda: view.end is not None, "the end of the view")
    assert view.end == (1, ""), "Plasma does not mention it"


def test_a_failure_is_told_with_its_sentence(stack, kde, notices, agent):
    server = stack.fault_server()
    server.add("/f", body(SIZE)).next_scripts(Script(send=SIZE // 2, gate=True, then="close"), Script(status=404))
    stack.manager.create(files=[(server.url("/f"), stack.downloads / "f")], Resume=True, NoProgressTimeout=0)
    kde.wait_for(kde.open, "a view")
    server.resources["/f"].gate.set()
    kde.wait_for(lambda: kde.views[0].end is not None, "the end of the view")
    code, sentence = kde.views[0].end
    assert code == 100 and sentence == "127.0.0.1 sent fewer bytes than it had announced"
    assert notices.notes == []


def test_jobs_show_only_what_their_program_wants(stack, kde, notices, agent, held):
    gates = [held(f"{word}.bin", Visibility=word)[1] for word in ("hidden", "progress", "result", "full")]
    kde.wait_for(lambda: kde.titles() == ["full.bin", "progress.bin"], "two views")
    for gate in gates:
        gate.set()
    kde.wait_for(lambda: not kde.open(), "the end of the views")
    ends = {view.values["title"]: view.end for view in kde.views}
    assert ends == {"full.bin": (0, ""), "progress.bin": (1, "")}
    note = notices.wait_note("Download finished")
    assert (note.body, len(notices.notes)) == ("result.bin", 1)


def test_five_jobs_of_an_app_share_a_view(stack, kde, notices, agent, held):
    jobs = [held(f"{i}.bin", AppId="org.example.Pod") for i in range(5)]
    kde.wait_for(lambda: kde.titles() == ["5 transfers"], "one view")
    (view,) = kde.open()
    assert view.app == "org.haulier.Transfers", "the desktop does not know the app"
    kde.wait_for(lambda: view.values["totalBytes"] == 5 * SIZE, "all sizes")
    kde.press(view, "suspend")
    for job, _ in jobs:
        job.wait_state("suspended")
    kde.press(view, "resume")
    for job, gate in jobs:
        gate.set()
        job.wait_state("acknowledged")
    kde.wait_for(lambda: view.end is not None, "the end of the view")
    assert view.end == (0, "") and notices.notes == []


def test_a_job_is_shown_as_one_of_its_app(stack, kde, agent, held):
    entries = stack.directory / "data/applications"
    entries.mkdir(parents=True)
    (entries / "org.example.Pod.desktop").write_text("[Desktop Entry]\nType=Application\nName=Pod\n")
    held(AppId="org.example.Pod", Icon="podcast")
    kde.wait_for(kde.open, "a view")
    assert kde.views[0].app == "org.example.Pod" and kde.views[0].hints["application-icon-name"] == "podcast"


def test_views_end_with_the_agent_and_come_back(stack, kde, agent, held):
    held("one.bin")
    held("two.bin")
    kde.wait_for(lambda: kde.titles() == ["one.bin", "two.bin"], "two views")
    agent.stop()
    kde.wait_for(lambda: not kde.open(), "the end of the views")
    assert {view.end for view in kde.views} == {(1, "")}
    agent.start()
    kde.wait_for(lambda: kde.titles() == ["one.bin", "two.bin"], "two views again")
    kde.views.clear()
    agent.kill()
    agent.start()
    kde.wait_for(lambda: kde.titles() == ["one.bin", "two.bin"], "the present")


def test_views_come_back_with_plasma(stack, agent, held):
    held()
    first = stack.stop_at_end(JobViewServer(stack.bus.address))
    first.wait_for(first.open, "a view")
    first.stop()
    second = stack.stop_at_end(JobViewServer(stack.bus.address))
    second.wait_for(second.open, "a view at the new server")


def test_there_is_only_one_agent(stack, agent):
    done = subprocess.run([program("HAULIER_NOTIFY")], env=agent.env, timeout=patience(20), capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0 and "another agent" in done.stderr
    assert stack.client.pid_of(NAME) == agent.child.pid


# ---- the daemon ----

def test_the_daemon_leaves_in_spite_of_the_agent_and_comes_back(new_stack):
    stack = new_stack({"Daemon": {"IdleTimeout": "300ms"}})
    kde = stack.stop_at_end(JobViewServer(stack.bus.address))
    stack.stop_at_end(Agent(stack))
    assert not stack.running(), "the agent has not started it"
    server = stack.fault_server()
    resource = server.add("/f", body(SIZE))
    resource.next_scripts(Script(send=SIZE // 2, gate=True))
    job = stack.manager.create("f", files=[(server.url("/f"), stack.downloads / "f")], Resume=True, AutoComplete=True)
    kde.wait_for(kde.open, "a view")
    job.suspend()
    stack.wait_stopped()
    (view,) = kde.open()
    kde.wait_for(lambda: view.values["suspended"], "a paused job to stay, and to be shown as paused")
    kde.press(view, "resume")
    stack.client.wait(stack.running, "the daemon to be started by the button")
    resource.gate.set()
    kde.wait_for(lambda: view.end is not None, "the end of the view")
    assert view.end == (0, "")
    stack.wait_stopped()


def test_a_killed_daemon_does_not_disturb_the_view(stack, kde, agent, held):
    job, _ = held()
    kde.wait_for(kde.open, "a view")
    stack.kill_daemon()
    job.suspend()  # starts the daemon
    kde.wait_for(lambda: kde.views[0].values.get("suspended"), "the view to follow the new daemon")
    assert len(kde.views) == 1


# ---- notices ----

def test_the_end_has_one_notice_with_open_and_show(stack, notices, files, agent, quick):
    quick("a b.txt")
    note = notices.wait_note("Download finished")
    assert (note.app, note.body, note.hints["desktop-entry"]) == ("Transfers", "a b.txt", "org.haulier.Transfers")
    assert note.actions == {"open": "Open", "folder": "Show in folder"}
    notices.press(note, "open")
    stack.client.wait(lambda: agent.opened, "the file to be opened")
    assert agent.opened == [str(stack.downloads / "a b.txt")]
    quick("b.txt")
    notices.wait_for(lambda: len(notices.notes) == 2, "another notice")
    notices.press(notices.notes[1], "folder")
    files.wait_for(lambda: files.shown, "the file manager")
    assert files.shown == [("ShowItems", [f"file://{stack.downloads}/b.txt"])]


def test_without_a_file_manager_the_folder_is_opened(stack, notices, agent, quick):
    quick("a.txt")
    notices.press(notices.wait_note("Download finished"), "folder")
    stack.client.wait(lambda: agent.opened, "the folder to be opened")
    assert agent.opened == [str(stack.downloads)]


@pytest.mark.parametrize("name, content, mode", [
    ("run.sh", b"echo", 0o644), ("app.desktop", b"[Desktop Entry]\n", 0o644), ("photo.jpg", b"#!/bin/sh\n", 0o644),
    ("tool", b"\x7fELF\x02\x01", 0o644), ("note.txt", b"text", 0o755)])
def test_programs_are_not_opened(stack, notices, agent, name, content, mode):
    server = stack.fault_server()
    server.add("/f", content)
    stack.manager.create(files=[(server.url("/f"), stack.downloads / name, {"Mode": mode})], Resume=True, AutoComplete=True)
    assert notices.wait_note("Download finished").actions == {"folder": "Show in folder"}


def test_a_file_that_has_become_a_program_is_not_opened(stack, notices, agent, quick):
    quick("a.txt")
    note = notices.wait_note("Download finished")
    (stack.downloads / "a.txt").chmod(0o755)
    notices.press(note, "open")
    quick("b.txt")
    notices.wait_for(lambda: len(notices.notes) == 2, "another notice")
    notices.press(notices.notes[1], "open")
    stack.client.wait(lambda: agent.opened, "the second file to be opened")
    assert agent.opened == [str(stack.downloads / "b.txt")]


def test_a_part_of_a_job_is_not_called_finished(stack, notices, agent):
    server = stack.fault_server()
    server.add("/a", b"content")
    job = stack.manager.create("album", files=[(server.url(f"/{name}"), stack.downloads / name) for name in ("a", "missing")],
                               Resume=True, OnFileError="continue")
    job.wait_state("error", unless=())
    notices.wait_note("Download failed")
    assert job.complete()[0] == "partial"
    note = notices.wait_note("Download incomplete")
    assert (note.body, note.actions) == ("album", {"folder": "Show in folder"})


def test_a_failure_can_be_tried_again(stack, notices, agent):
    server = stack.fault_server()
    server.add("/f", b"content").next_scripts(Script(status=404))
    job = stack.manager.create("film", files=[(server.url("/f"), stack.downloads / "f")], Resume=True, AutoComplete=True)
    note = notices.wait_note("Download failed")
    assert note.body.startswith("film: 127.0.0.1: ") and "404" in note.body and note.actions == {"retry": "Try again"}
    notices.press(note, "retry")
    job.wait_state("acknowledged", unless=())
    notices.wait_note("Download finished")
    assert notices.summaries() == ["Download failed", "Download finished"]


def test_many_files_and_many_jobs_do_not_flood(stack, notices, agent, held):
    server = stack.fault_server()
    for i in range(20):
        server.add(f"/{i}", b"content")
    many = stack.manager.create("many", files=[(server.url(f"/{i}"), stack.downloads / f"f{i}") for i in range(20)],
                                Resume=True, AutoComplete=True)
    many.wait_state("acknowledged")
    notices.wait_note("Download finished")
    jobs = [held(f"{i}.bin") for i in range(6)]
    for job, _ in jobs:
        job.wait_bytes(HELD_AT)
    for job, gate in jobs:
        gate.set()
        job.wait_state("acknowledged")
    note = notices.wait_note("Transfers finished: 6")
    assert note.actions == {"folder": "Show in folder"}
    assert notices.summaries() == ["Download finished", "Transfers finished: 6"]


def test_a_bar_is_replaced_in_place_and_not_too_often(stack, agent):
    dunst = stack.stop_at_end(NotificationServer(stack.bus.address, "dunst"))
    server = stack.fault_server()
    server.add("/f", body(1_200_000)).next_scripts(Script(rate=200_000, burst=20_000))
    stack.manager.create("film", files=[(server.url("/f"), stack.downloads / "f")], Resume=True, AutoComplete=True)
    note = dunst.wait_note("Download finished")
    bars = dunst.bars()
    assert len(bars) >= 2 and {bar.id for bar in bars} == {note.id} and note.replaced
    values = [bar.hints["value"] for bar in bars if "value" in bar.hints]
    assert values == sorted(values) and values[-1] > 0
    # Two seconds lie between two changes. How late a call arrives depends on how busy the machine is.
    assert bars[-1].when - bars[0].when > 2 * (len(bars) - 1) - 1
    assert bars[-1].summary == "film" and " of 1.2 MB" in bars[-1].body


def test_a_bar_that_was_closed_or_paused_goes(stack, agent, held):
    dunst = stack.stop_at_end(NotificationServer(stack.bus.address, "dunst"))
    job, _ = held()
    dunst.wait_for(dunst.bars, "a bar")
    job.suspend()
    dunst.wait_for(lambda: dunst.bars()[-1].closed, "the bar to go")
    job.resume()
    dunst.wait_for(lambda: not dunst.bars()[-1].closed, "another bar")
    agent.stop()
    dunst.wait_for(lambda: dunst.bars()[-1].closed, "the bar to go with the agent")


def test_a_server_that_draws_no_bars_gets_none(stack, notices, agent, held):
    job, gate = held()
    job.wait_bytes(HELD_AT)
    gate.set()
    notices.wait_note("Download finished")
    assert not notices.bars()


def test_the_reason_to_wait_is_told_once(stack, notices, agent):
    """No request is made: the job waits for another network, and the address belongs to documentation."""
    manager = network_manager(stack.client, metered=1)
    stack.client.wait(lambda: stack.manager.property("Metered") == "yes", "NetworkManager to be heard")
    job = stack.manager.create("film", files=[("http://192.0.2.1/f", stack.downloads / "f")], NetworkCost="unmetered", Resume=True)
    note = notices.wait_note("Download is waiting")
    assert note.body == "film: waiting for a network that it may use" and note.actions == {"network": "Use this network"}
    manager.set(Metered=GLib.Variant("u", 3))
    job.suspend()
    job.resume()
    job.wait_property("WaitReason", lambda reason: reason[0] == "cost")
    notices.press(note, "network")
    job.wait_property("NetworkCost", lambda cost: cost == "always")
    assert notices.summaries() == ["Download is waiting"]


def test_other_programs_cannot_press(stack, notices, agent, quick):
    quick("a.txt")
    note = notices.wait_note("Download finished")
    stack.client.connection.emit_signal(None, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "ActionInvoked",
                                        GLib.Variant("(us)", (note.id, "open")))
    notices.press(note, "folder")
    stack.client.wait(lambda: agent.opened, "the folder to be opened")
    assert agent.opened == [str(stack.downloads)]


# ---- names ----

def test_names_are_text_everywhere(stack, agent, held):
    kde = stack.stop_at_end(JobViewServer(stack.bus.address))
    folder = stack.downloads / "<img src='x'>\"&"
    folder.mkdir()
    server = stack.fault_server()
    server.add("/f", body(SIZE)).next_scripts(Script(send=SIZE // 2, gate=True, then="finish"))
    stack.manager.create(EVIL.replace("\x07", "").replace("\n", " "), files=[(server.url("/f"), folder / "f")], Resume=True,
                         AutoComplete=True)
    kde.wait_for(lambda: kde.open() and kde.open()[0].values, "a view")
    (view,) = kde.open()
    assert "\u202e" not in view.values["title"] and "destUrl" not in view.values
    kde.stop()
    dunst = stack.stop_at_end(NotificationServer(stack.bus.address, "dunst"))
    server.resources["/f"].gate.set()
    note = dunst.wait_note("Download finished")
    assert note.body.startswith("&lt;b&gt;bold&lt;/b&gt; &amp; ?gpj?") and "<" not in note.body
    assert note.actions == {"open": "Open", "folder": "Show in folder"} or note.actions == {"folder": "Show in folder"}


def test_a_server_without_markup_gets_plain_text(stack, agent, quick):
    plain = stack.stop_at_end(NotificationServer(stack.bus.address, capabilities=("actions",)))
    quick("f", display="漢" * 256)
    assert plain.wait_note("Download finished").body == "漢" * 38 + "..."
    quick("g", display="<b> & '")
    plain.wait_for(lambda: len(plain.notes) == 2, "another notice")
    assert plain.notes[1].body == "<b> & '"


def test_servers_without_actions_get_none(stack, agent, quick):
    plain = stack.stop_at_end(NotificationServer(stack.bus.address, capabilities=("body",)))
    quick("f.txt")
    assert plain.wait_note("Download finished").actions == {}


# ---- docks and the system bus ----

def test_a_dock_is_told_the_progress(stack, notices, agent, held):
    dock = Dock(stack.client)
    _, gate = held()
    stack.client.wait(lambda: any(0 < values["progress"] < 1 for _, values in dock.entries), "progress")
    gate.set()
    stack.client.wait(lambda: dock.entries[-1][1]["progress-visible"] is False, "the end of the progress")
    assert {entry for entry, _ in dock.entries} == {"application://org.haulier.Transfers.desktop"}


def test_plasma_tells_the_dock_itself(stack, kde, agent, held):
    dock = Dock(stack.client)
    job, gate = held()
    kde.wait_for(kde.open, "a view")
    gate.set()
    job.wait_state("acknowledged")
    kde.wait_for(lambda: kde.views[0].end is not None, "the end of the view")
    stack.client.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId")
    assert dock.entries == []


# ---- services that go and come back ----

def test_a_system_bus_that_is_restarted_is_found_again(stack):
    folder = stack.directory / "system"
    folder.mkdir()
    for turn in range(2):
        bus = stack.stop_at_end(PrivateBus(folder, stack.env))
        daemon = stack.stop_at_end(FakeDaemon(bus.address))
        if turn == 0:
            agent = stack.stop_at_end(Agent(stack, DBUS_SYSTEM_BUS_ADDRESS=bus.address))
        daemon.wait_for(lambda: daemon.methods() == ["SubscribeWith", "ListJobs"], "the agent to look at the jobs")
        bus.stop()
        bus.services.rmdir()
    assert agent.child.process.poll() is None


def test_a_notification_server_that_is_replaced_while_it_is_asked(stack, agent, quick):
    stack.stop_at_end(LeavingNotificationServer(stack.bus.address))
    notices = stack.stop_at_end(NotificationServer(stack.bus.address))  # waits for the name
    quick("film.bin")
    assert notices.wait_note("Download finished").body == "film.bin"


def test_a_view_that_is_refused_is_not_requested_again(stack, kde, agent, held):
    kde.refuses = True
    job, gate = held()
    kde.wait_for(lambda: kde.requests() == 1, "a request")
    stack.client.wait(lambda: job.get("BytesTransferred") == HELD_AT, "progress")
    job.suspend()
    kde.refuses = False
    other, _ = held("other.bin")
    kde.wait_for(lambda: kde.titles() == ["other.bin"], "the view of another job")
    assert kde.requests() == 2
