# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The enterprise's side of the service: signing in with an App ID, its meetings, and their host passwords."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

from .._core.errors import OVER, START_FIRST, Kind, MeetingError, Recovery, enterprise_advice, printable
from .http import ApiRequest, ApiResponse, Client, RetryBudget, bad_answer

_APPAUTH = "/v2/usg/acs/auth/appauth"
_TOKEN = "/v1/usg/acs/token"
_MEETINGS = "/v1/mmc/management/conferences"
_CLIENT_TYPE = 72  # a program that calls the API
_SIGNATURE_LIFETIME = 600  # seconds
_PAGE = 500  # the most that the service gives
# Pages overlap, so that meetings that end while the list is read, and move the others up, leave no gap.
_OVERLAP = 50
_PASSES = 5
_MOST_PAGES = 10_000
# The history goes back for twelve months at most. The clocks of two machines differ.
_HISTORY = 366 * 86_400  # seconds
_AHEAD = 86_400  # seconds
# What is said where there is no running meeting with an ID; it may be booked or over all the same.
_NO_SUCH_MEETING = ("111070005", "112010004", "111081002")
_LONGEST_LIST = 16 * 1024 * 1024
_STATES = {"Schedule": "not_started", "Creating": "not_started", "Created": "ongoing", "Destroyed": "ended"}
_RECORD_TYPES = {0: "none", 1: "live", 2: "recording", 3: "live_and_recording"}


@dataclass(frozen=True)
class SignIn:
    """With what to sign in: an access token, or App ID and App Key, or both, where the latter renew the former.

    An empty `user_id` is the default administrator; `corp_id` is for service providers only.
    """

    app_id: str = ""
    app_key: str = ""
    user_id: str = ""
    corp_id: str = ""
    access_token: str = ""


def signature(sign_in: SignIn, expires: int, nonce: str) -> str:
    """Return the signature of a sign-in that is good until `expires`, in seconds since the epoch.

    Source: https://support.huaweicloud.com/api-meeting/meeting_21_0311.html
    """
    corp = [sign_in.corp_id] if sign_in.corp_id else []
    text = ":".join([sign_in.app_id, *corp, sign_in.user_id, str(expires), nonce])
    return hmac.new(sign_in.app_key.encode(), text.encode(), hashlib.sha256).hexdigest()


