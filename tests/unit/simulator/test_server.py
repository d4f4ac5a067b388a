# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator over real HTTPS and WSS, as the collection meets it."""

from __future__ import annotations

import itertools
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket

from tests.simulator import Behaviour, Fault, Meeting, Simulator, World, seed

ID = "914047751"
ROOT = Path(__file__).parents[3]
PATH = "/v1/mmc/control/conferences"
CONNECT = "/cms/open/websocket/confctl/increment/conn"
HOST = {"X-Password": "host-914826", "X-Login-Type": "1"}
PATIENCE = 5.0  # seconds; nothing here takes that long unless it fails


class Client:
    """Speaks to a running simulator about one meeting."""

    def __init__(self, simulator: Simulator) -> None:
        """Know where it listens."""
        self.simulator = simulator
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send any request. REQUESTS_CA_BUNDLE of the caller must not decide, so `verify` goes with each."""
        options = {"verify": str(self.simulator.ca_file), "timeout": PATIENCE, "allow_redirects": False, **more}
        return self.http.request(method, self.simulator.url + path, **options)

    def token(self, **more: Any) -> requests.Response:
        """Ask for a control token."""
        return self.send("GET", f"{PATH}/token", params={"conferenceID": ID}, headers=HOST, **more)

    def record(self, value: int = 1, **more: Any) -> requests.Response:
        """Start or stop the recording."""
        headers = {"X-Conference-Authorization": self.simulator.world.issue_token(ID)}
        return self.send(
            "PUT", f"{PATH}/record", params={"conferenceID": ID}, headers=headers, json={"isRecord": value}, **more
        )

    def connect(self, **options: Any) -> websocket.WebSocket:
        """Log in to the WebSocket; the caller closes it."""
        data = self.token().json()["data"]
        headers = {"X-Conference-Authorization": data["token"]}
        answer = self.send("GET", f"{PATH}/wsToken", params={"conferenceID": ID}, headers=headers)
        url = f"{data['wsURL']}{CONNECT}?confID={ID}&tmpToken={answer.json()['webSocketToken']}"
        options = {"sslopt": {"ca_certs": str(self.simulator.ca_file)}, "timeout": PATIENCE, **options}
        return websocket.create_connection(url, **options)

    def subscribe(self, channel: websocket.WebSocket) -> None:
        """Ask for the live state."""
        data = {"subscribeType": ["ConfDynamicInfoNotify"], "confToken": self.simulator.world.issue_token(ID)}
        channel.send(json.dumps({"action": "Subscribe", "sequence": "1", "data": json.dumps(data)}))

    def admin(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Use the admin surface."""
        return self.send(method, f"/_simulator{path}", data=None if body is None else json.dumps(body))


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running simulator with one running meeting."""
    world = World(Behaviour(recorder_delay=0.01))
    world.add(Meeting(ID))
    with Simulator(world) as simulator:
        yield simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    """A client of that meeting."""
    client = Client(simulator)
    with client.http:
        yield client


@pytest.fixture
def channel(client: Client) -> Iterator[websocket.WebSocket]:
    """A subscribed WebSocket that has received its snapshot."""
    channel = client.connect()
    client.subscribe(channel)
    assert received(channel)["data"]["returnCode"] == 0
    assert received(channel)["recState"] == 0
    yield channel
    channel.close()


def received(channel: websocket.WebSocket) -> Any:
    """Return the next JSON frame."""
    return json.loads(channel.recv())


def closed(channel: websocket.WebSocket) -> bool:
    """Tell whether the next thing from the server is the end of the channel."""
    return bool(channel.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE)


def elapsed(call: Callable[[], object]) -> float:
    """Return how many seconds a call takes."""
    start = time.monotonic()
    call()
    return time.monotonic() - start


# ---- the happy path ----


def test_whole_story(client: Client, channel: websocket.WebSocket, simulator: Simulator) -> None:
    """Token, live state, start, push, end."""
    assert simulator.open_sockets == 1
    answer = client.record(1)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.headers["Server"] == "api-gateway"
    assert answer.headers["X-Request-Id"] == simulator.world.requests("record")[0].request_id
    assert received(channel)["recState"] == 1
    channel.send(json.dumps({"action": "HeartBeat", "sequence": "2"}))
    assert received(channel) == {"action": "HeartBeat", "sequence": "2"}
    simulator.world.end(ID)
    assert received(channel)["state"] == "Destroyed"
    assert closed(channel)
    assert simulator.until_closed()
    endpoints = [entry.endpoint for entry in simulator.world.log]
    assert endpoints == ["token", "wsToken", "connect", "subscribe", "record", "heartbeat"]


def test_errors_have_the_vendors_shape(client: Client) -> None:
    """Body, content type and request ID of an error."""
    answer = client.send("GET", f"{PATH}/token", params={"conferenceID": "1"}, headers=HOST)
    assert answer.status_code == 400
    assert answer.json() == {"error_code": "MMC.111072065", "error_msg": "CONF_NOT_FOUND_OR_AUTH_FAILED"}
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nowhere"), ("POST", f"{PATH}/token"), ("GET", "/")])
def test_unknown_path_or_method(client: Client, simulator: Simulator, method: str, path: str) -> None:
    """The gateway knows neither."""
    answer = client.send(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "APIG.0101")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"] == simulator.world.log[-1].request_id


def test_bad_login_closes_the_channel(simulator: Simulator) -> None:
    """The handshake succeeds, then the channel is closed."""
    url = f"wss://127.0.0.1:{simulator.world.ports[0]}{CONNECT}?confID={ID}&tmpToken=wrong"
    channel = websocket.create_connection(url, sslopt={"ca_certs": str(simulator.ca_file)}, timeout=PATIENCE)
    assert closed(channel)
    channel.close()
    assert simulator.until_closed()


def test_knocking_without_a_handshake(client: Client) -> None:
    """A plain GET at the WebSocket address is a bad request, no accident."""
    assert client.send("GET", CONNECT).status_code == 400
    assert client.simulator.world.log[-1].status == 400


def test_heartbeat_timeout(client: Client, simulator: Simulator) -> None:
    """The server closes a channel without a pulse."""
    simulator.world.behaviour.heartbeat_timeout = 0.05
    channel = client.connect()
    assert closed(channel)
    channel.close()


def test_channel_that_breaks_off_is_noticed(channel: websocket.WebSocket, simulator: Simulator) -> None:
    """A client that vanishes without a word leaves nothing behind."""
    assert simulator.open_sockets == 1
    channel.shutdown()
    assert simulator.until_closed()


def test_many_at_once(simulator: Simulator) -> None:
    """Meetings do not wait for each other."""
    simulator.world.behaviour.latency = 0.2
    ids = [str(number) for number in range(20)]
    for number in ids:
        simulator.world.add(Meeting(number))

    def ask(number: str) -> None:
        client = Client(simulator)
        with client.http:
            client.send("GET", f"{PATH}/token", params={"conferenceID": number}, headers=HOST)

    threads = [threading.Thread(target=ask, args=(number,)) for number in ids]

    def run() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert elapsed(run) < 2
    assert len(simulator.world.requests("token")) == 20


# ---- TLS, addresses, life cycle ----


def test_only_its_own_authority_is_trusted(client: Client) -> None:
    """Without the CA file nobody is fooled."""
    with pytest.raises(requests.exceptions.SSLError):
        client.send("GET", "/", verify=True)


def test_untrusted_websocket(client: Client, simulator: Simulator) -> None:
    """`ws_trusted: false` leads to a certificate of another authority."""
    simulator.world.behaviour.ws_trusted = False
    with pytest.raises(OSError, match="certificate verify failed"):
        client.connect()
    assert simulator.world.requests("connect") == []


def test_websocket_by_name(client: Client, simulator: Simulator) -> None:
    """`ws_host: localhost` is covered by the certificate."""
    simulator.world.behaviour.ws_host = "localhost"
    client.connect().close()
    assert len(simulator.world.requests("connect")) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_listens_on_loopback_only(host: str) -> None:
    """A simulator is nobody else's business."""
    with pytest.raises(ValueError, match="loopback"):
        Simulator(host=host)


