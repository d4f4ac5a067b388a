# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated world as a whole: what it may import, its log, its secrets, and changes by hand."""

from __future__ import annotations

import ast
import base64
import json
from pathlib import Path

import pytest

from tests.simulator import Meeting, World
from tests.unit.simulator.clients import HOST, ID, Client, frames
from tests.unit.simulator.company import code

SIMULATOR = Path(__file__).parents[2] / "simulator"


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
