# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl without its terminal, behind a proxy, with many files, with a new address, without variables, and in old
directories."""

import functools
import os
import pty
import re
import signal
import socket
import stat
import subprocess

import pytest

from support.client.checks import assert_file, leftovers
from support.client.haulierctl import (DONE, INTERRUPTED, JOB_FAILED, MISUSED, NO_BUS, NO_SUCH_JOB, REFUSED, Ctl, Result,
                                       wait_told)
from support.content import body
from support.environment import patience, program
from support.servers.response_script import Script

FAR = "http://files.example/f"
MEBI = 1 << 20
DATA = body(3 * MEBI)


@pytest.fixture
def server(stack):
    fault_server = stack.fault_server()
    fault_server.add("/f", DATA)
    return fault_server


def gated(server, path="/slow"):
    """A file of which a mebibyte comes before its gate is opened."""
    return server.url(path), server.add(path, DATA, script=Script(send=MEBI, gate=True, then="finish"))


@pytest.fixture
def patient(field):
    """A stack in which nothing times out while a gate is closed."""
    return field(Transfer={"StallTimeout": "60s"})


# ---- 23: the proxy is in the shell's environment ----

def get_far(stack, code=DONE, url=FAR, **variables):
    return Ctl(stack)("get", url, "f", "--key", "k", code=code, env=stack.env | variables)


@pytest.fixture
def offline(field):
    """A stack that tries to reach servers whether there is a network or not."""
    return field(Network={"Watch": "no"})


def test_field_23_the_proxy_is_passed_on(offline):
    """`http_proxy=... haulierctl get` asks that proxy, which the daemon's environment does not name."""
    proxy = offline.fault_server()
    proxy.add(FAR, DATA)
    get_far(offline, http_proxy=f"127.0.0.1:{proxy.port}/")
    assert_file(offline.downloads / "f", DATA)
    assert [request.path for request in proxy.requests] == [FAR]


def test_field_23_sibling_a_proxy_with_a_password(offline):
    """A password in the variable becomes a credential for the proxy, and is shown nowhere."""
    server, proxy = offline.nginx(), offline.proxy("joe:p@ss")
    (server.files / "f").write_bytes(DATA)
    get_far(offline, url=server.url("f"), http_proxy=f"http://joe:p%40ss@{proxy.address}")
    assert_file(offline.downloads / "f", DATA)
    job_id = Ctl(offline)("get", "--no-wait", FAR, "g", env=offline.env | {"all_proxy": "http://joe:hidden@127.0.0.1:9"}).out
    shown = Ctl(offline)("show", "--all", job_id.strip()).out
    assert "http=http://127.0.0.1:9" in shown and "hidden" not in shown


@pytest.mark.parametrize("no_proxy", ["127.0.0.0/8", "*", "example.org, 127.0.0.1", "10.0.0.0/8,127.0.0.0/31"])
def test_field_23_sibling_no_proxy_as_curl_reads_it(offline, no_proxy):
    """no_proxy may have networks and spaces."""
    server = offline.fault_server()
    server.add("/f", DATA)
    get_far(offline, url=server.url("/f"), http_proxy="http://127.0.0.1:9", no_proxy=no_proxy)
    assert len(server.requests) == 1


def test_field_23_sibling_a_variable_that_names_no_proxy(offline):
    """A variable that cannot be used is named, and its value is not repeated."""
    failed = get_far(offline, MISUSED, http_proxy="ftp://joe:hidden@proxy:1")
    assert "http_proxy" in failed.err and "hidden" not in failed.err
    assert offline.manager.list() == []


# ---- 24: the terminal is closed ----

def begin_get(stack, *words):
    """A `get` that has told its progress, and the gate of its file."""
    server = stack.fault_server()
    url, resource = gated(server)
    process = Ctl(stack).begin("get", url, "f", *words)
    wait_told(process)
    server.wait_sent("/slow", MEBI)
    return process, resource


