# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP side over real sockets: what is sent, what is understood, what is repeated, and whom it trusts."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import socket
import subprocess
import threading
import time
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timezone
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from ansible_collections.huawei.meeting.plugins.module_utils._core.catalogue import CATALOGUE
from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Failure, Kind, MeetingError, Recovery
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests import control
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests.control import ControlToken
from ansible_collections.huawei.meeting.plugins.module_utils._core.retry import RetryBudget
from ansible_collections.huawei.meeting.plugins.module_utils._service import client as client_room
from ansible_collections.huawei.meeting.plugins.module_utils._service import sockets, throttle
from ansible_collections.huawei.meeting.plugins.module_utils._service.client import Client, Connection
from tests.simulator import Fault, Meeting, Simulator
from tests.unit.plugins.peers import (
    Authority,
    Listener,
    Proxy,
    Relay,
    answer,
    answer_with,
    drip,
    hang_up_after,
    request_of,
)

MEETING = "914047751"
PASSWORD = "host-914826"
GRANT = b'{"data": {"token": "cnr1", "wsURL": "wss://127.0.0.1", "role": 1}}'
# Seconds: for what is to succeed, and for what is to time out. A deadline counts as kept within ten times itself.
TIMEOUT, SHORT = 2.0, 0.4
GENEROUS = 10 * SHORT
TABLE = Path(__file__).parents[1] / "_core" / "error_codes.csv"
CODES = [row["code"] for row in csv.DictReader(TABLE.open(encoding="utf-8"))]


@contextmanager
def opened(url: str, ca_file: Path | None, timeout: float = TIMEOUT, validate_certs: bool = True) -> Iterator[Client]:
    """A client that is closed afterwards."""
    client = Client(Connection(url, validate_certs, str(ca_file) if ca_file else None, timeout))
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    with opened(simulator.url, simulator.ca_file) as ready:
        yield ready


@pytest.fixture
def hasty(simulator: Simulator) -> Iterator[Client]:
    """A client of the simulator that does not wait long."""
    with opened(simulator.url, simulator.ca_file, SHORT) as ready:
        yield ready


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


class Hurry(threading.Event):
    """In place of a client's event: waiting for it is noted and takes no time, by the client's clock it does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.pauses: list[float] = []
        for room in (client_room, sockets, throttle):
            monkeypatch.setattr(room, "time", types.SimpleNamespace(monotonic=self.monotonic, time=time.time))

    def monotonic(self) -> float:
        """The time with all pauses in it."""
        return time.monotonic() + sum(self.pauses)

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.pauses.append(timeout)
        return False


def hurry(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let a client's pauses take no time, and return the list of those that it makes from now on."""
    client.cancel = client.throttle.cancel = event = Hurry(monkeypatch)
    return event.pauses


