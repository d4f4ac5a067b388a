# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated world on its own: no sockets, and a clock that stands still until it is told to move."""

from __future__ import annotations

import ast
import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Behaviour, Fault, Meeting, World
from tests.simulator.model import Answer, Session

ID = "914047751"
HOST = {"X-Password": "host-914826", "X-Login-Type": "1"}
GUEST = {"X-Password": "guest-305117", "X-Login-Type": "1"}
SIMULATOR = Path(__file__).parents[2] / "simulator"


class Clock:
    """Time that tests move by hand, in seconds."""

    def __init__(self) -> None:
        """Start at a round time."""
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Client:
    """Speaks to a world about one meeting, without any network."""

    def __init__(self, world: World, clock: Clock) -> None:
        """Know the world and the clock it lives by."""
        self.world, self.clock = world, clock

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now += seconds
        self.world.agenda.advance()

    def call(self, endpoint: str, headers: dict[str, str], **more: Any) -> Answer:
        """Send a request and return its answer."""
        answer = self.world.gateway.receive(endpoint, ID, headers, **more).answer
        assert answer is not None
        return answer

    def token(self) -> dict[str, str]:
        """Fetch a control token; return the header that carries it."""
        document = json.loads(self.call("token", HOST).body)
        return {"X-Conference-Authorization": document["data"]["token"]}

    def put(self, value: object, headers: dict[str, str] | None = None) -> str:
        """Send PUT record; return the error code, or "ok"."""
        body = value if isinstance(value, bytes) else json.dumps({"isRecord": value}).encode()
        answer = self.call(
            "record", headers or {"X-Conference-Authorization": self.world.issue_token(ID)}, body=body, method="PUT"
        )
        return answer.code or "ok"

    def session(self) -> Session | None:
        """Log in to the WebSocket."""
        document = json.loads(self.call("wsToken", self.token()).body)
        return self.world.channels.connect(ID, document.get("data", document)["webSocketToken"]).session

    def subscribe(self, session: Session, data: object = None, **change: Any) -> list[Any]:
        """Send a Subscribe frame; return what came back. `change` replaces members of its data."""
        if data is None:
            request = {"subscribeType": ["ConfDynamicInfoNotify"], "confToken": self.world.issue_token(ID), **change}
            data = json.dumps(request)
        self.world.channels.hear(session, json.dumps({"action": "Subscribe", "sequence": "7", "data": data}))
        return frames(session)

    def listener(self) -> Session:
        """Return a subscribed session whose outbox is empty."""
        session = self.session()
        assert session is not None
        assert self.subscribe(session)[0]["data"]["returnCode"] == 0
        return session


def frames(session: Session) -> list[Any]:
    """Empty the outbox of a session; None stands for the end of the channel."""
    parcels, session.outbox[:] = list(session.outbox), []
    return [None if parcel.text is None else json.loads(parcel.text) for parcel in parcels]


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


def code(answer: Answer) -> tuple[int, str | None]:
    """Return status and error code of an answer."""
    return answer.status, answer.code


def recorded(world: World) -> tuple[bool, bool]:
    """Return whether the meeting is being recorded, and whether it ever was."""
    return world.meetings[ID].recording, world.meetings[ID].rec_occurred


# ---- the package ----


@pytest.mark.parametrize("path", sorted(SIMULATOR.glob("*.py")), ids=lambda path: path.name)
def test_simulator_never_imports_the_plugins(path: Path) -> None:
    """Simulator and plugins must not be able to be wrong together."""
    imported = [
        name.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in node.names
    ]
    assert not [name for name in imported if "plugins" in name or "ansible" in name]


NETWORK = {"__init__", "__main__", "admin", "front", "sending", "server"}


@pytest.mark.parametrize("name", sorted({path.stem for path in SIMULATOR.glob("*.py")} - NETWORK))
def test_pure_modules_know_no_network(name: str) -> None:
    """The world is pure: sockets and loops belong to the server."""
    text = (SIMULATOR / f"{name}.py").read_text()
    assert not {"asyncio", "aiohttp", "socket", "ssl"} & set(text.replace(".", " ").split())
    assert "time.time()" not in text


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


# ---- WebSocket ----


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


# ---- faults ----


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


# ---- throttling ----


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


def test_throttled_requests_leave_faults_alone(client: Client, world: World) -> None:
    """The gateway refuses before anything else happens."""
    world.behaviour.rate_limit = (0, 1)
    fault = world.plan(Fault("record", code="MMC.1"))
    assert client.put(1) == "APIG.0308"
    assert fault.used == 0 and world.writes() == [1]


# ---- log and secrets ----


def test_log_holds_no_secret(client: Client, world: World) -> None:
    """Whatever was sent, the log does not know any secret of the world."""
    session = client.listener()
    client.put(1)
    world.channels.hear(session, json.dumps({"action": "HeartBeat", "sequence": "1"}))
    text = repr(world.log)
    assert not [secret for secret in world.secrets() if secret in text]
    assert [entry.number for entry in world.log] == list(range(1, len(world.log) + 1))
    assert len({entry.request_id for entry in world.log}) == len(world.log)


def test_secrets(client: Client, world: World) -> None:
    """Passwords past and present, tokens of every kind, and their base64 forms."""
    world.meetings[ID].guest_password = "changed-1"
    world.change(ID, {"host_password": "changed-2"})
    document = json.loads(client.call("token", {**HOST, "X-Password": "changed-2"}).body)
    headers = {"X-Conference-Authorization": document["data"]["token"]}
    ws_token = json.loads(client.call("wsToken", headers).body)["webSocketToken"]
    known = {
        "host-914826",
        "guest-305117",
        "changed-1",
        "changed-2",
        document["data"]["token"],
        document["data"]["tmpWsToken"],
        document["addressToken"],
        ws_token,
        base64.b64encode(document["data"]["token"].encode()).decode(),
    }
    assert known <= world.secrets()


def test_requests_and_writes(client: Client, world: World) -> None:
    """The log can be asked by endpoint and meeting; an unreadable write is a write too."""
    world.add(Meeting("2"))
    world.gateway.receive("token", "2", HOST)
    client.put(1)
    client.put(b"nonsense")
    assert [entry.endpoint for entry in world.requests()] == ["token", "record", "record"]
    assert world.requests("token", ID) == []
    assert world.writes(ID) == [1, -1]
    assert world.writes("2") == []


def test_unknown_endpoint(world: World) -> None:
    """The gateway's answer for an unpublished path."""
    answer = world.gateway.receive("unknown", None, {}, path="/v1/nowhere").answer
    assert answer and code(answer) == (404, "APIG.0101")
    assert world.log[-1].path == "/v1/nowhere"


def test_change(client: Client, world: World) -> None:
    """A change from outside creates a meeting, or is pushed; nonsense changes nothing."""
    assert world.change("2", {"recording": True}).rec_occurred
    session = client.listener()
    world.change(ID, {"recording": True, "subject": "Board"})
    assert [push["recState"] for push in frames(session)] == [1]
    with pytest.raises(ValueError, match="state must be"):
        world.change(ID, {"subject": "Changed", "state": "Running"})
    with pytest.raises(ValueError, match="differs"):
        world.change(ID, {"conference_id": "3"})
    assert world.meetings[ID].subject == "Board"
