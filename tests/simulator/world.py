# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated world: meetings, tokens, subscribers, recorders, an enterprise, faults and a log of requests.

Pure: no sockets, no threads of its own, no sleeping. The clock is injected; what lies in the future waits in a queue
that `advance` works off. Every public method may be called from any thread.
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import messages, reading
from .enterprise import Management
from .model import (
    CONNECT,
    ENTERPRISE_CALLS,
    Answer,
    Behaviour,
    Enterprise,
    Entry,
    Fault,
    Meeting,
    Outcome,
    Parcel,
    Session,
    State,
    check_meeting,
)
from .reading import Refused
from .tokens import Grant, Tokens


class World:
    """Everything the simulator knows. Tests read and change it; the server turns it into HTTP and WebSocket."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        clock: Callable[[], float] = time.time,
        rng: random.Random | None = None,
    ) -> None:
        """Start empty. `clock` gives seconds since the epoch; `rng` makes tokens and request IDs."""
        self.behaviour = behaviour or Behaviour()
        self.meetings: dict[str, Meeting] = {}
        self.faults: list[Fault] = []
        self.log: list[Entry] = []
        self.clock = clock
        self.ports = (443, 443)  # of the trusted and of the untrusted listener, for wsURL
        self.wake: Callable[[], None] = lambda: None  # called when `advance` is due earlier than it last said
        self._rng = rng or random.Random()
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._tokens = Tokens(clock, self._rng)
        self._management = Management(self.meetings, lambda: self.behaviour, self._tokens, clock, self._rng)
        self._sessions: dict[str, list[Session]] = {}
        self._windows: dict[str, tuple[float, int]] = {}  # endpoint -> start of the window, calls in it
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._deeds: dict[str, Callable[[str, Mapping[str, str], bytes], Answer]] = {
            "token": self._token,
            "wsToken": self._ws_token,
            "record": self._record,
        }

    # ---- what tests and people use ----

    @property
    def enterprise(self) -> Enterprise | None:
        """Who may sign in with an App ID; None: nobody, as if the App ID were unknown."""
        return self._management.enterprise

    @enterprise.setter
    def enterprise(self, enterprise: Enterprise | None) -> None:
        """Found an enterprise, or replace it; access tokens stay those of the users with the same IDs."""
        with self._lock:
            self._management.enterprise = enterprise
            self._remember_app_key()

    def add(self, meeting: Meeting) -> Meeting:
        """Put a meeting into the world, or replace the one with its ID."""
        with self._lock:
            meeting.book(self.clock())
            for name in ("chair_join_uri", "guest_join_uri"):
                link = (
                    f"https://c.meeting.huaweicloud.com/#/j/{meeting.conference_id}/{self._rng.getrandbits(192):048x}"
                )
                setattr(meeting, name, link)
            self._remember_secrets(meeting)
            self.meetings[meeting.conference_id] = meeting
        return meeting

    def change(self, conference_id: str, values: Mapping[str, Any]) -> Meeting:
        """Set fields of a meeting, or create it; changes of `state` and `recording` are pushed."""
        values = dict(values)
        if values.pop("conference_id", conference_id) != conference_id:
            raise ValueError("conference_id differs from the one in the address")
        with self._lock:
            if conference_id not in self.meetings:
                return self.add(Meeting(conference_id, **values))
            check_meeting(values)
            meeting = self.meetings[conference_id]
            state, recording = values.pop("state", None), values.pop("recording", None)
            for name, value in values.items():
                setattr(meeting, name, value)
            self._remember_secrets(meeting)
            if state is not None:
                self._become(meeting, state)
            if recording is not None and recording != meeting.recording:
                self._record_now(meeting, recording)
        return meeting

    def plan(self, fault: Fault) -> Fault:
        """Add a fault. They are looked through in order; the first that matches a request is used."""
        with self._lock:
            unknown = {*fault.begins, *fault.ends} - set(self.meetings)
            if unknown:
                raise ValueError(f"fault: no meeting {', '.join(sorted(unknown))} to begin or end")
            self.faults.append(fault)
        return fault

    def begin(self, conference_id: str) -> None:
        """Let a meeting begin (again), and push that."""
        with self._lock:
            self._become(self.meetings[conference_id], "Created")

    def end(self, conference_id: str) -> None:
        """End a meeting: its recording ends, subscribers are told, then their channels are closed."""
        with self._lock:
            self._become(self.meetings[conference_id], "Destroyed")

    def set_recording(self, conference_id: str, recording: bool) -> None:
        """Start or stop the recording by other hands, for instance those of the host, and push that."""
        with self._lock:
            self._record_now(self.meetings[conference_id], recording)

    def touch(self, conference_id: str) -> None:
        """Push a change that has nothing to do with the recording."""
        with self._lock:
            self._push_dynamic(self.meetings[conference_id], {"lock": 0})

    def issue_token(self, conference_id: str, role: int = 1) -> str:
        """Return a control token as if somebody had fetched it just now (role 1 host, 0 guest)."""
        with self._lock:
            return self._issue(self.meetings[conference_id], role).token

    def expire_tokens(self, conference_id: str | None = None) -> None:
        """Let the control tokens of a meeting (None: of all) expire now."""
        with self._lock:
            self._tokens.expire(conference_id)

    def issue_access_token(self, user_id: str = "") -> str:
        """Return an access token as if the user had just signed in; ValueError if there is no such user."""
        with self._lock:
            return self._management.issue(user_id).token

    def access_tokens_live(self, user_id: str = "") -> int:
        """Return how many access tokens of a user are valid now."""
        with self._lock:
            return self._management.access.live(user_id)

    def expire_access_tokens(self) -> None:
        """Let all access tokens expire now."""
        with self._lock:
            self._management.access.expire()

    def requests(self, endpoint: str | None = None, conference_id: str | None = None) -> list[Entry]:
        """Return the logged requests, oldest first; None means any."""
        with self._lock:
            return [
                entry
                for entry in self.log
                if endpoint in (None, entry.endpoint) and conference_id in (None, entry.conference_id)
            ]

    def writes(self, conference_id: str | None = None) -> list[int]:
        """Return isRecord of every PUT record that arrived, accepted or not; -1 where there was none to read."""
        values = []
        for entry in self.requests("record", conference_id):
            value = entry.body.get("isRecord") if isinstance(entry.body, dict) else None
            values.append(value if isinstance(value, int) and not isinstance(value, bool) else -1)
        return values

    def secrets(self) -> set[str]:
        """Return every secret ever known here: passwords, keys, links, tokens of every kind, and their base64 forms."""
        with self._lock:
            for meeting in self.meetings.values():
                self._remember_secrets(meeting)
            self._remember_app_key()
            return self._tokens.forms()

    # ---- what a server uses ----

    def advance(self) -> float | None:
        """Do what is due by now; return the seconds until the next deed, None if nothing is planned."""
        with self._lock:
            self._catch_up()
            return max(0.0, self._agenda[0][0] - self.clock()) if self._agenda else None

    def receive(
        self,
        endpoint: str,
        conference_id: str | None,
        headers: Mapping[str, str],
        body: bytes = b"",
        method: str = "GET",
        path: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Handle an HTTPS request: log it, do it, return the answer and the fault that shapes its sending."""
        with self._lock:
            self._catch_up()
            entry = self._enter(endpoint, conference_id, method, path, headers)
            entry.query = reading.filters(query or {})
            if method == "PUT":
                entry.body = reading.parsed(body)
            elif endpoint == "appauth":
                entry.body = reading.signed(body)
            answer, fault = self._throttle(entry), None
            if answer is None:
                fault = self._draw(endpoint, conference_id)
                answer = self._handle(entry, fault, headers, body)
            entry.status = None if fault and fault.drop else answer.status
            entry.code = answer.code
            entry.fault = fault is not None
            return Outcome(entry, answer, fault)

    def connect(
        self,
        conference_id: str | None,
        ws_token: str | None,
        wake: Callable[[], None] = lambda: None,
        headers: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Handle a WebSocket login; `wake` is called whenever the session's outbox has something new."""
        with self._lock:
            self._catch_up()
            entry = self._enter("connect", conference_id, "GET", CONNECT, headers or {})
            fault = self._draw("connect", conference_id)
            answer = self._dressed(messages.ok(None) if fault and fault.breaks_http else None, fault, entry)
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
        with self._lock:
            self._catch_up()
            frame = reading.parsed(text)
            action = frame.get("action") if isinstance(frame, dict) else None
            if action == "HeartBeat":
                session.heard = self.clock()
                self._enter("heartbeat", session.conference_id, "", CONNECT, {}).status = 200
                self._put(session, frame)
            elif action == "Subscribe":
                self._subscribe(session, frame)
            else:
                self._close(session)

    def leave(self, session: Session) -> None:
        """Forget a session whose channel is gone."""
        with self._lock:
            session.open = False
            sessions = self._sessions.get(session.conference_id, [])
            if session in sessions:
                sessions.remove(session)

    # ---- HTTPS ----

    def _enter(
        self, endpoint: str, conference_id: str | None, method: str, path: str, headers: Mapping[str, str]
    ) -> Entry:
        """Open a log entry for a request that has just arrived."""
        names = tuple(name.lower() for name in headers)
        request_id = f"{self._rng.getrandbits(128):032x}"
        number = next(self._numbers)
        entry = Entry(number, self.clock(), endpoint, method, path, conference_id, None, request_id, names)
        self.log.append(entry)
        return entry

    def _throttle(self, entry: Entry) -> Answer | None:
        """Count a call in its window; return the gateway's refusal if the window is full."""
        if self.behaviour.rate_limit is None:
            return None
        limit, seconds = self.behaviour.rate_limit
        start, calls = self._windows.get(entry.endpoint, (0.0, 0))
        if entry.time >= start + seconds:
            start, calls = entry.time, 0
        self._windows[entry.endpoint] = start, calls + 1
        if calls < limit:
            return None
        answer = messages.throttled(limit, seconds, entry.request_id)
        answer.headers["X-APIG-Ratelimit-Api"] = f"remain:0,limit:{limit},time:{messages.span(seconds)}"
        if self.behaviour.retry_after:
            answer.headers["Retry-After"] = str(math.ceil(start + seconds - entry.time))
        return answer

    def _draw(self, endpoint: str, conference_id: str | None) -> Fault | None:
        """Take the first planned fault that matches, and let it change the world."""
        for fault in self.faults:
            if not fault.matches(endpoint, conference_id):
                continue
            if fault.passed < fault.skip:
                fault.passed += 1
                continue
            fault.used += 1
            if fault.times is not None and fault.used >= fault.times:
                self.faults.remove(fault)
            meeting = self.meetings.get(conference_id or "")
            if fault.meeting_state and meeting:
                self._become(meeting, fault.meeting_state)
            if meeting and endpoint != "push":
                self._by_other_hands(meeting, fault)
            for other in fault.begins:
                self._become(self.meetings[other], "Created")
            for other in fault.ends:
                self._become(self.meetings[other], "Destroyed")
            if fault.expires_access_tokens:
                self._management.access.expire()
            return fault
        return None

    def _handle(self, entry: Entry, fault: Fault | None, headers: Mapping[str, str], body: bytes) -> Answer:
        """Do what a request asks for unless a fault forbids it; return the answer, a fault's if it has one."""
        answer = messages.ok(None)
        if fault is None or fault.spares_deed:
            answer = self._deed(entry, headers, body)
        return self._dressed(answer, fault, entry) or answer

    def _dressed(self, answer: Answer | None, fault: Fault | None, entry: Entry) -> Answer | None:
        """Return an answer as a fault wants it: replaced, or with other headers."""
        if fault is None:
            return answer
        answer = messages.replacement(fault, entry.request_id) or answer
        if answer is None:
            return None
        if fault.websocket == "redirect":  # to a place where following it leaves a trace in the log
            answer.headers["Location"] = f"{self._ws_url(None)}/elsewhere"
        if fault.content_type:
            answer.headers["Content-Type"] = fault.content_type
        answer.headers.update(fault.headers)
        return answer

    def _deed(self, entry: Entry, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request as the vendor would."""
        deed = self._deeds.get(entry.endpoint)
        if deed is None and entry.endpoint not in ENTERPRISE_CALLS:
            return messages.error("APIG.0101", 404, request_id=entry.request_id)
        try:
            if deed is None:
                return self._management.answer(entry, headers, body)
            if not entry.conference_id:
                raise Refused("MMC.112100029")
            return deed(entry.conference_id, headers, body)
        except Refused as refused:
            return messages.error(refused.code, refused.status)

    def _rule(self, meeting: Meeting | None, name: str) -> Any:
        """Return a field of the behaviour, the meeting's own if it has one."""
        return self.behaviour.of(meeting, name)

    # ---- tokens ----

    def _token(self, conference_id: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        """Grant a control token for a password, or keep one alive."""
        password = reading.password(headers)
        meeting = self.meetings.get(conference_id) or self._in_room(conference_id)
        if meeting is None:
            raise Refused("MMC.111072065")
        token = reading.raw(headers.get("X-Conference-Authorization", ""))
        grant = self._tokens.grant(token, meeting.conference_id)
        if grant is None:
            role = self._role(meeting, password)
            self._require_running(meeting)
            return self._granted(meeting, self._issue(meeting, role))
        if self._rule(meeting, "keep_alive_needs_password") and not password:
            raise Refused("MMC.111070009")
        self._require_running(meeting)
        if self._rule(meeting, "keep_alive") == "new":
            self._tokens.withdraw(grant)
            grant = self._issue(meeting, grant.role)
        grant.expires = self.clock() + self._rule(meeting, "token_lifetime")
        return self._granted(meeting, grant)

    def _in_room(self, number: str) -> Meeting | None:
        """Return the running meeting in the room with a number, where the site lets the number stand for it."""
        if not self.behaviour.room_number_token:
            return None
        meetings = (meeting for meeting in self.meetings.values() if meeting.state == "Created")
        return next((meeting for meeting in meetings if meeting.vmr_conference_id == number), None)

    def _role(self, meeting: Meeting, password: str) -> int:
        """Return the role that a password opens (1 host, 0 guest); count wrong ones towards the lock."""
        if not password:
            raise Refused("MMC.111070009")
        if meeting.wrong_passwords >= self._rule(meeting, "login_attempts"):
            raise Refused("MMC.111072064")
        if password not in (meeting.host_password, meeting.guest_password):
            meeting.wrong_passwords += 1
            raise Refused("MMC.111072065")
        meeting.wrong_passwords = 0
        return int(password == meeting.host_password)

    def _granted(self, meeting: Meeting, grant: Grant) -> Answer:
        """Answer with a control token."""
        secrets = {"token": grant.token, "tmpWsToken": self._tokens.secret(), "addressToken": self._tokens.secret()}
        lifetime = self._rule(meeting, "token_lifetime")
        document = messages.control_token(meeting, secrets, self._ws_url(meeting), grant.role, grant.expires, lifetime)
        return messages.ok(document)

    def _ws_url(self, meeting: Meeting | None) -> str:
        """Return the prefix of the WebSocket address, without a path."""
        port = self.ports[0 if self._rule(meeting, "ws_trusted") else 1]
        return f"{self._rule(meeting, 'ws_scheme')}://{self._rule(meeting, 'ws_host')}:{port}"

    def _issue(self, meeting: Meeting, role: int) -> Grant:
        """Make a control token that is valid from now on."""
        return self._tokens.issue(meeting.conference_id, self._rule(meeting, "token_lifetime"), role)

    def _authorised(self, conference_id: str, headers: Mapping[str, str]) -> tuple[Meeting, Grant]:
        """Return the running meeting and the grant that a control request comes with, or refuse."""
        status = self._rule(self.meetings.get(conference_id), "refused_token")
        token = headers.get("X-Conference-Authorization")
        if not token:
            raise Refused("MMC.111070111", status)
        grant = self._tokens.grant(reading.raw(token), conference_id)
        if grant is None:
            raise Refused("MMC.111070004", status)
        return self.meetings[conference_id], grant

    def _require_running(self, meeting: Meeting) -> None:
        """Refuse a request for a meeting that has not begun or is over."""
        if meeting.state == "Schedule":
            raise Refused(self._rule(meeting, "not_started_code"))
        if meeting.state == "Destroyed":
            raise Refused(self._rule(meeting, "ended_code"))

    def _ws_token(self, conference_id: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        """Grant a WebSocket login token: short-lived, for one use."""
        meeting, _unused = self._authorised(conference_id, headers)
        self._require_running(meeting)
        token = self._tokens.issue_login(conference_id, self._rule(meeting, "ws_token_lifetime"))
        document: dict[str, Any] = {"webSocketToken": token}
        if self._rule(meeting, "ws_token_place") == "data":
            document = {"returnCode": 0, "data": document}
        return messages.ok(document)

    def _remember_secrets(self, meeting: Meeting) -> None:
        """Count the passwords and links of a meeting among the secrets."""
        links = (meeting.chair_join_uri, meeting.guest_join_uri)
        self._tokens.secrets.update(filter(None, (meeting.host_password, meeting.guest_password, *links)))
        self._tokens.secrets.update(filter(None, (link.rpartition("/")[2] for link in links)))

    def _remember_app_key(self) -> None:
        """Count the App Key among the secrets."""
        if self.enterprise:
            self._tokens.secrets.add(self.enterprise.app_key)

    # ---- recording ----

    def _record(self, conference_id: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Start or stop a recording: accept the order now, let the recorder follow later."""
        meeting, grant = self._authorised(conference_id, headers)
        wanted = reading.recording(body)
        if grant.role != 1:
            raise Refused("MMC.111070002", 403)
        self._require_running(meeting)
        _require_recordable(meeting, wanted)
        redundant = wanted is (meeting.recording if meeting.pending is None else meeting.pending)
        rule = self._rule(meeting, "redundant")
        if redundant and rule == "error":
            raise Refused("MMC.111072222" if wanted else "MMC.111072224")
        if not redundant or (wanted and rule == "segment"):
            self._order_recorder(meeting, wanted)
        if meeting.allocated < self._rule(meeting, "allocating"):
            meeting.allocated += 1
            raise Refused("MMC.111072063")
        if self._rule(meeting, "record_body") == "return_code":
            return messages.ok({"returnCode": 0, "returnDesc": "SUCCESS"})
        return messages.ok(None)

    def _order_recorder(self, meeting: Meeting, wanted: bool) -> None:
        """Let the recorder do something after its delay; None means that it never will."""
        meeting.pending = wanted
        meeting.segments += wanted
        delay = self._rule(meeting, "recorder_delay")
        if delay is None:
            return
        if delay <= 0:
            self._record_now(meeting, wanted)
        else:
            self._later(delay, lambda: self._recorder_ready(meeting, wanted))

    def _recorder_ready(self, meeting: Meeting, recording: bool) -> None:
        """Take up the recorder's new state, unless the meeting ended in the meantime."""
        if meeting.state == "Created" and self.meetings.get(meeting.conference_id) is meeting:
            self._record_now(meeting, recording)

    def _record_now(self, meeting: Meeting, recording: bool) -> None:
        """Set the recording state and push it."""
        meeting.recording = recording
        meeting.rec_occurred = meeting.rec_occurred or recording
        if meeting.pending is recording:
            meeting.pending = None
        self._push_dynamic(meeting, {"recState": int(recording), "recOccurred": int(meeting.rec_occurred)})

    def _by_other_hands(self, meeting: Meeting, fault: Fault) -> None:
        """Let somebody else start or stop the recording, if a fault wants it."""
        if fault.recording is not None and fault.recording != meeting.recording:
            self._record_now(meeting, fault.recording)

    def _become(self, meeting: Meeting, state: State) -> None:
        """Change the state of a meeting and tell its subscribers; no change, no push."""
        if meeting.state == state:
            return
        meeting.state = state
        changed: dict[str, Any] = {"state": state}
        if state == "Destroyed":
            meeting.pending = None
            if meeting.recording:
                meeting.recording = False
                changed["recState"] = 0
        self._push_dynamic(meeting, changed)
        if state == "Destroyed":
            for session in list(self._sessions.get(meeting.conference_id, ())):
                self._close(session)

    # ---- WebSocket ----

    def _log_in(self, conference_id: str | None, ws_token: str | None, wake: Callable[[], None]) -> Session | None:
        """Open a session for a WebSocket token that is valid now; whatever comes of it, the token is used up."""
        if conference_id is None or not self._tokens.log_in(ws_token or "", conference_id):
            return None
        meeting = self.meetings.get(conference_id)
        if meeting is None or meeting.state != "Created":
            return None
        session = Session(conference_id, wake, heard=self.clock())
        self._sessions.setdefault(conference_id, []).append(session)
        self._later(self._rule(meeting, "heartbeat_timeout"), lambda: self._check_pulse(session))
        return session

    def _check_pulse(self, session: Session) -> None:
        """Close a session that has not sent a heartbeat for too long; otherwise look again when it may be due."""
        if not session.open:
            return
        timeout = self._rule(self.meetings.get(session.conference_id), "heartbeat_timeout")
        left = session.heard + timeout - self.clock()
        if left <= 0:
            self._close(session)
        else:
            self._later(left, lambda: self._check_pulse(session))

    def _subscribe(self, session: Session, frame: dict[str, Any]) -> None:
        """Answer a Subscribe frame; from a good answer on the session gets what it asked for."""
        entry = self._enter("subscribe", session.conference_id, "", CONNECT, {})
        fault = self._draw("subscribe", session.conference_id)
        meeting = self.meetings[session.conference_id]
        rule = self._rule(meeting, "subscribe")
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
        key = self._rule(meeting, "return_desc_key")
        self._put(session, messages.subscribed(frame.get("sequence"), entry.code, key), fault)
        if accepted:
            session.types = types
            self._snapshot(session, meeting)

    def _types(self, session: Session, data: object) -> frozenset[str]:
        """Return the event types that a Subscribe request may have, or refuse it."""
        wanted = reading.subscription(data)
        if self._tokens.grant(wanted.token, session.conference_id) is None:
            raise Refused("MMC.111070004")
        if wanted.conference_id not in (None, session.conference_id):
            raise Refused("MMC.111071061")
        return wanted.types

    def _snapshot(self, session: Session, meeting: Meeting) -> None:
        """Push the full state right after Subscribe, if the site does so."""
        if not self._rule(meeting, "snapshot"):
            return
        if messages.BASIC in session.types:
            self._put(session, messages.basic(meeting, self._stamp()), push=True)
        if messages.DYNAMIC in session.types:
            self._put(session, messages.dynamic(meeting, self._stamp()), push=True)
            if self._rule(meeting, "partial_pushes"):
                self._put(session, messages.partial(meeting, self._stamp(), {"lock": 0}), push=True)

    def _push_dynamic(self, meeting: Meeting, changed: dict[str, Any]) -> None:
        """Push the state of a meeting to its subscribers: all of it, or with partial pushes only what changed."""
        for session in list(self._sessions.get(meeting.conference_id, ())):
            if messages.DYNAMIC not in session.types:
                continue
            if self._rule(meeting, "partial_pushes"):
                frame = messages.partial(meeting, self._stamp(), changed)
            else:
                frame = messages.dynamic(meeting, self._stamp())
            self._put(session, frame, push=True)

    def _stamp(self) -> dict[str, Any]:
        """Return the fields that tell one push from another."""
        now = int(self.clock() * 1000)
        return {"version": now, "createTime": now, "msgID": f"{self._rng.getrandbits(128):032x}"}

    def _put(self, session: Session, frame: Any, fault: Fault | None = None, push: bool = False) -> None:
        """Lay a frame into a session's outbox; a push may meet a planned fault of its own."""
        if push:
            fault = self._draw("push", session.conference_id)
        if not session.open:  # the fault may have ended the meeting, and that has been pushed already
            return
        session.outbox.append(Parcel(json.dumps(frame), fault))
        session.wake()
        if push and fault:
            self._by_other_hands(self.meetings[session.conference_id], fault)

    def _close(self, session: Session) -> None:
        """Close a session once its outbox is empty."""
        if session.open:
            session.outbox.append(Parcel(None))
            session.wake()
            self.leave(session)

    # ---- time ----

    def _later(self, delay: float, deed: Callable[[], None]) -> None:
        """Plan a deed, and wake whoever waits for `advance` if it is now the first."""
        due = self.clock() + delay
        first = not self._agenda or due < self._agenda[0][0]
        heapq.heappush(self._agenda, (due, next(self._order), deed))
        if first:
            self.wake()

    def _catch_up(self) -> None:
        """Do what is due by now, in the order in which it was due."""
        while self._agenda and self._agenda[0][0] <= self.clock():
            heapq.heappop(self._agenda)[2]()


def _require_recordable(meeting: Meeting, wanted: bool) -> None:
    """Refuse what the meeting's settings or the enterprise's storage do not allow."""
    if meeting.record_type not in (2, 3):
        raise Refused("MMC.111072020")
    if not wanted:
        return
    if meeting.participants == 0:
        raise Refused("MMC.111072024")
    if meeting.storage != "ok":
        raise Refused("MMC.111072066" if meeting.storage == "none" else "MMC.111072067")
