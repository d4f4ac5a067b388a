# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be known of a meeting: whether it is being recorded, where it stands in its life, and what pushes say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


# The vendor's words for the state of a meeting (https://support.huaweicloud.com/api-meeting/meeting_21_1513.html).
_MEETING_STATES = {
    "Schedule": MeetingPhase.NOT_STARTED,
    "Creating": MeetingPhase.NOT_STARTED,
    "Created": MeetingPhase.ONGOING,
    "Destroyed": MeetingPhase.ENDED,
}


def phase_of(state: Any) -> MeetingPhase:
    """Return where a meeting stands by the vendor's word for it, UNKNOWN for any other."""
    return _MEETING_STATES.get(str(state), MeetingPhase.UNKNOWN)


def not_running(meeting: str) -> Snapshot:
    """Return what is known of a meeting that the service calls `ended` or `not_started`: nothing is recorded there."""
    return Snapshot(RecordingState.STOPPED, MeetingPhase(meeting))


def apply_push(push: Mapping[str, Any], last: Snapshot) -> Snapshot:
    """Return what is known after a `ConfDynamicInfoNotify` frame.

    A field that is absent keeps its last value, because incremental messages are mentioned in the documents. A
    `recState` other than 0 and 1 (its value while a recording is paused is undocumented) makes the state unknown.
    Source: https://support.huaweicloud.com/api-meeting/meeting_21_1513.html
    """
    meeting = phase_of(push.get("state"))
    meeting = last.meeting if meeting is MeetingPhase.UNKNOWN else meeting
    if meeting in (MeetingPhase.ENDED, MeetingPhase.NOT_STARTED):
        return Snapshot(RecordingState.STOPPED, meeting)
    if "recState" not in push:
        return replace(last, meeting=meeting)
    recording = {"0": RecordingState.STOPPED, "1": RecordingState.STARTED}.get(
        str(push["recState"]), RecordingState.UNKNOWN
    )
    # A meeting that pushes its recording state is running, whether or not the frame says so.
    return Snapshot(recording, MeetingPhase.ONGOING if meeting is MeetingPhase.UNKNOWN else meeting)
