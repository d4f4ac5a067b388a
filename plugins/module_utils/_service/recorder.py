# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One meeting: sign in, read the live state, plan, act, confirm."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from dataclasses import dataclass

from .._core.errors import Kind, MeetingError, Recovery, control_advice
from .._core.state import LiveState, MeetingPhase, RecordingResult, RecordingState, Snapshot, Step, not_running, plan
from .account import Enterprise
from .http import Client, ControlToken, RetryBudget, backoff
from .websocket import LiveChannel, connect

# Whether a full state is pushed right after subscribing is undocumented; where it is, it comes at once.
_SNAPSHOT_WITHIN = 5.0
_PAUSE_BETWEEN_LOOKS = 0.5
# How long to listen for others, in seconds, before something is sent.
_LONGEST_COURTESY = 0.1
_PASSWORD_MISSING = "111070009"
_WAY_OUT = "`live_state: ignore` does without the live state"


@dataclass(frozen=True)
class Order:
    """What is wanted of one meeting, and with what. Times are in seconds; `token` is raw; no value is unchecked.

    Where it is UNKNOWN what is wanted, the live state is read, and that is all.
    """

    conference_id: str
    wanted: RecordingState
    token: str = ""
    host_password: str = ""
    live_state: LiveState = LiveState.AUTO
    wait: bool = True
    wait_timeout: float = 30.0
    retry_timeout: float = 60.0
    check: bool = False


def record(order: Order, client: Client, enterprise: Enterprise | None = None) -> RecordingResult:
    """Bring the recording of one meeting into the wanted state and return what became of it.

    An order without credentials gets them from the `enterprise`. Never raises: whatever goes wrong, foreseen or not,
    is in the outcome. In check mode it stops before the write.
    """
    run = _Run(order, client, enterprise)
    try:
        try:
            run.carry_out()
        finally:
            run.outcome.at = now()
            run.close()
    except MeetingError as error:
        run.fail(error)
    except Exception as defect:  # one meeting's surprise must not take a batch with it
        run.fail(run.defect(defect))
    return run.outcome


def control_token(order: Order, client: Client, enterprise: Enterprise | None = None) -> ControlToken:
    """Sign in to the control of a meeting as `record` does, and return what was granted. Raises MeetingError."""
    run = _Run(order, client, enterprise)
    try:
        return run.sign_in(RetryBudget(order.retry_timeout))
    except MeetingError as error:
        run.advise(error)
        if enterprise is not None:
            enterprise.secrets |= run.outcome.secrets
            enterprise.passwords |= run.outcome.passwords
        raise


class _Overtaken(Exception):
    """It is as wanted already: somebody else has seen to it since the state was read."""


