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
    if anything is wrong with it. Errors name the meeting by its number, and never repeat a credential.
notes:
  - The result is never evaluated as a template, whatever the CSV file holds.
positional: state
options:
  _input:
    description:
      - A list of dictionaries with the keys C(conference_id), C(host_password), C(token), C(state) and C(subject).
        All but the first may be missing or empty. C(subject) is any text that tells people which meeting it is.
      - Or the text of a CSV file with these keys as its first line, in any order. Comma, semicolon and tab are taken
        as separators, whichever the first line has. Empty lines are left out.
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
"""

EXAMPLES = r"""
- name: All classes are being recorded
  huawei.meeting.huawei_meeting_recordings:
    meetings: "{{ lookup('ansible.builtin.file', 'classes.csv')
      | huawei.meeting.meeting_list('started') | map(attribute='order') }}"
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
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.huawei.meeting.plugins.module_utils._options import CREDENTIALS, problem_with_meeting

_KEYS = ("conference_id", "host_password", "token", "state", "subject")
_STATES = ("started", "stopped")


def meeting_list(
    meetings: Any, state: str, only: Iterable[Any] | None = None, shared_credential: bool = False
) -> list[dict[str, Any]]:
    """Return the checked list. Raises AnsibleFilterError for the first entry that cannot be used."""
    if state not in _STATES:
        raise AnsibleFilterError(f"meeting_list: `state` must be one of {', '.join(_STATES)}")
    given = _from_csv(meetings) if isinstance(meetings, str) else meetings
    if not isinstance(given, Sequence):
        raise AnsibleFilterError("The meetings must be a list of dictionaries, or the text of a CSV file")
    checked: dict[str, dict[str, Any]] = {}
    for number, meeting in enumerate(given, start=1):
        one, problem = _checked(meeting, state, shared_credential)
        if not problem and one["conference_id"] in checked:
            problem = f"`conference_id` {one['conference_id'][:40]!r} is there already"
        if problem:
            raise AnsibleFilterError(f"Meeting {number} of {len(given)}: {problem}. Nothing was sent.")
        checked[one["conference_id"]] = one
    # What the list holds is text of other people: it is wrapped so that no version of Ansible takes it for a template.
    return wrap_var(_chosen(checked, only))


def _checked(meeting: Any, state: str, shared_credential: bool) -> tuple[dict[str, Any], str]:
    """Return one entry of the result, and why it cannot be used, `""` if it can."""
    if not isinstance(meeting, Mapping):
        return {}, "it is not a dictionary"
    unknown = sorted(str(key)[:40] for key in meeting if key not in _KEYS)
    if unknown:
        return {}, f"{unknown[0]!r} is not a key of a meeting; there are {', '.join(_KEYS)}"
    numbers = [name for name in CREDENTIALS if isinstance(meeting.get(name), (int, float))]
    if numbers:
        # YAML drops leading zeros and the like, and a wrong password counts towards a lock-out.
        return {}, f"`{numbers[0]}` is a number or a truth value there; put it into quotes"
    texts = {key: str(meeting[key]).strip() for key in _KEYS if meeting.get(key) is not None}
    order = {key: text for key, text in texts.items() if text and key != "subject"}
    order.setdefault("conference_id", "")
    order.setdefault("state", state)
    if order["state"] not in _STATES:
        return {}, f"`state` is {order['state'][:40]!r}, but must be one of {', '.join(_STATES)}"
    token, host_password = order.get("token", ""), order.get("host_password", "")
    one = {
        "conference_id": order["conference_id"],
        "subject": texts.get("subject", ""),
        "state": order["state"],
        "order": order,
    }
    return one, problem_with_meeting(order["conference_id"], token, host_password, shared_credential)


def _chosen(checked: Mapping[str, dict[str, Any]], only: Iterable[Any] | None) -> list[dict[str, Any]]:
    """Return the entries that are wanted. Raises AnsibleFilterError for an ID that the list does not have."""
    if only is None:
        return list(checked.values())
    wanted = {str(conference_id).strip() for conference_id in only}
    strange = sorted(wanted - checked.keys())
    if strange:
        raise AnsibleFilterError(
            f"Meeting {strange[0][:40]!r} is to be tried again, but is not in the list. Nothing was sent."
        )
    return [one for conference_id, one in checked.items() if conference_id in wanted]


def _from_csv(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file. Raises AnsibleFilterError where it is none."""
    # Spreadsheets put a byte order mark in front, and some a semicolon between.
    text = text.removeprefix("\ufeff")
    if any("\udc80" <= character <= "\udcff" for character in text):  # what the file lookup makes of other bytes
        raise AnsibleFilterError("CSV: the file is not in UTF-8; save it as CSV UTF-8")
    header = text.strip().partition("\n")[0]
    delimiter = next((mark for mark in ",;\t" if mark in header), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    meetings = []
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if not names:
                names = _header(row)
                continue
            if len(row) > len(names):
                raise AnsibleFilterError(
                    f"CSV, line {rows.line_num}: {len(row)} values, but the first line names {len(names)}; "
                    "put a value that holds the separator into double quotes"
                )
            meetings.append(dict(zip(names, row)))
    except csv.Error as error:
        raise AnsibleFilterError(f"CSV, line {rows.line_num}: {error}") from None
    return meetings


def _header(row: Sequence[str]) -> list[str]:
    """Return the names of the columns. Raises AnsibleFilterError where they cannot be used."""
    names = [name.strip() for name in row]
    if "conference_id" not in names or len(set(names)) != len(names):
        # The line may be data, so it is not repeated.
        raise AnsibleFilterError(
            f"CSV: the first line must name the columns, each once, with conference_id; there are {', '.join(_KEYS)}"
        )
    return names


class FilterModule:
    """What Ansible asks of a file with filters."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"meeting_list": meeting_list}
