# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned to go wrong: which request it hits, and what it does to the world and to the answer. Pure."""

from __future__ import annotations

from . import messages
from .lifecycle import Lifecycle
from .model import Answer, Entry, Fault, Meeting
from .site import Site
from .tokens import AccessTokens


class Faults(list[Fault]):
    """The faults still planned, in the order in which they are looked through."""

    def __init__(self, site: Site, lifecycle: Lifecycle, access: AccessTokens) -> None:
        """Plan nothing; the rest is what a fault may change."""
        super().__init__()
        self._site = site
        self._lifecycle = lifecycle
        self._access = access

    def plan(self, fault: Fault) -> Fault:
        """Add a fault; ValueError if it is about a meeting that there is not."""
        with self._site.lock:
            unknown = {*fault.begins, *fault.ends} - set(self._site.meetings)
            if unknown:
                raise ValueError(f"fault: no meeting {', '.join(sorted(unknown))} to begin or end")
            self.append(fault)
        return fault

    def draw(self, endpoint: str, conference_id: str | None) -> Fault | None:
        """Take the first that matches a request, and let it change the world."""
        for fault in self:
            if not fault.matches(endpoint, conference_id):
                continue
            if fault.passed < fault.skip:
                fault.passed += 1
                continue
            fault.used += 1
            if fault.times is not None and fault.used >= fault.times:
                self.remove(fault)
            self._strike(fault, endpoint, self._site.meetings.get(conference_id or ""))
            return fault
        return None

    def by_other_hands(self, meeting: Meeting, fault: Fault) -> None:
        """Let somebody else start or stop the recording, if a fault wants it."""
        if fault.recording is not None and fault.recording != meeting.recording:
            self._lifecycle.record(meeting, fault.recording)

    def dressed(self, answer: Answer | None, fault: Fault | None, entry: Entry) -> Answer | None:
        """Return an answer as a fault wants it: replaced, or with other headers."""
        if fault is None:
            return answer
        answer = messages.replacement(fault, entry.request_id) or answer
        if answer is None:
            return None
        if fault.websocket == "redirect":  # to a place where following it leaves a trace in the log
            answer.headers["Location"] = f"{self._site.ws_url(None)}/elsewhere"
        if fault.content_type:
            answer.headers["Content-Type"] = fault.content_type
        answer.headers.update(fault.headers)
        return answer

    def _strike(self, fault: Fault, endpoint: str, meeting: Meeting | None) -> None:
        """Change the world before the request is handled, or the frame sent."""
        if fault.meeting_state and meeting:
            self._lifecycle.become(meeting, fault.meeting_state)
        if meeting and endpoint != "push":  # there it comes after the push
            self.by_other_hands(meeting, fault)
        for other in fault.begins:
            self._lifecycle.become(self._site.meetings[other], "Created")
        for other in fault.ends:
            self._lifecycle.become(self._site.meetings[other], "Destroyed")
        if fault.expires_access_tokens:
            self._access.expire()
