# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gateway's call quota: so many calls of each endpoint in a window of time. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import messages
from .model import Answer, Entry
from .site import Site


@dataclass(slots=True)
class Window:
    """The calls of one endpoint that are counted together."""

    since: float | None  # what its seconds count from; None: they do not count yet
    calls: int = 0


class Throttle:
    """Counts calls, each endpoint on its own.

    The documents do not say when a window begins. Where its seconds count from the first refusal, one call too many is
    refused however late it comes: a test then says the same on a slow machine as on a fast one.
    """

    def __init__(self, site: Site) -> None:
        """Know the quota, which may change at any time."""
        self._site = site
        self._windows: dict[str, Window] = {}

    def refusal(self, entry: Entry) -> Answer | None:
        """Count a call in its window; return the gateway's refusal if the window is full."""
        if self._site.behaviour.rate_limit is None:
            return None
        limit, seconds = self._site.behaviour.rate_limit
        window = self._window(entry, seconds)
        window.calls += 1
        if window.calls <= limit:
            return None
        if window.since is None:
            window.since = entry.time
        answer = messages.throttled(limit, seconds, entry.request_id)
        answer.headers["X-APIG-Ratelimit-Api"] = f"remain:0,limit:{limit},time:{messages.span(seconds)}"
        if self._site.behaviour.retry_after:
            answer.headers["Retry-After"] = str(math.ceil(window.since + seconds - entry.time))
        return answer

    def _window(self, entry: Entry, seconds: float) -> Window:
        """Return the window that a call falls into, a new one if the last is over."""
        window = self._windows.get(entry.endpoint)
        if window is None or (window.since is not None and entry.time >= window.since + seconds):
            window = Window(entry.time if self._site.behaviour.rate_window == "call" else None)
            self._windows[entry.endpoint] = window
        return window
