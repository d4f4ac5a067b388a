# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WebSocket transport: one live channel as a socket, with deadlines, heartbeats, and bounds for what comes in."""

from __future__ import annotations

import select
import ssl
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from .._core.channel import HEARTBEAT_EVERY, Channel, address, broken, host_of, unreachable
from .._core.errors import Failure, Kind, MeetingError
from .._core.meeting import RecordingState, Snapshot
from .._core.wire import printable
from .._core.words import reading_live_state
from .client import interrupted
from .proxy import Passages
from .sockets import attempt

try:
    import websocket
except ImportError:
    WEBSOCKET_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    WEBSOCKET_IMPORT_ERROR = None

# How soon an interrupted run is noticed, in seconds.
_LONGEST_WAIT = 1.0
# How long reading what has come already may take, in seconds.
_LONGEST_HEARING = 0.5
# A full push has some kilobytes.
_MAX_MESSAGE = 1024 * 1024


class LiveChannel:
    """An open connection to the state of one meeting. Close it when done.

    All waits are bounded by a `deadline`, a value of `time.monotonic`, and end when `cancel` is set.
    """

    def __init__(self, connection: Any, conference_id: str, channel: Channel, cancel: threading.Event) -> None:
        self._connection = connection
        self._conference_id = conference_id
        self._channel = channel
        self._cancel = cancel
        self._budget = _MAX_MESSAGE
        # The library does not bound the size of a message.
        self._receive = connection.frame_buffer.recv
        connection.frame_buffer.recv = self._receive_bounded

    @property
    def snapshot(self) -> Snapshot:
        """What was pushed last."""
        return self._channel.snapshot

    def first(self, deadline: float) -> Snapshot:
        """Return what is known after the first push that tells the recording state, or at the deadline.

        Raises MeetingError `transport` if the channel closes before.
        """
        return self._take_until(lambda: self.snapshot.recording is not RecordingState.UNKNOWN, deadline)

    def until(self, wanted: RecordingState, deadline: float) -> Snapshot:
        """Return what is known once the meeting is as wanted or over, or at the deadline.

        Raises MeetingError `transport` if the channel closes before.
        """
        return self._take_until(lambda: self.snapshot.is_(wanted), deadline)

    def heard(self) -> Snapshot:
        """Take in what has been pushed by now, without waiting for more, and return what is known.

        Raises MeetingError `transport` if the channel is closed.
        """
        return self._take_until(lambda: not self._has_come(), time.monotonic() + _LONGEST_HEARING)

    def subscribe(self, token: str, deadline: float) -> None:
        """Subscribe to the dynamic state of the meeting and wait for the answer.

        Raises MeetingError `permission`, `authentication`, `service` or `transport`.
        """
        self._send(self._channel.subscription(token, _sequence()), deadline)
        self._take_until(lambda: self._channel.subscribed, deadline)
        if self.snapshot.running and not self._channel.subscribed:
            raise self._error("the live channel did not answer the subscription in time")

    def close(self) -> None:
        """Close the channel without waiting for the other side."""
        try:
            self._connection.close(timeout=0)
        except (OSError, ValueError, websocket.WebSocketException):
            self._connection.shutdown()

    def _take_until(self, enough: Callable[[], bool], deadline: float) -> Snapshot:
        """Take in what comes until it is enough, the meeting is over, or at the deadline; return what is known."""
        while not enough() and self.snapshot.running and self._take(deadline):
            pass
        return self.snapshot

    def _take(self, deadline: float) -> bool:
        """Take in one answer or push; return False at the deadline. Anything else is passed over."""
        while time.monotonic() < deadline:
            heartbeat = self._channel.heartbeat(time.monotonic(), _sequence())
            if heartbeat:
                self._send(heartbeat, deadline)
            if self._cancel.is_set():
                raise MeetingError(interrupted(reading_live_state(self._conference_id)))
            frame = self._frame(min(deadline, self._channel.due, time.monotonic() + _LONGEST_WAIT))
            if frame is not None and self._channel.receive(frame):
                return True
        return False

    def _has_come(self) -> bool:
        """Return whether there is something to read, if only the end."""
        socket = self._connection.sock
        if socket is None or socket.pending():
            return True
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return bool(poll.poll(0))

    def _frame(self, deadline: float) -> str | bytes | None:
        """Return the content of the next data frame, None for a control frame or at the deadline."""
        try:
            with attempt(deadline):
                # Control frames are handed over too, or a flood of pings would outlast the deadline.
                opcode, content = self._connection.recv_data(control_frame=True)
            message: str | bytes = content.decode() if opcode == websocket.ABNF.OPCODE_TEXT else content
        except (TimeoutError, websocket.WebSocketTimeoutException):
            return None
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise self._error(f"the live channel broke ({_reason(error)})") from None
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise self._error("the service closed the live channel")
        if opcode not in (websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_BINARY):
            return None
        self._budget = _MAX_MESSAGE
        return message

    def _receive_bounded(self, size: int) -> bytes:
        """Read from the socket within the size of one message and what comes between its parts."""
        content: bytes = self._receive(size)
        self._budget -= len(content)
        if self._budget < 0:
            raise ValueError(f"a message is longer than {_MAX_MESSAGE // 1024} KiB")
        return content

    def _send(self, frame: str, deadline: float) -> None:
        """Send one frame."""
        try:
            with attempt(deadline):
                self._connection.send(frame)
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise self._error(f"the live channel broke ({_reason(error)})") from None

    def _error(self, detail: str) -> MeetingError:
        """Return the error of a broken channel."""
        return MeetingError(broken(detail, self._conference_id))


