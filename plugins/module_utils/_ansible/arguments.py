# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module was given: its argument specification, and checked targets and settings made of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleFallbackNotFound

from .._core.errors import Failure, Kind
from .._core.meeting import RecordingState
from .._core.options import (
    CREDENTIALS,
    MODULES,
    Option,
    environment_variable,
    has_enterprise,
    meeting_id,
    problem_with_connection,
    problem_with_enterprise,
    problem_with_meeting,
    problem_without_enterprise,
)
from .._core.retry import RetryBudget
from .._core.secrets import raw_token
from .._core.target import LiveState, Settings, Target
from .._service.client import REQUESTS_IMPORT_ERROR
from .._service.sockets import problem_with_ca
from .._service.websocket import WEBSOCKET_IMPORT_ERROR
from .masking import MeetingModule
from .output import fail, fail_for_missing


def recording_module(name: str) -> MeetingModule:
    """Return the module object of a module that starts or stops recordings, by the module's name.

    Ends the module where a required Python package is missing.
    """
    module = new_module(name)
    if module.params["live_state"] == "required":
        _require_live_state(module, "live_state=required")
    return module


def reading_module(name: str) -> MeetingModule:
    """Return the module object of a module that reads recording states; ends the module as `recording_module` does."""
    module = new_module(name)
    _require_live_state(module, "the live state")
    return module


def enterprise_module(name: str) -> MeetingModule:
    """Return the module object of a module that needs the enterprise's sign-in.

    Ends the module where that, or a required Python package, is missing.
    """
    module = new_module(name)
    check(module, problem_without_enterprise(module.params))
    return module


def budget(module: MeetingModule) -> RetryBudget:
    """Return how long the module may wait for throttling and passing faults."""
    return RetryBudget(module.params["retry_timeout"])


def new_module(name: str) -> MeetingModule:
    """Return the module object of a module; ends the module where a required Python package is missing."""
    module = MeetingModule({option: _specification(option, entry) for option, entry in MODULES[name].items()})
    if REQUESTS_IMPORT_ERROR is not None:
        fail_for_missing(module, "requests", None, REQUESTS_IMPORT_ERROR)
    return module


def _require_live_state(module: MeetingModule, reason: str) -> None:
    """End the module where the package is missing with which the live state is read."""
    if WEBSOCKET_IMPORT_ERROR is not None:
        fail_for_missing(module, "websocket-client", f"for {reason}", WEBSOCKET_IMPORT_ERROR)


def target(module: MeetingModule) -> Target:
    """Return the checked target of a module about one meeting; ends the module with kind `usage` for bad input."""
    given = _target(module.params)
    check(module, _problem_with(module, given))
    return given


def settings(module: MeetingModule) -> Settings:
    """Return how the meetings of a module are treated. A module that only reads has not all of the options."""
    values = module.params
    waiting: dict[str, Any] = {name: values[name] for name in ("wait", "wait_timeout") if name in values}
    if "live_state" in values:
        waiting["live_state"] = LiveState(values["live_state"])
    return Settings(retry_timeout=values["retry_timeout"], check=module.check_mode, **waiting)


def check(module: MeetingModule, problem: str = "") -> None:
    """End the module with kind `usage` where the connection, the sign-in, or something else is a `problem`."""
    values = module.params
    problem = (
        module.problem
        or problem_with_connection(values)
        or problem_with_ca(values["ca_path"])
        or problem_with_enterprise(values)
        or problem
    )
    if problem:
        fail(module, Failure(Kind.USAGE, problem, "Nothing was sent"))


def targets(module: MeetingModule) -> list[Target]:
    """Return the checked targets of a module about many meetings; ends the module with kind `usage` for bad input.

    A module without `state` wants nothing of its meetings, and only reads.
    """
    values = module.params
    check(module)
    given: list[Target] = []
    seen: dict[str, int] = {}
    for number, meeting in enumerate(values["meetings"], start=1):
        # A meeting with a credential of its own does not use those of the whole task.
        own = meeting if any(meeting[name] for name in CREDENTIALS) else values
        credentials = {name: own[name] for name in CREDENTIALS}
        state = (meeting["state"] or values["state"]) if "state" in values else RecordingState.UNKNOWN
        one = _target({**meeting, **credentials, "state": state or RecordingState.UNKNOWN})
        first = seen.setdefault(one.conference_id, number)
        if first != number:
            problem = f"`conference_id` {one.conference_id[:40]!r} is there already, in meeting {first}"
        elif not state:
            problem = "`state` is missing; give it to the meeting or to the whole task"
        else:
            problem = _problem_with(module, one)
        if problem:
            check(module, f"Meeting {number} of {len(values['meetings'])}: {problem}")
        given.append(one)
    return given


def _target(meeting: Mapping[str, Any]) -> Target:
    """Return the target for one meeting, not checked yet."""
    return Target(
        meeting_id(meeting["conference_id"]),
        RecordingState(meeting.get("state", RecordingState.UNKNOWN)),
        token=raw_token(meeting.get("token") or ""),
        host_password=meeting.get("host_password") or "",
    )


def _problem_with(module: MeetingModule, given: Target) -> str:
    """Return why a meeting cannot be addressed, `""` if it can."""
    enterprise = has_enterprise(module.params)
    return problem_with_meeting(given.conference_id, given.token, given.host_password, enterprise)


def _from_environment(variable: str) -> str:
    """Return the value of an environment variable; an empty one, as job templates leave it, counts as not set."""
    value = os.environ.get(variable)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def _specification(name: str, option: Option) -> dict[str, Any]:
    """Return one entry of an argument specification."""
    entry: dict[str, Any] = {"type": option.type}
    if option.options is not None:
        entry["elements"] = "dict"
        entry["options"] = {key: _specification(key, one) for key, one in option.options.items()}
    if option.environment:
        entry["fallback"] = (_from_environment, [environment_variable(name)])
    if option.required:
        entry["required"] = True
    if option.default is not None:
        entry["default"] = option.default
    if option.choices:
        entry["choices"] = list(option.choices)
    if option.secret or (option.type == "str" and option.environment):
        entry["no_log"] = option.secret
    return entry
