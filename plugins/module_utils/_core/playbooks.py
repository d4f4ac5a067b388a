# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each playbook decides by itself, and what is wrong with what it was given.

Pure: neither network nor files nor clock. A playbook is named by a literal in its own file, and everything that makes
it start rather than stop, or act rather than look, follows from the name here. No variable of a user has a say in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .options import (
    BATCH,
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    PREFIX,
    WAITING,
    meeting_id,
    problem_with_text,
    problem_with_type,
)
from .wire import printable

# Of the collection; a test compares it with galaxy.yml.
COLLECTION_VERSION = "0.1.0"
INTERNAL = f"__{PREFIX}"
# What the kinds of playbooks take beside the options of the modules, as variables with PREFIX in front.
_MANY = ("only", "subject", "at_least", "allow_empty", "accept_unconfirmed", "chunk_size", "report_dir")
TAKEN = {
    "one": ("conference_id", "accept_unconfirmed"),
    "hosts": ("accept_unconfirmed",),
    "list": ("meetings", "csv", "columns", *_MANY),
    "ongoing": ("search", "group", "all_users", *_MANY),
}
# The options that all modules take, and those of its own that a module gets from these variables.
SHARED = (*CONNECTION, *ENTERPRISE)
_ACTING_ON_ONE = (*CREDENTIALS, *WAITING)
OWN = {
    "recording": _ACTING_ON_ONE,
    "recordings": (*_ACTING_ON_ONE, *BATCH),
    "info": ("search", "all_users"),
    "recording_info": (*BATCH,),
}
# What belongs to one meeting, and what narrows down those that go on.
_SINGLE = (f"{PREFIX}conference_id", *(f"{PREFIX}{name}" for name in CREDENTIALS))
_NARROWING = (f"{PREFIX}search", f"{PREFIX}group")
# The same of a host of an inventory.
HOST_ID = "meeting_conference_id"
# What chooses among meetings, and what leads to files: text, or not given at all.
_TEXTS = tuple(f"{PREFIX}{name}" for name in ("subject", "search", "group", "csv", "report_dir"))
# What the playbooks keep between their tasks; the other names with two underscores belong to single tasks.
_KEPT = {f"{INTERNAL}{name}" for name in ("run", "ongoing", "result", "batch", "done", "report", "states")}


@dataclass(frozen=True)
class Playbook:
    """What a playbook decides.

    `mode` is `act` (bring about), `audit` (compare with what is wanted) or `read` (only tell). `state` is what is
    wanted of a meeting that does not say otherwise. `takes` says where its meetings come from: `one`, a `list`, what
    is `ongoing`, or the `hosts` of an inventory. Of a list, only the entries that want a state in `keeps` are taken;
    with `overrules`, all of them get the playbook's own. `part` is how many meetings go into one task.
    """

    title: str
    mode: str
    state: str
    takes: str
    formats: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ("started", "stopped")
    overrules: bool = False
    part: int = 200


_ACTING = ("md", "html", "retry.yml")
PLAYBOOKS = {
    "start_recording": Playbook("Start the recording of a meeting", "act", "started", "one"),
    "stop_recording": Playbook("Stop the recording of a meeting", "act", "stopped", "one"),
    "record_hosts": Playbook("Record meetings", "act", "started", "hosts"),
    "start_recordings": Playbook("Start recordings", "act", "started", "list", _ACTING, keeps=("started",)),
    "stop_recordings": Playbook("Stop recordings", "act", "stopped", "list", _ACTING, overrules=True),
    "recording_report": Playbook("Recording report", "audit", "started", "list", ("md", "html", "xml")),
    # Each part signs in, so they are one.
    "record_ongoing": Playbook("Record ongoing meetings", "act", "started", "ongoing", _ACTING, part=10_000),
    "recording_status": Playbook("Recording status", "read", "", "ongoing", ("md", "html"), part=100_000),
}


def _modules(playbook: str) -> tuple[str, ...]:
    """Return the modules that a playbook uses, as OWN names them."""
    face = PLAYBOOKS[playbook]
    if face.takes == "ongoing":
        return ("info", "recording_info" if face.mode == "read" else "recordings")
    return ("recordings",) if face.takes == "list" else ("recording",)


