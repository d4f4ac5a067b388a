# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in of an enterprise with an App ID, and signing out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Failure, MeetingError
from ..rest import ApiRequest, ApiResponse, bad_response
from ..retry import moment_of
from ..wire import number, texts
from ..words import SIGNING_OUT, signing_in_with

_APPAUTH = "/v2/usg/acs/auth/appauth"
_TOKEN = "/v1/usg/acs/token"
_CLIENT_TYPE = 72  # a program that calls the API
_LIFETIME = 600  # of a signature, in seconds
_SIGNATURE_EXPIRED = "206010057"
_ADMINISTRATORS = {0: True, 1: True, 2: False}


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


@dataclass(frozen=True)
class AccessToken:
    """An access token, all secrets that came with it, and whether its user is an administrator, None if unsaid."""

    token: str
    secrets: frozenset[str]
    administrator: bool | None


def signature(sign_in: SignIn, expires: int, nonce: str) -> str:
    """Return the signature of a sign-in that is good until `expires`, in seconds since the epoch.

    Source: https://support.huaweicloud.com/api-meeting/meeting_21_0311.html
    """
    corp = [sign_in.corp_id] if sign_in.corp_id else []
    text = ":".join([sign_in.app_id, *corp, sign_in.user_id, str(expires), nonce])
    return hmac.new(sign_in.app_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def appauth(sign_in: SignIn, now: float, nonce: str) -> tuple[ApiRequest, str]:
    """Return the request that signs in, and its signature, which is a secret for as long as it is good.

    API: `POST .../appauth`, https://support.huaweicloud.com/api-meeting/meeting_21_0311.html
    """
    expires = int(now) + _LIFETIME
    signed = signature(sign_in, expires, nonce)
    access = base64.b64encode(sign_in.app_id.encode()).decode()
    headers = {"Authorization": f"HMAC-SHA256 signature={signed},access={access}", "X-Token-Type": "LongTicket"}
    body: dict[str, Any] = {
        "appId": sign_in.app_id,
        "clientType": _CLIENT_TYPE,
        "expireTime": expires,
        "nonce": nonce,
    }
    for name, value in (("userId", sign_in.user_id), ("corpId", sign_in.corp_id)):
        if value:  # with an empty corpId a single enterprise could not sign in
            body[name] = value
    return ApiRequest("appauth", _APPAUTH, signing_in_with(sign_in.app_id), headers, "POST", body), signed


def read_access_token(request: ApiRequest, response: ApiResponse) -> AccessToken:
    """Return the access token in a response. Raises MeetingError where there is none."""
    token = response.fields.get("accessToken")
    if not isinstance(token, str) or not token or not all("!" <= c <= "~" for c in token):
        raise MeetingError(bad_response(request, response, "has no access token in it"))
    user = response.fields.get("user")
    admin_type = number(user, "adminType") if isinstance(user, Mapping) else None
    administrator = _ADMINISTRATORS.get(-1 if admin_type is None else admin_type)
    return AccessToken(token, secrets_in(response), administrator)


def secrets_in(response: ApiResponse) -> frozenset[str]:
    """Return all tokens in a response to a sign-in, usable or not."""
    return frozenset(texts(response.fields, ("accessToken", "refreshToken", "longAccessToken")))


def logout(access_token: str) -> ApiRequest:
    """Return the request that signs out.

    API: `DELETE .../token`, https://support.huaweicloud.com/api-meeting/meeting_21_0309.html
    """
    return ApiRequest("logout", _TOKEN, SIGNING_OUT, {"X-Access-Token": access_token}, "DELETE")


def with_clocks(failure: Failure, now: float) -> Failure:
    """Return the failure of a sign-in; where its signature has expired, with how far the two clocks are apart."""
    theirs = moment_of(failure.date) if failure.has_code(_SIGNATURE_EXPIRED) else None
    if theirs is None:
        return failure
    ahead = round(theirs - now)
    side = "behind" if ahead > 0 else "ahead of"
    return failure.but(
        detail=f"{failure.detail} (the clock of this machine is {abs(ahead)} s {side} that of the service)"
    )
