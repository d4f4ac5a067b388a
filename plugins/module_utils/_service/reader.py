# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the live state of one meeting, signed in as far as needed; a channel that breaks is opened anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .._core.errors import Failure, Kind, MeetingError, Recovery
from .._core.flow import Flow, PasswordLookup, T
from .._core.meeting import MeetingPhase, RecordingState, Snapshot, not_running
from .._core.retry import RetryBudget
from .._core.session import Session, refuses_token
from .._core.target import LiveState, Target
from .._core.words import no_push, reading_live_state
from .account import Account
from .client import Client
from .conversation import converse
from .meetings import host_password
from .websocket import LiveChannel, connect

# Whether a full state is pushed right after subscribing is undocumented; where it is, it comes at once.
_SNAPSHOT_WITHIN = 5.0
_PAUSE_BETWEEN_LOOKS = 0.5
_MAY_PASS = (Recovery.VERIFY, Recovery.RETRY, Recovery.RETRY_LATER)


class Reader:
    """What is known of one meeting. Close it when done.

    `live` is the open channel, None where there is none. `why_unknown` is why the state could not be read the last
    time, and `why_not_running` what was said of a meeting that is not running. `secrets` are those of this meeting.
    """

    def __init__(self, target: Target, live_state: LiveState, client: Client, account: Account | None) -> None:
        self.secrets = client.secrets.scope(target.token, target.host_password)
        self.session = Session(
            target.conference_id, target.token, target.host_password, self.secrets, enterprise=account is not None
        )
        self.live: LiveChannel | None = None
        self.why_unknown: Failure | None = None
        self.why_not_running: Failure | None = None
        self._ignored = live_state is LiveState.IGNORE
        self._client = client
        self._account = account

    def close(self) -> None:
        """Close the live channel."""
        if self.live is not None:
            self.live.close()
            self.live = None

    def run(self, flow: Flow[T], budget: RetryBudget, before: Callable[[], None] | None = None) -> T:
        """Carry a conversation of the session. `before` is called before each sending of a write.

        Raises MeetingError, and what `before` raises.
        """

        account = self._account

        def answer(wish: Any) -> Any:
            if isinstance(wish, PasswordLookup) and account is not None:
                return host_password(account, wish.conference_id, budget)
            return self._client.send(wish, budget, before if wish.write else None)

        return converse(flow, answer)

    def look(self, budget: RetryBudget) -> Snapshot:
        """Return what can be known about the meeting now, signed in as far as that takes.

        Leaves the channel open where there is one. A state that cannot be read is unknown, and the reason is kept.
        Raises MeetingError where nothing can be known at all.
        """
        if self._ignored and self.session.token:
            return Snapshot()
        known = Snapshot()
        try:
            self.run(self.session.open(), budget)
            # The service grants a control token for a running meeting only.
            known = Snapshot(meeting=MeetingPhase.ONGOING)
            return known if self._ignored else self._listen(budget)
        except MeetingError as error:
            failure = error.failure
            self.close()
            if self._client.cancel.is_set():
                raise
            if failure.meeting:
                self.why_not_running = failure
                return not_running(failure.meeting)
            if known.meeting is MeetingPhase.UNKNOWN and not self.session.can_do_without(failure):
                raise
            self.why_unknown = self.session.advised(failure)
            return known

    def watch(self, wanted: RecordingState, deadline: float) -> Snapshot:
        """Return the state once it is as wanted or the meeting over, or what is known at the deadline.

        A channel that breaks is opened anew. Raises MeetingError where the state cannot be read any more.
        """
        while True:
            try:
                if self.live is not None:
                    return self.live.until(wanted, deadline)
            except MeetingError as error:
                self.close()
                self.why_unknown = error.failure
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise MeetingError(self.unreadable())
            seen = self.look(RetryBudget(remaining, deadline))
            if not seen.running or seen.is_(wanted):
                return seen
            if self.live is None:
                if self.why_unknown is not None and self.why_unknown.recovery not in _MAY_PASS:
                    raise MeetingError(self.unreadable())
                self._client.cancel.wait(max(0.0, min(_PAUSE_BETWEEN_LOOKS, deadline - time.monotonic())))

    def unreadable(self, way_out: str = "") -> Failure:
        """Return why the state is unknown, with a `way_out` beside what to do about it."""
        operation = reading_live_state(self.session.conference_id)
        failure = self.why_unknown or Failure(
            Kind.UNCONFIRMED, "the live state could not be read in time", "Try again", operation=operation
        )
        failure = self.session.advised(failure)
        return failure.but(hint=f"{failure.hint}; {way_out}") if way_out else failure

    def _listen(self, budget: RetryBudget) -> Snapshot:
        """Open the channel, subscribe and return the first state. Raises MeetingError."""
        self.close()
        try:
            self.live = self._subscribe(budget)
        except MeetingError as error:
            if not refuses_token(error.failure):
                raise
            self.run(self.session.renew(error.failure), budget)
            self.live = self._subscribe(budget)
        now = time.monotonic()
        within = budget.timeout(min(self._client.timeout, _SNAPSHOT_WITHIN), now)
        seen = self.live.first(now + within)
        unknown = seen.recording is RecordingState.UNKNOWN
        self.why_unknown = no_push(self.session.conference_id, within) if unknown else None
        return seen

    def _subscribe(self, budget: RetryBudget) -> LiveChannel:
        """Return a channel that is subscribed. Raises MeetingError."""
        session, client = self.session, self._client
        ws_token = self.run(session.ws_token(), budget)
        now = time.monotonic()
        deadline = now + budget.timeout(client.timeout, now)
        live = connect(
            session.ws_url,
            session.conference_id,
            ws_token,
            meeting_ids=session.meeting_ids,
            tls=client.tls,
            proxy=client.proxy_for(session.ws_url),
            deadline=deadline,
            cancel=client.cancel,
            passages=client.passages,
        )
        try:
            live.subscribe(session.token, deadline)
        except BaseException:
            live.close()
            raise
        return live
