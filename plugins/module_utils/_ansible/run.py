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
from ansible.module_utils.common.validation import check_type_dict

from .._core.errors import Kind, MeetingError
from .._core.options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    WAITING,
    Option,
    environment_variable,
    has_enterprise,
    is_unicode,
    meeting_id,
    problem_with_connection,
    problem_with_enterprise,
    problem_with_meeting,
    problem_with_text,
    problem_with_type,
    problem_without_enterprise,
)
from .._core.secrets import learnt, mask, masked, raw_token, secret_forms
from .._core.state import (
    LiveState,
    RecordingResult,
    RecordingState,
    batch_diff,
    batch_reading,
    batch_result,
    diff,
    result,
)
from .._service.account import Enterprise, SignIn
from .._service.http import REQUESTS_IMPORT_ERROR, Client, Connection, RetryBudget
from .._service.recorder import Order, now
from .._service.sockets import problem_with_ca
from .._service.websocket import WEBSOCKET_IMPORT_ERROR

# Ansible's own word for a value that it masked.
_MASKED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class _Module(AnsibleModule):
    """The module object of this collection: it looks at its arguments first, and masks its results by itself.

    Ansible masks each secret wherever its letters are found: with the password `art`, the state would be
    `st********ed`. `secrets` are all forms of what is masked here, by the rules of `masked`; `problem` is what is wrong
    with the arguments as they came.

    As long as it is not known what is secret, no argument is told: up to ansible-core 2.20, a list with an entry of the
    wrong type or an unknown key ends a module with all its arguments in clear.
    """

    params: dict[str, Any]
    no_log_values: set[str]
    _knows_secrets = False

    def __init__(self, argument_spec: dict[str, dict[str, Any]]) -> None:
        self.problem = ""
        self.secrets: set[str] = set()
        super().__init__(argument_spec=argument_spec, supports_check_mode=True)
        self.secrets |= secret_forms(*_shared_secrets(self.params))
        self._knows_secrets = True

    def _load_params(self) -> None:
        """Look at the arguments before Ansible makes texts of numbers, or stumbles over what is no Unicode.

        What is unusable makes way for something usable, so that Ansible comes to its end and we tell what was wrong.
        """
        super()._load_params()
        # What Ansible passes on for itself is no business of ours.
        own = {name: value for name, value in self.params.items() if name.startswith("_ansible_")}
        given = {name: value for name, value in self.params.items() if name not in own}
        given = {**self._from_environment(), **given}
        if isinstance(given.get("meetings"), list):
            given["meetings"] = [_as_dictionary(entry) for entry in given["meetings"]]
        self.problem = _problem_as_given(given)
        if self.problem:
            self.params = {**_usable(given, self.argument_spec), **own}

    def _from_environment(self) -> dict[str, str]:
        """Return the options for which environment variables stand in."""
        variables = {name: entry["fallback"][1][0] for name, entry in self.argument_spec.items() if "fallback" in entry}
        return {name: os.environ[variable] for name, variable in variables.items() if os.environ.get(variable)}

    def fail_json(self, msg: str, **values: Any) -> None:
        if not self._knows_secrets:
            values.setdefault("invocation", {})
            if msg.startswith("dictionary requested"):  # Ansible does not say where; there is one option of that kind
                msg = f"`meetings` must be a list of dictionaries, each with a conference_id: {msg}"
        super().fail_json(msg, **values)

    def warn(self, warning: str, **options: Any) -> None:
        """Warn, with secrets masked: from ansible-core 2.19 on, warnings are not masked with the result."""
        super().warn(mask(warning, self.secrets), **options)

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        """Return the result, masked. Should Ansible ever do without this method, it masks by itself again."""
        if self._knows_secrets:
            self.no_log_values = set()
            arguments = _arguments_told(self.params, self.argument_spec, self.secrets)
            kwargs = {**masked(kwargs, self.secrets), "invocation": {"module_args": arguments}}
        super()._return_formatted(kwargs)


def _arguments_told(
    arguments: Mapping[str, Any], specification: Mapping[str, dict[str, Any]], secrets: set[str]
) -> dict[str, Any]:
    """Return arguments without their secrets."""
    told: dict[str, Any] = {}
    for name, value in arguments.items():
        entry = specification.get(name, {})
        if entry.get("no_log"):
            told[name] = _MASKED if value else value
        elif isinstance(value, list) and "options" in entry:
            told[name] = [_arguments_told(one, entry["options"], secrets) for one in value]
        elif isinstance(value, str) and "choices" not in entry:
            told[name] = value if name == "conference_id" and value.isdigit() else mask(value, secrets)
        else:
            told[name] = value
    return told


