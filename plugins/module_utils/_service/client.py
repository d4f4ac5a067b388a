# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP transport: one session and one TLS context for all threads, one retry rule for all calls."""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

from .._core.errors import Failure, Kind, MeetingError, Recovery
from .._core.rest import ApiRequest, ApiResponse, failure_in
from .._core.retry import RetryBudget, backoff, stated_wait
from .._core.secrets import Secrets
from .._core.wire import printable
from .._core.words import CHECK_CA, INTERRUPTED, RUN_AGAIN
from .proxy import Passages
from .sockets import attempt, trust
from .throttle import Throttle

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
    _HTTPAdapter: Any = object
    _RequestsSession: Any = object
else:
    REQUESTS_IMPORT_ERROR = None
    _HTTPAdapter = requests.adapters.HTTPAdapter
    _RequestsSession = requests.Session
    _BAD_PROXY = (
        requests.exceptions.InvalidProxyURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.InvalidURL,
        urllib3.exceptions.LocationValueError,
        urllib3.exceptions.ProxySchemeUnknown,
    )


@dataclass(frozen=True)
class Connection:
    """Where the service is and how to talk to it. `timeout` is in seconds, for one request."""

    api_url: str
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 10.0


class Client:
    """The service's REST calls over one session and one TLS context, for `parallel` threads. Close it when done.

    What must not be told is kept in `secrets`.
    Raises MeetingError `tls` for a CA bundle that cannot be loaded.
    """

    def __init__(self, connection: Connection, parallel: int = 1, secrets: Secrets | None = None) -> None:
        self.secrets = secrets if secrets is not None else Secrets()
        self.timeout = connection.timeout
        # Once it is set, all pauses and waits are over, and nothing new is sent.
        self.cancel = threading.Event()
        self.throttle = Throttle(self.cancel)
        try:
            self.tls = trust(connection.validate_certs, connection.ca_path, requests.utils.DEFAULT_CA_BUNDLE_PATH)
        except OSError as error:
            why = printable(error.strerror or "", 100)
            detail = f"the CA bundle {error.filename} could not be loaded ({why})"
            raise MeetingError(Failure(Kind.TLS, detail, CHECK_CA)) from None
        if not connection.validate_certs:  # the user said so; no need to repeat it with every request
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._base = connection.api_url.rstrip("/")
        self._host = urlsplit(self._base).netloc
        self._session = _Session()
        # Proxies are read below; everything else the environment may hold (.netrc, CA bundles) must not change
        # whom this client trusts or which credentials it sends.
        self._session.trust_env = False
        self._session.headers["User-Agent"] = "ansible-huawei.meeting"
        self._session.headers["Accept"] = "application/json"
        self._session.cookies.set_policy(_NoCookies())
        self._session.mount("https://", _SharedContextAdapter(self.tls, parallel))
        self._proxy_of: dict[str, str | None] = {}
        proxy = self.proxy_for(self._base)
        self._proxies = {"https": proxy} if proxy else {}
        self.passages = Passages()

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def proxy_for(self, url: str) -> str | None:
        """Return the proxy that HTTPS_PROXY and NO_PROXY name for an address, for HTTPS and WSS alike.

        The environment is read once for each address, because each meeting asks.
        """
        if url not in self._proxy_of:
            try:
                address = f"https://{urlsplit(url).netloc}"
                proxies = requests.utils.get_environ_proxies(address)
                self._proxy_of[url] = requests.utils.select_proxy(address, proxies)
            except ValueError:  # a malformed address is refused where it is used
                self._proxy_of[url] = None
        return self._proxy_of[url]

    def send(self, request: ApiRequest, budget: RetryBudget, before: Callable[[], None] | None = None) -> ApiResponse:
        """Send a request until it is answered with success, refused for good, or the budget is spent.

        The one retry rule: a read is repeated after any fault that may pass; a write only when it surely was not
        carried out. Whoever is throttled holds up all other callers too. `before` is called directly before each
        sending. Raises MeetingError, and what `before` raises.
        """
        repeatable = (Recovery.RETRY,) if request.write else (Recovery.RETRY, Recovery.VERIFY)
        waited_before, repetitions = budget.waited, 0
        while True:
            self.throttle.wait_turn(request.endpoint, budget)
            if self.cancel.is_set():
                raise MeetingError(interrupted(request.operation))
            if before is not None:
                before()
            answer, stated = self._try(request, budget)
            if isinstance(answer, ApiResponse):
                return answer
            pause = stated or backoff(repetitions, random.random())
            if answer.kind is Kind.THROTTLED:
                self.throttle.delay_all(request.endpoint, pause)
            if answer.recovery not in repeatable or not self.throttle.pause(budget, pause):
                # Who is throttled may have waited before, because others were throttled.
                own = budget.waited - waited_before if repetitions else 0.0
                wish = f", and asks to wait {stated:g} s" if stated else ""
                waited = budget.waited if answer.kind is Kind.THROTTLED else own
                raise MeetingError(answer.but(waited=waited, detail=f"{answer.detail}{wish}"))
            repetitions += 1

    def _try(self, request: ApiRequest, budget: RetryBudget) -> tuple[ApiResponse | Failure, float | None]:
        """Send a request once; return the response or what is wrong, and how long the service asks to wait."""
        started = time.monotonic()
        try:
            response = self.exchange(request, budget)
        except MeetingError as error:
            budget.spend(time.monotonic() - started)
            return error.failure, None
        failure = failure_in(request, response)
        window = stated_wait(response.headers, response.text if failure else "", time.time())
        if failure is None:
            self.throttle.delay_all(request.endpoint, window or 0.0)
            return response, None
        return failure, window if failure.http_status in (429, 503) or failure.kind is Kind.THROTTLED else None

    def exchange(self, request: ApiRequest, budget: RetryBudget) -> ApiResponse:
        """Send one request and read its response, whatever it says, both within the time-out.

        Raises MeetingError `transport` or `tls`.
        """
        timeout = budget.timeout(self.timeout, time.monotonic())
        proxy = self._proxies.get("https")
        with (
            self.passages.through(proxy, self._host, request.operation, timeout) as passage,
            attempt(time.monotonic() + timeout) as this,
        ):
            try:
                with self._session.request(
                    request.method,
                    f"{self._base}{request.path}",
                    json=request.body,
                    headers=request.headers,
                    timeout=timeout,
                    proxies=self._proxies,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    passage.passed = True
                    return ApiResponse(response.status_code, response.headers, _read(response, request.max_bytes))
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                # TLS within TLS does not use our sockets, so there `sent` is about the proxy itself.
                passage.passed |= this.sent and not (proxy or "").startswith("https://")
                raise MeetingError(self._transport_failure(error, request.operation, timeout, this.sent)) from None

    def _transport_failure(self, error: Exception, operation: str, timeout: float, sent: bool) -> Failure:
        """Return the failure of a request that got no usable answer; one of which no byte was `sent` did nothing."""
        chain = list(_chain(error))
        proxy = self._proxies.get("https", "")
        refusal = self.passages.refusal(proxy, self._host, " ".join(str(cause) for cause in chain), operation)
        if refusal is not None:
            return refusal
        if proxy.startswith("https://"):
            # TLS within TLS does not use our sockets, so only a connection that never came about is proof.
            sent = not any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in chain)
        problem = _tls_problem(chain, sent)
        if problem:
            hint = "Give the CA that signed its certificate as `ca_path`, and check that `api_url` is the host you mean"
            return Failure(Kind.TLS, f"TLS with {self._host} failed: {problem}", hint, operation=operation)
        if proxy and not sent and isinstance(error, _BAD_PROXY):
            detail, hint = "the proxy of the environment cannot be used", "Check the address in HTTPS_PROXY"
            return Failure(Kind.TRANSPORT, detail, hint, operation=operation)
        return Failure(
            Kind.TRANSPORT,
            f"no usable answer from {self._host}: {_reason(chain, timeout)}",
            "Check HTTPS_PROXY and NO_PROXY" if proxy else "Check `api_url` and the network between",
            operation=operation,
            recovery=Recovery.VERIFY if sent else Recovery.RETRY,
        )


