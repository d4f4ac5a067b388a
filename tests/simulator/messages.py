# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's documents on the wire: bodies and frames, in the shapes of the public samples. Pure functions."""

from __future__ import annotations

import json
import time
from typing import Any

from .model import Answer, Enterprise, Fault, Meeting, User

JSON_TYPE = "application/json;charset=UTF-8"
DYNAMIC = "ConfDynamicInfoNotify"
BASIC = "ConfBasicInfoNotify"
NOTIFY_TYPES = (
    BASIC,
    DYNAMIC,
    "ParticipantsNotify",
    "AttendeesNotify",
    "SpeakerChangeNotify",
    "InviteResultNotify",
    "RealTimeSubtitleNotify",
    "WaitingListNotify",
    "InterpreterGroupNotify",
    "CustomMultiPicNotify",
    "NetworkQualityNotify",
)

# error_msg on the wire: the vendor's symbol without its prefix CMS_. Codes not listed get a generic text.
SYMBOLS = {
    "MMC.111070001": "CONF_BAD_REQUEST",
    "MMC.111070002": "CONF_INSUFFICIENT_PERMISSIONS",
    "MMC.111070003": "CONF_EXCEPTION",
    "MMC.111070004": "CONF_AUTH_FAIL",
    "MMC.111070005": "CONF_DATA_NOT_FOUND",
    "MMC.111070009": "CONF_AUTHEN_NEED_PASSWORD",
    "MMC.111070010": "CONF_ROLE_AUTHENTICATION_FAILED",
    "MMC.111070111": "REQUEST_TOKEN_IS_NULL",
    "MMC.111070121": "FORBIDDEN_SUBSCRIBE",
    "MMC.111071061": "PARAMETER_VERIFIED_FAIL",
    "MMC.111071062": "JSON_CONVERSION_FAILED",
    "MMC.111071072": "CONF_CLOSED_RECENTLY",
    "MMC.111071091": "CONF_PWD_AUTH_FAILED",
    "MMC.111072003": "CONF_IS_CLOSING",
    "MMC.111072004": "CONF_IS_STARTING",
    "MMC.111072005": "CONF_NOT_STARTED",
    "MMC.111072006": "CONF_IS_CLOSED",
    "MMC.111072010": "CONF_NOT_SUPPORT",
    "MMC.111072011": "CONF_STATUS_ILLEGAL",
    "MMC.111072020": "CONF_NOT_SUPPORT_RECORD",
    "MMC.111072021": "RECORD_RESOURCE_NOT_ENOUGH",
    "MMC.111072022": "RECORD_SHEDULE_FAIL",
    "MMC.111072023": "CONF_NOT_HAVE_PART",
    "MMC.111072024": "CONF_NO_PARTICIPANT_JOINED",
    "MMC.111072025": "AUDIO_CONF_NOT_SUPPORT",
    "MMC.111072045": "ON_OFF_NOT_IN_RANGE",
    "MMC.111072049": "RESPONSE_TIME_OUT",
    "MMC.111072050": "CONF_LOCKED",
    "MMC.111072057": "REQUEST_BODY_IS_NULL",
    "MMC.111072063": "RSE_RESREAPPLY",
    "MMC.111072064": "CONF_CTR_LOGIN_LOCKED",
    "MMC.111072065": "CONF_NOT_FOUND_OR_AUTH_FAILED",
    "MMC.111072066": "ORG_NOT_BUY_RECSPACE",
    "MMC.111072067": "ORG_RECSPACE_NOT_ENOUGH",
    "MMC.111072070": "GUEST_NO_PERMISSION_OPERATION",
    "MMC.111072222": "RECORD_START_EXCEPTION",
    "MMC.111072224": "RECORD_STOP_EXCEPTION",
    "MMC.111077104": "CONF_IS_IN_AI_RECORD",
    "MMC.111100012": "CONF_NOT_ON_LOCAL_STATION",
    "MMC.112100000": "SYSPORTAL_EXCEPTION",
    "MMC.112100029": "REQUEST_MISSING_HEADER_OR_PARAM",
    "USG.000000004": "TOKEN_INVALID",
    "USG.206010025": "APPID_AUTH_FAILED",
    "USG.206010057": "APPID_AUTH_EXPIRE",
    "USG.206020000": "INVALID_TOKEN",
    "USG.206020002": "TOKEN_IS_INVAILD_BY_KICKOFF",
    "USG.206030000": "USER_NOT_EXIST",
    "USG.206060011": "REQUEST_PARAM_ERROR",
    "APIG.0101": "The API does not exist or has not been published in the environment",
    "APIG.0202": "Backend unavailable",
    "APIG.0203": "Backend timeout",
}

