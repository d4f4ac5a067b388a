# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side of the service: one retry rule for all calls, and the calls of the meeting control."""

from __future__ import annotations

import json
import random
import re
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from .._core.errors import Kind, MeetingError, Recovery, from_answer, printable, text_of, vendor_error
from .proxy import Passages
from .sockets import attempt, trust

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

_CONTROL = "/v1/mmc/control/conferences"
# The longest answer of the meeting control is some kilobytes.
_MAX_BODY = 1024 * 1024
# Opaque, but it must survive a header and a URL.
_TOKEN = re.compile(r"[!-~]+", re.ASCII)
_SIGNATURE_EXPIRED = "206010057"
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True)
class Connection:
    """Where the service is and how to talk to it. `timeout` is in seconds, for one request."""

    api_url: str
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 10.0


@dataclass(frozen=True)
class ControlToken:
    """A control token (30 minutes, one meeting) and what came with it.

    `role` is 1 for a host and 0 for a guest, None where the service did not say. `meeting_ids` are the IDs that the
    service may use for the meeting. `secrets` are all secret values of the answer. `expires_at` is ISO 8601 in UTC.
    """

    token: str
    ws_url: str
    role: int | None
    meeting_ids: frozenset[str]
    secrets: frozenset[str]
    expires_at: str | None = None


class RetryBudget:
    """How long one meeting may wait for throttling and passing faults, in seconds.

    `limit` bounds the sum of all pauses and of the attempts that got no answer; `deadline` (a value of
    `time.monotonic`) cuts it off earlier, for requests made while waiting for something else.
    """

    def __init__(self, limit: float, deadline: float | None = None) -> None:
        self.limit = limit
        self.deadline = deadline
        self.waited = 0.0

    def timeout(self, longest: float) -> float:
        """Return how long the next request may take."""
        if self.deadline is None:
            return longest
        return max(0.05, min(longest, self.deadline - time.monotonic()))

    def spend(self, seconds: float) -> None:
        """Count time that went by without an answer."""
        self.waited += seconds

    def allows(self, seconds: float) -> bool:
        """Return whether there is patience left for a pause."""
        if self.deadline is not None and time.monotonic() + seconds > self.deadline:
            return False
        return bool(self.limit) and self.waited + seconds <= self.limit