class Enterprise:
    """The sign-in of one run: one access token for all threads, renewed once for all of them. Close it when done.

    `secrets` are the tokens and signatures that came up on the way, and `passwords` the passwords of meetings that are
    to be masked like them. `administrator` is whether its user is one, None where the service did not say.
    """

    def __init__(self, sign_in: SignIn, client: Client) -> None:
        self.secrets: set[str] = set()
        self.passwords: set[str] = set()
        self.administrator: bool | None = None
        self._sign_in = sign_in
        self._client = client
        self._token = sign_in.access_token
        self._own: list[str] = []
        self._renewed = False
        self._refusal: MeetingError | None = None
        self._failures = 0
        self._lock = threading.Lock()

    def sign_in(self, budget: RetryBudget) -> None:
        """Get an access token unless there is one. Raises MeetingError as `Client.control_token` does.

        API: `POST .../appauth`, https://support.huaweicloud.com/api-meeting/meeting_21_0311.html
        """
        failures = self._failures
        with self._lock:
            if self._token:
                return
            # Each meeting of a batch would try it again, up to a lock, or wait for as long as the one before.
            if self._refusal is not None and not (self._refusal.retryable and failures == self._failures):
                raise self._refusal
            try:
                self._token = self._new_token(budget)
            except MeetingError as error:
                self._refusal = error
                self._failures += 1
                raise

    def close(self) -> None:
        """Give back the access tokens that this run made: a user has at most 64 of them. Never raises.

        One that was refused may be good for something else, and count.

        API: `DELETE .../token`, https://support.huaweicloud.com/api-meeting/meeting_21_0309.html
        """
        budget = RetryBudget(0, time.monotonic() + 5)
        while self._own:
            headers = {"X-Access-Token": self._own.pop()}
            with suppress(MeetingError):  # it expires by itself
                self._client.exchange(ApiRequest("logout", _TOKEN, "Could not sign out", headers, "DELETE"), budget)
        self._token = ""

    def host_password(self, conference_id: str, budget: RetryBudget) -> str:
        """Return the host password of a running meeting.

        Raises MeetingError as `Client.control_token` does, `permission` where the user may not see it, and for a
        meeting that is not running `not_started`, `ended` or, where nothing is known of it, `not_found`.
        API: `GET .../online/confDetail`, https://support.huaweicloud.com/api-meeting/meeting_21_0026.html
        """
        operation = f"Could not look up the host password of meeting {conference_id}"
        try:
            answer, meeting = self._detail("online/confDetail", conference_id, operation, budget)
        except MeetingError as unknown:
            if not unknown.code.endswith(_NO_SUCH_MEETING):
                raise
            answer, meeting = self._begun_since(conference_id, unknown, operation, budget)
        return _password_of(meeting, answer, operation, self.administrator is True)

    def _detail(
        self, place: str, conference_id: str, operation: str, budget: RetryBudget
    ) -> tuple[ApiResponse, Mapping[str, Any]]:
        """Return what one of the details tells of a meeting. Raises MeetingError."""
        answer = self._ask(place, {"conferenceID": conference_id, "offset": 0, "limit": 1}, operation, budget)
        meeting = answer.fields.get("conferenceData")
        if not isinstance(meeting, Mapping):
            raise bad_answer(operation, answer, "has no meeting in it")
        return answer, meeting

    def _begun_since(
        self, conference_id: str, unknown: MeetingError, operation: str, budget: RetryBudget
    ) -> tuple[ApiResponse, Mapping[str, Any]]:
        """Return a meeting that did not go on when it was looked for, but has begun since.

        Raises MeetingError: `not_started` or `ended` where the service says so in plain words, else `unknown`. What is
        booked or running counts before what is over, because an ID can be held many times.
        API: `GET .../conferences/confDetail`, https://support.huaweicloud.com/api-meeting/meeting_21_0018.html
        """
        try:
            answer, meeting = self._detail("confDetail", conference_id, operation, budget)
        except MeetingError as error:
            if not error.code.endswith(_NO_SUCH_MEETING):
                raise
            over = self._held(conference_id, operation, budget)
            if over is not None:
                raise _not_running("ended", over, operation) from None
            if not self.administrator:
                unknown.hint += (
                    "; the user of this sign-in may not see it, unless it is an administrator, booked it or is invited"
                )
            raise unknown from None
        state = _STATES.get(_text(meeting, "conferenceState"), "unknown")
        if state in ("not_started", "ended"):
            raise _not_running(state, answer, operation)
        if state == "ongoing" and _list(meeting.get("passwordEntry")):
            return answer, meeting
        try:
            return self._detail("online/confDetail", conference_id, operation, budget)
        except MeetingError as error:
            if not error.code.endswith(_NO_SUCH_MEETING):
                raise
            raise MeetingError(
                Kind.SERVICE,
                "the service knows the meeting, but does not say clearly whether it is running",
                "Try again",
                operation=operation,
                http_status=answer.status,
                request_id=answer.request_id,
                recovery=Recovery.RETRY_LATER,
            ) from None

    def _held(self, conference_id: str, operation: str, budget: RetryBudget) -> ApiResponse | None:
        """Return the answer that shows that a meeting with this ID was held and is over, None where there is none.

        Raises MeetingError.
        API: `GET .../conferences/history`, https://support.huaweicloud.com/api-meeting/meeting_21_0051.html
        """
        now = time.time()
        query = {
            "searchKey": conference_id,
            "queryAll": "true",
            "startDate": int((now - _HISTORY) * 1000),
            "endDate": int((now + _AHEAD) * 1000),
            "sortType": "DSC_StartTIME",
            "limit": _PAGE,
        }
        offset, last = 0, None
        for _page_number in range(_MOST_PAGES):
            answer = self._ask("history", {**query, "offset": offset}, operation, budget)
            page = _page(answer, operation)
            # The search is a fuzzy one: it finds the digits in other IDs and in subjects too.
            if any(one["conference_id"] == conference_id and self._is_over(one) for one in page):
                return answer
            offset += len(page)
            # A service that gives short pages, or does not say how many there are, is asked until nothing new comes.
            told_all = len(page) < _PAGE and 0 < (_number(answer.fields, "count") or 0) <= offset
            if not page or page == last or told_all:
                break
            last = page
        return None

    def _is_over(self, held: Mapping[str, Any]) -> bool:
        """Return whether a meeting of the history proves that the one with its ID is over.

        In a room others meet as well, and who is no administrator may see nothing of a meeting that goes on there.
        """
        return held["state"] == "ended" and (self.administrator is True or not held["room_id"])

    def meetings(self, search: str | None, all_users: bool, booked: bool, budget: RetryBudget) -> list[dict[str, Any]]:
        """Return the ongoing meetings, and on request the booked ones, by start time and ID, without their secrets.

        Without `all_users` only those of the user. Raises MeetingError as `Client.control_token` does, `service` where
        the list cannot be read whole.
        API: `GET .../online` and `GET .../conferences`,
        https://support.huaweicloud.com/api-meeting/meeting_21_0025.html and meeting_21_0017.html
        """
        query: dict[str, Any] = {"queryAll": "true" if all_users else "false"}
        if search:
            query["searchKey"] = search
        found: dict[str, dict[str, Any]] = {}
        if booked:
            # First the booked ones: what begins between the two lists is in both, and what is ongoing counts.
            every = self._all("", {**query, "queryConfMode": "ALL", "sortType": "ASC_StartTIME"}, budget)
            found = {name: meeting for name, meeting in every.items() if meeting["state"] == "not_started"}
        found.update(self._all("online", query, budget))
        return sorted(found.values(), key=lambda meeting: (meeting["start_time"] or "", meeting["conference_id"]))

    def _all(self, place: str, query: Mapping[str, Any], budget: RetryBudget) -> dict[str, dict[str, Any]]:
        """Return all meetings of a list by their IDs. Raises MeetingError `service` where some are missing."""
        operation = "Could not list the meetings"
        found: dict[str, dict[str, Any]] = {}
        for _pass in range(_PASSES):
            total = self._walk(place, query, operation, budget, found)
            if len(found) >= total:
                return found
        raise MeetingError(
            Kind.SERVICE,
            f"the service says that there are {total} meetings, but gave only {len(found)}",
            "Try again",
            operation=operation,
            recovery=Recovery.RETRY_LATER,
        )

    def _walk(
        self,
        place: str,
        query: Mapping[str, Any],
        operation: str,
        budget: RetryBudget,
        found: dict[str, dict[str, Any]],
    ) -> int:
        """Read a list once from its beginning to its end and add to what was `found`; return how long it says it is."""
        offset, step_back, seen, total = 0, _OVERLAP, set[str](), 0
        for _page_number in range(_MOST_PAGES):
            answer = self._ask(place, {**query, "offset": offset, "limit": _PAGE}, operation, budget)
            page = _page(answer, operation)
            total = _number(answer.fields, "count") or 0
            ids = {meeting["conference_id"] for meeting in page}
            if offset and seen.isdisjoint(ids):
                # More meetings ended than the pages overlap, or all that were left: what lies between is unknown.
                offset, step_back = max(0, offset - step_back), step_back * 2
                continue
            found.update((meeting["conference_id"], meeting) for meeting in page)
            # A service that gives short pages, or does not say how many there are, is asked until nothing new comes.
            told_all = len(page) < _PAGE and 0 < total <= offset + len(page)
            if told_all or ids <= seen:
                break
            seen |= ids
            offset, step_back = offset + len(page) - min(_OVERLAP, len(page) // 2), _OVERLAP
        return total

    def _ask(self, place: str, query: Mapping[str, Any], operation: str, budget: RetryBudget) -> ApiResponse:
        """Read something of the management, signed in anew once if the access token is refused.

        Raises MeetingError.
        """
        path = "/".join(part for part in (_MEETINGS, place) if part)

        def call(token: str) -> ApiRequest:
            headers = {"X-Access-Token": token}
            return ApiRequest(place or "booked", f"{path}?{urlencode(query)}", operation, headers, most=_LONGEST_LIST)

        self.sign_in(budget)
        token = self._token
        try:
            return self._client.send(call(token), budget)
        except MeetingError as refusal:
            self._advise(refusal)
            if refusal.recovery is not Recovery.REAUTHENTICATE:
                raise
            renewed = self._renewed_token(token, refusal, budget)
        try:
            return self._client.send(call(renewed), budget)
        except MeetingError as refusal:
            self._advise(refusal)
            raise

    def _advise(self, refusal: MeetingError) -> None:
        """Say what to do about this sign-in, where the catalogue is about another one."""
        app_id = bool(self._sign_in.app_id)
        refusal.hint = enterprise_advice(refusal.hint, refusal.kind, app_id=app_id, renewed=self._renewed)

    def _renewed_token(self, refused: str, refusal: MeetingError, budget: RetryBudget) -> str:
        """Return an access token other than the refused one. Raises `refusal` where there is none to be had."""
        with self._lock:
            if self._token == refused:
                if self._renewed or not self._sign_in.app_id:
                    raise refusal
                self._renewed = True
                self._token = self._new_token(budget)
            return self._token

    def _new_token(self, budget: RetryBudget) -> str:
        """Sign in with App ID and App Key and return the access token. Raises MeetingError."""
        operation = f"Could not sign in with App ID {printable(self._sign_in.app_id, 60)}"
        call, signed = _appauth(self._sign_in, operation)
        self.secrets.add(signed)
        answer = self._client.send(call, budget)
        token = answer.fields.get("accessToken")
        self.secrets |= set(_texts(answer.fields, ("accessToken", "refreshToken", "longAccessToken")))
        if not isinstance(token, str) or not token or not all("!" <= c <= "~" for c in token):
            raise bad_answer(operation, answer, "has no access token in it")
        self._own.append(token)
        user = answer.fields.get("user")
        admin_type = _number(user, "adminType") if isinstance(user, Mapping) else None
        self.administrator = {0: True, 1: True, 2: False}.get(-1 if admin_type is None else admin_type)
        return token


def _appauth(sign_in: SignIn, operation: str) -> tuple[ApiRequest, str]:
    """Return the call that signs in, and its signature, which is a secret for as long as it is good."""
    expires, nonce = int(time.time()) + _SIGNATURE_LIFETIME, str(uuid.uuid4())
    signed = signature(sign_in, expires, nonce)
    access = base64.b64encode(sign_in.app_id.encode()).decode()
    headers = {
        "Authorization": f"HMAC-SHA256 signature={signed},access={access}",
        "X-Token-Type": "LongTicket",
    }
    body: dict[str, Any] = {
        "appId": sign_in.app_id,
        "clientType": _CLIENT_TYPE,
        "expireTime": expires,
        "nonce": nonce,
    }
    for name, value in (("userId", sign_in.user_id), ("corpId", sign_in.corp_id)):
        if value:  # with an empty corpId a single enterprise could not sign in
            body[name] = value
    return ApiRequest("appauth", _APPAUTH, operation, headers, "POST", body), signed


def _password_of(meeting: Mapping[str, Any], answer: ApiResponse, operation: str, administrator: bool) -> str:
    """Return the host password in the detail of a meeting. Raises MeetingError `permission` where it is not shown."""
    others = "its booker" if administrator else "an administrator or its booker"
    for entry in _list(meeting.get("passwordEntry")):
        if isinstance(entry, Mapping) and entry.get("conferenceRole") == "chair":
            password = entry.get("password")
            # What is only hinted at with asterisks must not be tried: failures lock the sign-in.
            if isinstance(password, str) and password.strip("* "):
                return password
    raise MeetingError(
        Kind.PERMISSION,
        "the service does not show it to the user of this sign-in",
        f"Give `host_password` or `token` for this meeting, or sign in as {others}",
        operation=operation,
        http_status=answer.status,
        request_id=answer.request_id,
    )


def _not_running(state: str, answer: ApiResponse, operation: str) -> MeetingError:
    """Return the error for a meeting of which an answer says that it is `not_started` or `ended`."""
    booked = state == "not_started"
    return MeetingError(
        Kind(state),
        "the meeting is booked and has not begun" if booked else "the meeting is over",
        START_FIRST if booked else OVER,
        operation=operation,
        http_status=answer.status,
        request_id=answer.request_id,
        recovery=Recovery.RETRY_LATER if booked else Recovery.FAIL,
        meeting=state,
    )


def _page(answer: ApiResponse, operation: str) -> list[dict[str, Any]]:
    """Return the meetings of one page. Raises MeetingError for what is no page."""
    items = answer.fields.get("data")
    if not isinstance(items, list):
        raise bad_answer(operation, answer, "has no list of meetings in it")
    if not all(isinstance(item, Mapping) and _text(item, "conferenceID") for item in items):
        raise bad_answer(operation, answer, "has a meeting without an ID in it")
    return [_meeting(item) for item in items]


def _meeting(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what concerns people of a ConferenceInfo; what lets into the meeting is left out.

    Source: https://support.huaweicloud.com/api-meeting/meeting_21_0025.html
    """
    record_type = _RECORD_TYPES.get(_number(item, "recordType") or 0, "none")
    return {
        "conference_id": _text(item, "conferenceID"),
        "room_id": _text(item, "vmrConferenceID"),
        "conf_uuid": _text(item, "confUUID"),
        "subject": _text(item, "subject"),
        "booked_by": _text(item, "scheduserName"),
        "department": _text(item, "deptName"),
        "state": _STATES.get(_text(item, "conferenceState"), "unknown"),
        "start_time": _time(_text(item, "startTime")),
        "end_time": _time(_text(item, "endTime")),
        "record_type": record_type,
        "recordable": record_type in ("recording", "live_and_recording"),
        "auto_record": _number(item, "isAutoRecord") == 1,
        "conf_mode": _text(item, "confMode"),
        "webinar": item.get("webinar") is True,
        "media_types": [part.strip() for part in _text(item, "mediaTypes").split(",") if part.strip()],
        "attendees": _number(item, "onlineAttendeeAmount"),
    }


def _time(text: str) -> str | None:
    """Return a time of the service (`YYYY-MM-DD HH:MM`, taken for UTC) in ISO 8601, None where it is none."""
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            pass
    return None


def _text(item: Mapping[str, Any], name: str) -> str:
    """Return a value that is a text or a number, on one line, `""` where it is missing or something else."""
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return printable(value, 1000) if isinstance(value, str) else ""


def _number(item: Mapping[str, Any], name: str) -> int | None:
    """Return a value that is a whole number, as such or as text, None where it is missing or something else."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def _list(value: Any) -> list[Any]:
    """Return a value that is a list, an empty one where it is something else."""
    return value if isinstance(value, list) else []


def _texts(body: Any, names: tuple[str, ...]) -> Any:
    """Yield all texts with these names, wherever they are in a body."""
    if isinstance(body, Mapping):
        for name, value in body.items():
            if name in names and isinstance(value, str) and value:
                yield value
            else:
                yield from _texts(value, names)
