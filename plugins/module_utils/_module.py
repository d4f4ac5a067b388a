# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible side: argument specifications, check mode, warnings, masking, and how a module ends.

The only room that knows `AnsibleModule`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
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
from ._state import LiveState, Outcome, Recording, diff, result


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
    values = module.params
    given = Order(
        conference_id=values["conference_id"].strip(),
        wanted=Recording(values["state"]),
        token=raw_token(values["token"] or ""),
        host_password=values["host_password"] or "",
        live_state=LiveState(values["live_state"]),
        wait=values["wait"],
        wait_timeout=values["wait_timeout"],
        retry_timeout=values["retry_timeout"],
        check=module.check_mode,
    )
    module.no_log_values |= masks(given.token, given.host_password, *_credentials_in(values["api_url"]))
    problem = problem_with_connection(values) or problem_with_meeting(
        given.conference_id, given.token, given.host_password
    )
    if problem:
        _fail_before_sending(module, given, MeetingError(Kind.USAGE, problem, "Nothing was sent"))
    return given


@contextmanager
def client(module: AnsibleModule, about: Order) -> Iterator[Client]:
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
            )
        )
    except MeetingError as error:
        _fail_before_sending(module, about, error)
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
    values = result(outcome)
    if module._diff:
        values["diff"] = diff(outcome)
    if outcome.failed:
        module.fail_json(**values)
    module.exit_json(**values)


def _fail_for_missing(module: AnsibleModule, package: str, reason: str | None, trace: str) -> None:
    """End the module because a Python package is missing, in Ansible's own words."""
    error = MeetingError(Kind.USAGE, f"{package} is missing", "Install it for the Python that runs the module")
    module.fail_json(msg=missing_required_lib(package, reason), exception=trace, error=error.record())


def _fail_before_sending(module: AnsibleModule, about: Order, error: MeetingError) -> None:
    """End the module with an error found before anything was sent, in the shape of any other failure."""
    outcome = Outcome(about.conference_id, about.wanted, msg=str(error), error=error.record())
    finish(module, outcome)


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