@pytest.fixture
def pauses(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every pause that the fixture `client` would have made; none is."""
    return hurry(client, monkeypatch)


@contextmanager
def against(
    handle: Callable[[socket.socket], None], authority: Authority, timeout: float = TIMEOUT
) -> Iterator[Client]:
    """A client of a server that does with each connection as it likes."""
    with (
        Listener(handle, authority.server()) as server,
        opened(f"https://127.0.0.1:{server.port}", authority.file, timeout) as ready,
    ):
        yield ready


def control_token(client: Client, password: str, kept: str, budget: RetryBudget) -> ControlToken:
    """Get a control token, or keep one alive."""
    request = control.token(MEETING, password, kept)
    return control.read_token(MEETING, request, client.send(request, budget))


def websocket_token(client: Client, token: str, budget: RetryBudget) -> str:
    """Get a WebSocket token."""
    request = control.ws_token(MEETING, token)
    return control.read_ws_token(request, client.send(request, budget))


def record(client: Client, token: str, start: bool, budget: RetryBudget) -> str:
    """Start or stop the recording, and return the request ID."""
    return client.send(control.record(MEETING, token, start), budget).request_id


def ask(client: Client, endpoint: str, budget: float = 0, token: str = "cnr0") -> Any:
    """Call an endpoint in the plainest way. `budget` in seconds."""
    left = RetryBudget(budget)
    if endpoint == "token":
        return control_token(client, PASSWORD, "", left)
    if endpoint == "wsToken":
        return websocket_token(client, token, left)
    return record(client, token, True, left)


def refused(client: Client, endpoint: str, budget: float = 0, token: str = "cnr0") -> Failure:
    """Call an endpoint, and return the failure that it must raise, in words that hold no secret."""
    with pytest.raises(MeetingError) as caught:
        ask(client, endpoint, budget, token)
    words = str(caught.value)
    assert words.startswith("Could not ")
    assert MEETING in words
    assert words.isprintable()
    assert len(words) < 1000
    for secret in (PASSWORD, token, "conferenceID="):
        assert secret not in words
    return caught.value.failure


# ---- the endpoints


def test_a_control_token_is_granted_for_the_password(simulator: Simulator, client: Client) -> None:
    grant = control_token(client, PASSWORD, "", RetryBudget(0))
    assert isinstance(grant, ControlToken)
    assert grant.ws_url == simulator.url.replace("https", "wss")
    assert grant.role == 1
    assert grant.meeting_ids == {MEETING}
    assert grant.token in grant.secrets
    assert grant.secrets <= simulator.world.secrets()
    assert len(grant.secrets) == 3
    assert record(client, grant.token, True, RetryBudget(0))


@pytest.mark.parametrize("keep_alive", ["same", "new"])
def test_a_control_token_is_kept_alive(simulator: Simulator, client: Client, keep_alive: Any) -> None:
    simulator.world.behaviour.keep_alive = keep_alive
    token = simulator.world.issue_token(MEETING)
    grant = control_token(client, "", token, RetryBudget(0))
    assert (grant.token == token) == (keep_alive == "same")
    assert record(client, grant.token, True, RetryBudget(0))


@pytest.mark.parametrize("place", ["top", "data"])
def test_a_websocket_token_is_found_in_both_places(simulator: Simulator, client: Client, place: Any) -> None:
    simulator.world.behaviour.ws_token_place = place
    token = websocket_token(client, simulator.world.issue_token(MEETING), RetryBudget(0))
    assert token in simulator.world.secrets()


@pytest.mark.parametrize("body", ["empty", "return_code"])
@pytest.mark.parametrize("start", [True, False])
def test_a_recording_is_started_and_stopped(simulator: Simulator, client: Client, body: Any, start: bool) -> None:
    simulator.world.behaviour.record_body = body
    request_id = record(client, simulator.world.issue_token(MEETING), start, RetryBudget(0))
    assert simulator.world.writes() == [int(start)]
    assert request_id == simulator.world.log[-1].request_id


@pytest.mark.parametrize(
    "values",
    [
        {"role": 0, "vmrCurrentConfID": "988000001"},
        {"role": "0", "vmrCurrentConfID": 7},
        {"role": None, "vmrCurrentConfID": ""},
        {"role": True, "vmrCurrentConfID": None, "wsURL": None, "tmpWsToken": []},
        {"role": [1], "wsURL": {"a": 1}, "tmpWsToken": 5},
    ],
    ids=str,
)
def test_odd_fields_beside_a_good_token_do_no_harm(authority: Authority, values: dict[str, Any]) -> None:
    body = json.dumps({"data": {"token": "cnr1", **values}, "addressToken": 5}).encode()
    with against(answer_with(answer(body)), authority) as client:
        grant = ask(client, "token")
    assert grant.role == (0 if values["role"] in (0, "0") else None)
    assert grant.meeting_ids == {MEETING} | ({"988000001"} if values.get("vmrCurrentConfID") == "988000001" else set())
    assert grant.secrets == {"cnr1"}
    assert grant.ws_url == ""


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (1_772_442_000_000, "2026-03-02T09:00:00Z"),
        ("1772442000999", "2026-03-02T09:00:00Z"),
        (0, "1970-01-01T00:00:00Z"),
        (None, None),
        ("soon", None),
        ([1], None),
        ({}, None),
        (10**30, None),
        (-(10**30), None),
    ],
    ids=repr,
)
def test_until_when_a_token_is_good(authority: Authority, milliseconds: Any, text: str | None) -> None:
    body = json.dumps({"data": {"token": "cnr1", "expireTime": milliseconds}}).encode()
    with against(answer_with(answer(body)), authority) as client:
        assert ask(client, "token").expires_at == text


def test_until_when_a_real_token_is_good(simulator: Simulator, client: Client) -> None:
    simulator.world.behaviour.token_lifetime = 1800
    grant = control_token(client, PASSWORD, "", RetryBudget(0))
    until = datetime.strptime(grant.expires_at or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert until.timestamp() == pytest.approx(time.time() + 1800, abs=60)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("before", ["", "\r\n ", "\ufeff", " \ufeff\n"], ids=["nothing", "blanks", "mark", "both"])
def test_what_stands_before_the_json_does_not_matter(authority: Authority, encoding: str, before: str) -> None:
    """Gateways that rewrite an answer put a byte order mark in front of it, or encode it anew."""
    content = (before + GRANT.decode()).encode(encoding)
    with against(answer_with(answer(content)), authority) as client:
        assert ask(client, "token").token == "cnr1"
    refusal = f'{before}{{"error_code": "MMC.111072020", "error_msg": "X"}}'.encode(encoding)
    with against(answer_with(answer(refusal, "400 Bad Request")), authority) as client:
        assert refused(client, "record").code == "MMC.111072020"
    page = (before + "<html></html>").encode(encoding)
    with against(answer_with(answer(page)), authority) as client:
        assert "a web page" in refused(client, "token").detail


# ---- what is sent


def sent(
    authority: Authority, deed: Callable[[Client], object], reply: bytes = GRANT
) -> tuple[str, CaseInsensitiveDict[str], bytes]:
    """Return request line, headers and body of what a call sends."""
    heard: list[bytes] = []
    with against(answer_with(answer(reply), heard), authority) as client:
        deed(client)
    assert len(heard) == 1
    head, _unused, body = heard[0].partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = (line.partition(": ") for line in lines)
    return first, CaseInsensitiveDict((name, value) for name, _colon, value in headers), body


def test_the_sign_in_on_the_wire(authority: Authority) -> None:
    line, headers, body = sent(authority, lambda client: ask(client, "token"))
    assert line == f"GET /v1/mmc/control/conferences/token?conferenceID={MEETING} HTTP/1.1"
    assert (headers["X-Password"], headers["X-Login-Type"]) == (PASSWORD, "1")
    assert "X-Conference-Authorization" not in headers
    assert "Authorization" not in headers
    assert body == b""


def test_keeping_a_token_alive_on_the_wire(authority: Authority) -> None:
    def deed(client: Client) -> None:
        control_token(client, "", "cnr0", RetryBudget(0))

    _line, headers, _body = sent(authority, deed)
    assert headers["X-Conference-Authorization"] == "cnr0"
    assert headers.get("X-Password") == ""
    assert headers["X-Login-Type"] == "1"


def test_fetching_a_websocket_token_on_the_wire(authority: Authority) -> None:
    line, headers, body = sent(authority, lambda client: ask(client, "wsToken"), b'{"webSocketToken": "cnr2"}')
    assert line == f"GET /v1/mmc/control/conferences/wsToken?conferenceID={MEETING} HTTP/1.1"
    assert headers["X-Conference-Authorization"] == "cnr0"
    assert not {"X-Password", "Authorization"} & set(headers)
    assert body == b""


@pytest.mark.parametrize(("start", "body"), [(True, b'{"isRecord": 1}'), (False, b'{"isRecord": 0}')])
def test_the_write_on_the_wire(authority: Authority, start: bool, body: bytes) -> None:
    line, headers, content = sent(authority, lambda client: record(client, "cnr0", start, RetryBudget(0)), b"")
    assert line == f"PUT /v1/mmc/control/conferences/record?conferenceID={MEETING} HTTP/1.1"
    assert headers["X-Conference-Authorization"] == "cnr0"
    assert headers["Content-Type"] == "application/json"
    assert headers["Accept"] == "application/json"
    assert "huawei.meeting" in headers["User-Agent"]
    assert not {"X-Password", "Authorization"} & set(headers)
    assert content == body


@pytest.mark.parametrize("password", ["p", "a b", "ü".encode().hex(), "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "x" * 500])
def test_a_password_travels_unchanged(authority: Authority, password: str) -> None:
    _line, headers, _body = sent(authority, lambda client: control_token(client, password, "", RetryBudget(0)))
    assert headers["X-Password"] == password


def test_a_path_in_the_address_is_kept(simulator: Simulator) -> None:
    with opened(f"{simulator.url}/prefix/", simulator.ca_file) as client:
        assert refused(client, "token").http_status == 404
    assert simulator.world.log[-1].path == "/prefix/v1/mmc/control/conferences/token"


def test_the_users_netrc_is_not_used(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login somebody password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.utils.get_netrc_auth(simulator.url), "the file must be one that requests would use"
    with opened(simulator.url, simulator.ca_file) as client:
        ask(client, "token")
    assert "authorization" not in simulator.world.log[-1].header_names


def test_one_connection_serves_all_requests(simulator: Simulator) -> None:
    """Also after refusals, whose bodies must be read to the end for that."""
    token = simulator.world.issue_token(MEETING)
    with Relay(simulator.world.ports[0]) as relay:
        with opened(f"https://127.0.0.1:{relay.port}", simulator.ca_file) as client:
            ask(client, "token")
            ask(client, "wsToken", token=token)
            refused(client, "record", token="expired")
            simulator.world.plan(Fault("record", status=500, body="x" * 1000))
            refused(client, "record", token=token)
            ask(client, "record", token=token)
        assert relay.accepted == 1


# ---- refusals


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("attempts", ["once", "with patience"])
def test_every_code_of_the_vendor_on_the_write(
    simulator: Simulator, client: Client, pauses: list[float], code: str, attempts: str
) -> None:
    """The error is the catalogue's, with the request ID; the write is repeated only where it surely was not done."""
    entry = CATALOGUE[code.rpartition(".")[2]]
    simulator.world.plan(Fault("record", times=None, code=code))
    token = simulator.world.issue_token(MEETING)
    error = refused(client, "record", 0 if attempts == "once" else 60, token)
    assert (error.kind, error.code, error.http_status) == (entry.kind, code, 400)
    assert error.request_id == simulator.world.log[-1].request_id
    assert error.request_id in str(error)
    assert entry.meaning in str(error)
    repeated = attempts != "once" and entry.recovery is Recovery.RETRY
    assert (len(simulator.world.writes()) > 1) == repeated


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 409, 412, 418, 423, 429, 500, 501, 502, 503, 504, 599]
)
@pytest.mark.parametrize("body", ["", "{}", '{"error_code": "MMC.199999999", "error_msg": "NEVER_SEEN"}'])
def test_every_status_without_a_known_code(client: Client, simulator: Simulator, status: int, body: str) -> None:
    kinds = {
        400: Kind.USAGE,
        401: Kind.AUTHENTICATION,
        403: Kind.PERMISSION,
        404: Kind.USAGE,
        405: Kind.USAGE,
        408: Kind.TRANSPORT,
        412: Kind.PERMISSION,
        423: Kind.LOCKED,
        429: Kind.THROTTLED,
    }
    simulator.world.plan(Fault("record", times=None, status=status, body=body))
    error = refused(client, "record")
    assert (error.kind, error.http_status) == (kinds.get(status, Kind.SERVICE), status)
    assert f"HTTP {status}" in str(error)
    assert error.request_id == simulator.world.log[-1].request_id
    assert ("MMC.199999999" in str(error)) == bool(body.strip("{}"))
    assert len(simulator.world.writes()) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("body", ["", "<html>Moved</html>"], ids=["without a body", "with a page"])
