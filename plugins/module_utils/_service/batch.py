# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many meetings: a verb over a bounded pool of threads, with results in the order given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from .._core.result import RecordingResult
from .._core.target import Settings, Target
from .account import Account
from .client import Client
from .recorder import read_state, set_state

# What is done to one meeting.
_Verb = Callable[[Target, Settings, Client, "Account | None"], RecordingResult]
# How soon an interrupted run is noticed, in seconds.
_SIGNALS_EVERY = 1.0


def set_states(
    targets: Sequence[Target], settings: Settings, client: Client, max_parallel: int, account: Account | None = None
) -> list[RecordingResult]:
    """Bring the recordings of all meetings into the states that are wanted of them, as `run_all` does."""
    return run_all(set_state, targets, settings, client, max_parallel, account)


def read_states(
    targets: Sequence[Target], settings: Settings, client: Client, max_parallel: int, account: Account | None = None
) -> list[RecordingResult]:
    """Read the states of all meetings, as `run_all` does."""
    return run_all(read_state, targets, settings, client, max_parallel, account)


def run_all(
    verb: _Verb,
    targets: Sequence[Target],
    settings: Settings,
    client: Client,
    max_parallel: int,
    account: Account | None = None,
) -> list[RecordingResult]:
    """Do it to all targets, at most `max_parallel` at a time, and return what became of each, in the same order.

    Never raises. Every target is attempted; once the client's `cancel` is set, the rest say so and nothing more is
    sent. All threads are gone when it returns.
    """
    waiting = iter(enumerate(targets))
    results: dict[int, RecordingResult] = {}
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                number, target = next(waiting, (0, None))
            if target is None:
                return
            results[number] = verb(target, settings, client, account)

    threads = []
    for _number in range(min(max_parallel, len(targets))):
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
    return [results[number] for number in range(len(targets))]
