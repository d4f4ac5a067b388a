# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first step of the playbooks, where it needs no Ansible around it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.huawei.meeting.plugins.action import playbook_input
from ansible_collections.huawei.meeting.plugins.module_utils._core.playbooks import Wishes


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


LISTS = {
    "empty.csv": "",
    "header.csv": "conference_id,host_password,state\n",
    "stopped.csv": "conference_id,host_password,state\n914047751,Canary-0751,stopped\n",
    "one.csv": "conference_id,host_password,subject\n914047751,Canary-0751,Board\n",
}
ONGOING = [{"conference_id": "914047751", "subject": "Board"}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a few lists in it."""
    monkeypatch.chdir(tmp_path)
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def step(playbook: str, found: Any = None, **variables: Any) -> dict[str, Any]:
    """What the first step of a playbook returns; it reads variables, files and the environment, and sends nothing."""
    given = {f"huawei_meeting_{name}": value for name, value in variables.items()}
    action = object.__new__(playbook_input.ActionModule)
    action._loader = DataLoader()
    action._templar = Templar(loader=action._loader, variables=given)
    action._task = SimpleNamespace(args={"playbook": playbook, **({} if found is None else {"found": found})})
    return action._input(playbook, given)


NOTHING: list[tuple[str, dict[str, Any], str]] = [
    ("start_recordings", {"meetings": []}, "There is no meeting in huawei_meeting_meetings"),
    ("stop_recordings", {"csv": "header.csv"}, "There is no meeting in header.csv"),
    ("recording_report", {"csv": "empty.csv"}, "There is no meeting in empty.csv"),
    ("start_recordings", {"csv": "stopped.csv"}, "No meeting of stopped.csv is to be started (1 in it)"),
    ("start_recordings", {"csv": "one.csv", "only": []}, "`huawei_meeting_only` names no meeting"),
    ("record_ongoing", {"subject": "drill"}, "No ongoing meeting matches `huawei_meeting_subject` 'drill' (1 ongoing)"),
    ("record_ongoing", {"only": []}, "`huawei_meeting_only` names no meeting"),
    ("recording_status", {"subject": "drill"}, "No ongoing meeting matches `huawei_meeting_subject` 'drill'"),
]


@pytest.mark.parametrize(("name", "given", "told"), NOTHING)
def test_an_empty_selection_is_refused(folder: Path, name: str, given: dict[str, Any], told: str) -> None:
    """It is said what was searched, and among how many; who wants that can allow it. No folder is left behind."""
    found = ONGOING if name in ("record_ongoing", "recording_status") else None
    with pytest.raises(playbook_input._Refused) as refused:
        step(name, found, **given)
    assert str(refused.value).startswith(told)
    assert sorted(path.name for path in folder.iterdir()) == sorted(LISTS)
    assert step(name, found, allow_empty="yes", **given)["todo"] == []


@pytest.mark.parametrize(("name", "given"), [("recording_report", {"csv": "one.csv"}), ("record_ongoing", {})])
def test_too_few_are_refused(folder: Path, name: str, given: dict[str, Any]) -> None:
    found = ONGOING if name == "record_ongoing" else None
    with pytest.raises(
        playbook_input._Refused, match="`huawei_meeting_at_least` demands 2 meetings, but there are only 1"
    ):
        step(name, found, at_least="2", allow_empty=True, **given)
    assert len(step(name, found, at_least="1", **given)["todo"]) == 1


def test_status_may_find_nothing(folder: Path) -> None:
    """Who searches for nothing, and only looks, is told that nothing goes on."""
    assert step("recording_status", [])["todo"] == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"report_dir": "one.csv/x"}, "`huawei_meeting_report_dir` is"),
        ({"report_dir": "one.csv"}, "`huawei_meeting_report_dir` is"),
        ({"subject": "Fire (drill"}, "`huawei_meeting_subject` (Subject in a survey) is 'Fire (drill', which is no"),
        ({"accept_unconfirmed": "perhaps"}, "`huawei_meeting_accept_unconfirmed` is 'perhaps', but must be true or"),
        ({"allow_empty": "perhaps"}, "`huawei_meeting_allow_empty` is 'perhaps', but must be true or false"),
        ({"at_least": "some"}, "`huawei_meeting_at_least` is some, but must be a whole number from 0 on"),
        ({"chunk_size": 0}, "`huawei_meeting_chunk_size` is 0, but must be a whole number from 1 on"),
        ({"columns": "x"}, "`huawei_meeting_columns` must be a dictionary"),
        ({"group": "all"}, "`huawei_meeting_group` is for record_ongoing"),
        ({"csv": "none.csv"}, "`huawei_meeting_csv` is 'none.csv', but there is no such file"),
        ({"state": "stopped"}, "`huawei_meeting_state` is given, but start_recordings decides by itself"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_name(folder: Path, given: dict[str, Any], told: str) -> None:
    with pytest.raises(playbook_input._Refused) as refused:
        step("start_recordings", **{"csv": "one.csv", **given})
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("mode", [0o1777, 0o2755, 0o700, 0o750])
def test_a_folder_that_is_there_keeps_its_mode(folder: Path, mode: int) -> None:
    place = folder / "reports"
    place.mkdir()
    place.chmod(mode)
    assert step("start_recordings", csv="one.csv", report_dir="reports")["files"] == f"{place}/start_recordings"
    assert place.stat().st_mode & 0o7777 == mode