def test_taken_port(simulator: Simulator) -> None:
    """A taken port is an error at once, and leaves nothing behind."""
    other = Simulator(port=simulator.world.ports[0])
    with pytest.raises(OSError, match="address already in use"):
        other.start()
    other.stop()
    with pytest.raises(OverflowError):
        Simulator(port=70_000).start()
    with pytest.raises(RuntimeError, match="already"):
        simulator.start()


def test_stop_leaves_nothing(client: Client, channel: websocket.WebSocket, simulator: Simulator) -> None:
    """Open channels and pending answers do not keep it alive; the certificates are gone."""
    ca_file, environment = simulator.ca_file, simulator.environment()
    assert environment == {"HUAWEI_MEETING_API_URL": simulator.url, "HUAWEI_MEETING_CA_PATH": str(ca_file)}
    simulator.world.plan(Fault("token", delay=60))
    waiting = threading.Thread(target=lambda: pytest.raises(requests.ConnectionError, client.token))
    waiting.start()
    while not simulator.world.requests("token")[1:]:
        time.sleep(0.005)
    assert elapsed(simulator.stop) < 2
    waiting.join()
    simulator.stop()
    assert not ca_file.exists()
    assert "simulator" not in [thread.name for thread in threading.enumerate()]
    simulator.world.set_recording(ID, True)  # the world goes on without a server
    with pytest.raises(RuntimeError):
        _unused = simulator.ca_file


