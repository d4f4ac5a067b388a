# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulated world is made of: meetings, site-wide behaviour, planned faults, log entries. Plain data."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from . import fields

CONTROL = "/v1/mmc/control/conferences"
CONNECT = "/cms/open/websocket/confctl/increment/conn"

State = Literal["Schedule", "Created", "Destroyed"]  # not begun, running, over: the vendor's words
Endpoint = Literal["token", "wsToken", "record", "connect", "subscribe", "push", "*"]
SocketFault = Literal["silent", "garbage", "close", "html", "redirect", "huge", "pings", "wrong_types"]

_SITE_WIDE = ("rate_limit", "retry_after")  # kept per site: these cannot differ for one meeting


@dataclass
class Behaviour:
    """How the site behaves where the vendor's documents are silent or contradict each other. Times in seconds."""

    snapshot: bool = True  # a full ConfDynamicInfoNotify is pushed right after Subscribe
    redundant: Literal["accept", "segment", "error"] = "accept"  # start while started, stop while stopped
    recorder_delay: float | None = 0.05  # from the accepted PUT to the push of recState; None: never comes
    record_body: Literal["empty", "return_code"] = "empty"
    refused_token: int = 401  # HTTP status for an expired, foreign or missing control token
    subscribe: Literal["accept", "code", "close", "silent"] = "accept"
    return_desc_key: str = "returnDesc "  # the blank is in the vendor's own sample
    partial_pushes: bool = False  # changes carry only what changed; a push without recState follows the snapshot
    allocating: int = 0  # the first n PUTs of a meeting: 400 MMC.111072063, although the deed is done
    ws_host: str = "127.0.0.1"
    ws_scheme: Literal["wss", "ws"] = "wss"
    ws_trusted: bool = True  # False: wsURL leads to a listener whose certificate another authority signed
    ws_token_place: Literal["top", "data"] = "top"
    keep_alive: Literal["same", "new"] = "same"  # new: the old token is refused from then on
    keep_alive_needs_password: bool = False
    token_lifetime: float = 1800
    ws_token_lifetime: float = 60
    heartbeat_timeout: float = 180
    not_started_code: str = "MMC.111072005"
    ended_code: str = "MMC.111072006"
    login_attempts: int = 5  # wrong passwords until MMC.111072064
    rate_limit: tuple[int, float] | None = None  # calls per seconds, for each endpoint on its own
    retry_after: bool = False  # a throttled answer carries Retry-After
    latency: float = 0.0  # added to each HTTP answer

    def __post_init__(self) -> None:
        """Refuse a misspelt value at once: it would silently mean the default."""
        fields.checked(Behaviour, vars(self), "behaviour")


@dataclass
class Meeting:
    """One meeting. Change `state` and `recording` of a running simulator through World, so that they are pushed."""

    conference_id: str
    host_password: str = "host-914826"
    guest_password: str = "guest-305117"
    state: State = "Created"
    recording: bool = False  # recState
    record_type: int = 2  # the vendor's recordType: only 2 and 3 can be recorded
    participants: int = 1  # with 0 a start is refused (MMC.111072024)
    storage: Literal["ok", "none", "full"] = "ok"  # none: MMC.111072066, full: MMC.111072067
    rec_occurred: bool = False
    segments: int = 0  # starts that opened a segment of film
    subject: str = "Simulated meeting"
    note: str = ""  # what the meeting is good for, shown when the simulator is run by hand
    behaviour: dict[str, Any] = field(default_factory=dict)  # fields of Behaviour that differ for this meeting

    pending: bool | None = field(default=None, init=False)  # what the last accepted PUT asked for, until it is true
    wrong_passwords: int = field(default=0, init=False)
    allocated: int = field(default=0, init=False)  # answers with MMC.111072063 so far

    def __post_init__(self) -> None:
        """Refuse what would only fail later."""
        if not self.conference_id:
            raise ValueError("conference_id must not be empty")
        self.rec_occurred = self.rec_occurred or self.recording
        check_meeting({"state": self.state, "storage": self.storage, "behaviour": self.behaviour})