def wait_name(stack, name="f"):
    stack.client.wait(lambda: (stack.downloads / name).exists(), "the file to get its name")
    assert_file(stack.downloads / name, DATA)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_field_24_the_file_gets_its_name_without_the_command(patient, number):
    """What `get` promised holds when the command is gone: the job completes itself."""
    process, resource = begin_get(patient)
    process.send_signal(number)
    result = Result(process)
    resource.gate.set()
    wait_name(patient)
    patient.client.wait(lambda: patient.manager.list() == [], "the job to end")
    if number == signal.SIGHUP:
        assert result.code == INTERRUPTED and "haulierctl wait" in result.err


def test_field_24_sibling_the_window_is_closed(patient):
    """The controlling terminal disappears, so that nothing can be written any more."""
    server = patient.fault_server()
    url, resource = gated(server)
    ours, theirs = pty.openpty()
    process = Ctl(patient).begin("get", "--json", url, "f", stdin=theirs, stdout=theirs, stderr=theirs,
                                 start_new_session=True, preexec_fn=functools.partial(os.login_tty, theirs))
    os.close(theirs)
    server.wait_sent("/slow", MEBI)
    shown = b""
    while b"kB" not in shown and b"MB" not in shown:
        shown += os.read(ours, 4096)
    os.close(ours)
    process.wait(timeout=patience(20))
    resource.gate.set()
    wait_name(patient)


def test_field_24_sibling_wait_without_its_terminal(patient):
    """SIGHUP ends `wait` like Ctrl-C, and a message says how to return to the job."""
    process, resource = begin_get(patient, "--key", "mine")
    waiting = Ctl(patient).begin("wait", "mine")
    wait_told(waiting)
    waiting.send_signal(signal.SIGHUP)
    result = Result(waiting)
    assert result.code == INTERRUPTED and "haulierctl wait" in result.err
    resource.gate.set()
    assert Result(process).code == DONE


