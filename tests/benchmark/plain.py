# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The yardstick: the protocol in a plain script, written with care and without any of the collection.

    python plain.py order.json

`order.json` is what the playbooks of this folder get as variables. One TLS context and one pool of connections are
shared by all threads; nothing is retried, masked, checked or explained. The results go to stdout as JSON; the exit
status is 1 unless each meeting was started.
"""

from __future__ import annotations

import base64
import json
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
import requests.adapters
import websocket

TIMEOUT = 10  # seconds

Record = dict[str, Any]


class Adapter(requests.adapters.HTTPAdapter):
    """A pool for so many threads, whose connections do not each load the CA bundle."""

    def __init__(self, tls: ssl.SSLContext, workers: int) -> None:
        self.tls = tls
        super().__init__(pool_maxsize=workers)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _own = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self.tls}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        pass


def control(
    session: requests.Session,
    order: Record,
    endpoint: str,
    meeting: Record,
    headers: Record,
    body: Record | None = None,
) -> requests.Response:
    """Send one request of the API and return its answer."""
    answer = session.request(
        "PUT" if body else "GET",
        f"{order['api_url']}/v1/mmc/control/conferences/{endpoint}",
        params={"conferenceID": meeting["conference_id"]},
        headers=headers,
        json=body,
        timeout=TIMEOUT,
    )
    answer.raise_for_status()
    return answer


def put(session: requests.Session, order: Record, meeting: Record, token: str) -> None:
    """Start the recording."""
    control(session, order, "record", meeting, {"X-Conference-Authorization": token}, {"isRecord": 1})


def put_only(session: requests.Session, tls: ssl.SSLContext, order: Record, meeting: Record) -> Record:
    """Start the recording of a meeting with a token at hand."""
    put(session, order, meeting, meeting["token"])
    return {"conference_id": meeting["conference_id"], "changed": True, "confirmed": False}


def full(session: requests.Session, tls: ssl.SSLContext, order: Record, meeting: Record) -> Record:
    """Sign in, read the live state, start the recording if it is not on, and see it begin."""
    sign_in = {"X-Password": meeting["host_password"], "X-Login-Type": "1"}
    grant = control(session, order, "token", meeting, sign_in).json()["data"]
    authorization = {"X-Conference-Authorization": grant["token"]}
    ws_token = control(session, order, "wsToken", meeting, authorization).json()["webSocketToken"]
    query = urlencode({"confID": meeting["conference_id"], "tmpToken": ws_token})
    channel = websocket.create_connection(
        f"{grant['wsURL']}/cms/open/websocket/confctl/increment/conn?{query}", timeout=TIMEOUT, sslopt={"context": tls}
    )
    try:
        subscribe(channel, meeting, grant["token"])
        changed = recording_state(channel) == 0
        if changed:
            put(session, order, meeting, grant["token"])
            while recording_state(channel) != 1:
                pass
    finally:
        channel.close(timeout=0)
    return {"conference_id": meeting["conference_id"], "changed": changed, "confirmed": True}


def subscribe(channel: websocket.WebSocket, meeting: Record, token: str) -> None:
    """Subscribe to the state of a meeting."""
    data = {
        "conferenceID": meeting["conference_id"],
        "subscribeType": ["ConfDynamicInfoNotify"],
        "confToken": f"Basic {base64.b64encode(token.encode()).decode()}",
    }
    channel.send(json.dumps({"sequence": "1".zfill(30), "action": "Subscribe", "data": json.dumps(data)}))
    answer = json.loads(channel.recv())
    if answer["action"] != "Subscribe" or answer["data"]["returnCode"] != 0:
        raise RuntimeError(f"not subscribed: {answer}")


def recording_state(channel: websocket.WebSocket) -> int:
    """Return the next recording state that is pushed."""
    while True:
        message = json.loads(channel.recv())
        if message["action"] == "ConfDynamicInfoNotify" and "recState" in message:
            return int(message["recState"])


def main(path: str) -> int:
    order = json.loads(Path(path).read_text())
    tls = ssl.create_default_context(cafile=order["ca_path"])
    with requests.Session() as session, ThreadPoolExecutor(order["max_parallel"]) as pool:
        session.trust_env = False  # looking for proxies and .netrc with each request takes its time
        session.mount("https://", Adapter(tls, order["max_parallel"]))
        one = put_only if order["live_state"] == "ignore" else full
        results = list(pool.map(partial(one, session, tls, order), order["meetings"]))
    json.dump(results, sys.stdout)
    return 0 if all(result["changed"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
