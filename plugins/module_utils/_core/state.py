# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decisions: what is known about a meeting, what is to be done about it, and how that is reported.

Pure: no network, no clock, no Ansible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class RecordingState(str, Enum):
    """Whether the meeting is being recorded in the cloud."""

    STARTED = "started"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class MeetingPhase(str, Enum):
    """Where the meeting stands in its life."""

    ONGOING = "ongoing"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    UNKNOWN = "unknown"


class LiveState(str, Enum):
    """What the user wants of the live state: read it if possible, insist on it, or do without."""

    AUTO = "auto"
    REQUIRED = "required"
    IGNORE = "ignore"


class Step(Enum):
    """What to do next about one meeting."""

    NOTHING = "it is as wanted"
    WRITE = "send the request"
    REFUSE_NOT_RUNNING = "a meeting that is not running cannot be recorded"
    REFUSE_UNKNOWN = "the state was required but could not be read"


@dataclass(frozen=True)
class Snapshot:
    """What is known about one meeting at one moment."""

    recording: RecordingState = RecordingState.UNKNOWN
    meeting: MeetingPhase = MeetingPhase.UNKNOWN

    def is_(self, wanted: RecordingState) -> bool:
        """Return whether the meeting is known to be as wanted."""
        return self.recording is wanted

    @property
    def running(self) -> bool:
        """Whether the meeting may be running; only a plain word of the service says that it is not."""
        return self.meeting not in (MeetingPhase.ENDED, MeetingPhase.NOT_STARTED)


# How many failed meetings the message of a batch tells in full.
_NAMED = 3

# The vendor's words for the state of a meeting (https://support.huaweicloud.com/api-meeting/meeting_21_1513.html).
_MEETING_STATES = {
    "Schedule": MeetingPhase.NOT_STARTED,
    "Creating": MeetingPhase.NOT_STARTED,
    "Created": MeetingPhase.ONGOING,
    "Destroyed": MeetingPhase.ENDED,
}


def not_running(meeting: str) -> Snapshot:
    """Return the view of a meeting that the service calls `ended` or `not_started`: nothing is recorded there."""
    return Snapshot(RecordingState.STOPPED, MeetingPhase(meeting))


def apply_push(push: Mapping[str, Any], last: Snapshot) -> Snapshot:
    """Return the view after a `ConfDynamicInfoNotify` frame.

    A field that is absent keeps its last value, because incremental messages are mentioned in the documents. A
    `recState` other than 0 and 1 (its value while a recording is paused is undocumented) makes the state unknown.
    Source: https://support.huaweicloud.com/api-meeting/meeting_21_1513.html
    """
    meeting = _MEETING_STATES.get(str(push.get("state")), last.meeting)
    if meeting in (MeetingPhase.ENDED, MeetingPhase.NOT_STARTED):
        return Snapshot(RecordingState.STOPPED, meeting)
    if "recState" not in push:
        return replace(last, meeting=meeting)
    recording = {"0": RecordingState.STOPPED, "1": RecordingState.STARTED}.get(
        str(push["recState"]), RecordingState.UNKNOWN
    )
    # A meeting that pushes its recording state is running, whether or not the frame says so.
    return Snapshot(recording, MeetingPhase.ONGOING if meeting is MeetingPhase.UNKNOWN else meeting)


def plan(now: Snapshot, wanted: RecordingState, live_state: LiveState) -> Step:
    """Return the step from what is known to what is wanted."""
    if now.is_(wanted):
        return Step.NOTHING
    if not now.running:
        return Step.REFUSE_NOT_RUNNING
    if now.recording is RecordingState.UNKNOWN and live_state is LiveState.REQUIRED:
        return Step.REFUSE_UNKNOWN
    return Step.WRITE


@dataclass
class RecordingResult:
    """What became of one meeting. `msg` and `error` are set where it failed.

    `at` is when the state was last seen or the failure happened, ISO 8601 in UTC. `reason` is why the effect of a
    request that was accepted is not seen. `secrets` came up on the way; those of them that are host passwords are in
    `passwords` as well.
    """

    conference_id: str
    wanted: RecordingState
    before: Snapshot = field(default_factory=Snapshot)
    after: Snapshot = field(default_factory=Snapshot)
    changed: bool = False
    confirmed: bool = False
    request_id: str = ""
    at: str = ""
    reason: str = ""
    msg: str = ""
    error: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    passwords: set[str] = field(default_factory=set)

    @property
    def failed(self) -> bool:
        """Whether the meeting is not as wanted, or nobody can tell."""
        return self.error is not None


