# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator over real HTTPS and WSS, as the collection meets it."""

from __future__ import annotations

import json
import threading
import time

import pytest
import requests
import websocket

from tests.simulator import Fault, Meeting, Simulator
from tests.unit.simulator.clients import CONNECT, HOST, ID, PATH, PATIENCE, Remote, closed, elapsed, received

# ---- the happy path ----


def test_whole_story(remote: Remote, channel: websocket.WebSocket, simulator: Simulator) -> None:
    """Token, live state, start, push, end."""
    assert simulator.open_sockets == 1
    answer = remote.record(1)
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


def test_errors_have_the_vendors_shape(remote: Remote) -> None:
    """Body, content type and request ID of an error."""
    answer = remote.send("GET", f"{PATH}/token", params={"conferenceID": "1"}, headers=HOST)
    assert answer.status_code == 400
    assert answer.json() == {"error_code": "MMC.111072065", "error_msg": "CONF_NOT_FOUND_OR_AUTH_FAILED"}
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nowhere"), ("POST", f"{PATH}/token"), ("GET", "/")])
def test_unknown_path_or_method(remote: Remote, simulator: Simulator, method: str, path: str) -> None:
    """The gateway knows neither."""
    answer = remote.send(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "APIG.0101")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"] == simulator.world.log[-1].request_id


def test_bad_login_closes_the_channel(simulator: Simulator) -> None:
    """The handshake succeeds, then the channel is closed."""
    url = f"wss://127.0.0.1:{simulator.world.ports[0]}{CONNECT}?confID={ID}&tmpToken=wrong"
    channel = websocket.create_connection(url, sslopt={"ca_certs": str(simulator.ca_file)}, timeout=PATIENCE)
    assert closed(channel)
    channel.close()
    assert simulator.until_closed()


def test_knocking_without_a_handshake(remote: Remote) -> None:
    """A plain GET at the WebSocket address is a bad request, no accident."""
    assert remote.send("GET", CONNECT).status_code == 400
    assert remote.simulator.world.log[-1].status == 400


def test_heartbeat_timeout(remote: Remote, simulator: Simulator) -> None:
    """The server closes a channel without a pulse."""
    simulator.world.behaviour.heartbeat_timeout = 0.05
    channel = remote.connect()
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
        remote = Remote(simulator)
        with remote.http:
            remote.send("GET", f"{PATH}/token", params={"conferenceID": number}, headers=HOST)

    threads = [threading.Thread(target=ask, args=(number,)) for number in ids]

    def run() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert elapsed(run) < 2
    assert len(simulator.world.requests("token")) == 20


# ---- TLS, addresses, life cycle ----


def test_only_its_own_authority_is_trusted(remote: Remote) -> None:
    """Without the CA file nobody is fooled."""
    with pytest.raises(requests.exceptions.SSLError):
        remote.send("GET", "/", verify=True)


def test_untrusted_websocket(remote: Remote, simulator: Simulator) -> None:
    """`ws_trusted: false` leads to a certificate of another authority."""
    simulator.world.behaviour.ws_trusted = False
    with pytest.raises(OSError, match="certificate verify failed"):
        remote.connect()
    assert simulator.world.requests("connect") == []


def test_websocket_by_name(remote: Remote, simulator: Simulator) -> None:
    """`ws_host: localhost` is covered by the certificate."""
    simulator.world.behaviour.ws_host = "localhost"
    remote.connect().close()
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


def test_stop_leaves_nothing(remote: Remote, channel: websocket.WebSocket, simulator: Simulator) -> None:
    """Open channels and pending answers do not keep it alive; the certificates are gone."""
    ca_file, environment = simulator.ca_file, simulator.environment()
    assert environment == {"HUAWEI_MEETING_API_URL": simulator.url, "HUAWEI_MEETING_CA_PATH": str(ca_file)}
    simulator.world.plan(Fault("token", delay=60))
    waiting = threading.Thread(target=lambda: pytest.raises(requests.ConnectionError, remote.token))
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


def test_latency(remote: Remote, simulator: Simulator) -> None:
    """Each answer takes its time."""
    remote.token()
    simulator.world.behaviour.latency = 0.1
    assert elapsed(remote.token) >= 0.1


def test_throttled(remote: Remote, simulator: Simulator) -> None:
    """429 with the gateway's headers."""
    simulator.world.behaviour.rate_limit, simulator.world.behaviour.retry_after = (1, 60), True
    assert remote.token().status_code == 200
    answer = remote.token()
    assert (answer.status_code, answer.json()["error_code"]) == (429, "APIG.0308")
    assert answer.headers["X-APIG-Ratelimit-Api"] == "remain:0,limit:1,time:1 minute"
    assert 58 <= int(answer.headers["Retry-After"]) <= 60


def test_record_body(remote: Remote, simulator: Simulator) -> None:
    """The 39 bytes of the vendor's sample."""
    simulator.world.behaviour.record_body = "return_code"
    assert remote.record().json()["returnCode"] == 0
