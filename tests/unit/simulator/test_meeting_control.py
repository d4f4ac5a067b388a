# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control of one meeting, without any network and with a clock that stands still."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.simulator import Meeting, World
from tests.unit.simulator.clients import GUEST, HOST, ID, Client, Clock, recorded
from tests.unit.simulator.company import code

# ---- control tokens ----


def test_token_for_the_host(client: Client, clock: Clock) -> None:
    """The documented body, with the expiry in milliseconds."""
    answer = client.call("token", HOST)
    document = json.loads(answer.body)
    data = document["data"]
    assert answer.status == 200
    assert data["role"] == 1
    assert data["expireTime"] == int((clock.now + 1800) * 1000)
    assert data["confTokenExpireTime"] == 1800
    assert data["wsURL"] == "wss://127.0.0.1:443"
    assert data["vmrCurrentConfID"] == ID
    assert "ConfDynamicInfoNotify" in data["supportNotifyType"]
    assert {"userID", "orgID", "participantID"} < set(data)
    assert {"addressToken", "gloablPublicIP"} < set(document)


def test_token_for_a_guest(client: Client) -> None:
    """A guest's token has the role 0 and may not record."""
    data = json.loads(client.call("token", GUEST).body)["data"]
    assert data["role"] == 0
    answer = client.call("record", {"X-Conference-Authorization": data["token"]}, body=b'{"isRecord": 1}', method="PUT")
    assert code(answer) == (403, "MMC.111070002")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Login-Type": "1"}, "MMC.112100029"),
        ({"X-Password": "host-914826"}, "MMC.112100029"),
        ({"X-Password": "host-914826", "X-Login-Type": "2"}, "MMC.111071061"),
        ({"X-Password": "", "X-Login-Type": "1"}, "MMC.111070009"),
        ({"X-Password": "wrong", "X-Login-Type": "1"}, "MMC.111072065"),
    ],
)
def test_token_refused(client: Client, headers: dict[str, str], expected: str) -> None:
    """What is missing or wrong in a token request."""
    assert code(client.call("token", headers)) == (400, expected)


def test_token_of_unknown_or_unnamed_meeting(world: World) -> None:
    """An unknown meeting cannot be told from a wrong password."""
    for conference_id, expected in (("1", "MMC.111072065"), (None, "MMC.112100029")):
        answer = world.gateway.receive("token", conference_id, HOST).answer
        assert answer and code(answer) == (400, expected)


@pytest.mark.parametrize(("state", "expected"), [("Schedule", "MMC.111072005"), ("Destroyed", "MMC.111072006")])
def test_token_needs_a_running_meeting(client: Client, world: World, state: Any, expected: str) -> None:
    """The codes for a meeting that has not begun or is over; a wrong password does not even learn that."""
    world.meetings[ID].state = state
    assert client.call("token", HOST).code == expected
    assert client.call("token", {**HOST, "X-Password": "wrong"}).code == "MMC.111072065"
    world.behaviour.not_started_code = world.behaviour.ended_code = "MMC.111070005"
    assert client.call("token", HOST).code == "MMC.111070005"


def test_wrong_passwords_lock_the_login(client: Client, world: World) -> None:
    """After `login_attempts` wrong passwords the right one is refused too; before that it forgives all."""
    world.behaviour.login_attempts = 2
    wrong = {**HOST, "X-Password": "wrong"}
    assert [client.call("token", item).code for item in (wrong, HOST, wrong, wrong, wrong, HOST)] == [
        "MMC.111072065",
        None,
        "MMC.111072065",
        "MMC.111072065",
        "MMC.111072064",
        "MMC.111072064",
    ]


def test_keeping_a_token_alive(client: Client) -> None:
    """The same token comes back, lives on, and the password is not looked at."""
    token = client.token()
    client.wait(1700)
    answer = client.call("token", {"X-Password": "", "X-Login-Type": "1", **token})
    assert json.loads(answer.body)["data"]["token"] == token["X-Conference-Authorization"]
    client.wait(1700)
    assert client.put(1, token) == "ok"


def test_keeping_a_token_alive_may_give_a_new_one(client: Client, world: World) -> None:
    """With `keep_alive: new` whoever goes on with the old token is refused."""
    world.behaviour.keep_alive = "new"
    token = client.token()
    data = json.loads(client.call("token", {**HOST, **token}).body)["data"]
    assert data["role"] == 1
    assert client.put(1, token) == "MMC.111070004"
    assert client.put(1, {"X-Conference-Authorization": data["token"]}) == "ok"


