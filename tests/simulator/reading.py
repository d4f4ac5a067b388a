# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clients sent, read as strictly as the documents allow: a value, or the vendor's error code. Pure functions."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .messages import NOTIFY_TYPES

_AUTHORIZATION = re.compile(r"HMAC-SHA256 signature=([0-9A-Fa-f]{64})(?:,access=([A-Za-z0-9+/=]*))?")
_SIGNED = ("appId", "clientType", "expireTime", "nonce", "userId", "corpId")
_FILTERS = ("offset", "limit", "queryAll", "searchKey", "queryConfMode", "sortType", "startDate", "endDate")
_DAYS = {"ADAY": 1, "AWEEK": 7, "AMONTH": 31, "ALL": None}
_SORTED = {"ASC_StartTIME": False, "DSC_StartTIME": True}


class Refused(Exception):
    """A request that the vendor would answer with an error code."""

    def __init__(self, code: str, status: int = 400) -> None:
        """Remember the vendor's code and the HTTP status."""
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(slots=True)
class Subscription:
    """What a Subscribe frame asks for."""

    types: frozenset[str]
    token: str  # raw control token
    conference_id: str | None  # may be left out


@dataclass(slots=True)
class SignIn:
    """A request for an access token."""

    app_id: str
    user_id: str  # empty: the default administrator
    corp_id: str | None  # None: left out
    expire_time: int  # seconds since the epoch; 0: never
    nonce: str
    signature: str  # lower case; empty if the header Authorization cannot be read
    access: str | None  # the App ID in base64, None if it is left out


@dataclass(slots=True)
class Listing:
    """Which part of a list is asked for, and of which list."""

    offset: int
    limit: int
    everybody: bool  # meetings of the whole enterprise
    search: str  # lower case; empty: no filter
    days: int | None  # how far ahead a booked meeting may begin; None: any
    descending: bool
    begin: float | None = None  # of the history: the earliest and the latest start, seconds since the epoch
    end: float | None = None


def parsed(text: str | bytes) -> Any:
    """Return the JSON value of a text, None if it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def raw(token: str) -> str:
    """Return a control token without its Basic wrapping, if it has one."""
    if not token.startswith("Basic "):
        return token
    try:
        return base64.b64decode(token[6:], validate=True).decode()
    except ValueError:
        return ""


def password(headers: Mapping[str, str]) -> str:
    """Return the password of a token request; it may be empty, its header must not be missing."""
    if "X-Password" not in headers or "X-Login-Type" not in headers:
        raise Refused("MMC.112100029")
    if headers["X-Login-Type"] != "1":
        raise Refused("MMC.111071061")
    return headers["X-Password"]


def recording(body: bytes) -> bool:
    """Return what the body of PUT record asks for."""
    if not body.strip():
        raise Refused("MMC.111072057")
    document = parsed(body)
    if not isinstance(document, dict):
        raise Refused("MMC.111071062")
    value = document.get("isRecord")
    if isinstance(value, bool) or not isinstance(value, int) or value not in (0, 1):
        raise Refused("MMC.111072045")
    return value == 1


def subscription(data: object) -> Subscription:
    """Return what the `data` of a Subscribe frame asks for: JSON inside a string, never an object."""
    request = parsed(data) if isinstance(data, str) else None
    if not isinstance(request, dict):
        raise Refused("MMC.111071062")
    token, types = request.get("confToken"), request.get("subscribeType")
    if not isinstance(token, str):
        raise Refused("MMC.111070111")
    if not isinstance(types, list) or not types or not all(name in NOTIFY_TYPES for name in types):
        raise Refused("MMC.111071061")
    return Subscription(frozenset(types), raw(token), request.get("conferenceID"))


def signed(body: bytes) -> dict[str, Any] | None:
    """Return what a sign-in's signature is made of, as it was sent; none of it is secret."""
    document = parsed(body)
    return {name: document[name] for name in _SIGNED if name in document} if isinstance(document, dict) else None


def filters(query: Mapping[str, str]) -> dict[str, str]:
    """Return those query parameters of a list or detail that say what is wanted; none of it is secret."""
    return {name: query[name] for name in _FILTERS if name in query}


def sign_in(headers: Mapping[str, str], body: bytes) -> SignIn:
    """Return what a request for an access token says, without believing it yet."""
    document = parsed(body)
    if not isinstance(document, dict):
        raise Refused("USG.206060011")
    app_id, expire_time, nonce = (document.get(name) for name in ("appId", "expireTime", "nonce"))
    user_id, corp_id = document.get("userId"), document.get("corpId")
    if (
        not isinstance(app_id, str)
        or not isinstance(expire_time, int)
        or isinstance(expire_time, bool)
        or not isinstance(nonce, str)
        or not 32 <= len(nonce) <= 64
        or not isinstance(user_id, (str, type(None)))
        or not isinstance(corp_id, (str, type(None)))
        or document.get("clientType") != 72
    ):
        raise Refused("USG.206060011")
    match = _AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    signature, access = match.groups() if match else ("", None)
    return SignIn(app_id, user_id or "", corp_id, expire_time, nonce, signature.lower(), access)


def listing(query: Mapping[str, str], clamp: bool) -> Listing:
    """Return which part of a list is asked for; a limit above 500 is refused, or with `clamp` lowered to 500."""
    offset, limit = (query.get(name, default) for name, default in (("offset", "0"), ("limit", "20")))
    everybody, search = query.get("queryAll", "false").lower(), query.get("searchKey")
    mode, order = query.get("queryConfMode", "ALL"), query.get("sortType", "ASC_StartTIME")
    begin, end = query.get("startDate"), query.get("endDate")
    if (
        not (offset.isdecimal() and limit.isdecimal())
        or int(limit) == 0
        or (int(limit) > 500 and not clamp)
        or everybody not in ("true", "false")
        or (search is not None and not 1 <= len(search) <= 128)
        or mode not in _DAYS
        or order not in _SORTED
        or not all(date is None or date.isdecimal() for date in (begin, end))
    ):
        raise Refused("MMC.111071061")
    return Listing(
        int(offset),
        min(int(limit), 500),
        everybody == "true",
        (search or "").lower(),
        _DAYS[mode],
        _SORTED[order],
        None if begin is None else int(begin) / 1000,
        None if end is None else int(end) / 1000,
    )