def test_one_world_twice(simulator: Simulator) -> None:
    """A simulator can be started again with the same world."""
    simulator.stop()
    with simulator, requests.get(f"{simulator.url}/nowhere", verify=str(simulator.ca_file), timeout=PATIENCE) as answer:
        assert answer.status_code == 404


# ---- behaviour that only shows on the wire ----


def test_latency(client: Client, simulator: Simulator) -> None:
    """Each answer takes its time."""
    client.token()
    simulator.world.behaviour.latency = 0.1
    assert elapsed(client.token) >= 0.1


def test_throttled(client: Client, simulator: Simulator) -> None:
    """429 with the gateway's headers."""
    simulator.world.behaviour.rate_limit, simulator.world.behaviour.retry_after = (1, 60), True
    assert client.token().status_code == 200
    answer = client.token()
    assert (answer.status_code, answer.json()["error_code"]) == (429, "APIG.0308")
    assert answer.headers["X-APIG-Ratelimit-Api"] == "remain:0,limit:1,time:1 minute"
    assert 58 <= int(answer.headers["Retry-After"]) <= 60


def test_record_body(client: Client, simulator: Simulator) -> None:
    """The 39 bytes of the vendor's sample."""
    simulator.world.behaviour.record_body = "return_code"
    assert client.record().json()["returnCode"] == 0


# ---- faults over HTTPS ----


def test_fault_answer(client: Client, simulator: Simulator) -> None:
    """Status, body, headers and content type of an answer by plan."""
    fault = Fault("token", status=502, body="<html>", content_type="text/html", headers={"X-Proxy": "yes"})
    simulator.world.plan(fault)
    answer = client.token()
    assert (answer.status_code, answer.text, answer.headers["X-Proxy"]) == (502, "<html>", "yes")
    assert answer.headers["Content-Type"] == "text/html"
    assert client.token().status_code == 200


@pytest.mark.parametrize(("drop", "segments"), [("before", 0), ("after", 1)])
def test_fault_drop(client: Client, simulator: Simulator, drop: Any, segments: int) -> None:
    """The connection ends without an answer; the deed may have been done."""
    simulator.world.plan(Fault("record", drop=drop))
    with pytest.raises(requests.ConnectionError):
        client.record()
    assert simulator.world.meetings[ID].segments == segments
    assert simulator.world.writes() == [1]


@pytest.mark.parametrize("endpoint", ["token", "record"])
def test_fault_truncate(client: Client, simulator: Simulator, endpoint: Any) -> None:
    """Less than Content-Length promises, even where the right body is empty."""
    simulator.world.plan(Fault(endpoint, truncate=True))
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError), match="IncompleteRead"):
        client.token() if endpoint == "token" else client.record()