@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_a_redirect_is_refused_and_nothing_reaches_the_other_host(
    simulator: Simulator, client: Client, endpoint: Any, status: int, body: str
) -> None:
    with Listener(request_of) as other:
        target = f"https://localhost:{other.port}/somewhere?secret=1"
        simulator.world.plan(Fault(endpoint, times=None, status=status, headers={"Location": target}, body=body))
        error = refused(client, endpoint, budget=5)
        assert other.accepted == 0
    assert (error.kind, error.recovery, error.http_status) == (Kind.TRANSPORT, Recovery.FAIL, status)
    assert "https://localhost" in str(error)
    assert "secret" not in str(error)
    assert len(simulator.world.requests(endpoint)) == 1


@pytest.mark.parametrize("location", [None, "", "/", "//", "https://[", "gopher:x", "https://h:x/", "?a"])
def test_a_redirect_to_nowhere_is_a_redirect_all_the_same(
    simulator: Simulator, client: Client, location: str | None
) -> None:
    headers = {} if location is None else {"Location": location}
    simulator.world.plan(Fault("record", times=None, status=302, headers=headers))
    error = refused(client, "record")
    assert (error.kind, error.recovery, error.http_status) == (Kind.TRANSPORT, Recovery.FAIL, 302)


def test_clocks_are_told_of_for_a_signature_only(simulator: Simulator, client: Client) -> None:
    date = formatdate(time.time() + 7200, usegmt=True)
    simulator.world.plan(Fault("token", status=401, code="USG.206010025", headers={"Date": date}))
    assert "clock" not in str(refused(client, "token"))


