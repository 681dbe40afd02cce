# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many files in one job, many ranges in one file."""

from support.client.checks import assert_file, refused
from support.content import body

CONTENT = body(100_000)
RANGES = [(99_900 - 100 * n, 50) for n in range(999)] + [(0, 10)]


def test_ten_thousand_files_in_one_job(stack):
    """Added in one call, listed in pages, fetched for a while, and kept over a kill."""
    server = stack.nginx()
    names = [f"f{n:05}" for n in range(10_000)]
    for name in names[:300]:
        server.add(name, name.encode())
    job = stack.manager.create(files=[(server.url(name), stack.downloads / name) for name in names])
    assert job.get("FilesTotal") == 10_000
    pages = [job.files(offset, 1000) for offset in range(0, 10_000, 1000)]
    assert [file["Index"] for page in pages for file in page] == list(range(10_000))
    job.resume()
    job.wait_property("FilesTransferred", lambda count: count >= 50)
    stack.kill_daemon()
    job.wait_state("error", unless=(), seconds=60)
    fetched = job.get("FilesTransferred")
    assert 50 <= fetched <= 300 and job.get("Error")[2] == 404
    # What was in flight beside the file that failed may still have come to its end.
    result, kept, dropped = job.complete()
    assert result == "partial" and fetched <= kept <= 300 and kept + dropped == 10_000
    for name in names[:50]:
        assert_file(stack.downloads / name, name.encode())


def test_a_thousand_ranges_are_refused_by_default(stack):
    url = stack.nginx().add("file", CONTENT)
    with refused("TooManyRanges"):
        stack.manager.create(files=[(url, stack.downloads / "file", {"Ranges": RANGES})])


def test_a_thousand_ranges_are_served_where_they_are_allowed(new_stack):
    stack = new_stack({"Jobs": {"MaxRangesPerFile": "1000"}})
    url = stack.nginx().add("file", CONTENT)
    job = stack.manager.create(files=[(url, stack.downloads / "file", {"Ranges": RANGES})], Resume=True)
    job.wait_state("transferred", seconds=60)
    job.complete()
    assert_file(stack.downloads / "file", b"".join(CONTENT[o:o + n] for o, n in RANGES))
