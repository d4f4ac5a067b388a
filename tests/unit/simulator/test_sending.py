# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What faults do to answers and frames on their way out."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import pytest
import requests
import websocket

from tests.simulator import Fault, Simulator
from tests.unit.simulator.clients import ID, Remote, closed, elapsed, received

# ---- faults over HTTPS ----


def test_fault_answer(remote: Remote, simulator: Simulator) -> None:
    """Status, body, headers and content type of an answer by plan."""
    fault = Fault("token", status=502, body="<html>", content_type="text/html", headers={"X-Proxy": "yes"})
    simulator.world.plan(fault)
    answer = remote.token()
    assert (answer.status_code, answer.text, answer.headers["X-Proxy"]) == (502, "<html>", "yes")
    assert answer.headers["Content-Type"] == "text/html"
    assert remote.token().status_code == 200


@pytest.mark.parametrize(("drop", "segments"), [("before", 0), ("after", 1)])
def test_fault_drop(remote: Remote, simulator: Simulator, drop: Any, segments: int) -> None:
    """The connection ends without an answer; the deed may have been done."""
    simulator.world.plan(Fault("record", drop=drop))
    with pytest.raises(requests.ConnectionError):
        remote.record()
    assert simulator.world.meetings[ID].segments == segments
    assert simulator.world.writes() == [1]


@pytest.mark.parametrize("endpoint", ["token", "record"])
def test_fault_truncate(remote: Remote, simulator: Simulator, endpoint: Any) -> None:
    """Less than Content-Length promises, even where the right body is empty."""
    simulator.world.plan(Fault(endpoint, truncate=True))
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError), match="IncompleteRead"):
        remote.token() if endpoint == "token" else remote.record()


def test_fault_delay(remote: Remote, simulator: Simulator) -> None:
    """The answer comes late; the deed was done in time."""
    simulator.world.plan(Fault("record", delay=60))
    with pytest.raises(requests.exceptions.ReadTimeout):
        remote.record(timeout=0.1)
    assert simulator.world.meetings[ID].segments == 1


def test_fault_drip(remote: Remote, simulator: Simulator) -> None:
    """Byte by byte: no single read ever times out."""
    simulator.world.plan(Fault("token", body="x" * 30, drip=0.02))
    start = time.monotonic()
    assert remote.token(timeout=0.5).text == "x" * 30
    assert time.monotonic() - start >= 0.55


def test_fault_size(remote: Remote, simulator: Simulator) -> None:
    """More than anybody should read into memory."""
    simulator.world.plan(Fault("token", size=10**12))
    with remote.token(stream=True) as answer:
        assert answer.headers["Content-Length"] == str(10**12)
        assert len(answer.raw.read(200_000)) == 200_000
    simulator.world.plan(Fault("token", size=100_000))
    assert len(remote.token().content) == 100_000


# ---- faults on the WebSocket ----


def test_connect_silent(remote: Remote, simulator: Simulator) -> None:
    """The handshake is never answered."""
    simulator.world.plan(Fault("connect", websocket="silent"))
    with pytest.raises(websocket.WebSocketTimeoutException):
        remote.connect(timeout=0.1)
    assert simulator.until_closed()


@pytest.mark.parametrize(
    ("fault", "status"),
    [({"websocket": "html"}, 200), ({"status": 503}, 503), ({"code": "MMC.111070004"}, 400)],
)
def test_connect_answered_with_http(remote: Remote, simulator: Simulator, fault: dict[str, Any], status: int) -> None:
    """No 101, but some other status."""
    simulator.world.plan(Fault("connect", **fault))
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        remote.connect()
    assert caught.value.status_code == status
    assert simulator.until_closed()


def test_connect_redirect(remote: Remote, simulator: Simulator) -> None:
    """Whoever follows a redirect leaves a trace."""
    simulator.world.plan(Fault("connect", websocket="redirect", times=2))
    with pytest.raises(websocket.WebSocketException, match="Redirect"):
        remote.connect(redirect_limit=0)
    assert simulator.world.requests("unknown") == []
    with pytest.raises(websocket.WebSocketException, match="404"):
        remote.connect()
    assert simulator.world.requests("unknown")[0].path == "/elsewhere"


@pytest.mark.parametrize("fault", [{"websocket": "garbage"}, {"drop": "before"}, {"drop": "after"}])
def test_connect_broken(remote: Remote, simulator: Simulator, fault: dict[str, Any]) -> None:
    """Something that is no HTTP, or nothing at all."""
    simulator.world.plan(Fault("connect", **fault))
    with pytest.raises((websocket.WebSocketException, OSError, IndexError, ValueError)):
        remote.connect()
    assert simulator.until_closed()
    assert simulator.world.requests("connect")[0].status is None


def test_connect_close_and_delay(remote: Remote, simulator: Simulator) -> None:
    """Closed right after a handshake that took its time."""
    simulator.world.plan(Fault("connect", websocket="close", delay=0.1))
    start = time.monotonic()
    channel = remote.connect()
    assert closed(channel)
    assert time.monotonic() - start >= 0.1
    channel.close()


def test_connect_pings(remote: Remote, simulator: Simulator) -> None:
    """Signs of life, but nothing else; stopping the simulator ends that too."""
    simulator.world.plan(Fault("connect", websocket="pings"))
    channel = remote.connect()
    assert [channel.recv_frame().opcode for _unused in range(3)] == [websocket.ABNF.OPCODE_PING] * 3
    assert elapsed(channel.close) < 1
    assert simulator.until_closed()


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [("connect", "wrong_types"), ("connect", "huge")]
    + list(itertools.product(["subscribe", "push"], ["close", "wrong_types", "garbage", "huge", "pings", "silent"])),
)
def test_frames_by_plan(remote: Remote, simulator: Simulator, endpoint: Any, kind: Any) -> None:
    """Each kind of WebSocket fault at each place: what the client gets first where the right frame should be."""
    simulator.world.plan(Fault(endpoint, websocket=kind, size=200_000))
    channel = remote.connect()
    if endpoint != "connect":
        remote.subscribe(channel)
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


def test_wrong_types_then_the_truth(remote: Remote, simulator: Simulator) -> None:
    """A push in wrong shapes: valid JSON each, then the next push is right."""
    simulator.world.plan(Fault("push", websocket="wrong_types"))
    channel = remote.connect()
    remote.subscribe(channel)
    remote.record(1)
    while True:
        frame = received(channel)
        if isinstance(frame, dict) and frame.get("recState") == 1:
            break
    channel.close()


@pytest.mark.parametrize("endpoint", ["subscribe", "push"])
def test_frame_dropped_delayed_or_replaced(remote: Remote, simulator: Simulator, endpoint: Any) -> None:
    """Faults of the ordinary kind work on frames as well."""
    simulator.world.plan(Fault(endpoint, body="instead", delay=0.1))
    simulator.world.plan(Fault(endpoint, drop="before"))
    channel = remote.connect()
    start = time.monotonic()
    remote.subscribe(channel)
    frame = channel.recv()
    if endpoint == "push":
        frame = channel.recv()
    assert frame == "instead"
    assert time.monotonic() - start >= 0.1
    if endpoint == "subscribe":
        remote.subscribe(channel)
    else:
        simulator.world.touch(ID)
    with pytest.raises((websocket.WebSocketConnectionClosedException, OSError)):
        channel.recv()
    assert simulator.until_closed()