def test_fault_delay(client: Client, simulator: Simulator) -> None:
    """The answer comes late; the deed was done in time."""
    simulator.world.plan(Fault("record", delay=60))
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.record(timeout=0.1)
    assert simulator.world.meetings[ID].segments == 1


def test_fault_drip(client: Client, simulator: Simulator) -> None:
    """Byte by byte: no single read ever times out."""
    simulator.world.plan(Fault("token", body="x" * 20, drip=0.01))
    start = time.monotonic()
    assert client.token(timeout=0.1).text == "x" * 20
    assert time.monotonic() - start >= 0.15


def test_fault_size(client: Client, simulator: Simulator) -> None:
    """More than anybody should read into memory."""
    simulator.world.plan(Fault("token", size=10**12))
    with client.token(stream=True) as answer:
        assert answer.headers["Content-Length"] == str(10**12)
        assert len(answer.raw.read(200_000)) == 200_000
    simulator.world.plan(Fault("token", size=100_000))
    assert len(client.token().content) == 100_000


# ---- faults on the WebSocket ----


def test_connect_silent(client: Client, simulator: Simulator) -> None:
    """The handshake is never answered."""
    simulator.world.plan(Fault("connect", websocket="silent"))
    with pytest.raises(websocket.WebSocketTimeoutException):
        client.connect(timeout=0.1)
    assert simulator.until_closed()


@pytest.mark.parametrize(
    ("fault", "status"),
    [({"websocket": "html"}, 200), ({"status": 503}, 503), ({"code": "MMC.111070004"}, 400)],
)
def test_connect_answered_with_http(client: Client, simulator: Simulator, fault: dict[str, Any], status: int) -> None:
    """No 101, but some other status."""
    simulator.world.plan(Fault("connect", **fault))
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        client.connect()
    assert caught.value.status_code == status
    assert simulator.until_closed()


def test_connect_redirect(client: Client, simulator: Simulator) -> None:
    """Whoever follows a redirect leaves a trace."""
    simulator.world.plan(Fault("connect", websocket="redirect", times=2))
    with pytest.raises(websocket.WebSocketException, match="Redirect"):
        client.connect(redirect_limit=0)
    assert simulator.world.requests("unknown") == []
    with pytest.raises(websocket.WebSocketException, match="404"):
        client.connect()
    assert simulator.world.requests("unknown")[0].path == "/elsewhere"


@pytest.mark.parametrize("fault", [{"websocket": "garbage"}, {"drop": "before"}, {"drop": "after"}])
def test_connect_broken(client: Client, simulator: Simulator, fault: dict[str, Any]) -> None:
    """Something that is no HTTP, or nothing at all."""
    simulator.world.plan(Fault("connect", **fault))
    with pytest.raises((websocket.WebSocketException, OSError, IndexError, ValueError)):
        client.connect()
    assert simulator.until_closed()
    assert simulator.world.requests("connect")[0].status is None


def test_connect_close_and_delay(client: Client, simulator: Simulator) -> None:
    """Closed right after a handshake that took its time."""
    simulator.world.plan(Fault("connect", websocket="close", delay=0.1))
    start = time.monotonic()
    channel = client.connect()
    assert closed(channel)
    assert time.monotonic() - start >= 0.1
    channel.close()


def test_connect_pings(client: Client, simulator: Simulator) -> None:
    """Signs of life, but nothing else; stopping the simulator ends that too."""
    simulator.world.plan(Fault("connect", websocket="pings"))
    channel = client.connect()
    assert [channel.recv_frame().opcode for _unused in range(3)] == [websocket.ABNF.OPCODE_PING] * 3
    assert elapsed(channel.close) < 1
    assert simulator.until_closed()


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [("connect", "wrong_types"), ("connect", "huge")]
    + list(itertools.product(["subscribe", "push"], ["close", "wrong_types", "garbage", "huge", "pings", "silent"])),
)
def test_frames_by_plan(client: Client, simulator: Simulator, endpoint: Any, kind: Any) -> None:
    """Each kind of WebSocket fault at each place: what the client gets first where the right frame should be."""
    simulator.world.plan(Fault(endpoint, websocket=kind, size=200_000))
    channel = client.connect()
    if endpoint != "connect":
        client.subscribe(channel)
    if endpoint == "push":
        assert received(channel)["action"] == "Subscribe"
    if kind == "silent":
        channel.settimeout(0.05)
        with pytest.raises(websocket.WebSocketTimeoutException):
            channel.recv()
    else:
        opcode, data = channel.recv_data(control_frame=True)
        expected = {"close": (8, None), "wrong_types": (1, b"[]"), "pings": (9, b""), "huge": (1, b"x" * 200_000)}
        assert opcode == expected.get(kind, (1, None))[0]
        if kind == "garbage":
            with pytest.raises(ValueError):
                json.loads(data)
        elif kind != "close":
            assert data == expected[kind][1]
    channel.shutdown()
    assert simulator.until_closed()


