# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Those who speak to the simulator in its tests: one without any network, one over HTTPS and WSS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import requests
import websocket

from tests.simulator import Simulator, World
from tests.simulator.model import Answer, Session

ID = "914047751"
PATH = "/v1/mmc/control/conferences"
CONNECT = "/cms/open/websocket/confctl/increment/conn"
HOST = {"X-Password": "host-914826", "X-Login-Type": "1"}
GUEST = {"X-Password": "guest-305117", "X-Login-Type": "1"}
PATIENCE = 5.0  # seconds; nothing here takes that long unless it fails


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


def code(answer: Answer) -> tuple[int, str | None]:
    """Return status and error code of an answer."""
    return answer.status, answer.code


def recorded(world: World) -> tuple[bool, bool]:
    """Return whether the meeting is being recorded, and whether it ever was."""
    return world.meetings[ID].recording, world.meetings[ID].rec_occurred


class Remote:
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
