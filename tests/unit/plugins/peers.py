# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Peers that the simulator does not play: a CONNECT proxy, a relay that counts, servers that break HTTP itself."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from typing import Self

_POLL = 0.05


class Listener:
    """Hands each connection to a thread of its own; none is left after the `with` block."""

    def __init__(self, handle: Callable[[socket.socket], object], tls: ssl.SSLContext | None = None) -> None:
        self.accepted = 0
        self._handle = handle
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for item in [self._socket, *self._open]:
            with contextlib.suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection:
                self._handle(connection)


class Authority:
    """A certificate authority with its file, and server contexts for any names."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "authority.pem"
        self._ca.cert_pem.write_to_path(self.file)

    def server(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
        return context


class Proxy(Listener):
    """A CONNECT proxy. `answer` replaces its 200, to one host where `host` is given; `heads` are what came."""

    def __init__(self, answer: bytes = b"", tls: ssl.SSLContext | None = None, host: str = "") -> None:
        super().__init__(self._tunnel, tls)
        self._scheme = "https" if tls else "http"
        self.heads: list[str] = []
        self._answer = answer
        self._host = host

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def targets(self) -> list[str]:
        return [head.split()[1] for head in self.heads]

    def _tunnel(self, connection: socket.socket) -> None:
        head = request_of(connection)
        self.heads.append(head.decode())
        host, _unused, port = head.split()[1].decode().rpartition(":")
        if self._answer and self._host in ("", host):
            connection.sendall(self._answer)
            return
        with socket.create_connection((host, int(port))) as other:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pump(connection, other)


class Relay(Listener):
    """Passes everything on to a port, and so counts the TCP connections of a client."""

    def __init__(self, port: int) -> None:
        super().__init__(self._pass_on)
        self._target = port

    def _pass_on(self, connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as other:
            pump(connection, other)


def pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side closes."""
    peers = {one: other, other: one}
    while True:
        # What TLS has read already, `select` does not see.
        ready = [item for item in peers if isinstance(item, ssl.SSLSocket) and item.pending()]
        for source in ready or select.select(list(peers), [], [])[0]:
            chunk = source.recv(65536)
            if not chunk:
                return
            peers[source].sendall(chunk)


def request_of(connection: socket.socket) -> bytes:
    """Read one HTTP request with its body."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return received
        received += chunk
    head, _unused, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _unused, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer_with(content: bytes, heard: list[bytes] | None = None) -> Callable[[socket.socket], None]:
    """Return a handler that answers each request of a connection with these bytes, as they are."""

    def handle(connection: socket.socket) -> None:
        while request := request_of(connection):
            if heard is not None:
                heard.append(request)
            connection.sendall(content)

    return handle


def hang_up_after(content: bytes) -> Callable[[socket.socket], None]:
    """Return a handler that answers one request with these bytes and closes the connection."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(content)

    return handle


def drip(content: bytes, at_once: int = 0, pause: float = _POLL) -> Callable[[socket.socket], None]:
    """Return a handler that answers byte by byte with a pause after each, the first `at_once` bytes together."""

    def handle(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(content[:at_once])
        for index in range(at_once, len(content)):
            connection.sendall(content[index : index + 1])
            time.sleep(pause)

    return handle


def answer(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    """Return a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
