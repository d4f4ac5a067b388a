# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control of one running meeting: its token, that of its live channel, and the recording."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

from ..errors import MeetingError
from ..rest import ApiRequest, ApiResponse, bad_response
from ..wire import utc_text
from ..words import getting_websocket_token, recording_of, signing_in_to_control

_CONTROL = "/v1/mmc/control/conferences"
# Opaque, but it must survive a header and a URL.
_TOKEN = re.compile(r"[!-~]+", re.ASCII)


@dataclass(frozen=True)
class ControlToken:
    """A control token (30 minutes, one meeting) and what came with it.

    `role` is 1 for a host and 0 for a guest, None where the service did not say. `meeting_ids` are the IDs that the
    service may use for the meeting. `secrets` are all secret values of the answer. `expires_at` is ISO 8601 in UTC.
    """

    token: str
    ws_url: str
    role: int | None
    meeting_ids: frozenset[str]
    secrets: frozenset[str]
    expires_at: str | None = None


def token(conference_id: str, password: str, kept: str = "") -> ApiRequest:
    """Return the request for a control token with the host password, or to keep one alive (then it may be empty).

    API: `GET .../token`, https://support.huaweicloud.com/api-meeting/meeting_21_0027.html
    """
    # The password is mandatory by the documents, though it is not looked at while a token is kept alive.
    headers = {"X-Password": password, "X-Login-Type": "1"}
    if kept:
        headers["X-Conference-Authorization"] = kept
    return ApiRequest("token", _path("token", conference_id), signing_in_to_control(conference_id), headers)


def read_token(conference_id: str, request: ApiRequest, response: ApiResponse) -> ControlToken:
    """Return the control token in a response. Raises MeetingError where there is none."""
    data = response.fields.get("data")
    granted = data.get("token") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(granted, str) or not _TOKEN.fullmatch(granted):
        raise MeetingError(bad_response(request, response, "has no control token in it"))
    secrets = [granted, data.get("tmpWsToken"), response.fields.get("addressToken")]
    ids = [conference_id, data.get("vmrCurrentConfID")]
    ws_url = data.get("wsURL")
    return ControlToken(
        token=granted,
        ws_url=ws_url if isinstance(ws_url, str) else "",
        role={"0": 0, "1": 1}.get(str(data.get("role"))),
        meeting_ids=frozenset(i for i in ids if isinstance(i, str) and i),
        secrets=frozenset(s for s in secrets if isinstance(s, str) and s),
        expires_at=_expiry(data.get("expireTime")),
    )


def ws_token(conference_id: str, control_token: str) -> ApiRequest:
    """Return the request for a WebSocket token, which is good for one connection within a minute.

    API: `GET .../wsToken`, https://support.huaweicloud.com/api-meeting/meeting_21_1506.html
    """
    headers = {"X-Conference-Authorization": control_token}
    return ApiRequest("wsToken", _path("wsToken", conference_id), getting_websocket_token(conference_id), headers)


def read_ws_token(request: ApiRequest, response: ApiResponse) -> str:
    """Return the WebSocket token in a response. Raises MeetingError where there is none."""
    # Seen at the top level and, closer to the servers, inside `data`.
    for place in (response.fields, response.fields.get("data")):
        found = place.get("webSocketToken") if isinstance(place, Mapping) else None
        if isinstance(found, str) and _TOKEN.fullmatch(found):
            return found
    raise MeetingError(bad_response(request, response, "has no WebSocket token in it"))


def record(conference_id: str, control_token: str, start: bool) -> ApiRequest:
    """Return the request that starts or stops the cloud recording; a success means accepted, not begun.

    API: `PUT .../record`, https://support.huaweicloud.com/api-meeting/meeting_21_0043.html
    """
    headers = {"X-Conference-Authorization": control_token}
    operation = recording_of("start" if start else "stop", conference_id)
    path = _path("record", conference_id)
    return ApiRequest("record", path, operation, headers, "PUT", {"isRecord": int(start)}, write=True)


def _path(endpoint: str, conference_id: str) -> str:
    """Return the address of a call of the meeting control."""
    return f"{_CONTROL}/{endpoint}?{urlencode({'conferenceID': conference_id})}"


def _expiry(milliseconds: Any) -> str | None:
    """Return a time of the service, in milliseconds since the epoch, in ISO 8601, None where it is none."""
    try:
        return utc_text(datetime.fromtimestamp(int(milliseconds) / 1000, timezone.utc))
    except (TypeError, ValueError, OverflowError, OSError):
        return None
