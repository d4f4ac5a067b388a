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
      - The results of these meetings, in any order; they belong together by C(conference_id). There may be fewer of
        them, where a batch ended early. One that belongs to none of the meetings is an error.
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
  accept_unconfirmed:
    version_added: 0.2.0
    description: Whether it is good enough that a request was sent, although nobody has seen what became of it.
    type: bool
    default: false
  broken_off:
    version_added: 0.2.0
    description:
      - The C(error) of the module's task, where that ended as a whole. What had no turn for an error that trying again
        will not change, such as a refused sign-in, is not to be tried again.
    type: dict
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
    progress:
      description: How many of them had their turn, and what is wrong with these, in one line.
      type: str
      sample: done 200 of 200, 3 failed
    sections:
      description: The parts of a report for people, in the order of reading.
      type: list
      elements: dict
      contains:
        heading:
          description: Its heading.
          type: str
          sample: To look after
        rows:
          description: Which of the RV(_value.results) belong there, by their numbers from 0 on.
          type: list
          elements: int
          sample: [9, 41, 50]
    retry:
      description: What of the bad ones to try again.
      type: dict
      contains:
        only:
          description: The IDs of the meetings that may succeed if the same is tried again.
          type: list
          elements: str
          sample: ["914047792"]
        not_retried:
          description: The others, each with its C(conference_id) and the C(kind) of what is wrong with it.
          type: list
          elements: dict
          sample: [{conference_id: "914047760", kind: authentication}]
    failed_conference_ids:
      description: The IDs of the meetings that somebody must look after.
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
          C(confirmed), C(meeting), C(request_id), C(at), C(reason), C(error).
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
        columns:
          description: What else the list says of the meeting, by the names of the columns.
          type: dict
          sample: {teacher: Wang, room: "301"}
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
            - V(as_wanted) was so already, V(changed) was brought about and seen, V(would_change) is what check mode
              says instead.
            - V(unseen) was asked for and accepted, but nobody has seen it; C(reason) says why. It is a bad one unless
              O(accept_unconfirmed) is set. In check mode, it would be so.
            - The bad ones are V(failed), and V(not_attempted) where the batch ended before its turn.
            - V(deviates) was seen to be not as wanted, and of V(unknown) the state was not seen. Both are bad, and
              usual in an audit.
            - V(read) is the state of a meeting of which nothing is wanted.
          type: str
          sample: changed
        label:
          description: The verdict as people call it.
          type: str
          sample: changed
        tone:
          description: What colour suits the verdict, V(good), V(bad), V(warn) or V(plain).
          type: str
          sample: good
        bad:
          description: Whether somebody should look after the meeting.
          type: bool
          sample: false
        words:
          description: The same as a sentence; on failure what was tried, what came back, what to do.
          type: str
          sample: Recording has been started.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.huawei.meeting.plugins.module_utils._core.report import report


def recording_report(
    meetings: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    check: bool = False,
    audit: bool = False,
    accept_unconfirmed: bool = False,
    broken_off: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the report about meetings and their results. Raises AnsibleFilterError where they do not fit together."""
    try:
        told = report(
            meetings,
            results,
            # From the command line they come as texts, and that of "no" would be true.
            check=boolean(check),
            audit=boolean(audit),
            accept_unconfirmed=boolean(accept_unconfirmed),
            broken_off=broken_off,
        )
    except (ValueError, TypeError) as error:
        raise AnsibleFilterError(f"recording_report: {error}") from None
    # The names of meetings are text of other people: no version of Ansible may take them for templates.
    safe: dict[str, Any] = wrap_var(told)
    return safe


class FilterModule:
    """What Ansible asks of a file with filters."""

    def filters(self) -> dict[str, Any]:
        """Return the filters of this file by name."""
        return {"recording_report": recording_report}
