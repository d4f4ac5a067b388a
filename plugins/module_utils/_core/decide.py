# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do next about one recording: what may be concluded from which answer, and when a write may be repeated.

The theory

No call of the REST API tells whether a meeting is being recorded. What does is the live channel of the meeting: after a
subscription the service pushes `recState`. So there are two sources, and they say different things.

*A push* is knowledge. `started` or `stopped` was so when it was pushed. A channel can be silent, may not be there, and
may end; then nothing is known, and "unknown" is an answer of its own. It never counts as what was wanted.

*The answer to a write* is not knowledge about the recording. What it can say:

    accepted            the request arrived and will be carried out, some seconds later, by a recorder that can still
                        fail. Only a push shows that it was.
    refused             nothing was carried out (4xx with a code). The recording is as it was.
    refused, over       a meeting that is over or has not begun is not being recorded. Who wants it stopped has it so.
    of unknown fate     no answer, or a 5xx, or an answer that nobody understands: the request may have been carried
                        out, or may still be. This is the difficult one.

A write must not be repeated at random, because a second start may open a second film segment, and a start that is late
may undo somebody's stop. It is repeated without asking in one case: when it surely never arrived (no byte was sent, or
the gateway turned it away). That is the affair of the HTTP shell, and the same for all calls. After an unknown fate
there are only these ways:

    look, and it is as wanted       it was carried out, by us or by somebody else: a success
    look, and it is not, for as     it was not carried out. Recorders that take longer than `wait_timeout` are the gap
    long as a recorder may take     in this argument; it is the user's to widen
    look, and nothing can be seen   nobody can say: `unknown_outcome`, changed, and never sent again by us
    no look possible                the same

Before each sending, what the open channel has said in the meantime is taken in: another run, or a host, may have seen
to it since. And each run listens for a moment of its own length first, because runs that a schedule begins at the same
time would otherwise all find the same state and all send.

*Changed* is what we may have brought about: an accepted request, or one of unknown fate, even where nobody saw it.
*Confirmed* is what was seen. A result that is neither confirmed nor failed was sent blindly, as the user allowed.

The functions below are the table of all this. Nothing here waits, sends or reads a clock.
"""

from __future__ import annotations

from enum import Enum

from .errors import Failure, Recovery
from .meeting import RecordingState, Snapshot
from .target import LiveState


class Step(Enum):
    """What to do next about one meeting."""

    DONE = "it is as wanted, and was seen to be"
    WRITE = "send the request"
    WAIT = "the request was accepted: wait until it is seen"
    LOOK = "the request may have been carried out: look whether it was"
    UNSEEN = "the request was accepted, and nobody can see what it did: report just that"
    REFUSED = "fail with what came back"
    NOT_RUNNING = "fail: a meeting that is not running cannot be recorded"
    UNREADABLE = "fail: the state was required but could not be read"
    UNCONFIRMED = "fail: the request was accepted, but is not seen to have worked"
    UNKNOWN_OUTCOME = "fail: nobody can say whether the request was carried out"


def plan(now: Snapshot, wanted: RecordingState, live_state: LiveState) -> Step:
    """Return the step from what is known to what is wanted, before anything was sent."""
    if now.is_(wanted):
        return Step.DONE
    if not now.running:
        return Step.NOT_RUNNING
    if now.recording is RecordingState.UNKNOWN and live_state is LiveState.REQUIRED:
        return Step.UNREADABLE
    return Step.WRITE


def after_write(failure: Failure | None, wanted: RecordingState, *, can_see: bool, can_look: bool) -> Step:
    """Return the step after a request was sent; `failure` is None where it was accepted.

    `can_see` tells whether the live channel is open and the user wants to wait for it, `can_look` whether the state can
    be read anew, for as long as a recorder may take.
    """
    if failure is not None and failure.meeting and wanted is RecordingState.STOPPED:
        return Step.DONE
    if failure is None or failure.recovery is Recovery.ACCEPTED:
        return Step.WAIT if can_see else Step.UNSEEN
    if failure.recovery is not Recovery.VERIFY:
        return Step.REFUSED
    return Step.LOOK if can_look else Step.UNKNOWN_OUTCOME


def after_look(seen: Snapshot, wanted: RecordingState) -> Step:
    """Return the step after a look at what a request of unknown fate has done."""
    if seen.is_(wanted):
        return Step.DONE
    if not seen.running:
        return Step.NOT_RUNNING
    return Step.UNKNOWN_OUTCOME if seen.recording is RecordingState.UNKNOWN else Step.WRITE


def after_wait(before: Snapshot, seen: Snapshot, wanted: RecordingState) -> Step:
    """Return the step after waiting for what an accepted request has done.

    Who knew nothing before, and sees nothing now, is where blind sending leads to; who has once seen the state must see
    it change.
    """
    if seen.is_(wanted):
        return Step.DONE
    if not seen.running:
        return Step.NOT_RUNNING
    blind = before.recording is RecordingState.UNKNOWN and seen.recording is RecordingState.UNKNOWN
    return Step.UNSEEN if blind else Step.UNCONFIRMED


def foretold(before: Snapshot, wanted: RecordingState, wait: bool) -> Snapshot:
    """Return what a real run would report after it has sent something: the state only where it would be seen."""
    seen = wait and before.recording is not RecordingState.UNKNOWN
    return Snapshot(wanted if seen else RecordingState.UNKNOWN, before.meeting)