# Valid JSON of shapes that the documents rule out: a client must neither crash on them nor believe them.
WRONG_TYPES = (
    "[]",
    "7",
    "null",
    "true",
    '"ConfDynamicInfoNotify"',
    "{}",
    '{"action": null}',
    '{"action": ["Subscribe"], "data": {"returnCode": 0}}',
    '{"action": "Subscribe", "sequence": 1, "data": null}',
    '{"action": "Subscribe", "sequence": 1, "data": [0]}',
    '{"action": "Subscribe", "sequence": 1, "data": {"returnCode": "none"}}',
    '{"action": "ConfDynamicInfoNotify", "data": null}',
    '{"action": "ConfDynamicInfoNotify", "state": 7, "recState": "yes"}',
    '{"action": "ConfDynamicInfoNotify", "state": null, "recState": [1]}',
    '{"action": "ConfDynamicInfoNotify", "state": {"a": 1}, "recState": {"b": 0}}',
)

PAGE = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Corporate proxy</h1></body></html>\n"


def ok(document: Any, status: int = 200) -> Answer:
    """Answer with a JSON document, or with an empty body for None."""
    return Answer(status, b"" if document is None else json.dumps(document).encode(), {"Content-Type": JSON_TYPE})


def error(code: str, status: int = 400, message: str | None = None, request_id: str | None = None) -> Answer:
    """Answer with the vendor's error body."""
    document = {"error_code": code, "error_msg": message or SYMBOLS.get(code, "Request failed")}
    if code.startswith("APIG."):
        document["request_id"] = request_id or ""
    answer = ok(document, status)
    answer.code = code
    return answer


def replacement(fault: Fault, request_id: str) -> Answer | None:
    """Return the HTTP answer that a fault gives in place of the right one, if it does."""
    answer = None
    if fault.websocket == "html":
        answer = Answer(200, PAGE.encode(), {"Content-Type": "text/html"})
    elif fault.websocket == "redirect":
        answer = Answer(302, b"", {})
    elif fault.body is not None:
        body = fault.body.encode() if isinstance(fault.body, str) else fault.body
        answer = Answer(fault.status or 200, body, {"Content-Type": JSON_TYPE}, fault.code)
    elif fault.code is not None:
        answer = error(fault.code, fault.status or 400, request_id=request_id)
    elif fault.status is not None:
        answer = Answer(fault.status, b"", {"Content-Type": JSON_TYPE})
    return answer


def throttled(limit: int, seconds: float, request_id: str) -> Answer:
    """Answer of the gateway when a window's quota is used up."""
    window = f"limit:{limit},time:{span(seconds)}"
    message = f"The throttling threshold has been reached: policy api over ratelimit,{window}"
    return error("APIG.0308", 429, message, request_id)


def span(seconds: float) -> str:
    """Name a window as the gateway does: 1 second, 1 minute."""
    return f"{seconds / 60:g} minute" if seconds % 60 == 0 else f"{seconds:g} second"


