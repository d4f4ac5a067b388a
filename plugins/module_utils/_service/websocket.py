# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WebSocket side of the service: the live state of one running meeting, as the service pushes it.

API: https://support.huaweicloud.com/api-meeting/meeting_21_1508.html and the pages 1510 (connect), 1511 (subscribe),
1513 (`ConfDynamicInfoNotify`) and 1520 (heartbeat) beside it. Only `ConfDynamicInfoNotify` is subscribed: others carry
passwords.
"""

from __future__ import annotations

import base64
import json
import select
import ssl
import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from .._core.errors import Kind, MeetingError, Recovery, from_answer, printable, text_of, vendor_error
from .._core.state import MeetingPhase, RecordingState, Snapshot, apply_push
from .proxy import Passages
from .sockets import attempt

try:
    import websocket
except ImportError:
    WEBSOCKET_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    WEBSOCKET_IMPORT_ERROR = None

_PATH = "/cms/open/websocket/confctl/increment/conn"
# The service closes a connection that was silent for 180 seconds.
_HEARTBEAT_EVERY = 60.0
# How soon an interrupted run is noticed, in seconds.
_LONGEST_WAIT = 1.0
# How long reading what has come already may take, in seconds.
_LONGEST_HEARING = 0.5
# A full push has some kilobytes.
_MAX_MESSAGE = 1024 * 1024


class LiveChannel:
    """An open subscription to the state of one meeting. Close it when done.

    `snapshot` is what was pushed last. All waits are bounded by a `deadline`, a value of `time.monotonic`.
    """

    def __init__(
        self,
        connection: Any,
        conference_id: str,
        meeting_ids: frozenset[str],
        heartbeat_every: float,
        interrupted: threading.Event,
    ) -> None:
        # A channel can be opened to a running meeting only.
        self.snapshot = Snapshot(meeting=MeetingPhase.ONGOING)
        self._connection = connection
        self._conference_id = conference_id
        self._meeting_ids = meeting_ids
        self._interrupted = interrupted
        self._heartbeat_every = heartbeat_every
        self._heartbeat_due = time.monotonic() + heartbeat_every
        self._budget = _MAX_MESSAGE
        # The library does not bound the size of a message.
        self._receive = connection.frame_buffer.recv
        connection.frame_buffer.recv = self._receive_bounded

    def first(self, deadline: float) -> Snapshot:
        """Return the view after the first push that tells the recording state, or what is known at the deadline.

        Raises MeetingError `transport` if the channel closes before.
        """
        while self.snapshot.recording is RecordingState.UNKNOWN and self.snapshot.running and self._take(deadline):
            pass
        return self.snapshot

    def until(self, wanted: RecordingState, deadline: float) -> Snapshot:
        """Return the view once the meeting is as wanted or over, or what is known at the deadline.

        Raises MeetingError `transport` if the channel closes before.
        """
        while not self.snapshot.is_(wanted) and self.snapshot.running and self._take(deadline):
            pass
        return self.snapshot

    def heard(self) -> Snapshot:
        """Take in what has been pushed by now, without waiting for more, and return the view.

        Raises MeetingError `transport` if the channel is closed.
        """
        deadline = time.monotonic() + _LONGEST_HEARING
        while self.snapshot.running and self._has_come() and self._take(deadline):
            pass
        return self.snapshot

    def _has_come(self) -> bool:
        """Return whether there is something to read, if only the end."""
        socket = self._connection.sock
        if socket is None or socket.pending():
            return True
        poll = select.poll()
        poll.register(socket, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Close the channel without waiting for the other side."""
        try:
            self._connection.close(timeout=0)
        except (OSError, ValueError, websocket.WebSocketException):
            self._connection.shutdown()

    def subscribe(self, token: str, deadline: float) -> None:
        """Subscribe to the dynamic state of the meeting and wait for the answer.

        Raises MeetingError `permission`, `authentication`, `service` or `transport`.
        API: https://support.huaweicloud.com/api-meeting/meeting_21_1511.html
        """
        sequence = _sequence()
        # `data` is a JSON text inside the JSON object, and an object in the answer.
        data = {
            "conferenceID": self._conference_id,
            "subscribeType": ["ConfDynamicInfoNotify"],
            "confToken": f"Basic {base64.b64encode(token.encode()).decode()}",
        }
        self._send({"sequence": sequence, "action": "Subscribe", "data": json.dumps(data)}, deadline)
        while self.snapshot.running:
            message = self._next(deadline)
            if message is None:
                raise self._error("the live channel did not answer the subscription in time", Recovery.VERIFY)
            if message.get("action") == "Subscribe":
                answer = message.get("data", message)
                if vendor_error(answer)[0]:
                    raise from_answer(None, answer, operation=_tried(self._conference_id), channel="the live channel")
                return
            self._note(message)

    def _take(self, deadline: float) -> bool:
        """Take in one message; return False at the deadline."""
        message = self._next(deadline)
        if message is None:
            return False
        self._note(message)
        return True

    def _note(self, message: Mapping[str, Any]) -> None:
        """Take over what a push says about this meeting."""
        if message.get("action") != "ConfDynamicInfoNotify":
            return
        meeting_id = message.get("confID")
        if meeting_id is None or str(meeting_id) in self._meeting_ids:
            self.snapshot = apply_push(message, self.snapshot)

    def _next(self, deadline: float) -> Mapping[str, Any] | None:
        """Return the next JSON object from the channel, None at the deadline. Anything else is passed over."""
        while time.monotonic() < deadline:
            if time.monotonic() >= self._heartbeat_due:
                self._send({"sequence": _sequence(), "action": "HeartBeat"}, deadline)
                self._heartbeat_due = time.monotonic() + self._heartbeat_every
            if self._interrupted.is_set():
                raise self._error("the run was interrupted", Recovery.RETRY_LATER)
            text = self._frame(min(deadline, self._heartbeat_due, time.monotonic() + _LONGEST_WAIT))
            if text is None:
                continue
            try:
                message = json.loads(text_of(text))
            except (ValueError, RecursionError):
                continue
            if isinstance(message, Mapping):
                return message
        return None

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
            raise self._error(f"the live channel broke ({_reason(error)})", Recovery.VERIFY) from None
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise self._error("the service closed the live channel", Recovery.VERIFY)
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

    def _send(self, message: Mapping[str, Any], deadline: float) -> None:
        """Send one JSON object."""
        try:
            with attempt(deadline):
                self._connection.send(json.dumps(message))
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise self._error(f"the live channel broke ({_reason(error)})", Recovery.VERIFY) from None

    def _error(self, detail: str, recovery: Recovery) -> MeetingError:
        """Return the error of a broken channel."""
        return MeetingError(
            Kind.TRANSPORT, detail, "Try again", operation=_tried(self._conference_id), recovery=recovery
        )


