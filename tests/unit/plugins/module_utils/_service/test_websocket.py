# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live channel over real sockets: what is sent, what is believed, and that nothing outlasts its deadline."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Failure, Kind, MeetingError, Recovery
from ansible_collections.huawei.meeting.plugins.module_utils._core.meeting import MeetingPhase, RecordingState, Snapshot
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests import control
from ansible_collections.huawei.meeting.plugins.module_utils._core.retry import RetryBudget
from ansible_collections.huawei.meeting.plugins.module_utils._service import websocket as _live
from ansible_collections.huawei.meeting.plugins.module_utils._service.client import Client, Connection
from ansible_collections.huawei.meeting.plugins.module_utils._service.proxy import Passages
from ansible_collections.huawei.meeting.plugins.module_utils._service.sockets import trust
from ansible_collections.huawei.meeting.plugins.module_utils._service.websocket import LiveChannel, connect
from tests.simulator import Fault, Simulator
from tests.unit.plugins.peers import Authority, Listener, Proxy, answer, drip, hang_up_after, request_of

MEETING = "914047751"
# Seconds: for what is to succeed, and for what is to time out. A deadline counts as kept within ten times itself.
TIMEOUT, SHORT = 3.0, 0.4
GENEROUS = 10 * SHORT
STOPPED = Snapshot(RecordingState.STOPPED, MeetingPhase.ONGOING)
STARTED = Snapshot(RecordingState.STARTED, MeetingPhase.ONGOING)
UNKNOWN = Snapshot(RecordingState.UNKNOWN, MeetingPhase.ONGOING)  # a channel can be opened to a running meeting only


def soon(seconds: float = TIMEOUT) -> float:
    """A deadline."""
    return time.monotonic() + seconds


