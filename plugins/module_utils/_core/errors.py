# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong: the one exception of the collection and the catalogue of the vendor's error codes.

Pure: nothing here talks to a network. Source of the codes: the error code page of the Server API Reference
(https://support.huaweicloud.com/api-meeting/ErrorCode.html) and the public header of the vendor's client SDK.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple


class Kind(str, Enum):
    """The closed set of failure kinds that playbooks may compare with."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    NOT_RECORDABLE = "not_recordable"
    NOBODY_THERE = "nobody_there"
    QUOTA = "quota"
    LOCKED = "locked"
    THROTTLED = "throttled"
    SERVICE = "service"
    TRANSPORT = "transport"
    TLS = "tls"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN_OUTCOME = "unknown_outcome"
    USAGE = "usage"


class Recovery(Enum):
    """What the collection may do by itself about an error."""

    FAIL = "tell the user; the same task would fail again"
    RETRY_LATER = "tell the user; the same task may succeed later"
    REAUTHENTICATE = "sign in anew once, then repeat once"
    RETRY = "the request was surely not carried out and the fault may pass: repeat it after a pause"
    VERIFY = "the fault may pass, but a write may have been carried out: look before repeating a write"
    ACCEPTED = "not a failure: the write is being carried out"


class Entry(NamedTuple):
    """One row of the catalogue.

    `meeting` is `ended` or `not_started` where the code says so without doubt: such a meeting is not being recorded.
    """

    kind: Kind
    meaning: str
    advice: str
    recovery: Recovery = Recovery.FAIL
    meeting: str = ""


class MeetingError(Exception):
    """A failure in words a user can act on.

    `detail` is what came back and `hint` what to do, each a sentence without the full stop; `operation` says what was
    attempted and is filled in by the room that knows. `waited` counts the seconds spent on repeating.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        hint: str,
        *,
        operation: str = "",
        code: str = "",
        http_status: int | None = None,
        request_id: str = "",
        recovery: Recovery = Recovery.FAIL,
        meeting: str = "",
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.hint = hint
        self.operation = operation
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.recovery = recovery
        self.meeting = meeting
        self.waited = 0.0

    @property
    def retryable(self) -> bool:
        """Whether the same task, run again unchanged, has a fair chance."""
        return self.recovery not in (Recovery.FAIL, Recovery.REAUTHENTICATE)

    def __str__(self) -> str:
        """Return what was tried, what came back, how long was waited and what to do."""
        parts = [f"{self.operation}: {self.detail}." if self.operation else f"{self.detail}."]
        if self.waited >= 0.1:
            parts.append(f"Waited for {self.waited:.1f} s in vain.")
        parts.append(f"{self.hint}.")
        if self.request_id:
            parts.append(f"Request ID {self.request_id}.")
        return " ".join(parts)

    def record(self) -> dict[str, Any]:
        """Return the `error` value of a module's result."""
        return {
            "code": self.code,
            "kind": self.kind.value,
            "http_status": self.http_status,
            "request_id": self.request_id,
            "retryable": self.retryable,
            "hint": self.hint,
        }


def vendor_error(body: Any, *, success: bool = False, depth: int = 3) -> tuple[str, str]:
    """Return code and message of an error body, `("", "")` where it holds none.

    The service and its gateway use several shapes: `error_code`, `errorCode`, `returnCode` or `code` with their
    messages, or one of these in an object nested up to `depth` deep. A code of 0 means success. In an answer that
    calls itself a `success`, only the unmistakable shapes at its top level are looked at.
    """
    if not isinstance(body, Mapping):
        return "", ""
    for code_key, text_key in _SHAPES[:3] if success else _SHAPES:
        code = body.get(code_key)
        if isinstance(code, (str, int)) and not isinstance(code, bool) and str(code).strip() not in ("", "0"):
            # The sample of the Subscribe answer ends its key with a blank.
            text = body.get(text_key, body.get(f"{text_key} "))
            return printable(str(code), 40), printable(text, 200) if isinstance(text, str) else ""
    for nested in () if success or not depth else body.values():
        if isinstance(nested, Mapping):
            code, text = vendor_error(nested, depth=depth - 1)
            if code:
                return code, text
    return "", ""


def text_of(content: bytes | str) -> str:
    """Return foreign content that should be JSON as text, without the byte order mark and the blanks around it.

    Gateways and proxies that rewrite an answer may put a mark in front, or send it in UTF-16. What cannot be decoded
    is replaced.
    """
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content), "replace")
    return text.strip("\ufeff" + string.whitespace)


