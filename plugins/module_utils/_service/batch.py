# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many meetings: the recorder over a bounded pool of threads, in input order."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from .._core.state import RecordingResult
from .account import Enterprise
from .http import Client
from .recorder import Order, record

# How soon an interrupted run is noticed, in seconds.
_SIGNALS_EVERY = 1.0


def run_all(
    orders: Sequence[Order], client: Client, max_parallel: int, enterprise: Enterprise | None = None
) -> list[RecordingResult]:
    """Carry out all orders, at most `max_parallel` at a time, and return what became of each, in the same order.

    Never raises. Every order is attempted; after an interruption of the client's pace, the rest say so and nothing
    more is sent. All threads are gone when it returns.
    """
    waiting = iter(enumerate(orders))
    outcomes: dict[int, RecordingResult] = {}
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number, order = next(waiting, (0, None))
            if order is None:
                return
            outcomes[number] = record(order, client, enterprise)

    threads = []
    for _number in range(min(max_parallel, len(orders))):
        thread = threading.Thread(target=work)
        try:
            thread.start()
        except RuntimeError:  # the machine allows no more; a pool would give up, after requests have gone out
            break
        threads.append(thread)
    if not threads:
        work()
    for thread in threads:
        while thread.is_alive():
            # Where a worker takes the signal, a wait without an end would keep this thread from handling it.
            thread.join(_SIGNALS_EVERY)
    return [outcomes[number] for number in range(len(orders))]