# ---- answers that the API would not give


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<!DOCTYPE html><html>Sign in</html>", "text/html"),
        ("<!DOCTYPE html><html>Sign in</html>", None),
        ("", None),
        ("   \r\n ", None),
        ("OK", "text/plain"),
        ('{"data": {"token": "cnr', None),
        ("[]", None),
        ("7", None),
        ("null", None),
        ('"cnr1"', None),
        ("{}", None),
        ('{"data": null}', None),
        ('{"data": []}', None),
        ('{"data": "cnr1"}', None),
        ('{"data": {}}', None),
        ('{"data": {"token": ""}}', None),
        ('{"data": {"token": 5}}', None),
        ('{"data": {"token": null}}', None),
        ('{"data": {"token": ["cnr1"]}}', None),
        ("[" * 100_000, None),
        ('{"a":' * 300_00, None),
        ("1" * 10_000, None),
        ("\ufffe\udcff".encode("utf-8", "surrogatepass").decode("latin-1"), None),
        ("\x00" * 50, None),
    ],
    ids=lambda value: repr(value)[:30],
)
@pytest.mark.parametrize("endpoint", ["token", "wsToken"])
def test_an_answer_without_what_was_asked_for(
    simulator: Simulator, client: Client, endpoint: Any, body: str, content_type: str | None
) -> None:
    simulator.world.plan(Fault(endpoint, times=None, body=body, content_type=content_type))
    error = refused(client, endpoint)
    assert (error.kind, error.http_status) == (Kind.TRANSPORT, 200)
    assert error.request_id == simulator.world.log[-1].request_id


@pytest.mark.parametrize(
    ("fault", "recovery"),
    [
        ({"body": "<html>Welcome</html>"}, Recovery.VERIFY),
        ({"body": "OK"}, Recovery.VERIFY),
        ({"body": '{"returnCode":'}, Recovery.VERIFY),
        ({"body": "<html>Bad gateway</html>", "status": 502}, Recovery.VERIFY),
        ({"body": "Bad gateway", "status": 502}, Recovery.VERIFY),
        ({"body": "<html>Forbidden</html>", "status": 403}, Recovery.FAIL),
        ({"body": "<html>Not here</html>", "status": 404}, Recovery.FAIL),
        ({"body": "<html>Slow down</html>", "status": 429}, Recovery.RETRY),
    ],
    ids=str,
)
def test_a_write_answered_by_somebody_else(
    simulator: Simulator, client: Client, fault: dict[str, Any], recovery: Recovery
) -> None:
    """A success or a server fault says nothing about the deed; a plain refusal says that it was not done."""
    simulator.world.plan(Fault("record", times=None, **fault))
    error = refused(client, "record")
    assert error.recovery is recovery
    assert "Welcome" not in str(error)


@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_a_throttling_gateway_that_sends_a_web_page_is_waited_for(
    simulator: Simulator, client: Client, pauses: list[float], endpoint: Any
) -> None:
    simulator.world.plan(Fault(endpoint, status=429, body="<html>429</html>", headers={"Retry-After": "3"}))
    ask(client, endpoint, 60, simulator.world.issue_token(MEETING))
    assert pauses == [3.0]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "7",
        "null",
        "true",
        '"OK"',
        '{"returnCode": 0}',
        '{"returnCode": "0"}',
        '{"code": 200}',
        '{"a": {"code": "x"}}',
    ],
)
def test_a_success_without_a_plain_error_code_is_a_success(client: Client, simulator: Simulator, body: str) -> None:
    simulator.world.plan(Fault("record", body=body))
    assert ask(client, "record")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_status_of_success_is_one(client: Client, simulator: Simulator, status: int) -> None:
    simulator.world.plan(Fault("record", status=status))
    assert ask(client, "record")


@pytest.mark.parametrize(
    "body",
    [
        '{"returnCode": 111072020, "returnDesc": "CONF_NOT_SUPPORT_RECORD"}',
        '{"returnCode": "MMC.111072020", "returnDesc ": "CONF_NOT_SUPPORT_RECORD"}',
        '{"error_code": "MMC.111072020", "error_msg": "CONF_NOT_SUPPORT_RECORD"}',
        '{"errorCode": "111072020", "errorMsg": "CONF_NOT_SUPPORT_RECORD"}',
    ],
)
def test_a_code_in_a_200_is_a_refusal(client: Client, simulator: Simulator, body: str) -> None:
    simulator.world.plan(Fault("record", body=body))
    error = refused(client, "record")
    assert (error.kind, error.http_status) == (Kind.NOT_RECORDABLE, 200)
    assert "CONF_NOT_SUPPORT_RECORD" in str(error)


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/octet-stream", "nonsense", ""])
@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_a_right_body_of_a_wrong_type_is_accepted(
    simulator: Simulator, client: Client, endpoint: Any, content_type: str
) -> None:
    simulator.world.plan(Fault(endpoint, headers={"Content-Type": content_type}))
    assert ask(client, endpoint, token=simulator.world.issue_token(MEETING))


@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
@pytest.mark.parametrize(
    "fault",
    [{"truncate": True}, {"drop": "before"}, {"size": 2_000_000}, {"drip": 0.1, "body": "x" * 200}, {"delay": 8}],
    ids=["truncated", "dropped", "huge", "dripping", "late"],
)
def test_no_usable_answer(simulator: Simulator, hasty: Client, endpoint: Any, fault: dict[str, Any]) -> None:
    """Bounded in time and size, told in plain words, and a write is in doubt."""
    simulator.world.plan(Fault(endpoint, times=None, **fault))
    began = time.monotonic()
    error = refused(hasty, endpoint, token=simulator.world.issue_token(MEETING))
    assert time.monotonic() - began < GENEROUS
    assert (error.kind, error.recovery, error.http_status) == (Kind.TRANSPORT, Recovery.VERIFY, None)
    assert len(simulator.world.requests(endpoint)) == 1