def backoff(repetitions: int) -> float:
    """Return the next pause where the service states none; they grow, with jitter so that callers spread."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(repetitions, 32)) * random.uniform(0.5, 1.0)


class Throttle:
    """What all callers of one client have in common: pauses for a throttling gateway, and the end of a run."""

    def __init__(self) -> None:
        self._resume_at: dict[str, float] = {}
        # Once set, all pauses and waits are over and nothing new is sent.
        self.interrupted = threading.Event()

    def delay_all(self, endpoint: str, seconds: float) -> None:
        """Let everybody wait this long before the next request to an endpoint; the gateway counts each on its own."""
        resume_at = time.monotonic() + seconds
        self._resume_at[endpoint] = max(self._resume_at.get(endpoint, 0.0), resume_at)

    def wait_turn(self, endpoint: str, budget: RetryBudget) -> None:
        """Wait for as long as everybody has to, if the patience allows it; if not, let the gateway say no itself."""
        while not self.interrupted.is_set():
            remaining = self._resume_at.get(endpoint, 0.0) - time.monotonic()
            if remaining <= 0 or not self.pause(budget, remaining):
                return

    def pause(self, budget: RetryBudget, seconds: float) -> bool:
        """Wait and return True; return False at once where the patience does not allow it."""
        if not budget.allows(seconds):
            return False
        began = time.monotonic()
        interrupted = self.interrupted.wait(seconds)
        budget.spend(time.monotonic() - began if interrupted else seconds)
        return True


class Client:
    """The service's REST calls over one session and one TLS context, for `parallel` threads. Close it when done.

    Raises MeetingError `tls` for a CA bundle that cannot be loaded.
    """

    def __init__(self, connection: Connection, parallel: int = 1) -> None:
        self.timeout = connection.timeout
        self.throttle = Throttle()
        try:
            self.tls = trust(connection.validate_certs, connection.ca_path, requests.utils.DEFAULT_CA_BUNDLE_PATH)
        except OSError as error:
            raise MeetingError(
                Kind.TLS,
                f"the CA bundle {error.filename} could not be loaded ({printable(error.strerror or '', 100)})",
                "Give a file with certificates in PEM form as `ca_path`, or a folder prepared with `openssl rehash`",
            ) from None
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

    def control_token(self, conference_id: str, password: str, token: str, budget: RetryBudget) -> ControlToken:
        """Get a control token with the host password, or keep `token` alive (then the password may be empty).

        Raises MeetingError of any kind the catalogue knows, `transport`, `tls` or `service`.
        API: `GET .../token`, https://support.huaweicloud.com/api-meeting/meeting_21_0027.html
        """
        operation = f"Could not sign in to the control of meeting {conference_id}"
        # The password is mandatory by the documents, though it is not looked at while a token is kept alive.
        headers = {"X-Password": password, "X-Login-Type": "1"}
        if token:
            headers["X-Conference-Authorization"] = token
        answer = self.send(ApiRequest("token", _control("token", conference_id), operation, headers), budget)
        data = answer.fields.get("data")
        granted = data.get("token") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or not isinstance(granted, str) or not _TOKEN.fullmatch(granted):
            raise bad_answer(operation, answer, "has no control token in it")
        role = data.get("role")
        secrets = [granted, data.get("tmpWsToken"), answer.fields.get("addressToken")]
        ids = [conference_id, data.get("vmrCurrentConfID")]
        ws_url = data.get("wsURL")
        return ControlToken(
            token=granted,
            ws_url=ws_url if isinstance(ws_url, str) else "",
            role={"0": 0, "1": 1}.get(str(role)),
            meeting_ids=frozenset(i for i in ids if isinstance(i, str) and i),
            secrets=frozenset(s for s in secrets if isinstance(s, str) and s),
            expires_at=_expiry(data.get("expireTime")),
        )

    def websocket_token(self, conference_id: str, control_token: str, budget: RetryBudget) -> str:
        """Get a WebSocket token: good for one connection within a minute.

        Raises MeetingError as `control_token` does.
        API: `GET .../wsToken`, https://support.huaweicloud.com/api-meeting/meeting_21_1506.html
        """
        operation = f"Could not get a WebSocket token for meeting {conference_id}"
        headers = {"X-Conference-Authorization": control_token}
        answer = self.send(ApiRequest("wsToken", _control("wsToken", conference_id), operation, headers), budget)
        # Seen at the top level and, closer to the servers, inside `data`.
        for place in (answer.fields, answer.fields.get("data")):
            token = place.get("webSocketToken") if isinstance(place, Mapping) else None
            if isinstance(token, str) and _TOKEN.fullmatch(token):
                return token
        raise bad_answer(operation, answer, "has no WebSocket token in it")

    def record(
        self,
        conference_id: str,
        token: str,
        start: bool,
        budget: RetryBudget,
        before: Callable[[], None] | None = None,
    ) -> str:
        """Start or stop the cloud recording and return the request ID; a success means accepted, not begun.

        `before` is called directly before each sending, and may raise to prevent it. Raises MeetingError as
        `control_token` does. Reaction LOOK means that the request may have been carried out.
        API: `PUT .../record`, https://support.huaweicloud.com/api-meeting/meeting_21_0043.html
        """
        operation = f"Could not {'start' if start else 'stop'} the recording of meeting {conference_id}"
        headers = {"X-Conference-Authorization": token}
        call = ApiRequest(
            "record", _control("record", conference_id), operation, headers, "PUT", {"isRecord": int(start)}, True
        )
        return self.send(call, budget, before).request_id

    def send(self, call: ApiRequest, budget: RetryBudget, before: Callable[[], None] | None = None) -> ApiResponse:
        """Send a request until it is answered with success, refused for good, or the patience is at its end.

        The one retry rule: a read is repeated after any fault that may pass; a write only when it surely was not
        carried out. Whoever is throttled holds up all other callers too. `before` is called directly before each
        sending. Raises MeetingError, and what `before` raises.
        """
        repeatable = (Recovery.RETRY,) if call.write else (Recovery.RETRY, Recovery.VERIFY)
        waited_before, repetitions = budget.waited, 0
        while True:
            self.throttle.wait_turn(call.endpoint, budget)
            if self.throttle.interrupted.is_set():
                raise MeetingError(
                    Kind.TRANSPORT,
                    "the run was interrupted",
                    "Run the task again",
                    operation=call.operation,
                    recovery=Recovery.RETRY_LATER,
                )
            if before is not None:
                before()
            started = time.monotonic()
            stated = None
            try:
                answer = self.exchange(call, budget)
                error = _failure(answer, call.operation, call.write)
                window = stated_wait(answer.headers, answer.text if error else "")
                if error is None:
                    self.throttle.delay_all(call.endpoint, window or 0.0)
                    return answer
                stated = window if error.http_status in (429, 503) or error.kind is Kind.THROTTLED else None
            except MeetingError as fault:
                error = fault
                budget.spend(time.monotonic() - started)
            pause = stated or backoff(repetitions)
            if error.kind is Kind.THROTTLED:
                self.throttle.delay_all(call.endpoint, pause)
            if error.recovery not in repeatable or not self.throttle.pause(budget, pause):
                # Who is throttled may have waited before, because others were throttled.
                own = budget.waited - waited_before if repetitions else 0.0
                error.waited = budget.waited if error.kind is Kind.THROTTLED else own
                if stated:
                    error.detail += f", and asks to wait {stated:g} s"
                raise error
            repetitions += 1

    def exchange(self, call: ApiRequest, budget: RetryBudget) -> ApiResponse:
        """Send one request and read its answer, whatever it says, both within the time-out.

        Raises MeetingError `transport` or `tls`.
        """
        timeout = budget.timeout(self.timeout)
        proxy = self._proxies.get("https")
        with (
            self.passages.through(proxy, self._host, call.operation, timeout) as passage,
            attempt(time.monotonic() + timeout) as this,
        ):
            try:
                with self._session.request(
                    call.method,
                    f"{self._base}{call.path}",
                    json=call.body,
                    headers=call.headers,
                    timeout=timeout,
                    proxies=self._proxies,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    passage.passed = True
                    return ApiResponse(response.status_code, response.headers, _read(response, call.most))
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                # TLS within TLS does not use our sockets, so there `sent` is about the proxy itself.
                passage.passed |= this.sent and not (proxy or "").startswith("https://")
                raise self._transport_error(error, call.operation, timeout, this.sent) from None

    def _transport_error(self, error: Exception, operation: str, timeout: float, sent: bool) -> MeetingError:
        """Return the error for a request that got no usable answer; one of which no byte was `sent` did nothing."""
        chain = list(_chain(error))
        refusal = self.passages.refusal(
            self._proxies.get("https"), self._host, " ".join(str(cause) for cause in chain), operation
        )
        if refusal is not None:
            return refusal
        if self._proxies.get("https", "").startswith("https://"):
            # TLS within TLS does not use our sockets, so only a connection that never came about is proof.
            sent = not any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in chain)
        problem = _tls_problem(chain, sent)
        if problem:
            return MeetingError(
                Kind.TLS,
                f"TLS with {self._host} failed: {problem}",
                "Give the CA that signed its certificate as `ca_path`, and check that `api_url` is the host you mean",
                operation=operation,
            )
        if self._proxies and not sent and isinstance(error, _BAD_PROXY):
            detail, hint = "the proxy of the environment cannot be used", "Check the address in HTTPS_PROXY"
            return MeetingError(Kind.TRANSPORT, detail, hint, operation=operation)
        return MeetingError(
            Kind.TRANSPORT,
            f"no usable answer from {self._host}: {_reason(chain, timeout)}",
            "Check HTTPS_PROXY and NO_PROXY" if self._proxies else "Check `api_url` and the network between",
            operation=operation,
            recovery=Recovery.VERIFY if sent else Recovery.RETRY,
        )


class ApiRequest(NamedTuple):
    """One call of the API, and what it is for in words.

    `endpoint` is what the gateway counts by, `path` the rest of the address with its query. A `write` is repeated only
    when it surely was not carried out. Of an answer, `most` bytes are read.
    """

    endpoint: str
    path: str
    operation: str
    headers: dict[str, str]
    method: str = "GET"
    body: dict[str, Any] | None = None
    write: bool = False
    most: int = _MAX_BODY


class ApiResponse:
    """An HTTP answer, read whole and parsed as far as it goes."""

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.text = text_of(content)
        self.request_id = printable(headers.get("X-Request-Id", ""), 80)
        self.parsed = True
        self.body: Any = None
        if self.text:
            try:
                self.body = json.loads(self.text)
            except (ValueError, RecursionError):
                self.parsed = False

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body where it is an object, an empty one where it is something else."""
        return self.body if isinstance(self.body, Mapping) else {}


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


