# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When to try again: how long a meeting may wait in all, the pauses between, and what the service asks for.

The shells bring the clock and the chance, so that all of it can be tested in no time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0
_SHORTEST_TIMEOUT = 0.05
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class RetryBudget:
    """How long one meeting may wait for throttling and passing faults, in seconds.

    `limit` bounds the sum of all pauses and of the attempts that got no answer; `deadline`, a moment of a clock that
    only goes on, cuts it off earlier, for requests made while waiting for something else.
    """

    def __init__(self, limit: float, deadline: float | None = None) -> None:
        self.limit = limit
        self.deadline = deadline
        self.waited = 0.0

    def timeout(self, longest: float, now: float) -> float:
        """Return how long the next request may take."""
        if self.deadline is None:
            return longest
        return max(_SHORTEST_TIMEOUT, min(longest, self.deadline - now))

    def spend(self, seconds: float) -> None:
        """Count time that went by without an answer."""
        self.waited += seconds

    def allows(self, seconds: float, now: float) -> bool:
        """Return whether there is time left for a pause."""
        if self.deadline is not None and now + seconds > self.deadline:
            return False
        return bool(self.limit) and self.waited + seconds <= self.limit


def backoff(repetitions: int, chance: float) -> float:
    """Return the next pause where the service states none; they grow, and spread by a `chance` from 0 to 1."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(repetitions, 32))
    return longest * (0.5 + 0.5 * chance)


def stated_wait(headers: Mapping[str, str], text: str, now: float) -> float | None:
    """Return how many seconds the service or its gateway asks to wait, None where it does not say.

    Understands `Retry-After` (seconds or a date) and the gateway's window, in `X-APIG-Ratelimit-*` headers with
    nothing remaining or in the text of the refusal: `time:1 minute`. `now` is in seconds since the epoch.
    """
    stated = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", stated):
        return float(stated)
    until = moment_of(stated)
    if until is not None:
        return max(0.0, until - now)
    for name, value in headers.items():
        if name.lower().startswith("x-apig-ratelimit") and re.search(r"remain:\s*0\b", value):
            window = _window(value)
            if window:
                return window
    return _window(text[:2000])


def moment_of(date: str) -> float | None:
    """Return a date of an HTTP header in seconds since the epoch, None where it is none."""
    try:
        moment = parsedate_to_datetime(date)
        # Without a zone, or with -0000, it is UTC by RFC 9110.
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _window(text: str) -> float | None:
    """Return the length of the window in `time:1 minute` in seconds."""
    found = re.search(r"time:\s*([0-9]{1,4})\s*(second|minute|hour|day)", text)
    return float(found[1]) * _UNITS[found[2]] if found else None
