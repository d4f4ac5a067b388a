# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ongoing meetings of an enterprise as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: huawei_meeting
short_description: Ongoing meetings of Huawei Cloud Meeting as hosts
version_added: 0.1.0
author:
  - huawei.meeting contributors (!UNKNOWN)
description:
  - Makes a host of each ongoing meeting of an enterprise, and on request of each booked one.
  - Its configuration is a file whose name ends in V(huawei_meeting.yml) or V(huawei_meeting.yaml).
  - The variables of a host are the values that M(huawei.meeting.huawei_meeting_info) returns, with C(meeting_) in
    front, for example C(meeting_conference_id), C(meeting_subject) and C(meeting_start_time). Passwords and links that
    let into a meeting are not among them.
  - Each host has the variables C(ansible_connection=local) and C(ansible_become=false) as well.
  - What the bookers of meetings wrote is never evaluated as a template.
notes:
  - The meetings are no machines, and an ID of nine digits is the address of a stranger's machine to a resolver. So
    tasks for these hosts run on the control node, and as the user who runs Ansible, whatever the inventory sets for
    all hosts and a play asks for with C(connection) or C(become). O(compose) may set C(ansible_connection) and
    C(ansible_become) to something else, and so may C(host_vars), variables of a play and extra variables.
  - Other variables that are meant for machines hold for these hosts too. A play on them best sets
    C(ansible_python_interpreter) to C("{{ ansible_playbook_python }}") in its C(vars), and C(gather_facts=false).
  - For one task about all meetings, M(huawei.meeting.huawei_meeting_recordings) is much faster than a play on hosts.
  - The cache holds what the variables hold, and no secret.
extends_documentation_fragment:
  - huawei.meeting._plugin_options
  - constructed
  - inventory_cache
requirements:
  - requests >= 2.32.3, with urllib3 >= 2, on the control node
options:
  plugin:
    description: Always V(huawei.meeting.huawei_meeting).
    type: str
    required: true
    choices: [huawei.meeting.huawei_meeting]
  all_users:
    description:
      - Whether to list the meetings of all users of the enterprise, and not only those of the user who signs in.
      - For users who are no administrators, the service leaves the list as it is.
    type: bool
    default: false
  search:
    description: List only meetings in which the service finds this text, from 1 to 128 characters.
    type: str
  booked:
    description: Whether to list as well what was booked and has not begun.
    type: bool
    default: false
  hostnames:
    description:
      - What to call a host, as Jinja expressions over its variables; the first that is not empty counts.
      - All but letters, digits, C(_), C(-) and C(.) become C(_). A name that is taken already, by another meeting, a
        host of another source or a group, gets the ID of the meeting at its end.
    type: list
    elements: str
    default: [meeting_conference_id]
  filters:
    description:
      - Which meetings to take. Each entry has one key, C(include) or C(exclude), and a Jinja condition over the
        variables of a host.
      - The first whose condition is true decides. If none is, the meeting is taken, unless the last entry is an
        C(include).
      - A condition that cannot be evaluated for a meeting, or gives neither true nor false, is not true, with a
        warning; with O(strict=true) it is an error.
    type: list
    elements: dict
    default: []
seealso:
  - plugin: huawei.meeting.huawei_meeting_info
    plugin_type: module
"""

EXAMPLES = r"""
# training.huawei_meeting.yml; App ID and App Key come from HUAWEI_MEETING_APP_ID and HUAWEI_MEETING_APP_KEY.
plugin: huawei.meeting.huawei_meeting
all_users: true
filters:
  - exclude: not meeting_recordable
  - include: meeting_subject is search('training', ignorecase=true)
keyed_groups:
  - key: meeting_department
    prefix: department
groups:
  crowded: (meeting_attendees or 0) > 100
