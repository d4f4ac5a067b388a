# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the plugins share: a simulator, and an environment that nobody has tinkered with."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.simulator import Meeting, Simulator

MEETING = "914047751"
# Whatever else may lead a request elsewhere, or change whom it trusts.
_MEDDLING = {
    "all_proxy",
    "curl_ca_bundle",
    "http_proxy",
    "https_proxy",
    "netrc",
    "no_proxy",
    "requests_ca_bundle",
    "ssl_cert_dir",
    "ssl_cert_file",
    "sslkeylogfile",
    "websocket_client_ca_bundle",
}


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the caller's shell may have set for other programs."""
    for name in list(os.environ):
        if name.lower() in _MEDDLING or name.startswith("HUAWEI_MEETING_"):
            monkeypatch.delenv(name)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running simulator with one running meeting that is not being recorded."""
    with Simulator() as running:
        running.world.add(Meeting(MEETING))
        yield running