def test_wrong_types_then_the_truth(client: Client, simulator: Simulator) -> None:
    """A push in wrong shapes: valid JSON each, then the next push is right."""
    simulator.world.plan(Fault("push", websocket="wrong_types"))
    channel = client.connect()
    client.subscribe(channel)
    client.record(1)
    while True:
        frame = received(channel)
        if isinstance(frame, dict) and frame.get("recState") == 1:
            break
    channel.close()


@pytest.mark.parametrize("endpoint", ["subscribe", "push"])
def test_frame_dropped_delayed_or_replaced(client: Client, simulator: Simulator, endpoint: Any) -> None:
    """Faults of the ordinary kind work on frames as well."""
    simulator.world.plan(Fault(endpoint, body="instead", delay=0.1))
    simulator.world.plan(Fault(endpoint, drop="before"))
    channel = client.connect()
    start = time.monotonic()
    client.subscribe(channel)
    frame = channel.recv()
    if endpoint == "push":
        frame = channel.recv()
    assert frame == "instead"
    assert time.monotonic() - start >= 0.1
    if endpoint == "subscribe":
        client.subscribe(channel)
    else:
        simulator.world.touch(ID)
    with pytest.raises((websocket.WebSocketConnectionClosedException, OSError)):
        channel.recv()
    assert simulator.until_closed()


# ---- the admin surface ----


def test_admin_log(client: Client, simulator: Simulator) -> None:
    """The log can be read, filtered and emptied; looking at it leaves no trace in it."""
    client.token()
    client.record(0)
    entries = client.admin("GET", "/log").json()
    assert [(entry["endpoint"], entry["status"]) for entry in entries] == [("token", 200), ("record", 200)]
    assert entries[1]["body"] == {"isRecord": 0}
    assert client.admin("GET", "/log?conference_id=2").json() == []
    assert len(client.admin("GET", "/log?endpoint=record").json()) == 1
    assert not [secret for secret in simulator.world.secrets() if secret in client.admin("GET", "/log").text]
    assert client.admin("DELETE", "/log").status_code == 204
    assert client.admin("GET", "/log").json() == []


def test_admin_meetings(client: Client, channel: websocket.WebSocket, simulator: Simulator) -> None:
    """Meetings can be seen, made and changed; subscribers hear of it."""
    assert client.admin("PUT", "/meetings/2", {"state": "Schedule", "host_password": "own"}).status_code == 200
    assert [item["conference_id"] for item in client.admin("GET", "/meetings").json()] == [ID, "2"]
    assert simulator.world.meetings["2"].host_password == "own"
    assert client.admin("PUT", f"/meetings/{ID}", {"recording": True}).json()["recording"] is True
    assert received(channel)["recState"] == 1
    client.admin("PUT", f"/meetings/{ID}", {"state": "Destroyed"})
    assert received(channel)["state"] == "Destroyed"


def test_admin_faults(client: Client) -> None:
    """Faults can be planned, seen and called off."""
    fault = {"endpoint": "token", "code": "MMC.1", "times": None}
    assert client.admin("POST", "/faults", fault).json()["times"] is None
    assert client.token().json()["error_code"] == "MMC.1"
    assert len(client.admin("GET", "/faults").json()) == 1
    assert client.admin("DELETE", "/faults").status_code == 204
    assert client.token().status_code == 200


