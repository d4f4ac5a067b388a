#!/usr/bin/python
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huawei_meeting_recordings
short_description: Start or stop the cloud recording of many Huawei Cloud Meeting meetings
version_added: 0.1.0
description:
  - Brings the cloud recording of each meeting of a list into the state that is wanted, many at a time, in one task.
  - Each meeting is treated as M(huawei.meeting.huawei_meeting_recording) treats one. Its live state is read, the
    request is sent only when it would change something, and the change is waited for until it has been seen.
  - Every meeting is attempted. If any of them fails, the task fails at the end, and the result of each is returned.
  - When the service throttles one call, all of them wait with calls of that kind.
author:
  - huawei.meeting contributors (!UNKNOWN)
extends_documentation_fragment:
  - huawei.meeting._attributes
  - huawei.meeting._connection
  - huawei.meeting._credentials
  - huawei.meeting._enterprise
  - huawei.meeting._waiting
attributes:
  check_mode:
    support: full
    details:
      - Signs in and reads the live states as a real run does, and stops before the requests.
      - What only the request itself would bring to light (a meeting that was set up without cloud recording, a full
        storage) cannot be foretold.
  diff_mode:
    support: full
    details:
      - Shows the meetings that change, each with its recording before, and the state that was asked for.
  idempotent:
    support: partial
    details:
      - Idempotent wherever the live state can be read.
      - With O(live_state=ignore), and with O(live_state=auto) when the state cannot be read, the request is sent each
        time and RV(ignore:changed) is V(true). What the service does with a redundant request is not documented.
options:
  meetings:
    description:
      - The meetings. An empty list is fine, and nothing changes.
      - The same meeting twice, an empty ID and the like are refused before anything is sent.
    type: list
    elements: dict
    required: true
    suboptions:
      conference_id:
        description: The ID of the meeting, in quotes, as in M(huawei.meeting.huawei_meeting_recording).
        type: str
        required: true
      state:
        description: The state that is wanted of this meeting, if it differs from O(state).
        type: str
        choices: [started, stopped]
      token:
        description:
          - A control token of this meeting. A meeting with O(meetings[].token) or O(meetings[].host_password) does not
            use the credentials of the whole task.
        type: str
      host_password:
        description: The host password of this meeting.
        type: str
  state:
    description: The state that is wanted of all meetings that do not say otherwise.
    type: str
    choices: [started, stopped]
  max_parallel:
    description: How many meetings are worked on at a time, from 1 to 128.
    type: int
    default: 16
notes:
  - Do not repeat this task with C(until). It repeats all meetings, and with them each wrong password, which counts
    towards a lock. Give a second task only the meetings whose RV(results[].error.retryable) is V(true), and whose
    RV(results[].error.kind) is neither V(authentication) nor V(locked).
  - Before it sends a request, a run listens for others for up to 0.1 seconds, and does not repeat what one of them has
    done. A recorder takes some time to show, though, and within that time two runs can both start the recording of a
    meeting. Do not let two jobs start the same meeting at the same moment.
seealso:
  - module: huawei.meeting.huawei_meeting_recording
  - name: Starting and Stopping Recording a Meeting
    description: The request in the Server API Reference of Huawei Cloud Meeting.
    link: https://support.huaweicloud.com/api-meeting/meeting_21_0043.html
"""

EXAMPLES = r"""
# `classes` is a list of dictionaries with conference_id and host_password, from a file encrypted with Vault.
- name: All classes are being recorded
  huawei.meeting.huawei_meeting_recordings:
    meetings: "{{ classes }}"
    state: started

- name: All recordings are stopped, 64 at a time
  huawei.meeting.huawei_meeting_recordings:
    meetings: "{{ classes }}"
    state: stopped
    max_parallel: 64

- name: One starts, one stops
  huawei.meeting.huawei_meeting_recordings:
    meetings:
      - conference_id: "914047751"
        host_password: "{{ vault_host_password }}"
        state: started
      - conference_id: "914047752"
        host_password: "{{ vault_host_password }}"
        state: stopped

# A refused sign-in and the like is an `error` of the whole task, with no results.
- name: Put up with a few failures, but not with more
  huawei.meeting.huawei_meeting_recordings:
    meetings: "{{ classes }}"
    state: started
  register: batch
  failed_when: batch.summary is not defined or batch.error is defined or batch.summary.failed > 3
