# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The meetings of an enterprise: their lists, their details, and their host passwords.

All requests here need an access token, which the shell adds to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict
from urllib.parse import urlencode

from ..errors import Failure, Kind, MeetingError, Recovery
from ..flow import Flow
from ..meeting import phase_of
from ..rest import ApiRequest, ApiResponse, bad_response
from ..wire import list_of, number, text, time_of
from ..words import LISTING_MEETINGS, OVER, START_FIRST, looking_up_password

_MEETINGS = "/v1/mmc/management/conferences"
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
_RECORD_TYPES = {0: "none", 1: "live", 2: "recording", 3: "live_and_recording"}


class MeetingInfo(TypedDict):
    """What concerns people of a meeting of the enterprise. Times are ISO 8601 in UTC."""

    conference_id: str
    room_id: str
    conf_uuid: str
    subject: str
    booked_by: str
    department: str
    state: str
    start_time: str | None
    end_time: str | None
    record_type: str
    recordable: bool
    auto_record: bool
    conf_mode: str
    webinar: bool
    media_types: list[str]
    attendees: int | None


def all_meetings(search: str | None, all_users: bool, booked: bool) -> Flow[list[MeetingInfo]]:
    """Find the ongoing meetings, and on request the booked ones, by start time and ID, without their secrets.

    Without `all_users` only those of the user. Raises MeetingError `service` where the list cannot be read whole.
    API: `GET .../online` and `GET .../conferences`,
    https://support.huaweicloud.com/api-meeting/meeting_21_0025.html and meeting_21_0017.html
    """
    query: dict[str, Any] = {"queryAll": "true" if all_users else "false"}
    if search:
        query["searchKey"] = search
    found: dict[str, MeetingInfo] = {}
    if booked:
        # First the booked ones: what begins between the two lists is in both, and what is ongoing counts.
        every = yield from _all("", {**query, "queryConfMode": "ALL", "sortType": "ASC_StartTIME"})
        found = {name: meeting for name, meeting in every.items() if meeting["state"] == "not_started"}
    found.update((yield from _all("online", query)))
    return sorted(found.values(), key=lambda meeting: (meeting["start_time"] or "", meeting["conference_id"]))


def _all(place: str, query: Mapping[str, Any]) -> Flow[dict[str, MeetingInfo]]:
    """Find all meetings of a list by their IDs. Raises MeetingError `service` where some are missing."""
    found: dict[str, MeetingInfo] = {}
    for _pass in range(_PASSES):
        total = yield from _walk(place, query, found)
        if len(found) >= total:
            return found
    raise MeetingError(
        Failure(
            Kind.SERVICE,
            f"the service says that there are {total} meetings, but gave only {len(found)}",
            "Try again",
            operation=LISTING_MEETINGS,
            recovery=Recovery.RETRY_LATER,
        )
    )


def _walk(place: str, query: Mapping[str, Any], found: dict[str, MeetingInfo]) -> Flow[int]:
    """Read a list once from its beginning to its end and add to what was `found`; return how long it says it is."""
    offset, step_back, seen, total = 0, _OVERLAP, set[str](), 0
    for _page_number in range(_MOST_PAGES):
        request = _request(place, {**query, "offset": offset, "limit": _PAGE}, LISTING_MEETINGS)
        response = yield request
        page = _page(request, response)
        total = number(response.fields, "count") or 0
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


def host_password(conference_id: str, now: float, administrator: Callable[[], bool | None]) -> Flow[str]:
    """Find the host password of a running meeting. `now` is in seconds since the epoch.

    `administrator` tells whether the signed-in user is one, None where the service did not say.
    Raises MeetingError `permission` where the user may not see it, and for a meeting that is not running `not_started`,
    `ended` or, where nothing is known of it, `not_found`.
    API: `GET .../online/confDetail`, https://support.huaweicloud.com/api-meeting/meeting_21_0026.html
    """
    operation = looking_up_password(conference_id)
    try:
        response, meeting = yield from _detail("online/confDetail", conference_id, operation)
    except MeetingError as error:
        if not error.failure.has_code(*_NO_SUCH_MEETING):
            raise
        response, meeting = yield from _begun_since(conference_id, error.failure, now, administrator)
    return _password_of(meeting, response, operation, administrator() is True)