def result(outcome: RecordingResult) -> dict[str, Any]:
    """Return the public return values of one meeting, without its warnings and secrets."""
    values: dict[str, Any] = {
        "changed": outcome.changed,
        "conference_id": outcome.conference_id,
        "state": outcome.after.recording.value,
        "previous_state": outcome.before.recording.value,
        "confirmed": outcome.confirmed,
        "meeting": outcome.after.meeting.value,
        "request_id": outcome.request_id,
        "at": outcome.at,
    }
    if outcome.failed:
        values.update(msg=outcome.msg, error=outcome.error)
    elif outcome.reason:
        values["reason"] = outcome.reason
    return values


def reading(outcome: RecordingResult) -> dict[str, Any]:
    """Return the public return values of one meeting whose state was only read; unknown comes with the reason."""
    values: dict[str, Any] = {
        "conference_id": outcome.conference_id,
        "state": outcome.after.recording.value,
        "meeting": outcome.after.meeting.value,
        "at": outcome.at,
    }
    if outcome.failed:
        values.update(msg=outcome.msg, error=outcome.error)
    return values


def batch_reading(outcomes: Sequence[RecordingResult]) -> dict[str, Any]:
    """Return the public return values of many meetings whose state was only read, in the order given."""
    states = Counter(outcome.after.recording for outcome in outcomes)
    return {
        "changed": False,
        "results": [reading(outcome) for outcome in outcomes],
        "summary": {"total": len(outcomes), **{state.value: states[state] for state in RecordingState}},
    }


def batch_result(outcomes: Sequence[RecordingResult]) -> dict[str, Any]:
    """Return the public return values of many meetings, in the order given, without their warnings and secrets."""
    failed = [outcome for outcome in outcomes if outcome.failed]
    values: dict[str, Any] = {
        "changed": any(outcome.changed for outcome in outcomes),
        "results": [{**result(outcome), "failed": outcome.failed} for outcome in outcomes],
        "summary": {
            "total": len(outcomes),
            "changed": sum(outcome.changed and not outcome.failed for outcome in outcomes),
            "unchanged": sum(not outcome.changed and not outcome.failed for outcome in outcomes),
            "failed": len(failed),
        },
        "failed_conference_ids": [outcome.conference_id for outcome in failed],
    }
    if failed:
        values["msg"] = _batch_message(failed, len(outcomes))
    return values


def _batch_message(failed: Sequence[RecordingResult], total: int) -> str:
    """Return how many meetings failed, of which kinds, and the first few in full."""
    kinds = Counter(outcome.error["kind"] for outcome in failed if outcome.error)
    counts = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    first = " ".join(outcome.msg for outcome in failed[:_NAMED])
    more = f" And {len(failed) - _NAMED} more, see `results`." if len(failed) > _NAMED else ""
    return f"{len(failed)} of {total} meetings failed ({counts}). {first}{more}"


def batch_diff(outcomes: Sequence[RecordingResult]) -> dict[str, dict[str, str]]:
    """Return Ansible's before/after of many meetings: those that change, each with its recording state."""
    changes = {outcome.conference_id: diff(outcome) for outcome in outcomes if outcome.changed}
    return {side: {name: change[side]["recording"] for name, change in changes.items()} for side in ("before", "after")}


def diff(outcome: RecordingResult) -> dict[str, dict[str, str]]:
    """Return Ansible's before/after of one meeting.

    The after side is the state that was asked for, so that check run and real run show the same; whether it was seen
    is what `state` and `confirmed` of the result say.
    """
    before = outcome.before.recording
    after = outcome.wanted if outcome.changed else before
    return {
        side: {"conference_id": outcome.conference_id, "recording": recording.value}
        for side, recording in (("before", before), ("after", after))
    }