class Booth:
    """What is needed to open channels to the simulated meeting."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.world = simulator.world
        self.token = self.world.issue_token(MEETING)
        self.ws_url = simulator.url.replace("https", "wss")
        self.tls = trust(True, str(simulator.ca_file), "")

    def ws_token(self) -> str:
        """A fresh WebSocket token."""
        client = Client(Connection(self.simulator.url, ca_path=str(self.simulator.ca_file)))
        try:
            request = control.ws_token(MEETING, self.token)
            return control.read_ws_token(request, client.send(request, RetryBudget(0)))
        finally:
            client.close()

    def connect(self, seconds: float = TIMEOUT, **options: Any) -> LiveChannel:
        """Open a channel."""
        given: dict[str, Any] = {"meeting_ids": frozenset({MEETING}), "tls": self.tls, "proxy": None, **options}
        ws_url, ws_token = given.pop("ws_url", self.ws_url), given.pop("ws_token", None) or self.ws_token()
        return connect(ws_url, MEETING, ws_token, deadline=soon(seconds), **given)

    @contextmanager
    def subscribed(self, **options: Any) -> Iterator[LiveChannel]:
        """An open and subscribed channel; closed afterwards, and that must leave nothing open."""
        live = self.connect(**options)
        try:
            live.subscribe(self.token, soon())
            yield live
        finally:
            live.close()
        assert self.simulator.until_closed()


@pytest.fixture
def booth(simulator: Simulator) -> Booth:
    return Booth(simulator)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def failing(within: float = SHORT, secrets: tuple[str, ...] = ()) -> Iterator[list[Failure]]:
    """The block must raise a MeetingError in decent words, within a generous multiple of its deadline."""
    caught: list[Failure] = []
    began = time.monotonic()
    with pytest.raises(MeetingError) as raised:
        yield caught
    assert time.monotonic() - began < 10 * within
    words = str(raised.value)
    assert words.startswith(f"Could not read the live state of meeting {MEETING}")
    assert words.isprintable()
    assert len(words) < 700
    assert "tmpToken" not in words
    assert not [secret for secret in secrets if secret in words]
    caught.append(raised.value.failure)


# ---- the good course


def test_the_first_push_tells_the_state(booth: Booth) -> None:
    with booth.subscribed() as live:
        assert live.first(soon()) == STOPPED
    booth.world.set_recording(MEETING, True)
    with booth.subscribed() as live:
        assert live.first(soon()) == STARTED


def test_a_change_is_seen(booth: Booth) -> None:
    with booth.subscribed() as live:
        live.first(soon())
        booth.world.set_recording(MEETING, True)
        assert live.until(RecordingState.STARTED, soon()) == STARTED
        booth.world.set_recording(MEETING, False)
        assert live.until(RecordingState.STOPPED, soon()) == STOPPED


def test_what_is_already_so_needs_no_waiting(booth: Booth) -> None:
    with booth.subscribed() as live:
        live.first(soon())
        assert live.until(RecordingState.STOPPED, soon(0)) == STOPPED
        assert live.first(soon(0)) == STOPPED


@pytest.mark.parametrize("wanted", [RecordingState.STARTED, RecordingState.STOPPED])
def test_the_end_of_the_meeting_ends_the_waiting(booth: Booth, wanted: RecordingState) -> None:
    booth.world.set_recording(MEETING, wanted is RecordingState.STOPPED)
    with booth.subscribed() as live:
        live.first(soon())
        booth.world.end(MEETING)
        assert live.until(wanted, soon()) == Snapshot(RecordingState.STOPPED, MeetingPhase.ENDED)


def test_only_the_dynamic_state_is_subscribed(booth: Booth) -> None:
    """Other events carry passwords."""
    with booth.subscribed() as live:
        live.first(soon())
    assert booth.world.requests("subscribe")[0].body == {"subscribeType": ["ConfDynamicInfoNotify"]}


def test_nothing_needless_is_sent_with_the_handshake(booth: Booth) -> None:
    with booth.subscribed():
        pass
    names = booth.world.requests("connect")[0].header_names
    assert not {"x-conference-authorization", "authorization", "cookie", "origin", "x-password"} & set(names)


@pytest.mark.parametrize("key", ["returnDesc", "returnDesc "])
def test_both_spellings_of_the_answer_are_read(booth: Booth, key: str) -> None:
    booth.world.behaviour.return_desc_key = key
    with booth.subscribed() as live:
        assert live.first(soon()) == STOPPED
    booth.world.behaviour.subscribe = "code"
    live = booth.connect()
    with failing() as caught:
        live.subscribe(booth.token, soon())
    live.close()
    assert "FORBIDDEN_SUBSCRIBE" in str(caught[0])


def test_partial_pushes_keep_the_last_state(booth: Booth) -> None:
    booth.world.behaviour.partial_pushes = True
    with booth.subscribed() as live:
        assert live.first(soon()) == STOPPED
        booth.world.touch(MEETING)
        booth.world.set_recording(MEETING, True)
        assert live.until(RecordingState.STARTED, soon()) == STARTED


def test_without_a_snapshot_the_state_is_unknown_until_something_is_pushed(booth: Booth) -> None:
    booth.world.behaviour.snapshot = False
    with booth.subscribed() as live:
        assert live.first(soon(0.2)) == UNKNOWN
        booth.world.set_recording(MEETING, True)
        assert live.until(RecordingState.STARTED, soon()) == STARTED


def test_a_push_before_the_answer_of_the_subscription_is_not_lost(authority: Authority) -> None:
    pushes = [dynamic(recState=1), {"action": "Subscribe", "data": {"returnCode": 0}}]
    with server(authority, talking(pushes)) as live:
        live.subscribe("cnr0", soon())
        assert live.first(soon(0.1)) == STARTED


def test_a_silent_wait_returns_what_is_known_at_the_deadline(booth: Booth) -> None:
    with booth.subscribed() as live:
        live.first(soon())
        began = time.monotonic()
        assert live.until(RecordingState.STARTED, soon(0.3)) == STOPPED
        assert 0.29 <= time.monotonic() - began < GENEROUS


# ---- frames on the wire


def dynamic(**values: Any) -> dict[str, Any]:
    """A push about the meeting."""
    return {"action": "ConfDynamicInfoNotify", "confID": MEETING, "state": "Created", **values}


def shake_hands(connection: socket.socket, *headers: str) -> str:
    """Answer a WebSocket handshake, and return the request line."""
    head = request_of(connection).decode()
    key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
    accept = base64.b64encode(digest).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", *headers]
    connection.sendall("\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode())
    return head.split("\r\n")[0]


def read_frame(connection: socket.socket) -> Any:
    """Read one short masked text frame."""
    stream = connection.makefile("rb")
    head = stream.read(2)
    if len(head) < 2:
        raise OSError("the client is gone")
    length = head[1] & 0x7F
    if length == 126:
        length = struct.unpack("!H", stream.read(2))[0]
    mask, masked = stream.read(4), stream.read(length)
    return json.loads(bytes(byte ^ mask[index % 4] for index, byte in enumerate(masked)))


def frame(content: bytes, opcode: int = 0x81) -> bytes:
    """One unmasked frame; the default is a whole text message."""
    if len(content) < 126:
        return bytes([opcode, len(content)]) + content
    if len(content) < 65536:
        return bytes([opcode, 126]) + struct.pack("!H", len(content)) + content
    return bytes([opcode, 127]) + struct.pack("!Q", len(content)) + content


def talking(
    messages: list[Any], heard: list[Any] | None = None, then: Callable[[socket.socket], object] | None = None
) -> Callable[[socket.socket], None]:
    """Return a server that shakes hands, hears one frame, sends its own and waits for the end."""

    def handle(connection: socket.socket) -> None:
        line = shake_hands(connection)
        first = read_frame(connection)
        if heard is not None:
            heard.extend([line, first])
        for message in messages:
            content = message if isinstance(message, bytes) else frame(json.dumps(message).encode())
            connection.sendall(content)
        if then is not None:
            then(connection)
        while connection.recv(1000):
            pass

    return handle


@contextmanager
def server(authority: Authority, handle: Callable[[socket.socket], None], **options: Any) -> Iterator[LiveChannel]:
    """A channel to a server that does as it likes."""
    tls = trust(True, str(authority.file), "")
    given: dict[str, Any] = {"meeting_ids": frozenset({MEETING}), "tls": tls, "proxy": None, **options}
    with Listener(handle, authority.server()) as listener:
        url = f"wss://127.0.0.1:{listener.port}"
        live = connect(url, MEETING, "cnr-ws-0", deadline=soon(given.pop("seconds", TIMEOUT)), **given)
        try:
            yield live
        finally:
            live.close()


def test_the_frames_are_those_of_the_documents(authority: Authority) -> None:
    heard: list[Any] = []
    with server(authority, talking([{"action": "Subscribe", "data": {"returnCode": 0}}], heard)) as live:
        live.subscribe("cnr0", soon())
    line, subscribe = heard
    assert line == f"GET /cms/open/websocket/confctl/increment/conn?confID={MEETING}&tmpToken=cnr-ws-0 HTTP/1.1"
    assert subscribe["action"] == "Subscribe"
    assert len(subscribe["sequence"]) == 30
    assert subscribe["sequence"].isdigit()
    assert isinstance(subscribe["data"], str)
    data = json.loads(subscribe["data"])
    assert data == {
        "conferenceID": MEETING,
        "subscribeType": ["ConfDynamicInfoNotify"],
        "confToken": f"Basic {base64.b64encode(b'cnr0').decode()}",
    }


@pytest.mark.parametrize(
    ("encoding", "opcode"), [("utf-8", 0x81), ("utf-8-sig", 0x81), ("utf-8-sig", 0x82), ("utf-16", 0x82)]
)
@pytest.mark.parametrize("before", ["", "\r\n ", " \ufeff\n"], ids=["nothing", "blanks", "both"])
def test_what_stands_before_the_json_of_a_frame_does_not_matter(
    authority: Authority, encoding: str, opcode: int, before: str
) -> None:
    messages = [{"action": "Subscribe", "data": {"returnCode": 0}}, dynamic(recState=1)]
    frames: list[Any] = [frame((before + json.dumps(message)).encode(encoding), opcode) for message in messages]
    with server(authority, talking(frames)) as live:
        live.subscribe("cnr0", soon())
        assert live.first(soon()) == STARTED


def test_a_token_with_special_characters_is_escaped_in_the_address(authority: Authority) -> None:
    lines: list[str] = []

    def handle(connection: socket.socket) -> None:
        lines.append(shake_hands(connection))

    tls = trust(True, str(authority.file), "")
    with Listener(handle, authority.server()) as listener:
        url = f"wss://127.0.0.1:{listener.port}/"
        live = connect(
            url, MEETING, "a&b=c d/+", meeting_ids=frozenset({MEETING}), tls=tls, proxy=None, deadline=soon()
        )
        live.close()
    assert lines[0].split()[1].endswith("/conn?confID=914047751&tmpToken=a%26b%3Dc+d%2F%2B")
    assert "//cms" not in lines[0]


@pytest.mark.parametrize("cookie", ["a=b; path=/", "=", "a=\xe9", "expires=never"])
def test_cookies_of_a_gateway_do_no_harm(authority: Authority, cookie: str) -> None:
    def handle(connection: socket.socket) -> None:
        shake_hands(connection, f"Set-Cookie: {cookie}")
        read_frame(connection)
        connection.sendall(frame(b'{"action": "Subscribe", "data": {"returnCode": 0}}'))
        connection.recv(1)

    with server(authority, handle) as live:
        live.subscribe("cnr0", soon())


def believed(authority: Authority, *messages: Any, ids: frozenset[str] = frozenset({MEETING})) -> Snapshot:
    """Return what is made of these messages after a successful subscription."""
    good = {"action": "Subscribe", "data": {"returnCode": 0}}
    with server(authority, talking([good, *messages]), meeting_ids=ids) as live:
        live.subscribe("cnr0", soon())
        return live.first(soon(0.25))


@pytest.mark.parametrize(
    ("message", "snapshot"),
    [
        (dynamic(recState=1), STARTED),
        (dynamic(recState="1"), STARTED),
        (dynamic(recState=1, confID=914047751), STARTED),
        ({"action": "ConfDynamicInfoNotify", "recState": 0}, STOPPED),
        (dynamic(recState=1, confID="988000001"), UNKNOWN),
        (dynamic(recState=1, confID=""), UNKNOWN),
        (dynamic(recState=1, action="ConfBasicInfoNotify"), UNKNOWN),
        (dynamic(recState=2), UNKNOWN),
        (dynamic(aiRecState=1, clientRecState=1), UNKNOWN),
        (dynamic(state="Destroyed"), Snapshot(RecordingState.STOPPED, MeetingPhase.ENDED)),
        ([dynamic(recState=1)], UNKNOWN),
        ({"action": "ConfDynamicInfoNotify", "data": dynamic(recState=1)}, UNKNOWN),
        (frame(b"\xff\xfe", 0x82), UNKNOWN),
        (frame(json.dumps(dynamic(recState=1)).encode(), 0x82), STARTED),
        (frame(b"[" * 50_000), UNKNOWN),
        (frame(b"1" * 50_000), UNKNOWN),
        (frame(b""), UNKNOWN),
        (frame(b"pong", 0x8A), UNKNOWN),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_believed(authority: Authority, message: Any, snapshot: Snapshot) -> None:
    assert believed(authority, message) == snapshot


def test_a_meeting_goes_by_every_id_that_the_service_gave_it(authority: Authority) -> None:
    """A room's push may carry the ID of the meeting that is running in it."""
    message = dynamic(recState=1, confID="988000001")
    assert believed(authority, message, ids=frozenset({MEETING, "988000001"})) == STARTED


