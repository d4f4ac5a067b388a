# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is reported about one meeting, and about many."""

from __future__ import annotations

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Failure, Kind
from ansible_collections.huawei.meeting.plugins.module_utils._core.meeting import MeetingPhase, RecordingState, Snapshot
from ansible_collections.huawei.meeting.plugins.module_utils._core.result import (
    RecordingResult,
    batch_state_values,
    diff,
    recording_values,
    state_values,
)

STARTED, STOPPED, UNKNOWN = RecordingState.STARTED, RecordingState.STOPPED, RecordingState.UNKNOWN
ONGOING = MeetingPhase.ONGOING
FAILURE = Failure(Kind.TLS, "It failed", "Try again")


def test_the_result_of_a_success_is_that_of_the_contract() -> None:
    outcome = RecordingResult(
        "914047751",
        STARTED,
        before=Snapshot(STOPPED, ONGOING),
        after=Snapshot(STARTED, ONGOING),
        changed=True,
        confirmed=True,
        request_id="id1",
        at="2026-03-02T09:00:07Z",
        warnings=("w",),
    )
    values = recording_values(outcome)
    assert values == {
        "changed": True,
        "conference_id": "914047751",
        "state": "started",
        "previous_state": "stopped",
        "confirmed": True,
        "meeting": "ongoing",
        "request_id": "id1",
        "at": "2026-03-02T09:00:07Z",
    }
    assert all(type(value) in (str, bool) for value in values.values())
    assert not outcome.failed


def test_the_result_of_a_failure_has_message_and_error_as_well() -> None:
    outcome = RecordingResult("914047751", STARTED, at="t", failure=FAILURE, reason="r")
    assert outcome.failed
    assert recording_values(outcome) == {
        "changed": False,
        "conference_id": "914047751",
        "state": "unknown",
        "previous_state": "unknown",
        "confirmed": False,
        "meeting": "unknown",
        "request_id": "",
        "at": "t",
        "msg": "It failed. Try again.",
        "error": FAILURE.as_dict(),
    }


def test_a_change_that_nobody_saw_comes_with_its_reason() -> None:
    outcome = RecordingResult("914047751", STARTED, after=Snapshot(UNKNOWN, ONGOING), changed=True, reason="r")
    assert recording_values(outcome)["reason"] == "r"
    assert "reason" not in recording_values(RecordingResult("914047751", STARTED))


@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
@pytest.mark.parametrize("before", [STARTED, STOPPED, UNKNOWN])
@pytest.mark.parametrize("changed", [True, False])
@pytest.mark.parametrize("after", list(RecordingState))
def test_the_diff_shows_what_was_and_what_was_asked_for(
    wanted: RecordingState, before: RecordingState, changed: bool, after: RecordingState
) -> None:
    """Whatever was seen in the end: check run and real run show the same."""
    outcome = RecordingResult("914047751", wanted, Snapshot(before, ONGOING), Snapshot(after, ONGOING), changed=changed)
    shown = diff(outcome)
    assert shown == {
        "before": {"conference_id": "914047751", "recording": before.value},
        "after": {"conference_id": "914047751", "recording": (wanted if changed else before).value},
    }
    assert (shown["before"] != shown["after"]) == (changed and before is not wanted)


# ---- what is only read


def test_a_state_that_was_read_is_told_without_what_only_a_change_has() -> None:
    outcome = RecordingResult(
        "914047751", UNKNOWN, before=Snapshot(STARTED, ONGOING), after=Snapshot(STARTED, ONGOING), at="t"
    )
    assert state_values(outcome) == {"conference_id": "914047751", "state": "started", "meeting": "ongoing", "at": "t"}


def test_an_unknown_state_comes_with_its_reason() -> None:
    outcome = RecordingResult("914047751", UNKNOWN, after=Snapshot(UNKNOWN, ONGOING), at="t", failure=FAILURE)
    assert state_values(outcome) == {
        "conference_id": "914047751",
        "state": "unknown",
        "meeting": "ongoing",
        "at": "t",
        "msg": "It failed. Try again.",
        "error": FAILURE.as_dict(),
    }


@pytest.mark.parametrize("states", [(), (STARTED,), (UNKNOWN, STARTED, STOPPED, STARTED)], ids=str)
def test_readings_keep_their_order_and_are_counted_by_state(states: tuple[RecordingState, ...]) -> None:
    outcomes = [
        RecordingResult(str(number), UNKNOWN, after=Snapshot(state, ONGOING)) for number, state in enumerate(states)
    ]
    values = batch_state_values(outcomes)
    assert values["changed"] is False
    assert values["results"] == [state_values(outcome) for outcome in outcomes]
    assert values["summary"] == {
        "total": len(states),
        "started": states.count(STARTED),
        "stopped": states.count(STOPPED),
        "unknown": states.count(UNKNOWN),
    }
    assert not any(isinstance(number, bool) for number in values["summary"].values())