def test_admin_behaviour(client: Client, simulator: Simulator) -> None:
    """The behaviour can be changed field by field."""
    answer = client.admin("PATCH", "/behaviour", {"rate_limit": [5, 1], "recorder_delay": None})
    assert answer.json()["recorder_delay"] is None
    assert simulator.world.behaviour.rate_limit == (5, 1.0)
    assert client.admin("GET", "/behaviour").json()["snapshot"] is True


def test_admin_tokens(client: Client) -> None:
    """Tokens can be had and made to expire."""
    for body in (None, {"conference_id": ID}):
        headers = {"X-Conference-Authorization": client.admin("POST", f"/tokens/{ID}").json()["token"]}
        url = f"{PATH}/wsToken?conferenceID={ID}"
        assert client.send("GET", url, headers=headers).status_code == 200
        assert client.admin("POST", "/expire", body).status_code == 204
        assert client.send("GET", url, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "sentence"),
    [
        ("PUT", f"/meetings/{ID}", {"recordng": True}, 400, "meeting.recordng is unknown; known are conference_id,"),
        ("PUT", f"/meetings/{ID}", {"recording": 1}, 400, "meeting.recording must be true or false, not 1"),
        ("PUT", f"/meetings/{ID}", {"state": "Over"}, 400, "meeting.state must be Schedule or Created or Destroyed"),
        ("PUT", f"/meetings/{ID}", [], 400, "meeting must be a mapping of names to values, not []"),
        ("PUT", f"/meetings/{ID}", {"behaviour": {"snapshot": 1}}, 400, "behaviour.snapshot must be true or false"),
        ("PUT", "/meetings/3", {"behaviour": {"colour": 1}}, 400, "behaviour.colour cannot differ for one meeting"),
        ("POST", "/faults", {}, 400, "fault.endpoint is missing"),
        ("POST", "/faults", {"endpoint": "record", "websocket": "close"}, 400, "record is no WebSocket endpoint"),
        ("PATCH", "/behaviour", {"rate_limit": [1]}, 400, "must be a list of a whole number and a number or null"),
        ("PATCH", "/behaviour", {"latency": "slow"}, 400, "behaviour.latency must be a number, not 'slow'"),
        ("POST", "/tokens/404", None, 404, "no meeting 404 here"),
        ("POST", "/expire", {"id": 1}, 400, "the body must be empty or"),
        ("POST", "/log", None, 400, "there is no POST /_simulator/log here"),
    ],
)
def test_admin_bad_input(client: Client, method: str, path: str, body: Any, status: int, sentence: str) -> None:
    """Bad input gets a sentence that names the key."""
    answer = client.admin(method, path, body)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]


def test_admin_wants_json(client: Client) -> None:
    """So does a body that is no JSON."""
    answer = client.send("POST", "/_simulator/faults", data="{")
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})


# ---- seeds, and running by hand ----


def test_example_seed() -> None:
    """The example has a meeting for each rehearsal, each with a word on what it is good for."""
    world = seed.load(seed.EXAMPLE)
    assert len(world.meetings) > 10
    assert all(meeting.note for meeting in world.meetings.values())
    assert world.faults[0].times is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- 1", "the seed must be a mapping with behaviour, enterprise, meetings, faults"),
        ("meeting: []", "meeting is unknown; known are behaviour, enterprise, meetings, faults"),
        ("meetings: {}\nfaults: x", "faults must be a list, not 'x'"),
        ("meetings: [{recording: true}]", "meetings[0].conference_id is missing"),
        ("meetings: [{conference_id: 914047751}]", "meetings[0].conference_id must be a string (in quotes), not 91404"),
        ("meetings: [{conference_id: '1'}, {conference_id: '1'}]", "meetings[1].conference_id 1 is there twice"),
        ("meetings: [{conference_id: '1', behaviour: {snapshot: 7}}]", "meetings[0]: behaviour.snapshot must be"),
        ("behaviour: {redundant: ignore}", "behaviour.redundant must be accept or segment or error, not 'ignore'"),
        ("faults: [{endpoint: push, websocket: html}]", "faults[0]: fault.websocket: html can only answer connect"),
        ("meetings: [\n", "not YAML: "),
        ("meetings: [{conference_id: '1', segments: yes}]", "segments must be a whole number, not True"),
        ("enterprise: []", "enterprise must be a mapping of names to values, not []"),
        ("enterprise: {app_id: a}", "enterprise.app_key is missing"),
        ("enterprise: {app_id: a, app_key: ''}", "enterprise: app_id and app_key must not be empty"),
        ("enterprise: {app_id: a, app_key: k, users: alice}", "enterprise.users must be a list, not 'alice'"),
        (
            "enterprise: {app_id: a, app_key: k, users: [{admin_type: 3}]}",
            "enterprise.users[0].admin_type must be 0",
        ),
        (
            "meetings: [{conference_id: '1', invited: [7]}]",
            "meetings[0].invited must be a list of items, each",
        ),
        ("faults: [{endpoint: online, ends: ['1']}]", "fault: no meeting 1 to begin or end"),
    ],
)
def test_bad_seed(tmp_path: Path, text: str, sentence: str) -> None:
    """An error in a seed is a sentence that names file and key."""
    path = tmp_path / "seed.yml"
    path.write_text(text)
    with pytest.raises(ValueError) as caught:
        seed.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value)


