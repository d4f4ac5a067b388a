# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first step of the playbooks, where it needs no Ansible around it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.huawei.meeting.plugins.action import playbook_input
from ansible_collections.huawei.meeting.plugins.module_utils._playbooks import Wishes


class Hosts(dict[str, Any]):
    """What Ansible has as `hostvars`."""

    raw_get = dict.__getitem__


def test_two_hosts_may_be_one_meeting() -> None:
    """Results come by the ID as the module writes it, one for each; or else a run of many parts has no report."""
    numbers = {"a": "914 047 751", "b": 914047752, "c": "914047752", "d": None}
    hosts = Hosts({name: {"meeting_conference_id": one} if one else {} for name, one in numbers.items()})
    found = {"hostvars": hosts, "groups": {"rooms": list(numbers)}}
    _source, rows = playbook_input._ongoing(Wishes(group="rooms"), found, [])
    assert [row["conference_id"] for row in rows] == ["914047751", "914047752"]


def test_a_path_means_the_same_as_in_other_options_of_ansible(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is made before anything is sent; where the reports are written to is expanded by Ansible."""
    monkeypatch.setenv("HOME", "/home/somebody")
    assert playbook_input._path("$HOME/reports") == playbook_input._path("~/reports") == "/home/somebody/reports"
    assert playbook_input._path("/nowhere/$UNKNOWN_HERE") == "/nowhere/$UNKNOWN_HERE"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://user:Canary@example.com:8443/x?y", "https://example.com:8443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://\udcff.example.com", "https://.example.com"),
        ("nonsense", "://"),
        ("https://[", ""),
    ],
)
def test_the_service_in_a_report(address: str, told: str) -> None:
    service = playbook_input._service({"huawei_meeting_api_url": address})
    assert service.replace(" ", "") == told
    service.encode()
