# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a meeting: it begins, its recorder starts and stops, it ends. Pure; rooms that want to know listen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .model import Meeting, State
from .site import Site

Listener = Callable[[Meeting, Mapping[str, Any]], None]


class Lifecycle:
    """Changes meetings, and tells its listeners what changed, in the vendor's words for it."""

    def __init__(self, site: Site) -> None:
        """Know the meetings; nobody listens yet."""
        self.listeners: list[Listener] = []
        self._site = site

    def become(self, meeting: Meeting, state: State) -> None:
        """Change the state of a meeting; a recording ends with it. No change, no word."""
        if meeting.state == state:
            return
        meeting.state = state
        changed: dict[str, Any] = {"state": state}
        if state == "Destroyed":
            meeting.pending = None
            if meeting.recording:
                meeting.recording = False
                changed["recState"] = 0
        self._tell(meeting, changed)

    def record(self, meeting: Meeting, recording: bool) -> None:
        """Start or stop the recording at once."""
        meeting.recording = recording
        meeting.rec_occurred = meeting.rec_occurred or recording
        if meeting.pending is recording:
            meeting.pending = None
        self._tell(meeting, {"recState": int(recording), "recOccurred": int(meeting.rec_occurred)})

    def order(self, meeting: Meeting, recording: bool) -> None:
        """Let the recorder start or stop after its delay; None means that it never will."""
        meeting.pending = recording
        meeting.segments += recording
        delay = self._site.rule(meeting, "recorder_delay")
        if delay is None:
            return
        if delay <= 0:
            self.record(meeting, recording)
        else:
            self._site.agenda.later(delay, lambda: self._recorder_ready(meeting, recording))

    def touch(self, meeting: Meeting) -> None:
        """Change something that has nothing to do with the recording."""
        self._tell(meeting, {"lock": 0})

    def _recorder_ready(self, meeting: Meeting, recording: bool) -> None:
        """Take up the recorder's new state, unless the meeting ended in the meantime."""
        if meeting.state == "Created" and self._site.meetings.get(meeting.conference_id) is meeting:
            self.record(meeting, recording)

    def _tell(self, meeting: Meeting, changed: Mapping[str, Any]) -> None:
        """Tell all listeners."""
        for listener in self.listeners:
            listener(meeting, changed)
