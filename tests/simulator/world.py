# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated world: meetings, an enterprise, planned faults and a log of requests, and the rooms that answer.

Pure: no sockets, no threads of its own, no sleeping. The clock is injected; what lies in the future waits in an agenda
that `agenda.advance` works off. Every public method, here and in the rooms, may be called from any thread.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

from .channel import Channels
from .enterprise import Management
from .faults import Faults
from .gateway import Gateway
from .lifecycle import Lifecycle
from .meeting_control import MeetingControl
from .model import CONTROL_CALLS, ENTERPRISE_CALLS, Behaviour, Fault, Meeting, check_meeting
from .site import Site
from .tokens import AccessTokens


class World(Site):
    """Everything the simulator knows. Tests read and change it; a server leads clients to `gateway` and `channels`."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        """Start empty. `clock` gives seconds since the epoch; `rng` makes tokens and request IDs."""
        super().__init__(behaviour or Behaviour(), clock, rng or random.Random())
        self._lifecycle = Lifecycle(self)
        self._access = AccessTokens(self.tokens, clock)
        self._management = Management(self, self._access)
        self._control = MeetingControl(self, self._lifecycle)
        self.faults = Faults(self, self._lifecycle, self._access)
        self.channels = Channels(self, self._lifecycle, self.faults)
        rooms = {
            **dict.fromkeys(CONTROL_CALLS, self._control.answer),
            **dict.fromkeys(ENTERPRISE_CALLS, self._management.answer),
        }
        self.gateway = Gateway(self, self.faults, rooms)

    # ---- meetings ----

    def add(self, meeting: Meeting) -> Meeting:
        """Put a meeting into the world, or replace the one with its ID."""
        with self.lock:
            meeting.book(self.clock())
            for name in ("chair_join_uri", "guest_join_uri"):
                link = f"https://c.meeting.huaweicloud.com/#/j/{meeting.conference_id}/{self.rng.getrandbits(192):048x}"
                setattr(meeting, name, link)
            self.remember(meeting)
            self.meetings[meeting.conference_id] = meeting
        return meeting

    def change(self, conference_id: str, values: Mapping[str, Any]) -> Meeting:
        """Set fields of a meeting, or create it; changes of `state` and `recording` are pushed."""
        values = dict(values)
        if values.pop("conference_id", conference_id) != conference_id:
            raise ValueError("conference_id differs from the one in the address")
        with self.lock:
            if conference_id not in self.meetings:
                return self.add(Meeting(conference_id, **values))
            check_meeting(values)
            meeting = self.meetings[conference_id]
            state, recording = values.pop("state", None), values.pop("recording", None)
            for name, value in values.items():
                setattr(meeting, name, value)
            self.remember(meeting)
            if state is not None:
                self._lifecycle.become(meeting, state)
            if recording is not None and recording != meeting.recording:
                self._lifecycle.record(meeting, recording)
        return meeting

    def begin(self, conference_id: str) -> None:
        """Let a meeting begin (again), and push that."""
        with self.lock:
            self._lifecycle.become(self.meetings[conference_id], "Created")

    def end(self, conference_id: str) -> None:
        """End a meeting: its recording ends, subscribers are told, then their channels are closed."""
        with self.lock:
            self._lifecycle.become(self.meetings[conference_id], "Destroyed")

    def set_recording(self, conference_id: str, recording: bool) -> None:
        """Start or stop the recording by other hands, for instance those of the host, and push that."""
        with self.lock:
            self._lifecycle.record(self.meetings[conference_id], recording)

    def touch(self, conference_id: str) -> None:
        """Push a change that has nothing to do with the recording."""
        with self.lock:
            self._lifecycle.touch(self.meetings[conference_id])

    # ---- faults and tokens ----

    def plan(self, fault: Fault) -> Fault:
        """Add a fault. They are looked through in order; the first that matches a request is used."""
        return self.faults.plan(fault)

    def issue_token(self, conference_id: str, role: int = 1) -> str:
        """Return a control token as if somebody had fetched it just now (role 1 host, 0 guest)."""
        with self.lock:
            return self._control.issue(self.meetings[conference_id], role).token

    def expire_tokens(self, conference_id: str | None = None) -> None:
        """Let the control tokens of a meeting (None: of all) expire now."""
        with self.lock:
            self.tokens.expire(conference_id)

    def issue_access_token(self, user_id: str = "") -> str:
        """Return an access token as if the user had just signed in; ValueError if there is no such user."""
        with self.lock:
            return self._management.issue(user_id).token

    def access_tokens_live(self, user_id: str = "") -> int:
        """Return how many access tokens of a user are valid now."""
        with self.lock:
            return self._access.live(user_id)

    def expire_access_tokens(self) -> None:
        """Let all access tokens expire now."""
        with self.lock:
            self._access.expire()
