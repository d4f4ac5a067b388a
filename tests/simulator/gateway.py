# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way in for HTTPS requests: they are logged, counted, perhaps hit by a fault, and led to their room. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import messages, reading
from .faults import Faults
from .model import Answer, Entry, Fault, Outcome
from .reading import Refused
from .site import Site
from .throttle import Throttle

Room = Callable[[Entry, Mapping[str, str], bytes], Answer]  # may raise Refused


class Gateway:
    """Takes each request to the room that answers its endpoint."""

    def __init__(self, site: Site, faults: Faults, rooms: Mapping[str, Room]) -> None:
        """Know who answers what; an endpoint without a room is not published."""
        self._site = site
        self._faults = faults
        self._rooms = rooms
        self._throttle = Throttle(site)

    def receive(
        self,
        endpoint: str,
        conference_id: str | None,
        headers: Mapping[str, str],
        body: bytes = b"",
        method: str = "GET",
        path: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Handle an HTTPS request: log it, do it, return the answer and the fault that shapes its sending."""
        with self._site.lock:
            self._site.agenda.catch_up()
            entry = self._site.enter(endpoint, conference_id, method, path, headers)
            entry.query = reading.filters(query or {})
            if method == "PUT":
                entry.body = reading.parsed(body)
            elif endpoint == "appauth":
                entry.body = reading.signed(body)
            answer, fault = self._throttle.refusal(entry), None
            if answer is None:
                fault = self._faults.draw(endpoint, conference_id)
                answer = self._handle(entry, fault, headers, body)
            entry.status = None if fault and fault.drop else answer.status
            entry.code = answer.code
            entry.fault = fault is not None
            return Outcome(entry, answer, fault)

    def _handle(self, entry: Entry, fault: Fault | None, headers: Mapping[str, str], body: bytes) -> Answer:
        """Do what a request asks for unless a fault forbids it; return the answer, a fault's if it has one."""
        answer = messages.ok(None)
        if fault is None or fault.spares_deed:
            answer = self._do(entry, headers, body)
        return self._faults.dressed(answer, fault, entry) or answer

    def _do(self, entry: Entry, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request as the vendor would."""
        room = self._rooms.get(entry.endpoint)
        if room is None:
            return messages.error("APIG.0101", 404, request_id=entry.request_id)
        try:
            return room(entry, headers, body)
        except Refused as refused:
            return messages.error(refused.code, refused.status)