def now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class _Run:
    """The course of one order: the token and the channel in hand, and the outcome so far."""

    def __init__(self, order: Order, client: Client, enterprise: Enterprise | None) -> None:
        self.outcome = RecordingResult(order.conference_id, order.wanted)
        self._order = order
        self._client = client
        self._enterprise = enterprise
        self._patience = RetryBudget(order.retry_timeout)
        self._token = order.token
        self._host_password = order.host_password
        self._ws_url = ""
        self._meeting_ids = frozenset({order.conference_id})
        self._renewed = False
        self._sent = False
        self._in_doubt = False
        self._signed_in = False  # with the host password, not with a token that was given
        self._live: LiveChannel | None = None
        self._why_not_running: MeetingError | None = None
        self._why_unknown: MeetingError | None = None

    def carry_out(self) -> None:
        """Do the whole order. Raises MeetingError."""
        outcome, order = self.outcome, self._order
        outcome.before = outcome.after = self._look(self._patience)
        if order.wanted is RecordingState.UNKNOWN:
            if outcome.before.recording is RecordingState.UNKNOWN:
                raise self._unreadable_error()
            outcome.confirmed = True
            return
        step = plan(outcome.before, order.wanted, order.live_state)
        if step is Step.NOTHING:
            outcome.confirmed = True
        elif step is Step.REFUSE_NOT_RUNNING:
            raise self._not_running_error()
        elif step is Step.REFUSE_UNKNOWN:
            raise self._unreadable_error(_WAY_OUT)
        else:
            self._warn_of_blind_write()
            if order.check:
                outcome.changed = True
                outcome.after = self._expected()
                if outcome.after.recording is RecordingState.UNKNOWN:
                    outcome.reason = self._why_not_seen()
            else:
                self._write()

    def sign_in(self, budget: RetryBudget) -> ControlToken:
        """Get a control token with the host password, and adopt it. Raises MeetingError."""
        self._find_password(budget)
        self._signed_in = True
        grant = self._client.control_token(self._order.conference_id, self._host_password, "", budget)
        self._adopt(grant)
        return grant

    def fail(self, error: MeetingError) -> None:
        """Note the failure of the order."""
        error.operation = error.operation or self._tried()
        self.advise(error)
        self.outcome.msg = str(error)
        self.outcome.error = error.record()
        self.outcome.request_id = error.request_id or self.outcome.request_id

    def advise(self, error: MeetingError) -> None:
        """See that a failure does not advise what was done already."""
        error.hint = control_advice(
            error.hint,
            token=bool(self._order.token),
            password=bool(self._host_password),
            looked_up=bool(self._host_password) and not self._order.host_password,
            signed_in=self._signed_in,
        )

    def close(self) -> None:
        """Close the live channel."""
        if self._live is not None:
            self._live.close()
            self._live = None

    # Reading

    def _look(self, budget: RetryBudget) -> Snapshot:
        """Return what can be known about the meeting now, signed in as far as the order needs it.

        Leaves the channel open where there is one. A state that cannot be read is unknown, and the reason is kept.
        """
        if self._order.live_state is LiveState.IGNORE and self._token:
            return Snapshot()
        known = Snapshot()
        try:
            self._sign_in(budget)
            # The service grants a control token for a running meeting only.
            known = Snapshot(meeting=MeetingPhase.ONGOING)
            return known if self._order.live_state is LiveState.IGNORE else self._listen(budget)
        except MeetingError as error:
            self.close()
            if self._client.throttle.interrupted.is_set():
                raise
            if error.meeting:
                self._why_not_running = error
                return not_running(error.meeting)
            if known.meeting is MeetingPhase.UNKNOWN and not self._keep_alive_dispensable(error):
                raise
            self._why_unknown = error
            return known

    def _listen(self, budget: RetryBudget) -> Snapshot:
        """Open the channel, subscribe and return the first state. Raises MeetingError."""
        self.close()
        try:
            self._live = self._subscribe(budget)
        except MeetingError as error:
            if not _refuses_token(error):
                raise
            self._renew(budget, error)
            self._live = self._subscribe(budget)
        within = budget.timeout(min(self._client.timeout, _SNAPSHOT_WITHIN))
        snapshot = self._live.first(time.monotonic() + within)
        if snapshot.recording is RecordingState.UNKNOWN:
            self._why_unknown = MeetingError(
                Kind.SERVICE,
                f"the service pushed no usable recording state within {within:g} s",
                "Try again",
                operation=f"Could not read the live state of meeting {self._order.conference_id}",
                recovery=Recovery.RETRY_LATER,
            )
        else:
            self._why_unknown = None
        return snapshot

    def _subscribe(self, budget: RetryBudget) -> LiveChannel:
        """Return a channel that is subscribed. Raises MeetingError."""
        ws_token = self._client.websocket_token(self._order.conference_id, self._token, budget)
        self.outcome.secrets.add(ws_token)
        deadline = time.monotonic() + budget.timeout(self._client.timeout)
        live = connect(
            self._ws_url,
            self._order.conference_id,
            ws_token,
            meeting_ids=self._meeting_ids,
            tls=self._client.tls,
            proxy=self._client.proxy_for(self._ws_url),
            deadline=deadline,
            interrupted=self._client.throttle.interrupted,
            passages=self._client.passages,
        )
        try:
            live.subscribe(self._token, deadline)
        except BaseException:
            live.close()
            raise
        return live

    def _watch(self, deadline: float) -> Snapshot:
        """Return the state once it is as wanted or the meeting over, or what is known at the deadline.

        A channel that breaks is opened anew. Raises MeetingError where the state cannot be read any more.
        """
        while True:
            try:
                if self._live is not None:
                    return self._live.until(self._order.wanted, deadline)
            except MeetingError as error:
                self.close()
                self._why_unknown = error
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise self._unreadable_error()
            snapshot = self._look(RetryBudget(remaining, deadline))
            if not snapshot.running or snapshot.is_(self._order.wanted):
                return snapshot
            if self._live is None:
                if not self._may_pass(self._why_unknown):
                    raise self._unreadable_error()
                self._client.throttle.interrupted.wait(max(0.0, min(_PAUSE_BETWEEN_LOOKS, deadline - time.monotonic())))

    # Signing in

    def _sign_in(self, budget: RetryBudget) -> None:
        """Get a control token, or keep the given one alive; adopt what comes back. Raises MeetingError."""
        order = self._order
        if not self._token:
            self._find_password(budget)
            self._signed_in = True
        try:
            grant = self._client.control_token(order.conference_id, self._host_password, self._token, budget)
        except MeetingError as error:
            # An expired token is not told apart from a missing password, which the enterprise may have.
            unknown = error.code.endswith(_PASSWORD_MISSING) and not self._host_password and self._enterprise
            if not self._token or not (error.recovery is Recovery.REAUTHENTICATE or unknown):
                raise
            self._renew(budget, error)
        else:
            self._adopt(grant)

    def _renew(self, budget: RetryBudget, refusal: MeetingError) -> None:
        """Sign in anew with the host password, once in an order. Raises `refusal` where that cannot be done."""
        try:
            password = "" if self._renewed else self._find_password(budget)
        except MeetingError as error:
            # Who may not see the password is no worse off than who has no enterprise: the token may write all the same.
            if error.kind is not Kind.PERMISSION or not refusal.code.endswith(_PASSWORD_MISSING):
                raise
            password = ""
        if not password:
            raise refusal
        self._renewed = True
        self.sign_in(budget)

    def _find_password(self, budget: RetryBudget) -> str:
        """Return the host password, given or looked up, `""` where there is none to be had. Raises MeetingError."""
        if not self._host_password and self._enterprise is not None:
            self._host_password = self._enterprise.host_password(self._order.conference_id, budget)
            self.outcome.secrets.add(self._host_password)
            self.outcome.passwords.add(self._host_password)
        return self._host_password

    def _adopt(self, grant: ControlToken) -> None:
        """Use a new grant from now on. Raises MeetingError `permission` for a guest's."""
        self.outcome.secrets |= grant.secrets
        if grant.role == 0:
            raise MeetingError(
                Kind.PERMISSION,
                "the service granted the role of a guest, who may not record",
                "Give the host password of the meeting as `host_password`"
                + ("; what was used is that of guests" if self._signed_in else ", or a `token` made with it"),
                operation=f"Could not sign in to the control of meeting {self._order.conference_id}",
            )
        self._token = grant.token
        self._ws_url = grant.ws_url
        self._meeting_ids |= grant.meeting_ids

    def _keep_alive_dispensable(self, error: MeetingError) -> bool:
        """Return whether the order can go on without the sign-in that just failed.

        A token given by the user may write by itself. Whether it can be kept alive without a password is
        contradictory in the documents, so a refusal of the form of that request only costs the live state.
        """
        order = self._order
        if not order.token or self._host_password:
            return False
        if error.code.endswith(_PASSWORD_MISSING):
            error.hint = (
                "The token may have expired, or it is not kept alive without the password: give `host_password`"
            )
            return True
        return error.kind is Kind.USAGE and error.http_status == 400 and not error.code.endswith("111100012")

    # Writing

    def _write(self) -> None:
        """Send the request and see what it did. Raises MeetingError.

        A request that may have been carried out is never simply repeated, each start may open a new film segment:
        the live state says whether it was, and only if it was not, within the time a recorder may take, is it sent
        again.
        """
        outcome, order = self.outcome, self._order
        self._give_way()
        while True:
            try:
                outcome.request_id = self._send(self._patience)
            except _Overtaken:
                return
            except MeetingError as error:
                if error.meeting:
                    outcome.after = not_running(error.meeting)
                    if order.wanted is RecordingState.STOPPED:
                        outcome.confirmed = True
                        return
                if error.recovery is Recovery.ACCEPTED:
                    outcome.request_id = error.request_id
                elif error.recovery is not Recovery.VERIFY:
                    raise
                elif not self._turned_out_well(error):
                    continue
                else:
                    return
            outcome.changed = True
            self._confirm()
            return

    def _give_way(self) -> None:
        """Listen for a moment before something is sent, each run for another one.

        Runs that begin at the same time, as schedules make them, would all find the same state and all send.
        """
        if self._live is not None and self._live.snapshot.recording is not RecordingState.UNKNOWN:
            with suppress(MeetingError):  # whoever watches the channel next finds it broken, and opens it anew
                self._live.until(self._order.wanted, time.monotonic() + random.uniform(0.0, _LONGEST_COURTESY))

    def _take_in(self) -> None:
        """Look at what the channel has said since, directly before the request is sent.

        Raises _Overtaken where there is nothing left to do, MeetingError where nothing can be done any more.
        """
        outcome, order = self.outcome, self._order
        if self._live is None:
            return
        try:
            seen = self._live.heard()
        except MeetingError:
            seen = self._live.snapshot
        step = plan(seen, order.wanted, order.live_state)
        if step is Step.WRITE:
            return
        if step is Step.REFUSE_UNKNOWN:
            raise self._unreadable_error(_WAY_OUT)
        outcome.warnings.clear()  # nothing was sent blindly
        outcome.after = seen
        outcome.changed = self._in_doubt
        if not self._in_doubt:
            outcome.before = seen
        if step is Step.REFUSE_NOT_RUNNING:
            raise self._not_running_error()
        outcome.confirmed = True
        raise _Overtaken

    def _send(self, budget: RetryBudget) -> str:
        """Send the request, signed in anew once if the token is refused. Raises MeetingError."""
        order = self._order
        start = order.wanted is RecordingState.STARTED
        self._sent = True
        try:
            return self._client.record(order.conference_id, self._token, start, budget, self._take_in)
        except MeetingError as error:
            if not _refuses_token(error):
                raise
            try:
                self._renew(budget, error)
            except MeetingError as renewal:
                # The request was refused for sure. What is in doubt is the sign-in, which can do no harm.
                if renewal.recovery in (Recovery.VERIFY, Recovery.ACCEPTED):
                    renewal.recovery = Recovery.RETRY_LATER
                raise
            return self._client.record(order.conference_id, self._token, start, budget, self._take_in)

    def _turned_out_well(self, doubt: MeetingError) -> bool:
        """Return True when a request of unknown fate is seen to have worked, False when it may be sent again.

        Raises MeetingError: `unknown_outcome` where the state cannot be read, `doubt` itself where the state is
        unchanged and the patience at its end.
        """
        outcome, order = self.outcome, self._order
        self._in_doubt = True
        unreadable = self._live is None and self._why_unknown is not None
        if order.live_state is LiveState.IGNORE or unreadable or not order.wait_timeout:
            raise self._unknown_outcome(doubt)
        began = time.monotonic()
        try:
            seen = self._watch(began + order.wait_timeout)
            if seen.running and not seen.is_(order.wanted):
                # Nothing was pushed, but a channel that died says nothing either: ask anew.
                seen = self._look(self._patience)
        except MeetingError as error:
            self._why_unknown = error
            raise self._unknown_outcome(doubt) from None
        outcome.after = seen
        if seen.is_(order.wanted):
            outcome.changed = outcome.confirmed = True
            return True
        if not seen.running:
            outcome.changed = True  # as far as anybody can tell
            raise self._not_running_error()
        if seen.recording is RecordingState.UNKNOWN:
            raise self._unknown_outcome(doubt)
        self._patience.spend(time.monotonic() - began)
        if not self._client.throttle.pause(self._patience, backoff(0)):
            doubt.waited = self._patience.waited
            raise doubt
        return False

    def _confirm(self) -> None:
        """After an accepted request, wait until the state is seen. Raises MeetingError `unconfirmed` or `ended`."""
        outcome, order = self.outcome, self._order
        outcome.after = Snapshot(meeting=outcome.before.meeting)
        if not order.wait or order.live_state is LiveState.IGNORE or self._live is None:
            outcome.reason = self._why_not_seen()
            return
        try:
            seen = self._watch(time.monotonic() + order.wait_timeout)
        except MeetingError as error:
            seen = outcome.after
            self._why_unknown = error
        outcome.after = seen
        if seen.is_(order.wanted):
            outcome.confirmed = True
        elif not seen.running:
            raise self._not_running_error()
        elif outcome.before.recording is not RecordingState.UNKNOWN or seen.recording is not RecordingState.UNKNOWN:
            raise self._unconfirmed_error()
        else:
            outcome.reason = self._why_not_seen()

    # Words

    def _tried(self) -> str:
        """Return what the order is about."""
        if self._order.wanted is RecordingState.UNKNOWN:
            return f"Could not read the live state of meeting {self._order.conference_id}"
        verb = "start" if self._order.wanted is RecordingState.STARTED else "stop"
        return f"Could not {verb} the recording of meeting {self._order.conference_id}"

    def _expected(self) -> Snapshot:
        """Return what a real run would report, for check mode: the state only where it would be seen."""
        order, before = self._order, self.outcome.before
        seen = order.wait and before.recording is not RecordingState.UNKNOWN
        return Snapshot(order.wanted if seen else RecordingState.UNKNOWN, before.meeting)

    def _why_not_seen(self) -> str:
        """Return why the effect of an accepted request is not seen. It gives no advice: sending again may do harm."""
        order, why = self._order, self._why_unknown
        if order.live_state is LiveState.IGNORE:
            return "`live_state: ignore` does not read the live state."
        reasons = [f"{why.operation or 'The live state could not be read'}: {why.detail}."] if why is not None else []
        if (not order.wait or not order.wait_timeout) and (self._live is not None or not reasons):
            option = "wait_timeout: 0" if order.wait else "wait: false"
            reasons.append(f"`{option}` does not wait until the new state is seen.")
        return " ".join(reasons) or "The service pushed no usable recording state."

    def _warn_of_blind_write(self) -> None:
        """Warn when the request is sent without knowing the state, unless the user asked for just that."""
        blind = self.outcome.before.recording is RecordingState.UNKNOWN
        if blind and self._order.live_state is LiveState.AUTO:
            sent = "would be sent" if self._order.check else "is sent"
            why = self._unreadable_error(_WAY_OUT)
            self.outcome.warnings.append(
                f"{why} The request {sent} without knowing whether the meeting is being recorded, "
                "and reported as a change."
            )

    def _unreadable_error(self, advice: str = "") -> MeetingError:
        """Return why the state is unknown."""
        error = self._why_unknown or MeetingError(
            Kind.UNCONFIRMED, "the live state could not be read in time", "Try again", operation=self._tried()
        )
        self.advise(error)
        if self._order.check:  # nothing is sent, so it is no way out
            advice = ""
        if advice not in error.hint:  # all meetings of a batch may have the error of one sign-in
            error.hint = f"{error.hint}; {advice}"
        return error

    def _not_running_error(self) -> MeetingError:
        """Return why a recording cannot be had of a meeting that is not running."""
        if self._why_not_running is not None:
            self._why_not_running.operation = self._tried()
            return self._why_not_running
        ended = self.outcome.after.meeting is MeetingPhase.ENDED
        return MeetingError(
            Kind.ENDED if ended else Kind.NOT_STARTED,
            "the meeting is over" if ended else "the meeting has not begun",
            "Use the ID of a running meeting" if ended else "Run this task once the meeting has begun",
            operation=self._tried(),
            request_id=self.outcome.request_id,
            recovery=Recovery.FAIL if ended else Recovery.RETRY_LATER,
        )

    def _unconfirmed_error(self) -> MeetingError:
        """Return the failure of a request that was accepted but not seen to work in time."""
        order = self._order
        why = f" ({self._why_unknown.detail})" if self._why_unknown is not None else ""
        return MeetingError(
            Kind.UNCONFIRMED,
            f"the service accepted the request, but the recording was not seen to be {order.wanted.value} within "
            f"{order.wait_timeout:g} s{why}",
            "It may still be on its way: run the task again to see, or raise `wait_timeout`",
            operation=f"Could not confirm the recording of meeting {order.conference_id}",
            request_id=self.outcome.request_id,
            recovery=Recovery.RETRY_LATER,
        )

    def _unknown_outcome(self, doubt: MeetingError) -> MeetingError:
        """Return the failure of a request of which nobody can say whether it was carried out."""
        self.outcome.changed = True
        self.outcome.after = Snapshot(meeting=self.outcome.before.meeting)
        why = f"; then the live state could not be read ({self._why_unknown.detail})" if self._why_unknown else ""
        return MeetingError(
            Kind.UNKNOWN_OUTCOME,
            f"{doubt.detail}{why}, so the request may or may not have been carried out",
            "Look at the meeting before you send it again: each start may open a new film segment",
            operation=doubt.operation,
            code=doubt.code,
            http_status=doubt.http_status,
            request_id=doubt.request_id,
            recovery=Recovery.FAIL,
        )

    def defect(self, defect: Exception) -> MeetingError:
        """Return the failure for an exception that nobody foresaw; its text may hold anything, so it is not told."""
        fate = "nothing was sent"
        if self._sent:
            self.outcome.changed = True
            self.outcome.after = Snapshot(meeting=self.outcome.before.meeting)
            fate = "the request may or may not have been carried out"
        return MeetingError(
            Kind.UNKNOWN_OUTCOME if self._sent else Kind.SERVICE,
            f"unexpected {type(defect).__name__} in {_place(defect)}; {fate}",
            "This is a defect of the collection: please report it",
            operation=self._tried(),
        )

    @staticmethod
    def _may_pass(error: MeetingError | None) -> bool:
        """Return whether reading the state again may succeed."""
        return error is None or error.recovery in (Recovery.VERIFY, Recovery.RETRY, Recovery.RETRY_LATER)


def _refuses_token(error: MeetingError) -> bool:
    """Return whether a call that carries a token but no password was refused because of the token.

    What an expired token gives is undocumented; "ID or password wrong" on such a call can mean nothing else.
    """
    return error.recovery is Recovery.REAUTHENTICATE or error.code.endswith("111072065")


def _place(defect: Exception) -> str:
    """Return the innermost place of an exception as `file:line`."""
    trace = defect.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
