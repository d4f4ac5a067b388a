# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of the service's REST API: the request, the response, and what a response means that is not a success."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .catalogue import from_response
from .errors import Failure, Kind, Recovery
from .wire import printable, text_of, vendor_error

# The longest answer of the meeting control is some kilobytes.
_MAX_BYTES = 1024 * 1024


class ApiRequest(NamedTuple):
    """One call of the API, and what it is for in words.

    `endpoint` is what the gateway counts by, `path` the rest of the address with its query. A `write` is repeated only
    when it surely was not carried out. Of the response, `max_bytes` bytes are read.
    """

    endpoint: str
    path: str
    operation: str
    headers: dict[str, str]
    method: str = "GET"
    body: dict[str, Any] | None = None
    write: bool = False
    max_bytes: int = _MAX_BYTES


class ApiResponse:
    """An HTTP response, read whole and parsed as far as it goes."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.text = text_of(content)
        self.request_id = printable(headers.get("X-Request-Id", ""), 80)
        self.parsed = True
        self.body: Any = None
        if self.text:
            try:
                self.body = json.loads(self.text)
            except (ValueError, RecursionError):
                self.parsed = False

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body where it is an object, an empty one where it is something else."""
        return self.body if isinstance(self.body, Mapping) else {}

    @property
    def is_html(self) -> bool:
        """Whether it is a web page, as proxies and portals send it."""
        return self.text[:1] == "<"


def failure_in(request: ApiRequest, response: ApiResponse) -> Failure | None:
    """Return what is wrong with a response, None for a success.

    The documents promise no body for `record`: an empty one and any JSON without an error code are fine.
    """
    if 300 <= response.status < 400:
        return _redirected(request, response)
    page = response.is_html and response.status not in (407, 408, 429)
    if not response.parsed and (response.status < 400 or page):
        return bad_response(request, response, "is not JSON")
    if response.status >= 400 or vendor_error(response.body, success=True)[0]:
        failure = from_response(
            response.status, response.body, operation=request.operation, request_id=response.request_id
        )
        return failure.but(date=response.headers.get("Date", ""))
    return None


def _redirected(request: ApiRequest, response: ApiResponse) -> Failure:
    """Return the failure for a redirect."""
    host = _host(response.headers.get("Location", ""))
    where = f" to {printable(host, 100)}" if host else ""
    return Failure(
        Kind.TRANSPORT,
        f"the answer was a redirect (HTTP {response.status}){where}, which is not followed, because a token must not "
        "travel to another host",
        "Check `api_url`, and whether a portal or proxy stands between",
        operation=request.operation,
        http_status=response.status,
        request_id=response.request_id,
    )


def bad_response(request: ApiRequest, response: ApiResponse, what: str) -> Failure:
    """Return the failure for a response that the API would not give; `what` says why."""
    content_type = printable(response.headers.get("Content-Type", ""), 60) or "no content type"
    page = "a web page, " if response.is_html else ""
    # A 5xx page of a proxy is as passing, and says as little about a write, as any other 5xx.
    doubtful = response.status >= 500 or (request.write and response.status < 400)
    return Failure(
        Kind.SERVICE if response.status >= 500 else Kind.TRANSPORT,
        f"the answer to the request (HTTP {response.status}, {page}{content_type}, {len(response.text)} characters) "
        f"{what}",
        "Check `api_url`, and whether a portal or proxy stands between",
        operation=request.operation,
        http_status=response.status,
        request_id=response.request_id,
        recovery=Recovery.VERIFY if doubtful else Recovery.FAIL,
    )


def _host(url: str) -> str:
    """Return scheme and host of an address from outside, `""` where there is no host; the rest may hold anything."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}" if parts.hostname else ""
    except ValueError:
        return ""
