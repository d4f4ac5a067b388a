# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many meetings at once: all are attempted, in order, with bounded parallelism, and one's trouble stays its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._client import Client, Connection
from ansible_collections.huawei.meeting.plugins.module_utils._fleet import record_all
from ansible_collections.huawei.meeting.plugins.module_utils._recorder import Order
from ansible_collections.huawei.meeting.plugins.module_utils._state import LiveState, Recording
from tests.simulator import Fault, Meeting, Simulator
from tests.unit.plugins.peers import Relay

IDS = [str(914047800 + number) for number in range(12)]


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    simulator.world.behaviour.recorder_delay = 0.02
    for conference_id in IDS:
        simulator.world.add(Meeting(conference_id, host_password=f"pw-{conference_id}"))
    ready = Client(Connection(simulator.url, ca_path=str(simulator.ca_file), timeout=5), parallel=4)
    yield ready
    ready.close()


def orders(**options: object) -> list[Order]:
    return [Order(name, Recording.STARTED, host_password=f"pw-{name}", **options) for name in IDS]  # type: ignore[arg-type]


def test_all_are_started_and_told_in_the_order_given(simulator: Simulator, client: Client) -> None:
    outcomes = record_all(orders(), client, 4)
    assert [outcome.conference_id for outcome in outcomes] == IDS
    assert all(outcome.changed and outcome.confirmed and not outcome.failed for outcome in outcomes)
    assert sorted(simulator.world.writes()) == [1] * len(IDS)
    assert not any(outcome.changed for outcome in record_all(orders(), client, 4))
    assert len(simulator.world.writes()) == len(IDS)
    assert simulator.until_closed()


def test_nothing_to_do_is_nothing_done(client: Client) -> None:
    assert record_all([], client, 4) == []


def test_the_trouble_of_one_stays_its_own(simulator: Simulator, client: Client) -> None:
    simulator.world.change(IDS[0], {"host_password": "other"})
    simulator.world.end(IDS[3])
    simulator.world.plan(Fault("record", conference_id=IDS[5], times=None, status=400))
    simulator.world.plan(Fault("record", conference_id=IDS[7], drop="after"))
    outcomes = record_all(orders(), client, 4)
    kinds = [outcome.error["kind"] if outcome.error else "" for outcome in outcomes]
    assert kinds == ["authentication", "", "", "ended", "", "usage", "", "", "", "", "", ""]
    assert simulator.world.writes(IDS[7]) == [1]


def test_no_more_run_at_a_time_than_is_allowed(simulator: Simulator, client: Client) -> None:
    simulator.world.behaviour.latency = 0.02
    with Relay(simulator.world.ports[0]) as relay:
        url = f"https://127.0.0.1:{relay.port}"
        own = Client(Connection(url, ca_path=str(simulator.ca_file), timeout=5), parallel=3)
        outcomes = record_all(orders(live_state=LiveState.IGNORE), own, 3)
        own.close()
        assert relay.accepted == 3
    assert not any(outcome.failed for outcome in outcomes)


def test_an_interruption_ends_all_waits_and_sends_nothing_more(simulator: Simulator, client: Client) -> None:
    simulator.world.behaviour.recorder_delay = None
    waiting = threading.Timer(0.5, client.pace.interrupted.set)
    waiting.start()
    outcomes = record_all(orders(wait_timeout=60), client, 4)
    waiting.join()
    assert [outcome.conference_id for outcome in outcomes] == IDS
    assert all(outcome.failed for outcome in outcomes)
    assert len(simulator.world.writes()) == 4
    assert [outcome.changed for outcome in outcomes] == [True] * 4 + [False] * 8
    assert threading.active_count() < 10
    assert simulator.until_closed()


def test_throttling_slows_all_and_fails_none(simulator: Simulator, client: Client) -> None:
    simulator.world.behaviour.rate_limit = (6, 1.0)
    simulator.world.behaviour.retry_after = True
    outcomes = record_all(orders(live_state=LiveState.IGNORE, retry_timeout=30), client, 4)
    assert not any(outcome.failed for outcome in outcomes)
    assert all(simulator.world.meetings[name].segments == 1 for name in IDS)
