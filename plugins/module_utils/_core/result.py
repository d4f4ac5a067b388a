# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of one meeting, and of many, as modules return it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from .errors import ErrorDict, Failure
from .meeting import RecordingState, Snapshot
from .options import meeting_id
from .secrets import Secrets

# How many failed meetings the message of a batch tells in full.
_NAMED = 3


class _Told(TypedDict, total=False):
    """What a result has only where there is something to tell."""

    msg: str
    error: ErrorDict
    reason: str


class RecordingDict(_Told):
    """The return values of one meeting whose recording was to be started or stopped. `at` is ISO 8601 in UTC."""

    changed: bool
    conference_id: str
    state: str
    previous_state: str
    confirmed: bool
    meeting: str
    request_id: str
    at: str


class StateDict(_Told):
    """The return values of one meeting whose state was only read; unknown comes with the reason."""

    conference_id: str
    state: str
    meeting: str
    at: str


@dataclass(frozen=True)
class RecordingResult:
    """What became of one meeting.

    `at` is when the state was last seen or the failure happened, ISO 8601 in UTC. `reason` is why the effect of a
    request that was accepted is not seen.
    """

    conference_id: str
    wanted: RecordingState
    before: Snapshot = field(default_factory=Snapshot)
    after: Snapshot = field(default_factory=Snapshot)
    changed: bool = False
    confirmed: bool = False
    request_id: str = ""
    at: str = ""
    reason: str = ""
    failure: Failure | None = None
    warnings: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the meeting is not as wanted, or nobody can tell."""
        return self.failure is not None

    @property
    def msg(self) -> str:
        """The failure as a sentence, `""` where there is none."""
        return str(self.failure) if self.failure is not None else ""

    @property
    def error(self) -> ErrorDict | None:
        """The failure for programs, None where there is none."""
        return self.failure.as_dict() if self.failure is not None else None

    def masked(self, secrets: Secrets) -> RecordingResult:
        """Return this result with secrets masked in its words, and in what the service made up."""
        return replace(
            self,
            failure=None if self.failure is None else masked_failure(self.failure, secrets),
            reason=secrets.mask(self.reason),
            request_id=secrets.mask_made_up(self.request_id),
            warnings=tuple(secrets.mask(warning) for warning in self.warnings),
        )


def masked_failure(failure: Failure, secrets: Secrets) -> Failure:
    """Return a failure with secrets masked in its words, and in what the service made up."""
    return failure.but(
        detail=secrets.mask(failure.detail),
        hint=secrets.mask(failure.hint),
        operation=secrets.mask(failure.operation),
        code=secrets.mask_made_up(failure.code),
        request_id=secrets.mask_made_up(failure.request_id),
    )


def recording_values(result: RecordingResult) -> RecordingDict:
    """Return the public return values of one meeting, without its warnings and secrets."""
    values: RecordingDict = {
        "changed": result.changed,
        "conference_id": result.conference_id,
        "state": result.after.recording.value,
        "previous_state": result.before.recording.value,
        "confirmed": result.confirmed,
        "meeting": result.after.meeting.value,
        "request_id": result.request_id,
        "at": result.at,
    }
    if result.error is not None:
        values["msg"], values["error"] = result.msg, result.error
    elif result.reason:
        values["reason"] = result.reason
    return values


def state_values(result: RecordingResult) -> StateDict:
    """Return the public return values of one meeting whose state was only read."""
    values: StateDict = {
        "conference_id": result.conference_id,
        "state": result.after.recording.value,
        "meeting": result.after.meeting.value,
        "at": result.at,
    }
    if result.error is not None:
        values["msg"], values["error"] = result.msg, result.error
    return values


def batch_state_values(results: Sequence[RecordingResult]) -> dict[str, object]:
    """Return the public return values of many meetings whose state was only read, in the order given."""
    states = Counter(result.after.recording for result in results)
    return {
        "changed": False,
        "results": [state_values(result) for result in results],
        "summary": {"total": len(results), **{state.value: states[state] for state in RecordingState}},
    }


def batch_values(results: Sequence[RecordingResult]) -> dict[str, object]:
    """Return the public return values of many meetings, in the order given, without their warnings and secrets."""
    failed = [result for result in results if result.failed]
    values: dict[str, object] = {
        "changed": any(result.changed for result in results),
        "results": [{**recording_values(result), "failed": result.failed} for result in results],
        "summary": {
            "total": len(results),
            "changed": sum(result.changed and not result.failed for result in results),
            "unchanged": sum(not result.changed and not result.failed for result in results),
            "failed": len(failed),
        },
        "failed_conference_ids": [result.conference_id for result in failed],
    }
    if failed:
        values["msg"] = _batch_message(failed, len(results))
    return values


def _batch_message(failed: Sequence[RecordingResult], total: int) -> str:
    """Return how many meetings failed, of which kinds, and the first few in full."""
    kinds = Counter(result.failure.kind.value for result in failed if result.failure)
    counts = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    first = " ".join(result.msg for result in failed[:_NAMED])
    more = f" And {len(failed) - _NAMED} more, see `results`." if len(failed) > _NAMED else ""
    return f"{len(failed)} of {total} meetings failed ({counts}). {first}{more}"


def batch_diff(results: Sequence[RecordingResult]) -> dict[str, dict[str, str]]:
    """Return Ansible's before/after of many meetings: those that change, each with its recording state."""
    changes = {result.conference_id: diff(result) for result in results if result.changed}
    return {side: {name: change[side]["recording"] for name, change in changes.items()} for side in ("before", "after")}


def diff(result: RecordingResult) -> dict[str, dict[str, str]]:
    """Return Ansible's before/after of one meeting.

    The after side is the state that was asked for, so that check run and real run show the same; whether it was seen
    is what `state` and `confirmed` of the result say.
    """
    before = result.before.recording
    after = result.wanted if result.changed else before
    return {
        side: {"conference_id": result.conference_id, "recording": recording.value}
        for side, recording in (("before", before), ("after", after))
    }


def nothing_done(
    names: Collection[str], values: Mapping[str, Any], failure: Failure, at: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the return values and the diff of a module that failed before any meeting was tried.

    `names` are those of its options, `values` what was given, as far as it is known.
    """
    told: dict[str, Any] = {"msg": str(failure), "error": failure.as_dict()}
    if "meetings" in names:
        nothing = batch_values([]) if "state" in names else batch_state_values([])
        return {**nothing, **told}, {}
    if "state" not in names:
        return told, {}
    known = {state.value: state for state in RecordingState}
    wanted = known.get(str(values.get("state")), RecordingState.UNKNOWN)
    result = RecordingResult(meeting_id(str(values.get("conference_id") or "")), wanted, at=at, failure=failure)
    return {**recording_values(result)}, {**diff(result)}