def test_field_24_counter_check_nohup(patient):
    """If SIGHUP is ignored, as with nohup, the command goes on."""
    server = patient.fault_server()
    url, resource = gated(server)
    process = Ctl(patient).begin("get", url, "f", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_told(process)
    process.send_signal(signal.SIGHUP)
    resource.gate.set()
    assert Result(process).code == DONE
    assert_file(patient.downloads / "f", DATA)


def test_field_24_sibling_no_wait_completes_as_well(patient):
    """`get --no-wait` needs nobody afterwards."""
    server = patient.fault_server()
    url, resource = gated(server)
    Ctl(patient)("get", "--no-wait", url, "f")
    resource.gate.set()
    wait_name(patient)


def test_field_24_sibling_the_daemon_dies_too(patient):
    """Nor does the promise depend on the daemon's life."""
    process, resource = begin_get(patient)
    process.kill()
    process.communicate()
    patient.kill_daemon()
    resource.gate.set()
    patient.start()
    wait_name(patient)


def test_field_24_sibling_complete_and_wait_after_the_fact(patient):
    """`complete` and `wait --complete` of a job that has completed itself are success, by id and by key."""
    process, resource = begin_get(patient, "--key", "mine")
    (_, properties), = patient.manager.list()
    process.kill()
    process.communicate()
    resource.gate.set()
    wait_name(patient)
    patient.client.wait(lambda: patient.manager.list() == [], "the job to end")
    ctl = Ctl(patient)
    for name in (properties["Id"], "mine"):
        ctl("complete", name)
        ctl("wait", "--complete", name)


def test_field_24_sibling_what_is_known_of_an_ended_job(stack, server):
    """For a minute an ended job is found by its key and by the beginning of its id. It cannot be changed, and a new job with
    the key comes before it."""
    ctl = Ctl(stack)
    job_id = ctl("get", "--json", server.url("/f"), "f", "--key", "mine").json["Id"]
    for name in (job_id, job_id[:8], "mine"):
        assert ctl("show", "--json", name).json["State"] == "acknowledged"
        assert ctl("wait", "--json", name).json["Result"] == "complete"
        answer = ctl("complete", "--json", name).json
        assert (answer["Id"], answer["Result"], answer["Kept"], answer["Dropped"]) == (job_id, "complete", 1, 0)
        assert "has ended" in ctl("cancel", name, code=NO_SUCH_JOB).err
    assert [job["Id"] for job in ctl("list", "--json", "--state", "acknowledged,cancelled").json] == [job_id]
    assert ctl("list").out == ""
    other = stack.manager.create(Key="mine")
    assert ctl("show", "--json", "mine").json["Id"] == other.id
    other.cancel()
    ctl("complete", "mine", code=NO_SUCH_JOB)


def test_field_24_counter_check_a_job_that_was_completed(stack, server):
    """A job that a client has completed is not completed twice."""
    ctl = Ctl(stack)
    job_id = ctl("get", "--json", "--no-complete", server.url("/f"), "f").json["Id"]
    assert "has ended" in ctl("complete", job_id, code=NO_SUCH_JOB).err


def test_field_24_sibling_wait_complete_before_the_end(patient):
    """Whoever waits with --complete gets the file, though the job completes itself first."""
    process, resource = begin_get(patient, "--key", "mine")
    process.kill()
    process.communicate()
    waiting = Ctl(patient).begin("wait", "--complete", "mine")
    wait_told(waiting)
    resource.gate.set()
    assert Result(waiting).code == DONE
    wait_name(patient)


def test_field_24_sibling_uploads_end_by_themselves(patient):
    """`upload` leaves no job behind either."""
    server = patient.fault_server()
    server.rule = lambda request: Script(status=405 if request.method == "OPTIONS" else 201)
    (patient.downloads / "f").write_bytes(DATA)
    Ctl(patient)("upload", "--no-wait", "f", server.url("/f"))
    patient.client.wait(lambda: patient.manager.list() == [], "the job to end")


def test_field_24_sibling_the_reply_outlives_the_job(patient):
    """The reply of an upload that has completed itself is in its file, and `reply` prints it."""
    server = patient.fault_server()
    server.rule = lambda request: None if request.method == "OPTIONS" else Script(headers={"X-Reply": "yes"})
    server.add("/f", b"thank you \xe9")
    (patient.downloads / "f").write_bytes(DATA)
    ctl = Ctl(patient)
    job_id = ctl("upload", "--no-wait", "f", server.url("/f"), "--reply", "answer").out.strip()
    ctl("wait", job_id)
    assert_file(patient.downloads / "answer", b"thank you \xe9")
    assert "thank you" in ctl("reply", "--json", job_id).json["Text"]


def test_field_24_inactivity_takes_nothing_that_was_promised(field):
    """The file of a dead `get` is not deleted by InactivityTimeout."""
    stack = field(Transfer={"StallTimeout": "60s"}, Jobs={"InactivityTimeout": "2s"})
    process, resource = begin_get(stack)
    process.kill()
    process.communicate()
    resource.gate.set()
    stack.client.wait_signal("JobRemoved")
    assert_file(stack.downloads / "f", DATA)


def test_field_24_counter_check_no_complete(patient):
    """With --no-complete the job waits for `complete`, as jobs of programs do."""
    process, resource = begin_get(patient, "--no-complete")
    (_, properties), = patient.manager.list()
    job = patient.manager.get(properties["Id"])
    process.kill()
    process.communicate()
    resource.gate.set()
    job.wait_state("transferred")
    assert not (patient.downloads / "f").exists()
    Ctl(patient)("complete", job.id)
    assert_file(patient.downloads / "f", DATA)


# ---- 25: four hundred files and no percentage ----

def drawn_until_end(process, terminal) -> str:
    """What a command shows on its terminal."""
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    process.wait(timeout=patience(30))
    return shown.decode(errors="replace")


@pytest.mark.parametrize("script", [Script(rate=100_000), Script(rate=100_000, chunked=True)], ids=["a", "sibling chunked"])
def test_field_25_the_bar_counts_files_when_bytes_are_unknown(field, script):
    """While the total is unknown the line on the terminal counts files: "3 of 12 files", and grows."""
    stack = field(Scheduler={"MaxFilesInFlight": "1"})
    server = stack.fault_server()
    words = []
    for n in range(12):
        server.add(f"/{n}", body(40_000, seed=n), script=script)
        words += [server.url(f"/{n}"), str(n)]
    ctl = Ctl(stack)
    job_id = ctl("add", *words).out.strip()
    ours, theirs = pty.openpty()
    process = ctl.begin("wait", job_id, stderr=theirs)
    os.close(theirs)
    ctl("resume", job_id)
    shown = drawn_until_end(process, ours)
    counts = [int(count) for count in re.findall(r"(\d+) of 12 files", shown)]
    assert process.returncode == DONE
    assert counts == sorted(counts) and len(set(counts)) >= 4, shown[-2000:]


def test_field_25_counter_check_the_share_of_bytes_where_it_is_known(stack, server):
    """One file of a known size has a percentage."""
    server.resources["/f"].script = Script(rate=3 * MEBI)
    ours, theirs = pty.openpty()
    process = Ctl(stack).begin("get", server.url("/f"), "f", stderr=theirs)
    os.close(theirs)
    shown = drawn_until_end(process, ours)
    assert process.returncode == DONE and re.search(r"\d+ ?%", shown), shown[-500:]


# ---- 26: same key, new signature ----

OLD, NEW = "/f?sig=1", "/f?sig=2"


def expired(stack, server, *words, code=JOB_FAILED):
    """A `get` whose link gave one of three mebibytes and then expired."""
    server.add(OLD, DATA, script=Script(status=403)).next_scripts(Script(send=MEBI, then="close"))
    return Ctl(stack)("get", server.url(OLD), "f", "--key", "k", "--set", "MinimumRetryDelay=5", *words, code=code)


def test_field_26a_a_new_link_for_the_job_of_the_key(stack, server):
    """`get --key K NEWURL FILE` takes the unfinished job up with the new address, keeps the bytes and ends with 0."""
    expired(stack, server)
    server.add(NEW, DATA)
    Ctl(stack)("get", server.url(NEW), "f", "--key", "k")
    assert_file(stack.downloads / "f", DATA)
    assert [r.range for r in server.of(NEW)] == [f"bytes={MEBI}-"]
    assert stack.manager.list() == [] and leftovers(stack.downloads) == ["f"]


def test_field_26b_an_expired_link_is_called_that(stack, server):
    """A 403 after bytes were received from that URL is told as a link that has expired."""
    assert "expired" in expired(stack, server).err


def test_field_26c_a_reported_redirect_leads_back(stack, server):
    """With RedirectPolicy=report a signed URL that is refused is given up for the original, once."""
    signed = [f"/signed?{n}" for n in range(3)]
    stable = server.add("/stable")
    stable.next_scripts(*[Script(status=302, headers={"Location": path}) for path in signed])
    for path in signed:
        server.add(path, DATA, script=Script(status=403)).next_scripts(Script())
    server.resources[signed[0]].next = [Script(send=MEBI, then="close")]
    job = stack.manager.create(files=[(server.url("/stable"), stack.downloads / "f")], RedirectPolicy="report", Resume=True,
                               MinimumRetryDelay=5)
    job.wait_state("transferred", unless=("error",))
    assert [r.status for r in server.of(signed[1])] == [206] and len(server.of("/stable")) == 2
    job.complete()
    assert_file(stack.downloads / "f", DATA)


def test_field_26_sibling_while_it_is_being_fetched(patient):
    """The job may be running, or suspended, when the new link comes."""
    server = patient.fault_server()
    for key, path in (("running", "/a"), ("suspended", "/b")):
        server.add(path, DATA).next_scripts(Script(send=MEBI, then="stall"))
        server.add(path + "?new", DATA)
        ctl = Ctl(patient)
        job = patient.manager.get(ctl("get", "--no-wait", server.url(path), key, "--key", key).out.strip())
        job.wait_bytes(MEBI)
        if key == "suspended":
            ctl("suspend", key)
        ctl("get", server.url(path + "?new"), key, "--key", key)
        assert_file(patient.downloads / key, DATA)
        assert [r.range_start > 0 for r in server.of(path + "?new")] == [True]


@pytest.mark.parametrize("status", [401, 410])
def test_field_26_sibling_other_refusals(stack, server, status):
    """So are 401 and 410, with the command that renews the link."""
    server.add(OLD, DATA, script=Script(status=status)).next_scripts(Script(send=MEBI, then="close"))
    failed = Ctl(stack)("get", server.url(OLD), "f", "--set", "MinimumRetryDelay=5", code=JOB_FAILED)
    assert "expired" in failed.err and "haulierctl rename" in failed.err


def test_field_26_counter_check_never_served(stack, server):
    """A link that was refused from the beginning has not expired."""
    server.add("/closed", DATA, script=Script(status=403))
    failed = Ctl(stack)("get", server.url("/closed"), "f", code=JOB_FAILED)
    assert "expired" not in failed.err and "haulierctl resume" in failed.err


def test_field_26_sibling_a_job_that_waits_for_its_next_try(field):
    """A job between two tries asks the new address at once."""
    stack = field(Transfer={"StallTimeout": "60s"})
    server = stack.fault_server()
    server.add("/a", DATA, script=Script(status=500)).next_scripts(Script(send=MEBI, then="close"))
    server.add("/b", DATA)
    ctl = Ctl(stack)
    job = stack.manager.get(ctl("get", "--no-wait", server.url("/a"), "f", "--key", "k", "--set",
                                "MinimumRetryDelay=1h").out.strip())
    job.wait_state("transient-error")
    ctl("get", server.url("/b"), "f", "--key", "k")
    assert_file(stack.downloads / "f", DATA)
    assert [r.range for r in server.of("/b")] == [f"bytes={MEBI}-"]


def test_field_26_sibling_an_upload_elsewhere_is_something_else(patient):
    """The key of an upload is not given another URL."""
    server = patient.fault_server()
    server.rule = lambda request: Script(status=503)
    (patient.downloads / "f").write_bytes(DATA)
    ctl = Ctl(patient)
    ctl("upload", "--no-wait", "f", server.url("/a"), "--key", "k")
    assert "something else" in ctl("upload", "f", server.url("/b"), "--key", "k", code=REFUSED).err


def test_field_26_sibling_a_new_version_begins_anew(stack, server):
    """A new link to another version gives that version, whole."""
    expired(stack, server)
    new = body(2 * MEBI, seed=2)
    server.add(NEW, new, etag='"two"')
    Ctl(stack)("get", server.url(NEW), "f", "--key", "k")
    assert_file(stack.downloads / "f", new)


def test_field_26_sibling_a_new_link_with_a_login(stack, server):
    """A login in the new URL becomes a credential for it."""
    expired(stack, server)
    challenge = Script(status=401, headers={"WWW-Authenticate": 'Basic realm="closed"'})
    server.add(NEW, DATA)
    server.rule = lambda r: challenge if r.path == NEW and "authorization" not in r.headers else None
    Ctl(stack)("get", server.url(NEW).replace("://", "://anna:secret@"), "f", "--key", "k")
    assert_file(stack.downloads / "f", DATA)


def test_field_26_counter_check_another_file_is_something_else(stack, server):
    """The key of a job with another target is refused as before."""
    expired(stack, server)
    assert "something else" in Ctl(stack)("get", server.url(NEW), "g", "--key", "k", code=REFUSED).err


# ---- 30: from cron, su and sudo ----

def bare(*words, **variables) -> subprocess.CompletedProcess:
    # libsystemd leaks a connection that is refused.
    env = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=0"} | variables
    return subprocess.run([program("HAULIERCTL"), *words], env=env, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=patience(20), check=False)


@pytest.fixture
def run_user(mounts, stack):
    """/run/user/UID, empty, for this test alone."""
    place = stack.directory / "run-user"
    (place / str(os.geteuid())).mkdir(parents=True)
    mounts.bind(place, "/run/user")
    yield place / str(os.geteuid())
    mounts.unmount("/run/user")


def test_field_30_the_users_bus_is_found_without_variables(run_user, stack):
    """Without variables haulierctl uses /run/user/UID/bus."""
    os.link(stack.runtime / "bus", run_user / "bus")
    job = stack.manager.create("from cron")
    listed = bare("list")
    assert listed.returncode == DONE, listed.stderr
    assert "from cron" in listed.stdout and job.id[:8] in listed.stdout


def test_field_30_sibling_su_keeps_a_variable(run_user, stack):
    """XDG_RUNTIME_DIR of another user is no reason not to look."""
    os.link(stack.runtime / "bus", run_user / "bus")
    for place in ("/run/user/12345", "", str(stack.downloads)):
        assert bare("status", XDG_RUNTIME_DIR=place).returncode == DONE
    assert bare("status", DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere").returncode == NO_BUS, "it was named"


def test_field_30_without_a_bus_the_sentence_helps(run_user):
    """Where there is none, exit 6 and what would help: linger, or --system."""
    failed = bare("status")
    assert failed.returncode == NO_BUS
    assert "enable-linger" in failed.stderr and "--system" in failed.stderr


@pytest.mark.parametrize("kind", ["another user's socket", "a file", "a link", "nobody listens"])
def test_field_30_sibling_what_is_not_the_users_bus(run_user, stack, kind):
    """A socket of another user, a file and a dead socket are not used."""
    place = run_user / "bus"
    if kind == "a file":
        place.write_text("")
    elif kind == "a link":
        place.symlink_to("/nonexistent")
    else:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(place))
            assert stat.S_ISSOCK(place.stat().st_mode)
        if kind == "another user's socket":
            place.unlink()
            os.link(stack.runtime / "bus", place)
            os.chown(place, 65534, 65534)
    assert bare("status").returncode == NO_BUS


# ---- 33: a directory from the days of Latin-1 ----

LATIN = b"caf\xe9"


@pytest.fixture
def latin(stack):
    place = os.fsencode(stack.downloads) + b"/" + LATIN
    os.mkdir(place)
    return place


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["a", "b json"])
def test_field_33_a_directory_that_is_not_utf8(stack, server, latin, words):
    """`haulierctl get` in such a directory ends with 2 and says that it is not UTF-8."""
    result = Ctl(stack)("get", *words, server.url("/f"), code=MISUSED, cwd=latin)
    assert "is not UTF-8" in result.err and stack.manager.list() == []


