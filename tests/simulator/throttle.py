# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gateway's call quota: so many calls of each endpoint in a window of time. Pure."""

from __future__ import annotations

import math

from . import messages
from .model import Answer, Entry
from .site import Site


class Throttle:
    """Counts calls, each endpoint on its own."""

    def __init__(self, site: Site) -> None:
        """Know the quota, which may change at any time."""
        self._site = site
        self._windows: dict[str, tuple[float, int]] = {}  # endpoint -> start of the window, calls in it

    def refusal(self, entry: Entry) -> Answer | None:
        """Count a call in its window; return the gateway's refusal if the window is full."""
        if self._site.behaviour.rate_limit is None:
            return None
        limit, seconds = self._site.behaviour.rate_limit
        start, calls = self._windows.get(entry.endpoint, (0.0, 0))
        if entry.time >= start + seconds:
            start, calls = entry.time, 0
        self._windows[entry.endpoint] = start, calls + 1
        if calls < limit:
            return None
        answer = messages.throttled(limit, seconds, entry.request_id)
        answer.headers["X-APIG-Ratelimit-Api"] = f"remain:0,limit:{limit},time:{messages.span(seconds)}"
        if self._site.behaviour.retry_after:
            answer.headers["Retry-After"] = str(math.ceil(start + seconds - entry.time))
        return answer
