# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The documented side of the connection options in `module_utils/_core/options.py`."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - The address of the service, beginning with V(https://).
      - The default is the site in China; the international site is V(https://api-intl.meeting.huaweicloud.com).
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_API_URL) is used.
    type: str
    default: https://api.meeting.huaweicloud.com
  validate_certs:
    description:
      - Whether certificates are checked, for HTTPS and for the live channel (WSS) alike.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A file of CA certificates in PEM form, or a folder prepared with C(openssl rehash), to check certificates with,
        for HTTPS and for the live channel (WSS) alike. It takes the place of the system's CA certificates.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_CA_PATH) is used, then
        E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE), and what E(SSL_CERT_FILE) and E(SSL_CERT_DIR) tell OpenSSL.
    type: path
  timeout:
    description:
      - How long one request, or setting up the live channel, may take, in seconds, from 1 to 600.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_TIMEOUT) is used.
    type: int
    default: 10
  retry_timeout:
    description:
      - How long the task may wait for one meeting, in seconds, from 0 to 86400, when the service throttles or a fault
        may pass. V(0) means never.
      - Reading is repeated after connection faults, HTTP 429 and HTTP 5xx. Starting and stopping is repeated only when
        it surely was not carried out.
      - If the value is not specified, the value of the environment variable E(HUAWEI_MEETING_RETRY_TIMEOUT) is used.
    type: int
    default: 60
requirements:
  - requests >= 2.32.3, with urllib3 >= 2
  - websocket-client >= 1.2.3 (for the live state)
notes:
  - E(HTTPS_PROXY) and E(NO_PROXY) are honoured for HTTPS and for the live channel (WSS) alike. The latter needs a proxy
    that is reached over C(http://) or SOCKS.
  - What a proxy refuses with HTTP 4xx is asked for once in a task, because failed sign-ins may lock the account. It
    fails with the kind V(transport).
  - Environment variables are those of the process that runs the module, usually on the control node. Export them there.
    With the C(environment) keyword of a play, Ansible itself shows their values at C(-vvv).
"""