def test_a_message_in_fragments_between_pings_is_put_together(authority: Authority) -> None:
    content = json.dumps(dynamic(recState=1)).encode()
    parts = frame(content[:10], 0x01) + frame(b"ping", 0x89) + frame(content[10:20], 0x00) + frame(content[20:], 0x80)
    assert believed(authority, parts) == STARTED


def test_a_message_that_arrives_in_pieces_is_put_together_across_waits(authority: Authority) -> None:
    content = frame(json.dumps(dynamic(recState=1)).encode())
    go_on = threading.Event()

    def then(connection: socket.socket) -> None:
        go_on.wait(5)
        connection.sendall(content[20:])

    good = {"action": "Subscribe", "data": {"returnCode": 0}}
    with server(authority, talking([good, content[:20]], then=then)) as live:
        live.subscribe("cnr0", soon())
        assert live.first(soon(0.1)) == UNKNOWN
        go_on.set()
        assert live.first(soon()) == STARTED


# ---- subscriptions refused


@pytest.mark.parametrize(
    ("rule", "kind", "code"),
    [
        ("code", Kind.PERMISSION, "111070121"),
        ("close", Kind.TRANSPORT, ""),
        ("silent", Kind.TRANSPORT, ""),
    ],
)
def test_a_subscription_refused(booth: Booth, rule: Any, kind: Kind, code: str) -> None:
    booth.world.behaviour.subscribe = rule
    live = booth.connect()
    with failing(secrets=(booth.token,)) as caught:
        live.subscribe(booth.token, soon(SHORT))
    live.close()
    assert (caught[0].kind, caught[0].code) == (kind, code)
    assert booth.simulator.until_closed()


