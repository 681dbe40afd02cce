# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Wine's tests assert of real BITS, over the bus against a real nginx: one test a row of docs/bits-checks.md."""

import subprocess

from support.client.checks import assert_file, refused
from support.client.dbus_client import UNKNOWN
from support.content import body
from support.environment import PYTHON, TESTS

CONTENT = [body(200_000, seed) for seed in (1, 2, 3, 4)]

CREATOR = """
import os, sys
from support.client.dbus_client import Bus, Manager
bus = Bus(os.environ["DBUS_SESSION_BUS_ADDRESS"])
Manager(bus).create(sys.argv[1])
bus.close()
"""


def files_of(stack, server, *names):
    return [(server.add(name, CONTENT[n]), stack.downloads / name) for n, name in enumerate(names)]


def done_job(stack, *names, **options):
    job = stack.manager.create("Test", files=files_of(stack, stack.nginx(), *names), Resume=True, **options)
    job.wait_state("transferred")
    return job


def test_W_M_1_the_manager_is_there_on_demand(stack):
    assert not stack.running()
    assert stack.manager.property("Version")
    assert stack.running()


def test_W_M_2_a_job_has_an_object_and_an_id(stack):
    path, job_id, created = stack.manager.create_raw("Test")
    assert created and path == f"/org/haulier/Haulier1/job/{job_id}" and len(job_id) == 32


def test_W_M_3_jobs_are_listed(stack):
    assert stack.manager.list() == []


def test_W_M_4_an_empty_job_outlives_the_process_that_made_it(stack):
    subprocess.run([PYTHON, "-c", CREATOR, "a name of its own"], env=stack.env | {"PYTHONPATH": str(TESTS)}, check=True,
                   timeout=60)
    names = [properties["DisplayName"] for _, properties in stack.manager.list()]
    assert names == ["a name of its own"]


def test_W_J_1_to_3_id_type_and_name_come_back(stack):
    path, job_id, _ = stack.manager.create_raw("Test")
    job = stack.manager.get(job_id)
    assert job.path == path
    assert (job.get("Id"), job.get("Type"), job.get("DisplayName")) == (job_id, "download", "Test")


def test_W_J_4_a_file_that_the_server_does_not_have_is_added(stack):
    server = stack.nginx()
    job = stack.manager.create("Test")
    assert job.add_file(server.url("not-there-1"), stack.downloads / "a") == 0
    assert job.add_file(server.url("not-there-2"), stack.downloads / "b") == 1


def test_W_J_5_two_files_are_added_at_once(stack):
    server = stack.nginx()
    job = stack.manager.create("Test")
    assert job.add_files([(server.url(name), stack.downloads / name) for name in ("a", "b")]) == 0
    assert job.get("FilesTotal") == 2


def test_W_J_6_files_are_listed(stack):
    job = stack.manager.create("Test")
    job.add_file("http://127.0.0.1:9/a", stack.downloads / "a")
    assert [file["Index"] for file in job.files()] == [0]


def test_W_J_7_the_numbers_of_an_empty_job_are_zero(stack):
    values = stack.manager.create("Test").all()
    numbers = [values[name] for name in ("BytesTotal", "BytesTransferred", "FilesTotal", "FilesTransferred")]
    assert numbers == [0, 0, 0, 0]


def test_W_J_8_to_10_an_empty_job_is_suspended_and_cannot_be_resumed(stack):
    job = stack.manager.create("Test")
    assert job.state == "suspended"
    with refused("Empty"):
        job.resume()
    assert job.state == "suspended"


def test_W_J_11_notify_flags_are_error_and_transferred(stack):
    assert sorted(stack.manager.create("Test").get("NotifyFlags")) == ["error", "transferred"]


def test_W_J_12_there_is_no_notify_object(stack):
    assert stack.manager.create("Test").get("NotifyObject") == ("", "/")


def test_W_J_13_to_15_two_files_are_transferred_and_completed(stack):
    server = stack.nginx()
    job = stack.manager.create("Test")
    for remote, local in files_of(stack, server, "a", "b"):
        job.add_file(remote, local)
    stack.client.forget()
    job.resume()
    job.wait_state("transferred", seconds=30)
    states = {s.args[1]["State"] for s in stack.client.signals
              if s.member == "PropertiesChanged" and s.path == job.path and "State" in s.args[1]}
    assert states <= {"queued", "connecting", "transferring", "transferred", "transient-error"}
    assert job.complete() == ("complete", 2, 0)
    assert job.state == "acknowledged"
    for name, content in zip(("a", "b"), CONTENT):
        assert_file(stack.downloads / name, content)
        assert (server.files / name).read_bytes() == content