def interrupted(operation: str) -> Failure:
    """Return the failure of what is not done any more, because the run was told to end."""
    return Failure(Kind.TRANSPORT, INTERRUPTED, RUN_AGAIN, operation=operation, recovery=Recovery.RETRY_LATER)


class _NoCookies(DefaultCookiePolicy):
    """Nothing of one meeting's calls may travel with another's."""

    def set_ok(self, cookie: Any, request: Any) -> bool:
        return False


class _Session(_RequestsSession):
    """A session that does not look at redirects at all; preparing to follow one reads its body without bounds."""

    def get_redirect_target(self, resp: Any) -> None:
        return None


class _SharedContextAdapter(_HTTPAdapter):
    """Let all connections use one ready TLS context; otherwise each loads the CA bundle anew (21 ms)."""

    def __init__(self, tls: ssl.SSLContext, parallel: int) -> None:
        self._tls = tls
        super().__init__(pool_maxsize=parallel)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._tls)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _pool = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._tls}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the connection alone: the context knows whom to trust."""


def _read(response: Any, most: int) -> bytes:
    """Return the body, of at most so many bytes. Raises OSError where it is too long or breaks off."""
    content = b""
    while True:
        chunk = response.raw.read(65536, decode_content=True)
        if not chunk:
            break
        content += chunk
        if len(content) > most:
            raise OSError(f"the answer is longer than {most // 1024} KiB")
    expected = response.headers.get("Content-Length", "")
    encoded = "Content-Encoding" in response.headers
    if expected.isdigit() and not encoded and len(content) < int(expected):
        raise OSError(f"the answer broke off after {len(content)} of {expected} bytes")
    return content


def _tls_problem(chain: list[BaseException], sent: bool) -> str:
    """Return why no TLS connection came about, `""` where it did; one that is merely cut off is no failure of TLS."""
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({printable(cause.verify_message, 120)})"
    for cause in () if sent else chain:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return printable(cause.reason or str(cause), 120)
    return ""


def _reason(chain: list[BaseException], timeout: float) -> str:
    """Return the innermost reason of a transport fault in plain words, without addresses of the request."""
    timed_out = f"it timed out after {timeout:g} s"
    for cause in reversed(chain):
        if isinstance(cause, (TimeoutError, socket.timeout)):
            return timed_out
        if isinstance(cause, OSError) and not isinstance(cause, requests.RequestException):
            return printable(cause.strerror or str(cause) or type(cause).__name__, 120)
    if any(isinstance(cause, (requests.Timeout, urllib3.exceptions.TimeoutError)) for cause in chain):
        return timed_out
    return f"the connection broke ({type(chain[-1]).__name__})"


def _chain(error: BaseException) -> Any:
    """Yield an exception and all that it wraps, outermost first; requests and urllib3 hide causes in three places."""
    pending, seen = [error], set()
    while pending:
        cause = pending.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        pending.extend(i for i in inner if isinstance(i, BaseException))
