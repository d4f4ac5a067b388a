# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The documented side of what a recording module does about the live state."""

    DOCUMENTATION = r"""
options:
  live_state:
    description:
      - What to do about the live state of the meeting.
      - With V(auto), it is read. If it cannot be read, the task warns, sends the request without knowing, and reports
        a change. Unless the effect is seen after all, C(confirmed) is V(false), and C(reason) says why.
      - With V(required), the task fails before anything is changed if the state cannot be read.
      - With V(ignore), it is never read. The request is sent, and that is all; the result is a change unless the
        service says that the meeting is not running. With O(token) this is a single request.
      - The state counts as unreadable when the service pushes none within 5 seconds (or O(timeout), if that is less),
        and when the Python package websocket-client is missing.
    type: str
    default: auto
    choices: [auto, required, ignore]
  wait:
    description:
      - Whether to wait, after the service accepted the request, until the new state is seen.
      - There is nothing to wait for with O(live_state=ignore), or when the live channel could not be opened. If it is
        open but silent, the new state is waited for all the same, and silence to the end is no failure then.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long a recorder may take to begin or to end, in seconds, from 0 to 86400.
      - If the new state is not seen in this time, the task fails with the kind V(unconfirmed). The recording may then
        still be on its way.
      - It is also how long the live state is watched after an answer was lost, before the request may be sent again.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_WAIT_TIMEOUT) is used.
    type: int
    default: 30
"""