def test_a_subscription_refused_for_its_token(booth: Booth) -> None:
    live = booth.connect()
    booth.world.expire_tokens()
    with failing() as caught:
        live.subscribe(booth.token, soon())
    live.close()
    assert (caught[0].kind, caught[0].recovery) == (Kind.AUTHENTICATION, Recovery.REAUTHENTICATE)


def test_a_websocket_token_works_once(booth: Booth) -> None:
    ws_token = booth.ws_token()
    booth.connect(ws_token=ws_token).close()
    with failing(secrets=(ws_token,)):
        booth.connect(ws_token=ws_token).subscribe(booth.token, soon(SHORT))


# ---- channels that do not come about


@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "before"},
        {"websocket": "silent"},
        {"websocket": "garbage"},
        {"websocket": "html"},
        {"websocket": "redirect"},
        {"status": 401},
        {"status": 404, "body": "<html></html>"},
        {"status": 500, "body": "x" * 100_000},
        {"status": 302, "headers": {"Location": "https://["}},
        {"status": 200, "body": "{}"},
        {"status": 204},
        {"code": "MMC.111070004"},
        {"truncate": True, "status": 500, "body": "x" * 100},
        {"delay": 8},
    ],
    ids=str,
)
def test_a_handshake_that_fails(booth: Booth, fault: dict[str, Any]) -> None:
    booth.world.plan(Fault("connect", times=None, **fault))
    ws_token = booth.ws_token()
    with failing(secrets=(ws_token,)) as caught:
        booth.connect(SHORT, ws_token=ws_token)
    assert caught[0].kind is Kind.TRANSPORT
    assert "127.0.0.1" in str(caught[0])
    assert booth.simulator.until_closed()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_channel_does_not_follow_a_redirect(booth: Booth, status: int) -> None:
    with Listener(request_of) as other:
        target = f"wss://127.0.0.1:{other.port}/elsewhere"
        booth.world.plan(Fault("connect", times=None, status=status, headers={"Location": target}))
        with failing() as caught:
            booth.connect(SHORT)
        assert other.accepted == 0
    assert "WebSocketException" not in str(caught[0]), "the name of a class says nothing to a user"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "drip": 0.05, "body": "x" * 400},
        {"status": 500, "size": 64_000_000},
    ],
    ids=["dripping page", "huge page"],
)
def test_the_page_of_a_failed_handshake_is_bounded(booth: Booth, fault: dict[str, Any]) -> None:
    booth.world.plan(Fault("connect", times=None, **fault))
    ws_token = booth.ws_token()
    with failing(), taking_at_most(20_000_000):
        booth.connect(SHORT, ws_token=ws_token)


