# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enterprise side over HTTPS."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.simulator import Enterprise, Meeting, Simulator, World
from tests.unit.simulator.clients import PATIENCE
from tests.unit.simulator.company import APP_ID, APP_KEY, CORP_ID, NONCE, USERS, access, passwords, signed

PATH = "/v1/mmc/management/conferences"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running simulator of an enterprise with 1,200 meetings that run."""
    world = World()
    world.enterprise = Enterprise(APP_ID, APP_KEY, users=list(USERS))
    for number in range(1200):
        world.add(Meeting(str(914_000_000 + number), subject=f"Training {number}", owner="alice"))
    with Simulator(world) as simulator:
        yield simulator


class Client:
    """Speaks to a running simulator."""

    def __init__(self, simulator: Simulator) -> None:
        """Know where it listens."""
        self.simulator = simulator
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send any request."""
        options = {"verify": str(self.simulator.ca_file), "timeout": PATIENCE, **more}
        return self.http.request(method, self.simulator.url + path, **options)

    def sign_in(self) -> requests.Response:
        """Sign in as the default administrator; the session carries the token from then on."""
        body = {"appId": APP_ID, "clientType": 72, "expireTime": int(time.time()) + 600, "nonce": NONCE, "corpId": None}
        headers = {"Authorization": f"HMAC-SHA256 signature={signed(body, APP_KEY)},access={access(APP_ID)}"}
        answer = self.send("POST", "/v2/usg/acs/auth/appauth", json=body, headers=headers)
        if answer.ok:
            self.http.headers["X-Access-Token"] = answer.json()["accessToken"]
        return answer


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    """A client of that simulator."""
    client = Client(simulator)
    with client.http:
        yield client


def test_whole_story(client: Client, simulator: Simulator) -> None:
    """Sign in, read 1,200 meetings in three pages, look one up, fetch its control token, log out: one connection."""
    answer = client.sign_in()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json;charset=UTF-8")
    seen = []
    for offset in (0, 500, 1000):
        query = {"offset": offset, "limit": 500, "queryAll": "true"}
        seen += [item["conferenceID"] for item in client.send("GET", f"{PATH}/online", params=query).json()["data"]]
    assert seen == list(simulator.world.meetings)
    info = client.send("GET", f"{PATH}/online/confDetail", params={"conferenceID": seen[7]}).json()["conferenceData"]
    headers = {"X-Password": passwords(info)["chair"], "X-Login-Type": "1"}
    url = f"/v1/mmc/control/conferences/token?conferenceID={seen[7]}"
    assert client.send("GET", url, headers=headers).status_code == 200
    assert client.send("GET", PATH, params={"limit": 1}).json()["count"] == 0
    assert client.send("GET", f"{PATH}/confDetail?conferenceID={seen[7]}").json()["role"] == "general"
    assert client.send("DELETE", "/v1/usg/acs/token").status_code == 200
    answer = client.send("GET", f"{PATH}/online")
    assert (answer.status_code, answer.json()["error_code"]) == (401, "USG.000000004")
    assert [entry.endpoint for entry in simulator.world.log] == [
        "appauth",
        *["online"] * 3,
        "online_detail",
        "token",
        "booked",
        "booked_detail",
        "logout",
        "online",
    ]
    assert simulator.world.requests("online")[1].query == {"offset": "500", "limit": "500", "queryAll": "true"}
    assert simulator.world.requests("online_detail")[0].conference_id == seen[7]
    assert simulator.connections == 1


def test_connections(client: Client, simulator: Simulator) -> None:
    """Each connection that carries a call counts once."""
    assert simulator.connections == 0
    client.send("GET", f"{PATH}/online")
    client.send("GET", f"{PATH}/online")
    assert simulator.connections == 1
    client.send("GET", f"{PATH}/online", headers={"Connection": "close"})
    client.send("GET", f"{PATH}/online")
    assert simulator.connections == 2


@pytest.mark.parametrize("skew", [0.0, 86_400.0])
def test_clock_skew_shows_in_date(client: Client, simulator: Simulator, skew: float) -> None:
    """A client may learn the service's time from any answer."""
    simulator.world.behaviour.clock_skew = skew
    answer = client.sign_in()
    assert answer.json().get("error_code") == ("USG.206010057" if skew else None)
    ahead = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert abs(ahead - skew) < 600


def test_admin_access_tokens(client: Client) -> None:
    """By hand, access tokens can be had and made to expire."""
    assert client.send("POST", "/_simulator/access_tokens", json={"user_id": "dave"}).status_code == 400
    assert client.send("POST", "/_simulator/access_tokens", json={"user": "dave"}).status_code == 400
    token = client.send("POST", "/_simulator/access_tokens", json={"user_id": "alice"}).json()["token"]
    headers = {"X-Access-Token": token}
    assert client.send("GET", f"{PATH}/online", headers=headers).json()["count"] == 1200
    assert client.send("DELETE", "/_simulator/access_tokens").status_code == 204
    assert client.send("GET", f"{PATH}/online", headers=headers).status_code == 401


def test_environment(simulator: Simulator) -> None:
    """The credentials have an environment of their own."""
    assert set(simulator.environment()) == {"HUAWEI_MEETING_API_URL", "HUAWEI_MEETING_CA_PATH"}
    names = {"HUAWEI_MEETING_APP_ID": APP_ID, "HUAWEI_MEETING_APP_KEY": APP_KEY}
    assert simulator.enterprise_environment() == names
    simulator.world.enterprise = Enterprise(APP_ID, APP_KEY, CORP_ID)
    assert simulator.enterprise_environment() == {**names, "HUAWEI_MEETING_CORP_ID": CORP_ID}
    simulator.world.enterprise = None
    assert simulator.enterprise_environment() == {}
