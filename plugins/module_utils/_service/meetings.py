# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an enterprise is asked about its meetings."""

from __future__ import annotations

import time

from .._core.requests import meetings
from .._core.requests.meetings import MeetingInfo
from .._core.retry import RetryBudget
from .account import Account


def list_meetings(
    account: Account, search: str | None, all_users: bool, booked: bool, budget: RetryBudget
) -> list[MeetingInfo]:
    """Return the ongoing meetings, and on request the booked ones, by start time and ID, without their secrets.

    Without `all_users` only those of the user. Raises MeetingError, `service` where the list cannot be read whole.
    """
    return account.run(meetings.all_meetings(search, all_users, booked), budget)


def host_password(account: Account, conference_id: str, budget: RetryBudget) -> str:
    """Return the host password of a running meeting.

    Raises MeetingError, `permission` where the user may not see it, and for a meeting that is not running
    `not_started`, `ended` or, where nothing is known of it, `not_found`.
    """
    return account.run(meetings.host_password(conference_id, time.time(), lambda: account.administrator), budget)
