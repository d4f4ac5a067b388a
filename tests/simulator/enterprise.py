# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enterprise side of the API: sign-in with an App ID, and what its users may know of its meetings. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from . import messages, reading
from .model import Answer, Enterprise, Entry, Meeting, User
from .reading import Refused
from .site import Site
from .tokens import Access, AccessTokens

_RUNNING = ("Created",)
_NOT_OVER = ("Schedule", "Created")
_DAY = 86_400  # seconds
_HIDDEN = {"absent": None, "empty": "", "masked": "******"}


def signature(app_key: str, app_id: str, corp_id: str, user_id: str, expire_time: int, nonce: str) -> str:
    """Return the signature of a sign-in in lower-case hex; `corp_id` is empty for a single enterprise."""
    parts = [app_id, *([corp_id] if corp_id else []), user_id, str(expire_time), nonce]
    return hmac.new(app_key.encode(), ":".join(parts).encode(), hashlib.sha256).hexdigest()


class Management:
    """Answers the calls that need an access token, and the one that grants it."""

    def __init__(self, site: Site, access: AccessTokens) -> None:
        """Know the world; without an enterprise nobody can sign in."""
        self._site = site
        self._access = access
        self._nonces: set[str] = set()

    def answer(self, entry: Entry, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a call as the vendor would, or raise Refused."""
        if entry.endpoint == "appauth":
            return self._sign_in(reading.sign_in(headers, body))
        access, asker = self._asker(headers)
        if entry.endpoint == "logout":
            self._access.withdraw(access)
            return messages.ok(None)
        if entry.endpoint == "history":
            return self._history(entry, asker)
        states = _RUNNING if entry.endpoint.startswith("online") else _NOT_OVER
        if entry.endpoint.endswith("_detail"):
            return self._detail(entry, asker, states)
        return self._list(entry, asker, states)

    def issue(self, user_id: str) -> Access:
        """Make an access token for a user; ValueError if the enterprise has no such user."""
        if self._site.enterprise is None or self._site.enterprise.user(user_id) is None:
            raise ValueError(f"the enterprise has no user {user_id!r}")
        rules = self._site.behaviour
        return self._access.issue(user_id, rules.access_token_lifetime, rules.access_token_limit)

    # ---- who asks ----

    def _sign_in(self, request: reading.SignIn) -> Answer:
        """Grant an access token for a good signature."""
        enterprise, rules = self._site.enterprise, self._site.behaviour
        now = self._site.clock() + rules.clock_skew
        if enterprise is None or not self._is_signed(request, enterprise):
            raise Refused("USG.206010025", rules.refused_sign_in)
        self._site.tokens.secrets.add(request.signature)  # whoever knows it can sign in until it expires
        if request.expire_time and request.expire_time < now:
            raise Refused("USG.206010057", rules.refused_sign_in)
        user = enterprise.user(request.user_id)
        if user is None:
            raise Refused("USG.206030000", rules.refused_sign_in)
        self._nonces.add(request.nonce)
        secrets = {
            name: self._site.tokens.secret() for name in ("refreshToken", "proxyAccessToken", "proxyLongAccessToken")
        }
        secrets["accessToken"] = self.issue(user.user_id).token
        return messages.ok(messages.access_token(enterprise, user, secrets, now, rules.access_token_lifetime))

    def _is_signed(self, request: reading.SignIn, enterprise: Enterprise) -> bool:
        """Tell whether a sign-in was signed with the App Key, in the right mode, and is no replay."""
        rules = self._site.behaviour
        expected = signature(
            enterprise.app_key,
            enterprise.app_id,
            enterprise.corp_id,
            request.user_id,
            request.expire_time,
            request.nonce,
        )
        access = {base64.b64encode(enterprise.app_id.encode()).decode()}
        allowed = access if rules.access_part_required else {*access, None}
        return (
            request.app_id == enterprise.app_id
            and request.corp_id == (enterprise.corp_id or None)  # a single enterprise must leave it out
            and hmac.compare_digest(request.signature, expected)
            and request.access in allowed
            and not (rules.nonce_once and request.nonce in self._nonces)
        )

    def _asker(self, headers: Mapping[str, str]) -> tuple[Access, User]:
        """Return the access token that a call comes with, and whose it is, or refuse."""
        token = headers.get("X-Access-Token")
        if not token:
            raise Refused("USG.206020000", 401)
        access = self._access.find(token)
        user = self._site.enterprise.user(access.user_id) if access and self._site.enterprise else None
        if access is None or user is None:
            raise Refused("USG.206020002" if self._access.was_pushed_out(token) else "USG.000000004", 401)
        return access, user

    # ---- what they may know ----

    def _list(self, entry: Entry, asker: User, states: tuple[str, ...]) -> Answer:
        """Answer with one page of a list, by start time."""
        rules = self._site.behaviour
        wanted = reading.listing(entry.query, clamp=rules.limit_over_500 == "clamp")
        found = [
            meeting
            for meeting in self._site.meetings.values()
            if meeting.state in states and self._is_listed(meeting, asker, wanted)
        ]
        if rules.list_ties == "shuffled":
            self._site.rng.shuffle(found)
        found.sort(key=lambda meeting: meeting.start_time, reverse=wanted.descending)
        data = [
            self._info(meeting, asker, rules.list_passwords)
            for meeting in found[wanted.offset : wanted.offset + wanted.limit]
        ]
        if entry.endpoint == "online":
            for info in data:
                info["onlineAttendeeAmount"] = self._site.meetings[info["conferenceID"]].attendees
        return messages.ok(_page(wanted, data, len(found), rules.list_total))

    def _history(self, entry: Entry, asker: User) -> Answer:
        """Answer with one page of the meetings that are over; each holding of an ID is a row of its own."""
        rules = self._site.behaviour
        wanted = reading.listing(entry.query, clamp=rules.limit_over_500 == "clamp")
        rows: list[tuple[float, dict[str, Any]]] = []
        for meeting in self._site.meetings.values():
            if not self._is_listed(meeting, asker, wanted):
                continue
            info = self._info(meeting, asker, False)
            for days_ago in range(0 if meeting.state == "Destroyed" else 1, meeting.held + 1):
                start = meeting.start_time - days_ago * _DAY
                if (wanted.begin or start) <= start <= (wanted.end or start):
                    rows.append((start, messages.held(info, meeting, days_ago)))
        rows.sort(key=lambda row: row[0], reverse=wanted.descending)
        data = [row for _start, row in rows[wanted.offset : wanted.offset + wanted.limit]]
        return messages.ok(_page(wanted, data, len(rows), rules.list_total))

    def _is_listed(self, meeting: Meeting, asker: User, wanted: reading.Listing) -> bool:
        """Tell whether a meeting belongs to the list that a user asks for."""
        if not (_takes_part(asker, meeting) or (wanted.everybody and asker.is_administrator)):
            return False
        if wanted.days is not None and meeting.start_time > self._site.clock() + wanted.days * _DAY:
            return False
        texts = (meeting.subject, self._user(meeting.owner).name, meeting.conference_id)
        return any(wanted.search in text.lower() for text in texts)

    def _detail(self, entry: Entry, asker: User, states: tuple[str, ...]) -> Answer:
        """Answer with one meeting and a page of those who are invited."""
        if not entry.conference_id:
            raise Refused("MMC.112100029")
        meeting = self._site.meetings.get(entry.conference_id)
        if meeting is None or meeting.state not in states:
            raise Refused("MMC.111070005")
        if not (asker.is_administrator or _takes_part(asker, meeting)):
            hidden = self._site.behaviour.of(meeting, "foreign_detail") == "not_found"
            raise Refused("MMC.111070005") if hidden else Refused("MMC.111070010", 403)
        wanted = reading.listing(entry.query, clamp=True)
        people = [
            messages.participant(self._user(user_id), user_id == meeting.owner)
            for user_id in dict.fromkeys((meeting.owner, *meeting.invited))
        ]
        document: dict[str, Any] = {
            "conferenceData": self._info(meeting, asker, True),
            "data": _page(wanted, people[wanted.offset : wanted.offset + wanted.limit], len(people), "total"),
        }
        if entry.endpoint == "booked_detail":
            document["role"] = "chair" if asker.user_id == meeting.owner else "general"
        return messages.ok(document)

    def _info(self, meeting: Meeting, asker: User, with_passwords: bool) -> dict[str, Any]:
        """Return what a user may know of a meeting."""
        rules = self._site.behaviour
        as_host = asker.user_id == meeting.owner or (
            asker.is_administrator and rules.of(meeting, "host_password_visible")
        )
        hidden = _HIDDEN[rules.of(meeting, "hidden_password")]
        passwords = {"chair": meeting.host_password if as_host else hidden, "general": meeting.guest_password or None}
        info = messages.conference_info(meeting, self._user(meeting.owner), passwords, as_host)
        if not with_passwords:
            del info["passwordEntry"]
        return info

    def _user(self, user_id: str) -> User:
        """Return a user, or for an ID that the enterprise does not know somebody of that name."""
        known = self._site.enterprise.user(user_id) if self._site.enterprise else None
        return known or User(user_id, 2, user_id)


def _takes_part(user: User, meeting: Meeting) -> bool:
    """Tell whether a user booked a meeting or is invited to it."""
    return user.user_id == meeting.owner or user.user_id in meeting.invited


def _page(wanted: reading.Listing, data: list[dict[str, Any]], total: int, rule: str) -> dict[str, Any]:
    """Return one page in the vendor's wrapping; `rule` is Behaviour.list_total."""
    document = {"offset": wanted.offset, "limit": wanted.limit, "data": data}
    if rule != "missing":
        document["count"] = total if rule == "total" else len(data)
    return document
