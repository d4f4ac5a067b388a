#!/usr/bin/python
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huawei_meeting_recording
short_description: Start or stop the cloud recording of one Huawei Cloud Meeting meeting
version_added: 0.1.0
description:
  - Brings the cloud recording of a running meeting into the state that is wanted.
  - The live state of the meeting is read first, from the meeting's control channel (WebSocket). The request is sent
    only when it would change something, and the task waits until the change has been seen. O(live_state) says what
    becomes of a meeting whose state cannot be read.
  - A request whose answer was lost is never simply repeated, because each start may open a new film segment. The
    live state is read again instead.
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
      - Signs in and reads the live state as a real run does, and stops before the request.
      - What only the request itself would bring to light (a meeting that was set up without cloud recording, a full
        storage) cannot be foretold.
  diff_mode:
    support: full
    details:
      - The after side is the state that was asked for; whether it was seen is told by RV(confirmed).
  idempotent:
    support: partial
    details:
      - Idempotent wherever the live state can be read.
      - With O(live_state=ignore), and with O(live_state=auto) when the state cannot be read, the request is sent each
        time and RV(ignore:changed) is V(true). What the service does with a redundant request is not documented.
options:
  conference_id:
    description:
      - The ID of the meeting. Write it in quotes, because YAML reads a leading zero in its own way.
      - It consists of digits. What carries no meaning between and around them is left out, such as blanks, hyphens and
        the quotes of spreadsheets.
      - It is the ID of the running meeting, not the number of a cloud meeting room and not a personal meeting ID.
    type: str
    required: true
  state:
    description:
      - V(started) means that the meeting is being recorded in the cloud, V(stopped) that it is not.
      - With V(stopped), a meeting that the service calls over or not begun is already as wanted.
      - With V(started), such a meeting is a failure.
      - With the sign-in of the enterprise alone, its bookings and its history tell such a meeting from an ID that is
        unknown, which fails with the kind V(not_found) whatever is wanted. A user who is no administrator sees only the
        meetings that it booked or is invited to.
    type: str
    required: true
    choices: [started, stopped]
notes:
  - Before it sends a request, a run listens for others for up to 0.1 seconds, and does not repeat what one of them has
    done. A recorder takes some time to show, though, and within that time two runs can both start the recording of a
    meeting. Do not let two jobs start the same meeting at the same moment.
seealso:
  - name: Starting and Stopping Recording a Meeting
    description: The request in the Server API Reference of Huawei Cloud Meeting.
    link: https://support.huaweicloud.com/api-meeting/meeting_21_0043.html
"""

EXAMPLES = r"""
# The password comes from Vault; it can also come from the environment variable HUAWEI_MEETING_HOST_PASSWORD.
- name: The class is being recorded
  huawei.meeting.huawei_meeting_recording:
    conference_id: "914047751"
    host_password: "{{ vault_host_password }}"
    state: started

- name: The recording is stopped
  huawei.meeting.huawei_meeting_recording:
    conference_id: "914047751"
    host_password: "{{ vault_host_password }}"
    state: stopped

- name: Do not act without knowing the state, and give the recorder a minute
  huawei.meeting.huawei_meeting_recording:
    conference_id: "914047751"
    host_password: "{{ vault_host_password }}"
    state: started
    live_state: required
    wait_timeout: 60

- name: One bare request with a control token at hand, as a script would send it
  huawei.meeting.huawei_meeting_recording:
    conference_id: "914047751"
    token: "{{ control_token }}"
    state: started
    live_state: ignore

- name: Prove that the call is being recorded, without touching it
  huawei.meeting.huawei_meeting_recording:
    conference_id: "914047751"
    host_password: "{{ vault_host_password }}"
    state: started
    live_state: required
  check_mode: true
  register: recording
  failed_when: recording is failed or recording is changed

# Name the kinds that pass by themselves, so that a wrong password (authentication, locked) ends it at once.
- name: Try for ten minutes while the meeting has not begun, or nobody has joined
  huawei.meeting.huawei_meeting_recording:
    conference_id: "914047751"
    host_password: "{{ vault_host_password }}"
    state: started
  register: recording
  until: recording is not failed or (recording.error.kind | default('')) not in ['not_started', 'nobody_there']
  retries: 20
  delay: 30
"""

RETURN = r"""
conference_id:
  description: The ID of the meeting.
  returned: always
  type: str
  sample: "914047751"
state:
  description:
    - Whether the meeting is being recorded after the task, as far as it was seen.
    - V(unknown) after a request whose effect was not seen, for example with O(wait=false).
    - In check mode, what a real run would report.
  returned: always
  type: str
  choices: [started, stopped, unknown]
  sample: started
previous_state:
  description: Whether the meeting was being recorded before the task.
  returned: always
  type: str
  choices: [started, stopped, unknown]
  sample: stopped
confirmed:
  description:
    - Whether RV(state) was seen, in the live state or in a plain word of the service that the meeting is not running.
    - V(false) in check mode where there would be a change, and when the task failed.
  returned: always
  type: bool
  sample: true
meeting:
  description:
    - Where the meeting stands. V(not_started) is also what the service says of some meetings that are over.
  returned: always
  type: str
  choices: [ongoing, ended, not_started, unknown]
  sample: ongoing
request_id:
  description:
    - The vendor's ID of the request that started or stopped the recording, or of the call that failed, for a support
      case. Empty where nothing was sent.
  returned: always
  type: str
  sample: 5e7966300a659a5fa2474f38e923caa
at:
  description: When the state was last seen, or the task failed, ISO 8601 in UTC.
  returned: always
  type: str
  sample: "2026-03-02T09:00:07Z"
reason:
  description:
    - Why nobody saw what the request did, in a sentence, where it was accepted and RV(state) is V(unknown) without a
      failure. For example, the live channel could not be reached, or O(wait=false) does not wait.
    - In check mode, why nobody would see it.
  returned: when RV(ignore:changed) is V(true), RV(state) is V(unknown), and the task did not fail
  type: str
  sample: >-
    Could not read the live state of meeting 914047751: no connection to 203.0.113.7 (it timed out).
error:
  description: What went wrong, for programs; O(ignore:msg) tells it in a sentence.
  returned: on failure
  type: dict
  contains:
    code:
      description: The vendor's error code, empty where there was none.
      type: str
      sample: MMC.111072020
    kind:
      description:
        - What sort of failure it is, out of a closed set.
        - V(unconfirmed) is a request that was accepted but not seen to work in time, V(unknown_outcome) one that may or
          may not have been carried out. With both, RV(ignore:changed) is V(true).
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
"""

from ansible_collections.huawei.meeting.plugins.module_utils._ansible.arguments import (
    recording_module,
    settings,
    target,
)
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.output import exit_with
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.run import service
from ansible_collections.huawei.meeting.plugins.module_utils._service.recorder import set_state


def main() -> None:
    """Bring the recording of one meeting into the wanted state."""
    module = recording_module("huawei_meeting_recording")
    wanted = target(module)
    with service(module, [wanted]) as (client, account):
        result = set_state(wanted, settings(module), client, account)
    exit_with(module, result)


if __name__ == "__main__":
    main()
