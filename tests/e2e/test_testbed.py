# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulier-testbed gives an app's tests a Haulier of their own, and leaves nothing behind."""

import os
import subprocess

from support.environment import PYTHON, SOURCE, patience, program

TESTBED = SOURCE / "testkit" / "haulier_testbed.py"
CTL = '"$HAULIERCTL"'


def run(*command, script: str = "") -> subprocess.CompletedProcess:
    words = [PYTHON, str(TESTBED), *command, *(["--", "sh", "-euc", script] if script else [])]
    return subprocess.run(words, text=True, capture_output=True, timeout=patience(50), check=False,
                          env=os.environ | {"HAULIERCTL": program("HAULIERCTL")})


def test_a_command_gets_a_daemon_and_a_server():
    done = run(script=f"""
        cd "$HAULIER_TESTBED_DOWNLOADS"
        {CTL} get -q "$HAULIER_TESTBED_URL/plain" "$HAULIER_TESTBED_URL/200-to-correct-if-range"
        wc -c plain
        echo "$HOME"
    """)
    assert done.returncode == 0, done.stdout + done.stderr
    size, home = done.stdout.splitlines()[-2:]
    assert size == "1000000 plain" and not os.path.exists(home)


def test_processes_can_be_killed_in_the_middle_and_the_configuration_changed():
    done = run("--set", "Transfer.StallTimeout=1s", script=f"""
        cd "$HAULIER_TESTBED_DOWNLOADS"
        {CTL} add --start --key file "$HAULIER_TESTBED_URL/slow" slow
        {PYTHON} {TESTBED} kill daemon
        {CTL} wait --complete file
        wc -c slow
    """)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1000000 slow" in done.stdout


def test_the_status_is_that_of_the_command_and_a_failure_comes_with_the_logs():
    done = run(script="exit 7")
    assert done.returncode == 7 and "bus.log" in done.stderr
    assert run("--", "/bin/sh", "-c", "kill -9 $$").returncode == 137


def test_what_makes_no_sense_is_said_without_a_traceback():
    for words, status, said in [(["--", "/no/such/program"], 127, "'/no/such/program' cannot be run"), (["/tmp"], 126, "cannot be run"),
                                (["--set", "StallTimeout", "true"], 2, "SECTION.NAME=VALUE")]:
        done = run(*words)
        assert done.returncode == status and said in done.stderr and "Traceback" not in done.stderr, done
    done = run(script=f"{PYTHON} {TESTBED} kill daemon")
    assert done.returncode == 1 and "does not run" in done.stderr and "Traceback" not in done.stderr


def test_the_paths_of_the_server_are_listed():
    done = run("--paths")
    assert {"/plain", "/stall", "/404"} <= set(done.stdout.split())


def test_an_app_that_is_tested_in_python(tmp_path):
    """As docs/testing-your-app.md shows it."""
    test = (SOURCE / "docs" / "testing-your-app.md").read_text().split("```python\n")[1].split("```")[0]
    (tmp_path / "test_app.py").write_text(test)
    done = subprocess.run([PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)], text=True,
                          capture_output=True, timeout=patience(50), check=False,
                          env=os.environ | {"PYTHONPATH": str(TESTBED.parent)})
    assert done.returncode == 0, done.stdout + done.stderr
