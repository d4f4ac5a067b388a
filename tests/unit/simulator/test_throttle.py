# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The call quota of the gateway, without any network and with a clock that stands still."""

from __future__ import annotations

import json

from tests.simulator import Fault, World
from tests.unit.simulator.clients import HOST, Client


def test_rate_limit(client: Client, world: World) -> None:
    """Each endpoint has a window of its own; the refusal names it."""
    world.behaviour.rate_limit = (2, 60)
    assert [client.call("token", HOST).status for _unused in range(3)] == [200, 200, 429]
    answer = client.call("token", HOST)
    assert "over ratelimit,limit:2,time:1 minute" in json.loads(answer.body)["error_msg"]
    assert answer.headers["X-APIG-Ratelimit-Api"] == "remain:0,limit:2,time:1 minute"
    assert "Retry-After" not in answer.headers
    assert client.put(1) == "ok"
    client.wait(60)
    assert client.call("token", HOST).status == 200
    world.behaviour.rate_limit, world.behaviour.retry_after = (0, 1), True
    answer = client.call("token", HOST)
    assert "limit:0,time:1 second" in answer.body.decode()
    assert answer.headers["Retry-After"] == "1"


def test_window_that_counts_from_the_first_refusal(client: Client, world: World) -> None:
    """However slow the calls are, there is one too many; only then the seconds begin to count."""
    world.behaviour.rate_limit, world.behaviour.rate_window, world.behaviour.retry_after = (2, 60), "refusal", True
    status = []
    for pause in (0, 3600, 3600, 59, 1, 3600, 3600, 60):
        client.wait(pause)
        status.append(client.call("token", HOST).status)
    assert status == [200, 200, 429, 429, 200, 200, 429, 200]
    client.wait(3600)
    assert client.call("token", HOST).status == 200
    assert client.call("token", HOST).headers["Retry-After"] == "60"
    client.wait(59)
    assert client.call("token", HOST).headers["Retry-After"] == "1"


def test_throttled_requests_leave_faults_alone(client: Client, world: World) -> None:
    """The gateway refuses before anything else happens."""
    world.behaviour.rate_limit = (0, 1)
    fault = world.plan(Fault("record", code="MMC.1"))
    assert client.put(1) == "APIG.0308"
    assert fault.used == 0 and world.writes() == [1]
