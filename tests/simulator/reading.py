# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clients sent, read as strictly as the documents allow: a value, or the vendor's error code. Pure functions."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .messages import NOTIFY_TYPES


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
