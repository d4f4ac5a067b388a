# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live channel of one meeting without its socket: what is sent, what frames say, and when a heartbeat is due.

API: https://support.huaweicloud.com/api-meeting/meeting_21_1508.html and the pages 1510 (connect), 1511 (subscribe),
1513 (`ConfDynamicInfoNotify`) and 1520 (heartbeat) beside it. Only `ConfDynamicInfoNotify` is subscribed: others carry
passwords.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from .catalogue import from_response
from .errors import Failure, Kind, MeetingError, Recovery
from .meeting import MeetingPhase, Snapshot, apply_push
from .wire import printable, text_of, vendor_error
from .words import CHANNEL_HOST, reading_live_state

_PATH = "/cms/open/websocket/confctl/increment/conn"
# The service closes a connection that was silent for 180 seconds.
HEARTBEAT_EVERY = 60.0


class Channel:
    """The conversation on one live channel. `snapshot` is what was pushed last, `subscribed` whether that was answered.

    Moments are those of a clock that only goes on, in seconds.
    """

    def __init__(
        self, conference_id: str, meeting_ids: frozenset[str], now: float, heartbeat_every: float = HEARTBEAT_EVERY
    ) -> None:
        # A channel can be opened to a running meeting only.
        self.snapshot = Snapshot(meeting=MeetingPhase.ONGOING)
        self.subscribed = False
        self.due = now + heartbeat_every
        self._conference_id = conference_id
        self._meeting_ids = meeting_ids
        self._heartbeat_every = heartbeat_every

    def subscription(self, token: str, sequence: str) -> str:
        """Return the frame that subscribes to the dynamic state of the meeting.

        API: https://support.huaweicloud.com/api-meeting/meeting_21_1511.html
        """
        # `data` is a JSON text inside the JSON object, and an object in the answer.
        data = {
            "conferenceID": self._conference_id,
            "subscribeType": ["ConfDynamicInfoNotify"],
            "confToken": f"Basic {base64.b64encode(token.encode()).decode()}",
        }
        return json.dumps({"sequence": sequence, "action": "Subscribe", "data": json.dumps(data)})

    def heartbeat(self, now: float, sequence: str) -> str:
        """Return the frame of a heartbeat, `""` where none is due, and note when the next one is."""
        if now < self.due:
            return ""
        self.due = now + self._heartbeat_every
        return json.dumps({"sequence": sequence, "action": "HeartBeat"})

    def receive(self, frame: str | bytes) -> bool:
        """Take in a frame, and return whether it was an answer or a push; anything else is passed over.

        Raises MeetingError where the subscription was refused.
        """
        try:
            message = json.loads(text_of(frame))
        except (ValueError, RecursionError):
            return False
        if not isinstance(message, Mapping):
            return False
        if message.get("action") == "Subscribe" and not self.subscribed:
            self._answered(message)
        elif message.get("action") == "ConfDynamicInfoNotify":
            meeting_id = message.get("confID")
            if meeting_id is None or str(meeting_id) in self._meeting_ids:
                self.snapshot = apply_push(message, self.snapshot)
        return True

    def _answered(self, message: Mapping[str, Any]) -> None:
        """Note the answer to the subscription. Raises MeetingError where it is a refusal."""
        answer = message.get("data", message)
        if vendor_error(answer)[0]:
            operation = reading_live_state(self._conference_id)
            raise MeetingError(from_response(None, answer, operation=operation, channel="the live channel"))
        self.subscribed = True


def address(ws_url: str, conference_id: str, ws_token: str) -> str:
    """Return where to connect to; `ws_url` is the prefix that came with the control token, `ws_token` a secret.

    API: https://support.huaweicloud.com/api-meeting/meeting_21_1510.html
    """
    return f"{ws_url.rstrip('/')}{_PATH}?{urlencode({'confID': conference_id, 'tmpToken': ws_token})}"


def host_of(ws_url: str, conference_id: str) -> str:
    """Return the host of a usable `wsURL`; a token must not travel unencrypted or to a malformed address.

    Raises MeetingError.
    """
    try:
        parts = urlsplit(ws_url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or parts.scheme != "wss" or "@" in parts.netloc or parts.query or parts.fragment:
        # The address is not repeated: it may hold anything.
        what = "an unusable address" if ws_url else "no address"
        detail = f"the service named {what} for the live channel, where wss://host was expected"
        raise MeetingError(unreachable(detail, conference_id))
    return printable(parts.netloc, 80)


def unreachable(detail: str, conference_id: str) -> Failure:
    """Return the failure of a channel that cannot be had."""
    return Failure(
        Kind.TRANSPORT,
        detail,
        CHANNEL_HOST,
        operation=reading_live_state(conference_id),
        recovery=Recovery.VERIFY,
    )


def broken(detail: str, conference_id: str, recovery: Recovery = Recovery.VERIFY) -> Failure:
    """Return the failure of a channel that broke."""
    operation = reading_live_state(conference_id)
    return Failure(Kind.TRANSPORT, detail, "Try again", operation=operation, recovery=recovery)