def printable(text: str, limit: int) -> str:
    """Return foreign text on one line, without control characters, at most `limit` characters long.

    It is cut between words: a part of a secret could not be recognized and masked any more.
    """
    start = text[: limit * 4]
    line = " ".join("".join(c if c.isprintable() else " " for c in start).split())
    if len(line) <= limit and len(start) == len(text):
        return line
    return f"{line[: limit - 1].rpartition(' ')[0]}…"


def from_answer(
    http_status: int | None, body: Any, *, operation: str = "", request_id: str = "", channel: str = "the service"
) -> MeetingError:
    """Return the error for an answer that is not a success.

    `http_status` is None for a frame of the WebSocket. The vendor's code decides, matched by the digits after its
    last dot because prefixes differ between documents and wire; without a known code the HTTP status does.
    """
    code, text = vendor_error(body)
    entry = CATALOGUE.get(code.rsplit(".", 1)[-1]) if code else None
    known = entry is not None
    if entry is None:
        entry = _by_status(http_status)
    detail = f"{channel} answered"
    if http_status is not None:
        detail += f" HTTP {http_status}"
    if code:
        detail += f" with {code}" if http_status is not None else f" {code}"
    if text:
        detail += f" ({text})"
    if known or not code:
        detail += f": {entry.meaning}"
    else:
        detail += ": a code that this collection does not know"
    return MeetingError(
        entry.kind,
        detail,
        entry.advice,
        operation=operation,
        code=code,
        http_status=http_status,
        request_id=request_id,
        recovery=entry.recovery,
        meeting=entry.meeting,
    )


def control_advice(hint: str, *, token: bool, password: bool, looked_up: bool, signed_in: bool) -> str:
    """Return what to do about a failure of the control of a meeting, where `hint` may advise what was done already.

    A `token` and a `password` may be at hand, the latter `looked_up` by the enterprise. `signed_in` tells whether the
    token in use was made with the password in this run.
    """
    if hint == _HOST_PASSWORD and password:
        return _ADMINISTRATOR_OF_HOST if signed_in or not token else _TOKEN_BEFORE_PASSWORD
    if hint == _NEW_TOKEN and signed_in:
        return _OWN_TOKEN
    if hint in (_CHECK_PASSWORD, _CHECK_BOTH):
        if looked_up:
            return _LOOKED_UP
        if token and not password:
            return _NEW_TOKEN if hint == _CHECK_PASSWORD else _CHECK_TOKEN
    return hint


def enterprise_advice(hint: str, kind: Kind, *, app_id: bool, renewed: bool) -> str:
    """Return what to do about a refusal of what an access token is needed for; `hint` may be about other tokens.

    `app_id` tells whether the collection can sign in by itself, `renewed` whether it has done so in vain.
    """
    if hint not in (_HOST_PASSWORD, _NEW_TOKEN, _CREDENTIALS):
        return hint
    if kind is Kind.PERMISSION:
        return "Sign in as a user with this right, or ask the administrator of your enterprise"
    if not app_id:
        return "Give a fresh `access_token`, or `app_id` and `app_key`, with which the collection signs in by itself"
    return _OWN_ACCESS_TOKEN if renewed else _CREDENTIALS


def _by_status(http_status: int | None) -> Entry:
    """Return what an HTTP status means where no known code came with it."""
    if http_status is not None and http_status >= 500:
        return Entry(Kind.SERVICE, "the service failed", _LATER, Recovery.VERIFY)
    return _STATUSES.get(http_status or 0, Entry(Kind.SERVICE, "the request was refused", _REPORT))


_SHAPES = (
    ("error_code", "error_msg"),
    ("errorCode", "errorMsg"),
    ("returnCode", "returnDesc"),
    ("code", "message"),
)

