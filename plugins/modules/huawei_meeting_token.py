#!/usr/bin/python
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huawei_meeting_token
short_description: Get a control token of a Huawei Cloud Meeting meeting
version_added: 0.1.0
description:
  - Signs in to the control of a running meeting, and returns the control token, to hand on to something else.
  - The recording modules sign in by themselves and need no token.
  - The token is a secret. Whoever has it is host of the meeting for half an hour. Put C(no_log=true) on the task, or
    Ansible shows it at C(-v).
author:
  - huawei.meeting contributors (!UNKNOWN)
extends_documentation_fragment:
  - huawei.meeting._attributes
  - huawei.meeting._connection
  - huawei.meeting._enterprise
attributes:
  check_mode:
    support: full
    details:
      - Gets a token in check mode too. That changes nothing of the meeting.
  diff_mode:
    support: N/A
    details:
      - Changes nothing.
  idempotent:
    support: N/A
    details:
      - Changes nothing. Each run returns a token of its own.
options:
  conference_id:
    description:
      - The ID of the meeting, in quotes, as in M(huawei.meeting.huawei_meeting_recording).
    type: str
    required: true
  host_password:
    description:
      - The host password of the meeting. Without it, it is looked up with the sign-in of the enterprise.
      - A wrong password is tried once only, because failures lock the sign-in.
      - Write it in quotes. YAML makes other things of digits without them, so what comes as a number is refused.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_HOST_PASSWORD) is used.
    type: str
seealso:
  - module: huawei.meeting.huawei_meeting_recording
  - name: Obtaining a Meeting Control Token
    description: The request in the Server API Reference of Huawei Cloud Meeting.
    link: https://support.huaweicloud.com/api-meeting/meeting_21_0027.html
"""

EXAMPLES = r"""
- name: Sign in to the control of the meeting
  huawei.meeting.huawei_meeting_token:
    conference_id: "914047751"
    host_password: "{{ vault_host_password }}"
  register: control
  no_log: true
"""

RETURN = r"""
conference_id:
  description: The ID of the meeting.
  returned: success
  type: str
  sample: "914047751"
token:
  description: The control token, a secret.
  returned: success
  type: str
  sample: cnr5a0b2c
expires_at:
  description: Until when the token is good, ISO 8601 in UTC, V(none) where the service does not say.
  returned: success
  type: str
  sample: "2026-03-02T09:30:00Z"
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

from ansible_collections.huawei.meeting.plugins.module_utils._ansible.arguments import new_module, settings, target
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.output import exit_with_values
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.run import service
from ansible_collections.huawei.meeting.plugins.module_utils._service.recorder import control_token


def main() -> None:
    """Get a control token of a meeting."""
    module = new_module("huawei_meeting_token")
    given = target(module)
    with service(module, [given]) as (client, account):
        granted = control_token(given, settings(module), client, account)
    values = {"conference_id": given.conference_id, "token": granted.token, "expires_at": granted.expires_at}
    exit_with_values(module, values)


if __name__ == "__main__":
    main()