def test_keeping_a_token_alive_may_need_the_password(client: Client, world: World) -> None:
    """The documents contradict themselves here."""
    world.behaviour.keep_alive_needs_password = True
    token = client.token()
    assert client.call("token", {**HOST, **token, "X-Password": ""}).code == "MMC.111070009"
    assert client.call("token", {**HOST, **token}).status == 200


def test_expired_token_logs_in_anew_with_the_password(client: Client, world: World) -> None:
    """An expired token beside a good password gives a new token; without one it gives nothing."""
    token = client.token()
    world.expire_tokens()
    assert client.call("token", {**HOST, **token, "X-Password": ""}).code == "MMC.111070009"
    data = json.loads(client.call("token", {**HOST, **token}).body)["data"]
    assert data["token"] != token["X-Conference-Authorization"]


def test_token_in_base64(client: Client) -> None:
    """The wrapped form of the older documents is as good as the raw one; broken wrapping is not."""
    raw = client.token()["X-Conference-Authorization"]
    wrapped = "Basic " + base64.b64encode(raw.encode()).decode()
    assert client.put(1, {"X-Conference-Authorization": wrapped}) == "ok"
    assert client.put(1, {"X-Conference-Authorization": "Basic ???"}) == "MMC.111070004"


@pytest.mark.parametrize("status", [401, 403, 400])
def test_refused_control_token(client: Client, world: World, status: int) -> None:
    """Expired by age, expired by hand, of another meeting, missing: always the configured status."""
    world.behaviour.refused_token = status
    world.behaviour.token_lifetime = 10
    world.add(Meeting("2"))
    old = client.token()
    client.wait(10)
    by_hand = client.token()
    world.expire_tokens("2")
    assert client.call("wsToken", by_hand).status == 200
    world.expire_tokens(ID)
    foreign = {"X-Conference-Authorization": world.issue_token("2")}
    for headers, expected in (
        (old, "MMC.111070004"),
        (by_hand, "MMC.111070004"),
        (foreign, "MMC.111070004"),
        ({}, "MMC.111070111"),
    ):
        assert code(client.call("wsToken", headers)) == (status, expected)
        assert code(client.call("record", headers, method="PUT")) == (status, expected)


def test_ws_token_is_for_one_use_and_one_minute(client: Client, world: World) -> None:
    """A used, an expired and a foreign WebSocket token do not log in."""
    headers = client.token()

    def fetch() -> str:
        return str(json.loads(client.call("wsToken", headers).body)["webSocketToken"])

    token = fetch()
    assert world.channels.connect(ID, token).session
    assert not world.channels.connect(ID, token).session
    token = fetch()
    client.wait(60)
    assert not world.channels.connect(ID, token).session
    assert not world.channels.connect("2", fetch()).session
    assert not world.channels.connect(None, None).session
    world.behaviour.ws_token_lifetime = 100
    token = fetch()
    client.wait(99)
    assert world.channels.connect(ID, token).session
    assert [entry.code for entry in world.requests("connect")] == [None, "closed", "closed", "closed", "closed", None]


def test_place_of_the_ws_token(client: Client, world: World) -> None:
    """Region-level servers wrap it."""
    world.behaviour.ws_token_place = "data"
    document = json.loads(client.call("wsToken", client.token()).body)
    assert document["returnCode"] == 0 and document["data"]["webSocketToken"]


def test_ws_url(client: Client, world: World) -> None:
    """Scheme, host and listener of the WebSocket address are configurable."""
    world.ports = (1111, 2222)
    world.behaviour.ws_trusted, world.behaviour.ws_host, world.behaviour.ws_scheme = False, "localhost", "ws"
    assert json.loads(client.call("token", HOST).body)["data"]["wsURL"] == "ws://localhost:2222"


# ---- recording ----


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "MMC.111072057"),
        (b"{", "MMC.111071062"),
        (b"[1]", "MMC.111071062"),
        (b"{}", "MMC.111072045"),
        (b'{"isRecord": 2}', "MMC.111072045"),
        (b'{"isRecord": "1"}', "MMC.111072045"),
        (b'{"isRecord": true}', "MMC.111072045"),
        (b'{"isRecord": 1.0}', "MMC.111072045"),
    ],
)
def test_record_wants_an_integer(client: Client, body: bytes, expected: str) -> None:
    """Anything but {"isRecord": 0 or 1} is refused."""
    assert client.put(body) == expected