def _expiry(milliseconds: Any) -> str | None:
    """Return a time of the service, in milliseconds since the epoch, in ISO 8601, None where it is none."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _control(endpoint: str, conference_id: str) -> str:
    """Return the address of a call of the meeting control."""
    return f"{_CONTROL}/{endpoint}?{urlencode({'conferenceID': conference_id})}"


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


def _failure(answer: ApiResponse, operation: str, write: bool) -> MeetingError | None:
    """Return what is wrong with an answer, None for a success.

    The documents promise no body for `record`: an empty one and any JSON without an error code are fine.
    """
    if 300 <= answer.status < 400:
        host = _host(answer.headers.get("Location", ""))
        where = f" to {printable(host, 100)}" if host else ""
        return MeetingError(
            Kind.TRANSPORT,
            f"the answer was a redirect (HTTP {answer.status}){where}, which is not followed, because a token must "
            "not travel to another host",
            "Check `api_url`, and whether a portal or proxy stands between",
            operation=operation,
            http_status=answer.status,
            request_id=answer.request_id,
        )
    page = _is_html(answer) and answer.status not in (407, 408, 429)
    if not answer.parsed and (answer.status < 400 or page):
        return bad_answer(operation, answer, "is not JSON", write)
    if answer.status >= 400 or vendor_error(answer.body, success=True)[0]:
        error = from_answer(answer.status, answer.body, operation=operation, request_id=answer.request_id)
        if error.code.endswith(_SIGNATURE_EXPIRED):
            error.detail += _clocks(answer.headers.get("Date", ""))
        return error
    return None


def _clocks(date: str) -> str:
    """Return how far the clock of the service is from ours, `""` where it does not tell the time."""
    try:
        ahead = round(parsedate_to_datetime(date).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return ""
    return f" (the clock of this machine is {abs(ahead)} s {'behind' if ahead > 0 else 'ahead of'} that of the service)"


def _host(url: str) -> str:
    """Return scheme and host of an address from outside, `""` where there is no host; the rest may hold anything."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}" if parts.hostname else ""
    except ValueError:
        return ""


