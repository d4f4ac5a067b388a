# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live channels, without any network and with a clock that stands still."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.simulator import World
from tests.unit.simulator.clients import ID, Client, Clock, frames


def test_ended_meeting_lets_nobody_in(client: Client, world: World) -> None:
    """A WebSocket token fetched before the end is worth nothing after it."""
    token = json.loads(client.call("wsToken", client.token()).body)["webSocketToken"]
    world.end(ID)
    assert not world.channels.connect(ID, token).session


def test_snapshot(client: Client, clock: Clock) -> None:
    """The answer with its odd key, then the full state."""
    session = client.session()
    assert session
    answer, push = client.subscribe(session)
    assert answer == {"action": "Subscribe", "sequence": "7", "data": {"returnCode": 0, "returnDesc ": "SUCCESS"}}
    assert push["action"] == "ConfDynamicInfoNotify"
    assert (push["confID"], push["state"], push["recState"], push["recOccurred"]) == (ID, "Created", 0, 0)
    assert (push["version"], push["createTime"], push["msgMode"]) == (int(clock.now * 1000), int(clock.now * 1000), 0)


def test_no_snapshot(client: Client, world: World) -> None:
    """Only changes are pushed."""
    world.behaviour.snapshot = False
    session = client.listener()
    world.set_recording(ID, True)
    assert [push["recState"] for push in frames(session)] == [1]


def test_return_desc_key(client: Client, world: World) -> None:
    """The key without the sample's blank."""
    world.behaviour.return_desc_key = "returnDesc"
    session = client.session()
    assert session
    assert client.subscribe(session)[0]["data"] == {"returnCode": 0, "returnDesc": "SUCCESS"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"data": {"subscribeType": ["ConfDynamicInfoNotify"]}}, 111071062),
        ({"data": "no JSON"}, 111071062),
        ({"confToken": "foreign"}, 111070004),
        ({"confToken": None}, 111070111),
        ({"subscribeType": []}, 111071061),
        ({"subscribeType": ["Unheard"]}, 111071061),
        ({"subscribeType": [1]}, 111071061),
        ({"conferenceID": "2"}, 111071061),
        ({"conferenceID": ID}, 0),
    ],
)
def test_subscribe_is_checked(client: Client, change: dict[str, Any], expected: int) -> None:
    """`data` is JSON inside a string, with a valid token and known types; nothing is pushed otherwise."""
    session = client.session()
    assert session
    answer, *pushes = client.subscribe(session, **change)
    assert answer["data"]["returnCode"] == expected
    assert bool(pushes) == (expected == 0)


def test_subscribe_takes_the_wrapped_token(client: Client, world: World) -> None:
    """The form of the official sample."""
    session = client.session()
    assert session
    token = "Basic " + base64.b64encode(world.issue_token(ID).encode()).decode()
    assert client.subscribe(session, confToken=token)[0]["data"]["returnCode"] == 0


def test_only_subscribed_types_are_pushed(client: Client, world: World) -> None:
    """ConfBasicInfoNotify really carries the passwords, so asking for it shows."""
    session = client.session()
    assert session
    _unused, push = client.subscribe(session, subscribeType=["ConfBasicInfoNotify"])
    assert push["pwds"][0] == {"role": "chair", "pwd": "host-914826"}
    assert push["recType"] == 1
    world.set_recording(ID, True)
    assert frames(session) == []


@pytest.mark.parametrize(
    ("rule", "expected"), [("code", [111070121]), ("close", [None]), ("silent", [])], ids=["code", "close", "silent"]
)
def test_subscribe_refused(client: Client, world: World, rule: Any, expected: list[Any]) -> None:
    """How a site may refuse; nothing is pushed afterwards."""
    world.behaviour.subscribe = rule
    session = client.session()
    assert session
    received = client.subscribe(session)
    assert [frame and frame["data"]["returnCode"] for frame in received] == expected
    world.set_recording(ID, True)
    assert frames(session) == []


def test_partial_pushes(client: Client, world: World) -> None:
    """Only what changed; a message without recState follows the snapshot."""
    world.behaviour.partial_pushes = True
    session = client.session()
    assert session
    _unused, full, unrelated = client.subscribe(session)
    assert full["recState"] == 0 and "recState" not in unrelated and unrelated["msgMode"] == 1
    world.touch(ID)
    world.set_recording(ID, True)
    first, second = frames(session)
    assert "recState" not in first and second["recState"] == 1 and "state" not in second
    world.end(ID)
    last, closed = frames(session)
    assert last["state"] == "Destroyed" and closed is None


def test_changes_are_pushed(client: Client, world: World) -> None:
    """Recorder, host and end of the meeting; what does not change is not pushed."""
    world.meetings[ID].state = "Created"
    session = client.listener()
    client.put(1)
    client.wait(0.05)
    assert [push["recState"] for push in frames(session)] == [1]
    world.begin(ID)
    assert frames(session) == []
    world.end(ID)
    last, closed = frames(session)
    assert (last["state"], last["recState"], last["recOccurred"]) == ("Destroyed", 0, 1)
    assert closed is None and not session.open
    world.begin(ID)
    assert frames(session) == []


def test_heartbeat(client: Client, world: World) -> None:
    """The same object comes back; without one the channel is closed in time."""
    session = client.listener()
    client.wait(170)
    beat = {"sequence": "0001", "action": "HeartBeat"}
    world.channels.hear(session, json.dumps(beat))
    assert frames(session) == [beat]
    client.wait(179)
    assert frames(session) == []
    client.wait(1)
    assert frames(session) == [None]
    assert len(world.requests("heartbeat", ID)) == 1


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"action": "Dance"}', "{}"])
def test_unknown_frames_end_the_channel(client: Client, world: World, text: str) -> None:
    """A client that speaks nonsense is not answered."""
    session = client.listener()
    world.channels.hear(session, text)
    assert frames(session) == [None]


def test_wake_up_calls(client: Client, world: World) -> None:
    """Whoever sleeps is woken: the sender for each frame, the time keeper for an earlier deed."""
    calls: list[str] = []
    token = json.loads(client.call("wsToken", client.token()).body)["webSocketToken"]
    world.agenda.wake = lambda: calls.append("time")
    session = world.channels.connect(ID, token, lambda: calls.append("frame")).session
    assert session and calls == ["time"]
    client.subscribe(session)
    assert calls == ["time", "frame", "frame"]
    client.put(1)
    client.put(0)
    assert calls == ["time", "frame", "frame", "time"]