def variables_of(playbook: str) -> tuple[str, ...]:
    """Return the variables that a playbook takes, without PREFIX; those of its play, such as `hosts`, are not in it."""
    face = PLAYBOOKS[playbook]
    names = [*TAKEN[face.takes], *SHARED, *(name for module in _modules(playbook) for name in OWN[module])]
    # Passwords are found, not given; and who only reads sends nothing, in one part.
    without = {*(CREDENTIALS if face.takes == "ongoing" else ())}
    without |= {"accept_unconfirmed", "chunk_size"} if face.mode == "read" else set()
    return tuple(name for name in dict.fromkeys(names) if name not in without)


def options_for(playbook: str, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the options that were given, by the module that takes them; those in `shared` are for all modules.

    `given` are the evaluated variables by their whole names. What is empty, as surveys leave it, counts as not given;
    `false` and `0` are given. Values of other types become text, which a template can hand on: modules take that too.
    """
    there = {
        name.removeprefix(PREFIX): value if isinstance(value, (str, bool, int)) else str(value)
        for name, value in given.items()
        if value not in (None, "")
    }
    face = PLAYBOOKS[playbook]
    if face.takes == "ongoing":
        there.setdefault("all_users", True)
    if face.mode == "audit":  # without the state, there is nothing to compare
        there["live_state"] = "required"
    takers = {"shared": SHARED, **{module: OWN[module] for module in _modules(playbook)}}
    return {taker: {name: there[name] for name in names if name in there} for taker, names in takers.items()}


def problem_with_variables(
    playbook: str, given: Mapping[str, Any], extra: Iterable[str], others: Iterable[str] = ()
) -> str:
    """Return why a playbook cannot run with these variables, `""` if it can. Never repeats a value.

    `given` are variables that begin with `huawei_meeting_`, and `_raw_params`; `extra` the names of all variables from
    the command line, which win over whatever a play says; `others` those of all variables wherever they come from.
    Facts that were set before win over what a task says.
    """
    if "_raw_params" in given:
        # `-e name=Fire drill` makes Ansible keep `Fire` and put `drill` aside: another meeting would be recorded, or
        # half of a password be tried.
        name = f"{PREFIX}subject"
        return (
            "a value after -e has a blank in it, and Ansible took only what stands before the blank; quote such a "
            f'value twice, -e \'{name}="Fire drill"\', or write JSON, -e \'{{"{name}": "Fire drill"}}\''
        )
    if given.get(f"{PREFIX}state") not in (None, ""):
        return (
            f"`{PREFIX}state` is given, but {playbook} decides by itself what is wanted; leave it out, and use "
            f"{_counterpart(playbook)}"
        )
    ours = [*extra, *(name for name in others if name not in _KEPT)]
    inside = sorted(name for name in ours if name.startswith(INTERNAL))
    if inside:
        return f"`{inside[0]}` belongs to the playbook and cannot be given; leave it out"
    # A list has its own way of telling what is wrong with it.
    single = {name: value for name, value in given.items() if name != f"{PREFIX}meetings"}
    return problem_with_type(single) or problem_with_text(single) or _problem_with_texts(given)


def _problem_with_texts(given: Mapping[str, Any]) -> str:
    """Return which of our own variables is no usable text, `""` if all are.

    Of `subject: no`, YAML makes a truth value, which would count as no subject, so that all meetings would match.
    """
    for name in _TEXTS:
        value = given.get(name)
        number = name == f"{PREFIX}search" and isinstance(value, int) and value and not isinstance(value, bool)
        if value is not None and not isinstance(value, str) and not number:
            return f"`{name}` is not text, and what was written may have been something else; put it into quotes"
        if isinstance(value, str) and "\0" in value:
            return f"`{name}` has a NUL character in it; leave it out"
    return ""


def problem_with_place(connection: Any, become: bool) -> str:
    """Return why a play would not run on the control node as the user who runs Ansible, `""` if it does.

    What the plays say of it loses against the command line and facts that were set, and lists and passwords would go to
    another machine, or the environment be lost, with the site in it.
    """
    if str(connection).rpartition(".")[2] != "local":
        return "`ansible_connection` is given, but this playbook runs on the control node; leave it out of -e and facts"
    if become:
        return "`ansible_become` is given, but this playbook runs as the user who runs Ansible; leave it out"
    return ""


def problem_with_hosts(number: int, wishes: Wishes) -> str:
    """Return why these are too few hosts, `""` if they are enough. A play without hosts would be green."""
    if number < wishes.at_least:
        return f"`{PREFIX}at_least` demands {wishes.at_least:,} meetings, but there are only {number:,} hosts"
    if number or wishes.allow_empty:
        return ""
    return f"no host of the inventory matches `{PREFIX}hosts`, so there is no meeting to record"


def _counterpart(playbook: str) -> str:
    """Return what somebody meant who gave a state to a playbook."""
    if PLAYBOOKS[playbook].takes == "one":
        return "start_recording or stop_recording"
    return "start_recordings or stop_recordings, or the key `state` of an entry of the list"


def problem_with_meetings_given(playbook: str, given: Mapping[str, Any], extra: Iterable[str]) -> str:
    """Return what is wrong with where the meetings are said to come from, `""` if it is fine.

    A playbook for a list needs exactly one; one that finds its meetings needs none, nor what belongs to a single one.
    """
    takes = PLAYBOOKS[playbook].takes
    there = {name for name in given if given[name] not in (None, "")}
    lists = [name for name in (f"{PREFIX}meetings", f"{PREFIX}csv") if name in there]
    if takes == "list":
        strange = [name for name in _NARROWING if name in there]
        if strange:
            return f"`{strange[0]}` is for record_ongoing; a list is narrowed by `{PREFIX}subject` or `{PREFIX}only`"
        if len(lists) != 1:
            return (
                f"give the meetings either as {PREFIX}meetings, a list, for example with -e @meetings.yml, or as "
                f"{PREFIX}csv, the path of a CSV file"
            )
    if takes == "ongoing":
        strange = [*lists, *(name for name in _SINGLE if name in there)]
        if strange:
            return (
                f"{playbook} finds the meetings and their passwords by itself. Leave out {' and '.join(strange)}, or "
                "use start_recordings or recording_report"
            )
        if there >= set(_NARROWING):
            return f"`{_NARROWING[0]}` has no say in `{_NARROWING[1]}`, which is about the inventory; give one of them"
    if takes == "hosts":
        # They win over what belongs to each host: all hosts would be one meeting, or one password be tried on all.
        everywhere = sorted(set(extra).intersection([*_SINGLE, HOST_ID]))
        if everywhere:
            return f"`{everywhere[0]}` is given for all hosts, but each meeting has its own; leave it out"
        # They would have no effect, and more be recorded than was meant.
        choosing = (*_NARROWING, *(f"{PREFIX}{name}" for name in ("meetings", "csv", "only", "subject")))
        strange = [name for name in choosing if name in there]
        if strange:
            return f"`{strange[0]}` has no say here; choose hosts with `{PREFIX}hosts` or use record_ongoing"
    return ""


def problem_with_pattern(pattern: str) -> str:
    """Return what is wrong with a regular expression for subjects, `""` if it is fine."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return (
            f"`{PREFIX}subject` (Subject in a survey) is {printable(pattern, 80)!r}, which is no regular "
            f"expression: {error}; put a backslash before characters such as ( [ * + ? that are meant as they are"
        )
    return ""


