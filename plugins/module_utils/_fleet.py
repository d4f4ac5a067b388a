# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many meetings: the recorder over a bounded pool of threads, in input order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ._client import Client
from ._enterprise import Enterprise
from ._recorder import Order, record
from ._state import Outcome


def record_all(
    orders: Sequence[Order], client: Client, max_parallel: int, enterprise: Enterprise | None = None
) -> list[Outcome]:
    """Carry out all orders, at most `max_parallel` at a time, and return what became of each, in the same order.

    Never raises. Every order is attempted; after an interruption of the client's pace, the rest say so and nothing
    more is sent. All threads are gone when it returns.
    """
    if not orders:
        return []
    with ThreadPoolExecutor(max_workers=min(max_parallel, len(orders))) as pool:
        return list(pool.map(lambda order: record(order, client, enterprise), orders))