compose:
  meeting_is_late: meeting_end_time < now(utc=true).strftime('%Y-%m-%dT%H:%M:%SZ')
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: .cache/meetings
cache_timeout: 300
"""

import hashlib
import json
import os
from collections.abc import Container, Mapping, Sequence
from datetime import date
from typing import Any

from ansible import constants
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable, to_safe_group_name
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import MeetingError
from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    ENTERPRISE,
    environment_variable,
    problem_with_connection,
    problem_with_enterprise,
    problem_with_text,
    problem_without_enterprise,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests.account import SignIn
from ansible_collections.huawei.meeting.plugins.module_utils._core.retry import RetryBudget
from ansible_collections.huawei.meeting.plugins.module_utils._core.secrets import Secrets
from ansible_collections.huawei.meeting.plugins.module_utils._service.account import Account
from ansible_collections.huawei.meeting.plugins.module_utils._service.client import (
    REQUESTS_IMPORT_ERROR,
    Client,
    Connection,
)
from ansible_collections.huawei.meeting.plugins.module_utils._service.meetings import list_meetings
from ansible_collections.huawei.meeting.plugins.module_utils._service.sockets import problem_with_ca
from ansible_collections.huawei.meeting.plugins.plugin_utils.host_filters import is_wanted, read_filters
from ansible_collections.huawei.meeting.plugins.plugin_utils.host_names import safe_name, unique_names

try:
    from ansible.template import trust_as_template
except ImportError:  # up to ansible-core 2.18, where all text is trusted that is not marked

    def trust_as_template(value: str) -> str:
        """Return a text that ansible-inventory tells as it is, and not as one of other people."""
        return value


_PREFIX = "meeting_"
_ID = "meeting_conference_id"
# A task for a meeting runs here. Variables that are meant for machines must neither lead it to a stranger's, nor make
# it run as root on the control node: those of a host count more than those of all.
_PLACE: dict[str, Any] = {"ansible_connection": trust_as_template("local"), "ansible_become": False}
# The options that are sent as texts.
_TEXTS = (*ENTERPRISE, "search")


def _group_name(name: Any) -> str:
    """Return a name as groups may have it, also of what looked like a list or a dictionary."""
    return str(to_safe_group_name(str(name)))


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """What Ansible asks of an inventory plugin."""

    NAME = "huawei.meeting.huawei_meeting"
    inventory: Any
    _sanitize_group_name = staticmethod(_group_name)

    def verify_file(self, path: str) -> bool:
        """Return whether a file is a configuration of this plugin."""
        return super().verify_file(path) and path.endswith(("huawei_meeting.yml", "huawei_meeting.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory. Raises AnsibleParserError."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        strict = self.get_option("strict")
        filters = read_filters(self.get_option("filters"))
        meetings = self._meetings(self._values(config), path, cache)

        def wanted(host: dict[str, Any]) -> bool:
            return is_wanted(filters, lambda condition: self._compose(condition, host), self.display.warning, strict)

        hosts = [host for host in map(_variables, meetings) if wanted(host)]
        self._fill(self._names(hosts, strict), hosts, strict)

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Take the options of a configuration. Raises AnsibleParserError.

        Ansible would make texts of numbers, and tell what it cannot make a text of: it might be a secret.
        """
        problem = _problem_with_types(direct or {})
        if problem:
            raise AnsibleParserError(f"{problem}. Nothing was sent.")
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)

    def _fill(self, names: Sequence[str], hosts: Sequence[dict[str, Any]], strict: bool) -> None:
        """Add all hosts with their variables and groups. Raises AnsibleParserError."""
        for name, host in zip(names, hosts):
            self._add(name, host, strict)
        # Only now, because Ansible takes a host for the group of the same name where there is one.
        for name, host in zip(names, hosts):
            self._add_to_keyed_groups(name, host, strict)

    def _add(self, name: str, variables: dict[str, Any], strict: bool) -> None:
        """Add one host with its variables, and to the groups that are named in the configuration."""
        self.inventory.add_host(name)
        for variable, value in {**variables, **_PLACE}.items():
            self.inventory.set_variable(name, variable, value)
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)

    def _add_to_keyed_groups(self, name: str, variables: dict[str, Any], strict: bool) -> None:
        """Add one host to the groups that are named after its variables. Raises AnsibleParserError."""
        for number, entry in enumerate(self.get_option("keyed_groups"), start=1):
            try:
                self._add_host_to_keyed_groups([entry], variables, name, strict=strict)
            except AnsibleParserError as error:
                # Up to ansible-core 2.18 a subject such as `True` is no text here. It must not cost all other meetings.
                if strict:
                    raise
                self.display.warning(f"keyed_groups, entry {number}: some meetings are in no group of it: {error}")

    def _compose(self, template: Any, *args: Any, **kwargs: Any) -> Any:
        """Evaluate an expression of the configuration; what comes of it holds text of other people."""
        return wrap_var(super()._compose(template, *args, **kwargs))

    def _names(self, hosts: Sequence[dict[str, Any]], strict: bool) -> list[str]:
        """Return what to call each host. Raises AnsibleParserError."""
        ids = [safe_name(host[_ID]) for host in hosts]
        wished = [self._name(host, strict) for host in hosts]
        groups = set() if wished == ids else self._groups(ids, hosts, strict)
        return unique_names(wished, ids, lambda name, conference_id: self._is_free(name, conference_id, groups))

    def _groups(self, names: Sequence[str], hosts: Sequence[dict[str, Any]], strict: bool) -> set[str]:
        """Return the names of all groups, here and in other sources. Raises AnsibleParserError.

        Those of keyed groups come of the variables, and subjects may be among them. So they are found by a trial.
        """
        real = self.inventory
        self.inventory = InventoryData()
        try:
            self._fill(names, hosts, strict)
            found = set(self.inventory.groups)
        finally:
            self.inventory = real
        return {*found, *real.groups, *map(self._sanitize_group_name, self.get_option("groups"))}

    def _is_free(self, name: str, conference_id: str, groups: Container[str]) -> bool:
        """Return whether nothing but this meeting has a name, neither here nor in another source of the inventory."""
        there = self.inventory.hosts.get(name)
        return (
            name not in groups
            and name.lower() not in constants.LOCALHOST
            and (there is None or there.vars.get(_ID) == conference_id)
        )

    def _name(self, variables: dict[str, Any], strict: bool) -> str:
        """Return what to call a host if the name is free. Raises AnsibleParserError."""
        for expression in self.get_option("hostnames"):
            try:
                name = safe_name(str(self._compose(expression, variables) or ""))
            except Exception as error:
                if strict:
                    raise AnsibleParserError(f"hostnames, {expression!r}: {error}") from None
                continue
            if name.strip("_"):
                return name
        return safe_name(variables[_ID])

    def _meetings(self, values: Mapping[str, Any], path: str, cache: bool) -> list[dict[str, Any]]:
        """Return the meetings, from the cache if it is to be used and has them. Raises AnsibleParserError."""
        if not self.get_option("cache"):
            return self._listed(values)
        # What is asked for is part of the key: after a change of the configuration, the old answer is no answer.
        asked = {name: values[name] for name in ("api_url", "app_id", "user_id", "corp_id", "access_token")}
        asked.update((name, self.get_option(name)) for name in ("all_users", "search", "booked"))
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
        key = f"{self.get_cache_key(path)}_{digest}"
        meetings: list[dict[str, Any]] = self._cache[key] if cache and key in self._cache else self._listed(values)
        self._cache[key] = meetings
        return meetings

    def _values(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the checked connection and sign-in options. Raises AnsibleParserError."""
        if REQUESTS_IMPORT_ERROR is not None:
            raise AnsibleParserError("The Python package requests is missing; install it where Ansible runs")
        values = self._connection(config)
        values.update((name, self.templar.template(self.get_option(name))) for name in ENTERPRISE)
        values["search"] = self.get_option("search")
        problem = _problem_with_types(values)
        if not problem:
            values.update((name, str(values[name] or "")) for name in ENTERPRISE)
            problem = (
                problem_with_text(values)
                or problem_with_connection(values)
                or problem_with_ca(values["ca_path"])
                or problem_with_enterprise(values)
                or problem_without_enterprise(values)
            )
        if problem:
            raise AnsibleParserError(f"{problem}. Nothing was sent.")
        return values

    def _connection(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the connection options; one that is empty has its default. Raises AnsibleParserError."""
        values = {}
        for name, option in CONNECTION.items():
            given = config.get(name, os.environ.get(environment_variable(name)))
            values[name] = option.default if given in (None, "") else self.get_option(name)
            if option.type == "bool" and given not in (None, ""):
                try:
                    # Ansible would take a misspelt value for false, and certificates would not be checked.
                    values[name] = boolean(given)
                except TypeError:
                    problem = f"`{name}` is {str(given)[:40]!r}, but must be true or false"
                    raise AnsibleParserError(f"{problem}. Nothing was sent.") from None
        return values

    def _listed(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the meetings as the service lists them now. Raises AnsibleParserError."""
        account = None
        secrets = Secrets(values["app_key"], values["access_token"])
        try:
            connection = Connection(**{name: values[name] for name in CONNECTION if name != "retry_timeout"})
            client = Client(connection, secrets=secrets)
            try:
                account = Account(SignIn(**{name: values[name] for name in ENTERPRISE}), client)
                found = list_meetings(
                    account,
                    values["search"],
                    self.get_option("all_users"),
                    self.get_option("booked"),
                    RetryBudget(values["retry_timeout"]),
                )
                if self.get_option("all_users") and account.administrator is False:
                    self.display.warning("The user is no administrator, so only this user's meetings are listed.")
                return [dict(meeting) for meeting in found]
            finally:
                if account is not None:
                    account.close()
                client.close()
        except MeetingError as error:
            raise AnsibleParserError(secrets.mask(str(error))) from None


def _problem_with_types(values: Mapping[str, Any]) -> str:
    """Return which option is no text, `""` if all are. Never repeats a value.

    As a text, a number is not what was written: 042517 without quotes is 17743 to YAML. A value that is encrypted with
    Vault is a text, although up to ansible-core 2.18 its type is another.
    """
    for name in _TEXTS:
        if isinstance(values.get(name), (bool, int, float, date, list, dict)):
            return f"`{name}` is not a text, and as one it could differ from what was written; put it into quotes"
    return ""


def _variables(meeting: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a host; no version of Ansible takes them for templates."""
    return {f"{_PREFIX}{name}": wrap_var(value) for name, value in meeting.items()}
