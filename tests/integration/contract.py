# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module that changes recordings owes its users, as a table, and what it returns, as it is documented."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.conftest import ROOT
from tests.integration.ansible import Task, constant
from tests.simulator import Meeting

# What Ansible adds to each result or documents itself.
ANSIBLES_OWN = {"changed", "failed", "msg", "diff", "invocation", "warnings", "exception", "_ansible_no_log"}


@dataclass(frozen=True)
class Subject:
    """A module: its arguments for one meeting, and where its result tells about that meeting."""

    arguments: Callable[[str, str, str], dict[str, Any]]  # conference_id, state, live_state
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda result: result


@dataclass(frozen=True)
class Row:
    """What is owed in one cell. `writes` counts the PUTs of the real run, `kind` is set where the task fails.

    `reads` tells whether the state of the recording can be known; if not, the same task changes something each time.
    """

    writes: int
    changed: bool
    previous: str
    state: str
    meeting: str = "ongoing"
    kind: str = ""
    warns: bool = False

    @property
    def reads(self) -> bool:
        return self.previous != "unknown"


SUBJECTS = {
    "huawei_meeting_recording": Subject(
        lambda conference_id, state, live_state: {
            "conference_id": conference_id,
            "state": state,
            "live_state": live_state,
            "host_password": "{{ host_password }}",
        }
    ),
    "huawei_meeting_recordings": Subject(
        lambda conference_id, state, live_state: {
            "meetings": [{"conference_id": conference_id, "host_password": "{{ host_password }}"}],
            "state": state,
            "live_state": live_state,
        },
        lambda result: result["results"][0],
    ),
}

BEFORE: dict[str, dict[str, Any]] = {
    "started": {"recording": True},
    "stopped": {},
    "ended": {"state": "Destroyed"},
    "not_started": {"state": "Schedule"},
    "unreadable": {"behaviour": {"subscribe": "code"}},
}
WANTED = ("started", "stopped")
LIVE_STATES = ("auto", "required", "ignore")

# (before, wanted): what is owed where the state is read ...
_READ = {
    ("started", "started"): Row(0, False, "started", "started"),
    ("started", "stopped"): Row(1, True, "started", "stopped"),
    ("stopped", "started"): Row(1, True, "stopped", "started"),
    ("stopped", "stopped"): Row(0, False, "stopped", "stopped"),
    ("ended", "started"): Row(0, False, "stopped", "stopped", "ended", kind="ended"),
    ("ended", "stopped"): Row(0, False, "stopped", "stopped", "ended"),
    ("not_started", "started"): Row(0, False, "stopped", "stopped", "not_started", kind="not_started"),
    ("not_started", "stopped"): Row(0, False, "stopped", "stopped", "not_started"),
}
# ... and where it is not.
_BLIND = Row(1, True, "unknown", "unknown")
_WARNED = Row(1, True, "unknown", "unknown", warns=True)
_REFUSED = Row(0, False, "unknown", "unknown", kind="permission")


def owed(before: str, wanted: str, live_state: str) -> Row:
    """Return the row of a cell. That a meeting is not running is learnt at the sign-in, without the live state."""
    if before == "unreadable":
        return {"auto": _WARNED, "required": _REFUSED, "ignore": _BLIND}[live_state]
    if live_state == "ignore" and before in ("started", "stopped"):
        return _BLIND
    return _READ[before, wanted]


def meeting(conference_id: str, before: str, **fields: Any) -> Meeting:
    """A meeting that is as the cell wants it."""
    return Meeting(conference_id, **BEFORE[before], **fields)


def check_returned(task: Task) -> None:
    """Check that a task returned what the documentation of its module says, and nothing else, as deep as it goes."""
    module = ROOT / "plugins" / "modules" / f"{task.action.rpartition('.')[2]}.py"
    documented = yaml.safe_load(constant(module, "RETURN"))
    when = {"always", "on failure" if task.failed else "success"}
    owed = {name for name, value in documented.items() if value["returned"] in when}
    told = {name: value for name, value in task.result.items() if name not in ANSIBLES_OWN}
    assert owed <= set(told), f"{task.name} lacks {owed - set(told)}"
    surplus = list(_undocumented(told, documented))
    assert not surplus, f"{task.name} returns {surplus}, which is not documented"


def _undocumented(told: Mapping[str, Any], documented: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of values that are not documented."""
    for name, value in told.items():
        if name not in documented:
            yield name
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping) and "contains" in documented.get(name, {}):
                yield from _undocumented(one, documented[name]["contains"])