@contextmanager
def taking_at_most(size: int) -> Iterator[None]:
    """The block must not allocate more memory than this at a time, in bytes."""
    tracemalloc.start()
    try:
        yield
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < size


def test_a_handshake_that_drips_in_does_not_outlast_the_deadline(authority: Authority) -> None:
    head = answer(b"", "101 Switching Protocols", *[f"X-Filler-{number}: nothing" for number in range(20)])
    with failing(), server(authority, drip(head), seconds=SHORT):
        pass


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 101\r\n\r\n",
        b"HTTP/1.1 101 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \xff\r\n\r\n",
        b"HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nSet-Cookie: a,b=c; domain=x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a,b=c; domain=x\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: https://[\r\n\r\n",
        b"HTTP/1.1 500 No\r\nContent-Length: abc\r\n\r\n",
        b"HTTP/1.1 500 No\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 500 No\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"\xff\xfe\xfd\r\n\r\n",
    ],
    ids=lambda content: ascii(content)[2:90],
)
def test_a_handshake_that_is_nonsense(authority: Authority, content: bytes) -> None:
    with failing() as caught, server(authority, hang_up_after(content), seconds=SHORT):
        pass
    assert caught[0].kind is Kind.TRANSPORT


def test_nobody_listens(booth: Booth) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with failing() as caught:
        booth.connect(ws_url=f"wss://127.0.0.1:{port}")
    assert (caught[0].kind, caught[0].recovery) == (Kind.TRANSPORT, Recovery.VERIFY)
    assert f"127.0.0.1:{port}" in str(caught[0])


@pytest.mark.parametrize(
    "ws_url",
    [
        "",
        "wss://",
        "wss:",
        "ws://127.0.0.1",
        "https://127.0.0.1",
        "127.0.0.1",
        "wss://127.0.0.1:x",
        "wss://127.0.0.1:99999",
        "wss://[::1",
        "wss://anna:geheim@127.0.0.1",
        "wss://127.0.0.1?tmpToken=geheim",
        "wss://127.0.0.1#geheim",
        "WSS",
        "wss://.",
        "wss://" + "a" * 300 + ".invalid",
        "wss://nowhere.invalid",
        "wss://\u2028.invalid",
        "wss://\x1b[31mred.invalid",
        "wss://a b.invalid",
        "wss://" + "a." * 5000 + "invalid",
    ],
    ids=lambda url: ascii(url)[:40],
)
def test_an_address_that_cannot_be_one_is_refused_before_anything_is_sent(booth: Booth, ws_url: str) -> None:
    with failing(TIMEOUT, secrets=("geheim",)) as caught:
        booth.connect(ws_url=ws_url, ws_token="cnr-ws-0")
    assert caught[0].kind is Kind.TRANSPORT
    assert booth.world.requests("connect") == []


