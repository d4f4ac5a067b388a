# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first step of each playbook, in the controller's process: check what was given, and choose the meetings.

It never fails by itself, because what it returns holds passwords, so that its task is not logged: why the playbook
cannot run is a value of the result, and the next task tells it.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from ansible.errors import AnsibleError, AnsibleFileNotFound, AnsibleUndefinedVariable
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

from ansible_collections.huawei.meeting.plugins.module_utils._core.lists import as_message, read_list
from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    PREFIX,
    environment_variable,
    meeting_id,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.playbooks import (
    COLLECTION_VERSION,
    HOST_ID,
    INTERNAL,
    PLAYBOOKS,
    TAKEN,
    Playbook,
    Wishes,
    choose,
    digest,
    named,
    options_for,
    problem_with_hosts,
    problem_with_meetings_given,
    problem_with_pattern,
    problem_with_place,
    problem_with_variables,
    variables_of,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.wire import printable, utc_text

# What every playbook looks at, because it refuses what belongs to another one.
_SECRET = {name for name, option in {**CREDENTIALS, **ENTERPRISE}.items() if option.secret} | {"meetings"}
_NAMES = (
    *CREDENTIALS,
    *ENTERPRISE,
    *dict.fromkeys(name for names in TAKEN.values() for name in names),
    *("api_url", "state"),
)
# Any of these lets a meeting of a list come without a credential of its own.
_SIGN_INS = ("token", "host_password", "app_id", "access_token")
# What a play gives to all modules.
_GROUP = "group/huawei.meeting.huawei_meeting"
# What the playbooks call the result of this step.
_REGISTERED = f"{INTERNAL}run"


class _Refused(Exception):
    """Why a playbook cannot run, a sentence without the full stop."""


class ActionModule(ActionBase):
    """What Ansible asks of an action plugin."""

    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return what the playbook works on, or its `problem`."""
        values: dict[str, Any] = super().run(tmp, task_vars)
        name = self._task.args["playbook"]
        try:
            values.update(self._input(name, task_vars or {}), problem="")
        except _Refused as refused:
            values["problem"] = f"{refused}. Nothing was sent."
        except Exception as defect:  # the task is not logged, so nobody would read of it
            values["problem"] = (
                f"Unexpected {type(defect).__name__} before anything was sent. This is a defect of the collection: "
                "please report it."
            )
        if _REGISTERED in load_extra_vars(self._loader):
            # Nobody would read the result, because what was given stands in its place.
            self._display.error(values["problem"])
            values["failed"] = True
        return values

    def _input(self, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a playbook works on. Raises _Refused."""
        given = self._given(name, variables)
        extra = load_extra_vars(self._loader)
        _refuse(self._problem_with_place(variables))
        _refuse(problem_with_variables(name, given, extra, variables))
        _refuse(problem_with_meetings_given(name, given, extra))
        accept = _truth(given, "accept_unconfirmed")
        face = PLAYBOOKS[name]
        hosts = self._task.args.get("hosts")
        if hosts is not None:
            _refuse(problem_with_hosts(len(hosts), _wishes(given)))
            return {}
        values = {"accept_unconfirmed": accept, "options": options_for(name, given)}
        # A play of a user's own may bring in a role with `check_mode`; an audit always has it, and is no rehearsal.
        of_the_run = variables.get("ansible_check_mode")
        check = bool(of_the_run if face.mode == "audit" else getattr(self._task, "check_mode", of_the_run))
        if face.takes in ("one", "hosts"):
            conference_id = given.get(HOST_ID if face.takes == "hosts" else f"{PREFIX}conference_id") or ""
            return {**values, "check_mode": check, "conference_id": conference_id, "state": face.state}
        if face.takes == "ongoing" and self._task.args.get("found") is None:
            return values
        return {**values, **self._many(name, given, variables, check)}

    def _many(self, name: str, given: Mapping[str, Any], variables: Mapping[str, Any], check: bool) -> dict[str, Any]:
        """Return what a playbook for many meetings works on. Raises _Refused."""
        face, wishes = PLAYBOOKS[name], _wishes(given)
        size = _whole(given, "chunk_size", face.part, 1)
        found = self._task.args.get("found") or []
        source, rows = self._list(face, given) if face.takes == "list" else _ongoing(wishes, variables, found)
        choice = choose(name, rows, wishes, source)
        _refuse(choice.problem)
        todo = _orders(face, rows, choice.conference_ids)
        return {
            **_reports(name, face, given, check),
            "mode": face.mode,
            "todo": todo,
            "parts": [[first, first + size] for first in range(0, len(todo), size)],
            "provenance": {
                "run": printable(str(variables.get("awx_job_id") or uuid.uuid4()), 80),
                "playbook": f"huawei.meeting.{name}",
                "collection_version": COLLECTION_VERSION,
                "service": _service(given),
                "list": {"source": source, "entries": len(rows), "sha256": digest(rows)},
                "check_mode": check,
                "controller": platform.node(),
            },
        }

    def _problem_with_place(self, variables: Mapping[str, Any]) -> str:
        """Return why the tasks would not run here. Raises _Refused."""
        try:
            connection, become = (
                self._templar.template(variables.get(f"ansible_{name}", default))
                for name, default in (("connection", "local"), ("become", False))
            )
            return problem_with_place(connection, bool(boolean(become, strict=False)))
        except AnsibleError as error:
            raise _Refused(f"Where to run cannot be evaluated ({printable(str(error), 200)})") from None

    def _given(self, playbook: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables that were given, evaluated. Raises _Refused."""
        given = {"_raw_params": variables["_raw_params"]} if "_raw_params" in variables else {}
        given.update(self._defaults_of_the_play())
        looked_at = {name: f"{PREFIX}{name}" for name in (*_NAMES, *variables_of(playbook))}
        if PLAYBOOKS[playbook].takes == "hosts":
            looked_at[HOST_ID] = HOST_ID
        for name, variable in looked_at.items():
            if variable not in variables:
                continue
            try:
                value = _evaluated(self._templar, variables[variable])
                if value not in (None, "") or variable not in given:
                    given[variable] = value
            except Exception as error:
                # Others may repeat what they failed at.
                told = name not in _SECRET or isinstance(error, AnsibleUndefinedVariable)
                why = f" ({printable(str(error), 200)})" if told else ""
                raise _Refused(f"`{variable}` cannot be evaluated{why}") from None
        return given

    def _defaults_of_the_play(self) -> dict[str, Any]:
        """Return what the play gives to all modules by module_defaults, as variables. Raises _Refused.

        The tasks have module_defaults of their own, in the place of those of the play: a site or a sign-in that is
        given there would be lost without a word.
        """
        defaults: dict[str, Any] = {}
        for one in getattr(self._task, "module_defaults", None) or []:
            defaults.update(one)
        try:
            given = self._templar.template(defaults.get(_GROUP, {}))
            return {f"{PREFIX}{name}": _evaluated(self._templar, value) for name, value in given.items()}
        except Exception:  # others may repeat what they failed at
            raise _Refused(f"The `module_defaults` of {_GROUP} cannot be evaluated") from None

    def _list(self, face: Playbook, given: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        """Return the name of the list, and its entries. Raises _Refused for a list with faults."""
        path = given.get(f"{PREFIX}csv") or ""
        source: Any = self._content(path) if path else given[f"{PREFIX}meetings"]
        name = str(path) or f"{PREFIX}meetings"
        if isinstance(source, str):
            raise _Refused(f"`{name}` is text, but must be a list; a CSV file is given as `{PREFIX}csv`")
        shared = any(given.get(f"{PREFIX}{one}") or os.environ.get(environment_variable(one)) for one in _SIGN_INS)
        try:
            checked = read_list(source, face.state, shared_credential=shared, columns=_columns(given))
        except AnsibleError:  # up to ansible-core 2.18, single values are decrypted when they are looked at
            raise _Refused(f"`{name}` has a value that cannot be decrypted; give the password of the vault") from None
        if checked.faults:
            raise _Refused(f"The list {name} cannot be used:\n{as_message(checked.faults)}\nMend it and run this again")
        for warning in checked.warnings:
            self._display.warning(f"{name}, {warning}")
        return name, checked.rows

    def _content(self, path: Any) -> bytes:
        """Return what is in a file, decrypted where it is encrypted with Vault. Raises _Refused."""
        place = _path(path)
        try:
            # As bytes, because people's spreadsheets write in many encodings; and never decrypted into another file.
            content, _plain = self._loader._get_file_contents(place)
        except AnsibleFileNotFound:
            raise _Refused(f"`{PREFIX}csv` is {path!r}, but there is no such file ({place})") from None
        except (AnsibleError, OSError) as error:
            raise _Refused(f"`{PREFIX}csv` is {path!r}, but cannot be read: {printable(str(error), 200)}") from None
        return bytes(content)


def _reports(name: str, face: Playbook, given: Mapping[str, Any], check: bool) -> dict[str, Any]:
    """Return what the reports are about, and where they go; makes their folder. Raises _Refused."""
    files = f"{_folder(given)}/{name}{'.check' if check else ''}"
    return {
        "name": name,
        "title": face.title,
        "formats": list(face.formats),
        "files": files,
        "retry_file": shlex.quote(f"@{files}.retry.yml"),
        "began": utc_text(datetime.now(timezone.utc)),
    }


def _refuse(problem: str) -> None:
    """Raise _Refused where there is a problem."""
    if problem:
        name = "_" in problem.partition(" ")[0]  # that of a playbook stays as it is
        raise _Refused(problem if name else problem[:1].upper() + problem[1:])


def _evaluated(templar: Any, variable: Any) -> Any:
    """Return the value of a variable, as text where it is of a type that nobody else knows."""
    value = templar.template(variable)
    # Up to ansible-core 2.18, what is encrypted with Vault by itself is a text of another type.
    known = value is None or isinstance(value, (str, bool, int, float, date, list, tuple, Mapping))
    return value if known else str(value)


def _truth(given: Mapping[str, Any], name: str) -> bool:
    """Return a truth value, False where there is none. Raises _Refused for anything else."""
    value = given.get(f"{PREFIX}{name}")
    try:
        return value not in (None, "") and bool(boolean(value))
    except TypeError:
        raise _Refused(f"`{PREFIX}{name}` is {printable(str(value), 40)!r}, but must be true or false") from None


def _whole(given: Mapping[str, Any], name: str, default: int, minimum: int) -> int:
    """Return a whole number. Raises _Refused for anything else."""
    value = given.get(f"{PREFIX}{name}")
    if value in (None, ""):
        return default
    try:
        number = int(str(value))
    except ValueError:
        number = minimum - 1
    if number < minimum:
        raise _Refused(f"`{PREFIX}{name}` is {printable(str(value), 40)}, but must be a whole number from {minimum} on")
    return number


def _columns(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of columns by what they hold. Raises _Refused."""
    value = given.get(f"{PREFIX}columns") or {}
    try:
        value = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        value = None
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise _Refused(
            f"`{PREFIX}columns` must be a dictionary, for example {{conference_id: Meeting number, subject: Course}}"
        )
    return {str(key): str(name) for key, name in value.items()}


def _wishes(given: Mapping[str, Any]) -> Wishes:
    """Return which meetings are wanted. Raises _Refused."""
    texts = {name: str(given.get(f"{PREFIX}{name}") or "") for name in ("subject", "search", "group")}
    _refuse(problem_with_pattern(texts["subject"]))
    return Wishes(
        **texts,
        only=named(given.get(f"{PREFIX}only")),
        at_least=_whole(given, "at_least", 0, 0),
        allow_empty=_truth(given, "allow_empty"),
    )


def _ongoing(
    wishes: Wishes, variables: Mapping[str, Any], found: Sequence[Mapping[str, Any]]
) -> tuple[str, list[dict[str, Any]]]:
    """Return the meetings that go on now: those that were `found`, or those of a group of the inventory."""
    pairs = [(one["conference_id"], one["subject"]) for one in found]
    source = "the ongoing meetings of the enterprise"
    if wishes.group:
        source = f"the group {printable(wishes.group, 80)} of the inventory"
        hosts = [variables["hostvars"].raw_get(host) for host in variables["groups"].get(wishes.group, [])]
        # Other sources of the inventory may have hosts that are no meetings.
        pairs = [(host[HOST_ID], host.get("meeting_subject", "")) for host in hosts if HOST_ID in host]
    # As the module calls them in its results; two hosts may be the same meeting.
    subjects: dict[str, str] = {}
    for one, subject in pairs:
        subjects.setdefault(meeting_id(str(one)), str(subject))
    return source, [{"conference_id": one, "subject": subject, "columns": {}} for one, subject in subjects.items()]


def _orders(face: Playbook, rows: Sequence[dict[str, Any]], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Return the entries that were chosen, each with what is wanted of it."""
    known = {row["conference_id"]: row for row in rows}
    todo = []
    for conference_id in chosen:
        row = known.get(conference_id) or {"conference_id": conference_id, "subject": "", "columns": {}}
        state = row.get("state") if face.takes == "list" and not face.overrules else face.state
        order = {"conference_id": conference_id, **row.get("order", {})}
        order.pop("state", None)
        todo.append({**row, "state": state, "order": {**order, "state": state} if state else order})
    return todo


def _path(value: Any) -> str:
    """Return where a path leads to, from the working directory on; `~` is the home folder, and `$NAME` a variable.

    So it is with all paths of Ansible, which would take a `$` for one when it writes there.
    """
    return os.path.realpath(os.path.expanduser(os.path.expandvars(str(value))))


def _folder(given: Mapping[str, Any]) -> str:
    """Return the folder for the reports, made if it was not there. Raises _Refused where nothing can be written.

    Only what is made here gets a mode: a folder that is there belongs to somebody else.
    """
    folder = _path(given.get(f"{PREFIX}report_dir") or "huawei_meeting_reports")
    missing = []
    place = folder
    while not os.path.lexists(place):
        missing.append(place)
        place = os.path.dirname(place)
    try:
        for one in reversed(missing):
            os.makedirs(one, mode=0o750, exist_ok=True)
    except OSError as error:
        raise _Refused(f"`{PREFIX}report_dir` is {folder!r}, which cannot be made: {error.strerror}") from None
    if not os.path.isdir(folder):
        raise _Refused(f"`{PREFIX}report_dir` is {folder!r}, which is no folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _Refused(f"`{PREFIX}report_dir` is {folder!r}, where the user that runs Ansible cannot write")
    return folder


def _service(given: Mapping[str, Any]) -> str:
    """Return the address of the service, without anything in it that might be a secret."""
    name = "api_url"
    address = given.get(f"{PREFIX}{name}") or os.environ.get(environment_variable(name)) or CONNECTION[name].default
    try:
        parts = urlsplit(str(address))
        port = f":{parts.port}" if parts.port else ""
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        return printable(f"{parts.scheme}://{host}{port}", 300)
    except ValueError:
        return ""
