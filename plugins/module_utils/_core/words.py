# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences that users read: what was tried, what to do about it, and why a state is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import Failure, Kind, Recovery
from .meeting import MeetingPhase
from .target import LiveState, Settings, Target
from .wire import printable

# What is attempted, as it stands behind "Could not".
LISTING_MEETINGS = "list the meetings"
SIGNING_OUT = "sign out"


def signing_in_to_control(conference_id: str) -> str:
    """Return the words for signing in to the control of a meeting."""
    return f"sign in to the control of meeting {conference_id}"


def getting_websocket_token(conference_id: str) -> str:
    """Return the words for what a live channel is opened with."""
    return f"get a WebSocket token for meeting {conference_id}"


def reading_live_state(conference_id: str) -> str:
    """Return the words for reading whether a meeting is being recorded."""
    return f"read the live state of meeting {conference_id}"


def recording_of(verb: str, conference_id: str) -> str:
    """Return the words for what is done about a recording: start, stop, confirm."""
    return f"{verb} the recording of meeting {conference_id}"


def looking_up_password(conference_id: str) -> str:
    """Return the words for asking the enterprise for a host password."""
    return f"look up the host password of meeting {conference_id}"


def signing_in_with(app_id: str) -> str:
    """Return the words for the sign-in of an enterprise."""
    return f"sign in with App ID {printable(app_id, 60)}"


# What came back, and what to do about it.
INTERRUPTED = "the run was interrupted"
RUN_AGAIN = "Run the task again"
CHECK_CA = "Give a file with certificates in PEM form as `ca_path`, or a folder prepared with `openssl rehash`"
GUEST = "the service granted the role of a guest, who may not record"
GUEST_PASSWORD = "Give the host password of the meeting as `host_password`; what was used is that of guests"
OR_HOST_TOKEN = "Give the host password of the meeting as `host_password`, or a `token` made with it"
EXPIRED_OR_PASSWORD = "The token may have expired, or it is not kept alive without the password: give `host_password`"
CHANNEL_HOST = "Check that the host of the live channel can be reached (it is not the one of `api_url`)"
WAY_OUT = "`live_state: ignore` does without the live state"
NO_PUSH = "the service pushed no usable recording state"
UNREADABLE = "The live state could not be read"
IGNORED = "`live_state: ignore` does not read the live state."

# What to do, each a sentence without the full stop.
REPORT = "Look the code up in the Huawei Cloud API Error Center; if it does not help, report it with the request ID"
TRY_LATER = "Try again later; if it persists, give the request ID to Huawei Cloud support"
CHECK_URL = "Check `api_url`: it must be the REST host of your site, not a portal"
CHECK_SITE = (
    "Change `api_url` to the other site: https://api.meeting.huaweicloud.com is China, "
    "https://api-intl.meeting.huaweicloud.com is international"
)
CHECK_ID = "Check `conference_id`: it is the ID of the running meeting, not a room number or a personal meeting ID"
CHECK_PASSWORD = "Check `host_password`; do not repeat a wrong one, failures lock the sign-in"
CHECK_BOTH = (
    "Check `conference_id` and `host_password`, the service does not say which of them is wrong; "
    "do not repeat a wrong one, failures lock the sign-in"
)
HOST_PASSWORD = "Use the host password of the meeting, or a control token made with it"
NEW_TOKEN = "Give a fresh `token` (it lives 30 minutes), or `host_password`, from which the collection makes one"
START_FIRST = "Start the meeting, or run this task once it has begun"
OVER = "Nothing can be recorded any more; use the ID of a running meeting"
UNLOCK_SIGN_IN = "Wait until the lock is lifted and check the password first: trying on may prolong the lock"
JOIN_FIRST = "Let somebody join the meeting first"
OTHER_MEETING = "Use the ID of the meeting that is running in the room now"
ADMINISTRATOR = "Ask the administrator of your enterprise"
RECORDER = "Try again in a few minutes; if it persists, give the request ID to Huawei Cloud support"
CREDENTIALS = "Check the App ID, the App Key and the user of the sign-in"
ADMINISTRATOR_OF_HOST = "The host password was used: ask the administrator of your enterprise"
TOKEN_BEFORE_PASSWORD = "Leave out `token`: it goes before `host_password`, with which the collection signs in as host"
CHECK_TOKEN = "Check `conference_id`, and give a fresh `token` (it lives 30 minutes), or `host_password`"
OWN_TOKEN = (
    "The token was made with the host password just now: try again later; if it persists, give the request ID to "
    "Huawei Cloud support"
)
LOOKED_UP = (
    "The host password was looked up with the sign-in of the enterprise: see whether it was just changed before you "
    "run the task again, failures lock the sign-in"
)
OWN_ACCESS_TOKEN = (
    "The sign-in succeeded, and yet its access token was refused: try again later; if it persists, give the request ID "
    "to Huawei Cloud support"
)
CLOCK = "Set the clock of the machine that runs the task; the signature is only valid for some minutes"


