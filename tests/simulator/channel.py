# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live channels: who has logged in to a WebSocket, what they subscribed to, and what is pushed to them. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from . import messages, reading
from .faults import Faults
from .lifecycle import Lifecycle
from .model import CONNECT, Fault, Meeting, Outcome, Parcel, Session
from .reading import Refused
from .site import Site


class Channels:
    """All live channels of a world. Frames lie in the outbox of a session until a server sends them."""

    def __init__(self, site: Site, lifecycle: Lifecycle, faults: Faults) -> None:
        """Start without any, and listen to what happens to the meetings."""
        self._site = site
        self._faults = faults
        self._sessions: dict[str, list[Session]] = {}
        lifecycle.listeners.append(self._push)

    def connect(
        self,
        conference_id: str | None,
        ws_token: str | None,
        wake: Callable[[], None] = lambda: None,
        headers: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Handle a WebSocket login; `wake` is called whenever the session's outbox has something new."""
        with self._site.lock:
            self._site.agenda.catch_up()
            entry = self._site.enter("connect", conference_id, "GET", CONNECT, headers or {})
            fault = self._faults.draw("connect", conference_id)
            answer = self._faults.dressed(messages.ok(None) if fault and fault.breaks_http else None, fault, entry)
            session = None
            if fault is None or fault.spares_deed:
                session = self._log_in(conference_id, ws_token, wake)
            entry.status, entry.fault = 101, fault is not None
            if answer:
                entry.status, entry.code = answer.status, answer.code
            elif session is None:
                entry.code = "closed"
            if fault and (fault.drop or fault.websocket in ("silent", "garbage")):
                entry.status = entry.code = None
            return Outcome(entry, answer, fault, session)

    def hear(self, session: Session, text: str) -> None:
        """Handle a text frame from a client; what there is to say lands in the session's outbox."""
        with self._site.lock:
            self._site.agenda.catch_up()
            frame = reading.parsed(text)
            action = frame.get("action") if isinstance(frame, dict) else None
            if action == "HeartBeat":
                session.heard = self._site.clock()
                self._site.enter("heartbeat", session.conference_id, "", CONNECT, {}).status = 200
                self._put(session, frame)
            elif action == "Subscribe":
                self._subscribe(session, frame)
            else:
                self._close(session)

    def leave(self, session: Session) -> None:
        """Forget a session whose channel is gone."""
        with self._site.lock:
            session.open = False
            sessions = self._sessions.get(session.conference_id, [])
            if session in sessions:
                sessions.remove(session)

    # ---- sessions ----

    def _log_in(self, conference_id: str | None, ws_token: str | None, wake: Callable[[], None]) -> Session | None:
        """Open a session for a WebSocket token that is valid now; whatever comes of it, the token is used up."""
        if conference_id is None or not self._site.tokens.log_in(ws_token or "", conference_id):
            return None
        meeting = self._site.meetings.get(conference_id)
        if meeting is None or meeting.state != "Created":
            return None
        session = Session(conference_id, wake, heard=self._site.clock())
        self._sessions.setdefault(conference_id, []).append(session)
        self._site.agenda.later(self._site.rule(meeting, "heartbeat_timeout"), lambda: self._check_pulse(session))
        return session

    def _check_pulse(self, session: Session) -> None:
        """Close a session that has not sent a heartbeat for too long; otherwise look again when it may be due."""
        if not session.open:
            return
        timeout = self._site.rule(self._site.meetings.get(session.conference_id), "heartbeat_timeout")
        left = session.heard + timeout - self._site.clock()
        if left <= 0:
            self._close(session)
        else:
            self._site.agenda.later(left, lambda: self._check_pulse(session))

    def _close(self, session: Session) -> None:
        """Close a session once its outbox is empty."""
        if session.open:
            session.outbox.append(Parcel(None))
            session.wake()
            self.leave(session)

    # ---- what is sent ----

    def _subscribe(self, session: Session, frame: dict[str, Any]) -> None:
        """Answer a Subscribe frame; from a good answer on the session gets what it asked for."""
        entry = self._site.enter("subscribe", session.conference_id, "", CONNECT, {})
        fault = self._faults.draw("subscribe", session.conference_id)
        meeting = self._site.meetings[session.conference_id]
        rule = self._site.rule(meeting, "subscribe")
        entry.fault = fault is not None
        if fault is None and rule in ("close", "silent"):
            entry.code = "closed" if rule == "close" else None
            if rule == "close":
                self._close(session)
            return
        types: frozenset[str] = frozenset()
        try:
            types = self._types(session, frame.get("data"))
            entry.body = {"subscribeType": sorted(types)}
            if rule == "code":
                raise Refused("MMC.111070121")
        except Refused as refused:
            entry.code = refused.code
        accepted = entry.code is None and (fault is None or fault.spares_deed)
        if fault and fault.code:
            entry.code = fault.code
        entry.status = None if fault and (fault.drop or fault.websocket) else 200
        key = self._site.rule(meeting, "return_desc_key")
        self._put(session, messages.subscribed(frame.get("sequence"), entry.code, key), fault)
        if accepted:
            session.types = types
            self._snapshot(session, meeting)

    def _types(self, session: Session, data: object) -> frozenset[str]:
        """Return the event types that a Subscribe request may have, or refuse it."""
        wanted = reading.subscription(data)
        if self._site.tokens.grant(wanted.token, session.conference_id) is None:
            raise Refused("MMC.111070004")
        if wanted.conference_id not in (None, session.conference_id):
            raise Refused("MMC.111071061")
        return wanted.types

    def _snapshot(self, session: Session, meeting: Meeting) -> None:
        """Push the full state right after Subscribe, if the site does so."""
        if not self._site.rule(meeting, "snapshot"):
            return
        if messages.BASIC in session.types:
            self._put(session, messages.basic(meeting, self._stamp()), push=True)
        if messages.DYNAMIC in session.types:
            self._put(session, messages.dynamic(meeting, self._stamp()), push=True)
            if self._site.rule(meeting, "partial_pushes"):
                self._put(session, messages.partial(meeting, self._stamp(), {"lock": 0}), push=True)

    def _push(self, meeting: Meeting, changed: Mapping[str, Any]) -> None:
        """Push the state of a meeting to its subscribers: all of it, or with partial pushes only what changed."""
        for session in list(self._sessions.get(meeting.conference_id, ())):
            if messages.DYNAMIC not in session.types:
                continue
            if self._site.rule(meeting, "partial_pushes"):
                frame = messages.partial(meeting, self._stamp(), dict(changed))
            else:
                frame = messages.dynamic(meeting, self._stamp())
            self._put(session, frame, push=True)
        if changed.get("state") == "Destroyed":
            for session in list(self._sessions.get(meeting.conference_id, ())):
                self._close(session)

    def _stamp(self) -> dict[str, Any]:
        """Return the fields that tell one push from another."""
        now = int(self._site.clock() * 1000)
        return {"version": now, "createTime": now, "msgID": f"{self._site.rng.getrandbits(128):032x}"}

    def _put(self, session: Session, frame: Any, fault: Fault | None = None, push: bool = False) -> None:
        """Lay a frame into a session's outbox; a push may meet a planned fault of its own."""
        if push:
            fault = self._faults.draw("push", session.conference_id)
        if not session.open:  # the fault may have ended the meeting, and that has been pushed already
            return
        session.outbox.append(Parcel(json.dumps(frame), fault))
        session.wake()
        if push and fault:
            self._faults.by_other_hands(self._site.meetings[session.conference_id], fault)
