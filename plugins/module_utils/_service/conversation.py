# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying the flows of the core, blocking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core.errors import MeetingError
from .._core.flow import Flow, T


def converse(flow: Flow[T], answer: Callable[[Any], Any]) -> T:
    """Hand what a flow yields to `answer`, and what that returns back to the flow; return what the flow returns.

    A MeetingError that `answer` raises is thrown into the flow. Raises MeetingError, and what else `answer` raises.
    """
    try:
        wish = next(flow)
        while True:
            try:
                given = answer(wish)
            except MeetingError as error:
                wish = flow.throw(error)
            else:
                wish = flow.send(given)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        flow.close()