def test_seed_in_json(tmp_path: Path) -> None:
    """JSON is YAML too."""
    path = tmp_path / "seed.json"
    path.write_text('{"behaviour": {"rate_limit": [3, 1]}, "meetings": [{"conference_id": "1"}]}')
    world = seed.load(path)
    assert world.behaviour.rate_limit == (3, 1.0)
    assert list(world.meetings) == ["1"]


def by_hand(*arguments: str) -> subprocess.Popen[str]:
    """Start the simulator as a process of its own."""
    command = [sys.executable, "-m", "tests.simulator", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_by_hand(tmp_path: Path, number: signal.Signals) -> None:
    """It says where it listens, serves, and stops cleanly when told to."""
    env_file, ca_file = tmp_path / "env", tmp_path / "a ca.pem"
    process = by_hand("--env-file", str(env_file), "--ca-file", str(ca_file))
    assert process.stdout
    try:
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Stop with"):
                break
        environment = dict(item.split("=", 1) for item in shlex.split(env_file.read_text()))
        assert environment["HUAWEI_MEETING_CA_PATH"] == str(ca_file)
        assert f"export HUAWEI_MEETING_API_URL={environment['HUAWEI_MEETING_API_URL']}" in lines
        assert f"export HUAWEI_MEETING_CA_PATH='{ca_file}'" in lines
        assert environment["HUAWEI_MEETING_APP_ID"] == "simulated-app-id"
        assert f"export HUAWEI_MEETING_APP_KEY={environment['HUAWEI_MEETING_APP_KEY']}" in lines
        assert '"alice"  Alice Example, ordinary user' in lines
        assert any(line.startswith(f"{ID}  host-914826  running, not recorded") for line in lines)
        url = f"{environment['HUAWEI_MEETING_API_URL']}{PATH}/token?conferenceID={ID}"
        assert requests.get(url, headers=HOST, verify=str(ca_file), timeout=PATIENCE).status_code == 200
    finally:
        process.send_signal(number)
        rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")
    assert rest.strip() == "Stopped: 1 requests arrived, 0 of them to start or stop a recording."
    assert os.listdir(tmp_path) == [ca_file.name]


def test_by_hand_with_a_bad_seed(tmp_path: Path) -> None:
    """No traceback, but a sentence and an exit status; nothing is written."""
    path = tmp_path / "seed.yml"
    path.write_text("meetings: [{conference_id: '1', state: Running}]")
    process = by_hand("--seed", str(path), "--env-file", str(tmp_path / "env"))
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (2, "")
    assert errors == (
        f"The simulator cannot start: {path}: meetings[0].state must be Schedule or Created or Destroyed,"
        " not 'Running'\n"
    )
    assert os.listdir(tmp_path) == ["seed.yml"]


def test_by_hand_on_a_taken_port(simulator: Simulator) -> None:
    """The same for a port that is taken, and for a seed that is not there."""
    process = by_hand("--port", str(simulator.world.ports[0]))
    _unused, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and "address already in use" in errors and "Traceback" not in errors
    process = by_hand("--seed", "nowhere.yml")
    _unused, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and "nowhere.yml" in errors and "Traceback" not in errors
