# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An enterprise whose time is moved by hand, and what is sent to it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from typing import Any

from tests.simulator import Enterprise, User, World
from tests.simulator.model import Answer

NOW = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
APP_ID, APP_KEY, CORP_ID = "fdb8e4699586458bbd10c834872dcc62", "ka4ZlNhkWxMYLk4sF0Qv3sH7yT2uB9cD", "651543334"
NONCE = "0123456789abcdef0123456789abcdef"
USERS = [User("alice", 2, "Alice Example"), User("bob", 2, "Bob Example"), User("carol", 1, "Carol Example")]


class Company:
    """A world whose time is moved by hand, and what a client sends to it."""

    def __init__(self, **enterprise: Any) -> None:
        """Found an enterprise with three users besides its default administrator."""
        self.now = NOW
        self.world = World(clock=lambda: self.now, rng=random.Random(1))
        self.world.enterprise = Enterprise(APP_ID, APP_KEY, **{"users": list(USERS), **enterprise})

    def sign_in(self, headers: dict[str, str] | None = None, key: str = APP_KEY, **change: Any) -> Answer:
        """Sign in properly, but for the changes; a body's member that is `...` is left out."""
        body = {"appId": APP_ID, "clientType": 72, "expireTime": int(self.now) + 600, "nonce": NONCE, **change}
        body = {name: value for name, value in body.items() if value is not ...}
        if headers is None:
            headers = {"Authorization": f"HMAC-SHA256 signature={signed(body, key)},access={access(APP_ID)}"}
        return self.call("appauth", headers, body=json.dumps(body).encode(), method="POST")

    def call(self, endpoint: str, headers: dict[str, str], conference_id: str | None = None, **more: Any) -> Answer:
        """Send a request and return its answer."""
        answer = self.world.gateway.receive(endpoint, conference_id, headers, **more).answer
        assert answer is not None
        return answer

    def ask(self, endpoint: str, user_id: str = "", conference_id: str | None = None, **query: str) -> Answer:
        """Ask as a user who has just signed in."""
        headers = {"X-Access-Token": self.world.issue_access_token(user_id)}
        return self.call(endpoint, headers, conference_id, query=query)

    def ids(self, endpoint: str, user_id: str = "", **query: str) -> list[str]:
        """Return the IDs of the meetings on one page of a list."""
        return [item["conferenceID"] for item in document(self.ask(endpoint, user_id, **query))["data"]]


def signed(body: dict[str, Any], key: str) -> str:
    """Sign a sign-in as a client would; written anew, so that it cannot be wrong together with the simulator."""
    corp_id = [body["corpId"]] if body.get("corpId") else []
    parts = [body["appId"], *corp_id, body.get("userId") or "", str(body["expireTime"]), body["nonce"]]
    return hmac.new(key.encode(), ":".join(parts).encode(), hashlib.sha256).hexdigest()


def access(app_id: str) -> str:
    """Return an App ID in base64."""
    return base64.b64encode(app_id.encode()).decode()


def document(answer: Answer) -> Any:
    """Return the body of a good answer."""
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def code(answer: Answer) -> tuple[int, str | None]:
    """Return status and error code of an answer."""
    return answer.status, answer.code


def passwords(info: dict[str, Any]) -> dict[str, str]:
    """Return the passwords of a ConferenceInfo by role."""
    return {entry["conferenceRole"]: entry["password"] for entry in info["passwordEntry"]}
