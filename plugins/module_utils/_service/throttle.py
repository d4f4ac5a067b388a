# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all callers of one client have in common: pauses for a throttling gateway, and the end of a run."""

from __future__ import annotations

import threading
import time

from .._core.retry import RetryBudget


class Throttle:
    """Pauses that a gateway asks for, which counts the calls of each endpoint on its own.

    Once `cancel` is set, all pauses and waits are over, and nothing new is sent.
    """

    def __init__(self, cancel: threading.Event) -> None:
        self.cancel = cancel
        self._resume_at: dict[str, float] = {}

    def delay_all(self, endpoint: str, seconds: float) -> None:
        """Let everybody wait this long before the next request to an endpoint."""
        resume_at = time.monotonic() + seconds
        self._resume_at[endpoint] = max(self._resume_at.get(endpoint, 0.0), resume_at)

    def wait_turn(self, endpoint: str, budget: RetryBudget) -> None:
        """Wait for as long as everybody has to, if the budget allows it; if not, let the gateway say no itself."""
        while not self.cancel.is_set():
            remaining = self._resume_at.get(endpoint, 0.0) - time.monotonic()
            if remaining <= 0 or not self.pause(budget, remaining):
                return

    def pause(self, budget: RetryBudget, seconds: float) -> bool:
        """Wait and return True; return False at once where the budget does not allow it."""
        began = time.monotonic()
        if not budget.allows(seconds, began):
            return False
        cancelled = self.cancel.wait(seconds)
        budget.spend(time.monotonic() - began if cancelled else seconds)
        return True