@dataclass(frozen=True)
class Wishes:
    """Which meetings are wanted: those whose subject matches, and of these only some IDs; and how few are too few.

    `only` is None where there is no such choice. `at_least` counts before it is made: a second try is about fewer.
    """

    subject: str = ""
    search: str = ""
    group: str = ""
    only: tuple[str, ...] | None = None
    at_least: int = 0
    allow_empty: bool = False

    @property
    def narrow(self) -> bool:
        """Whether anything was searched for, so that finding nothing may be a mistake in it."""
        return bool(self.subject or self.search or self.group or self.only is not None)


@dataclass(frozen=True)
class Choice:
    """The IDs that were chosen, in the order of the list, and why the choice cannot stand, `""` if it can."""

    conference_ids: tuple[str, ...]
    problem: str = ""


def choose(playbook: str, rows: Sequence[Mapping[str, Any]], wishes: Wishes, source: str) -> Choice:
    """Return which of the meetings the playbook is about.

    `rows` have `conference_id`, `subject` and `state`; `source` names where they come from, for the sentence that says
    what was searched. Nothing chosen is a failure, because it would be green without any meeting being recorded; only
    who just reads, and searches for nothing, may be told that nothing goes on.
    """
    face = PLAYBOOKS[playbook]
    pattern = re.compile(wishes.subject, re.IGNORECASE)
    wanted = [row for row in rows if face.takes != "list" or face.overrules or row["state"] in face.keeps]
    matching = tuple(row["conference_id"] for row in wanted if pattern.search(str(row.get("subject", ""))))
    if len(matching) < wishes.at_least:
        return Choice(matching, _too_few(playbook, wishes, source, len(rows), len(matching)))
    if wishes.only is None:
        chosen = matching
    else:
        there, asked = set(matching), set(wishes.only)
        lost = tuple(one for one in dict.fromkeys(wishes.only) if one not in there)
        if lost and face.takes == "list":
            return Choice(matching, _strangers(lost, source))
        # What went on at the first try, and does no longer, was wanted all the same: the module says what became of it.
        chosen = (*(one for one in matching if one in asked), *lost)
    if chosen or wishes.allow_empty or (face.mode == "read" and not wishes.narrow):
        return Choice(chosen)
    if wishes.only is not None:
        return Choice(chosen, f"`{PREFIX}only` names no meeting, so there is nothing to try again")
    return Choice(chosen, _nothing(playbook, wishes, source, len(rows)))


