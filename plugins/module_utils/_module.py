# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible side: argument specifications, check mode, warnings, masking, and how a module ends.

The only room that knows `AnsibleModule`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ansible.module_utils.basic import AnsibleFallbackNotFound, AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import remove_values

from ._client import REQUESTS_IMPORT_ERROR, Client, Connection
from ._errors import Kind, MeetingError
from ._live import WEBSOCKET_IMPORT_ERROR
from ._options import (
    CONNECTION,
    CREDENTIALS,
    WAITING,
    Option,
    environment_variable,
    masks,
    problem_with_connection,
    problem_with_meeting,
    raw_token,
)
from ._recorder import Order
from ._state import LiveState, Outcome, Recording, batch_diff, batch_result, diff, result

# Ansible's own word for a value that it masked.
_MASKED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def recording_module(own: dict[str, dict[str, Any]]) -> AnsibleModule:
    """Return the module object of a recording module.

    `own` are the options of this module alone; connection, credentials and waiting are the family's.
    Ends the module where a required Python package is missing.
    """
    spec = {
        **own,
        **{name: _specification(name, option) for name, option in {**CONNECTION, **CREDENTIALS, **WAITING}.items()},
        "live_state": {"type": "str", "default": "auto", "choices": [choice.value for choice in LiveState]},
        "wait": {"type": "bool", "default": True},
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    if REQUESTS_IMPORT_ERROR is not None:
        _fail_for_missing(module, "requests", None, REQUESTS_IMPORT_ERROR)
    if WEBSOCKET_IMPORT_ERROR is not None and module.params["live_state"] == "required":
        _fail_for_missing(module, "websocket-client", "for live_state=required", WEBSOCKET_IMPORT_ERROR)
    return module


def order(module: AnsibleModule) -> Order:
    """Return the checked order of a module about one meeting; ends the module with kind `usage` for bad input."""
    given = _order(module, module.params)
    module.no_log_values |= masks(*_shared_secrets(module))
    problem = problem_with_connection(module.params) or _problem_with(given)
    if problem:
        _fail_before_sending(module, MeetingError(Kind.USAGE, problem, "Nothing was sent"))
    return given


def orders(module: AnsibleModule) -> list[Order]:
    """Return the checked orders of a module about many meetings; ends the module with kind `usage` for bad input."""
    values = module.params
    module.no_log_values |= masks(*_shared_secrets(module))
    given: list[Order] = []
    seen: dict[str, int] = {}
    problem = problem_with_connection(values)
    if not problem and not 1 <= values["max_parallel"] <= 128:
        problem = f"`max_parallel` is {values['max_parallel']}, but must be between 1 and 128"
    for number, meeting in enumerate(() if problem else values["meetings"], start=1):
        # A meeting with a credential of its own does not use those of the whole task.
        own = meeting if any(meeting[name] for name in CREDENTIALS) else values
        credentials = {name: own[name] for name in CREDENTIALS}
        state = meeting["state"] or values["state"]
        one = _order(module, {**meeting, **credentials, "state": state or "stopped"})
        first = seen.setdefault(one.conference_id, number)
        if first != number:
            problem = f"`conference_id` {one.conference_id[:40]!r} is there already, in meeting {first}"
        elif not state:
            problem = "`state` is missing; give it to the meeting or to the whole task"
        else:
            problem = _problem_with(one)
        if problem:
            problem = f"Meeting {number} of {len(values['meetings'])}: {problem}"
            break
        given.append(one)
    if problem:
        _fail_before_sending(module, MeetingError(Kind.USAGE, problem, "Nothing was sent"))
    return given


@contextmanager
def client(module: AnsibleModule, parallel: int = 1) -> Iterator[Client]:
    """Provide the client of this run and close it; ends the module where its CA bundle cannot be loaded.

    Ctrl-C and SIGTERM end all waits and keep anything new from being sent, so that the module still reports what
    became of what was sent.
    """
    values = module.params
    try:
        opened = Client(
            Connection(
                api_url=values["api_url"],
                validate_certs=values["validate_certs"],
                ca_path=values["ca_path"],
                timeout=values["timeout"],
            ),
            parallel,
        )
    except MeetingError as error:
        _fail_before_sending(module, error)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_signal: opened.pace.interrupted.set())
    try:
        yield opened
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        opened.close()


def finish(module: AnsibleModule, outcome: Outcome) -> None:
    """End the module with what became of its meeting."""
    # Tokens learnt on the way are masked like those that were given, wherever they might turn up.
    module.no_log_values |= masks(*outcome.secrets)
    for warning in outcome.warnings:
        # From ansible-core 2.19 on, warnings are not masked with the result.
        module.warn(remove_values(warning, module.no_log_values))
    _end(module, result(outcome), diff(outcome), outcome.failed)


