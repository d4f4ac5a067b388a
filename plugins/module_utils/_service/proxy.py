# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What HTTPS and WSS know in common about the proxy between: whom it let through, and what it refused."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .._core.errors import Failure, Kind, MeetingError, Recovery

# The proxy does not know, or does not believe, who asks; each further try may count towards a lock of the account.
_SIGN_IN = (401, 407)
# The words of http.client and urllib3, and those of websocket-client.
_TUNNEL = re.compile(r"(?:Tunnel connection failed:|failed CONNECT via proxy status:) *([0-9]{3})\b")


class Passage:
    """One attempt to get through the proxy. Set `passed` once anything from behind it shows that it let us through."""

    def __init__(self) -> None:
        self.passed = False


class Passages:
    """The proxy as all threads of one client know it.

    The first connection to each host goes alone until it is known to work, so that what the proxy refuses is refused
    once and not by all threads at a time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[tuple[str, str], threading.Lock] = {}
        self._open: set[tuple[str, str]] = set()
        # By proxy and host; a refused sign-in holds for all hosts, under the host "".
        self._refused: dict[tuple[str, str], int] = {}

    @contextmanager
    def through(self, proxy: str | None, target: str, operation: str, within: float) -> Iterator[Passage]:
        """Provide a passage to `target` (host and port), alone where nobody got through before.

        A refusal found on the way is told by `refusal`. Raises MeetingError `transport` for what was refused before, or
        where the turn did not come `within` so many seconds.
        """
        passage = Passage()
        way = (proxy or "", target)
        with self._lock:
            turn = None if not proxy or way in self._open else self._turns.setdefault(way, threading.Lock())
        if turn is None:
            self._check(way, operation)
            yield passage
            return
        if not turn.acquire(timeout=within):
            detail = f"{_name(proxy)} answered nobody within {within:g} s"
            raise MeetingError(
                Failure(Kind.TRANSPORT, detail, "Check HTTPS_PROXY", operation=operation, recovery=Recovery.RETRY)
            )
        try:
            self._check(way, operation)
            yield passage
        finally:
            if passage.passed:
                with self._lock:
                    self._open.add(way)
            turn.release()

    def refusal(self, proxy: str | None, target: str, words: str, operation: str) -> Failure | None:
        """Return the failure for the words of a library that tell that the proxy refused for good, None for others.

        Whoever wants the same from the proxy later is told the same, without asking it again.
        """
        found = _TUNNEL.search(words)
        status = int(found[1]) if found else 0
        if not proxy or not 400 <= status < 500:
            return None
        with self._lock:
            self._refused[proxy, "" if status in _SIGN_IN else target] = status
        return _refused(proxy, target, status, operation)

    def _check(self, way: tuple[str, str], operation: str) -> None:
        """Raise MeetingError where the proxy has refused this before."""
        proxy, target = way
        with self._lock:
            status = self._refused.get((proxy, "")) or self._refused.get(way)
        if status:
            raise MeetingError(_refused(proxy, target, status, operation))


def _refused(proxy: str, target: str, status: int, operation: str) -> Failure:
    """Return the failure for a proxy that refused a connection, in words without its user and password."""
    detail = f"{_name(proxy)} refused the connection to {target} (HTTP {status})"
    if status in _SIGN_IN:
        hint = (
            "Check the user and the password of the proxy in HTTPS_PROXY; do not repeat wrong ones, failures may lock "
            "the account"
            if "@" in proxy
            else "Give the user and the password of the proxy in HTTPS_PROXY, as http://user:password@host:port"
        )
    elif status == 403:
        hint = f"Let the proxy of HTTPS_PROXY allow {target}, or name the host in NO_PROXY if it is reached without"
    else:
        hint = "Check that HTTPS_PROXY names a proxy that lets HTTPS through"
    return Failure(Kind.TRANSPORT, detail, hint, operation=operation)


def _name(proxy: str | None) -> str:
    """Return the words for a proxy: with host and port, without what else its address holds."""
    try:
        parts = urlsplit(proxy if proxy and "://" in proxy else f"http://{proxy}")
        port = parts.port
    except ValueError:
        return "the proxy"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"the proxy {host}:{port}" if port else f"the proxy {host}"
