# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module object of this collection: it looks at its arguments first, and masks its results by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.validation import check_type_dict

from .._core.errors import Failure, Kind
from .._core.options import CREDENTIALS, ENTERPRISE, is_unicode, problem_with_text, problem_with_type
from .._core.result import nothing_done
from .._core.secrets import Secrets, raw_token
from .._service.clock import utc_now

# Ansible's own word for a value that it masked.
_MASKED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class MeetingModule(AnsibleModule):
    """The module object of this collection: it looks at its arguments first, and masks its results by itself.

    Ansible masks each secret wherever its letters are found: with the password `art`, the state would be
    `st********ed`. `secrets` is the register of what is masked here; `problem` is what is wrong
    with the arguments as they came.

    As long as it is not known what is secret, no argument is told: up to ansible-core 2.20, a list with an entry of the
    wrong type or an unknown key ends a module with all its arguments in clear.
    """

    params: dict[str, Any]
    no_log_values: set[str]
    _knows_secrets = False

    def __init__(self, argument_spec: dict[str, dict[str, Any]]) -> None:
        self.problem = ""
        self.secrets = Secrets()
        super().__init__(argument_spec=argument_spec, supports_check_mode=True)
        self.secrets.add(*_shared_secrets(self.params))
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
            failure = Failure(Kind.USAGE, msg.rstrip("."), "Nothing was sent")
            told, _changes = nothing_done(self.argument_spec, self.params, failure, utc_now())
            values = {**told, **values}
            values.pop("msg", None)
        super().fail_json(msg, **values)

    def warn(self, warning: str, **options: Any) -> None:
        """Warn, with secrets masked: from ansible-core 2.19 on, warnings are not masked with the result."""
        super().warn(self.secrets.mask(warning), **options)

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        """Return the result, masked. Should Ansible ever do without this method, it masks by itself again."""
        if self._knows_secrets:
            self.no_log_values = set()
            arguments = _arguments_told(self.params, self.argument_spec, self.secrets)
            kwargs = {**self.secrets.masked(kwargs), "invocation": {"module_args": arguments}}
        super()._return_formatted(kwargs)


def _arguments_told(
    arguments: Mapping[str, Any], specification: Mapping[str, dict[str, Any]], secrets: Secrets
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
            told[name] = value if name == "conference_id" and value.isdigit() else secrets.mask(value)
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


def _shared_secrets(values: Mapping[str, Any]) -> list[str]:
    """Return the secrets that were given to the whole task, and what an address wrongly holds."""
    given = [values.get(name) or "" for name, option in {**CREDENTIALS, **ENTERPRISE}.items() if option.secret]
    return [*given, raw_token(values.get("token") or ""), *_credentials_in(values["api_url"])]


def _credentials_in(address: str) -> list[str]:
    """Return what must not be shown of an address that wrongly carries credentials."""
    if "@" not in address:
        return []
    credentials = address.rpartition("@")[0].rpartition("://")[2]
    return [credentials, credentials.partition(":")[2]]
