# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated service in a process of its own, so that its work is not done inside a client's interpreter."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from multiprocessing.managers import BaseManager
from typing import NamedTuple

from tests.simulator import Behaviour, Meeting, Simulator, World

RECORDER_DELAY = 0.01  # seconds from an accepted request to the push of the new state
FIRST_ID = 914_000_000


class Site(NamedTuple):
    """What a client has to know: the address, the CA in PEM form, and the meetings with their credentials."""

    api_url: str
    ca: str
    meetings: list[dict[str, str]]


class Tally(NamedTuple):
    """What arrived: all requests to start or stop, meetings with exactly one accepted start, subscriptions."""

    writes: int
    started: int
    subscribed: int


class Service:
    """Each site it opens is a new one: a run meets nothing that an earlier run left behind."""

    def __init__(self) -> None:
        self._simulator: Simulator | None = None

    def open(self, meetings: int, latency: float) -> Site:
        """Open a site with so many running meetings, none recorded; `latency` in seconds is added to each answer."""
        self.close()
        world = World(Behaviour(recorder_delay=RECORDER_DELAY, latency=latency))
        self._simulator = Simulator(world).start()
        added = [world.add(Meeting(str(FIRST_ID + number))) for number in range(meetings)]
        return Site(
            self._simulator.url,
            self._simulator.ca_file.read_text(encoding="utf-8"),
            [
                {
                    "conference_id": meeting.conference_id,
                    "host_password": meeting.host_password,
                    "token": world.issue_token(meeting.conference_id),
                }
                for meeting in added
            ],
        )

    def tally(self) -> Tally:
        """Count what arrived at the open site."""
        assert self._simulator is not None
        world = self._simulator.world
        accepted = Counter(
            entry.conference_id
            for entry in world.requests("record")
            if entry.status == 200 and entry.body == {"isRecord": 1}
        )
        once = sum(number == 1 for number in accepted.values())
        return Tally(len(world.writes()), once, len(world.requests("subscribe")))

    def close(self) -> None:
        """Close the open site."""
        if self._simulator is not None:
            self._simulator.stop()
            self._simulator = None


class Process(BaseManager):
    """The process in which a Service lives; a context manager, in which `Service()` gives one."""

    Service: type[Service]

    def __init__(self) -> None:
        super().__init__(ctx=multiprocessing.get_context("spawn"))


Process.register("Service", Service)