def test_field_33_sibling_other_commands(stack, server, latin):
    """`add` and `upload` say the same."""
    with open(latin + b"/source", "wb") as source:
        source.write(b"content")
    ctl = Ctl(stack)
    for words in (("add", server.url("/f"), "f"), ("upload", "source", server.url("/f")), ("get", server.url("/f"), "f"),
                  ("get", server.url("/f"), "../" + os.fsdecode(LATIN) + "/f")):
        assert "is not UTF-8" in ctl(*words, code=MISUSED, cwd=latin).err


def test_field_33_sibling_what_is_read(stack):
    """A password and a header that are not UTF-8 are refused with the same words."""
    job, ctl = stack.manager.create(), Ctl(stack)
    for words in (("credentials", "set", job.id, "server", "basic", "--user", "anna", "--password-fd", "0"),
                  ("headers", job.id, "--from-fd", "0")):
        read, write = os.pipe()
        os.write(write, b"X-Name: " + LATIN + b"\n")
        os.close(write)
        assert "is not UTF-8" in ctl(*words, code=MISUSED, stdin=read).err
        os.close(read)


def test_field_33_counter_check_absolute_paths_do_not_matter(stack, server, latin):
    """From such a directory, a file elsewhere can be fetched."""
    Ctl(stack)("get", server.url("/f"), stack.downloads / "f", cwd=latin)
    assert_file(stack.downloads / "f", DATA)