def control_advice(hint: str, *, token: bool, password: bool, looked_up: bool, signed_in: bool) -> str:
    """Return what to do about a failure of the control of a meeting, where `hint` may advise what was done already.

    A `token` and a `password` may be at hand, the latter `looked_up` by the enterprise. `signed_in` tells whether the
    token in use was made with the password in this run.
    """
    if hint == HOST_PASSWORD and password:
        return ADMINISTRATOR_OF_HOST if signed_in or not token else TOKEN_BEFORE_PASSWORD
    if hint == NEW_TOKEN and signed_in:
        return OWN_TOKEN
    if hint in (CHECK_PASSWORD, CHECK_BOTH):
        if looked_up:
            return LOOKED_UP
        if token and not password:
            return NEW_TOKEN if hint == CHECK_PASSWORD else CHECK_TOKEN
    return hint


def enterprise_advice(hint: str, kind: Kind, *, app_id: bool, renewed: bool) -> str:
    """Return what to do about a refusal of what an access token is needed for; `hint` may be about other tokens.

    `app_id` tells whether the collection can sign in by itself, `renewed` whether it has done so in vain.
    """
    if hint not in (HOST_PASSWORD, NEW_TOKEN, CREDENTIALS):
        return hint
    if kind is Kind.PERMISSION:
        return "Sign in as a user with this right, or ask the administrator of your enterprise"
    if not app_id:
        return "Give a fresh `access_token`, or `app_id` and `app_key`, with which the collection signs in by itself"
    return OWN_ACCESS_TOKEN if renewed else CREDENTIALS


def came_back(error: Mapping[str, Any]) -> str:
    """Return what came back and what to do, of the `error` of a result."""
    request = f" Request ID {error['request_id']}." if error.get("request_id") else ""
    return f"{error['detail']}. {error['hint']}.{request}"


def no_push(conference_id: str, within: float) -> Failure:
    """Return the failure of a channel on which nothing usable came within so many seconds."""
    return Failure(
        Kind.SERVICE,
        f"{NO_PUSH} within {within:g} s",
        "Try again",
        operation=reading_live_state(conference_id),
        recovery=Recovery.RETRY_LATER,
    )


def why_not_seen(settings: Settings, why: Failure | None, *, listening: bool) -> str:
    """Return why the effect of an accepted request is not seen. It gives no advice: sending again may do harm.

    `why` is why the state could not be read, `listening` whether there is an open channel.
    """
    if settings.live_state is LiveState.IGNORE:
        return IGNORED
    reasons = []
    if why is not None:
        reasons.append(f"Could not {why.operation}: {why.detail}." if why.operation else f"{UNREADABLE}: {why.detail}.")
    if (not settings.wait or not settings.wait_timeout) and (listening or not reasons):
        option = "wait_timeout: 0" if settings.wait else "wait: false"
        reasons.append(f"`{option}` does not wait until the new state is seen.")
    return " ".join(reasons) or f"{NO_PUSH[:1].upper()}{NO_PUSH[1:]}."


def blind_warning(why: Failure, check: bool) -> str:
    """Return the warning of a request that is sent without knowing the state."""
    sent = "would be sent" if check else "is sent"
    return f"{why} The request {sent} without knowing whether the meeting is being recorded, and reported as a change."


def meeting_not_running(phase: MeetingPhase, request_id: str) -> Failure:
    """Return why a recording cannot be had of a meeting that is over, or has not begun."""
    ended = phase is MeetingPhase.ENDED
    return Failure(
        Kind.ENDED if ended else Kind.NOT_STARTED,
        "the meeting is over" if ended else "the meeting has not begun",
        "Use the ID of a running meeting" if ended else "Run this task once the meeting has begun",
        request_id=request_id,
        recovery=Recovery.FAIL if ended else Recovery.RETRY_LATER,
    )


def unconfirmed(target: Target, settings: Settings, why: Failure | None, request_id: str) -> Failure:
    """Return the failure of a request that was accepted but not seen to work in time."""
    reason = f" ({why.detail})" if why is not None else ""
    return Failure(
        Kind.UNCONFIRMED,
        f"the service accepted the request, but the recording was not seen to be {target.wanted.value} within "
        f"{settings.wait_timeout:g} s{reason}",
        "It may still be on its way: run the task again to see, or raise `wait_timeout`",
        operation=recording_of("confirm", target.conference_id),
        request_id=request_id,
        recovery=Recovery.RETRY_LATER,
    )


def unknown_outcome(doubt: Failure, why: Failure | None) -> Failure:
    """Return the failure of a request of which nobody can say whether it was carried out.

    `doubt` is what came back, `why` why the state could not be read afterwards.
    """
    unread = f"; then the live state could not be read ({why.detail})" if why is not None else ""
    return doubt.but(
        kind=Kind.UNKNOWN_OUTCOME,
        detail=f"{doubt.detail}{unread}, so the request may or may not have been carried out",
        hint="Look at the meeting before you send it again: each start may open a new film segment",
        recovery=Recovery.FAIL,
        waited=0.0,
    )


def defect(surprise: Exception, operation: str, *, sent: bool) -> Failure:
    """Return the failure for an exception that nobody foresaw; its text may hold anything, so it is not told."""
    fate = "the request may or may not have been carried out" if sent else "nothing was sent"
    return Failure(
        Kind.UNKNOWN_OUTCOME if sent else Kind.SERVICE,
        f"unexpected {type(surprise).__name__} in {_place(surprise)}; {fate}",
        "This is a defect of the collection: please report it",
        operation=operation,
    )


def _place(surprise: Exception) -> str:
    """Return the innermost place of an exception as `file:line`."""
    trace = surprise.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