def control_token(
    meeting: Meeting, secrets: dict[str, str], ws_url: str, role: int, expires: float, lifetime: float
) -> dict[str, Any]:
    """Body of a granted control token; `expires` in seconds since the epoch, `lifetime` in seconds."""
    return {
        "data": {
            "token": secrets["token"],
            "tmpWsToken": secrets["tmpWsToken"],
            "wsURL": ws_url,
            "role": role,
            "expireTime": int(expires * 1000),
            "userID": "7f3a5c1e-0d42-4b8e-9a61-2c5d8e7f9b10",
            "orgID": "807077978",
            "participantID": "",
            "confTokenExpireTime": int(lifetime),
            "vmrCurrentConfID": meeting.conference_id,
            "supportNotifyType": list(NOTIFY_TYPES),
        },
        "addressToken": secrets["addressToken"],
        "gloablPublicIP": "meeting.huaweicloud.com",  # spelt like this by the vendor
    }


def subscribed(sequence: object, code: str | None, desc_key: str) -> dict[str, Any]:
    """Answer to Subscribe: success, or a vendor's error code."""
    result: dict[str, Any] = {"returnCode": 0, desc_key: "SUCCESS"}
    if code is not None:
        result = {"returnCode": int(code.rpartition(".")[2]), desc_key: SYMBOLS.get(code, "FAILED")}
    return {"action": "Subscribe", "sequence": sequence, "data": result}


def dynamic(meeting: Meeting, stamp: dict[str, Any]) -> dict[str, Any]:
    """Full ConfDynamicInfoNotify of a meeting; `stamp` holds version, createTime and msgID."""
    return {
        "action": DYNAMIC,
        **stamp,
        "msgMode": 0,
        "confID": meeting.conference_id,
        "endTime": str(stamp["createTime"] + 3_600_000),
        "mode": "FREE",
        "state": meeting.state,
        "recState": int(meeting.recording),
        "recOccurred": int(meeting.rec_occurred),
        "aiRecState": 0,
        "clientRecState": 0,
        "clientRecMode": 0,
        "lock": 0,
        "mute": 0,
        "lockSharing": 0,
        "canUnmute": 1,
        "chairView": 0,
        "vas": 1,
        "forbiddenChat": 0,
        "picNum": "1",
        "partViewNum": 0,
        "maxPartViewNum": 0,
        "realTimeSubtitle": 0,
        "multiPic": {"picNum": 1, "period": 0, "picInfos": []},
        "confIMGroupId": "",
        "enableShareSetting": 0,
        "callInRestriction": 0,
        "lanChannels": [],
        "allowAudience": False,
        "pause": False,
        "waitingRoomState": 0,
    }