def _is_html(answer: ApiResponse) -> bool:
    """Return whether the answer is a web page, as proxies and portals send it."""
    return answer.text[:1] == "<"


def bad_answer(operation: str, answer: ApiResponse, what: str, write: bool = False) -> MeetingError:
    """Return the error for an answer that the API would not give."""
    content_type = printable(answer.headers.get("Content-Type", ""), 60) or "no content type"
    page = "a web page, " if _is_html(answer) else ""
    # A 5xx page of a proxy is as passing, and says as little about a write, as any other 5xx.
    doubtful = answer.status >= 500 or (write and answer.status < 400)
    return MeetingError(
        Kind.SERVICE if answer.status >= 500 else Kind.TRANSPORT,
        f"the answer to the request (HTTP {answer.status}, {page}{content_type}, {len(answer.text)} characters) {what}",
        "Check `api_url`, and whether a portal or proxy stands between",
        operation=operation,
        http_status=answer.status,
        request_id=answer.request_id,
        recovery=Recovery.VERIFY if doubtful else Recovery.FAIL,
    )


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


def stated_wait(headers: Mapping[str, str], text: str) -> float | None:
    """Return how many seconds the service or its gateway asks to wait, None where it does not say.

    Understands `Retry-After` (seconds or a date) and the gateway's window, in `X-APIG-Ratelimit-*` headers with
    nothing remaining or in the text of the refusal: `time:1 minute`.
    """
    stated = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", stated):
        return float(stated)
    if stated:
        try:
            until = parsedate_to_datetime(stated)
            # Without a zone, or with -0000, it is UTC by RFC 9110.
            return max(0.0, (until if until.tzinfo else until.replace(tzinfo=timezone.utc)).timestamp() - time.time())
        except (TypeError, ValueError, OverflowError):
            pass
    for name, value in headers.items():
        if name.lower().startswith("x-apig-ratelimit") and re.search(r"remain:\s*0\b", value):
            window = _window(value)
            if window:
                return window
    return _window(text[:2000])


def _window(text: str) -> float | None:
    """Return the length of the window in `time:1 minute` in seconds."""
    found = re.search(r"time:\s*([0-9]{1,4})\s*(second|minute|hour|day)", text)
    if not found:
        return None
    return float(found[1]) * {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[found[2]]
