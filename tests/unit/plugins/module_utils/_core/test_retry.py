# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When to try again, with a clock and a chance of the tests' own."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from requests.structures import CaseInsensitiveDict

from ansible_collections.huawei.meeting.plugins.module_utils._core.retry import RetryBudget, backoff, stated_wait

NOW = 1_772_442_000.0


@pytest.mark.parametrize(
    ("limit", "deadline", "waited", "seconds", "allowed"),
    [
        (10, None, 0, 10, True),
        (10, None, 0, 10.1, False),
        (10, None, 6, 4, True),
        (10, None, 6, 5, False),
        (0, None, 0, 0, False),
        (100, NOW + 5, 0, 5, True),
        (100, NOW + 5, 0, 6, False),
        (100, NOW - 1, 0, 0, False),
    ],
)
def test_a_budget_is_spent_once(
    limit: float, deadline: float | None, waited: float, seconds: float, allowed: bool
) -> None:
    budget = RetryBudget(limit, deadline)
    budget.spend(waited)
    assert budget.allows(seconds, NOW) is allowed


@pytest.mark.parametrize(("deadline", "timeout"), [(None, 10), (NOW + 30, 10), (NOW + 3, 3), (NOW - 3, 0.05)])
def test_a_request_ends_with_its_deadline(deadline: float | None, timeout: float) -> None:
    assert RetryBudget(60, deadline).timeout(10, NOW) == timeout


@pytest.mark.parametrize(
    ("repetitions", "chance", "seconds"),
    [(0, 0, 0.25), (0, 1, 0.5), (1, 1, 1), (4, 1, 8), (5, 1, 10), (5000, 0.5, 7.5)],
)
def test_pauses_grow_and_spread(repetitions: int, chance: float, seconds: float) -> None:
    assert backoff(repetitions, chance) == seconds


@pytest.mark.parametrize(
    ("headers", "text", "seconds"),
    [
        ({}, "", None),
        ({"Retry-After": "0"}, "", 0),
        ({"Retry-After": "17"}, "", 17),
        ({"retry-after": " 17 "}, "", 17),
        ({"Retry-After": "-1"}, "", None),
        ({"Retry-After": "1.5"}, "", None),
        ({"Retry-After": "soon"}, "", None),
        ({"Retry-After": "\u00b2"}, "", None),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, "", 0),
        ({"Retry-After": "Thu, 32 Jan 1970 00:00:00 GMT"}, "", None),
        ({"Retry-After": "soon"}, "over ratelimit,limit:5,time:1 second", 1),
        ({"X-APIG-Ratelimit-Api": "remain:0,limit:100,time:1 minute"}, "", 60),
        ({"x-apig-ratelimit-api-allenv": "remain: 0,limit:200,time:2 second"}, "", 2),
        ({"X-APIG-Ratelimit-Api": "remain:99,limit:100,time:1 minute"}, "", None),
        ({"X-APIG-Ratelimit-Api": "remain:0,limit:100"}, "", None),
        ({"X-APIG-Ratelimit-Api": "nonsense"}, "", None),
        ({"X-APIG-Upstream-Latency": "remain:0,time:1 hour"}, "", None),
        ({"X-APIG-Ratelimit-Api": "remain:0,limit:1,time:1 minute", "Retry-After": "5"}, "", 5),
        ({}, '{"error_msg":"policy ip over ratelimit,limit:20,time:1 minute"}', 60),
        ({}, "time:1 second", 1),
        ({}, "time: 2 minutes", 120),
        ({}, "time:1 hour", 3600),
        ({}, "time:1 day", 86400),
        ({}, "time:1 fortnight", None),
        ({}, "time:99999 second", None),
        ({}, "x" * 5000 + "time:1 second", None),
    ],
)
def test_stated_wait(headers: dict[str, str], text: str, seconds: float | None) -> None:
    assert stated_wait(CaseInsensitiveDict(headers), text, NOW) == seconds


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_stated_wait_until_a_date(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        date = formatdate(NOW + 30, usegmt=True).replace("GMT", zone)
        waited = stated_wait({"Retry-After": date}, "", NOW)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert waited == 30
