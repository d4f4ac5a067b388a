#!/usr/bin/python
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huawei_meeting_recording_info
short_description: Read whether meetings are being recorded
version_added: 0.1.0
description:
  - Reads the live recording state of one or many meetings, many at a time, and changes nothing.
  - What cannot be read is V(unknown), with the reason, and never V(stopped). The task does not fail for
    that; it fails without the Python package websocket-client.
author:
  - huawei.meeting contributors (!UNKNOWN)
extends_documentation_fragment:
  - huawei.meeting._attributes
  - huawei.meeting._connection
  - huawei.meeting._credentials
  - huawei.meeting._enterprise
attributes:
  check_mode:
    support: full
    details:
      - Only reads, in check mode too.
  diff_mode:
    support: N/A
    details:
      - Changes nothing.
  idempotent:
    support: N/A
    details:
      - Changes nothing.
options:
  meetings:
    description:
      - The meetings. An empty list is fine.
      - The same meeting twice, an empty ID and the like are refused before anything is sent.
    type: list
    elements: dict
    required: true
    suboptions:
      conference_id:
        description: The ID of the meeting, in quotes, as in M(huawei.meeting.huawei_meeting_recording).
        type: str
        required: true
      token:
        description:
          - A control token of this meeting. A meeting with O(meetings[].token) or O(meetings[].host_password) does not
            use the credentials of the whole task.
        type: str
      host_password:
        description: The host password of this meeting.
        type: str
  max_parallel:
    description: How many meetings are read at a time, from 1 to 128.
    type: int
    default: 16
requirements:
  - websocket-client >= 1.2.3
seealso:
  - module: huawei.meeting.huawei_meeting_recording
  - module: huawei.meeting.huawei_meeting_info
  - name: Subscribing to Meeting Events
    description: The live channel in the Server API Reference of Huawei Cloud Meeting.
    link: https://support.huaweicloud.com/api-meeting/meeting_21_1508.html
"""

EXAMPLES = r"""
- name: Is this call being recorded?
  huawei.meeting.huawei_meeting_recording_info:
    meetings:
      - conference_id: "914047751"
        host_password: "{{ vault_host_password }}"
  register: call

- name: Which classes are being recorded?
  huawei.meeting.huawei_meeting_recording_info:
    meetings: "{{ classes }}"
    max_parallel: 64
  register: states
"""

RETURN = r"""
results:
  description: The meetings, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    conference_id:
      description: The ID of the meeting.
      type: str
      sample: "914047751"
    state:
      description:
        - Whether the meeting is being recorded.
        - A meeting that the service calls over or not begun is V(stopped).
        - With V(unknown), RV(results[].msg) and RV(results[].error) tell why.
      type: str
      choices: [started, stopped, unknown]
      sample: started
    meeting:
      description: Where the meeting stands.
      type: str
      choices: [ongoing, ended, not_started, unknown]
      sample: ongoing
    at:
      description: When the state was seen, or reading it failed, ISO 8601 in UTC.
      type: str
      sample: "2026-03-02T09:00:07Z"
    msg:
      description: Where the state is unknown, what was tried, what came back, what to do.
      type: str
      sample: >-
        Could not sign in to the control of meeting 914047751: the service answered HTTP 400 with MMC.111072065: the
        meeting ID or the password is wrong.
    error:
      description: Where the state is unknown, what went wrong, for programs; RV(results[].msg) tells it in a sentence.
      type: dict
      contains:
        code:
          description: The vendor's error code, empty where there was none.
          type: str
          sample: MMC.111072020
        kind:
          description:
            - What sort of failure it is, out of a closed set.
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
  description: How many meetings there are, by their states.
  returned: always
  type: dict
  contains:
    total:
      description: All meetings.
      type: int
      sample: 400
    started:
      description: Those that are being recorded.
      type: int
      sample: 388
    stopped:
      description: Those that are not.
      type: int
      sample: 9
    unknown:
      description: Those of which nobody knows.
      type: int
      sample: 3
error:
  description:
    - What was wrong with the input, the connection options or the sign-in, in the shape of RV(results[].error).
  returned: on failure
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

from ansible_collections.huawei.meeting.plugins.module_utils._ansible.arguments import reading_module, settings, targets
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.output import exit_with_states
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.run import service
from ansible_collections.huawei.meeting.plugins.module_utils._service.batch import read_states


def main() -> None:
    """Read whether meetings are being recorded."""
    module = reading_module("huawei_meeting_recording_info")
    given = targets(module)
    parallel = module.params["max_parallel"]
    with service(module, given, parallel) as (client, account):
        results = read_states(given, settings(module), client, parallel, account)
    exit_with_states(module, results)


if __name__ == "__main__":
    main()
