# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in of an enterprise for all threads of a run: one access token, renewed once, given back at the end."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import suppress

from .._core.errors import Failure, MeetingError, Recovery
from .._core.flow import Flow, T
from .._core.requests.account import SignIn, appauth, logout, read_access_token, secrets_in, with_clocks
from .._core.rest import ApiRequest, ApiResponse
from .._core.retry import RetryBudget
from .._core.words import enterprise_advice
from .client import Client
from .conversation import converse

# For giving back a token, in seconds.
_FAREWELL = 5.0


class Account:
    """The sign-in of one run. Close it when done.

    `administrator` is whether its user is one, None where the service did not say. Tokens and signatures are kept among
    the secrets of the client.
    """

    def __init__(self, sign_in: SignIn, client: Client) -> None:
        self.administrator: bool | None = None
        self._sign_in = sign_in
        self._client = client
        self._token = sign_in.access_token
        self._own: list[str] = []
        self._renewed = False
        self._refusal: Failure | None = None
        self._failures = 0
        self._lock = threading.Lock()

    def sign_in(self, budget: RetryBudget) -> None:
        """Get an access token unless there is one. Raises MeetingError."""
        failures = self._failures
        with self._lock:
            if self._token:
                return
            # Each meeting of a batch would try it again, up to a lock, or wait for as long as the one before.
            if self._refusal is not None and not (self._refusal.retryable and failures == self._failures):
                raise MeetingError(self._refusal)
            try:
                self._token = self._new_token(budget)
            except MeetingError as error:
                self._refusal = error.failure
                self._failures += 1
                raise

    def close(self) -> None:
        """Give back the access tokens that this run made: a user has at most 64 of them. Never raises.

        A refused token may still be live and counts towards the limit, so it is signed out too.
        """
        budget = RetryBudget(0, time.monotonic() + _FAREWELL)
        while self._own:
            with suppress(MeetingError):  # it expires by itself
                self._client.exchange(logout(self._own.pop()), budget)
        self._token = ""

    def run(self, flow: Flow[T], budget: RetryBudget) -> T:
        """Carry a conversation whose requests need the access token, and return what comes of it.

        Raises MeetingError.
        """
        return converse(flow, lambda request: self._ask(request, budget))

    def _ask(self, request: ApiRequest, budget: RetryBudget) -> ApiResponse:
        """Send a request, signed in anew once if the access token is refused. Raises MeetingError."""
        self.sign_in(budget)
        token = self._token
        try:
            return self._client.send(_with_token(request, token), budget)
        except MeetingError as error:
            refusal = self._advised(error.failure)
            if refusal.recovery is not Recovery.REAUTHENTICATE:
                raise MeetingError(refusal) from None
        renewed = self._renewed_token(token, refusal, budget)
        try:
            return self._client.send(_with_token(request, renewed), budget)
        except MeetingError as error:
            raise MeetingError(self._advised(error.failure)) from None

    def _advised(self, refusal: Failure) -> Failure:
        """Return a refusal that says what to do about this sign-in, where the catalogue is about another one."""
        app_id = bool(self._sign_in.app_id)
        return refusal.but(hint=enterprise_advice(refusal.hint, refusal.kind, app_id=app_id, renewed=self._renewed))

    def _renewed_token(self, refused: str, refusal: Failure, budget: RetryBudget) -> str:
        """Return an access token other than the refused one. Raises MeetingError, `refusal` where there is none."""
        with self._lock:
            if self._token == refused:
                if self._renewed or not self._sign_in.app_id:
                    raise MeetingError(refusal)
                self._renewed = True
                self._token = self._new_token(budget)
            return self._token

    def _new_token(self, budget: RetryBudget) -> str:
        """Sign in with App ID and App Key and return the access token. Raises MeetingError."""
        request, signed = appauth(self._sign_in, time.time(), str(uuid.uuid4()))
        self._client.secrets.learn(signed)
        try:
            response = self._client.send(request, budget)
        except MeetingError as error:
            raise MeetingError(with_clocks(error.failure, time.time())) from None
        self._client.secrets.learn(*secrets_in(response))
        granted = read_access_token(request, response)
        self._own.append(granted.token)
        self.administrator = granted.administrator
        return granted.token


def _with_token(request: ApiRequest, token: str) -> ApiRequest:
    """Return a request that carries the access token."""
    return request._replace(headers={**request.headers, "X-Access-Token": token})
