# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all rooms of the world share: behaviour, meetings, time, tokens and secrets, and the log of requests. Pure."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .agenda import Agenda
from .model import Behaviour, Enterprise, Entry, Meeting
from .tokens import Tokens


class Site:
    """The ground that the rooms stand on. It does nothing by itself."""

    def __init__(self, behaviour: Behaviour, clock: Callable[[], float], rng: random.Random) -> None:
        """Start empty. `clock` gives seconds since the epoch; `rng` makes tokens and request IDs."""
        self.behaviour = behaviour
        self.meetings: dict[str, Meeting] = {}
        self.log: list[Entry] = []
        self.clock = clock
        self.rng = rng
        self.lock = threading.RLock()  # held by whoever is in from outside
        self.agenda = Agenda(clock, self.lock)
        self.tokens = Tokens(clock, rng)
        self.ports = (443, 443)  # of the trusted and of the untrusted listener, for wsURL
        self._enterprise: Enterprise | None = None
        self._numbers = itertools.count(1)

    @property
    def enterprise(self) -> Enterprise | None:
        """Who may sign in with an App ID; None: nobody, as if the App ID were unknown."""
        return self._enterprise

    @enterprise.setter
    def enterprise(self, enterprise: Enterprise | None) -> None:
        """Found an enterprise, or replace it; access tokens stay those of the users with the same IDs."""
        with self.lock:
            self._enterprise = enterprise
            self._remember_app_key()

    def rule(self, meeting: Meeting | None, name: str) -> Any:
        """Return a field of the behaviour, the meeting's own if it has one."""
        return self.behaviour.of(meeting, name)

    def ws_url(self, meeting: Meeting | None) -> str:
        """Return the prefix of the WebSocket address, without a path."""
        port = self.ports[0 if self.rule(meeting, "ws_trusted") else 1]
        return f"{self.rule(meeting, 'ws_scheme')}://{self.rule(meeting, 'ws_host')}:{port}"

    # ---- the log ----

    def enter(
        self, endpoint: str, conference_id: str | None, method: str, path: str, headers: Mapping[str, str]
    ) -> Entry:
        """Open a log entry for a request that has just arrived."""
        names = tuple(name.lower() for name in headers)
        request_id = f"{self.rng.getrandbits(128):032x}"
        number = next(self._numbers)
        entry = Entry(number, self.clock(), endpoint, method, path, conference_id, None, request_id, names)
        self.log.append(entry)
        return entry

    def requests(self, endpoint: str | None = None, conference_id: str | None = None) -> list[Entry]:
        """Return the logged requests, oldest first; None means any."""
        with self.lock:
            return [
                entry
                for entry in self.log
                if endpoint in (None, entry.endpoint) and conference_id in (None, entry.conference_id)
            ]

    def writes(self, conference_id: str | None = None) -> list[int]:
        """Return isRecord of every PUT record that arrived, accepted or not; -1 where there was none to read."""
        values = []
        for entry in self.requests("record", conference_id):
            value = entry.body.get("isRecord") if isinstance(entry.body, dict) else None
            values.append(value if isinstance(value, int) and not isinstance(value, bool) else -1)
        return values

    # ---- secrets ----

    def secrets(self) -> set[str]:
        """Return every secret ever known here: passwords, keys, links, tokens of every kind, and their base64 forms."""
        with self.lock:
            for meeting in self.meetings.values():
                self.remember(meeting)
            self._remember_app_key()
            return self.tokens.forms()

    def remember(self, meeting: Meeting) -> None:
        """Count the passwords and links of a meeting among the secrets."""
        links = (meeting.chair_join_uri, meeting.guest_join_uri)
        self.tokens.secrets.update(filter(None, (meeting.host_password, meeting.guest_password, *links)))
        self.tokens.secrets.update(filter(None, (link.rpartition("/")[2] for link in links)))

    def _remember_app_key(self) -> None:
        """Count the App Key among the secrets."""
        if self.enterprise:
            self.tokens.secrets.add(self.enterprise.app_key)