@pytest.mark.parametrize("fault", [{"drip": 0.1, "body": "x" * 200}, {"size": 64_000_000}], ids=["dripping", "huge"])
def test_the_body_of_a_redirect_is_bounded_as_well(simulator: Simulator, hasty: Client, fault: dict[str, Any]) -> None:
    simulator.world.plan(Fault("token", times=None, status=302, headers={"Location": "https://localhost/"}, **fault))
    began = time.monotonic()
    error = refused(hasty, "token")
    assert time.monotonic() - began < GENEROUS
    assert error.kind is Kind.TRANSPORT
    assert "size" not in fault or "longer than" in str(error)


def test_headers_that_drip_in_do_not_outlast_the_time_out(authority: Authority) -> None:
    """Each byte comes in time, the answer never does."""
    head = answer(GRANT, "200 OK", *[f"X-Filler-{number}: nothing" for number in range(20)])
    with against(drip(head), authority, SHORT) as client:
        began = time.monotonic()
        error = refused(client, "token")
        assert time.monotonic() - began < GENEROUS
    assert error.kind is Kind.TRANSPORT


def test_a_body_that_drips_in_while_compressed_is_bounded(authority: Authority) -> None:
    body = gzip.compress(bytes(range(256)) * 4, 0)
    content = answer(body, "200 OK", "Content-Encoding: gzip")
    with against(drip(content, len(content) - len(body)), authority, SHORT) as client:
        began = time.monotonic()
        assert refused(client, "token").kind is Kind.TRANSPORT
        assert time.monotonic() - began < GENEROUS


def test_a_compressed_answer_is_understood_however_it_arrives(authority: Authority) -> None:
    body = gzip.compress(GRANT)
    content = answer(body, "200 OK", "Content-Encoding: gzip")
    with against(drip(content, len(content) - len(body), 0.002), authority) as client:
        assert ask(client, "token").token == "cnr1"


def test_a_compressed_flood_is_refused(authority: Authority) -> None:
    body = gzip.compress(bytes(50_000_000))
    with against(answer_with(answer(body, "200 OK", "Content-Encoding: gzip")), authority) as client:
        error = refused(client, "token")
    assert error.kind is Kind.TRANSPORT
    assert "longer than" in str(error)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 99999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    ],
    ids=lambda content: repr(content)[2:50],
)
def test_what_is_no_http_is_a_clear_error(authority: Authority, content: bytes) -> None:
    with against(hang_up_after(content), authority) as client:
        assert refused(client, "token").kind is Kind.TRANSPORT


@pytest.mark.parametrize("value", ["\xb2", "1e3", "-1", "1.5", "", "Mon", "99999999999999999999", "Fri, 99 Foo 9999"])
def test_a_senseless_retry_after_does_no_harm(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with against(answer_with(answer(b"{}", "429 Too Many", f"Retry-After: {value}")), authority) as client:
        pauses = hurry(client, monkeypatch)
        assert refused(client, "token", budget=5).kind is Kind.THROTTLED
    assert sum(pauses) <= 5


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "\u0442\u043e\u043a\u0435\u043d", "\ud800", " a"])
def test_a_granted_token_that_cannot_travel_is_a_bad_answer(authority: Authority, token: str) -> None:
    """Nothing is gained by trying it, and trying it again."""
    body = json.dumps({"data": {"token": token, "role": 1}}).encode()
    with against(answer_with(answer(body)), authority) as client:
        assert refused(client, "token").kind is Kind.TRANSPORT


@pytest.mark.parametrize("depth", [100, 500, 900, 950, 980, 2000, 5000])
def test_deeply_nested_errors_are_survived(simulator: Simulator, client: Client, depth: int) -> None:
    """The parser's limit is not that of the search for a code in what it parsed."""
    simulator.world.plan(Fault("token", status=400, body='{"a":' * depth + "1" + "}" * depth))
    assert refused(client, "token").kind in (Kind.USAGE, Kind.TRANSPORT)


# ---- repeating


def test_the_pauses_grow_are_jittered_and_end_within_the_patience(
    simulator: Simulator, client: Client, pauses: list[float]
) -> None:
    simulator.world.plan(Fault("token", times=None, status=500))
    error = refused(client, "token", 60)
    assert len(pauses) > 6
    for number, pause in enumerate(pauses):
        longest = min(10.0, 0.5 * 2**number)
        assert longest / 2 <= pause <= longest
    assert len({pause / min(10.0, 0.5 * 2**number) for number, pause in enumerate(pauses)}) > 3
    assert 45 < sum(pauses) <= 60
    assert error.waited == pytest.approx(sum(pauses), abs=1)


@pytest.mark.parametrize(
    ("limit", "stated", "waits"),
    [(0, None, 0), (0, 1, 0), (5, 5, 1), (5, 6, 0), (12, 4, 3), (86400, 10**6, 0)],
)
def test_a_stated_wait_is_kept_or_not_begun(
    simulator: Simulator, client: Client, pauses: list[float], limit: float, stated: int | None, waits: int
) -> None:
    headers = {} if stated is None else {"Retry-After": str(stated)}
    simulator.world.plan(Fault("token", times=None, status=429, headers=headers))
    refused(client, "token", limit)
    assert pauses == pytest.approx([stated] * waits, abs=0.5)
    assert len(simulator.world.requests("token")) == waits + 1


def test_a_deadline_cuts_the_patience_off(simulator: Simulator, client: Client, pauses: list[float]) -> None:
    simulator.world.plan(Fault("token", times=None, status=429, headers={"Retry-After": "2"}))
    for seconds, waits in ((1, 0), (5, 2)):
        pauses.clear()
        with pytest.raises(MeetingError):
            control_token(client, PASSWORD, "", RetryBudget(60, time.monotonic() + seconds))
        assert len(pauses) == waits


def test_a_deadline_bounds_each_request(simulator: Simulator, client: Client) -> None:
    simulator.world.plan(Fault("token", times=None, delay=GENEROUS))
    for seconds in (SHORT, 0, -1):
        began = time.monotonic()
        with pytest.raises(MeetingError):
            control_token(client, PASSWORD, "", RetryBudget(60, time.monotonic() + seconds))
        assert time.monotonic() - began < GENEROUS


