# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world with one running meeting, and those who speak about it: `client` to the world itself, `remote` over TLS."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import websocket

from tests.simulator import Behaviour, Meeting, Simulator, World
from tests.unit.simulator.clients import ID, Client, Clock, Remote, received


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    """A world with one running meeting."""
    world = World(clock=clock, rng=random.Random(1))
    world.add(Meeting(ID))
    return world


@pytest.fixture
def client(world: World, clock: Clock) -> Client:
    """A client of that meeting."""
    return Client(world, clock)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running simulator with one running meeting."""
    world = World(Behaviour(recorder_delay=0.01))
    world.add(Meeting(ID))
    with Simulator(world) as simulator:
        yield simulator


@pytest.fixture
def remote(simulator: Simulator) -> Iterator[Remote]:
    """A client of that meeting."""
    remote = Remote(simulator)
    with remote.http:
        yield remote


@pytest.fixture
def channel(remote: Remote) -> Iterator[websocket.WebSocket]:
    """A subscribed WebSocket that has received its snapshot."""
    channel = remote.connect()
    remote.subscribe(channel)
    assert received(channel)["data"]["returnCode"] == 0
    assert received(channel)["recState"] == 0
    yield channel
    channel.close()