def _detail(place: str, conference_id: str, operation: str) -> Flow[tuple[ApiResponse, Mapping[str, Any]]]:
    """Find what one of the details tells of a meeting. Raises MeetingError."""
    request = _request(place, {"conferenceID": conference_id, "offset": 0, "limit": 1}, operation)
    response = yield request
    meeting = response.fields.get("conferenceData")
    if not isinstance(meeting, Mapping):
        raise MeetingError(bad_response(request, response, "has no meeting in it"))
    return response, meeting


def _begun_since(
    conference_id: str, unknown: Failure, now: float, administrator: Callable[[], bool | None]
) -> Flow[tuple[ApiResponse, Mapping[str, Any]]]:
    """Find a meeting that did not go on when it was looked for, but has begun since.

    Raises MeetingError: `not_started` or `ended` where the service says so in plain words, else `unknown`. What is
    booked or running counts before what is over, because an ID can be held many times.
    API: `GET .../conferences/confDetail`, https://support.huaweicloud.com/api-meeting/meeting_21_0018.html
    """
    operation = unknown.operation
    try:
        response, meeting = yield from _detail("confDetail", conference_id, operation)
    except MeetingError as error:
        if not error.failure.has_code(*_NO_SUCH_MEETING):
            raise
        over = yield from _held(conference_id, operation, now, administrator)
        if over is not None:
            raise MeetingError(_not_running("ended", over, operation)) from None
        raise MeetingError(_unknown_to_user(unknown, administrator())) from None
    state = phase_of(text(meeting, "conferenceState")).value
    if state in ("not_started", "ended"):
        raise MeetingError(_not_running(state, response, operation))
    if state == "ongoing" and list_of(meeting.get("passwordEntry")):
        return response, meeting
    try:
        return (yield from _detail("online/confDetail", conference_id, operation))
    except MeetingError as error:
        if not error.failure.has_code(*_NO_SUCH_MEETING):
            raise
        raise MeetingError(_unclear(response, operation)) from None


def _held(
    conference_id: str, operation: str, now: float, administrator: Callable[[], bool | None]
) -> Flow[ApiResponse | None]:
    """Find the response that shows that a meeting with this ID was held and is over, None where there is none.

    Raises MeetingError.
    API: `GET .../conferences/history`, https://support.huaweicloud.com/api-meeting/meeting_21_0051.html
    """
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
        request = _request("history", {**query, "offset": offset}, operation)
        response: ApiResponse = yield request
        page = _page(request, response)
        # The search is a fuzzy one: it finds the digits in other IDs and in subjects too.
        if any(one["conference_id"] == conference_id and _is_over(one, administrator()) for one in page):
            return response
        offset += len(page)
        # A service that gives short pages, or does not say how many there are, is asked until nothing new comes.
        told_all = len(page) < _PAGE and 0 < (number(response.fields, "count") or 0) <= offset
        if not page or page == last or told_all:
            break
        last = page
    return None


def _is_over(held: MeetingInfo, administrator: bool | None) -> bool:
    """Return whether a meeting of the history proves that the one with its ID is over.

    In a room others meet as well, and who is no administrator may see nothing of a meeting that goes on there.
    """
    return held["state"] == "ended" and (administrator is True or not held["room_id"])


def _request(place: str, query: Mapping[str, Any], operation: str) -> ApiRequest:
    """Return a request to the management of meetings."""
    path = "/".join(part for part in (_MEETINGS, place) if part)
    return ApiRequest(place or "booked", f"{path}?{urlencode(query)}", operation, {}, max_bytes=_LONGEST_LIST)


