# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decisions, as tables."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huawei.meeting.plugins.module_utils._core.state import (
    LiveState,
    MeetingPhase,
    RecordingResult,
    RecordingState,
    Snapshot,
    Step,
    apply_push,
    batch_reading,
    diff,
    not_running,
    plan,
    reading,
    result,
)

STARTED, STOPPED, UNKNOWN = RecordingState.STARTED, RecordingState.STOPPED, RecordingState.UNKNOWN
ONGOING, ENDED, NOT_STARTED, NOWHERE = (
    MeetingPhase.ONGOING,
    MeetingPhase.ENDED,
    MeetingPhase.NOT_STARTED,
    MeetingPhase.UNKNOWN,
)
AUTO, REQUIRED, IGNORE = LiveState.AUTO, LiveState.REQUIRED, LiveState.IGNORE
views = [Snapshot(recording, meeting) for recording, meeting in itertools.product(RecordingState, MeetingPhase)]

# (recording, meeting, wanted) -> step with auto, with required, with ignore
PLAN = {
    (STARTED, ONGOING, STARTED): (Step.NOTHING, Step.NOTHING, Step.NOTHING),
    (STARTED, ONGOING, STOPPED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STARTED, NOWHERE, STARTED): (Step.NOTHING, Step.NOTHING, Step.NOTHING),
    (STARTED, NOWHERE, STOPPED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STOPPED, ONGOING, STARTED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STOPPED, ONGOING, STOPPED): (Step.NOTHING, Step.NOTHING, Step.NOTHING),
    (STOPPED, NOWHERE, STARTED): (Step.WRITE, Step.WRITE, Step.WRITE),
    (STOPPED, NOWHERE, STOPPED): (Step.NOTHING, Step.NOTHING, Step.NOTHING),
    (STOPPED, ENDED, STARTED): (Step.REFUSE_NOT_RUNNING,) * 3,
    (STOPPED, ENDED, STOPPED): (Step.NOTHING, Step.NOTHING, Step.NOTHING),
    (STOPPED, NOT_STARTED, STARTED): (Step.REFUSE_NOT_RUNNING,) * 3,
    (STOPPED, NOT_STARTED, STOPPED): (Step.NOTHING, Step.NOTHING, Step.NOTHING),
    (UNKNOWN, ONGOING, STARTED): (Step.WRITE, Step.REFUSE_UNKNOWN, Step.WRITE),
    (UNKNOWN, ONGOING, STOPPED): (Step.WRITE, Step.REFUSE_UNKNOWN, Step.WRITE),
    (UNKNOWN, NOWHERE, STARTED): (Step.WRITE, Step.REFUSE_UNKNOWN, Step.WRITE),
    (UNKNOWN, NOWHERE, STOPPED): (Step.WRITE, Step.REFUSE_UNKNOWN, Step.WRITE),
    (UNKNOWN, ENDED, STARTED): (Step.REFUSE_NOT_RUNNING,) * 3,
    (UNKNOWN, NOT_STARTED, STARTED): (Step.REFUSE_NOT_RUNNING,) * 3,
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


@pytest.mark.parametrize("last", views, ids=str)
@pytest.mark.parametrize(
    ("push", "recording"),
    [
        ({"recState": 0}, STOPPED),
        ({"recState": 1}, STARTED),
        ({"recState": "0"}, STOPPED),
        ({"recState": "1"}, STARTED),
    ],
    ids=str,
)
def test_a_push_of_a_running_meeting_tells_the_recording(
    last: Snapshot, push: dict[str, Any], recording: RecordingState
) -> None:
    assert apply_push({**push, "state": "Created"}, last) == Snapshot(recording, ONGOING)


@pytest.mark.parametrize("value", [2, -1, 10, "", "yes", "01", " 1", None, True, False, 0.5, [1], {"a": 1}], ids=repr)
@pytest.mark.parametrize("last", [STARTED, STOPPED, UNKNOWN])
def test_any_other_value_makes_the_recording_unknown(value: Any, last: RecordingState) -> None:
    """Its value while a recording is paused is undocumented, so nothing is believed, and nothing kept."""
    assert apply_push({"state": "Created", "recState": value}, Snapshot(last, ONGOING)) == Snapshot(UNKNOWN, ONGOING)


@pytest.mark.parametrize("recording", [STARTED, STOPPED, UNKNOWN])
@pytest.mark.parametrize(
    "push", [{}, {"lock": 0}, {"state": "Created"}, {"clientRecState": 1, "aiRecState": 1}], ids=str
)
def test_an_absent_field_keeps_its_last_value(recording: RecordingState, push: dict[str, Any]) -> None:
    assert apply_push(push, Snapshot(recording, ONGOING)) == Snapshot(recording, ONGOING)


@pytest.mark.parametrize("last", [STARTED, STOPPED, UNKNOWN])
@pytest.mark.parametrize("recorded", [{}, {"recState": 1}, {"recState": 0}, {"recState": None}], ids=str)
@pytest.mark.parametrize(
    ("state", "meeting"), [("Destroyed", ENDED), ("Schedule", NOT_STARTED), ("Creating", NOT_STARTED)]
)
def test_a_meeting_that_is_not_running_is_not_recorded(
    last: RecordingState, recorded: dict[str, Any], state: str, meeting: MeetingPhase
) -> None:
    assert apply_push({"state": state, **recorded}, Snapshot(last, ONGOING)) == Snapshot(STOPPED, meeting)


@pytest.mark.parametrize("state", [None, 7, "", "created", "Paused", ["Created"], {"a": 1}, True], ids=repr)
@pytest.mark.parametrize("meeting", [ONGOING, NOWHERE])
def test_an_odd_state_keeps_the_last_one(state: Any, meeting: MeetingPhase) -> None:
    assert apply_push({"state": state}, Snapshot(STARTED, meeting)) == Snapshot(STARTED, meeting)
    assert apply_push({"state": state, "recState": 0}, Snapshot(STARTED, meeting)) == Snapshot(STOPPED, ONGOING)


def test_a_meeting_that_ran_out_can_begin_again() -> None:
    assert apply_push({"state": "Created", "recState": 1}, Snapshot(STOPPED, ENDED)) == Snapshot(STARTED, ONGOING)


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()) | st.just({})