def test_attempts_without_an_answer_count_towards_the_patience(
    simulator: Simulator, hasty: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hurry(hasty, monkeypatch)
    simulator.world.plan(Fault("token", times=None, delay=GENEROUS))
    refused(hasty, "token", 2 * SHORT)
    assert len(simulator.world.requests("token")) <= 2
    assert sum(made) < SHORT


def test_what_one_call_has_used_up_does_not_delay_another(
    simulator: Simulator, client: Client, pauses: list[float]
) -> None:
    """The gateway counts each call on its own, and says so in every answer."""
    used_up = {"X-APIG-Ratelimit-Api": "remain:0,limit:100,time:1 minute"}
    simulator.world.plan(Fault("token", headers=used_up))
    budget = RetryBudget(60)
    grant = control_token(client, PASSWORD, "", budget)
    assert record(client, grant.token, True, budget)
    assert (pauses, budget.waited) == ([], 0)


@pytest.mark.parametrize("endpoint", ["token", "wsToken"])
@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "before"},
        {"drop": "after"},
        {"truncate": True},
        {"size": 2_000_000},
        {"status": 408},
        {"status": 429},
        {"status": 500},
        {"status": 502, "body": "<html></html>"},
        {"status": 503, "headers": {"Retry-After": "2"}},
        {"status": 504, "code": "APIG.0203"},
        {"status": 500, "code": "MMC.111070003"},
        {"code": "100000429"},
        {"code": "MMC.111072004"},
    ],
    ids=str,
)
def test_a_read_is_repeated_after_what_may_pass(
    simulator: Simulator, client: Client, pauses: list[float], endpoint: Any, fault: dict[str, Any]
) -> None:
    simulator.world.plan(Fault(endpoint, times=3, **fault))
    assert ask(client, endpoint, 60, simulator.world.issue_token(MEETING))
    assert len(pauses) == 3
    if "headers" in fault:
        assert pauses == [2.0] * 3


@pytest.mark.parametrize("endpoint", ["token", "wsToken"])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 400},
        {"status": 401},
        {"status": 403},
        {"status": 404},
        {"status": 302},
        {"code": "MMC.111072065"},
        {"code": "MMC.111072064"},
        {"code": "MMC.111070005"},
        {"body": "<html></html>"},
        {"body": "{}"},
    ],
    ids=str,
)
def test_a_read_is_not_repeated_after_a_plain_refusal(
    simulator: Simulator, client: Client, pauses: list[float], endpoint: Any, fault: dict[str, Any]
) -> None:
    simulator.world.plan(Fault(endpoint, times=None, **fault))
    refused(client, endpoint, 60)
    assert pauses == []
    assert len(simulator.world.requests(endpoint)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "before"},
        {"drop": "after"},
        {"truncate": True},
        {"status": 400},
        {"status": 401},
        {"status": 403},
        {"status": 408},
        {"status": 500},
        {"status": 502},
        {"status": 503, "headers": {"Retry-After": "1"}},
        {"status": 504},
        {"status": 502, "body": "<html></html>"},
        {"body": "<html></html>"},
    ],
    ids=str,
)
def test_a_write_that_may_have_been_carried_out_is_never_repeated(
    simulator: Simulator, client: Client, pauses: list[float], fault: dict[str, Any]
) -> None:
    simulator.world.plan(Fault("record", times=None, **fault))
    refused(client, "record", 60, simulator.world.issue_token(MEETING))
    assert pauses == []
    assert len(simulator.world.writes()) == 1


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        ({"status": 429}, None),
        ({"status": 429, "headers": {"Retry-After": "7"}}, 7.0),
        (
            {"status": 429, "body": '{"error_code":"APIG.0308","error_msg":"over ratelimit,limit:5,time:1 minute"}'},
            60.0,
        ),
        ({"code": "APIG.0308"}, None),
    ],
    ids=str,
)
def test_a_throttled_write_is_repeated(
    simulator: Simulator, client: Client, pauses: list[float], fault: dict[str, Any], pause: float | None
) -> None:
    simulator.world.plan(Fault("record", **fault))
    assert ask(client, "record", 60, simulator.world.issue_token(MEETING))
    assert len(simulator.world.writes()) == 2
    assert len(pauses) == 1
    assert pause is None or pauses == [pause]


@pytest.mark.parametrize("endpoint", ["token", "record"])
def test_a_refused_connection_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, authority: Authority
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with opened(f"https://127.0.0.1:{port}", authority.file) as client:
        pauses = hurry(client, monkeypatch)
        error = refused(client, endpoint, 5)
    assert (error.kind, error.recovery) == (Kind.TRANSPORT, Recovery.RETRY)
    assert f"127.0.0.1:{port}" in str(error)
    assert len(pauses) > 2


@pytest.mark.parametrize("endpoint", ["token", "record"])
def test_a_name_that_does_not_exist_is_a_clear_error(authority: Authority, endpoint: str) -> None:
    with opened("https://nowhere.invalid", authority.file) as client:
        error = refused(client, endpoint)
    assert error.kind is Kind.TRANSPORT
    assert "nowhere.invalid" in str(error)


@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_an_exhausted_patience_says_how_long_was_waited(simulator: Simulator, client: Client, endpoint: Any) -> None:
    simulator.world.plan(Fault(endpoint, times=None, status=429, headers={"Retry-After": "1"}))
    error = refused(client, endpoint, 1)
    assert len(simulator.world.requests(endpoint)) == 2
    assert error.waited == pytest.approx(1.0, abs=0.05)
    assert "1.0 s" in str(error)


@pytest.mark.parametrize("endpoint", ["token", "record"])
def test_a_wait_beyond_the_patience_is_not_begun(simulator: Simulator, client: Client, endpoint: Any) -> None:
    simulator.world.plan(Fault(endpoint, times=None, status=429, headers={"Retry-After": "600"}))
    error = refused(client, endpoint, 60)
    assert len(simulator.world.requests(endpoint)) == 1
    assert "Repeated" not in str(error)