"""

RETURN = r"""
results:
  description:
    - What became of each meeting, in the order given, in the shape of M(huawei.meeting.huawei_meeting_recording).
    - Where RV(results[].failed), RV(results[].msg) and RV(results[].error) tell why.
  returned: always
  type: list
  elements: dict
  contains:
    changed:
      description: Whether the recording of this meeting was changed, or would be.
      type: bool
      sample: true
    failed:
      description: Whether this meeting failed.
      type: bool
      sample: false
    conference_id:
      description: The ID of the meeting.
      type: str
      sample: "914047751"
    state:
      description: Whether the meeting is being recorded after the task, as far as it was seen.
      type: str
      choices: [started, stopped, unknown]
      sample: started
    previous_state:
      description: Whether the meeting was being recorded before the task.
      type: str
      choices: [started, stopped, unknown]
      sample: stopped
    confirmed:
      description: Whether RV(results[].state) was seen.
      type: bool
      sample: true
    meeting:
      description: Where the meeting stands.
      type: str
      choices: [ongoing, ended, not_started, unknown]
      sample: ongoing
    request_id:
      description: The vendor's ID of the request that started or stopped the recording, or of the call that failed.
      type: str
      sample: 5e7966300a659a5fa2474f38e923caa
    at:
      description: When the state of this meeting was last seen, or the meeting failed, ISO 8601 in UTC.
      type: str
      sample: "2026-03-02T09:00:07Z"
    reason:
      description:
        - Why nobody saw what the request did, in a sentence, where it was accepted and RV(results[].state) is
          V(unknown) without a failure. In check mode, why nobody would see it. Otherwise not there.
      type: str
      sample: >-
        Could not read the live state of meeting 914047751: no connection to 203.0.113.7 (it timed out).
    msg:
      description: On failure, what was tried, what came back, what to do.
      type: str
      sample: >-
        Could not start the recording of meeting 914047751: the service answered HTTP 400 with MMC.111072020: the
        meeting was set up without cloud recording.
    error:
      description: On failure, what went wrong, for programs; RV(results[].msg) tells it in a sentence.
      type: dict
      contains:
        code:
          description: The vendor's error code, empty where there was none.
          type: str
          sample: MMC.111072020
        kind:
          description:
            - What sort of failure it is, out of a closed set.
            - V(unconfirmed) is a request that was accepted but not seen to work in time, V(unknown_outcome) one that
              may or may not have been carried out. With both, RV(results[].changed) is V(true).
            - V(transport) and V(tls) are failures of the connection, V(service) are failures of the service.
          type: str
          choices:
            - authentication
            - permission
            - not_found
            - not_started
            - ended
            - not_recordable
            - nobody_there
            - quota
            - locked
            - throttled
            - service
            - transport
            - tls
            - unconfirmed
            - unknown_outcome
            - usage
          sample: not_recordable
        operation:
          description:
            - What was attempted, as it stands behind the words "Could not" in the sentence; empty for bad input.
          type: str
          sample: start the recording of meeting 914047751
        detail:
          description: What came back.
          type: str
          sample: >-
            the service answered HTTP 400 with MMC.111072020: the meeting was set up without cloud recording
        http_status:
          description: The HTTP status of the answer, V(none) where there was none.
          type: int
          sample: 400
        request_id:
          description: The vendor's ID of the call that failed, empty where there was none.
          type: str
          sample: 5e7966300a659a5fa2474f38e923caa
        retryable:
          description: Whether the same task, run again unchanged, has a fair chance.
          type: bool
          sample: false
        hint:
          description: What to do.
          type: str
          sample: >-
            Create the meeting with cloud recording (recordType 2 or 3); a running meeting cannot be changed
summary:
  description: How many meetings there are, and what became of them.
  returned: always
  type: dict
  contains:
    total:
      description: All meetings.
      type: int
      sample: 400
    changed:
      description: Changed, and not failed.
      type: int
      sample: 388
    unchanged:
      description: As they were, and not failed.
      type: int
      sample: 9
    failed:
      description: Failed.
      type: int
      sample: 3
failed_conference_ids:
  description: The IDs of the meetings that failed, in the order given.
  returned: always
  type: list
  elements: str
  sample: ["914047760", "914047792", "914047801"]
error:
  description:
    - What was wrong with the input, the connection options or the sign-in, in the shape of RV(results[].error).
    - The failures of meetings are in RV(results).
  returned: when the task failed before any meeting was tried
  type: dict
  sample:
    code: ""
    kind: usage
    operation: ""
    detail: "`retry_timeout` is -1, but must be between 0 and 86400 seconds"
    http_status: null
    request_id: ""
    retryable: false
    hint: Nothing was sent
"""

from ansible_collections.huawei.meeting.plugins.module_utils._ansible.arguments import (
    recording_module,
    settings,
    targets,
)
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.output import exit_with_all
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.run import service
from ansible_collections.huawei.meeting.plugins.module_utils._service.batch import set_states


def main() -> None:
    """Bring the recordings of many meetings into the wanted state."""
    module = recording_module("huawei_meeting_recordings")
    wanted = targets(module)
    parallel = module.params["max_parallel"]
    with service(module, wanted, parallel) as (client, account):
        results = set_states(wanted, settings(module), client, parallel, account)
    exit_with_all(module, results)


if __name__ == "__main__":
    main()