# What to do, each a sentence without the full stop.
_REPORT = "Look the code up in the Huawei Cloud API Error Center; if it does not help, report it with the request ID"
_LATER = "Try again later; if it persists, give the request ID to Huawei Cloud support"
_CHECK_URL = "Check `api_url`: it must be the REST host of your site, not a portal"
_CHECK_SITE = (
    "Change `api_url` to the other site: https://api.meeting.huaweicloud.com is China, "
    "https://api-intl.meeting.huaweicloud.com is international"
)
_CHECK_ID = "Check `conference_id`: it is the ID of the running meeting, not a room number or a personal meeting ID"
_CHECK_PASSWORD = "Check `host_password`; do not repeat a wrong one, failures lock the sign-in"
_CHECK_BOTH = (
    "Check `conference_id` and `host_password`, the service does not say which of them is wrong; "
    "do not repeat a wrong one, failures lock the sign-in"
)
_HOST_PASSWORD = "Use the host password of the meeting, or a control token made with it"
_NEW_TOKEN = "Give a fresh `token` (it lives 30 minutes), or `host_password`, from which the collection makes one"
START_FIRST = "Start the meeting, or run this task once it has begun"
OVER = "Nothing can be recorded any more; use the ID of a running meeting"
_UNLOCK_SIGN_IN = "Wait until the lock is lifted and check the password first: trying on may prolong the lock"
_JOIN_FIRST = "Let somebody join the meeting first"
_OTHER_MEETING = "Use the ID of the meeting that is running in the room now"
_ADMINISTRATOR = "Ask the administrator of your enterprise"
_RECORDER = "Try again in a few minutes; if it persists, give the request ID to Huawei Cloud support"
_CREDENTIALS = "Check the App ID, the App Key and the user of the sign-in"
_ADMINISTRATOR_OF_HOST = "The host password was used: ask the administrator of your enterprise"
_TOKEN_BEFORE_PASSWORD = "Leave out `token`: it goes before `host_password`, with which the collection signs in as host"
_CHECK_TOKEN = "Check `conference_id`, and give a fresh `token` (it lives 30 minutes), or `host_password`"
_OWN_TOKEN = (
    "The token was made with the host password just now: try again later; if it persists, give the request ID to "
    "Huawei Cloud support"
)
_LOOKED_UP = (
    "The host password was looked up with the sign-in of the enterprise: see whether it was just changed before you "
    "run the task again, failures lock the sign-in"
)
_OWN_ACCESS_TOKEN = (
    "The sign-in succeeded, and yet its access token was refused: try again later; if it persists, give the request ID "
    "to Huawei Cloud support"
)
_CLOCK = "Set the clock of the machine that runs the task; the signature is only valid for some minutes"

_STATUSES = {
    400: Entry(Kind.USAGE, "the request was invalid", _REPORT),
    401: Entry(Kind.AUTHENTICATION, "the token was refused", _NEW_TOKEN, Recovery.REAUTHENTICATE),
    403: Entry(
        Kind.PERMISSION, "the token does not have the right to do this", _HOST_PASSWORD, Recovery.REAUTHENTICATE
    ),
    404: Entry(Kind.USAGE, "the address does not know this request", _CHECK_URL),
    405: Entry(Kind.USAGE, "the address does not take this request", _CHECK_URL),
    407: Entry(Kind.TRANSPORT, "the proxy wants a sign-in", "Check HTTPS_PROXY and its credentials"),
    408: Entry(Kind.TRANSPORT, "the request took too long to arrive", _LATER, Recovery.VERIFY),
    412: Entry(Kind.PERMISSION, "the account is disabled", _ADMINISTRATOR),
    423: Entry(Kind.LOCKED, "the account is locked", _UNLOCK_SIGN_IN),
    429: Entry(
        Kind.THROTTLED,
        "too many requests",
        "Send fewer requests at a time, or raise `retry_timeout`",
        Recovery.RETRY,
    ),
}

_FAIL, _AGAIN, _RENEW, _RETRY = Recovery.FAIL, Recovery.RETRY_LATER, Recovery.REAUTHENTICATE, Recovery.RETRY
_LOOK, _ACCEPTED = Recovery.VERIFY, Recovery.ACCEPTED

