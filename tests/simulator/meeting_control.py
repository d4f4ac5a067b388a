# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control of one meeting: its tokens, and the start and stop of its recording. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import messages, reading
from .lifecycle import Lifecycle
from .model import Answer, Entry, Meeting
from .reading import Refused
from .site import Site
from .tokens import Grant


class MeetingControl:
    """Answers the calls that need a password or a control token of a meeting."""

    def __init__(self, site: Site, lifecycle: Lifecycle) -> None:
        """Know the meetings, and who changes them."""
        self._site = site
        self._lifecycle = lifecycle
        self._calls: dict[str, Callable[[str, Mapping[str, str], bytes], Answer]] = {
            "token": self._token,
            "wsToken": self._ws_token,
            "record": self._record,
        }

    def answer(self, entry: Entry, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a call as the vendor would, or raise Refused."""
        if not entry.conference_id:
            raise Refused("MMC.112100029")
        return self._calls[entry.endpoint](entry.conference_id, headers, body)

    def issue(self, meeting: Meeting, role: int) -> Grant:
        """Make a control token that is valid from now on."""
        return self._site.tokens.issue(meeting.conference_id, self._site.rule(meeting, "token_lifetime"), role)

    # ---- tokens ----

    def _token(self, conference_id: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        """Grant a control token for a password, or keep one alive."""
        password = reading.password(headers)
        meeting = self._site.meetings.get(conference_id) or self._in_room(conference_id)
        if meeting is None:
            raise Refused("MMC.111072065")
        token = reading.raw(headers.get("X-Conference-Authorization", ""))
        grant = self._site.tokens.grant(token, meeting.conference_id)
        if grant is None:
            role = self._role(meeting, password)
            self._require_running(meeting)
            return self._granted(meeting, self.issue(meeting, role))
        if self._site.rule(meeting, "keep_alive_needs_password") and not password:
            raise Refused("MMC.111070009")
        self._require_running(meeting)
        if self._site.rule(meeting, "keep_alive") == "new":
            self._site.tokens.withdraw(grant)
            grant = self.issue(meeting, grant.role)
        grant.expires = self._site.clock() + self._site.rule(meeting, "token_lifetime")
        return self._granted(meeting, grant)

    def _in_room(self, number: str) -> Meeting | None:
        """Return the running meeting in the room with a number, where the site lets the number stand for it."""
        if not self._site.behaviour.room_number_token:
            return None
        meetings = (meeting for meeting in self._site.meetings.values() if meeting.state == "Created")
        return next((meeting for meeting in meetings if meeting.vmr_conference_id == number), None)

    def _role(self, meeting: Meeting, password: str) -> int:
        """Return the role that a password opens (1 host, 0 guest); count wrong ones towards the lock."""
        if not password:
            raise Refused("MMC.111070009")
        if meeting.wrong_passwords >= self._site.rule(meeting, "login_attempts"):
            raise Refused("MMC.111072064")
        if password not in (meeting.host_password, meeting.guest_password):
            meeting.wrong_passwords += 1
            raise Refused("MMC.111072065")
        meeting.wrong_passwords = 0
        return int(password == meeting.host_password)

    def _granted(self, meeting: Meeting, grant: Grant) -> Answer:
        """Answer with a control token."""
        secrets = {
            "token": grant.token,
            "tmpWsToken": self._site.tokens.secret(),
            "addressToken": self._site.tokens.secret(),
        }
        lifetime = self._site.rule(meeting, "token_lifetime")
        document = messages.control_token(
            meeting, secrets, self._site.ws_url(meeting), grant.role, grant.expires, lifetime
        )
        return messages.ok(document)

    def _ws_token(self, conference_id: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        """Grant a WebSocket login token: short-lived, for one use."""
        meeting, _unused = self._authorised(conference_id, headers)
        self._require_running(meeting)
        token = self._site.tokens.issue_login(conference_id, self._site.rule(meeting, "ws_token_lifetime"))
        document: dict[str, Any] = {"webSocketToken": token}
        if self._site.rule(meeting, "ws_token_place") == "data":
            document = {"returnCode": 0, "data": document}
        return messages.ok(document)

    def _authorised(self, conference_id: str, headers: Mapping[str, str]) -> tuple[Meeting, Grant]:
        """Return the running meeting and the grant that a control request comes with, or refuse."""
        status = self._site.rule(self._site.meetings.get(conference_id), "refused_token")
        token = headers.get("X-Conference-Authorization")
        if not token:
            raise Refused("MMC.111070111", status)
        grant = self._site.tokens.grant(reading.raw(token), conference_id)
        if grant is None:
            raise Refused("MMC.111070004", status)
        return self._site.meetings[conference_id], grant

    def _require_running(self, meeting: Meeting) -> None:
        """Refuse a request for a meeting that has not begun or is over."""
        if meeting.state == "Schedule":
            raise Refused(self._site.rule(meeting, "not_started_code"))
        if meeting.state == "Destroyed":
            raise Refused(self._site.rule(meeting, "ended_code"))

    # ---- recording ----

    def _record(self, conference_id: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Start or stop a recording: accept the order now, let the recorder follow later."""
        meeting, grant = self._authorised(conference_id, headers)
        wanted = reading.recording(body)
        if grant.role != 1:
            raise Refused("MMC.111070002", 403)
        self._require_running(meeting)
        _require_recordable(meeting, wanted)
        redundant = wanted is (meeting.recording if meeting.pending is None else meeting.pending)
        rule = self._site.rule(meeting, "redundant")
        if redundant and rule == "error":
            raise Refused("MMC.111072222" if wanted else "MMC.111072224")
        if not redundant or (wanted and rule == "segment"):
            self._lifecycle.order(meeting, wanted)
        if meeting.allocated < self._site.rule(meeting, "allocating"):
            meeting.allocated += 1
            raise Refused("MMC.111072063")
        if self._site.rule(meeting, "record_body") == "return_code":
            return messages.ok({"returnCode": 0, "returnDesc": "SUCCESS"})
        return messages.ok(None)


def _require_recordable(meeting: Meeting, wanted: bool) -> None:
    """Refuse what the meeting's settings or the enterprise's storage do not allow."""
    if meeting.record_type not in (2, 3):
        raise Refused("MMC.111072020")
    if not wanted:
        return
    if meeting.participants == 0:
        raise Refused("MMC.111072024")
    if meeting.storage != "ok":
        raise Refused("MMC.111072066" if meeting.storage == "none" else "MMC.111072067")
