# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What HTTPS and WSS have in common: whom to trust, how long and how much to hear, and whether anything was sent.

The time-outs of `requests` and `websocket-client` bound one read of a socket. An answer that drips in, byte by byte,
outlasts them, so the sockets of this room look at one deadline for the whole attempt.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_current = threading.local()
# How much is read from a socket at a time.
_CHUNK = 64 * 1024


class Attempt:
    """One attempt to get something from the service. `sent` tells whether any byte was handed to its TLS socket."""

    def __init__(self, deadline: float, most: int | None) -> None:
        self.deadline = deadline
        self.most = most
        self.received = 0
        self.sent = False


@contextmanager
def attempt(deadline: float, most: int | None = None) -> Iterator[Attempt]:
    """Bound all that this thread reads from and writes to TLS sockets by a deadline, a value of `time.monotonic`.

    Past it, reading and writing raise `socket.timeout`; after more than `most` bytes, reading raises OSError.
    """
    outer = getattr(_current, "attempt", None)
    _current.attempt = Attempt(deadline, most)
    try:
        yield _current.attempt
    finally:
        _current.attempt = outer


class _BoundedSocket(ssl.SSLSocket):
    """A TLS socket that keeps to the deadline of the attempt it is used in."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        current = self._keep_to_deadline()
        # A buffer of the whole length is made at once, and the other side may name any length.
        content = super().recv(min(buflen, _CHUNK), flags)
        if current is not None:
            current.received += len(content)
            if current.most is not None and current.received > current.most:
                raise OSError(errno.EMSGSIZE, "the answer is too long")
        return content

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._keep_to_deadline()
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        current = self._keep_to_deadline()
        if current is not None:
            current.sent = True
        return super().send(*args, **kwargs)

    def _keep_to_deadline(self) -> Attempt | None:
        """Shorten the time-out of the next operation to what is left, and return the attempt."""
        current: Attempt | None = getattr(_current, "attempt", None)
        if current is not None:
            remaining = current.deadline - time.monotonic()
            if remaining <= 0:
                raise socket.timeout("the attempt is past its deadline")
            self.settimeout(remaining)
        return current


def problem_with_ca(ca_path: str | None) -> str:
    """Return what is wrong with the CA bundle, `""` if nothing is, before OpenSSL says it in its own words."""
    if not ca_path:
        return ""
    if not os.path.exists(ca_path):
        return f"`ca_path` is {ca_path!r}, but there is no such file or directory where the module runs"
    if not os.access(ca_path, os.R_OK):
        return f"`ca_path` is {ca_path!r}, but it cannot be read by the user that runs the module"
    return ""


def trust(validate_certs: bool, ca_path: str | None, fallback: str) -> ssl.SSLContext:
    """Build the one TLS context of a run.

    Without `ca_path` the bundles that users of requests and OpenSSL set for their whole machine are honoured
    (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR), then the system's, then the file `fallback`.
    Raises OSError where it cannot be loaded; its `filename` tells which one and who named it.
    """
    if not validate_certs:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        named_by, place = "`ca_path`", ca_path
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            if not place:
                named_by, place = variable, os.environ.get(variable)
        if not place:
            defaults = ssl.get_default_verify_paths()
            named_by, place = "requests", None if defaults.cafile or defaults.capath else fallback
        try:
            if place and os.path.isdir(place):
                context = ssl.create_default_context(capath=place)
            else:
                context = ssl.create_default_context(cafile=place)
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), f"{place}, named by {named_by},") from None
    context.sslsocket_class = _BoundedSocket
    return context
