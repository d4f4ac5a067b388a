# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the simulated world is made of: meetings, an enterprise, behaviour, planned faults, log entries. Plain data."""

from __future__ import annotations

import dataclasses
import typing
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from . import fields

CONTROL = "/v1/mmc/control/conferences"
MANAGEMENT = "/v1/mmc/management/conferences"
CONNECT = "/cms/open/websocket/confctl/increment/conn"

# Endpoints over HTTPS: their names here, and method and path at the vendor's.
CONTROL_CALLS = {
    "token": ("GET", f"{CONTROL}/token"),
    "wsToken": ("GET", f"{CONTROL}/wsToken"),
    "record": ("PUT", f"{CONTROL}/record"),
}
ENTERPRISE_CALLS = {
    "appauth": ("POST", "/v2/usg/acs/auth/appauth"),
    "logout": ("DELETE", "/v1/usg/acs/token"),
    "online": ("GET", f"{MANAGEMENT}/online"),
    "online_detail": ("GET", f"{MANAGEMENT}/online/confDetail"),
    "booked": ("GET", MANAGEMENT),
    "booked_detail": ("GET", f"{MANAGEMENT}/confDetail"),
    "history": ("GET", f"{MANAGEMENT}/history"),
}

State = Literal["Schedule", "Created", "Destroyed"]  # not begun, running, over: the vendor's words
Endpoint = Literal[
    "token",
    "wsToken",
    "record",
    "connect",
    "subscribe",
    "push",
    "appauth",
    "logout",
    "online",
    "online_detail",
    "booked",
    "booked_detail",
    "history",
    "*",
]
SocketFault = Literal["silent", "garbage", "close", "html", "redirect", "huge", "pings", "wrong_types"]

# Kept per site: these cannot differ for one meeting.
_SITE_WIDE = (
    "rate_limit",
    "rate_window",
    "retry_after",
    "access_part_required",
    "access_token_lifetime",
    "access_token_limit",
    "clock_skew",
    "limit_over_500",
    "list_passwords",
    "list_ties",
    "list_total",
    "nonce_once",
    "refused_sign_in",
    "room_number_token",
)


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
    rate_window: Literal["call", "refusal"] = "call"  # its first call, or first refusal, begins a window
    retry_after: bool = False  # a throttled answer carries Retry-After
    latency: float = 0.0  # added to each HTTP answer

    # the enterprise side
    refused_sign_in: int = 401  # HTTP status for a sign-in whose App ID, signature, age or user is not accepted
    access_part_required: bool = True  # `,access=` of the sign-in; the newest page requires it, older clients omit it
    nonce_once: bool = False  # the same nonce again is refused, as a replay
    clock_skew: float = 0.0  # seconds that the service's clock is ahead; also in the header Date
    access_token_lifetime: float = 43_200  # documented: 12 to 24 hours
    access_token_limit: int = 64  # live tokens of one user; the next pushes out the oldest
    host_password_visible: bool = True  # an administrator sees the host password of other people's meetings
    hidden_password: Literal["absent", "empty", "masked"] = "absent"  # what stands in place of one that is not shown
    list_passwords: bool = True  # lists carry passwordEntry, as in the vendor's sample; False: only the details do
    list_total: Literal["total", "page", "missing"] = "total"  # what `count` tells; page: only of this page
    list_ties: Literal["stable", "shuffled"] = "stable"  # order of meetings that begin at the same time
    limit_over_500: Literal["refuse", "clamp"] = "refuse"
    foreign_detail: Literal["forbidden", "not_found"] = "forbidden"  # to users who are neither host nor invited
    room_number_token: bool = False  # a control token may be asked for with the number of a meeting's room

    def __post_init__(self) -> None:
        """Refuse a misspelt value at once: it would silently mean the default."""
        fields.checked(Behaviour, vars(self), "behaviour")

    def of(self, meeting: Meeting | None, name: str) -> Any:
        """Return a field, the meeting's own if it has one."""
        if meeting and name in meeting.behaviour:
            return meeting.behaviour[name]
        return getattr(self, name)


