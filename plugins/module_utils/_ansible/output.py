# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module ends: with what became of its meetings, or with a failure, in the same shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.module_utils.basic import missing_required_lib

from .._core.errors import Failure, Kind
from .._core.meeting import RecordingState
from .._core.options import CREDENTIALS, meeting_id
from .._core.result import (
    RecordingResult,
    batch_diff,
    batch_state_values,
    batch_values,
    diff,
    recording_values,
)
from .._core.secrets import learnt, mask, masked, secret_forms
from .._core.target import Target
from .._service.recorder import now
from .masking import MeetingModule


def exit_with(module: MeetingModule, result: RecordingResult) -> None:
    """End the module with what became of its meeting."""
    # Tokens learnt on the way are masked like those that were given, wherever they might turn up.
    module.secrets |= learnt(result.secrets, result.passwords)
    _warn(module, result.warnings)
    _end(module, recording_values(result), diff(result), result.failed)


def exit_with_all(module: MeetingModule, targets: Sequence[Target], results: Sequence[RecordingResult]) -> None:
    """End the module with what became of its meetings."""
    told = _masked(targets, results)
    warnings = [warning for result in told for warning in result.warnings]
    if warnings:
        more = f" There are {len(warnings)} such warnings, this is the first." if len(warnings) > 1 else ""
        _warn(module, [f"{warnings[0]}{more}"])
    _end(module, batch_values(told), batch_diff(told), any(result.failed for result in told))


def exit_with_values(module: MeetingModule, values: Mapping[str, Any], warnings: Sequence[str] = ()) -> None:
    """End a module that changes nothing with its return values."""
    _warn(module, warnings)
    module.exit_json(changed=False, **values)


def exit_with_states(module: MeetingModule, targets: Sequence[Target], results: Sequence[RecordingResult]) -> None:
    """End the module with the states of its meetings."""
    module.exit_json(**batch_state_values(_masked(targets, results)))


def fail_for_missing(module: MeetingModule, package: str, reason: str | None, trace: str) -> None:
    """End the module because a Python package is missing, in Ansible's own words."""
    failure = Failure(Kind.USAGE, f"{package} is missing", "Install it for the Python that runs the module")
    fail(module, failure, msg=missing_required_lib(package, reason), exception=trace)


def fail(module: MeetingModule, failure: Failure, **more: Any) -> None:
    """End the module with a failure that concerns all of it, in the shape of any other.

    `more` are values that this failure has, or has in other words.
    """
    values = module.params
    told: dict[str, Any] = {"msg": str(failure), "error": failure.as_dict(), **more}
    if "meetings" in values:
        nothing = batch_values([]) if "state" in values else batch_state_values([])
        secrets = [meeting[name] for meeting in values["meetings"] for name in CREDENTIALS if meeting[name]]
        module.secrets |= secret_forms(*secrets)
        module.fail_json(**{**nothing, **told})
    if "state" not in values:
        module.fail_json(**told)
    wanted = RecordingState(values["state"])
    result = RecordingResult(meeting_id(values["conference_id"]), wanted, at=now(), failure=failure)
    _end(module, {**recording_values(result), **told}, diff(result), failed=True)


def _warn(module: MeetingModule, warnings: Sequence[str]) -> None:
    """Warn."""
    for warning in warnings:
        module.warn(warning)


def _masked(targets: Sequence[Target], results: Sequence[RecordingResult]) -> list[RecordingResult]:
    """Return results with the secrets of each meeting masked in what is told about it.

    To look for each of them in each text of the result would take seconds for a thousand meetings. The words about a
    meeting come from its own answers, so that is where its secrets are masked.
    """
    return [_masked_one(target, result) for target, result in zip(targets, results)]


def _masked_one(target: Target, result: RecordingResult) -> RecordingResult:
    """Return the result of one meeting with its secrets masked."""
    forms = secret_forms(target.token, target.host_password) | learnt(result.secrets, result.passwords)
    return result.masked(lambda text: mask(text, forms), lambda made_up: masked(made_up, forms, "request_id"))


def _end(module: MeetingModule, values: Mapping[str, Any], changes: dict[str, Any], failed: bool) -> None:
    """End the module with its return values, and its diff where one was asked for."""
    told = {**values, "diff": changes} if module._diff else dict(values)
    if failed:
        module.fail_json(**told)
    module.exit_json(**told)