@pytest.mark.parametrize("ws_token", ["\ud800", "\u0442\u043e\u043a\u0435\u043d", "a\r\nX-Evil: 1"], ids=ascii)
def test_a_websocket_token_that_is_nonsense_is_an_error_like_any_other(booth: Booth, ws_token: str) -> None:
    with failing():
        booth.connect(ws_token=ws_token).subscribe(booth.token, soon(SHORT))


def test_a_missing_library_is_named(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_live, "WEBSOCKET_IMPORT_ERROR", "ImportError")
    with failing() as caught:
        booth.connect(ws_token="cnr-ws-0")
    assert caught[0].kind is Kind.USAGE
    assert "websocket-client" in str(caught[0])


# ---- certificates


def test_an_untrusted_certificate_is_of_kind_tls(booth: Booth) -> None:
    with failing() as caught:
        booth.connect(ws_url=f"wss://127.0.0.1:{booth.world.ports[1]}", ws_token="cnr-ws-0")
    assert caught[0].kind is Kind.TLS
    assert "ca_path" in str(caught[0])


def test_a_certificate_of_another_host_is_of_kind_tls(authority: Authority) -> None:
    tls = trust(True, str(authority.file), "")
    with Listener(shake_hands, authority.server("elsewhere.example")) as listener, failing() as caught:
        url = f"wss://127.0.0.1:{listener.port}"
        connect(url, MEETING, "cnr-ws-0", meeting_ids=frozenset(), tls=tls, proxy=None, deadline=soon())
    assert caught[0].kind is Kind.TLS


