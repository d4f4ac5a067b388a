#!/usr/bin/python
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huawei_meeting_info
short_description: List the ongoing meetings of an enterprise
version_added: 0.1.0
description:
  - Lists the meetings that are going on, and on request the booked ones as well.
  - All pages are read. Meetings that begin or end meanwhile make no other meeting appear twice or not at all.
  - Passwords and links that let into a meeting are never returned.
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
  all_users:
    description:
      - Whether to list the meetings of all users of the enterprise, and not only those of the user who signs in.
      - Administrators only. For other users the service leaves the list as it is; the module warns of it where the
        service tells what the user is.
    type: bool
    default: false
  search:
    description:
      - List only meetings in which the service finds this text, from 1 to 128 characters.
      - The service looks in subject, booker, meeting ID and more, in a way of its own. Filter the result to be exact.
    type: str
  booked:
    description: Whether to list as well what was booked and has not begun.
    type: bool
    default: false
seealso:
  - module: huawei.meeting.huawei_meeting_recording_info
  - module: huawei.meeting.huawei_meeting_recordings
  - name: Querying the Online Meeting List
    description: The request in the Server API Reference of Huawei Cloud Meeting.
    link: https://support.huaweicloud.com/api-meeting/meeting_21_0025.html
"""

EXAMPLES = r"""
# App ID and App Key come from the environment variables HUAWEI_MEETING_APP_ID and HUAWEI_MEETING_APP_KEY.
- name: What is going on
  huawei.meeting.huawei_meeting_info:
    all_users: true
  register: ongoing

- name: The trainings of one user, the booked ones as well
  huawei.meeting.huawei_meeting_info:
    user_id: alice
    search: training
    booked: true
"""

RETURN = r"""
meetings:
  description: The meetings, by start time and ID.
  returned: success
  type: list
  elements: dict
  contains:
    conference_id:
      description: The ID of the meeting, as the other modules take it.
      type: str
      sample: "914047751"
    room_id:
      description: The number of the cloud meeting room, or the personal meeting ID, where the meeting is in one.
      type: str
      sample: ""
    conf_uuid:
      description: The ID of this instance of the meeting, where the service tells it.
      type: str
      sample: ""
    subject:
      description: What the booker called the meeting.
      type: str
      sample: Accident prevention, spring course
    booked_by:
      description: The name of the booker.
      type: str
      sample: Training department
    department:
      description: The department of the booker.
      type: str
      sample: Human resources
    state:
      description: Where the meeting stands.
      type: str
      choices: [ongoing, not_started, ended, unknown]
      sample: ongoing
    start_time:
      description:
        - When the meeting begins, ISO 8601 in UTC, V(none) where the service does not say.
        - The service names no time zone; UTC is what it takes when a meeting is booked.
      type: str
      sample: "2026-03-02T09:00:00Z"
    end_time:
      description: When the meeting is to end, in the same form.
      type: str
      sample: "2026-03-02T10:30:00Z"
    record_type:
      description: What the meeting was set up for. This is no live state.
      type: str
      choices: [none, live, recording, live_and_recording]
      sample: recording
    recordable:
      description: Whether the meeting was set up for cloud recording, without which it cannot be started.
      type: bool
      sample: true
    auto_record:
      description: Whether the service starts the recording by itself. This is no live state.
      type: bool
      sample: false
    conf_mode:
      description: The kind of conference, C(COMMON) or C(RTC).
      type: str
      sample: COMMON
    webinar:
      description: Whether the meeting is a webinar.
      type: bool
      sample: false
    media_types:
      description: What the meeting can carry.
      type: list
      elements: str
      sample: [Voice, HDVideo, Data]
    attendees:
      description: How many people take part at the moment, V(none) where the service does not say.
      type: int
      sample: 12
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

from ansible_collections.huawei.meeting.plugins.module_utils._ansible.arguments import budget, enterprise_module
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.output import exit_with_values
from ansible_collections.huawei.meeting.plugins.module_utils._ansible.run import signed_in
from ansible_collections.huawei.meeting.plugins.module_utils._service.meetings import list_meetings


def main() -> None:
    """List the meetings of an enterprise."""
    module = enterprise_module("huawei_meeting_info")
    values, warnings = module.params, []
    with signed_in(module) as account:
        meetings = list_meetings(account, values["search"], values["all_users"], values["booked"], budget(module))
        if values["all_users"] and account.administrator is False:
            warnings.append(
                "The user of this sign-in is no administrator, so the service listed only this user's meetings "
                "although `all_users` is set."
            )
    exit_with_values(module, {"meetings": meetings}, warnings)


if __name__ == "__main__":
    main()