def _strangers(lost: Sequence[str], source: str) -> str:
    """Return which IDs were asked for and are not there."""
    told = ", ".join(repr(printable(one, 40)) for one in lost[:20])
    more = f" and {len(lost) - 20} more" if len(lost) > 20 else ""
    return f"`{PREFIX}only` names {told}{more}, and {source} has no such meeting to work on"


def _nothing(playbook: str, wishes: Wishes, source: str, number: int) -> str:
    """Return what was searched, among how many, where nothing was found."""
    face = PLAYBOOKS[playbook]
    if wishes.group:
        group = printable(wishes.group, 80)
        return f"the group {group!r} of the inventory has no meeting{_pattern(wishes, 'that matches')}"
    if face.takes == "ongoing":
        found = f" that the service found for {printable(wishes.search, 80)!r}" if wishes.search else ""
        return f"no ongoing meeting{_pattern(wishes, 'matches')} ({number:,} ongoing{found})"
    if not number:
        return f"there is no meeting in {source}"
    state = "" if face.overrules else f" is to be {face.state}"
    both = " and " if state and wishes.subject else ""
    return f"no meeting of {source}{state}{both}{_pattern(wishes, 'matches')} ({number:,} in it)".replace("  ", " ")


def _too_few(playbook: str, wishes: Wishes, source: str, number: int, found: int) -> str:
    """Return how many meetings were demanded, and what there is."""
    place = "ongoing" if PLAYBOOKS[playbook].takes == "ongoing" else f"in {source}"
    only = f"only {found:,}{_pattern(wishes, 'that match')}"
    return f"`{PREFIX}at_least` demands {wishes.at_least:,} meetings, but there are {only} ({number:,} {place})"


def _pattern(wishes: Wishes, verb: str) -> str:
    """Return what subjects were compared with, `""` where they were not."""
    return f" {verb} `{PREFIX}subject` {printable(wishes.subject, 80)!r}" if wishes.subject else ""


def named(only: Any) -> tuple[str, ...] | None:
    """Return the IDs of `huawei_meeting_only`: a list, or a text with commas, as command lines and surveys give it.

    None where nothing was given. An empty list is a choice of nothing.
    """
    if only is None or only == "":
        return None
    parts = only.split(",") if isinstance(only, str) else only if isinstance(only, (list, tuple)) else [only]
    return tuple(meeting_id(str(part)) for part in parts if str(part).strip())


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of a list, in hex, over canonical JSON of its entries without their credentials.

    A credential must not be in it: who knows all the rest of a list could guess a short password by its digest.
    """
    parts = [
        {key: row[key] for key in ("conference_id", "subject", "state", "columns") if row.get(key)} for row in rows
    ]
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