@pytest.mark.parametrize("variable", ["WEBSOCKET_CLIENT_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_the_environment_does_not_decide_whom_the_channel_trusts(
    booth: Booth, authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(authority.file))
    with booth.subscribed() as live:
        assert live.first(soon()) == STOPPED
    monkeypatch.setenv(variable, str(booth.simulator.ca_file))
    with failing() as caught:
        booth.connect(tls=trust(True, str(authority.file), ""))
    assert caught[0].kind is Kind.TLS


def test_the_clients_context_serves_the_channel_and_loads_nothing_more(booth: Booth, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    shutil.copy(booth.simulator.ca_file, bundle)
    client = Client(Connection(booth.simulator.url, ca_path=str(bundle)))
    bundle.unlink()
    for _unused in range(2):
        with booth.subscribed(tls=client.tls) as live:
            assert live.first(soon()) == STOPPED
    client.close()


def test_without_validation_the_channel_trusts_anybody(booth: Booth) -> None:
    client = Client(Connection(booth.simulator.url, validate_certs=False))
    with booth.subscribed(ws_url=f"wss://localhost:{booth.world.ports[1]}", tls=client.tls) as live:
        assert live.first(soon()) == STOPPED
    client.close()


# ---- an open channel that misbehaves


@pytest.mark.parametrize("point", ["subscribe", "push"])
@pytest.mark.parametrize("how", ["close", "drop", "huge", "pings", "garbage", "wrong_types"])
def test_an_open_channel_that_misbehaves_keeps_the_deadline(booth: Booth, point: Any, how: Any) -> None:
    """It ends in a clear error or in an unknown state, never in a belief, and always in time."""
    fault: dict[str, Any] = {"drop": "before"} if how == "drop" else {"websocket": how}
    booth.world.plan(Fault(point, times=None, **fault))
    live = booth.connect()
    began = time.monotonic()
    try:
        live.subscribe(booth.token, soon(SHORT))
        snapshot = live.first(soon(SHORT))
    except MeetingError as error:
        assert error.failure.kind in (Kind.TRANSPORT, Kind.SERVICE)
        assert str(error).isprintable()
    else:
        assert snapshot.recording is RecordingState.UNKNOWN
        assert how not in ("close", "drop", "huge")
    assert time.monotonic() - began < GENEROUS
    live.close()
    assert booth.simulator.until_closed()


@pytest.mark.parametrize(
    "messages",
    [
        [frame(b"p" * 126, 0x89)],
        [frame(b"x", 0x83)],
        [frame(b"x", 0x80)],
        [frame(b"x", 0x01), frame(b"x")],
        [bytes([0xF1, 1]) + b"x"],
        [frame(b"\xff\xff")],
        [frame(b"\x03", 0x88)],
        [frame(struct.pack("!H", 999), 0x88)],
        [frame(struct.pack("!H", 1000) + b"\xff\xff", 0x88)],
        [b"\x81\x7f\x00" + b"\xff" * 7 + b"x" * (1024 * 1024 + 1)],
        [frame(b"x" * (1024 * 1024 + 1))],
        [frame(b"x" * 600_000, 0x01), frame(b"x" * 600_000, 0x80)],
        [frame(b"bye", 0x88)],
    ],
    ids=[
        "long ping",
        "unknown opcode",
        "continuation of nothing",
        "text within text",
        "reserved bits",
        "no UTF-8",
        "half a close code",
        "bad close code",
        "close with nonsense",
        "endless length",
        "too long",
        "too long in parts",
        "close with text",
    ],
)
def test_frames_against_the_rules_break_the_channel(authority: Authority, messages: list[bytes]) -> None:
    good = {"action": "Subscribe", "data": {"returnCode": 0}}
    with server(authority, talking([good, *messages])) as live:
        live.subscribe("cnr0", soon())
        with failing() as caught:
            live.first(soon(SHORT))
    assert (caught[0].kind, caught[0].recovery) == (Kind.TRANSPORT, Recovery.VERIFY)


def test_parts_between_pings_do_not_add_up_beyond_the_limit(authority: Authority) -> None:
    def then(connection: socket.socket) -> None:
        for number in range(40):
            connection.sendall(frame(b"x" * 1_000_000, 0x00 if number else 0x01) + frame(b"", 0x89))

    good = {"action": "Subscribe", "data": {"returnCode": 0}}
    with server(authority, talking([good], then=then)) as live, failing(TIMEOUT), taking_at_most(20_000_000):
        live.subscribe("cnr0", soon())
        live.first(soon(TIMEOUT))


def flood(content: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    """Return a deed that sends something again and again."""

    def then(connection: socket.socket) -> None:
        end = time.monotonic() + 3 * GENEROUS
        while time.monotonic() < end:
            connection.sendall(content)
            if pause:
                time.sleep(pause)

    return then


@pytest.mark.parametrize(
    "then",
    [
        flood(frame(b"p", 0x89), 0.001),
        flood(frame(b"p", 0x8A)),
        flood(frame(b"{}")),
        flood(frame(json.dumps(dynamic(recState=7)).encode())),
        flood(frame(json.dumps(dynamic(recState=0)).encode())),
        flood(frame(b"x" * 1000, 0x82)),
        flood(b"\x81\x7f\x00\x00\x00\x00\x00\x0f\xff\xff" + b"x", 0.02),
        flood(b"\x01\x00" + frame(b"", 0x89), 0.02),
    ],
    ids=["pings", "pongs", "objects", "odd pushes", "good pushes", "binary", "a dripping frame", "empty parts"],
)
@pytest.mark.parametrize("subscribe", [True, False], ids=["subscribing", "waiting"])
def test_no_flood_and_no_drip_outlasts_a_deadline(
    authority: Authority, then: Callable[[socket.socket], None], subscribe: bool
) -> None:
    messages = [] if subscribe else [{"action": "Subscribe", "data": {"returnCode": 0}}]
    with server(authority, talking(messages, then=then)) as live:
        began = time.monotonic()
        try:
            live.subscribe("cnr0", soon(SHORT))
            live.until(RecordingState.STARTED, soon(SHORT))
        except MeetingError as error:
            assert error.failure.kind is Kind.TRANSPORT
        assert time.monotonic() - began < GENEROUS


def test_closing_does_not_wait_for_a_peer_that_does_not_read(authority: Authority) -> None:
    with server(authority, talking([], then=lambda connection: time.sleep(GENEROUS))) as live:
        began = time.monotonic()
        live.close()
        live.close()
        assert time.monotonic() - began < SHORT


def test_closing_a_channel_whose_peer_is_gone_is_harmless(booth: Booth) -> None:
    with booth.subscribed() as live:
        live.first(soon())
        booth.world.end(MEETING)
        assert booth.simulator.until_closed()


# ---- heartbeats


def test_heartbeats_keep_the_channel_open(booth: Booth) -> None:
    booth.world.behaviour.heartbeat_timeout = 0.6
    with booth.subscribed(heartbeat_every=0.2) as live:
        live.first(soon())
        assert live.until(RecordingState.STARTED, soon(1.3)) == STOPPED
        assert len(booth.world.requests("heartbeat")) >= 5
        booth.world.set_recording(MEETING, True)
        assert live.until(RecordingState.STARTED, soon()) == STARTED


def test_without_heartbeats_the_service_closes_the_channel(booth: Booth) -> None:
    booth.world.behaviour.heartbeat_timeout = 0.3
    with booth.subscribed() as live:
        live.first(soon())
        with failing(TIMEOUT):
            live.until(RecordingState.STARTED, soon())
    assert booth.world.requests("heartbeat") == []


# ---- proxies


def test_the_channel_goes_through_the_proxy_of_the_client(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://anna:ge%40heim@"))
        client = Client(Connection(booth.simulator.url, ca_path=str(booth.simulator.ca_file)))
        with booth.subscribed(proxy=client.proxy_for(booth.ws_url), ws_token=booth.ws_token()) as live:
            assert live.first(soon()) == STOPPED
        client.close()
    head = proxy.heads[-1]
    assert head.startswith(f"CONNECT {booth.ws_url.partition('//')[2]} ")
    assert "Proxy-Authorization: Basic YW5uYTpnZUBoZWlt\r\n" in head
    assert "tmpToken" not in head


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"])
def test_without_a_proxy_the_library_does_not_find_its_own(
    booth: Booth, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    ws_token = booth.ws_token()
    with Proxy() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        monkeypatch.setenv(variable.lower(), proxy.url)
        with booth.subscribed(ws_token=ws_token) as live:
            assert live.first(soon()) == STOPPED
        assert proxy.heads == []


def test_no_proxy_holds_for_the_channel(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection(booth.simulator.url, ca_path=str(booth.simulator.ca_file))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    client = Client(connection)
    assert client.proxy_for("wss://100.94.23.40:443") == "http://127.0.0.1:1"
    client.close()
    monkeypatch.setenv("NO_PROXY", "100.94.0.0/16,.example.com")
    client = Client(connection)
    assert client.proxy_for("wss://100.94.23.40:443") is None
    assert client.proxy_for("wss://r1.example.com") is None
    assert client.proxy_for("wss://r1.example.org") == "http://127.0.0.1:1"
    for malformed in ("", "wss://", "wss://host:x", "wss://[::1", "wss://host:99999"):
        client.proxy_for(malformed)
    client.close()


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 403 Forbidden\r\n\r\n<html>geheim</html>",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"\r\n\r\n",
        b"\xff",
    ],
    ids=repr,
)
def test_a_proxy_that_refuses_is_told(booth: Booth, reply: bytes) -> None:
    with Proxy(reply) as proxy, failing(secrets=("geheim",)) as caught:
        booth.connect(SHORT, proxy=proxy.url.replace("://", "://anna:geheim@"), ws_token="cnr-ws-0")
    assert caught[0].kind is Kind.TRANSPORT
    assert "proxy" in str(caught[0])


@pytest.mark.parametrize(
    ("status", "elsewhere"), [("407 Proxy Authentication Required", 1), ("403 Forbidden", 2), ("502 Bad Gateway", 4)]
)
def test_a_proxy_that_refuses_the_channel_is_asked_once(booth: Booth, status: str, elsewhere: int) -> None:
    """For a host, or for a sign-in that it refuses; a fault of the proxy may pass."""
    passages = Passages()
    with Proxy(f"HTTP/1.1 {status}: geheim\r\n\r\n".encode()) as proxy:
        url = proxy.url.replace("://", "://anna:geh%65im@")
        errors = []
        for ws_url in (booth.ws_url, booth.ws_url, "wss://192.0.2.7", "wss://192.0.2.7"):
            with failing(secrets=("geheim", "geh%65im", "anna")) as caught:
                connect(
                    ws_url,
                    MEETING,
                    "cnr-ws-0",
                    meeting_ids=frozenset(),
                    tls=booth.tls,
                    proxy=url,
                    deadline=soon(),
                    passages=passages,
                )
            errors += caught
        assert len(proxy.heads) == elsewhere
    final = status[0] == "4"
    assert {error.recovery for error in errors} == {Recovery.FAIL if final else Recovery.VERIFY}
    if final:
        assert all(f"the proxy 127.0.0.1:{proxy.port} refused the connection to " in str(error) for error in errors)
        assert all("HTTPS_PROXY" in error.hint and f"(HTTP {status[:3]})" in error.detail for error in errors)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://127.0.0.1:1",
        "127.0.0.1:1",
        "https://127.0.0.1:1",
        "ftp://127.0.0.1:1",
        "socks5://127.0.0.1:1",
        "http://",
        "http://127.0.0.1:x",
        "http://127.0.0.1:99999",
        "http://anna:ge/heim@127.0.0.1:1",
        "http://anna:ge#heim@127.0.0.1:1",
        "http://[::1",
    ],
)
def test_a_proxy_that_cannot_be_used_is_a_clear_error(booth: Booth, proxy: str) -> None:
    with failing(secrets=("ge/", "ge'", "heim", "'ge")) as caught:
        booth.connect(proxy=proxy, ws_token="cnr-ws-0")
    assert caught[0].kind is Kind.TRANSPORT