def _as_dictionary(entry: Any) -> Any:
    """Return an entry of a list that was written as a text in the form that Ansible will give it."""
    if not isinstance(entry, str) or not is_unicode(entry):
        return entry
    try:
        return check_type_dict(entry)
    except (TypeError, ValueError):  # which Ansible will say
        return entry


def _problem_as_given(given: Mapping[str, Any]) -> str:
    """Return what is wrong with arguments as they came, `""` if nothing is."""
    ca_path = given.get("ca_path")
    if isinstance(ca_path, str):  # Ansible puts variables into it
        given = {**given, "ca_path": os.path.expanduser(os.path.expandvars(ca_path))}
    return problem_with_type(given) or problem_with_text(given)


def _usable(given: Mapping[str, Any], specification: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return arguments with something usable in the place of each that is not."""
    usable: dict[str, Any] = {}
    for name, value in given.items():
        entry = specification.get(name, {})
        if isinstance(value, list):
            options = entry.get("options", {})
            value = [_usable(one, options) if isinstance(one, Mapping) else _printable(one) for one in value]
        elif _problem_as_given({name: value}):
            instead = entry.get("choices", [_printable(str(value))])[0] if entry.get("required") else None
            value = entry.get("default", instead)
        usable[_printable(name)] = value
    return usable


def _printable(value: Any) -> Any:
    """Return a value, a text with question marks for what is no Unicode."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def recording_module(own: dict[str, dict[str, Any]]) -> _Module:
    """Return the module object of a module that starts or stops recordings.

    `own` are the options of this module alone; connection, credentials and waiting are the family's.
    Ends the module where a required Python package is missing.
    """
    waiting: dict[str, dict[str, Any]] = {
        "live_state": {"type": "str", "default": "auto", "choices": [choice.value for choice in LiveState]},
        "wait": {"type": "bool", "default": True},
    }
    module = _new_module({**own, **waiting}, {**CREDENTIALS, **ENTERPRISE, **WAITING})
    if module.params["live_state"] == "required":
        _require_live_state(module, "live_state=required")
    return module


def reading_module(own: dict[str, dict[str, Any]]) -> _Module:
    """Return the module object of a module that reads recording states; ends the module as `recording_module` does."""
    module = _new_module(own, {**CREDENTIALS, **ENTERPRISE})
    _require_live_state(module, "the live state")
    return module


def enterprise_module(own: dict[str, dict[str, Any]]) -> _Module:
    """Return the module object of a module that needs the enterprise's sign-in.

    Ends the module where that, or a required Python package, is missing.
    """
    module = _new_module(own, ENTERPRISE)
    check(module, problem_without_enterprise(module.params))
    return module


def token_module(own: dict[str, dict[str, Any]]) -> _Module:
    """Return the module object of a module that makes a control token; ends the module as `recording_module` does."""
    return _new_module(own, {"host_password": CREDENTIALS["host_password"], **ENTERPRISE})


def budget(module: _Module) -> RetryBudget:
    """Return how long the module may wait for throttling and passing faults."""
    return RetryBudget(module.params["retry_timeout"])


def _new_module(own: dict[str, dict[str, Any]], options: Mapping[str, Option]) -> _Module:
    """Return the module object of a module with options of its own, those of the table, and the connection's.

    Ends the module where a required Python package is missing.
    """
    table = {name: _specification(name, option) for name, option in {**CONNECTION, **options}.items()}
    module = _Module({**own, **table})
    if REQUESTS_IMPORT_ERROR is not None:
        _fail_for_missing(module, "requests", None, REQUESTS_IMPORT_ERROR)
    return module


def _require_live_state(module: _Module, reason: str) -> None:
    """End the module where the package is missing with which the live state is read."""
    if WEBSOCKET_IMPORT_ERROR is not None:
        _fail_for_missing(module, "websocket-client", f"for {reason}", WEBSOCKET_IMPORT_ERROR)


def order(module: _Module) -> Order:
    """Return the checked order of a module about one meeting; ends the module with kind `usage` for bad input."""
    given = _order(module, module.params)
    check(module, _problem_with(module, given))
    return given


def check(module: _Module, problem: str = "") -> None:
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
        _fail(module, MeetingError(Kind.USAGE, problem, "Nothing was sent"))


def orders(module: _Module) -> list[Order]:
    """Return the checked orders of a module about many meetings; ends the module with kind `usage` for bad input.

    A module without `state` wants nothing of its meetings, and only reads.
    """
    values = module.params
    given: list[Order] = []
    seen: dict[str, int] = {}
    problem = ""
    if not 1 <= values["max_parallel"] <= 128:
        problem = f"`max_parallel` is {values['max_parallel']}, but must be between 1 and 128"
    check(module, problem)
    for number, meeting in enumerate(values["meetings"], start=1):
        # A meeting with a credential of its own does not use those of the whole task.
        own = meeting if any(meeting[name] for name in CREDENTIALS) else values
        credentials = {name: own[name] for name in CREDENTIALS}
        state = (meeting["state"] or values["state"]) if "state" in values else RecordingState.UNKNOWN
        one = _order(module, {**meeting, **credentials, "state": state or RecordingState.UNKNOWN})
        first = seen.setdefault(one.conference_id, number)
        if first != number:
            problem = f"`conference_id` {one.conference_id[:40]!r} is there already, in meeting {first}"
        elif not state:
            problem = "`state` is missing; give it to the meeting or to the whole task"
        else:
            problem = _problem_with(module, one)
        if problem:
            problem = f"Meeting {number} of {len(values['meetings'])}: {problem}"
            break
        given.append(one)
    check(module, problem)
    return given


@contextmanager
def service(
    module: _Module, orders: Sequence[Order] | None = None, parallel: int = 1
) -> Iterator[tuple[Client, Enterprise | None]]:
    """Provide the client of this run, and the enterprise's sign-in where there is one, and close both.

    Signs in first where one of the orders has no credential of its own, or there are no orders at all. Ends the module
    where the CA bundle cannot be loaded or the sign-in fails.

    Ctrl-C and SIGTERM end all waits and keep anything new from being sent, so that the module still reports what
    became of what was sent.
    """
    values = module.params
    try:
        client = Client(
            Connection(
                api_url=values["api_url"],
                validate_certs=values["validate_certs"],
                ca_path=values["ca_path"],
                timeout=values["timeout"],
            ),
            parallel,
        )
    except MeetingError as error:
        _fail(module, error)
    # They stay to the end: a signal while the report is written must not cost it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: client.throttle.interrupted.set())
    enterprise = None
    try:
        if has_enterprise(values):
            enterprise = Enterprise(SignIn(**{name: values[name] or "" for name in ENTERPRISE}), client)
            if orders is None or any(not (one.token or one.host_password) for one in orders):
                enterprise.sign_in(budget(module))
        yield client, enterprise
    except MeetingError as error:
        _learn(module, enterprise)
        _fail(module, error)
    finally:
        _learn(module, enterprise)
        if enterprise is not None:
            enterprise.close()
        client.close()


@contextmanager
def signed_in(module: _Module) -> Iterator[Enterprise]:
    """Provide the enterprise's sign-in to a module that needs it, as `service` does."""
    with service(module) as (_client, enterprise):
        if enterprise is not None:  # `enterprise_module` has seen to it
            yield enterprise


def _learn(module: _Module, enterprise: Enterprise | None) -> None:
    """Mask from now on what was learnt while signing in."""
    if enterprise is not None:
        module.secrets |= learnt(enterprise.secrets, enterprise.passwords)


def finish(module: _Module, outcome: RecordingResult) -> None:
    """End the module with what became of its meeting."""
    # Tokens learnt on the way are masked like those that were given, wherever they might turn up.
    module.secrets |= learnt(outcome.secrets, outcome.passwords)
    _warn(module, outcome.warnings)
    _end(module, result(outcome), diff(outcome), outcome.failed)


def finish_all(module: _Module, given: Sequence[Order], outcomes: Sequence[RecordingResult]) -> None:
    """End the module with what became of its meetings."""
    _mask_outcomes(given, outcomes)
    warnings = [warning for outcome in outcomes for warning in outcome.warnings]
    if warnings:
        more = f" There are {len(warnings)} such warnings, this is the first." if len(warnings) > 1 else ""
        _warn(module, [f"{warnings[0]}{more}"])
    failed = any(outcome.failed for outcome in outcomes)
    _end(module, batch_result(outcomes), batch_diff(outcomes), failed)


def finish_with(module: _Module, values: dict[str, Any], warnings: Sequence[str] = ()) -> None:
    """End a module that changes nothing with its return values."""
    _warn(module, warnings)
    module.exit_json(changed=False, **values)


def finish_reading(module: _Module, given: Sequence[Order], outcomes: Sequence[RecordingResult]) -> None:
    """End the module with the states of its meetings."""
    _mask_outcomes(given, outcomes)
    module.exit_json(**batch_reading(outcomes))


def _warn(module: _Module, warnings: Sequence[str]) -> None:
    """Warn."""
    for warning in warnings:
        module.warn(warning)


def _mask_outcomes(given: Sequence[Order], outcomes: Sequence[RecordingResult]) -> None:
    """Mask the secrets of each meeting in what is told about it.

    To look for each of them in each text of the result would take seconds for a thousand meetings. The words about a
    meeting come from its own answers, so that is where its secrets are masked.
    """
    for one, outcome in zip(given, outcomes):
        forms = secret_forms(one.token, one.host_password) | learnt(outcome.secrets, outcome.passwords)
        outcome.msg, outcome.reason = mask(outcome.msg, forms), mask(outcome.reason, forms)
        outcome.error = masked(outcome.error, forms)
        outcome.request_id = masked(outcome.request_id, forms, "request_id")
        outcome.warnings[:] = [mask(warning, forms) for warning in outcome.warnings]


def _shared_secrets(values: Mapping[str, Any]) -> list[str]:
    """Return the secrets that were given to the whole task, and what an address wrongly holds."""
    given = [values.get(name) or "" for name, option in {**CREDENTIALS, **ENTERPRISE}.items() if option.secret]
    return [*given, raw_token(values.get("token") or ""), *_credentials_in(values["api_url"])]


def _end(module: _Module, values: dict[str, Any], changes: dict[str, Any], failed: bool) -> None:
    """End the module with its return values, and its diff where one was asked for."""
    if module._diff:
        values["diff"] = changes
    if failed:
        module.fail_json(**values)
    module.exit_json(**values)


def _order(module: _Module, meeting: Mapping[str, Any]) -> Order:
    """Return the order for one meeting, not checked yet."""
    values = module.params
    waiting = {name: values[name] for name in ("wait", "wait_timeout") if name in values}
    return Order(
        conference_id=meeting_id(meeting["conference_id"]),
        wanted=RecordingState(meeting.get("state", RecordingState.UNKNOWN)),
        token=raw_token(meeting.get("token") or ""),
        host_password=meeting.get("host_password") or "",
        live_state=LiveState(values.get("live_state", LiveState.REQUIRED)),
        retry_timeout=values["retry_timeout"],
        check=module.check_mode,
        **waiting,
    )


def _problem_with(module: _Module, given: Order) -> str:
    """Return why an order cannot be carried out, `""` if it can."""
    enterprise = has_enterprise(module.params)
    return problem_with_meeting(given.conference_id, given.token, given.host_password, enterprise)


def _fail_for_missing(module: _Module, package: str, reason: str | None, trace: str) -> None:
    """End the module because a Python package is missing, in Ansible's own words."""
    error = MeetingError(Kind.USAGE, f"{package} is missing", "Install it for the Python that runs the module")
    _fail(module, error, msg=missing_required_lib(package, reason), exception=trace)


def _fail(module: _Module, error: MeetingError, **more: Any) -> None:
    """End the module with an error that concerns all of it, in the shape of any other failure.

    `more` are values that this failure has, or has in other words.
    """
    values = module.params
    failure: dict[str, Any] = {"msg": str(error), "error": error.record(), **more}
    if "meetings" in values:
        nothing = batch_result([]) if "state" in values else batch_reading([])
        secrets = [meeting[name] for meeting in values["meetings"] for name in CREDENTIALS if meeting[name]]
        module.secrets |= secret_forms(*secrets)
        module.fail_json(**{**nothing, **failure})
    if "state" not in values:
        module.fail_json(**failure)
    about = _order(module, values)
    outcome = RecordingResult(about.conference_id, about.wanted, at=now(), msg=failure["msg"], error=failure["error"])
    _end(module, {**result(outcome), **failure}, diff(outcome), failed=True)


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