@pytest.mark.parametrize("stated", ["0", formatdate(0, usegmt=True)], ids=["zero", "a date gone by"])
@pytest.mark.parametrize(("budget", "most"), [(0, 1), (1, 30)])
@pytest.mark.parametrize("endpoint", ["token", "record"])
def test_a_wait_of_nothing_does_not_become_a_flood(
    simulator: Simulator, client: Client, endpoint: Any, budget: float, most: int, stated: str
) -> None:
    """A service that says `come back at once` for ever is still asked within the patience only, and with pauses."""
    simulator.world.plan(Fault(endpoint, times=200, status=429, headers={"Retry-After": stated}))
    error = refused(client, endpoint, budget, simulator.world.issue_token(MEETING))
    assert error.kind is Kind.THROTTLED
    assert len(simulator.world.requests(endpoint)) <= most


def test_what_was_tried_once_was_not_repeated(authority: Authority) -> None:
    """The time that one attempt took is not time of repeating."""

    def handle(connection: socket.socket) -> None:
        while connection.recv(1000):
            pass

    with against(handle, authority, SHORT) as client:
        error = refused(client, "token")
    assert f"timed out after {SHORT} s" in str(error)
    assert "Repeated" not in str(error)


# ---- whom it trusts


def test_an_untrusted_certificate_is_of_kind_tls(simulator: Simulator, authority: Authority) -> None:
    for trusted in (None, authority.file):
        with opened(simulator.url, trusted) as client:
            error = refused(client, "token", 60)
            assert (error.kind, error.recovery) == (Kind.TLS, Recovery.FAIL)
            assert "ca_path" in str(error)
    assert simulator.world.log == []


def test_a_certificate_of_another_host_is_of_kind_tls(authority: Authority) -> None:
    with (
        Listener(answer_with(answer(GRANT)), authority.server("elsewhere.example")) as server,
        opened(f"https://127.0.0.1:{server.port}", authority.file) as client,
    ):
        assert refused(client, "token").kind is Kind.TLS


def test_without_validation_anybody_is_trusted(simulator: Simulator, authority: Authority) -> None:
    with opened(simulator.url, None, validate_certs=False) as client:
        assert ask(client, "token").role == 1
    with (
        Listener(answer_with(answer(GRANT)), authority.server("elsewhere.example")) as server,
        opened(f"https://127.0.0.1:{server.port}", None, validate_certs=False) as client,
    ):
        assert ask(client, "token").token == "cnr1"