def _password_of(meeting: Mapping[str, Any], response: ApiResponse, operation: str, administrator: bool) -> str:
    """Return the host password in the detail of a meeting. Raises MeetingError `permission` where it is not shown."""
    others = "its booker" if administrator else "an administrator or its booker"
    for entry in list_of(meeting.get("passwordEntry")):
        if isinstance(entry, Mapping) and entry.get("conferenceRole") == "chair":
            password = entry.get("password")
            # What is only hinted at with asterisks must not be tried: failures lock the sign-in.
            if isinstance(password, str) and password.strip("* "):
                return password
    raise MeetingError(
        Failure(
            Kind.PERMISSION,
            "the service does not show it to the user of this sign-in",
            f"Give `host_password` or `token` for this meeting, or sign in as {others}",
            operation=operation,
            http_status=response.status,
            request_id=response.request_id,
        )
    )


def _unknown_to_user(unknown: Failure, administrator: bool | None) -> Failure:
    """Return the failure of a meeting of which nothing is known to the user of this sign-in."""
    if administrator:
        return unknown
    why = "the user of this sign-in may not see it, unless it is an administrator, booked it or is invited"
    return unknown.but(hint=f"{unknown.hint}; {why}")


def _unclear(response: ApiResponse, operation: str) -> Failure:
    """Return the failure of a meeting that is booked, over and running, by different answers."""
    return Failure(
        Kind.SERVICE,
        "the service knows the meeting, but does not say clearly whether it is running",
        "Try again",
        operation=operation,
        http_status=response.status,
        request_id=response.request_id,
        recovery=Recovery.RETRY_LATER,
    )


def _not_running(state: str, response: ApiResponse, operation: str) -> Failure:
    """Return the failure of a meeting of which a response says that it is `not_started` or `ended`."""
    booked = state == "not_started"
    return Failure(
        Kind(state),
        "the meeting is booked and has not begun" if booked else "the meeting is over",
        START_FIRST if booked else OVER,
        operation=operation,
        http_status=response.status,
        request_id=response.request_id,
        recovery=Recovery.RETRY_LATER if booked else Recovery.FAIL,
        meeting=state,
    )


def _page(request: ApiRequest, response: ApiResponse) -> list[MeetingInfo]:
    """Return the meetings of one page. Raises MeetingError for what is no page."""
    items = response.fields.get("data")
    if not isinstance(items, list):
        raise MeetingError(bad_response(request, response, "has no list of meetings in it"))
    if not all(isinstance(item, Mapping) and text(item, "conferenceID") for item in items):
        raise MeetingError(bad_response(request, response, "has a meeting without an ID in it"))
    return [_meeting(item) for item in items]


def _meeting(item: Mapping[str, Any]) -> MeetingInfo:
    """Return what concerns people of a ConferenceInfo; what lets into the meeting is left out.

    Source: https://support.huaweicloud.com/api-meeting/meeting_21_0025.html
    """
    record_type = _RECORD_TYPES.get(number(item, "recordType") or 0, "none")
    return {
        "conference_id": text(item, "conferenceID"),
        "room_id": text(item, "vmrConferenceID"),
        "conf_uuid": text(item, "confUUID"),
        "subject": text(item, "subject"),
        "booked_by": text(item, "scheduserName"),
        "department": text(item, "deptName"),
        "state": phase_of(text(item, "conferenceState")).value,
        "start_time": time_of(text(item, "startTime")),
        "end_time": time_of(text(item, "endTime")),
        "record_type": record_type,
        "recordable": record_type in ("recording", "live_and_recording"),
        "auto_record": number(item, "isAutoRecord") == 1,
        "conf_mode": text(item, "confMode"),
        "webinar": item.get("webinar") is True,
        "media_types": [part.strip() for part in text(item, "mediaTypes").split(",") if part.strip()],
        "attendees": number(item, "onlineAttendeeAmount"),
    }