@pytest.mark.parametrize(
    ("change", "started", "stopped"),
    [
        ({"record_type": 0}, "MMC.111072020", "MMC.111072020"),
        ({"record_type": 1}, "MMC.111072020", "MMC.111072020"),
        ({"record_type": 3}, "ok", "ok"),
        ({"participants": 0}, "MMC.111072024", "ok"),
        ({"storage": "none"}, "MMC.111072066", "ok"),
        ({"storage": "full"}, "MMC.111072067", "ok"),
        ({"state": "Schedule"}, "MMC.111072005", "MMC.111072005"),
        ({"state": "Destroyed"}, "MMC.111072006", "MMC.111072006"),
    ],
)
def test_what_a_recording_needs(
    client: Client, world: World, change: dict[str, Any], started: str, stopped: str
) -> None:
    """Preconditions: those of the storage and of the room hold for a start only."""
    for name, value in change.items():
        setattr(world.meetings[ID], name, value)
    assert client.put(0) == stopped
    assert client.put(1) == started


def test_recorder_follows_after_its_delay(client: Client, world: World) -> None:
    """The accepted PUT changes nothing yet; the world says when it will."""
    world.behaviour.recorder_delay = 3
    assert client.put(1) == "ok"
    assert world.agenda.advance() == pytest.approx(3)
    client.wait(2.9)
    assert recorded(world) == (False, False)
    client.wait(0.2)
    assert recorded(world) == (True, True)
    assert client.put(0) == "ok"
    client.wait(3)
    assert recorded(world) == (False, True)
    assert world.meetings[ID].segments == 1


def test_recorder_at_once_or_never(client: Client, world: World) -> None:
    """No delay, and no recorder at all."""
    world.behaviour.recorder_delay = 0
    client.put(1)
    assert world.meetings[ID].recording
    world.behaviour.recorder_delay = None
    assert client.put(0) == "ok"
    client.wait(10_000)
    assert world.meetings[ID].recording


def test_recorder_does_not_outlive_the_meeting(client: Client, world: World) -> None:
    """A meeting that ends before the recorder comes is never recorded."""
    client.put(1)
    world.end(ID)
    client.wait(1)
    assert not world.meetings[ID].recording


@pytest.mark.parametrize(
    ("rule", "answers", "segments"),
    [
        ("accept", ["ok", "ok", "ok", "ok"], 1),
        ("segment", ["ok", "ok", "ok", "ok"], 2),
        ("error", ["ok", "MMC.111072222", "ok", "MMC.111072224"], 1),
    ],
)
def test_redundant_requests(client: Client, world: World, rule: Any, answers: list[str], segments: int) -> None:
    """Start while started, stop while stopped: also while the recorder is still on its way."""
    world.behaviour.redundant = rule
    assert [client.put(value) for value in (1, 1, 0, 0)] == answers
    assert world.meetings[ID].segments == segments
    client.wait(1)
    assert [client.put(value) for value in (1, 1, 0, 0)] == answers
    assert world.writes(ID) == [1, 1, 0, 0] * 2


def test_allocating(client: Client, world: World) -> None:
    """The first n PUTs are told to wait, but the recorder comes."""
    world.behaviour.allocating = 2
    assert [client.put(1) for _unused in range(3)] == ["MMC.111072063", "MMC.111072063", "ok"]
    client.wait(1)
    assert world.meetings[ID].recording and world.meetings[ID].segments == 1


def test_record_body(client: Client, world: World) -> None:
    """Empty, or the 39 bytes that the vendor's Content-Length hints at."""
    headers = client.token()
    assert client.call("record", headers, body=b'{"isRecord": 1}', method="PUT").body == b""
    world.behaviour.record_body = "return_code"
    body = client.call("record", headers, body=b'{"isRecord": 0}', method="PUT").body
    assert json.loads(body) == {"returnCode": 0, "returnDesc": "SUCCESS"}


def test_behaviour_of_one_meeting(client: Client, world: World) -> None:
    """A meeting may differ from the site."""
    world.meetings[ID].behaviour = {"recorder_delay": 9}
    client.put(1)
    assert world.agenda.advance() == pytest.approx(9)