def test_a_folder_of_certificates(simulator: Simulator, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the command openssl")
    command = [openssl, "x509", "-hash", "-noout", "-in", str(simulator.ca_file)]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    shutil.copy(simulator.ca_file, tmp_path / f"{name}.0")
    with opened(simulator.url, tmp_path) as client:
        assert ask(client, "token").role == 1


@pytest.mark.parametrize(
    "content", [None, "", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_bundle_that_cannot_be_loaded_is_named(tmp_path: Path, content: str | None) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    with pytest.raises(MeetingError) as caught:
        Client(Connection("https://127.0.0.1:1", ca_path=str(bundle)))
    assert caught.value.failure.kind is Kind.TLS
    assert str(bundle) in str(caught.value)
    assert "ca_path" in str(caught.value)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
@pytest.mark.parametrize("foreign", ["other authority", "garbage", "missing"])
def test_the_environment_defeats_neither_ca_path_nor_its_absence(
    simulator: Simulator,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    foreign: str,
) -> None:
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("garbage")
    places = {"other authority": authority.file, "garbage": garbage, "missing": tmp_path / "missing.pem"}
    monkeypatch.setenv(variable, str(places[foreign]))
    with opened(simulator.url, simulator.ca_file) as client:
        assert ask(client, "token").role == 1
    with opened(simulator.url, None, validate_certs=False) as client:
        assert ask(client, "token").role == 1


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environments_bundle_is_honoured_where_no_other_is_given(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(simulator.ca_file))
    with opened(simulator.url, None) as client:
        assert ask(client, "token").role == 1


def test_certificates_are_loaded_once(simulator: Simulator, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    shutil.copy(simulator.ca_file, bundle)
    with opened(simulator.url, bundle) as client:
        bundle.unlink()
        for _unused in range(3):
            assert ask(client, "token").role == 1
            client._session.close()  # the next call needs a new connection


def test_a_server_without_tls_is_of_kind_tls(authority: Authority) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer(GRANT))

    with Listener(handle) as server, opened(f"https://127.0.0.1:{server.port}", authority.file) as client:
        assert refused(client, "token").kind is Kind.TLS


def test_tls_that_breaks_after_the_write_was_sent_leaves_it_in_doubt(authority: Authority) -> None:
    """A fault of TLS before the handshake is over proves that nothing was sent; one after it proves nothing."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        with socket.socket(fileno=connection.detach()) as plain:
            plain.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            plain.recv(100)

    with against(handle, authority) as client:
        assert refused(client, "record").recovery is Recovery.VERIFY


# ---- proxies


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv(variable, proxy.url.replace("://", "://anna:ge%40heim@"))
        with opened(simulator.url, simulator.ca_file) as client:
            assert ask(client, "token").role == 1
            assert ask(client, "wsToken", token=simulator.world.issue_token(MEETING))
        assert proxy.targets == [f"127.0.0.1:{simulator.world.ports[0]}"]
        assert "Proxy-Authorization: Basic YW5uYTpnZUBoZWlt\r\n" in proxy.heads[0]
        assert "X-Password" not in proxy.heads[0]


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "127.0.0.0/8", "example.com, 127.0.0.1", "*"])
def test_no_proxy_is_honoured(simulator: Simulator, monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", no_proxy)
        with opened(simulator.url, simulator.ca_file) as client:
            assert client.proxy_for(simulator.url) is None
            assert ask(client, "token").role == 1
        assert proxy.heads == []


def refusal(status: str) -> bytes:
    """What a proxy answers that repeats more than it should."""
    return f"HTTP/1.1 {status} for anna:geh%65im and geheim\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize("endpoint", ["token", "record"])
@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("407 Proxy Authentication Required", "user and the password of the proxy in HTTPS_PROXY"),
        ("401 Unauthorized", "user and the password of the proxy in HTTPS_PROXY"),
        ("403 Forbidden", "Let the proxy of HTTPS_PROXY allow 127.0.0.1:"),
        ("405 Method Not Allowed", "Check that HTTPS_PROXY names a proxy"),
    ],
)
@pytest.mark.parametrize("user", ["anna:geh%65im@", "anna@", ""])
def test_a_proxy_that_refuses_is_asked_once(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, endpoint: str, status: str, told: str, user: str
) -> None:
    """The accounts of a domain are locked after some failures. What comes later fails with the same words."""
    with Proxy(refusal(status)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", f"://{user}"))
        with opened(simulator.url, simulator.ca_file) as client:
            waits = hurry(client, monkeypatch)
            errors = [refused(client, endpoint, 60) for _time in range(3)]
        assert len(proxy.heads) == 1
    assert waits == []
    assert len({(error.detail, error.hint) for error in errors}) == 1
    for error in errors:
        assert (error.kind, error.recovery) == (Kind.TRANSPORT, Recovery.FAIL)
        assert f"the proxy 127.0.0.1:{proxy.port} refused the connection" in error.detail
        assert f"(HTTP {status[:3]})" in error.detail
        assert told in error.hint
        for secret in ("geheim", "geh%65im", "anna"):
            assert secret not in str(error)
    assert ("failures may lock the account" in errors[0].hint) == (status[:3] in ("401", "407") and bool(user))
    assert simulator.world.log == []


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden"])
def test_a_proxy_that_refuses_is_asked_once_by_all_threads(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    with Proxy(refusal(status)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with opened(simulator.url, simulator.ca_file) as client, ThreadPoolExecutor(8) as pool:
            errors = list(pool.map(lambda _number: refused(client, "token", 60), range(24)))
        assert len(proxy.heads) == 1
    assert {error.recovery for error in errors} == {Recovery.FAIL}


def test_behind_a_proxy_that_lets_through_nobody_waits_for_another(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first connection goes alone: of those after it, none is answered before all have arrived."""
    first, meet = threading.Event(), threading.Barrier(4, timeout=10)

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        if first.is_set():
            meet.wait()
        first.set()
        connection.sendall(answer(GRANT, "200 OK", "Connection: close"))

    with Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with against(handle, authority, 10) as client, ThreadPoolExecutor(4) as pool:
            ask(client, "token")
            assert len(list(pool.map(lambda _number: ask(client, "token"), range(4)))) == 4
        assert len(proxy.heads) == 5


@pytest.mark.parametrize("endpoint", ["token", "record"])
@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Service Unavailable"])
def test_a_proxy_that_fails_is_named_and_the_write_was_not_done(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, endpoint: str, status: str
) -> None:
    with Proxy(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://anna:geheim@"))
        with opened(simulator.url, simulator.ca_file) as client:
            hurry(client, monkeypatch)
            error = refused(client, endpoint, 3)
        assert len(proxy.heads) > 1
    assert (error.kind, error.recovery) == (Kind.TRANSPORT, Recovery.RETRY)
    assert "HTTPS_PROXY" in str(error)
    assert status[:3] in str(error)
    assert "geheim" not in str(error)
    assert simulator.world.log == []


def test_a_proxy_that_is_down_is_named(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        url = proxy.url
    monkeypatch.setenv("HTTPS_PROXY", url)
    with opened(simulator.url, simulator.ca_file) as client:
        error = refused(client, "record")
    assert (error.kind, error.recovery) == (Kind.TRANSPORT, Recovery.RETRY)
    assert "HTTPS_PROXY" in str(error)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1:1", "http://", "http://127.0.0.1:x", "http://u:ge#heim@127.0.0.1:1", "?"]
)
def test_a_proxy_that_cannot_be_one_is_named(simulator: Simulator, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    with opened(simulator.url, simulator.ca_file) as client:
        error = refused(client, "record")
    assert error.kind is Kind.TRANSPORT
    assert "HTTPS_PROXY" in str(error)
    assert "heim" not in str(error)


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"drop": "before"}, {"truncate": True}], ids=str)
@pytest.mark.parametrize("first", [True, False], ids=["new connection", "kept connection"])
@pytest.mark.parametrize("encrypted", [False, True], ids=["http proxy", "https proxy"])
def test_an_answer_lost_behind_a_proxy_leaves_the_write_in_doubt(
    simulator: Simulator,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
    first: bool,
    encrypted: bool,
) -> None:
    """The proxy was reached and the request sent: not the fault of the proxy, and no reason to send it again."""
    simulator.world.plan(Fault("record", times=None, **fault))
    token = simulator.world.issue_token(MEETING)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))  # for the proxy alone
    with Proxy(tls=authority.server() if encrypted else None) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with opened(simulator.url, simulator.ca_file) as client:
            hurry(client, monkeypatch)
            if not first:
                ask(client, "token")
            error = refused(client, "record", 60, token)
    assert error.recovery is Recovery.VERIFY
    assert len(simulator.world.writes()) == 1


def test_meetings_do_not_mix(simulator: Simulator, client: Client) -> None:
    """One client serves many meetings: nothing of one call stays for the next."""
    simulator.world.add(Meeting("914047752", host_password="other-391"))
    one = control_token(client, PASSWORD, "", RetryBudget(0))
    request = control.token("914047752", "other-391")
    other = control.read_token("914047752", request, client.send(request, RetryBudget(0)))
    assert client.send(control.record("914047752", other.token, True), RetryBudget(0))
    with pytest.raises(MeetingError):
        client.send(control.record("914047752", one.token, True), RetryBudget(0))