@dataclass
class User:
    """A user of the enterprise. Without an ID it is the default administrator, whom every enterprise has."""

    user_id: str = ""
    admin_type: Literal[0, 1, 2] = 0  # 0 default administrator, 1 ordinary administrator, 2 no administrator
    name: str = "Administrator"

    @property
    def is_administrator(self) -> bool:
        """Whether this user may look at all meetings of the enterprise."""
        return self.admin_type in (0, 1)

    @property
    def uuid(self) -> str:
        """The vendor's own ID of this user."""
        return uuid.uuid5(uuid.NAMESPACE_OID, self.user_id).hex


@dataclass
class Enterprise:
    """Who may sign in with an App ID. With a `corp_id` the App ID is that of a service provider (SP mode)."""

    app_id: str
    app_key: str
    corp_id: str = ""
    users: list[User] = field(default_factory=list)  # the default administrator is always among them

    def __post_init__(self) -> None:
        """Refuse what could never sign in; add the default administrator."""
        if not self.app_id or not self.app_key:
            raise ValueError("app_id and app_key must not be empty")
        ids = [user.user_id for user in self.users]
        if len(set(ids)) < len(ids):
            raise ValueError("a user_id is there twice")
        if "" not in ids:
            self.users = [User(), *self.users]

    def user(self, user_id: str) -> User | None:
        """Return a user, None if there is none with that ID."""
        return next((user for user in self.users if user.user_id == user_id), None)


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
    owner: str = ""  # user_id of the one who booked it and is its host
    invited: tuple[str, ...] = ()  # user_ids
    start_time: float = 0  # as booked, seconds since the epoch; 0: around now, as suits the state
    end_time: float = 0
    vmr_conference_id: str = ""  # number of the room that the meeting takes place in, if it does
    conf_mode: Literal["COMMON", "RTC"] = "COMMON"
    auto_record: bool = False
    attendees: int = 1  # onlineAttendeeAmount
    webinar: bool = False
    held: int = 0  # how often a meeting with this ID was held before, each a day earlier: rows of the history
    behaviour: dict[str, Any] = field(default_factory=dict)  # fields of Behaviour that differ for this meeting

    pending: bool | None = field(default=None, init=False)  # what the last accepted PUT asked for, until it is true
    wrong_passwords: int = field(default=0, init=False)
    allocated: int = field(default=0, init=False)  # answers with MMC.111072063 so far
    chair_join_uri: str = field(default="", init=False)  # secret, made by the world
    guest_join_uri: str = field(default="", init=False)

    def __post_init__(self) -> None:
        """Refuse what would only fail later."""
        if not self.conference_id:
            raise ValueError("conference_id must not be empty")
        self.rec_occurred = self.rec_occurred or self.recording
        check_meeting(vars(self))

    def conf_uuid(self, days_ago: int = 0) -> str:
        """The vendor's own ID of this holding, or of one of those before."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.conference_id}/{days_ago}").hex

    def book(self, now: float) -> None:
        """Give the meeting times around `now`, in whole minutes, where it has none."""
        starts_in, lasts = {"Schedule": 3600, "Created": -600, "Destroyed": -7200}[self.state], 3600
        self.start_time = self.start_time or now // 60 * 60 + starts_in
        self.end_time = self.end_time or self.start_time + lasts


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
    recording: bool | None = None  # other hands start or stop the recording: before the request, or after the push
    begins: tuple[str, ...] = ()  # IDs of meetings that begin before the request is handled
    ends: tuple[str, ...] = ()  # IDs of meetings that end before the request is handled
    expires_access_tokens: bool = False  # all access tokens expire before the request is handled
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
    for name in ("state", "storage", "conf_mode", "invited"):
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
    endpoint: str  # one of Endpoint, heartbeat or unknown
    method: str
    path: str  # without the query
    conference_id: str | None
    body: Any  # parsed JSON of a PUT; for appauth what was signed; for subscribe the types asked for; else None
    request_id: str
    header_names: tuple[str, ...] = ()  # lower case
    status: int | None = None  # None: no answer was given
    code: str | None = None  # the vendor's error code; "closed" for a channel closed instead of an answer
    fault: bool = False  # a planned fault had its hand in it
    query: dict[str, str] = field(default_factory=dict)  # paging and filters of a list or detail, as sent


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