def connect(
    ws_url: str,
    conference_id: str,
    ws_token: str,
    *,
    meeting_ids: frozenset[str],
    tls: ssl.SSLContext,
    proxy: str | None,
    deadline: float,
    heartbeat_every: float = HEARTBEAT_EVERY,
    cancel: threading.Event | None = None,
    passages: Passages | None = None,
) -> LiveChannel:
    """Open the channel to a meeting, without subscribing yet.

    `ws_url` is the prefix that came with the control token: scheme and host, often a bare IP address. `ws_token` is
    used up by the attempt. Once `cancel` is set, all waits end. `passages` know what the proxy refused before.
    Raises MeetingError `usage` (library missing), `tls` or `transport`.
    """
    if WEBSOCKET_IMPORT_ERROR is not None:
        raise MeetingError(_missing(conference_id))
    host = host_of(ws_url, conference_id)
    passages = passages or Passages()
    within = max(0.05, deadline - time.monotonic())
    operation = reading_live_state(conference_id)
    with passages.through(proxy, host, operation, within) as passage, attempt(deadline, _MAX_MESSAGE) as this:
        try:
            connection = _open(address(ws_url, conference_id, ws_token), tls, proxy, deadline)
            passage.passed = True
        except Exception as error:  # the library lets through whatever a malformed handshake provokes
            passage.passed = this.sent
            refusal = passages.refusal(proxy, host, str(error), operation)
            raise MeetingError(refusal or _connect_failure(error, host, conference_id)) from None
    # With redirects off, versions of the library before 1.9 take a redirect for a connection.
    if connection.getstatus() != 101:
        status = connection.getstatus()
        connection.shutdown()
        raise MeetingError(unreachable(f"the answer of {host} was HTTP {status}, not a WebSocket", conference_id))
    channel = Channel(conference_id, meeting_ids, time.monotonic(), heartbeat_every)
    return LiveChannel(connection, conference_id, channel, cancel or threading.Event())


def _open(url: str, tls: ssl.SSLContext, proxy: str | None, deadline: float) -> Any:
    """Return the library's connection. Raises whatever the library does."""
    return websocket.create_connection(
        url,
        timeout=max(0.05, deadline - time.monotonic()),
        sslopt={"context": tls},
        suppress_origin=True,
        redirect_limit=0,
        # The library's own check goes through a push byte by byte; `_frame` decodes it anyway.
        skip_utf8_validation=True,
        **_proxy_options(proxy),
    )


def _missing(conference_id: str) -> Failure:
    """Return the failure where the library is not installed."""
    return Failure(
        Kind.USAGE,
        "the Python package websocket-client is missing",
        "Install websocket-client for the Python that runs the module",
        operation=reading_live_state(conference_id),
    )


def _proxy_options(proxy: str | None) -> dict[str, Any]:
    """Return the library's proxy options. Raises ValueError, without repeating the address, which may hold a password.

    Without a proxy of ours, the library would read the environment in its own way, which differs from that of requests:
    to keep it from that, it is given one that is used for no host.
    """
    if not proxy:
        return {"http_proxy_host": "unused", "http_proxy_port": 1, "proxy_type": "http", "http_no_proxy": ["*"]}
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host = None
    if not host:
        raise ValueError("HTTPS_PROXY is no usable address; percent-encode special characters of its password")
    if parts.scheme not in ("http", "socks4", "socks4a", "socks5", "socks5h"):
        raise ValueError(f"a proxy that is reached over {printable(parts.scheme, 10)} is not supported here")
    options: dict[str, Any] = {
        "http_proxy_host": host,
        "http_proxy_port": port,
        "proxy_type": parts.scheme,
        "http_no_proxy": ["-"],  # whether to use it is decided already
    }
    if parts.username:
        options["http_proxy_auth"] = (unquote(parts.username), unquote(parts.password or ""))
    return options


def _connect_failure(error: Exception, host: str, conference_id: str) -> Failure:
    """Return the failure of a channel that did not come about, in words without the address: it carries the token."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(
            Kind.TLS,
            f"the certificate of {host} is not trusted ({printable(error.verify_message, 120)})",
            "Give the CA that signed it as `ca_path`; on some sites the live channel has an IP address that is not in "
            "its certificate",
            operation=reading_live_state(conference_id),
        )
    return unreachable(f"no connection to {host} ({_reason(error)})", conference_id)


def _reason(error: Exception) -> str:
    """Return a reason in plain words; the library's own texts may repeat addresses, headers and bodies."""
    if isinstance(error, (TimeoutError, websocket.WebSocketTimeoutException)):
        return "it timed out"
    if isinstance(error, websocket.WebSocketBadStatusException):
        return f"the answer was HTTP {error.status_code}, not a WebSocket"
    if isinstance(error, websocket.WebSocketProxyException):
        return "the proxy refused the connection"
    if isinstance(error, websocket.WebSocketAddressException):
        return "the host name could not be resolved"
    if isinstance(error, websocket.WebSocketConnectionClosedException):
        return "the other side closed it"
    if type(error).__name__ == "WebSocketException":  # the base class, as the library raises it
        return "the answer was a redirect or no WebSocket handshake"
    if isinstance(error, OSError) and error.strerror:
        return printable(error.strerror, 100)
    if isinstance(error, ValueError):
        return printable(str(error), 100)
    return type(error).__name__


def _sequence() -> str:
    """Return a sequence number as in the documents' samples: milliseconds since the epoch, padded to 30 digits."""
    return str(int(time.time() * 1000)).zfill(30)
