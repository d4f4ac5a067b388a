#!/usr/bin/python
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: playbook_report
short_description: Write the reports of a playbook of this collection
version_added: 0.2.0
description:
  - The last step of the role P(huawei.meeting.recordings#role) and its playbooks. There is no use for it anywhere else.
  - It works out what became of each meeting, and writes the reports in all their forms. Each file is put in its place
    whole, so that there is always the old one or the new one.
  - It runs in Ansible's own process on the control node, and needs no connection.
author:
  - huawei.meeting contributors (!UNKNOWN)
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - The reports of a run in check mode are written too, beside those of real runs.
  diff_mode:
    description: Returns details on what has changed (or would change in C(check_mode)), when in diff mode.
    support: N/A
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
options:
  run:
    description: What M(huawei.meeting.playbook_input) returned.
    type: dict
    required: true
  results:
    description:
      - The results of all meetings that had their turn, as M(huawei.meeting.huawei_meeting_recordings) returns them.
    type: list
    elements: dict
    required: true
  broken_off:
    description: The error that ended the batch as a whole, if one did.
    type: dict
  final:
    description: Whether this is the end of the run. Before, only the JSON file is written.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Write the reports
  huawei.meeting.playbook_report:
    run: "{{ run }}"
    results: "{{ batch.results }}"
  register: report
"""

RETURN = r"""
good:
  description: Whether all is as it should be, and all files were written.
  type: bool
  returned: always
  sample: true
summary:
  description: What came of the whole, and where to read more.
  type: str
  returned: always
  sample: "5 meetings: 5 as wanted. Reports: /srv/huawei_meeting_reports/start_recordings.{json,md,html,retry.yml}"
progress:
  description: How far the batch is.
  type: str
  returned: always
  sample: done 200 of 1,000, 0 failed
problems:
  description: What is wrong with the first twenty of the meetings that somebody must look after.
  type: list
  elements: str
  returned: always
  sample: ["914047760 Accident prevention: Is not being recorded, and should be."]
"""
