# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decisions, as tables."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.decide import (
    Step,
    after_look,
    after_wait,
    after_write,
    foretold,
    plan,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Failure, Kind, Recovery
from ansible_collections.huawei.meeting.plugins.module_utils._core.meeting import MeetingPhase, RecordingState, Snapshot
from ansible_collections.huawei.meeting.plugins.module_utils._core.target import LiveState

STARTED, STOPPED, UNKNOWN = RecordingState.STARTED, RecordingState.STOPPED, RecordingState.UNKNOWN
ONGOING, ENDED, NOT_STARTED, NOWHERE = (
    MeetingPhase.ONGOING,
    MeetingPhase.ENDED,
    MeetingPhase.NOT_STARTED,
    MeetingPhase.UNKNOWN,
)
AUTO, REQUIRED, IGNORE = LiveState.AUTO, LiveState.REQUIRED, LiveState.IGNORE

# (recording, meeting, wanted) -> step with auto, with required, with ignore
PLAN = {
    (STARTED, ONGOING, STARTED): (Step.DONE, Step.DONE, Step.DONE),
    (STARTED, ONGOING, STOPPED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STARTED, NOWHERE, STARTED): (Step.DONE, Step.DONE, Step.DONE),
    (STARTED, NOWHERE, STOPPED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STOPPED, ONGOING, STARTED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STOPPED, ONGOING, STOPPED): (Step.DONE, Step.DONE, Step.DONE),
    (STOPPED, NOWHERE, STARTED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STOPPED, NOWHERE, STOPPED): (Step.DONE, Step.DONE, Step.DONE),
    (STOPPED, ENDED, STARTED): (Step.NOT_RUNNING,) * 3,
    (STOPPED, ENDED, STOPPED): (Step.DONE, Step.DONE, Step.DONE),
    (STOPPED, NOT_STARTED, STARTED): (Step.NOT_RUNNING,) * 3,
    (STOPPED, NOT_STARTED, STOPPED): (Step.DONE, Step.DONE, Step.DONE),
    (UNKNOWN, ONGOING, STARTED): (Step.WRITE, Step.UNREADABLE, Step.WRITE),
    (UNKNOWN, ONGOING, STOPPED): (Step.WRITE, Step.UNREADABLE, Step.WRITE),
    (UNKNOWN, NOWHERE, STARTED): (Step.WRITE, Step.UNREADABLE, Step.WRITE),
    (UNKNOWN, NOWHERE, STOPPED): (Step.WRITE, Step.UNREADABLE, Step.WRITE),
    (UNKNOWN, ENDED, STARTED): (Step.NOT_RUNNING,) * 3,
    (UNKNOWN, NOT_STARTED, STARTED): (Step.NOT_RUNNING,) * 3,
}
# A meeting that is not running is never recorded: `not_running` and `apply_push` make no such view.
IMPOSSIBLE = set(itertools.product((STARTED, UNKNOWN), (ENDED, NOT_STARTED)))


@pytest.mark.parametrize("live_state", LiveState)
@pytest.mark.parametrize(("recording", "meeting", "wanted"), PLAN)
def test_plan(recording: RecordingState, meeting: MeetingPhase, wanted: RecordingState, live_state: LiveState) -> None:
    step = PLAN[recording, meeting, wanted][(AUTO, REQUIRED, IGNORE).index(live_state)]
    assert plan(Snapshot(recording, meeting), wanted, live_state) is step


def test_the_table_of_plans_is_complete() -> None:
    every = set(itertools.product(RecordingState, MeetingPhase, (STARTED, STOPPED)))
    assert {key for key in every - set(PLAN) if (key[0], key[1]) not in IMPOSSIBLE} == set()


def failed(recovery: Recovery, meeting: str = "") -> Failure:
    """What came back of a write."""
    return Failure(Kind.SERVICE, "it failed", "Try again", recovery=recovery, meeting=meeting)


# What came back -> the step where the change can be seen, where it can only be looked for, and where neither can be.
AFTER_WRITE = {
    "accepted": (None, Step.WAIT, Step.UNSEEN, Step.UNSEEN),
    "being carried out": (failed(Recovery.ACCEPTED), Step.WAIT, Step.UNSEEN, Step.UNSEEN),
    "of unknown fate": (failed(Recovery.VERIFY), Step.LOOK, Step.LOOK, Step.UNKNOWN_OUTCOME),
    "never arrived": (failed(Recovery.RETRY), *(Step.REFUSED,) * 3),
    "refused": (failed(Recovery.FAIL), *(Step.REFUSED,) * 3),
    "refused for now": (failed(Recovery.RETRY_LATER), *(Step.REFUSED,) * 3),
    "token refused": (failed(Recovery.REAUTHENTICATE), *(Step.REFUSED,) * 3),
}
SIGHT = [
    {"can_see": True, "can_look": True},
    {"can_see": False, "can_look": True},
    {"can_see": False, "can_look": False},
]