def test_W_J_17_to_19_cancel_ends_a_job_once(stack):
    job = stack.manager.create("Test")
    assert job.state != "cancelled"
    job.cancel()
    assert job.state == "cancelled"
    with refused("InvalidState"):
        job.cancel()


def test_W_J_20_a_notify_object_is_taken(stack):
    callback = stack.callback()
    job = stack.manager.create("Test")
    job.notify_object(callback.path)
    assert job.get("NotifyObject") == (stack.client.unique_name, callback.path)


def test_W_J_21_all_notify_flags_are_taken_and_given_back(stack):
    flags = ["disable", "error", "file-transferred", "modification", "transferred"]
    job = stack.manager.create("Test")
    job.set("NotifyFlags", flags)
    assert sorted(job.get("NotifyFlags")) == flags


def test_W_J_22_a_file_with_an_http_url_is_added(stack):
    assert stack.manager.create("Test").add_file("http://127.0.0.1:9/x", stack.downloads / "x") == 0


def headers_and_flags(job) -> None:
    assert job.get("CustomHeaders") == []
    job.set_custom_headers("Wine: test")
    assert job.get("CustomHeaders") == ["Wine: test"]
    job.set_custom_headers()
    assert job.get("CustomHeaders") == []
    assert job.get("SecurityFlags") == []
    job.set("SecurityFlags", [])


def test_W_J_23_to_26_custom_headers_and_security_flags(stack):
    headers_and_flags(stack.manager.create("Test"))


def test_W_J_27_to_30_and_in_transferred_too_where_there_is_no_error(stack):
    job = done_job(stack, "a")
    assert job.get("Error") == ("", "", 0, "", 2**32 - 1)
    headers_and_flags(job)
    assert job.complete() == ("complete", 1, 0)
    assert job.state == "acknowledged"


def test_W_J_31_and_32_nothing_can_be_done_to_a_completed_job(stack):
    job = done_job(stack, "a")
    job.complete()
    with refused("InvalidState"):
        job.complete()
    with refused("InvalidState"):
        job.notify_object("/")


def test_W_F_1_to_3_names_come_back_and_the_size_is_unknown(stack):
    job = stack.manager.create("Test")
    job.add_file("http://127.0.0.1:9/Some%20File?q=1", stack.downloads / "local name")
    (file,) = job.files()
    assert file["RemoteName"] == "http://127.0.0.1:9/Some%20File?q=1"
    assert file["LocalName"] == str(stack.downloads / "local name")
    assert (file["BytesTotal"], file["BytesTransferred"], file["Completed"]) == (UNKNOWN, 0, False)


def test_W_EF_1_to_8_the_list_of_files_is_read_in_any_steps(stack):
    job = stack.manager.create("Test")
    job.add_files([(f"http://127.0.0.1:9/{n}", stack.downloads / str(n)) for n in range(2)])
    assert job.get("FilesTotal") == 2
    assert [[f["Index"] for f in job.files(n, 1)] for n in range(3)] == [[0], [1], []]
    assert [f["Index"] for f in job.files(0, 2)] == [0, 1] == [f["Index"] for f in job.files()]
    assert job.files(3) == [], "past the end is an empty list, and no error"
    assert [f["Index"] for f in job.files(0, 100)] == [0, 1], "and the beginning is still there"


def test_W_EJ_1_to_6_the_list_of_jobs_is_a_snapshot_read_in_any_steps(stack):
    first = stack.manager.create("TestA")
    before = stack.manager.list()
    second = stack.manager.create("TestB")
    after = stack.manager.list()
    assert len(after) == len(before) + 1
    pages = [[p["Id"] for _, p in stack.manager.list(Offset=n, Limit=1)] for n in range(3)]
    assert pages == [[first.id], [second.id], []]
    assert [p["Id"] for _, p in stack.manager.list(Offset=0, Limit=9)] == [first.id, second.id]
    assert stack.manager.list(Offset=2) == []