@dataclass
class Fault:
    """Something that goes wrong once, several times or always. Times in seconds."""

    endpoint: Endpoint
    conference_id: str | None = None  # None: any
    times: int | None = 1  # None: always
    skip: int = 0  # let the first n matching requests pass
    status: int | None = None
    body: str | bytes | None = None  # for subscribe and push: the text of the frame that is sent instead
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = None
    code: str | None = None  # vendor's error body; status 400 unless given
    delay: float = 0.0  # between the deed and the answer
    drop: Literal["before", "after"] | None = None  # the deed: the connection is closed without an answer
    done: bool = False  # the deed is done although the answer says otherwise
    truncate: bool = False  # Content-Length promises more than is sent
    drip: float | None = None  # pause between single bytes of the body
    size: int | None = None  # bytes of an absurdly large body, or of a huge frame
    meeting_state: State | None = None  # the meeting becomes this before the request is handled
    websocket: SocketFault | None = None  # for connect, subscribe and push only

    used: int = field(default=0, init=False)
    passed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Refuse a misspelt fault at once: it would silently never happen."""
        fields.checked(Fault, {name: vars(self)[name] for name in _FAULT_FIELDS}, "fault")
        if self.websocket and self.endpoint not in ("connect", "subscribe", "push", "*"):
            raise ValueError(f"fault.websocket: {self.endpoint} is no WebSocket endpoint")
        if self.websocket in ("html", "redirect") and self.endpoint not in ("connect", "*"):
            raise ValueError(f"fault.websocket: {self.websocket} can only answer connect")

    def matches(self, endpoint: str, conference_id: str | None) -> bool:
        """Tell whether the fault is meant for such a request."""
        if self.websocket and endpoint not in ("connect", "subscribe", "push"):
            return False
        if self.websocket in ("html", "redirect") and endpoint != "connect":
            return False
        return self.endpoint in ("*", endpoint) and self.conference_id in (None, conference_id)

    @property
    def spares_deed(self) -> bool:
        """Whether the request does its work all the same, whatever the answer looks like."""
        if self.done or self.drop == "after":
            return True
        replaced = (self.status, self.body, self.code, self.websocket)
        return self.drop is None and all(value is None for value in replaced)

    @property
    def breaks_http(self) -> bool:
        """Whether even a handshake meets an HTTP answer, or the beginning of one."""
        return bool(self.drop or self.truncate or (self.size is not None and not self.websocket))


_FAULT_FIELDS = tuple(item.name for item in dataclasses.fields(Fault) if item.init)
_MEETING_HINTS = typing.get_type_hints(Meeting)
_BEHAVIOUR_FIELDS = tuple(item.name for item in dataclasses.fields(Behaviour) if item.name not in _SITE_WIDE)


def check_meeting(values: dict[str, Any]) -> None:
    """Raise ValueError if a field of a meeting has a value that means nothing."""
    for name in ("state", "storage"):
        if name in values:
            fields.fit(values[name], _MEETING_HINTS[name], name)
    for name in values.get("behaviour", ()):
        if name not in _BEHAVIOUR_FIELDS:
            raise ValueError(
                f"behaviour.{name} cannot differ for one meeting; known are {', '.join(_BEHAVIOUR_FIELDS)}"
            )
    if values.get("behaviour"):
        fields.checked(Behaviour, values["behaviour"], "behaviour")


@dataclass(slots=True)
class Entry:
    """One request as the log remembers it. Never holds a secret."""

    number: int
    time: float  # seconds since the epoch
    endpoint: str  # token, wsToken, record, connect, subscribe, heartbeat or unknown
    method: str
    path: str  # without the query
    conference_id: str | None
    body: Any  # parsed JSON of a PUT; for subscribe only the types asked for; else None
    request_id: str
    header_names: tuple[str, ...] = ()  # lower case
    status: int | None = None  # None: no answer was given
    code: str | None = None  # the vendor's error code; "closed" for a channel closed instead of an answer
    fault: bool = False  # a planned fault had its hand in it


@dataclass(slots=True)
class Answer:
    """An HTTP answer before it is sent."""

    status: int
    body: bytes
    headers: dict[str, str]
    code: str | None = None  # the error code in the body


@dataclass(slots=True, eq=False)
class Session:
    """One logged-in WebSocket: what is still to be sent, and how to wake whoever sends it."""

    conference_id: str
    wake: Callable[[], None]
    heard: float  # time of the last heartbeat
    types: frozenset[str] = frozenset()
    outbox: list[Parcel] = field(default_factory=list)
    open: bool = True


@dataclass(slots=True)
class Parcel:
    """One frame on its way to a client; without text the channel is closed."""

    text: str | None
    fault: Fault | None = None


@dataclass(slots=True)
class Outcome:
    """What came of a request: for connect, either an answer in place of the handshake or perhaps a session."""

    entry: Entry
    answer: Answer | None
    fault: Fault | None = None
    session: Session | None = None
