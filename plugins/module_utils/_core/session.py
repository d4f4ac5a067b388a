# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in to the control of one meeting, as flows: its token, renewed once, and what is asked with it.

A token lives for 30 minutes and one meeting. It is given, or made with the host password, which is given, or looked up
by the enterprise. A token that is refused is made anew once; a password that is refused is never tried again, because
each failure counts towards a lock-out.
"""

from __future__ import annotations

from .errors import Failure, Kind, MeetingError, Recovery
from .flow import Flow, PasswordLookup
from .requests import control
from .requests.control import ControlToken
from .secrets import Secrets
from .words import (
    EXPIRED_OR_PASSWORD,
    GUEST,
    GUEST_PASSWORD,
    OR_HOST_TOKEN,
    control_advice,
    signing_in_to_control,
)

_PASSWORD_MISSING = "111070009"
_OTHER_SITE = "111100012"
_WRONG_PASSWORD = "111072065"


def refuses_token(failure: Failure) -> bool:
    """Return whether a call that carries a token but no password was refused because of the token.

    What an expired token gives is undocumented; "ID or password wrong" on such a call can mean nothing else.
    """
    return failure.recovery is Recovery.REAUTHENTICATE or failure.has_code(_WRONG_PASSWORD)


class Session:
    """What is in hand for one meeting: `token`, where its live channel is (`ws_url`), and the IDs it goes by.

    What comes up on the way is kept in `secrets`. With `enterprise`, the shell can look up the host password.
    """

    def __init__(
        self, conference_id: str, token: str, host_password: str, secrets: Secrets, *, enterprise: bool = False
    ) -> None:
        self.conference_id = conference_id
        self.token = token
        self.ws_url = ""
        self.meeting_ids = frozenset({conference_id})
        self.secrets = secrets
        self._token_given = bool(token)
        self._password_given = bool(host_password)
        self._host_password = host_password
        self._enterprise = enterprise
        self._renewed = False
        self._signed_in = False  # with the host password, not with a token that was given

    def sign_in(self) -> Flow[ControlToken]:
        """Get a control token with the host password, and use it from now on. Raises MeetingError."""
        yield from self._find_password()
        return (yield from self._get_token(""))

    def open(self) -> Flow[None]:
        """Get a control token, or keep the given one alive. Raises MeetingError."""
        if not self.token:
            yield from self.sign_in()
            return
        try:
            yield from self._get_token(self.token)
        except MeetingError as error:
            failure = error.failure
            # An expired token is not told apart from a missing password, which the enterprise may have.
            unknown = failure.has_code(_PASSWORD_MISSING) and not self._host_password and self._enterprise
            if not (failure.recovery is Recovery.REAUTHENTICATE or unknown):
                raise
            yield from self.renew(failure)

    def renew(self, refusal: Failure) -> Flow[None]:
        """Sign in anew with the host password, once. Raises MeetingError, `refusal` where that cannot be done."""
        try:
            password = "" if self._renewed else (yield from self._find_password())
        except MeetingError as error:
            # Who may not see the password is no worse off than who has no enterprise: the token may write all the same.
            if error.failure.kind is not Kind.PERMISSION or not refusal.has_code(_PASSWORD_MISSING):
                raise
            password = ""
        if not password:
            raise MeetingError(refusal)
        self._renewed = True
        yield from self.sign_in()

    def ws_token(self) -> Flow[str]:
        """Get a token for one live channel. Raises MeetingError."""
        request = control.ws_token(self.conference_id, self.token)
        token = control.read_ws_token(request, (yield request))
        self.secrets.learn(token)
        return token

    def put_record(self, start: bool) -> Flow[str]:
        """Start or stop the recording, signed in anew once if the token is refused, and return the request ID.

        Raises MeetingError.
        """
        try:
            response = yield control.record(self.conference_id, self.token, start)
        except MeetingError as error:
            if not refuses_token(error.failure):
                raise
            yield from self._renew_for_write(error.failure)
            response = yield control.record(self.conference_id, self.token, start)
        request_id: str = response.request_id
        return request_id

    def _renew_for_write(self, refusal: Failure) -> Flow[None]:
        """Sign in anew after a write was refused. Raises MeetingError.

        The request was refused for sure. What may be in doubt is the sign-in, which can do no harm.
        """
        try:
            yield from self.renew(refusal)
        except MeetingError as error:
            if error.failure.recovery in (Recovery.VERIFY, Recovery.ACCEPTED):
                raise MeetingError(error.failure.but(recovery=Recovery.RETRY_LATER)) from None
            raise

    def can_do_without(self, failure: Failure) -> bool:
        """Return whether one can go on without the sign-in that just failed.

        A token given by the user may write by itself. Whether it can be kept alive without a password is
        contradictory in the documents, so a refusal of the form of that request only costs the live state.
        """
        if not self._token_given or self._host_password:
            return False
        refused = failure.kind is Kind.USAGE and failure.http_status == 400 and not failure.has_code(_OTHER_SITE)
        return refused or failure.has_code(_PASSWORD_MISSING)

    def advised(self, failure: Failure) -> Failure:
        """Return a failure that does not advise what was done already."""
        hint = failure.hint
        if failure.has_code(_PASSWORD_MISSING) and self.can_do_without(failure):
            hint = EXPIRED_OR_PASSWORD
        return failure.but(
            hint=control_advice(
                hint,
                token=self._token_given,
                password=bool(self._host_password),
                looked_up=bool(self._host_password) and not self._password_given,
                signed_in=self._signed_in,
            )
        )

    def _find_password(self) -> Flow[str]:
        """Find the host password, given or looked up, `""` where there is none to be had. Raises MeetingError."""
        if not self._host_password and self._enterprise:
            self._host_password = yield PasswordLookup(self.conference_id)
            self.secrets.add(self._host_password)
        return self._host_password

    def _get_token(self, kept: str) -> Flow[ControlToken]:
        """Get a control token, or keep one alive. Raises MeetingError, `permission` for a guest's."""
        self._signed_in = self._signed_in or not kept
        request = control.token(self.conference_id, self._host_password, kept)
        granted = control.read_token(self.conference_id, request, (yield request))
        self.secrets.learn(*granted.secrets)
        if granted.role == 0:
            raise MeetingError(
                Failure(
                    Kind.PERMISSION,
                    GUEST,
                    GUEST_PASSWORD if self._signed_in else OR_HOST_TOKEN,
                    operation=signing_in_to_control(self.conference_id),
                )
            )
        self.token = granted.token
        self.ws_url = granted.ws_url
        self.meeting_ids |= granted.meeting_ids
        return granted