def partial(meeting: Meeting, stamp: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """Incremental ConfDynamicInfoNotify: only what changed. Undocumented, but hinted at."""
    return {"action": DYNAMIC, **stamp, "msgMode": 1, "confID": meeting.conference_id, **changed}


def basic(meeting: Meeting, stamp: dict[str, Any]) -> dict[str, Any]:
    """ConfBasicInfoNotify of a meeting. As at the vendor's it carries the passwords in clear text."""
    return {
        "action": BASIC,
        **stamp,
        "msgMode": 0,
        "confID": meeting.conference_id,
        "displayID": meeting.vmr_conference_id or meeting.conference_id,
        "title": meeting.subject,
        "startTime": str(stamp["createTime"]),
        "scheduledStartTime": str(stamp["createTime"]),
        "pwds": [
            {"role": "chair", "pwd": meeting.host_password},
            {"role": "general", "pwd": meeting.guest_password},
        ],
        # recType and recordType number the same idea differently: 1 is recording here, 2 is recording there.
        "recType": {0: 0, 1: 3, 2: 1, 3: 2}.get(meeting.record_type, 0),
        "media": 2,
        "confMode": meeting.conf_mode,
        "callInRestriction": 0,
        "realTimeSubtitle": 0,
    }


def access_token(
    enterprise: Enterprise, user: User, secrets: dict[str, str], now: float, lifetime: float
) -> dict[str, Any]:
    """Body of a sign-in; `now` by the service's clock in seconds since the epoch, `lifetime` in seconds."""
    return {
        "accessToken": secrets["accessToken"],
        "tokenIp": "192.0.2.17",
        "validPeriod": int(lifetime),
        "expireTime": int(now + lifetime),
        "createTime": int(now * 1000),
        "user": _account(enterprise, user),
        "clientType": 72,
        "forceLoginInd": 0,
        "firstLogin": False,
        "pwdExpired": False,
        "daysPwdAvailable": 0,
        "delayDelete": False,
        "tokenType": 0,
        "refreshToken": secrets["refreshToken"],
        "refreshValidPeriod": int(lifetime),
        "refreshExpireTime": int(now + lifetime),
        "refreshCreateTime": int(now * 1000),
        "proxyToken": {
            "accessToken": secrets["proxyAccessToken"],
            "longAccessToken": secrets["proxyLongAccessToken"],
            "validPeriod": int(lifetime),
            "middleEndUrl": "",
            "middleEndInnerUrl": "",
            "enableRerouting": False,
        },
    }


def _account(enterprise: Enterprise, user: User) -> dict[str, Any]:
    """Who has signed in."""
    return {
        "userId": user.uuid,
        "ucloginAccount": user.user_id,
        "serviceAccount": "",
        "companyId": enterprise.corp_id or "807077978",
        "spId": "",
        "userType": 2,
        "adminType": user.admin_type,
        "name": user.name,
        "nameEn": "",
        "thirdAccount": user.user_id,
        "appId": enterprise.app_id,
        "corpType": 5,
        "status": 0,
    }


def conference_info(meeting: Meeting, booker: User, passwords: dict[str, str | None], as_host: bool) -> dict[str, Any]:
    """ConferenceInfo of a meeting; `passwords` by role, None leaves one out; `as_host` adds the host's link."""
    shown = [(role, text) for role, text in passwords.items() if text is not None]
    links = {"guestJoinUri": meeting.guest_join_uri}
    if as_host:
        links["chairJoinUri"] = meeting.chair_join_uri
    return {
        "conferenceID": meeting.conference_id,
        "mediaTypes": "Voice,Video,Data",
        "subject": meeting.subject,
        "timeZoneID": "56",
        "startTime": minute(meeting.start_time),
        "endTime": minute(meeting.end_time),
        "conferenceState": meeting.state,
        "passwordEntry": [{"conferenceRole": role, "password": text} for role, text in shown],
        "userUUID": booker.uuid,
        "scheduserName": booker.name,  # spelt like this by the vendor
        "deptName": "",
        "multiStreamFlag": 1,
        "conferenceType": 0,
        "confType": "FUTURE",
        "isAutoRecord": int(meeting.auto_record),
        **links,
        "recordType": meeting.record_type,
        "recordAuxStream": 0,
        "recordAuthType": 0,
        "vmrFlag": int(bool(meeting.vmr_conference_id)),
        "vmrID": "",
        "vmrConferenceID": meeting.vmr_conference_id,
        "scheduleVmr": False,
        "concurrentParticipants": 100,
        "confMode": meeting.conf_mode,
        "webinar": meeting.webinar,
        "subConfs": [],
    }


def held(info: dict[str, Any], meeting: Meeting, days_ago: int) -> dict[str, Any]:
    """ConferenceInfo of a holding that is over, so many days before the one that `info` is about."""
    return {
        **info,
        "confUUID": meeting.conf_uuid(days_ago),
        "conferenceState": "Destroyed",
        "startTime": minute(meeting.start_time - days_ago * 86_400),
        "endTime": minute(meeting.end_time - days_ago * 86_400),
        "isHasRecordFile": int(meeting.rec_occurred or days_ago > 0),
    }


def minute(seconds: float) -> str:
    """Name a time, in seconds since the epoch, as the vendor does: in UTC, without its seconds."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))


def participant(user: User, is_host: bool) -> dict[str, Any]:
    """One who was invited to a meeting, or its host."""
    return {"participantID": user.uuid, "name": user.name, "role": int(is_host)}
