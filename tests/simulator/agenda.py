# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lies in the future of the world, done in the order in which it falls due. Pure: the clock is injected."""

from __future__ import annotations

import contextlib
import heapq
import itertools
from collections.abc import Callable


class Agenda:
    """Deeds with a time. Nothing here sleeps: whoever holds the agenda asks when to come back."""

    def __init__(self, clock: Callable[[], float], lock: contextlib.AbstractContextManager[object]) -> None:
        """Start empty; `lock` is held while deeds are done."""
        self.wake: Callable[[], None] = lambda: None  # called when `advance` is due earlier than it last said
        self._clock = clock
        self._lock = lock
        self._deeds: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def later(self, delay: float, deed: Callable[[], None]) -> None:
        """Plan a deed, and wake whoever waits for `advance` if it is now the first."""
        due = self._clock() + delay
        first = not self._deeds or due < self._deeds[0][0]
        heapq.heappush(self._deeds, (due, next(self._order), deed))
        if first:
            self.wake()

    def catch_up(self) -> None:
        """Do what is due by now, in the order in which it was due."""
        while self._deeds and self._deeds[0][0] <= self._clock():
            heapq.heappop(self._deeds)[2]()

    def advance(self) -> float | None:
        """Do what is due by now; return the seconds until the next deed, None if nothing is planned."""
        with self._lock:
            self.catch_up()
            return max(0.0, self._deeds[0][0] - self._clock()) if self._deeds else None