# Keyed by the digits after the last dot of the code.
CATALOGUE: dict[str, Entry] = {
    # The API gateway
    "0101": Entry(Kind.USAGE, "the gateway does not know this path, method or host", _CHECK_URL),
    "0103": Entry(Kind.SERVICE, "the gateway has no backend for this call", _LATER, _RETRY),
    "0105": Entry(Kind.SERVICE, "the gateway's backend is not configured", _LATER, _RETRY),
    "0106": Entry(Kind.USAGE, "the gateway could not arrange the parameters", _REPORT),
    "0201": Entry(Kind.USAGE, "the gateway refused the request as bad or too large", _REPORT),
    "0202": Entry(Kind.SERVICE, "the backend behind the gateway is unreachable", _LATER, _LOOK),
    "0203": Entry(Kind.SERVICE, "the backend behind the gateway timed out", _LATER, _LOOK),
    "0308": Entry(Kind.THROTTLED, "the call quota of this time window is used up", _STATUSES[429].advice, _RETRY),
    "100000429": Entry(Kind.THROTTLED, "the service limits the rate of calls", _STATUSES[429].advice, _RETRY),
    # Meeting service: requests, rights, sign-in
    "111070001": Entry(Kind.USAGE, "the request is malformed", _REPORT),
    "111070002": Entry(Kind.PERMISSION, "the caller lacks the right", _HOST_PASSWORD, _RENEW),
    "111070003": Entry(Kind.SERVICE, "the server failed while handling the request", _LATER, _LOOK),
    "111070004": Entry(Kind.AUTHENTICATION, "the control token was refused", _NEW_TOKEN, _RENEW),
    "111070005": Entry(Kind.NOT_FOUND, "there is no meeting with this ID; it is unknown or over", _CHECK_ID),
    "111070006": Entry(Kind.NOT_FOUND, "there is no cloud meeting room with this ID", _CHECK_ID),
    "111070009": Entry(Kind.AUTHENTICATION, "the meeting password is missing", _CHECK_PASSWORD),
    "111070010": Entry(Kind.PERMISSION, "the caller may not look at this meeting", _ADMINISTRATOR),
    "111070100": Entry(Kind.SERVICE, "the server could not load the running meeting", _LATER, _LOOK),
    "111070101": Entry(Kind.SERVICE, "the server could not start the meeting", _LATER, _LOOK),
    "111070108": Entry(Kind.SERVICE, "the server could not open the meeting", _LATER, _LOOK),
    "111070109": Entry(Kind.SERVICE, "the server could not load the meeting running in the room", _LATER, _LOOK),
    "111070111": Entry(Kind.AUTHENTICATION, "the request carried no control token", _NEW_TOKEN, _RENEW),
    "111070120": Entry(Kind.SERVICE, "the server has no region for this meeting", _LATER, _LOOK),
    "111070121": Entry(
        Kind.PERMISSION,
        "subscribing to the events of this meeting is not allowed",
        _HOST_PASSWORD,
    ),
    # Meeting service: booking and entering
    "111071001": Entry(Kind.SERVICE, "the portal service failed", _LATER, _LOOK),
    "111071002": Entry(Kind.SERVICE, "the conference service failed", _LATER, _LOOK),
    "111071003": Entry(Kind.NOT_FOUND, "the meeting ID could not be resolved now", _CHECK_ID, _RETRY),
    "111071004": Entry(Kind.NOT_STARTED, "the room opens only once the host is in", START_FIRST, _AGAIN, "not_started"),
    "111071005": Entry(Kind.USAGE, "the room is booked by another meeting at that time", _OTHER_MEETING),
    "111071007": Entry(Kind.NOT_FOUND, "the booking of the room is unknown", _CHECK_ID),
    "111071008": Entry(Kind.SERVICE, "the list of meetings could not be read", _LATER, _LOOK),
    "111071011": Entry(Kind.NOT_STARTED, "the meeting of the room is not open yet", START_FIRST, _AGAIN, "not_started"),
    "111071012": Entry(Kind.USAGE, "the meeting does not use a cloud meeting room", _CHECK_ID),
    "111071016": Entry(Kind.USAGE, "a required list is empty", _REPORT),
    "111071031": Entry(Kind.USAGE, "the allow-recording flag has a bad value", _REPORT),
    "111071032": Entry(Kind.USAGE, "the auto-record flag has a bad value", _REPORT),
    "111071038": Entry(Kind.USAGE, "recordType has a bad value", _REPORT),
    "111071048": Entry(Kind.USAGE, "recordAuxStream has a bad value", _REPORT),
    "111071052": Entry(Kind.LOCKED, "the anonymous sign-in is locked for a while", _UNLOCK_SIGN_IN),
    "111071053": Entry(Kind.LOCKED, "the sign-in by link is locked for a while", _UNLOCK_SIGN_IN),
    "111071058": Entry(
        Kind.NOT_STARTED, "the meeting is not open yet, guests cannot come first", START_FIRST, _AGAIN, "not_started"
    ),
    "111071061": Entry(Kind.USAGE, "a parameter failed validation", _REPORT),
    "111071062": Entry(Kind.USAGE, "the body was not usable JSON", _REPORT),
    "111071063": Entry(Kind.PERMISSION, "the caller does not own the room", _ADMINISTRATOR),
    "111071064": Entry(Kind.NOT_FOUND, "the room is already running another meeting", _OTHER_MEETING),
    "111071065": Entry(Kind.USAGE, "a running meeting cannot be edited", _REPORT),
    "111071067": Entry(Kind.USAGE, "a running meeting cannot be cancelled", _REPORT),
    "111071069": Entry(Kind.NOT_FOUND, "there is no meeting in that time span", _CHECK_ID),
    "111071071": Entry(Kind.SERVICE, "the meeting could not be ended", _LATER, _LOOK),
    "111071072": Entry(Kind.ENDED, "the meeting has just ended", OVER, meeting="ended"),
    "111071073": Entry(Kind.PERMISSION, "anonymous callers are refused", _HOST_PASSWORD),
    "111071074": Entry(Kind.PERMISSION, "only users of the enterprise are let in", _ADMINISTRATOR),
    "111071075": Entry(Kind.PERMISSION, "only invited users are let in", _ADMINISTRATOR),
    "111071077": Entry(Kind.PERMISSION, "only invited users and users of the enterprise are let in", _ADMINISTRATOR),
    "111071091": Entry(Kind.AUTHENTICATION, "the meeting password is wrong", _CHECK_PASSWORD),
    "111071106": Entry(Kind.NOT_FOUND, "another meeting is running in this room", _OTHER_MEETING),
    # Meeting service: control of a running meeting
    "111072001": Entry(Kind.SERVICE, "the resources of the meeting could not be had", _LATER, _LOOK),
    "111072002": Entry(Kind.SERVICE, "the resources of the meeting could not be freed", _LATER, _LOOK),
    "111072003": Entry(Kind.ENDED, "the meeting is just ending", OVER, _RETRY, "ended"),
    "111072004": Entry(Kind.NOT_STARTED, "the meeting is just starting", START_FIRST, _RETRY),
    # Named "not started"; programs see it for ended meetings too. Either way the meeting is not running.
    "111072005": Entry(
        Kind.NOT_STARTED,
        "the meeting is not running: it has not begun, or it is over",
        START_FIRST,
        _AGAIN,
        "not_started",
    ),
    "111072006": Entry(Kind.ENDED, "the meeting is over", OVER, meeting="ended"),
    "111072008": Entry(Kind.NOT_FOUND, "there is no such participant", _REPORT),
    "111072010": Entry(
        Kind.NOT_RECORDABLE,
        "the function is not available in this meeting",
        "Record it in the client: some kinds of meeting do not take this call",
    ),
    "111072011": Entry(Kind.NOT_RECORDABLE, "the state of the meeting does not permit this", _LATER, _LOOK),
    "111072012": Entry(Kind.SERVICE, "a control action on a participant failed", _LATER, _LOOK),
    "111072013": Entry(Kind.NOT_FOUND, "the room is running a different meeting", _OTHER_MEETING),
    "111072014": Entry(Kind.ENDED, "the time of the room's meeting has run out", OVER, meeting="ended"),
    "111072015": Entry(Kind.NOT_STARTED, "the meeting of the room has not begun", START_FIRST, _AGAIN, "not_started"),
    "111072016": Entry(Kind.NOT_FOUND, "the booking of the room is missing", _CHECK_ID),
    "111072017": Entry(Kind.NOBODY_THERE, "the meeting has no attendees", _JOIN_FIRST, _AGAIN),
    "111072018": Entry(Kind.AUTHENTICATION, "the host password was refused", _CHECK_PASSWORD),
    "111072020": Entry(
        Kind.NOT_RECORDABLE,
        "the meeting was set up without cloud recording",
        "Create the meeting with cloud recording (recordType 2 or 3); a running meeting cannot be changed",
    ),
    # Symbols and texts of the next two are crossed in the vendor's documents; do not tell them apart.
    "111072021": Entry(Kind.SERVICE, "no recorder could be had", _RECORDER, _RETRY),
    "111072022": Entry(Kind.SERVICE, "no recorder could be had", _RECORDER, _RETRY),
    "111072023": Entry(Kind.NOBODY_THERE, "nobody is in the meeting", _JOIN_FIRST, _AGAIN),
    "111072024": Entry(Kind.NOBODY_THERE, "nobody has joined the meeting yet", _JOIN_FIRST, _AGAIN),
    "111072025": Entry(
        Kind.NOT_RECORDABLE, "an audio meeting cannot be recorded", "Create the meeting as a video meeting"
    ),
    "111072045": Entry(Kind.USAGE, "the on/off value is not allowed", _REPORT),
    "111072049": Entry(Kind.SERVICE, "the media side did not answer in time", _LATER, _LOOK),
    "111072050": Entry(Kind.LOCKED, "the meeting is locked", "Let the host unlock the meeting", _AGAIN),
    "111072057": Entry(Kind.USAGE, "the body is missing", _REPORT),
    "111072059": Entry(Kind.NOT_RECORDABLE, "no host is present", "Let the host join the meeting", _AGAIN),
    "111072060": Entry(Kind.PERMISSION, "ordinary participants cannot do this", _HOST_PASSWORD),
    "111072063": Entry(Kind.SERVICE, "a recorder is still being allocated", _RECORDER, _ACCEPTED),
    "111072064": Entry(Kind.LOCKED, "the control sign-in is locked after failed tries", _UNLOCK_SIGN_IN),
    "111072065": Entry(Kind.AUTHENTICATION, "the meeting ID or the password is wrong", _CHECK_BOTH),
    "111072066": Entry(
        Kind.QUOTA, "the enterprise owns no recording storage", "Buy storage: cloud recording exists only with it"
    ),
    "111072067": Entry(Kind.QUOTA, "the recording storage is full", "Delete recordings or buy more storage"),
    "111072070": Entry(Kind.PERMISSION, "guests may not do this", _HOST_PASSWORD, _RENEW),
    "111072072": Entry(Kind.PERMISSION, "the endpoint cannot act as host", _HOST_PASSWORD),
    "111072109": Entry(Kind.PERMISSION, "the co-host's right must be checked in the home region", _HOST_PASSWORD),
    "111072204": Entry(Kind.QUOTA, "the webinar package is in use already", _ADMINISTRATOR),
    "111072222": Entry(Kind.SERVICE, "the recording could not be started", _RECORDER, _LOOK),
    "111072223": Entry(Kind.SERVICE, "the recording could not be paused", _RECORDER, _LOOK),
    "111072224": Entry(Kind.SERVICE, "the recording could not be stopped", _RECORDER, _LOOK),
    # Meeting service: users, rooms, recorders, regions
    "111073001": Entry(Kind.NOT_FOUND, "the user is unknown", _ADMINISTRATOR),
    "111073002": Entry(Kind.NOT_FOUND, "the enterprise or department is unknown", _ADMINISTRATOR),
    "111073003": Entry(Kind.USAGE, "the data of the user are not valid", _ADMINISTRATOR),
    "111073007": Entry(Kind.QUOTA, "the package of the room is not usable", _ADMINISTRATOR),
    "111073012": Entry(Kind.SERVICE, "the server could not get its internal token", _LATER, _LOOK),
    "111074002": Entry(Kind.PERMISSION, "the caller has no host right", _HOST_PASSWORD, _RENEW),
    "111075003": Entry(Kind.USAGE, "the server could not parse the JSON", _REPORT),
    "111077001": Entry(Kind.SERVICE, "no recorder server is known", _RECORDER, _RETRY),
    "111077101": Entry(Kind.NOT_RECORDABLE, "AI minutes are not supported in this meeting", _REPORT),
    "111077102": Entry(Kind.SERVICE, "the resource for AI minutes is being allocated", _RECORDER, _RETRY),
    "111077103": Entry(Kind.SERVICE, "there is no capacity for AI minutes left", _RECORDER, _RETRY),
    "111077104": Entry(
        Kind.LOCKED, "AI minutes are running, the recording cannot be stopped", "End the AI minutes first", _AGAIN
    ),
    "111077201": Entry(Kind.NOT_FOUND, "the recording file is gone or not visible to the caller", _ADMINISTRATOR),
    "111077202": Entry(Kind.SERVICE, "the recorder refused the server", _RECORDER, _RETRY),
    "111078000": Entry(Kind.SERVICE, "no region can take the request", _LATER, _RETRY),
    "111078001": Entry(Kind.SERVICE, "no site can take the request", _LATER, _RETRY),
    "111081002": Entry(Kind.NOT_FOUND, "the meeting of the participant is unknown or over", _CHECK_ID),
    "111081006": Entry(Kind.AUTHENTICATION, "the participant could not be authenticated", _CHECK_PASSWORD),
    "111081009": Entry(Kind.LOCKED, "the sign-in is locked after too many failures", _UNLOCK_SIGN_IN),
    "111083001": Entry(Kind.SERVICE, "the recorder is unknown", _RECORDER, _RETRY),
    "111100012": Entry(Kind.USAGE, "the meeting lives on another site", _CHECK_SITE),
    # Media layer and portal
    "112010004": Entry(Kind.NOT_FOUND, "the media layer has no such meeting", _CHECK_ID),
    "112100000": Entry(Kind.SERVICE, "the management portal failed", _LATER, _LOOK),
    "112100001": Entry(Kind.USAGE, "the request is malformed", _REPORT),
    "112100002": Entry(Kind.USAGE, "the request is not allowed", _REPORT),
    "112100003": Entry(Kind.NOT_FOUND, "the portal has no such data", _CHECK_ID),
    "112100009": Entry(Kind.SERVICE, "the portal's query failed", _LATER, _LOOK),
    "112100010": Entry(Kind.SERVICE, "the portal could not delete the data", _LATER, _LOOK),
    "112100016": Entry(Kind.SERVICE, "the recorder is already in a meeting", _RECORDER, _LOOK),
    "112100017": Entry(Kind.SERVICE, "the recorder is being removed", _RECORDER, _LOOK),
    "112100019": Entry(Kind.LOCKED, "the user is locked for a while", _UNLOCK_SIGN_IN),
    "112100029": Entry(Kind.USAGE, "a header or parameter is missing", _REPORT),
    # Enterprise sign-in
    "000000004": Entry(Kind.AUTHENTICATION, "the access token is not valid", _CREDENTIALS, _RENEW),
    "206010000": Entry(Kind.AUTHENTICATION, "the account or its password is wrong", _CREDENTIALS),
    "206010007": Entry(Kind.PERMISSION, "the account is not active", _ADMINISTRATOR),
    "206010024": Entry(Kind.USAGE, "the type of authentication is not valid", _REPORT),
    "206010025": Entry(Kind.AUTHENTICATION, "the signature of the App ID was refused", _CREDENTIALS),
    "206010027": Entry(Kind.USAGE, "the type of authentication does not fit", _REPORT),
    "206010030": Entry(Kind.PERMISSION, "the App ID may not create the user by itself", _ADMINISTRATOR),
    "206010031": Entry(Kind.PERMISSION, "the user could not be created automatically", _ADMINISTRATOR),
    "206010036": Entry(Kind.PERMISSION, "ordinary users cannot sign in here", _ADMINISTRATOR),
    "206010057": Entry(Kind.AUTHENTICATION, "the signature of the App ID has expired", _CLOCK, _RENEW),
    "206010058": Entry(Kind.PERMISSION, "no account is bound to the App ID", _ADMINISTRATOR),
    "206010064": Entry(Kind.USAGE, "the account belongs to another site", _CHECK_SITE),
    "206010074": Entry(Kind.USAGE, "the sign-in must be made at another site", _CHECK_SITE),
    "206020000": Entry(Kind.AUTHENTICATION, "the access token is not valid", _CREDENTIALS, _RENEW),
    "206020001": Entry(Kind.AUTHENTICATION, "the access token came from the recovery site", _CREDENTIALS, _RENEW),
    "206020002": Entry(
        Kind.AUTHENTICATION,
        "the access token was pushed out by a newer sign-in",
        "Use one sign-in for all: a user has at most 64 live tokens",
        _RENEW,
    ),
    "206030000": Entry(Kind.NOT_FOUND, "the user is unknown", _ADMINISTRATOR),
    "206030015": Entry(Kind.LOCKED, "the user is locked", "Wait a minute, then run the task again", _AGAIN),
    "206060011": Entry(Kind.USAGE, "a parameter of the request is wrong", _REPORT),
}
