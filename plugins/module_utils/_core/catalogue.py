# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of the vendor's error codes, and what an answer means that is not a success.

Source of the codes: the error code page of the Server API Reference
(https://support.huaweicloud.com/api-meeting/ErrorCode.html) and the public header of the vendor's client SDK.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .errors import Failure, Kind, Recovery
from .wire import vendor_error
from .words import (
    ADMINISTRATOR,
    CHECK_BOTH,
    CHECK_ID,
    CHECK_PASSWORD,
    CHECK_SITE,
    CHECK_URL,
    CLOCK,
    CREDENTIALS,
    HOST_PASSWORD,
    JOIN_FIRST,
    NEW_TOKEN,
    OTHER_MEETING,
    OVER,
    RECORDER,
    REPORT,
    START_FIRST,
    TRY_LATER,
    UNLOCK_SIGN_IN,
)


class Entry(NamedTuple):
    """One row of the catalogue.

    `meeting` is `ended` or `not_started` where the code says so without doubt: such a meeting is not being recorded.
    """

    kind: Kind
    meaning: str
    advice: str
    recovery: Recovery = Recovery.FAIL
    meeting: str = ""


def from_response(
    http_status: int | None, body: Any, *, operation: str = "", request_id: str = "", channel: str = "the service"
) -> Failure:
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
    return Failure(
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


def _by_status(http_status: int | None) -> Entry:
    """Return what an HTTP status means where no known code came with it."""
    if http_status is not None and http_status >= 500:
        return Entry(Kind.SERVICE, "the service failed", TRY_LATER, Recovery.VERIFY)
    return _STATUSES.get(http_status or 0, Entry(Kind.SERVICE, "the request was refused", REPORT))


_STATUSES = {
    400: Entry(Kind.USAGE, "the request was invalid", REPORT),
    401: Entry(Kind.AUTHENTICATION, "the token was refused", NEW_TOKEN, Recovery.REAUTHENTICATE),
    403: Entry(Kind.PERMISSION, "the token does not have the right to do this", HOST_PASSWORD, Recovery.REAUTHENTICATE),
    404: Entry(Kind.USAGE, "the address does not know this request", CHECK_URL),
    405: Entry(Kind.USAGE, "the address does not take this request", CHECK_URL),
    407: Entry(Kind.TRANSPORT, "the proxy wants a sign-in", "Check HTTPS_PROXY and its credentials"),
    408: Entry(Kind.TRANSPORT, "the request took too long to arrive", TRY_LATER, Recovery.VERIFY),
    412: Entry(Kind.PERMISSION, "the account is disabled", ADMINISTRATOR),
    423: Entry(Kind.LOCKED, "the account is locked", UNLOCK_SIGN_IN),
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
    "0101": Entry(Kind.USAGE, "the gateway does not know this path, method or host", CHECK_URL),
    "0103": Entry(Kind.SERVICE, "the gateway has no backend for this call", TRY_LATER, _RETRY),
    "0105": Entry(Kind.SERVICE, "the gateway's backend is not configured", TRY_LATER, _RETRY),
    "0106": Entry(Kind.USAGE, "the gateway could not arrange the parameters", REPORT),
    "0201": Entry(Kind.USAGE, "the gateway refused the request as bad or too large", REPORT),
    "0202": Entry(Kind.SERVICE, "the backend behind the gateway is unreachable", TRY_LATER, _LOOK),
    "0203": Entry(Kind.SERVICE, "the backend behind the gateway timed out", TRY_LATER, _LOOK),
    "0308": Entry(Kind.THROTTLED, "the call quota of this time window is used up", _STATUSES[429].advice, _RETRY),
    "100000429": Entry(Kind.THROTTLED, "the service limits the rate of calls", _STATUSES[429].advice, _RETRY),
    # Meeting service: requests, rights, sign-in
    "111070001": Entry(Kind.USAGE, "the request is malformed", REPORT),
    "111070002": Entry(Kind.PERMISSION, "the caller lacks the right", HOST_PASSWORD, _RENEW),
    "111070003": Entry(Kind.SERVICE, "the server failed while handling the request", TRY_LATER, _LOOK),
    "111070004": Entry(Kind.AUTHENTICATION, "the control token was refused", NEW_TOKEN, _RENEW),
    "111070005": Entry(Kind.NOT_FOUND, "there is no meeting with this ID; it is unknown or over", CHECK_ID),
    "111070006": Entry(Kind.NOT_FOUND, "there is no cloud meeting room with this ID", CHECK_ID),
    "111070009": Entry(Kind.AUTHENTICATION, "the meeting password is missing", CHECK_PASSWORD),
    "111070010": Entry(Kind.PERMISSION, "the caller may not look at this meeting", ADMINISTRATOR),
    "111070100": Entry(Kind.SERVICE, "the server could not load the running meeting", TRY_LATER, _LOOK),
    "111070101": Entry(Kind.SERVICE, "the server could not start the meeting", TRY_LATER, _LOOK),
    "111070108": Entry(Kind.SERVICE, "the server could not open the meeting", TRY_LATER, _LOOK),
    "111070109": Entry(Kind.SERVICE, "the server could not load the meeting running in the room", TRY_LATER, _LOOK),
    "111070111": Entry(Kind.AUTHENTICATION, "the request carried no control token", NEW_TOKEN, _RENEW),
    "111070120": Entry(Kind.SERVICE, "the server has no region for this meeting", TRY_LATER, _LOOK),
    "111070121": Entry(
        Kind.PERMISSION,
        "subscribing to the events of this meeting is not allowed",
        HOST_PASSWORD,
    ),
    # Meeting service: booking and entering
    "111071001": Entry(Kind.SERVICE, "the portal service failed", TRY_LATER, _LOOK),
    "111071002": Entry(Kind.SERVICE, "the conference service failed", TRY_LATER, _LOOK),
    "111071003": Entry(Kind.NOT_FOUND, "the meeting ID could not be resolved now", CHECK_ID, _RETRY),
    "111071004": Entry(Kind.NOT_STARTED, "the room opens only once the host is in", START_FIRST, _AGAIN, "not_started"),
    "111071005": Entry(Kind.USAGE, "the room is booked by another meeting at that time", OTHER_MEETING),
    "111071007": Entry(Kind.NOT_FOUND, "the booking of the room is unknown", CHECK_ID),
    "111071008": Entry(Kind.SERVICE, "the list of meetings could not be read", TRY_LATER, _LOOK),
    "111071011": Entry(Kind.NOT_STARTED, "the meeting of the room is not open yet", START_FIRST, _AGAIN, "not_started"),
    "111071012": Entry(Kind.USAGE, "the meeting does not use a cloud meeting room", CHECK_ID),
    "111071016": Entry(Kind.USAGE, "a required list is empty", REPORT),
    "111071031": Entry(Kind.USAGE, "the allow-recording flag has a bad value", REPORT),
    "111071032": Entry(Kind.USAGE, "the auto-record flag has a bad value", REPORT),
    "111071038": Entry(Kind.USAGE, "recordType has a bad value", REPORT),
    "111071048": Entry(Kind.USAGE, "recordAuxStream has a bad value", REPORT),
    "111071052": Entry(Kind.LOCKED, "the anonymous sign-in is locked for a while", UNLOCK_SIGN_IN),
    "111071053": Entry(Kind.LOCKED, "the sign-in by link is locked for a while", UNLOCK_SIGN_IN),
    "111071058": Entry(
        Kind.NOT_STARTED, "the meeting is not open yet, guests cannot come first", START_FIRST, _AGAIN, "not_started"
    ),
    "111071061": Entry(Kind.USAGE, "a parameter failed validation", REPORT),
    "111071062": Entry(Kind.USAGE, "the body was not usable JSON", REPORT),
    "111071063": Entry(Kind.PERMISSION, "the caller does not own the room", ADMINISTRATOR),
    "111071064": Entry(Kind.NOT_FOUND, "the room is already running another meeting", OTHER_MEETING),
    "111071065": Entry(Kind.USAGE, "a running meeting cannot be edited", REPORT),
    "111071067": Entry(Kind.USAGE, "a running meeting cannot be cancelled", REPORT),
    "111071069": Entry(Kind.NOT_FOUND, "there is no meeting in that time span", CHECK_ID),
    "111071071": Entry(Kind.SERVICE, "the meeting could not be ended", TRY_LATER, _LOOK),
    "111071072": Entry(Kind.ENDED, "the meeting has just ended", OVER, meeting="ended"),
    "111071073": Entry(Kind.PERMISSION, "anonymous callers are refused", HOST_PASSWORD),
    "111071074": Entry(Kind.PERMISSION, "only users of the enterprise are let in", ADMINISTRATOR),
    "111071075": Entry(Kind.PERMISSION, "only invited users are let in", ADMINISTRATOR),
    "111071077": Entry(Kind.PERMISSION, "only invited users and users of the enterprise are let in", ADMINISTRATOR),
    "111071091": Entry(Kind.AUTHENTICATION, "the meeting password is wrong", CHECK_PASSWORD),
    "111071106": Entry(Kind.NOT_FOUND, "another meeting is running in this room", OTHER_MEETING),
    # Meeting service: control of a running meeting
    "111072001": Entry(Kind.SERVICE, "the resources of the meeting could not be had", TRY_LATER, _LOOK),
    "111072002": Entry(Kind.SERVICE, "the resources of the meeting could not be freed", TRY_LATER, _LOOK),
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
    "111072008": Entry(Kind.NOT_FOUND, "there is no such participant", REPORT),
    "111072010": Entry(
        Kind.NOT_RECORDABLE,
        "the function is not available in this meeting",
        "Record it in the client: some kinds of meeting do not take this call",
    ),
    "111072011": Entry(Kind.NOT_RECORDABLE, "the state of the meeting does not permit this", TRY_LATER, _LOOK),
    "111072012": Entry(Kind.SERVICE, "a control action on a participant failed", TRY_LATER, _LOOK),
    "111072013": Entry(Kind.NOT_FOUND, "the room is running a different meeting", OTHER_MEETING),
    "111072014": Entry(Kind.ENDED, "the time of the room's meeting has run out", OVER, meeting="ended"),
    "111072015": Entry(Kind.NOT_STARTED, "the meeting of the room has not begun", START_FIRST, _AGAIN, "not_started"),
    "111072016": Entry(Kind.NOT_FOUND, "the booking of the room is missing", CHECK_ID),
    "111072017": Entry(Kind.NOBODY_THERE, "the meeting has no attendees", JOIN_FIRST, _AGAIN),
    "111072018": Entry(Kind.AUTHENTICATION, "the host password was refused", CHECK_PASSWORD),
    "111072020": Entry(
        Kind.NOT_RECORDABLE,
        "the meeting was set up without cloud recording",
        "Create the meeting with cloud recording (recordType 2 or 3); a running meeting cannot be changed",
    ),
    # Symbols and texts of the next two are crossed in the vendor's documents; do not tell them apart.
    "111072021": Entry(Kind.SERVICE, "no recorder could be had", RECORDER, _RETRY),
    "111072022": Entry(Kind.SERVICE, "no recorder could be had", RECORDER, _RETRY),
    "111072023": Entry(Kind.NOBODY_THERE, "nobody is in the meeting", JOIN_FIRST, _AGAIN),
    "111072024": Entry(Kind.NOBODY_THERE, "nobody has joined the meeting yet", JOIN_FIRST, _AGAIN),
    "111072025": Entry(
        Kind.NOT_RECORDABLE, "an audio meeting cannot be recorded", "Create the meeting as a video meeting"
    ),
    "111072045": Entry(Kind.USAGE, "the on/off value is not allowed", REPORT),
    "111072049": Entry(Kind.SERVICE, "the media side did not answer in time", TRY_LATER, _LOOK),
    "111072050": Entry(Kind.LOCKED, "the meeting is locked", "Let the host unlock the meeting", _AGAIN),
    "111072057": Entry(Kind.USAGE, "the body is missing", REPORT),
    "111072059": Entry(Kind.NOT_RECORDABLE, "no host is present", "Let the host join the meeting", _AGAIN),
    "111072060": Entry(Kind.PERMISSION, "ordinary participants cannot do this", HOST_PASSWORD),
    "111072063": Entry(Kind.SERVICE, "a recorder is still being allocated", RECORDER, _ACCEPTED),
    "111072064": Entry(Kind.LOCKED, "the control sign-in is locked after failed tries", UNLOCK_SIGN_IN),
    "111072065": Entry(Kind.AUTHENTICATION, "the meeting ID or the password is wrong", CHECK_BOTH),
    "111072066": Entry(
        Kind.QUOTA, "the enterprise owns no recording storage", "Buy storage: cloud recording exists only with it"
    ),
    "111072067": Entry(Kind.QUOTA, "the recording storage is full", "Delete recordings or buy more storage"),
    "111072070": Entry(Kind.PERMISSION, "guests may not do this", HOST_PASSWORD, _RENEW),
    "111072072": Entry(Kind.PERMISSION, "the endpoint cannot act as host", HOST_PASSWORD),
    "111072109": Entry(Kind.PERMISSION, "the co-host's right must be checked in the home region", HOST_PASSWORD),
    "111072204": Entry(Kind.QUOTA, "the webinar package is in use already", ADMINISTRATOR),
    "111072222": Entry(Kind.SERVICE, "the recording could not be started", RECORDER, _LOOK),
    "111072223": Entry(Kind.SERVICE, "the recording could not be paused", RECORDER, _LOOK),
    "111072224": Entry(Kind.SERVICE, "the recording could not be stopped", RECORDER, _LOOK),
    # Meeting service: users, rooms, recorders, regions
    "111073001": Entry(Kind.NOT_FOUND, "the user is unknown", ADMINISTRATOR),
    "111073002": Entry(Kind.NOT_FOUND, "the enterprise or department is unknown", ADMINISTRATOR),
    "111073003": Entry(Kind.USAGE, "the data of the user are not valid", ADMINISTRATOR),
    "111073007": Entry(Kind.QUOTA, "the package of the room is not usable", ADMINISTRATOR),
    "111073012": Entry(Kind.SERVICE, "the server could not get its internal token", TRY_LATER, _LOOK),
    "111074002": Entry(Kind.PERMISSION, "the caller has no host right", HOST_PASSWORD, _RENEW),
    "111075003": Entry(Kind.USAGE, "the server could not parse the JSON", REPORT),
    "111077001": Entry(Kind.SERVICE, "no recorder server is known", RECORDER, _RETRY),
    "111077101": Entry(Kind.NOT_RECORDABLE, "AI minutes are not supported in this meeting", REPORT),
    "111077102": Entry(Kind.SERVICE, "the resource for AI minutes is being allocated", RECORDER, _RETRY),
    "111077103": Entry(Kind.SERVICE, "there is no capacity for AI minutes left", RECORDER, _RETRY),
    "111077104": Entry(
        Kind.LOCKED, "AI minutes are running, the recording cannot be stopped", "End the AI minutes first", _AGAIN
    ),
    "111077201": Entry(Kind.NOT_FOUND, "the recording file is gone or not visible to the caller", ADMINISTRATOR),
    "111077202": Entry(Kind.SERVICE, "the recorder refused the server", RECORDER, _RETRY),
    "111078000": Entry(Kind.SERVICE, "no region can take the request", TRY_LATER, _RETRY),
    "111078001": Entry(Kind.SERVICE, "no site can take the request", TRY_LATER, _RETRY),
    "111081002": Entry(Kind.NOT_FOUND, "the meeting of the participant is unknown or over", CHECK_ID),
    "111081006": Entry(Kind.AUTHENTICATION, "the participant could not be authenticated", CHECK_PASSWORD),
    "111081009": Entry(Kind.LOCKED, "the sign-in is locked after too many failures", UNLOCK_SIGN_IN),
    "111083001": Entry(Kind.SERVICE, "the recorder is unknown", RECORDER, _RETRY),
    "111100012": Entry(Kind.USAGE, "the meeting lives on another site", CHECK_SITE),
    # Media layer and portal
    "112010004": Entry(Kind.NOT_FOUND, "the media layer has no such meeting", CHECK_ID),
    "112100000": Entry(Kind.SERVICE, "the management portal failed", TRY_LATER, _LOOK),
    "112100001": Entry(Kind.USAGE, "the request is malformed", REPORT),
    "112100002": Entry(Kind.USAGE, "the request is not allowed", REPORT),
    "112100003": Entry(Kind.NOT_FOUND, "the portal has no such data", CHECK_ID),
    "112100009": Entry(Kind.SERVICE, "the portal's query failed", TRY_LATER, _LOOK),
    "112100010": Entry(Kind.SERVICE, "the portal could not delete the data", TRY_LATER, _LOOK),
    "112100016": Entry(Kind.SERVICE, "the recorder is already in a meeting", RECORDER, _LOOK),
    "112100017": Entry(Kind.SERVICE, "the recorder is being removed", RECORDER, _LOOK),
    "112100019": Entry(Kind.LOCKED, "the user is locked for a while", UNLOCK_SIGN_IN),
    "112100029": Entry(Kind.USAGE, "a header or parameter is missing", REPORT),
    # Enterprise sign-in
    "000000004": Entry(Kind.AUTHENTICATION, "the access token is not valid", CREDENTIALS, _RENEW),
    "206010000": Entry(Kind.AUTHENTICATION, "the account or its password is wrong", CREDENTIALS),
    "206010007": Entry(Kind.PERMISSION, "the account is not active", ADMINISTRATOR),
    "206010024": Entry(Kind.USAGE, "the type of authentication is not valid", REPORT),
    "206010025": Entry(Kind.AUTHENTICATION, "the signature of the App ID was refused", CREDENTIALS),
    "206010027": Entry(Kind.USAGE, "the type of authentication does not fit", REPORT),
    "206010030": Entry(Kind.PERMISSION, "the App ID may not create the user by itself", ADMINISTRATOR),
    "206010031": Entry(Kind.PERMISSION, "the user could not be created automatically", ADMINISTRATOR),
    "206010036": Entry(Kind.PERMISSION, "ordinary users cannot sign in here", ADMINISTRATOR),
    "206010057": Entry(Kind.AUTHENTICATION, "the signature of the App ID has expired", CLOCK, _RENEW),
    "206010058": Entry(Kind.PERMISSION, "no account is bound to the App ID", ADMINISTRATOR),
    "206010064": Entry(Kind.USAGE, "the account belongs to another site", CHECK_SITE),
    "206010074": Entry(Kind.USAGE, "the sign-in must be made at another site", CHECK_SITE),
    "206020000": Entry(Kind.AUTHENTICATION, "the access token is not valid", CREDENTIALS, _RENEW),
    "206020001": Entry(Kind.AUTHENTICATION, "the access token came from the recovery site", CREDENTIALS, _RENEW),
    "206020002": Entry(
        Kind.AUTHENTICATION,
        "the access token was pushed out by a newer sign-in",
        "Use one sign-in for all: a user has at most 64 live tokens",
        _RENEW,
    ),
    "206030000": Entry(Kind.NOT_FOUND, "the user is unknown", ADMINISTRATOR),
    "206030015": Entry(Kind.LOCKED, "the user is locked", "Wait a minute, then run the task again", _AGAIN),
    "206060011": Entry(Kind.USAGE, "a parameter of the request is wrong", REPORT),
}
