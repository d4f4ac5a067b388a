# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The connection and the enterprise's sign-in for plugins, whose environment variables Ansible reads by itself."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - The address of the service, beginning with V(https://).
      - The default is the site in China; the international site is V(https://api-intl.meeting.huaweicloud.com).
    type: str
    default: https://api.meeting.huaweicloud.com
    env:
      - name: HUAWEI_MEETING_API_URL
  validate_certs:
    description: Whether certificates are checked.
    type: bool
    default: true
    env:
      - name: HUAWEI_MEETING_VALIDATE_CERTS
  ca_path:
    description:
      - A file of CA certificates in PEM form, or a folder prepared with C(openssl rehash), to check certificates with.
        It takes the place of the system's CA certificates.
    type: path
    env:
      - name: HUAWEI_MEETING_CA_PATH
  timeout:
    description: How long one request may take, in seconds, from 1 to 600.
    type: int
    default: 10
    env:
      - name: HUAWEI_MEETING_TIMEOUT
  retry_timeout:
    description:
      - How long to wait in all, in seconds, from 0 to 86400, when the service throttles or a fault may pass. V(0) means
        never.
    type: int
    default: 60
    env:
      - name: HUAWEI_MEETING_RETRY_TIMEOUT
  app_id:
    description:
      - The App ID of the enterprise, to sign in with together with O(app_key). May be a template.
      - The plugin signs in once and signs out at the end.
    type: str
    env:
      - name: HUAWEI_MEETING_APP_ID
  app_key:
    description: The App Key that belongs to O(app_id). May be a template, or encrypted with Vault.
    type: str
    env:
      - name: HUAWEI_MEETING_APP_KEY
  user_id:
    description:
      - The user to sign in as, by the ID that your own system gave them. Without it, the default administrator of the
        enterprise. May be a template.
    type: str
    env:
      - name: HUAWEI_MEETING_USER_ID
  corp_id:
    description:
      - The ID of the enterprise to sign in to, for service providers who look after several. Leave it out otherwise.
        May be a template.
    type: str
    env:
      - name: HUAWEI_MEETING_CORP_ID
  access_token:
    description:
      - A ready access token, instead of O(app_id) and O(app_key). With both, it is used until the service refuses it.
        May be a template, or encrypted with Vault.
    type: str
    env:
      - name: HUAWEI_MEETING_ACCESS_TOKEN
"""
