# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of many meetings, told for people and for programs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: recording_report
short_description: Tell for people what became of many meetings
version_added: 0.1.0
author:
  - huawei.meeting contributors (!UNKNOWN)
description:
  - Puts a list of meetings and the results of M(huawei.meeting.huawei_meeting_recordings), or of
    M(huawei.meeting.huawei_meeting_recording_info), side by side, adds a verdict and a sentence to each, and counts
    them. The report files of this collection's playbooks are made of it.
notes:
  - The result is never evaluated as a template, whatever the names of the meetings hold.
positional: _input, results
options:
  _input:
    description: The meetings, as P(huawei.meeting.meeting_list#filter) returns them.
    type: list
    elements: dict
    required: true
  results:
    description:
      - The results of these meetings, in the same order. There may be fewer of them, where a batch ended early.
    type: list
    elements: dict
    required: true
  check:
    description: Whether the results are those of a run in check mode.
    type: bool
    default: false
  audit:
    description:
      - Whether the question is what is, and not what was done. Then the verdict compares the recording that was found
        with the one that is wanted. Results of M(huawei.meeting.huawei_meeting_recording_info) are always taken so.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Start all recordings
  huawei.meeting.huawei_meeting_recordings:
    meetings: "{{ checked | map(attribute='order') }}"
  register: batch
  vars: &list
    checked: "{{ classes | huawei.meeting.meeting_list('started') }}"

- name: Tell of each in one line
  ansible.builtin.debug:
    msg: "{{ (checked | huawei.meeting.recording_report(batch.results)).results | map(attribute='words') }}"
  vars: *list
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    words:
      description: All of it in one line.
      type: str
      sample: "200 meetings: 3 failed, 187 changed, 10 as wanted"
    summary:
      description: How many meetings there are.
      type: dict
      contains:
        total:
          description: All of them.
          type: int
          sample: 200
        recording:
          description:
            - How many are being recorded (C(started)), how many are not (C(stopped)), and of how many nobody knows
              (C(unknown)).
          type: dict
          sample: {started: 197, stopped: 2, unknown: 1}
        verdicts:
          description: How many have each verdict that occurs.
          type: dict
          sample: {failed: 3, changed: 187, as_wanted: 10}
    failed_conference_ids:
      description: The IDs of the meetings whose verdict is a bad one.
      type: list
      elements: str
      sample: ["914047760", "914047792", "914047801"]
    problems:
      description: What is wrong with each of them, with its ID and its name in front.
      type: list
      elements: str
      sample: ["914047760 Accident prevention: Is not being recorded, and should be."]
    results:
      description:
        - One entry for each meeting, in the order given.
        - It also has the values of its result that concern people and programs alike, C(changed), C(failed),
          C(confirmed), C(meeting), C(request_id), C(error).
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
        wanted:
          description: The state that is wanted, empty where nothing is.
          type: str
          sample: started
        recording:
          description:
            - Whether the meeting is being recorded, as far as it was seen.
            - V(started), V(stopped) or V(unknown).
          type: str
          sample: started
        verdict:
          description:
            - V(as_wanted) was so already, V(changed) was brought about and seen, V(unseen) was asked for and accepted
              but not seen, V(would_change) is what check mode says instead.
            - The bad ones are V(failed), and V(not_attempted) where the batch ended before its turn.
            - In an audit V(deviates) is not as wanted, and of V(unknown) it could not be read. Both are bad.
            - V(read) is the state of a meeting of which nothing is wanted.
          type: str
          sample: changed
        label:
          description: The verdict as people call it.
          type: str
          sample: changed
        bad:
          description: Whether somebody should look after the meeting.
          type: bool
          sample: false
        words:
          description: The same as a sentence; on failure what was tried, what came back, what to do.
          type: str
          sample: Recording has been started.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var

_KEPT = ("changed", "failed", "confirmed", "meeting", "request_id", "error")
_WORDS = {
    "read": {"started": "Is being recorded.", "stopped": "Is not being recorded."},
    "as_wanted": {"started": "Is being recorded.", "stopped": "Is not being recorded."},
    "changed": {"started": "Recording has been started.", "stopped": "Recording has been stopped."},
    "unseen": {
        "started": "The request to start was accepted; that recording began was not seen.",
        "stopped": "The request to stop was accepted; that recording ended was not seen.",
    },
    "would_change": {"started": "Recording would be started.", "stopped": "Recording would be stopped."},
    "deviates": {
        "started": "Is not being recorded, and should be.",
        "stopped": "Is being recorded, and should not be.",
    },
}
_UNTOLD = {"unknown": "Whether it is being recorded could not be read.", "not_attempted": "Nothing was tried yet."}
# In the order in which people want to hear of them.
_LABELS = {
    "failed": "failed",
    "deviates": "not as wanted",
    "unknown": "unknown",
    "not_attempted": "not tried",
    "unseen": "sent but not seen",
    "changed": "changed",
    "would_change": "would change",
    "as_wanted": "as wanted",
    "read": "read",
}
_STATES = {"started": "being recorded", "stopped": "not being recorded", "unknown": "unknown"}
_BAD = ("failed", "deviates", "unknown", "not_attempted")
_NO_LONGER = {"ended": "The meeting is over.", "not_started": "The meeting is over or has not begun."}


def recording_report(
    meetings: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    check: bool = False,
    audit: bool = False,
) -> dict[str, Any]:
    """Return the report about meetings and their results."""
    rest = [None] * (len(meetings) - len(results))
    rows = [_row(meeting, result, check, audit) for meeting, result in zip(meetings, [*results, *rest])]
    recording = Counter(row["recording"] for row in rows)
    verdicts = Counter(row["verdict"] for row in rows)
    report = {
        "words": _summary(rows),
        "summary": {
            "total": len(rows),
            "recording": {state: recording[state] for state in ("started", "stopped", "unknown")},
            "verdicts": {verdict: verdicts[verdict] for verdict in _LABELS if verdicts[verdict]},
        },
        "failed_conference_ids": [row["conference_id"] for row in rows if row["bad"]],
        "problems": [f"{_name(row)}: {row['words']}" for row in rows if row["bad"]],
        "results": rows,
    }
    # The names of meetings are text of other people: no version of Ansible may take them for templates.
    return wrap_var(report)


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how many meetings there are, by what is asked about them, on one line."""
    if any(row["wanted"] for row in rows):
        key, labels = "verdict", _LABELS
    else:
        key, labels = "recording", _STATES
    counts = Counter(row[key] for row in rows)
    told = ", ".join(f"{counts[value]:,} {label}" for value, label in labels.items() if counts[value])
    return f"{len(rows):,} meeting{'s' * (len(rows) != 1)}{': ' * bool(rows)}{told}"


def _row(meeting: Mapping[str, Any], result: Mapping[str, Any] | None, check: bool, audit: bool) -> dict[str, Any]:
    """Return the row of one meeting; it has no result where it had not its turn."""
    wanted = meeting["state"]
    # Who only read the state has nothing else to tell.
    audit = audit or (result is not None and "changed" not in result)
    found = result["state"] if result else "unknown"
    if result and wanted and (check or audit):  # what check mode says of the state after is a forecast
        found = result.get("previous_state", found)
    if result is None:
        verdict = "not_attempted"
    elif not wanted:
        verdict = "unknown" if found == "unknown" else "read"
    elif audit:
        verdict = "unknown" if found == "unknown" else "as_wanted" if found == wanted else "deviates"
    else:
        verdict = _verdict(result, check)
    row = {
        "conference_id": meeting["conference_id"],
        "subject": meeting["subject"],
        "wanted": wanted,
        "recording": found,
        "verdict": verdict,
        "label": _LABELS[verdict],
        "bad": verdict in _BAD,
        "words": _words(verdict, wanted or found, result or {}),
    }
    return row | {key: result[key] for key in _KEPT if result and key in result}


def _verdict(result: Mapping[str, Any], check: bool) -> str:
    """Return what was done about a meeting, or would be."""
    if result["failed"]:
        return "failed"
    if not result["changed"]:
        return "as_wanted"
    if check:
        return "would_change"
    return "changed" if result["confirmed"] else "unseen"


def _name(row: Mapping[str, Any]) -> str:
    """Return what people and programs call a meeting."""
    return f"{row['conference_id']} {row['subject']}".strip()


def _words(verdict: str, state: str, result: Mapping[str, Any]) -> str:
    """Return the verdict as a sentence."""
    if verdict == "deviates" and result.get("msg"):
        # An audit did not try anything, so only what came back counts.
        return f"{_WORDS[verdict][state][:-1]}: {result['msg'].partition(': ')[2]}"
    if result.get("msg"):
        return result["msg"]
    if verdict in ("as_wanted", "read") and result["meeting"] in _NO_LONGER:
        return _NO_LONGER[result["meeting"]]
    return _UNTOLD.get(verdict) or _WORDS[verdict][state]


class FilterModule:
    """What Ansible asks of a file with filters."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"recording_report": recording_report}
