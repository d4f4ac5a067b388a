# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The documented side of the enterprise's sign-in in `module_utils/_core/options.py`."""

    DOCUMENTATION = r"""
options:
  app_id:
    description:
      - The App ID of the enterprise, to sign in with together with O(app_key).
      - Write it, and O(user_id), in quotes. YAML drops zeros in front of digits without them, so a number is refused.
      - The module signs in once, signs in anew once if the service refuses the token meanwhile, and signs out at the
        end.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_APP_ID) is used.
    type: str
  app_key:
    description:
      - The App Key that belongs to O(app_id). It is used to sign, and never sent.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_APP_KEY) is used.
    type: str
  user_id:
    description:
      - The user to sign in as, by the ID that your own system gave them. Without it, the default administrator of the
        enterprise.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_USER_ID) is used.
    type: str
  corp_id:
    description:
      - The ID of the enterprise to sign in to, for service providers who look after several. Leave it out otherwise.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_CORP_ID) is used.
    type: str
  access_token:
    description:
      - A ready access token, instead of O(app_id) and O(app_key). With both, it is used until the service refuses it.
        It is not signed out.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_ACCESS_TOKEN) is used.
    type: str
notes:
  - A user can be signed in 64 times at once. One more pushes out the oldest.
"""
