# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pushes say about a meeting."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huawei.meeting.plugins.module_utils._core.meeting import (
    MeetingPhase,
    RecordingState,
    Snapshot,
    apply_push,
    not_running,
)

STARTED, STOPPED, UNKNOWN = RecordingState.STARTED, RecordingState.STOPPED, RecordingState.UNKNOWN
ONGOING, ENDED, NOT_STARTED, NOWHERE = (
    MeetingPhase.ONGOING,
    MeetingPhase.ENDED,
    MeetingPhase.NOT_STARTED,
    MeetingPhase.UNKNOWN,
)
snapshots = [Snapshot(recording, meeting) for recording, meeting in itertools.product(RecordingState, MeetingPhase)]

# A meeting that is not running is never recorded: `not_running` and `apply_push` make no such view.
IMPOSSIBLE = set(itertools.product((STARTED, UNKNOWN), (ENDED, NOT_STARTED)))


@pytest.mark.parametrize("last", snapshots, ids=str)
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


anything: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()) | st.just({})
)


@settings(database=None, deadline=None, max_examples=100)
@given(
    push=st.dictionaries(st.sampled_from(["state", "recState", "confID"]), anything)
    | st.dictionaries(st.text(), anything),
    last=st.sampled_from(
        [snapshot for snapshot in snapshots if (snapshot.recording, snapshot.meeting) not in IMPOSSIBLE]
    ),
)
def test_no_push_makes_an_impossible_view(push: dict[str, Any], last: Snapshot) -> None:
    snapshot = apply_push(push, last)
    assert isinstance(snapshot.recording, RecordingState)
    assert (snapshot.recording, snapshot.meeting) not in IMPOSSIBLE


@pytest.mark.parametrize("snapshot", snapshots, ids=str)
def test_snapshots(snapshot: Snapshot) -> None:
    assert snapshot.running == (snapshot.meeting in (ONGOING, NOWHERE))
    assert [wanted for wanted in RecordingState if snapshot.is_(wanted)] == [snapshot.recording]


@pytest.mark.parametrize(("word", "meeting"), [("ended", ENDED), ("not_started", NOT_STARTED)])
def test_not_running(word: str, meeting: MeetingPhase) -> None:
    assert not_running(word) == Snapshot(STOPPED, meeting)