def connect(
    ws_url: str,
    conference_id: str,
    ws_token: str,
    *,
    meeting_ids: frozenset[str],
    tls: ssl.SSLContext,
    proxy: str | None,
    deadline: float,
    heartbeat_every: float = _HEARTBEAT_EVERY,
    interrupted: threading.Event | None = None,
    passages: Passages | None = None,
) -> LiveChannel:
    """Open the channel to a meeting, without subscribing yet.

    `ws_url` is the prefix that came with the control token: scheme and host, often a bare IP address. `ws_token` is
    used up by the attempt. Once `interrupted` is set, all waits end. `passages` know what the proxy refused before.
    Raises MeetingError `usage` (library missing), `tls` or `transport`.
    API: https://support.huaweicloud.com/api-meeting/meeting_21_1510.html
    """
    operation = _tried(conference_id)
    if WEBSOCKET_IMPORT_ERROR is not None:
        raise MeetingError(
            Kind.USAGE,
            "the Python package websocket-client is missing",
            "Install websocket-client for the Python that runs the module",
            operation=operation,
        )
    host = _checked_host(ws_url, operation)
    passages = passages or Passages()
    budget = max(0.05, deadline - time.monotonic())
    with passages.through(proxy, host, operation, budget) as passage, attempt(deadline, _MAX_MESSAGE) as this:
        try:
            query = {"confID": conference_id, "tmpToken": ws_token}
            connection = websocket.create_connection(
                f"{ws_url.rstrip('/')}{_PATH}?{urlencode(query)}",
                timeout=max(0.05, deadline - time.monotonic()),
                sslopt={"context": tls},
                suppress_origin=True,
                redirect_limit=0,
                # The library's own check goes through a push byte by byte; `_frame` decodes it anyway.
                skip_utf8_validation=True,
                **_proxy_options(proxy),
            )
            passage.passed = True
        except Exception as error:  # the library lets through whatever a malformed handshake provokes
            passage.passed = this.sent
            refusal = passages.refusal(proxy, host, str(error), operation)
            raise (refusal or _connect_error(error, host, operation)) from None
    # With redirects off, versions of the library before 1.9 take a redirect for a connection.
    if connection.getstatus() != 101:
        status = connection.getstatus()
        connection.shutdown()
        raise _refused(f"the answer of {host} was HTTP {status}, not a WebSocket", operation)
    return LiveChannel(connection, conference_id, meeting_ids, heartbeat_every, interrupted or threading.Event())


def _tried(conference_id: str) -> str:
    """Return what the live channel is opened for."""
    return f"Could not read the live state of meeting {conference_id}"


def _checked_host(ws_url: str, operation: str) -> str:
    """Return the host of a usable `wsURL`; a token must not travel unencrypted or to a malformed address."""
    try:
        parts = urlsplit(ws_url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or parts.scheme != "wss" or "@" in parts.netloc or parts.query or parts.fragment:
        # The address is not repeated: it may hold anything.
        what = "an unusable address" if ws_url else "no address"
        raise _refused(f"the service named {what} for the live channel, where wss://host was expected", operation)
    return printable(parts.netloc, 80)


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


def _connect_error(error: Exception, host: str, operation: str) -> MeetingError:
    """Return the error for a channel that did not come about, in words without the address: it carries the token."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return MeetingError(
            Kind.TLS,
            f"the certificate of {host} is not trusted ({printable(error.verify_message, 120)})",
            "Give the CA that signed it as `ca_path`; on some sites the live channel has an IP address that is not in "
            "its certificate",
            operation=operation,
        )
    return _refused(f"no connection to {host} ({_reason(error)})", operation)


def _refused(detail: str, operation: str) -> MeetingError:
    """Return the error for a channel that cannot be had."""
    return MeetingError(
        Kind.TRANSPORT,
        detail,
        "Check that the host of the live channel can be reached (it is not the one of `api_url`)",
        operation=operation,
        recovery=Recovery.VERIFY,
    )


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
