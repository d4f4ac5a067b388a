# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for one meeting: bring its recording into a state, read its state, get a control token.

What is done next, and why, is decided in `_core.decide`; here it is carried out.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .._core.decide import Step, after_look, after_wait, after_write, foretold, plan
from .._core.errors import Failure, MeetingError
from .._core.meeting import RecordingState, Snapshot, not_running
from .._core.requests.control import ControlToken
from .._core.result import RecordingResult, masked_failure
from .._core.retry import RetryBudget, backoff
from .._core.target import LiveState, Settings, Target
from .._core.words import (
    WAY_OUT,
    blind_warning,
    defect,
    meeting_not_running,
    reading_live_state,
    recording_of,
    unconfirmed,
    unknown_outcome,
    why_not_seen,
)
from .account import Account
from .client import Client
from .clock import utc_now
from .reader import Reader

# How long to listen for others, in seconds, before something is sent.
_LONGEST_COURTESY = 0.1


class _Overtaken(Exception):
    """Nothing is sent: what the channel has said since makes it needless, or impossible."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step


def set_state(target: Target, settings: Settings, client: Client, account: Account | None = None) -> RecordingResult:
    """Bring the recording of one meeting into the wanted state and return what became of it.

    A target without credentials gets them from the enterprise's `account`. Never raises: whatever goes wrong, foreseen
    or not, is in the result. In check mode it stops before the write.
    """
    return _Recorder(target, settings, client, account).carry_out()


def read_state(target: Target, settings: Settings, client: Client, account: Account | None = None) -> RecordingResult:
    """Read the state of one meeting; never raises. A state that cannot be read is a failure of the result."""
    reader = Reader(target, LiveState.REQUIRED, client, account)
    seen = Snapshot()

    def look() -> Failure | None:
        nonlocal seen
        seen = reader.look(RetryBudget(settings.retry_timeout))
        return reader.unreadable() if seen.recording is RecordingState.UNKNOWN else None

    failure, at = _carried_out(reader, look, reading_live_state(target.conference_id))
    return _result(reader, target, before=seen, after=seen, confirmed=failure is None, at=at, failure=failure)


def control_token(target: Target, settings: Settings, client: Client, account: Account | None = None) -> ControlToken:
    """Sign in to the control of a meeting as `set_state` does, and return what was granted. Raises MeetingError."""
    reader = Reader(target, LiveState.IGNORE, client, account)
    try:
        return reader.run(reader.session.sign_in(), RetryBudget(settings.retry_timeout))
    except MeetingError as error:
        raise MeetingError(masked_failure(reader.session.advised(error.failure), reader.secrets)) from None


def _carried_out(
    reader: Reader, deed: Callable[[], Failure | None], operation: str, sent: Callable[[], bool] = lambda: False
) -> tuple[Failure | None, str]:
    """Do what a verb does, close the reader, and return why it failed, if it did, and when it ended. Never raises.

    `sent` is asked after a surprise, whether a request went out.
    """
    try:
        try:
            failure = deed()
        finally:
            at = utc_now()
            reader.close()
    except MeetingError as error:
        failure = error.failure
    except Exception as surprise:  # one meeting's surprise must not take a batch with it
        failure = defect(surprise, operation, sent=sent())
    if failure is not None:
        failure = reader.session.advised(failure)
        failure = failure.but(operation=failure.operation or operation)
    return failure, at


def _result(reader: Reader, target: Target, **values: Any) -> RecordingResult:
    """Return a result in whose words the secrets of its meeting are masked."""
    return RecordingResult(target.conference_id, target.wanted, **values).masked(reader.secrets)


class _Recorder:
    """The course of one change: what is known so far, and what was done."""

    def __init__(self, target: Target, settings: Settings, client: Client, account: Account | None) -> None:
        self._target = target
        self._settings = settings
        self._client = client
        self._reader = Reader(target, settings.live_state, client, account)
        self._budget = RetryBudget(settings.retry_timeout)
        self._before = self._after = Snapshot()
        self._changed = self._confirmed = self._sent = self._in_doubt = False
        self._request_id = self._reason = ""
        self._warnings: tuple[str, ...] = ()

    def carry_out(self) -> RecordingResult:
        """Do it all, and return what became of it. Never raises."""
        operation = recording_of(self._verb, self._target.conference_id)
        failure, at = _carried_out(self._reader, self._do, operation, self._surprised)
        if failure is not None:
            self._request_id = failure.request_id or self._request_id
        return _result(
            self._reader,
            self._target,
            before=self._before,
            after=self._after,
            changed=self._changed,
            confirmed=self._confirmed,
            request_id=self._request_id,
            at=at,
            reason=self._reason,
            failure=failure,
            warnings=self._warnings,
        )

    @property
    def _verb(self) -> str:
        """What is done to the recording."""
        return "start" if self._target.wanted is RecordingState.STARTED else "stop"

    def _do(self) -> Failure | None:
        """Look, and do what is needed. Returns why it failed, or raises MeetingError."""
        target, settings = self._target, self._settings
        self._before = self._after = self._reader.look(self._budget)
        step = plan(self._before, target.wanted, settings.live_state)
        if step is not Step.WRITE:
            return self._ended(step)
        self._warn_of_blind_write()
        if settings.check:
            self._changed = True
            self._after = foretold(self._before, target.wanted, settings.wait)
            if self._after.recording is RecordingState.UNKNOWN:
                self._reason = self._why_not_seen()
            return None
        self._give_way()
        while step is Step.WRITE:
            step, failure = self._write()
        return self._ended(step, failure)

    def _ended(self, step: Step, failure: Failure | None = None) -> Failure | None:
        """Note how it ended, and return the failure that it ended with, if it did."""
        if step is Step.DONE:
            self._confirmed = True
            return None
        if step is Step.UNSEEN:
            self._reason = self._why_not_seen()
            return None
        if step is Step.NOT_RUNNING:
            said, operation = self._reader.why_not_running, recording_of(self._verb, self._target.conference_id)
            said = said or meeting_not_running(self._after.meeting, self._request_id)
            return said.but(operation=operation)
        if step is Step.UNREADABLE:
            return self._reader.unreadable(self._way_out)
        if step is Step.UNCONFIRMED:
            return unconfirmed(self._target, self._settings, self._reader.why_unknown, self._request_id)
        if step is Step.UNKNOWN_OUTCOME and failure is not None:
            self._doubt()
            return unknown_outcome(failure, self._reader.why_unknown)
        return failure

    def _write(self) -> tuple[Step, Failure | None]:
        """Send the request, see what it did, and return what to do next. Raises MeetingError."""
        target, reader = self._target, self._reader
        failure: Failure | None = None
        self._sent = True
        flow = reader.session.put_record(target.wanted is RecordingState.STARTED)
        try:
            self._request_id = reader.run(flow, self._budget, self._take_in)
        except _Overtaken as overtaken:
            return overtaken.step, None
        except MeetingError as error:
            failure = error.failure
        settings = self._settings
        ignored = settings.live_state is LiveState.IGNORE
        unreadable = ignored or (reader.live is None and reader.why_unknown is not None)
        step = after_write(
            failure,
            target.wanted,
            can_see=settings.wait and not ignored and reader.live is not None,
            can_look=not unreadable and bool(settings.wait_timeout),
        )
        if failure is not None and failure.meeting:
            self._after = not_running(failure.meeting)
        if step is Step.LOOK and failure is not None:
            return self._look_after(failure)
        if step in (Step.WAIT, Step.UNSEEN):
            self._request_id = failure.request_id if failure is not None else self._request_id
            self._changed = True
            self._after = Snapshot(meeting=self._before.meeting)
        return (self._wait(), None) if step is Step.WAIT else (step, failure)

    def _give_way(self) -> None:
        """Listen for a moment before something is sent, each run for another one.

        Runs that begin at the same time, as schedules make them, would all find the same state and all send.
        """
        live = self._reader.live
        if live is not None and live.snapshot.recording is not RecordingState.UNKNOWN:
            with suppress(MeetingError):  # whoever watches the channel next finds it broken, and opens it anew
                live.until(self._target.wanted, time.monotonic() + random.uniform(0.0, _LONGEST_COURTESY))

    def _take_in(self) -> None:
        """Look at what the channel has said since, directly before the request is sent.

        Raises _Overtaken where nothing is to be sent any more.
        """
        live = self._reader.live
        if live is None:
            return
        try:
            seen = live.heard()
        except MeetingError:
            seen = live.snapshot
        step = plan(seen, self._target.wanted, self._settings.live_state)
        if step is Step.WRITE:
            return
        if step is not Step.UNREADABLE:
            self._warnings = ()  # nothing was sent blindly
            self._after = seen
            self._changed = self._in_doubt
            if not self._in_doubt:
                self._before = seen
        raise _Overtaken(step)

    def _look_after(self, doubt: Failure) -> tuple[Step, Failure | None]:
        """Look whether a request of unknown fate has worked, for as long as a recorder may take."""
        self._in_doubt = True
        reader, wanted = self._reader, self._target.wanted
        began = time.monotonic()
        try:
            seen = reader.watch(wanted, began + self._settings.wait_timeout)
            if seen.running and not seen.is_(wanted):
                # Nothing was pushed, but a channel that died says nothing either: ask anew.
                seen = reader.look(self._budget)
        except MeetingError as error:
            reader.why_unknown = error.failure
            return Step.UNKNOWN_OUTCOME, doubt
        self._after = seen
        step = after_look(seen, wanted)
        if step in (Step.DONE, Step.NOT_RUNNING):
            self._changed = True  # as far as anybody can tell
        if step is Step.WRITE:
            self._budget.spend(time.monotonic() - began)
            if not self._client.throttle.pause(self._budget, backoff(0, random.random())):
                return Step.REFUSED, doubt.but(waited=self._budget.waited)
        return step, doubt

    def _wait(self) -> Step:
        """After an accepted request, wait until the state is seen."""
        try:
            seen = self._reader.watch(self._target.wanted, time.monotonic() + self._settings.wait_timeout)
        except MeetingError as error:
            seen = self._after
            self._reader.why_unknown = error.failure
        self._after = seen
        return after_wait(self._before, seen, self._target.wanted)

    def _surprised(self) -> bool:
        """Return whether a request went out, and note that nobody can say what it did."""
        if self._sent:
            self._doubt()
        return self._sent

    def _doubt(self) -> None:
        """Note that nobody can say whether the request was carried out."""
        self._changed = True
        self._after = Snapshot(meeting=self._before.meeting)

    @property
    def _way_out(self) -> str:
        """What does without the live state; where nothing is sent, it is no way out."""
        return "" if self._settings.check else WAY_OUT

    def _why_not_seen(self) -> str:
        """Return why the effect of an accepted request is not seen."""
        return why_not_seen(self._settings, self._reader.why_unknown, listening=self._reader.live is not None)

    def _warn_of_blind_write(self) -> None:
        """Warn when the request is sent without knowing the state, unless the user asked for just that."""
        blind = self._before.recording is RecordingState.UNKNOWN
        if blind and self._settings.live_state is LiveState.AUTO:
            self._warnings = (blind_warning(self._reader.unreadable(self._way_out), self._settings.check),)
