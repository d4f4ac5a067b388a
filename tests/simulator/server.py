# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The world over real HTTPS and WSS, on the loopback interface, in a thread of its own."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import pathlib
import ssl
import tempfile
import threading
import time
from concurrent.futures import Future
from types import TracebackType
from typing import NamedTuple

import trustme
from aiohttp import web

from .front import GRACE, Front, from_any_thread
from .world import World


class _Identity(NamedTuple):
    """The certificate of a server, and the authority that signed it (PEM)."""

    authority: bytes
    certificate: trustme.LeafCert


@functools.cache
def _identity(trusted: bool) -> _Identity:
    """Return the identity of all trusted or all other servers of this process. To make one takes 10 ms."""
    authority = trustme.CA(organization_name="Huawei Cloud Meeting simulator")
    return _Identity(authority.cert_pem.bytes(), authority.issue_cert("127.0.0.1", "::1", "localhost"))


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
        self._front = Front(self.world)

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
        return self._front.sockets

    @property
    def connections(self) -> int:
        """How many connections have carried HTTPS calls of the API so far; those of WebSockets do not count."""
        return self._front.connections

    def until_closed(self, timeout: float = 2.0) -> bool:
        """Wait until no WebSocket connection is open, at most `timeout` seconds; tell whether that came true."""
        deadline = time.monotonic() + timeout
        while self._front.sockets and time.monotonic() < deadline:
            time.sleep(0.005)
        return not self._front.sockets

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
        self._front.route(application)
        runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=GRACE, keepalive_timeout=300
        )
        await runner.setup()
        timer = Timer(self.world, asyncio.get_running_loop())
        try:
            self.world.ports = await _listen(runner, self._host, self._port, self.ca_file)
            self._loop = asyncio.get_running_loop()
            timer.start()
            ready.set_result(None)
            await self._stop.wait()
        finally:
            timer.stop()
            await _close(runner)


class Timer:
    """Lets a world do what falls due, when it falls due."""

    def __init__(self, world: World, loop: asyncio.AbstractEventLoop) -> None:
        """Know the world, and the loop that tells the time."""
        self._world = world
        self._loop = loop
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Do what is due now, and whatever falls due from now on."""
        self._world.agenda.wake = lambda: from_any_thread(self._loop, self._tick)
        self._tick()

    def stop(self) -> None:
        """Let nothing fall due any more."""
        self._world.agenda.wake = lambda: None
        if self._next:
            self._next.cancel()

    def _tick(self) -> None:
        """Let the world do what is due, and come back when the next deed is."""
        if self._next:
            self._next.cancel()
        delay = self._world.agenda.advance()
        self._next = None if delay is None else self._loop.call_later(delay, self._tick)


async def _listen(runner: web.AppRunner, host: str, port: int, ca_file: pathlib.Path) -> tuple[int, int]:
    """Open the listener whose certificate the CA file vouches for, and one whose certificate it does not."""
    ports = []
    for trusted in (True, False):
        identity = _identity(trusted)
        if trusted:
            ca_file.write_bytes(identity.authority)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        identity.certificate.configure_cert(context)
        site = web.TCPSite(runner, host, port if trusted else 0, ssl_context=context, backlog=1024)
        await site.start()
        ports.append(runner.addresses[-1][1])
    return ports[0], ports[1]


async def _close(runner: web.AppRunner) -> None:
    """Break off every connection, then stop listening. Farewells would take as long as the slowest client."""
    transports = [connection.transport for connection in runner.server.connections] if runner.server else []
    for transport in filter(None, transports):
        transport.abort()
    await asyncio.sleep(0)  # one turn of the loop, in which the sockets are closed and the handlers cancelled
    await runner.cleanup()
