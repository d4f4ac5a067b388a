# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The documented side of the credentials in `module_utils/_core/options.py`."""

    DOCUMENTATION = r"""
options:
  token:
    description:
      - A meeting control token, raw or as C(Basic) with its base64. It lives 30 minutes.
      - One of O(token), O(host_password) and the sign-in of the enterprise (O(app_id) and O(app_key), or
        O(access_token)) is needed. With both token and password, the token is used and the password renews it.
      - Without token and password of the meeting, its host password is looked up with the sign-in of the enterprise.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_TOKEN) is used.
    type: str
  host_password:
    description:
      - The host password of the meeting. A control token is made from it.
      - A wrong password is tried once only, because failures lock the sign-in.
      - Write it in quotes. YAML makes other things of digits without them, so what comes as a number is refused.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_HOST_PASSWORD) is used.
    type: str
notes:
  - Secrets are masked in words (messages, hints, warnings, the repeated arguments), one of fewer than 8 characters
    where it stands by itself. IDs, states, codes and times are not masked, whatever letters a secret has in common with
    them. A request ID is, if it has a secret of 8 characters or more in it.
  - Loop over IDs, not over records that hold passwords, because Ansible adds the loop's item to each result. Take the
    password from a dictionary instead, as in C(host_password="{{ passwords[item] }}").
"""
