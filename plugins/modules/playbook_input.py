#!/usr/bin/python
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: playbook_input
short_description: Check what a playbook of this collection was given, and choose its meetings
version_added: 0.2.0
description:
  - The first step of the roles and playbooks of this collection. There is no use for it anywhere else.
  - It looks at the variables whose names begin with C(huawei_meeting_), reads and checks the list of meetings, chooses
    those that the playbook is about, makes room for the reports, and returns the options for each module. Nothing is
    sent.
  - What C(module_defaults) of the play give to C(group/huawei.meeting.huawei_meeting) counts where no variable is
    set.
  - What a playbook brings about follows from its name alone; no variable can turn it into its opposite.
  - It runs in Ansible's own process on the control node, and needs no connection.
author:
  - huawei.meeting contributors (!UNKNOWN)
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - Makes the folder for the reports in check mode too, because they are written there.
  diff_mode:
    description: Returns details on what has changed (or would change in C(check_mode)), when in diff mode.
    support: N/A
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
options:
  playbook:
    description: The name of the playbook.
    type: str
    required: true
    choices:
      - start_recording
      - stop_recording
      - record_hosts
      - start_recordings
      - stop_recordings
      - recording_report
      - record_ongoing
      - recording_status
  found:
    description:
      - The meetings that go on now, with their C(conference_id) and C(subject), for a playbook that finds them.
      - Without it, only the variables are checked.
    type: list
    elements: dict
  hosts:
    description: The hosts that a playbook is about, for one that takes hosts, to see that there are enough of them.
    type: list
    elements: str
notes:
  - What it returns holds the passwords of the list, so use C(no_log). To let people read what is wrong all the same, it
    does not fail. Let the next task fail with RV(problem).
"""

EXAMPLES = r"""
- name: Read the list and choose the meetings
  huawei.meeting.playbook_input:
    playbook: start_recordings
  register: run
  no_log: true

- name: Refuse unusable input
  ansible.builtin.fail:
    msg: "{{ run.problem }}"
  when: run.problem | length > 0
"""

RETURN = r"""
problem:
  description: Why the playbook cannot run, in sentences for people; empty if it can.
  type: str
  returned: always
  sample: "`huawei_meeting_csv` is 'classes.csv', but there is no such file (/srv/classes.csv). Nothing was sent."
accept_unconfirmed:
  description: Whether it is good enough that a request was sent, although nobody has seen what became of it.
  type: bool
  returned: if there is no problem
  sample: false
options:
  description:
    - The options that were given, by the module that takes them. C(shared) are for all modules of the collection.
  type: dict
  returned: if there is no problem
  sample: {shared: {timeout: 5}, recordings: {max_parallel: 64}}
check_mode:
  description: Whether this is check mode, in which nothing is sent.
  type: bool
  returned: by playbooks for one meeting
  sample: false
conference_id:
  description: The meeting.
  type: str
  returned: by playbooks for one meeting
  sample: "914047751"
state:
  description: What is wanted of the meeting.
  type: str
  returned: by playbooks for one meeting
  sample: started
todo:
  description: The meetings that were chosen, as P(huawei.meeting.meeting_list#filter) returns them.
  type: list
  elements: dict
  returned: by playbooks for many meetings
  sample: []
provenance:
  description: Where the reports of this run come from.
  type: dict
  returned: by playbooks for many meetings
  contains:
    run:
      description: The job's ID in AWX or automation controller; elsewhere a random one.
      type: str
      sample: "1042"
    playbook:
      description: The playbook.
      type: str
      sample: huawei.meeting.start_recordings
    collection_version:
      description: The version of this collection.
      type: str
      sample: 0.1.0
    service:
      description: The address of the service.
      type: str
      sample: https://api.meeting.huaweicloud.com
    list:
      description:
        - C(source), the name of the list; C(entries), how many there are in it; and C(sha256), a digest in hex of all
          entries without their credentials, as canonical JSON (keys C(conference_id), C(subject), C(state) and
          C(columns), sorted, where they are not empty; no blanks; nothing but ASCII).
      type: dict
      sample: {source: classes.csv, entries: 200, sha256: 9f86d081884c7d659a2feaa0c55ad015}
    check_mode:
      description: Whether the run is one in check mode.
      type: bool
      sample: false
    controller:
      description: The name of the machine that Ansible runs on.
      type: str
      sample: control-1
"""
