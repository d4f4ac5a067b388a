# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of meetings, as people keep it, checked as a whole before anything is sent."""

from __future__ import annotations

DOCUMENTATION = r"""
name: meeting_list
short_description: Check a list of meetings, or read it from CSV
version_added: 0.1.0
author:
  - huawei.meeting contributors (!UNKNOWN)
description:
  - Turns a list of meetings, or the text of a CSV file, into the list that the playbooks of this collection work on.
  - The list is checked as a whole, so that a batch that is sent in several tasks is refused before its first request
    if anything is wrong with it. The message has all that is wrong, each with the line of the file or the number of
    the entry, and never repeats a credential.
  - What carries no meaning is accepted, such as blanks and hyphens in the ID of a meeting, C(.0) behind it, or
    C(="914047751") and what else spreadsheets put around it. What may have lost its meaning is refused, such as
    C(9.14E+08).
notes:
  - The result is never evaluated as a template, whatever the CSV file holds.
positional: state
options:
  _input:
    description:
      - A list of dictionaries with the keys C(conference_id), C(host_password), C(token), C(state) and C(subject).
        All but the first may be missing or empty. C(subject) is any text that tells people which meeting it is.
      - Or the text of a CSV file with these keys as its first line, in any order, as
        P(ansible.builtin.file#lookup) returns it. The file may be UTF-8, UTF-16 or GB18030 (GBK). Comma, semicolon,
        tab, vertical bar and the full-width comma and semicolon are taken as separators, whichever the first line has;
        a line such as C(sep=;) may stand above it. Empty lines and columns are left out.
      - The keys are known in any case, with blanks, hyphens or underscores between their words, and by other names,
        such as C(Meeting ID), C(Host key), C(Topic), C(Status), C(会议ID), C(会议号), C(主持人密码), C(主持密码),
        C(令牌), C(状态), C(会议主题), C(主题).
      - C(state) is V(started), C(start), C(record), C(recording), C(录制), C(开始) or C(开启); or V(stopped), C(stop),
        C(停止), C(不录制) or C(关闭), in any case.
      - Credentials are taken exactly, but for blanks around them. In a CSV file, C(="001234") and C('001234) are
        001234, because spreadsheets mark text so; there is a warning about the latter. Another one is about host
        passwords that may have lost zeros in front.
      - Further keys and columns are carried as RV(_value[].columns). One whose name looks like a misspelt key or like a
        secret is refused.
    type: raw
    required: true
  state:
    description: The state that is wanted of each meeting that does not say otherwise.
    type: str
    choices: [started, stopped]
    required: true
  only:
    description:
      - The IDs of the meetings that are wanted of the list, as a retry file holds them.
      - Without it, all are.
    type: list
    elements: str
  shared_credential:
    description: Whether a meeting may come without a credential, because there is one for all of them.
    type: bool
    default: false
  columns:
    version_added: 0.2.0
    description:
      - How the list names its columns, by the keys of a meeting. Keys that are not in it go by the names above.
    type: dict
"""

EXAMPLES = r"""
- name: All classes are being recorded
  huawei.meeting.huawei_meeting_recordings:
    meetings: "{{ lookup('ansible.builtin.file', 'classes.csv')
      | huawei.meeting.meeting_list('started') | map(attribute='order') }}"

- name: The names of columns are those of the training department
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'trainings.csv')
      | huawei.meeting.meeting_list('started', columns={'conference_id': 'Room', 'host_password': 'Trainer PIN'})
      | map(attribute='columns') }}"
"""

RETURN = r"""
_value:
  description: The meetings, in the order given.
  type: list
  elements: dict
  contains:
    conference_id:
      description: The ID of the meeting.
      type: str
      sample: "914047751"
    subject:
      description: What people call the meeting, or an empty string.
      type: str
      sample: Accident prevention, spring course
    state:
      description: The state that is wanted.
      type: str
      sample: started
    order:
      description: The entry for the option O(huawei.meeting.huawei_meeting_recordings#module:meetings).
      type: dict
      sample:
        conference_id: "914047751"
        state: started
    columns:
      description:
        - The texts of further columns or keys, by their names, each with at most 1,000 characters.
        - Here as in RV(_value[].subject), control characters other than line breaks are blanks.
      type: dict
      sample:
        teacher: Wang Fang
        room: "301"
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils import display
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.huawei.meeting.plugins.module_utils._core.lists import STATES, as_message, read_list
from ansible_collections.huawei.meeting.plugins.module_utils._core.options import CREDENTIALS, meeting_id

_STRANGERS = 20  # how many are named


def meeting_list(
    meetings: Any,
    state: str,
    only: Iterable[Any] | None = None,
    shared_credential: bool = False,
    columns: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return the checked list. Raises AnsibleFilterError with all that is wrong with it."""
    if state not in STATES:
        raise AnsibleFilterError(f"meeting_list: `state` must be one of {', '.join(STATES)}")
    checked = read_list(meetings, state, shared_credential=shared_credential, columns=columns)
    if checked.faults:
        raise AnsibleFilterError(
            f"The list of meetings cannot be used:\n{as_message(checked.faults)}\nNothing was sent."
        )
    for warning in checked.warnings:
        display.Display().warning(f"The list of meetings: {warning}")
    return _marked(_chosen(checked.rows, only))


def _marked(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return entries with the text of other people marked, so that no version of Ansible takes it for a template.

    Marking takes longer than reading, so each text is marked once, and IDs, which are digits, and words of ours are
    left as they are.
    """
    known: dict[str, str] = {}

    def mark(text: str) -> str:
        if text not in known:
            known[text] = wrap_var(text)
        return known[text]

    marked = []
    for row in rows:
        order = {key: mark(text) if key in CREDENTIALS else text for key, text in row["order"].items()}
        columns = {mark(name): mark(text) for name, text in row["columns"].items()}
        marked.append({**row, "subject": mark(row["subject"]), "order": order, "columns": columns})
    return marked


def _chosen(rows: Sequence[dict[str, Any]], only: Iterable[Any] | None) -> list[dict[str, Any]]:
    """Return the entries that are wanted. Raises AnsibleFilterError for IDs that the list does not have."""
    if only is None:
        return list(rows)
    wanted = {meeting_id(str(conference_id)) for conference_id in only}
    strange = sorted(wanted - {row["conference_id"] for row in rows})
    if strange:
        named = ", ".join(repr(conference_id[:40]) for conference_id in strange[:_STRANGERS])
        more = f" and {len(strange) - _STRANGERS} more" if len(strange) > _STRANGERS else ""
        subject, verb = ("Meeting", "is") if len(strange) == 1 else ("Meetings", "are")
        raise AnsibleFilterError(
            f"{subject} {named}{more} {verb} to be tried again, but {verb} not in the list. Nothing was sent."
        )
    return [row for row in rows if row["conference_id"] in wanted]


class FilterModule:
    """What Ansible asks of a file with filters."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"meeting_list": meeting_list}