def finish_all(module: AnsibleModule, given: Sequence[Order], outcomes: Sequence[Outcome]) -> None:
    """End the module with what became of its meetings."""
    for one, outcome in zip(given, outcomes):
        secrets = masks(one.token, one.host_password, *outcome.secrets)
        outcome.msg = remove_values(outcome.msg, secrets)
        outcome.error = remove_values(outcome.error, secrets)
        outcome.warnings[:] = [remove_values(warning, secrets) for warning in outcome.warnings]
    _mask_meetings(module)
    warnings = [warning for outcome in outcomes for warning in outcome.warnings]
    if warnings:
        more = f" There are {len(warnings)} such warnings, this is the first." if len(warnings) > 1 else ""
        module.warn(remove_values(f"{warnings[0]}{more}", module.no_log_values))
    failed = any(outcome.failed for outcome in outcomes)
    _end(module, batch_result(outcomes), batch_diff(outcomes), failed)


def _mask_meetings(module: AnsibleModule) -> None:
    """Mask the credentials of the meetings in the input, which Ansible repeats with the result.

    Ansible itself would look for each of them in each text of the result, which takes seconds for a thousand meetings.
    The words about a meeting come from its own answers, so that is where its secrets are masked.
    """
    meetings = module.params["meetings"]
    module.no_log_values -= {meeting[name] for meeting in meetings for name in CREDENTIALS if meeting[name]}
    module.no_log_values |= masks(*_shared_secrets(module))
    for meeting in meetings:
        meeting.update({name: _MASKED for name in CREDENTIALS if meeting[name]})


def _shared_secrets(module: AnsibleModule) -> list[str]:
    """Return the secrets that were given to the whole task, and what an address wrongly holds."""
    values = module.params
    given = [values["token"] or "", raw_token(values["token"] or ""), values["host_password"] or ""]
    return [*given, *_credentials_in(values["api_url"])]


def _end(module: AnsibleModule, values: dict[str, Any], changes: dict[str, Any], failed: bool) -> None:
    """End the module with its return values, and its diff where one was asked for."""
    if module._diff:
        values["diff"] = changes
    if failed:
        module.fail_json(**values)
    module.exit_json(**values)


def _order(module: AnsibleModule, meeting: Mapping[str, Any]) -> Order:
    """Return the order for one meeting, not checked yet."""
    values = module.params
    return Order(
        conference_id=meeting["conference_id"].strip(),
        wanted=Recording(meeting["state"]),
        token=raw_token(meeting.get("token") or ""),
        host_password=meeting.get("host_password") or "",
        live_state=LiveState(values["live_state"]),
        wait=values["wait"],
        wait_timeout=values["wait_timeout"],
        retry_timeout=values["retry_timeout"],
        check=module.check_mode,
    )


def _problem_with(given: Order) -> str:
    """Return why an order cannot be carried out, `""` if it can."""
    return problem_with_meeting(given.conference_id, given.token, given.host_password)


def _fail_for_missing(module: AnsibleModule, package: str, reason: str | None, trace: str) -> None:
    """End the module because a Python package is missing, in Ansible's own words."""
    error = MeetingError(Kind.USAGE, f"{package} is missing", "Install it for the Python that runs the module")
    module.fail_json(msg=missing_required_lib(package, reason), exception=trace, error=error.record())


def _fail_before_sending(module: AnsibleModule, error: MeetingError) -> None:
    """End the module with an error found before anything was sent, in the shape of any other failure."""
    if "meetings" in module.params:
        _mask_meetings(module)
        module.fail_json(**{**batch_result([]), "msg": str(error), "error": error.record()})
    about = _order(module, module.params)
    finish(module, Outcome(about.conference_id, about.wanted, msg=str(error), error=error.record()))


def _credentials_in(address: str) -> list[str]:
    """Return what must not be shown of an address that wrongly carries credentials."""
    if "@" not in address:
        return []
    credentials = address.rpartition("@")[0].rpartition("://")[2]
    return [credentials, credentials.partition(":")[2]]


def _from_environment(variable: str) -> str:
    """Return the value of an environment variable; an empty one, as job templates leave it, counts as not set."""
    value = os.environ.get(variable)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def _specification(name: str, option: Option) -> dict[str, Any]:
    """Return one entry of an argument specification."""
    entry: dict[str, Any] = {"type": option.type, "fallback": (_from_environment, [environment_variable(name)])}
    if option.default is not None:
        entry["default"] = option.default
    if option.type == "str" or option.secret:
        entry["no_log"] = option.secret
    return entry
