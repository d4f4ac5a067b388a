# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The world over real HTTPS and WSS, on the loopback interface, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import ipaddress
import pathlib
import ssl
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from types import TracebackType

import trustme
from aiohttp import WSMsgType, web

from . import admin, messages
from .model import CONNECT, CONTROL_CALLS, ENTERPRISE_CALLS, Answer, Fault, Outcome, Parcel, Session
from .world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_CHUNK = 64 * 1024
_HUGE = 64 * 1024 * 1024
_PING_PAUSE = 0.01  # seconds
_GRACE = 0.2  # seconds that open requests and channels get when the simulator stops


class Simulator:
    """Serves a World until it is stopped. A context manager; everything it made is gone afterwards."""

    def __init__(self, world: World | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        """Prepare to serve `world` (a fresh one by default) on a port of the loopback interface (0: a free one)."""
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"the simulator listens on the loopback interface only, not on {host}")
        self.world = world or World()
        self._host, self._port = host, port
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._sockets = 0
        self._connections = 0
        self._known: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Simulator:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever happened inside."""
        self.stop()

    @property
    def url(self) -> str:
        """The address of the API, without a path."""
        return f"https://{self._host}:{self.world.ports[0]}"

    @property
    def ca_file(self) -> pathlib.Path:
        """The certificate authority that signed the server's certificate, PEM."""
        if self._folder is None:
            raise RuntimeError("the simulator is not running")
        return pathlib.Path(self._folder.name, "ca.pem")

    @property
    def open_sockets(self) -> int:
        """How many WebSocket connections are open right now."""
        return self._sockets

    @property
    def connections(self) -> int:
        """How many connections have carried HTTPS calls of the API so far; those of WebSockets do not count."""
        return self._connections

    def until_closed(self, timeout: float = 2.0) -> bool:
        """Wait until no WebSocket connection is open, at most `timeout` seconds; tell whether that came true."""
        deadline = time.monotonic() + timeout
        while self._sockets and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._sockets

    def environment(self) -> dict[str, str]:
        """The environment variables that lead the collection here."""
        return {"HUAWEI_MEETING_API_URL": self.url, "HUAWEI_MEETING_CA_PATH": str(self.ca_file)}

    def enterprise_environment(self) -> dict[str, str]:
        """The environment variables with which the collection signs in here; none without an enterprise."""
        enterprise = self.world.enterprise
        if enterprise is None:
            return {}
        names = {"HUAWEI_MEETING_APP_ID": enterprise.app_id, "HUAWEI_MEETING_APP_KEY": enterprise.app_key}
        return {**names, "HUAWEI_MEETING_CORP_ID": enterprise.corp_id} if enterprise.corp_id else names

    def start(self) -> Simulator:
        """Listen; return once connections are accepted. OSError if the port is taken."""
        if self._thread is not None:
            raise RuntimeError("the simulator is running already")
        self._folder = tempfile.TemporaryDirectory(prefix="huawei-meeting-simulator-")
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="simulator", daemon=True)
        self._thread.start()
        try:
            ready.result()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close every connection, end the thread and remove the certificates. Harmless when repeated."""
        loop, thread, folder = self._loop, self._thread, self._folder
        self._loop = self._thread = self._folder = None
        if loop is not None:
            loop.call_soon_threadsafe(self._stop.set)
        if thread is not None:
            thread.join()
        if folder is not None:
            folder.cleanup()

    # ---- the thread ----

    def _run(self, ready: Future[None]) -> None:
        """Serve until `stop`; whoever waits for `ready` hears of a failure before that."""
        try:
            asyncio.run(self._serve(ready))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    async def _serve(self, ready: Future[None]) -> None:
        """Listen, say so, and serve until `stop`."""
        self._stop = asyncio.Event()
        application = web.Application()
        self._route(application)
        runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=_GRACE, keepalive_timeout=300
        )
        await runner.setup()
        try:
            await self._listen(runner)
            self._loop = loop = asyncio.get_running_loop()
            self.world.wake = lambda: _from_any_thread(loop, self._tick)
            self._tick()
            ready.set_result(None)
            await self._stop.wait()
        finally:
            self.world.wake = lambda: None
            if self._timer:
                self._timer.cancel()
            await _close(runner)

    async def _listen(self, runner: web.AppRunner) -> None:
        """Open the listener whose certificate the CA file vouches for, and one whose certificate it does not."""
        ports = []
        for trusted in (True, False):
            authority = trustme.CA(organization_name="Huawei Cloud Meeting simulator")
            if trusted:
                authority.cert_pem.write_to_path(self.ca_file)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1", "::1", "localhost").configure_cert(context)
            site = web.TCPSite(runner, self._host, self._port if trusted else 0, ssl_context=context, backlog=1024)
            await site.start()
            ports.append(runner.addresses[-1][1])
        self.world.ports = (ports[0], ports[1])

    def _tick(self) -> None:
        """Let the world do what is due, and come back when the next deed is."""
        if self._timer:
            self._timer.cancel()
        delay = self.world.advance()
        self._timer = None if delay is None else asyncio.get_running_loop().call_later(delay, self._tick)

    # ---- HTTPS ----

    def _route(self, application: web.Application) -> None:
        """Publish the API, the admin surface, and the gateway's answer for everything else."""
        for endpoint, (method, path) in {**CONTROL_CALLS, **ENTERPRISE_CALLS}.items():
            application.router.add_route(method, path, self._rest(endpoint))
        application.router.add_get(CONNECT, self._connect)
        admin.route(application, self.world)
        application.router.add_route("*", "/{path:.*}", self._rest("unknown"))

    def _rest(self, endpoint: str) -> Handler:
        """Return the handler of an HTTPS endpoint."""

        async def handle(request: web.Request) -> web.StreamResponse:
            self._count(request)
            body = await request.read()
            query = request.query
            outcome = self.world.receive(
                endpoint, query.get("conferenceID"), request.headers, body, request.method, request.path, query
            )
            return await self._answer(request, outcome)

        return handle

    def _count(self, request: web.Request) -> None:
        """Count the connection of a request unless it has carried one before."""
        if request.transport and request.transport not in self._known:
            self._known.add(request.transport)
            self._connections += 1

    async def _answer(self, request: web.Request, outcome: Outcome) -> web.StreamResponse:
        """Send the answer to an HTTPS request, as late and as badly as behaviour and fault want."""
        answer, fault = outcome.answer, outcome.fault
        assert answer is not None
        wait = self.world.behaviour.latency + (fault.delay if fault else 0)
        if wait:
            await asyncio.sleep(wait)
        answer.headers.update(_gateway(outcome))
        seconds = self.world.clock() + self.world.behaviour.clock_skew
        answer.headers.setdefault("Date", email.utils.formatdate(seconds, usegmt=True))
        if fault is None:
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        return await _spoilt_answer(request, answer, fault)

    # ---- WebSocket ----

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        """Handle a WebSocket from the handshake to its end."""
        loop = asyncio.get_running_loop()
        news = asyncio.Event()
        outcome = self.world.connect(
            request.query.get("confID"),
            request.query.get("tmpToken"),
            lambda: _from_any_thread(loop, news.set),
            request.headers,
        )
        self._sockets += 1
        try:
            if outcome.answer:
                return await self._answer(request, outcome)
            return await self._channel(request, outcome, news)
        finally:
            self._sockets -= 1
            if outcome.session:
                self.world.leave(outcome.session)

    async def _channel(self, request: web.Request, outcome: Outcome, news: asyncio.Event) -> web.StreamResponse:
        """Shake hands, then hear and say frames until one side has had enough."""
        fault, session = outcome.fault, outcome.session
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault and fault.websocket == "silent":
            await asyncio.Event().wait()  # until the client goes: the handler is cancelled then
        if fault and fault.websocket == "garbage":
            return _garbage(request)
        ws = web.WebSocketResponse(timeout=_GRACE)
        ws.headers.update(_gateway(outcome))
        try:
            await ws.prepare(request)
        except web.HTTPException as refusal:  # somebody knocked without a handshake
            outcome.entry.status = refusal.status
            return web.Response(status=refusal.status, text=refusal.text, headers=_gateway(outcome))
        speaker = asyncio.create_task(_speak(ws, request, outcome, news))
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT and session:
                    self.world.hear(session, message.data)
        finally:
            speaker.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await speaker
        return ws


