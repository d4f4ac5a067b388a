# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What aiohttp calls: requests and WebSockets go to the world, and what comes of them goes back."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import weakref
from collections.abc import Awaitable, Callable

from aiohttp import WSMsgType, web

from . import admin, sending
from .model import CONNECT, CONTROL_CALLS, ENTERPRISE_CALLS, Outcome
from .world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

GRACE = 0.2  # seconds that open requests and channels get when the simulator stops


class Front:
    """The addresses of a world, and a count of who uses them."""

    def __init__(self, world: World) -> None:
        """Stand before `world`; nobody is there yet."""
        self.sockets = 0  # WebSocket connections that are open right now
        self.connections = 0  # those that have carried HTTPS calls of the API so far
        self._world = world
        self._known: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()

    def route(self, application: web.Application) -> None:
        """Publish the API, the admin surface, and the gateway's answer for everything else."""
        for endpoint, (method, path) in {**CONTROL_CALLS, **ENTERPRISE_CALLS}.items():
            application.router.add_route(method, path, self._rest(endpoint))
        application.router.add_get(CONNECT, self._connect)
        admin.route(application, self._world)
        application.router.add_route("*", "/{path:.*}", self._rest("unknown"))

    def _rest(self, endpoint: str) -> Handler:
        """Return the handler of an HTTPS endpoint."""

        async def handle(request: web.Request) -> web.StreamResponse:
            self._count(request)
            body = await request.read()
            query = request.query
            outcome = self._world.gateway.receive(
                endpoint, query.get("conferenceID"), request.headers, body, request.method, request.path, query
            )
            return await self._answer(request, outcome)

        return handle

    def _count(self, request: web.Request) -> None:
        """Count the connection of a request unless it has carried one before."""
        if request.transport and request.transport not in self._known:
            self._known.add(request.transport)
            self.connections += 1

    async def _answer(self, request: web.Request, outcome: Outcome) -> web.StreamResponse:
        """Send the answer to an HTTPS request, as late and as badly as behaviour and fault want."""
        answer, fault = outcome.answer, outcome.fault
        assert answer is not None
        wait = self._world.behaviour.latency + (fault.delay if fault else 0)
        if wait:
            await asyncio.sleep(wait)
        answer.headers.update(_gateway(outcome))
        seconds = self._world.clock() + self._world.behaviour.clock_skew
        answer.headers.setdefault("Date", email.utils.formatdate(seconds, usegmt=True))
        return await sending.send_answer(request, answer, fault)

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        """Handle a WebSocket from the handshake to its end."""
        loop = asyncio.get_running_loop()
        news = asyncio.Event()
        outcome = self._world.channels.connect(
            request.query.get("confID"),
            request.query.get("tmpToken"),
            lambda: from_any_thread(loop, news.set),
            request.headers,
        )
        self.sockets += 1
        try:
            if outcome.answer:
                return await self._answer(request, outcome)
            return await self._channel(request, outcome, news)
        finally:
            self.sockets -= 1
            if outcome.session:
                self._world.channels.leave(outcome.session)

    async def _channel(self, request: web.Request, outcome: Outcome, news: asyncio.Event) -> web.StreamResponse:
        """Shake hands, then hear and say frames until one side has had enough."""
        fault, session = outcome.fault, outcome.session
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault and fault.websocket == "silent":
            await asyncio.Event().wait()  # until the client goes: the handler is cancelled then
        if fault and fault.websocket == "garbage":
            return sending.send_garbage(request)
        ws = web.WebSocketResponse(timeout=GRACE)
        ws.headers.update(_gateway(outcome))
        try:
            await ws.prepare(request)
        except web.HTTPException as refusal:  # somebody knocked without a handshake
            outcome.entry.status = refusal.status
            return web.Response(status=refusal.status, text=refusal.text, headers=_gateway(outcome))
        speaker = asyncio.create_task(sending.speak(ws, request, outcome, news))
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT and session:
                    self._world.channels.hear(session, message.data)
        finally:
            speaker.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await speaker
        return ws


def _gateway(outcome: Outcome) -> dict[str, str]:
    """Return the headers that the vendor's gateway adds to each answer."""
    return {"X-Request-Id": outcome.entry.request_id, "Server": "api-gateway"}


def from_any_thread(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Run `call` in the loop soon; a loop that has ended needs nothing any more."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call)
