# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module ends: with what became of its meetings, or with a failure, in the same shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.module_utils.basic import missing_required_lib

from .._core.errors import Failure, Kind
from .._core.options import CREDENTIALS
from .._core.result import (
    RecordingResult,
    batch_diff,
    batch_state_values,
    batch_values,
    diff,
    nothing_done,
    recording_values,
)
from .._service.clock import utc_now
from .masking import MeetingModule


def exit_with(module: MeetingModule, result: RecordingResult) -> None:
    """End the module with what became of its meeting."""
    _warn(module, result.warnings)
    _end(module, recording_values(result), diff(result), result.failed)


def exit_with_all(module: MeetingModule, told: Sequence[RecordingResult]) -> None:
    """End the module with what became of its meetings."""
    warnings = [warning for result in told for warning in result.warnings]
    if warnings:
        more = f" There are {len(warnings)} such warnings, this is the first." if len(warnings) > 1 else ""
        _warn(module, [f"{warnings[0]}{more}"])
    _end(module, batch_values(told), batch_diff(told), any(result.failed for result in told))


def exit_with_values(module: MeetingModule, values: Mapping[str, Any], warnings: Sequence[str] = ()) -> None:
    """End a module that changes nothing with its return values."""
    _warn(module, warnings)
    module.exit_json(changed=False, **values)


def exit_with_states(module: MeetingModule, results: Sequence[RecordingResult]) -> None:
    """End the module with the states of its meetings."""
    module.exit_json(**batch_state_values(results))


def fail_for_missing(module: MeetingModule, package: str, reason: str | None, trace: str) -> None:
    """End the module because a Python package is missing, in Ansible's own words."""
    failure = Failure(Kind.USAGE, f"{package} is missing", "Install it for the Python that runs the module")
    fail(module, failure, msg=missing_required_lib(package, reason), exception=trace)


def fail(module: MeetingModule, failure: Failure, **more: Any) -> None:
    """End the module with a failure that concerns all of it, in the shape of any other.

    `more` are values that this failure has, or has in other words.
    """
    for meeting in module.params.get("meetings") or ():
        module.secrets.add(*(meeting[name] or "" for name in CREDENTIALS))
    values, changes = nothing_done(module.argument_spec, module.params, failure, utc_now())
    _end(module, {**values, **more}, changes, failed=True)


def _warn(module: MeetingModule, warnings: Sequence[str]) -> None:
    """Warn."""
    for warning in warnings:
        module.warn(warning)


def _end(module: MeetingModule, values: Mapping[str, Any], changes: dict[str, Any], failed: bool) -> None:
    """End the module with its return values, and its diff where one was asked for."""
    told = {**values, "diff": changes} if module._diff and changes else dict(values)
    if failed:
        module.fail_json(**told)
    module.exit_json(**told)
