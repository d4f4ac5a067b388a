# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planned faults, without any network and with a clock that stands still."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator import Behaviour, Fault, Meeting, World
from tests.unit.simulator.clients import HOST, ID, Client, frames, recorded
from tests.unit.simulator.company import code


def test_fault_shorthand(client: Client, world: World) -> None:
    """A code becomes the vendor's error body, and the deed is not done."""
    world.plan(Fault("record", code="MMC.111072063"))
    world.plan(Fault("record", code="MMC.1", status=500))
    headers = client.token()
    answer = client.call("record", headers, body=b'{"isRecord": 1}', method="PUT")
    assert json.loads(answer.body) == {"error_code": "MMC.111072063", "error_msg": "RSE_RESREAPPLY"}
    assert code(answer) == (400, "MMC.111072063")
    assert code(client.call("record", headers, body=b'{"isRecord": 1}', method="PUT")) == (500, "MMC.1")
    client.wait(1)
    assert not world.meetings[ID].recording
    assert world.writes() == [1, 1]
    assert [(entry.fault, entry.status) for entry in world.requests("record")] == [(True, 400), (True, 500)]


def test_fault_of_the_gateway(client: Client, world: World) -> None:
    """The gateway's errors carry the request ID in the body."""
    world.plan(Fault("token", code="APIG.0202", status=502))
    answer = client.call("token", HOST)
    assert code(answer) == (502, "APIG.0202")
    assert json.loads(answer.body)["request_id"] == world.log[-1].request_id


def test_fault_order_skip_and_times(client: Client, world: World) -> None:
    """The first match wins; one may pass, two are hit, the rest meets the next fault."""
    first = world.plan(Fault("token", code="MMC.1", skip=1, times=2))
    world.plan(Fault("*", code="MMC.2", times=None))
    codes = [client.call("token", HOST).code for _unused in range(4)]
    assert codes == ["MMC.2", "MMC.1", "MMC.1", "MMC.2"]
    assert first.used == 2 and first not in world.faults


def test_fault_of_one_meeting_and_endpoint(client: Client, world: World) -> None:
    """Others are spared."""
    world.plan(Fault("token", conference_id="2", code="MMC.1"))
    world.plan(Fault("record", conference_id=ID, code="MMC.2"))
    assert client.call("token", HOST).code is None
    assert client.put(1) == "MMC.2"


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ({"status": 504}, False),
        ({"status": 504, "done": True}, True),
        ({"code": "MMC.111072049", "done": True}, True),
        ({"body": "<html>"}, False),
        ({"drop": "before"}, False),
        ({"drop": "after"}, True),
        ({"truncate": True}, True),
        ({"size": 10}, True),
        ({"drip": 0.1}, True),
        ({"delay": 5.0}, True),
        ({"headers": {"X-Proxy": "yes"}}, True),
    ],
)
def test_whether_the_deed_is_done(client: Client, world: World, fault: dict[str, Any], done: bool) -> None:
    """A spoilt answer hides a deed; a replaced one forbids it unless it says otherwise."""
    world.plan(Fault("record", **fault))
    client.put(1)
    assert (world.meetings[ID].segments == 1) is done
    assert (world.log[-1].status is None) is ("drop" in fault)


def test_fault_headers(client: Client, world: World) -> None:
    """Headers and content type are added to whatever answer there is."""
    world.plan(Fault("token", status=302, headers={"Location": "https://elsewhere.example/"}))
    world.plan(Fault("token", body="<html>", content_type="text/html"))
    assert client.call("token", HOST).headers["Location"] == "https://elsewhere.example/"
    answer = client.call("token", HOST)
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"<html>", "text/html")


def test_meeting_ends_in_between(client: Client, world: World) -> None:
    """The meeting changes before the request is handled."""
    world.plan(Fault("record", meeting_state="Destroyed"))
    session = client.listener()
    assert client.put(1) == "MMC.111072006"
    assert [frame and frame["state"] for frame in frames(session)] == ["Destroyed", None]


def test_other_hands_at_a_request(client: Client, world: World) -> None:
    """They are there before the request; a refusal of it does not undo what they did."""
    session = client.listener()
    world.plan(Fault("record", status=429, recording=True))
    client.put(1)
    assert recorded(world) == (True, True)
    assert world.meetings[ID].segments == 0
    assert [frame and frame["recState"] for frame in frames(session)] == [1]


def test_other_hands_right_after_a_push(client: Client, world: World) -> None:
    """The first push still tells what was; the next one is on its way with it."""
    world.plan(Fault("push", recording=True))
    session = client.session()
    assert session is not None
    assert [frame["recState"] for frame in client.subscribe(session) if "recState" in frame] == [0, 1]


def test_meeting_ends_at_a_push(client: Client, world: World) -> None:
    """The end is pushed in place of the change."""
    session = client.listener()
    world.plan(Fault("push", meeting_state="Destroyed", times=None))
    world.set_recording(ID, True)
    assert [frame and frame["state"] for frame in frames(session)] == ["Destroyed", None]


@pytest.mark.parametrize("kind", ["silent", "garbage", "close", "huge", "pings", "wrong_types"])
def test_websocket_faults_wait_for_a_websocket(client: Client, world: World, kind: Any) -> None:
    """A WebSocket fault for any endpoint passes HTTPS by, and takes the login with it."""
    fault = world.plan(Fault("*", websocket=kind))
    assert client.session() is None
    assert fault.used == 1


@pytest.mark.parametrize(("kind", "status"), [("html", 200), ("redirect", 302)])
def test_http_in_place_of_the_handshake(world: World, kind: Any, status: int) -> None:
    """What a proxy or a captive portal does."""
    world.plan(Fault("connect", websocket=kind))
    outcome = world.channels.connect(ID, "any")
    assert outcome.answer and outcome.answer.status == outcome.entry.status == status


def test_fault_on_subscribe(client: Client, world: World) -> None:
    """An error code in the answer frame; no subscription."""
    world.plan(Fault("subscribe", code="MMC.111070121"))
    session = client.session()
    assert session
    assert [frame["data"]["returnCode"] for frame in client.subscribe(session)] == [111070121]
    assert world.log[-1].code == "MMC.111070121"
    assert len(client.subscribe(session)) == 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"endpoint": "tokens"}, "fault.endpoint must be token or"),
        ({"endpoint": "record", "drop": "during"}, "fault.drop must be before or after or null"),
        ({"endpoint": "record", "websocket": "close"}, "record is no WebSocket endpoint"),
        ({"endpoint": "push", "websocket": "html"}, "html can only answer connect"),
        ({"endpoint": "push", "times": "always"}, "fault.times must be a whole number or null"),
    ],
)
def test_misspelt_fault(values: dict[str, Any], message: str) -> None:
    """A fault that could never happen is refused."""
    with pytest.raises(ValueError, match=message):
        Fault(**values)


def test_misspelt_behaviour_and_meeting() -> None:
    """So is a behaviour or a meeting that means nothing."""
    with pytest.raises(ValueError, match="behaviour.redundant must be accept or segment or error, not 'ignore'"):
        Behaviour(redundant="ignore")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="state must be Schedule or Created or Destroyed"):
        Meeting("1", state="Running")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="behaviour.rate_limit cannot differ"):
        Meeting("1", behaviour={"rate_limit": None})
    with pytest.raises(ValueError, match="conference_id must not be empty"):
        Meeting("")
