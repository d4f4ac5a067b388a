# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin surface, as people and other processes use it."""

from __future__ import annotations

from typing import Any

import pytest
import websocket

from tests.simulator import Simulator
from tests.unit.simulator.clients import ID, PATH, Remote, received


def test_log(remote: Remote, simulator: Simulator) -> None:
    """The log can be read, filtered and emptied; looking at it leaves no trace in it."""
    remote.token()
    remote.record(0)
    entries = remote.admin("GET", "/log").json()
    assert [(entry["endpoint"], entry["status"]) for entry in entries] == [("token", 200), ("record", 200)]
    assert entries[1]["body"] == {"isRecord": 0}
    assert remote.admin("GET", "/log?conference_id=2").json() == []
    assert len(remote.admin("GET", "/log?endpoint=record").json()) == 1
    assert not [secret for secret in simulator.world.secrets() if secret in remote.admin("GET", "/log").text]
    assert remote.admin("DELETE", "/log").status_code == 204
    assert remote.admin("GET", "/log").json() == []


def test_meetings(remote: Remote, channel: websocket.WebSocket, simulator: Simulator) -> None:
    """Meetings can be seen, made and changed; subscribers hear of it."""
    assert remote.admin("PUT", "/meetings/2", {"state": "Schedule", "host_password": "own"}).status_code == 200
    assert [item["conference_id"] for item in remote.admin("GET", "/meetings").json()] == [ID, "2"]
    assert simulator.world.meetings["2"].host_password == "own"
    assert remote.admin("PUT", f"/meetings/{ID}", {"recording": True}).json()["recording"] is True
    assert received(channel)["recState"] == 1
    remote.admin("PUT", f"/meetings/{ID}", {"state": "Destroyed"})
    assert received(channel)["state"] == "Destroyed"


def test_faults(remote: Remote) -> None:
    """Faults can be planned, seen and called off."""
    fault = {"endpoint": "token", "code": "MMC.1", "times": None}
    assert remote.admin("POST", "/faults", fault).json()["times"] is None
    assert remote.token().json()["error_code"] == "MMC.1"
    assert len(remote.admin("GET", "/faults").json()) == 1
    assert remote.admin("DELETE", "/faults").status_code == 204
    assert remote.token().status_code == 200


def test_behaviour(remote: Remote, simulator: Simulator) -> None:
    """The behaviour can be changed field by field."""
    answer = remote.admin("PATCH", "/behaviour", {"rate_limit": [5, 1], "recorder_delay": None})
    assert answer.json()["recorder_delay"] is None
    assert simulator.world.behaviour.rate_limit == (5, 1.0)
    assert remote.admin("GET", "/behaviour").json()["snapshot"] is True


def test_tokens(remote: Remote) -> None:
    """Tokens can be had and made to expire."""
    for body in (None, {"conference_id": ID}):
        headers = {"X-Conference-Authorization": remote.admin("POST", f"/tokens/{ID}").json()["token"]}
        url = f"{PATH}/wsToken?conferenceID={ID}"
        assert remote.send("GET", url, headers=headers).status_code == 200
        assert remote.admin("POST", "/expire", body).status_code == 204
        assert remote.send("GET", url, headers=headers).status_code == 401


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
def test_bad_input(remote: Remote, method: str, path: str, body: Any, status: int, sentence: str) -> None:
    """Bad input gets a sentence that names the key."""
    answer = remote.admin(method, path, body)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]


def test_wants_json(remote: Remote) -> None:
    """So does a body that is no JSON."""
    answer = remote.send("POST", "/_simulator/faults", data="{")
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})