@pytest.mark.parametrize("sight", range(3))
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
@pytest.mark.parametrize("answer", AFTER_WRITE)
def test_after_a_write(answer: str, wanted: RecordingState, sight: int) -> None:
    failure, *steps = AFTER_WRITE[answer]
    assert after_write(failure, wanted, **SIGHT[sight]) is steps[sight]


def test_the_table_of_answers_is_complete() -> None:
    assert {failure.recovery for failure, *_steps in AFTER_WRITE.values() if failure} == set(Recovery)


@pytest.mark.parametrize("meeting", ["ended", "not_started"])
@pytest.mark.parametrize("recovery", [one for one in Recovery if one not in (Recovery.ACCEPTED, Recovery.VERIFY)])
def test_a_meeting_that_is_not_running_is_stopped_already(recovery: Recovery, meeting: str) -> None:
    """Who wants it started is refused."""
    failure = failed(recovery, meeting)
    assert after_write(failure, STOPPED, can_see=True, can_look=True) is Step.DONE
    assert after_write(failure, STARTED, can_see=True, can_look=True) is Step.REFUSED


# What is seen -> the step after a look at a request of unknown fate, by what was wanted. A lost answer, then ...
AFTER_LOOK = {
    (STARTED, ONGOING): (Step.DONE, Step.WRITE),
    (STOPPED, ONGOING): (Step.WRITE, Step.DONE),
    (UNKNOWN, ONGOING): (Step.UNKNOWN_OUTCOME, Step.UNKNOWN_OUTCOME),
    (UNKNOWN, NOWHERE): (Step.UNKNOWN_OUTCOME, Step.UNKNOWN_OUTCOME),
    (STOPPED, ENDED): (Step.NOT_RUNNING, Step.DONE),
    (STOPPED, NOT_STARTED): (Step.NOT_RUNNING, Step.DONE),
}


@pytest.mark.parametrize(("recording", "meeting"), AFTER_LOOK)
def test_after_a_lost_answer(recording: RecordingState, meeting: MeetingPhase) -> None:
    seen = Snapshot(recording, meeting)
    assert (after_look(seen, STARTED), after_look(seen, STOPPED)) == AFTER_LOOK[recording, meeting]


# (before, seen) -> the step after waiting for what an accepted start has done.
AFTER_WAIT = {
    (STOPPED, STARTED): Step.DONE,
    (STOPPED, STOPPED): Step.UNCONFIRMED,
    (STOPPED, UNKNOWN): Step.UNCONFIRMED,
    (UNKNOWN, STARTED): Step.DONE,
    (UNKNOWN, STOPPED): Step.UNCONFIRMED,
    (UNKNOWN, UNKNOWN): Step.UNSEEN,
}


@pytest.mark.parametrize(("before", "seen"), AFTER_WAIT)
def test_after_waiting(before: RecordingState, seen: RecordingState) -> None:
    step = AFTER_WAIT[before, seen]
    assert after_wait(Snapshot(before, ONGOING), Snapshot(seen, ONGOING), STARTED) is step
    assert after_wait(Snapshot(before, ONGOING), Snapshot(STOPPED, ENDED), STARTED) is Step.NOT_RUNNING


def test_only_a_push_makes_it_done() -> None:
    """Whatever else is known, a state that was not seen to be as wanted is no success."""
    for before, seen, wanted in itertools.product(RecordingState, RecordingState, (STARTED, STOPPED)):
        done = after_wait(Snapshot(before, ONGOING), Snapshot(seen, ONGOING), wanted) is Step.DONE
        assert done == (seen is wanted)
        assert (after_look(Snapshot(seen, ONGOING), wanted) is Step.DONE) == (seen is wanted)


@pytest.mark.parametrize(
    ("before", "wait", "told"),
    [(STOPPED, True, STARTED), (STOPPED, False, UNKNOWN), (UNKNOWN, True, UNKNOWN), (UNKNOWN, False, UNKNOWN)],
)
def test_check_mode_foretells_only_what_would_be_seen(before: RecordingState, wait: bool, told: RecordingState) -> None:
    assert foretold(Snapshot(before, ONGOING), STARTED, wait) == Snapshot(told, ONGOING)