@settings(database=None, deadline=None, max_examples=100)
@given(
    push=st.dictionaries(st.sampled_from(["state", "recState", "confID"]), anything)
    | st.dictionaries(st.text(), anything),
    last=st.sampled_from([snapshot for snapshot in views if (snapshot.recording, snapshot.meeting) not in IMPOSSIBLE]),
)
def test_no_push_makes_an_impossible_view(push: dict[str, Any], last: Snapshot) -> None:
    snapshot = apply_push(push, last)
    assert isinstance(snapshot.recording, RecordingState)
    assert (snapshot.recording, snapshot.meeting) not in IMPOSSIBLE


@pytest.mark.parametrize("snapshot", views, ids=str)
def test_views(snapshot: Snapshot) -> None:
    assert snapshot.running == (snapshot.meeting in (ONGOING, NOWHERE))
    assert [wanted for wanted in RecordingState if snapshot.is_(wanted)] == [snapshot.recording]


@pytest.mark.parametrize(("word", "meeting"), [("ended", ENDED), ("not_started", NOT_STARTED)])
def test_not_running(word: str, meeting: MeetingPhase) -> None:
    assert not_running(word) == Snapshot(STOPPED, meeting)


# ---- what is reported


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
        warnings=["w"],
        secrets={"s"},
    )
    values = result(outcome)
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
    outcome = RecordingResult("914047751", STARTED, at="t", msg="m", error={"kind": "usage"}, reason="r")
    assert outcome.failed
    assert result(outcome) == {
        "changed": False,
        "conference_id": "914047751",
        "state": "unknown",
        "previous_state": "unknown",
        "confirmed": False,
        "meeting": "unknown",
        "request_id": "",
        "at": "t",
        "msg": "m",
        "error": {"kind": "usage"},
    }


def test_a_change_that_nobody_saw_comes_with_its_reason() -> None:
    outcome = RecordingResult("914047751", STARTED, after=Snapshot(UNKNOWN, ONGOING), changed=True, reason="r")
    assert result(outcome)["reason"] == "r"
    assert "reason" not in result(RecordingResult("914047751", STARTED))


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
    assert reading(outcome) == {"conference_id": "914047751", "state": "started", "meeting": "ongoing", "at": "t"}


def test_an_unknown_state_comes_with_its_reason() -> None:
    outcome = RecordingResult(
        "914047751", UNKNOWN, after=Snapshot(UNKNOWN, ONGOING), at="t", msg="m", error={"kind": "tls"}
    )
    assert reading(outcome) == {
        "conference_id": "914047751",
        "state": "unknown",
        "meeting": "ongoing",
        "at": "t",
        "msg": "m",
        "error": {"kind": "tls"},
    }


@pytest.mark.parametrize("states", [(), (STARTED,), (UNKNOWN, STARTED, STOPPED, STARTED)], ids=str)
def test_readings_keep_their_order_and_are_counted_by_state(states: tuple[RecordingState, ...]) -> None:
    outcomes = [
        RecordingResult(str(number), UNKNOWN, after=Snapshot(state, ONGOING)) for number, state in enumerate(states)
    ]
    values = batch_reading(outcomes)
    assert values["changed"] is False
    assert values["results"] == [reading(outcome) for outcome in outcomes]
    assert values["summary"] == {
        "total": len(states),
        "started": states.count(STARTED),
        "stopped": states.count(STOPPED),
        "unknown": states.count(UNKNOWN),
    }
    assert not any(isinstance(number, bool) for number in values["summary"].values())
