# SPDX-License-Identifier: LGPL-2.1-or-later
"""A second user attacks the service and the jobs of the first one: no attempt succeeds, and none hinders her. The last line
says how many did."""

import itertools

import attempts
import pytest

from support.chance import is_campaign

NUMBERS = itertools.count()
# These take longest, and other tests do something similar.
ONLY_IN_CAMPAIGNS = {"create_as_many_jobs_as_possible", "be_called_and_not_answer"}
CHOSEN = [name for name in attempts.ATTEMPTS if is_campaign() or name not in ONLY_IN_CAMPAIGNS]


@pytest.fixture(scope="module")
def machine(own_machine):
    """Bob leaves many things behind."""
    return own_machine


@pytest.fixture(scope="module")
def outcomes():
    found: dict[str, str] = {}
    yield found
    succeeded = [f"{name}: {outcome}" for name, outcome in found.items() if outcome]
    print(f"\n{len(succeeded)} of {len(found)} attempts succeeded", *succeeded, sep="\n")


@pytest.fixture
def scene(machine, alice, bob, server):
    made = attempts.Scene(machine, alice, bob, server, next(NUMBERS))
    yield made
    made.end()


@pytest.mark.parametrize("name", CHOSEN)
def test_attempt(scene, outcomes, name):
    outcomes[name] = "was not finished"
    gained = attempts.ATTEMPTS[name](scene)
    outcomes[name] = ("succeeded" if gained is True else str(gained)) if gained else scene.harm()
    assert not outcomes[name]