async def _close(runner: web.AppRunner) -> None:
    """Break off every connection, then stop listening. Farewells would take as long as the slowest client."""
    transports = [connection.transport for connection in runner.server.connections] if runner.server else []
    for transport in filter(None, transports):
        transport.abort()
    await asyncio.sleep(0)  # one turn of the loop, in which the sockets are closed and the handlers cancelled
    await runner.cleanup()


def _gateway(outcome: Outcome) -> dict[str, str]:
    """Return the headers that the vendor's gateway adds to each answer."""
    return {"X-Request-Id": outcome.entry.request_id, "Server": "api-gateway"}


async def _speak(ws: web.WebSocketResponse, request: web.Request, outcome: Outcome, news: asyncio.Event) -> None:
    """Say everything that is to be said on a channel, beginning with what a fault at the login wants."""
    fault = outcome.fault
    if fault and fault.websocket:
        await _misbehave(ws, request, fault)
    if outcome.session:
        await _send_all(ws, request, outcome.session, news)
    elif not (fault and fault.websocket in ("huge", "wrong_types")):  # after these it is for the client to go
        await ws.close()


async def _send_all(ws: web.WebSocketResponse, request: web.Request, session: Session, news: asyncio.Event) -> None:
    """Send a session's outbox, frame by frame, until the channel is closed."""
    while not ws.closed:
        await news.wait()
        news.clear()
        while session.outbox:
            parcel = session.outbox.pop(0)
            if parcel.fault:
                await _spoilt_frame(ws, request, parcel, parcel.fault)
            elif parcel.text is None:
                await ws.close()
                return
            else:
                await ws.send_str(parcel.text)


def _from_any_thread(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Run `call` in the loop soon; a loop that has ended needs nothing any more."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call)


def _abort(request: web.Request) -> web.Response:
    """Close the TCP connection without another byte."""
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _spoilt_answer(request: web.Request, answer: Answer, fault: Fault) -> web.StreamResponse:
    """Send an answer the way a fault wants it."""
    if fault.drop:
        return _abort(request)
    body = b"x" * 16 if fault.truncate and not answer.body else answer.body
    length = fault.size if fault.size is not None else len(body)
    if not (fault.truncate or fault.drip or fault.size is not None):
        return web.Response(status=answer.status, body=body, headers=answer.headers)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = length
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        if fault.truncate:
            await response.write(body[: len(body) // 2])
            if request.transport:
                request.transport.close()
        elif fault.size is not None:
            for start in range(0, length, _CHUNK):
                await response.write(b"x" * min(_CHUNK, length - start))
                await asyncio.sleep(0)  # else the loop never learns that the client has gone
        else:
            for byte in body:
                await response.write(bytes([byte]))
                await asyncio.sleep(fault.drip or 0)
    return response


async def _spoilt_frame(ws: web.WebSocketResponse, request: web.Request, parcel: Parcel, fault: Fault) -> None:
    """Send a frame the way a fault wants it."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.drop:
        _abort(request)
    elif fault.websocket:
        await _misbehave(ws, request, fault)
    elif fault.body is not None:
        text = fault.body if isinstance(fault.body, str) else fault.body.decode(errors="replace")
        await ws.send_str(text)
    elif parcel.text is not None:
        await ws.send_str(parcel.text)


async def _misbehave(ws: web.WebSocketResponse, request: web.Request, fault: Fault) -> None:
    """Send what no client expects on an open channel."""
    if fault.websocket == "close":
        await ws.close()
    elif fault.websocket == "garbage":
        await ws.send_str("\u0000 this is no JSON {")
        await ws.send_bytes(bytes(range(256)))
    elif fault.websocket == "wrong_types":
        for text in messages.WRONG_TYPES:
            await ws.send_str(text)
    elif fault.websocket == "pings":
        while not ws.closed:
            await ws.ping()
            await asyncio.sleep(_PING_PAUSE)
    elif fault.websocket == "huge":
        await _huge_frame(request, fault.size or _HUGE)


async def _huge_frame(request: web.Request, size: int) -> None:
    """Stream one text frame of `size` bytes, written by hand so that it never lies in memory as a whole."""
    transport = request.transport
    if transport is None:
        return
    transport.write(b"\x81\x7f" + struct.pack("!Q", size))
    chunk = b"x" * _CHUNK
    for start in range(0, size, _CHUNK):
        transport.write(chunk[: size - start])
        await asyncio.sleep(0)  # else the loop never learns that the client has gone
        while transport.get_write_buffer_size() > _CHUNK and not transport.is_closing():
            await asyncio.sleep(0.001)
        if transport.is_closing():
            return


def _garbage(request: web.Request) -> web.Response:
    """Answer a handshake with something that is no HTTP."""
    if request.transport:
        request.transport.write(b"\x00\x01\x02 SSH-2.0-not-http\r\n\r\n")
        request.transport.close()
    return web.Response()
