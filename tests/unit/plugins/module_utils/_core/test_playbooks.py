# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What playbooks decide by themselves, what they refuse, and which meetings they choose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    WAITING,
    environment_variable,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.playbooks import (
    COLLECTION_VERSION,
    PLAYBOOKS,
    Wishes,
    choose,
    digest,
    named,
    options_for,
    problem_with_hosts,
    problem_with_meetings_given,
    problem_with_pattern,
    problem_with_place,
    problem_with_variables,
    variables_of,
)
from tests.conftest import ROOT, entry_points

SECRET = "Canary-5161"
AGAIN = "`huawei_meeting_only` names no meeting, so there is nothing to try again"
DRILL = "matches `huawei_meeting_subject` 'drill'"
STRANGE = "`huawei_meeting_only` names '{}', and x.csv has no such meeting to work on"
TOO_FEW = "`huawei_meeting_at_least` demands 3 meetings, but there are only 2 (2 ongoing)"


def test_the_version_is_that_of_the_collection() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"] == COLLECTION_VERSION


def test_no_choice_of_tags_leaves_a_play_without_tasks() -> None:
    """It would be green without anything done."""
    for path in (ROOT / "playbooks").glob("*.yml"):
        assert {one.get("tags") for one in yaml.safe_load(path.read_text(encoding="utf-8"))} == {"always"}, path


def test_each_playbook_has_its_decisions() -> None:
    files = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    assert files == set(PLAYBOOKS)
    documented = yaml.safe_load(
        (ROOT / "plugins" / "modules" / "playbook_input.py")
        .read_text(encoding="utf-8")
        .split('r"""')[1]
        .split('"""')[0]
    )
    assert set(documented["options"]["playbook"]["choices"]) == files


def parts(tasks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tasks, those inside blocks too."""
    for task in tasks:
        yield task
        yield from parts(task.get("block", []))


def loaded(path: Path) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tasks


def test_each_entry_point_is_that_of_a_playbook() -> None:
    """And has its documentation, for by its name Ansible finds it."""
    files = {(path.parts[-3], path.stem) for path in (ROOT / "roles").glob("*/tasks/*.yml")}
    assert sorted(entry for found in entry_points().values() for entry in found) == sorted(files)
    assert {name: len(found) for name, found in entry_points().items()} == dict.fromkeys(PLAYBOOKS, 1)
    for role in {role for role, _entry in files}:
        specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
        assert {(role, entry) for entry in specs["argument_specs"]} == {one for one in files if one[0] == role}


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_a_playbook_names_itself(name: str) -> None:
    """With a literal in the file of its entry point: no variable can make one of them another."""
    ((role, entry),) = entry_points()[name]
    for path in (ROOT / "roles" / role / "tasks" / f"{entry}.yml", ROOT / "playbooks" / f"{name}.yml"):
        tasks = loaded(path)
        inputs = [
            task
            for task in parts(tasks if "roles" in path.parts else [one for play in tasks for one in play["tasks"]])
            if "huawei.meeting.playbook_input" in task
        ]
        assert {task["huawei.meeting.playbook_input"]["playbook"] for task in inputs} <= {name}
        assert all(task["no_log"] is True for task in inputs)
        if "roles" in path.parts:
            assert inputs
            assert [task.get("check_mode", False) for task in tasks] == [PLAYBOOKS[name].mode == "audit"]


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_the_reference_has_what_a_playbook_takes(name: str) -> None:
    """Each variable once, as the first step takes it, and what is documented as a default is one."""
    ((role, entry),) = entry_points()[name]
    folder = ROOT / "roles" / role
    options = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    spec = options[entry]["options"]
    host = {"meeting_conference_id"} if PLAYBOOKS[name].takes == "hosts" else set()
    assert set(spec) == {f"huawei_meeting_{one}" for one in variables_of(name)} | host
    table = {**CONNECTION, **CREDENTIALS, **ENTERPRISE, **WAITING}
    ours = yaml.safe_load((folder / "defaults" / "main.yml").read_text(encoding="utf-8"))
    for variable, option in spec.items():
        one = variable.removeprefix("huawei_meeting_")
        # Entries that no survey may leave empty, and values that Ansible would refuse in words of its own, are none.
        assert not {"required", "choices", "elements", "options"} & set(option), variable
        assert option["type"] in ("raw", "str", "path"), variable
        secret = one == "meetings" or (one in table and table[one].secret)
        assert option.get("no_log", False) is secret, variable
        told = set(re.findall(r"E\((\w+)\)", str(option["description"])))
        read = one in table and table[one].environment and not (host and one in CREDENTIALS)
        assert told == ({environment_variable(one)} if read else set()), variable
        if one in table:
            assert option.get("default") == table[one].default, variable
            assert variable not in ours, "it would win over the environment variable"
        elif variable in ours:
            assert option["default"] == ours[variable], variable
    if "huawei_meeting_chunk_size" in spec:
        assert spec["huawei_meeting_chunk_size"]["default"] == PLAYBOOKS[name].part
    assert set(ours) <= {variable for entry in options.values() for variable in entry["options"]}


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("start_recording", {"wait": False, "timeout": 0, "ca_path": ""}, {"shared": {"timeout": 0}, "wait": False}),
        ("start_recording", {"host_password": "a", "csv": "x"}, {"host_password": "a"}),
        (
            "start_recordings",
            {"max_parallel": "3", "live_state": "ignore"},
            {"max_parallel": "3", "live_state": "ignore"},
        ),
        ("recording_report", {"live_state": "ignore"}, {"live_state": "required"}),
        (
            "start_recordings",
            {"wait": date(2026, 5, 4), "timeout": 2.5},
            {"wait": "2026-05-04", "shared": {"timeout": "2.5"}},
        ),
    ],
)
def test_options_reach_the_module_that_takes_them(name: str, given: dict[str, Any], wanted: dict[str, Any]) -> None:
    options = options_for(name, {f"huawei_meeting_{key}": value for key, value in given.items()})
    assert options.pop("shared") == wanted.pop("shared", {})
    assert list(options.values()) == [wanted]


def test_what_finds_meetings_takes_what_all_users_have() -> None:
    assert options_for("record_ongoing", {}) == {"shared": {}, "info": {"all_users": True}, "recordings": {}}
    given = {"huawei_meeting_all_users": False, "huawei_meeting_search": "x", "huawei_meeting_max_parallel": 2}
    assert options_for("recording_status", given) == {
        "shared": {},
        "info": {"all_users": False, "search": "x"},
        "recording_info": {"max_parallel": 2},
    }


@pytest.mark.parametrize(
    ("given", "extra", "told"),
    [
        ({}, [], ""),
        ({"huawei_meeting_state": ""}, [], ""),
        ({"_raw_params": "drill"}, [], "a value after -e has a blank in it"),
        ({"huawei_meeting_state": "stopped"}, [], "`huawei_meeting_state` is given, but start_recordings decides"),
        ({}, ["huawei_meeting_csv", "__huawei_meeting_run"], "`__huawei_meeting_run` belongs to the playbook"),
        ({"huawei_meeting_host_password": 42517}, [], "`huawei_meeting_host_password` came as "),
        ({"huawei_meeting_token": 6.2}, [], "`huawei_meeting_token` came as "),
        ({"huawei_meeting_app_key": True}, [], "`huawei_meeting_app_key` came as "),
        ({"huawei_meeting_access_token": 500}, [], "`huawei_meeting_access_token` came as "),
        ({"huawei_meeting_user_id": 7}, [], "`huawei_meeting_user_id` came as "),
        ({"huawei_meeting_conference_id": 914047751}, [], ""),
        ({"huawei_meeting_subject": "\udcff"}, [], "`huawei_meeting_subject` has characters that are no Unicode"),
    ],
)
def test_refused_variables(given: dict[str, Any], extra: list[str], told: str) -> None:
    problem = problem_with_variables("start_recordings", given, extra)
    assert problem.startswith(told) if told else not problem


@pytest.mark.parametrize("text", ["042517", "12:30:45", "620_517", "0x1F4", "yes", "6.20", "1e3", "no"])
def test_what_yaml_makes_of_a_password(text: str) -> None:
    """Another text would be sent, and counts towards a lock; in quotes it is what it is."""
    name = "huawei_meeting_host_password"
    for given, refused in ((text, not isinstance(yaml.safe_load(text), str)), (f"'{text}'", False)):
        problem = problem_with_variables("start_recording", {name: yaml.safe_load(given)}, [])
        assert problem.startswith(f"`{name}` came as ") is refused


def test_refusals_never_repeat_a_secret() -> None:
    for given in ({"huawei_meeting_host_password": 5161.5}, {"huawei_meeting_token": f"{SECRET}\udcff"}):
        assert "5161" not in problem_with_variables("start_recording", given, [])


@pytest.mark.parametrize(
    ("playbook", "given", "extra", "told"),
    [
        ("start_recordings", {"meetings": []}, [], ""),
        ("start_recordings", {"csv": "x.csv"}, [], ""),
        ("start_recordings", {}, [], "give the meetings either as"),
        ("start_recordings", {"meetings": [], "csv": "x.csv"}, [], "give the meetings either as"),
        ("recording_report", {"csv": "x.csv", "group": "all"}, [], "`huawei_meeting_group` is for record_ongoing"),
        ("record_ongoing", {}, [], ""),
        ("record_ongoing", {"search": "x", "group": "y"}, [], "`huawei_meeting_search` has no say"),
        ("record_ongoing", {"conference_id": "1"}, [], "record_ongoing finds the meetings and their passwords"),
        ("recording_status", {"token": SECRET}, [], "recording_status finds the meetings"),
        ("record_hosts", {"host_password": SECRET}, [], ""),
        ("record_hosts", {}, ["huawei_meeting_host_password"], "`huawei_meeting_host_password` is given for all hosts"),
        ("record_hosts", {}, ["huawei_meeting_conference_id"], "`huawei_meeting_conference_id` is given for all hosts"),
        ("record_hosts", {}, ["meeting_conference_id"], "`meeting_conference_id` is given for all hosts"),
        ("record_hosts", {"subject": "drill"}, [], "`huawei_meeting_subject` has no say here"),
        ("record_hosts", {"only": ["1"]}, [], "`huawei_meeting_only` has no say here"),
    ],
)
def test_where_meetings_come_from(playbook: str, given: dict[str, Any], extra: list[str], told: str) -> None:
    problem = problem_with_meetings_given(playbook, {f"huawei_meeting_{key}": one for key, one in given.items()}, extra)
    assert problem.startswith(told) if told else not problem
    assert SECRET not in problem


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("subject", False, "is not text"),  # of `no`; it would count as no subject, and all meetings would match
        ("subject", 193, "is not text"),  # of `0301`
        ("subject", [], "is not text"),
        ("search", 0, "is not text"),
        ("search", 914047751, ""),
        ("group", False, "is not text"),
        ("csv", False, "is not text"),
        ("report_dir", "a\0b", "has a NUL character in it"),
        ("report_dir", ["a"], "is not text"),
        ("subject", "", ""),
        ("subject", None, ""),
    ],
)
def test_what_chooses_is_text(name: str, value: Any, told: str) -> None:
    problem = problem_with_variables("record_ongoing", {f"huawei_meeting_{name}": value}, [])
    assert problem.startswith(f"`huawei_meeting_{name}` {told}") if told else not problem


def test_facts_of_earlier_plays_cannot_turn_a_playbook_round() -> None:
    """They win over what a task says; what the playbooks keep themselves is there from the play before."""
    told = "`__huawei_meeting_state` belongs to the playbook and cannot be given; leave it out"
    assert problem_with_variables("start_recording", {}, [], ["__huawei_meeting_state"]) == told
    assert problem_with_variables("start_recording", {}, [], ["__huawei_meeting_run", "inventory_hostname"]) == ""
    assert problem_with_variables("start_recording", {}, ["__huawei_meeting_run"])


@pytest.mark.parametrize(
    ("connection", "become", "told"),
    [
        ("local", False, ""),
        ("ansible.builtin.local", False, ""),
        ("ssh", False, "`ansible_connection` is given"),
        ("local", True, "`ansible_become` is given"),
    ],
)
def test_a_play_runs_on_the_control_node(connection: str, become: bool, told: str) -> None:
    problem = problem_with_place(connection, become)
    assert problem.startswith(told) if told else not problem


@pytest.mark.parametrize(
    ("number", "wishes", "told"),
    [
        (0, Wishes(), "no host of the inventory matches `huawei_meeting_hosts`"),
        (0, Wishes(allow_empty=True), ""),
        (1, Wishes(), ""),
        (1, Wishes(at_least=2), "`huawei_meeting_at_least` demands 2 meetings, but there are only 1 hosts"),
    ],
)
def test_no_hosts_are_no_success(number: int, wishes: Wishes, told: str) -> None:
    problem = problem_with_hosts(number, wishes)
    assert problem.startswith(told) if told else not problem


def test_a_pattern_that_is_none_is_told_by_the_name_of_its_variable() -> None:
    problem = problem_with_pattern("Fire (drill")
    assert problem.startswith("`huawei_meeting_subject` (Subject in a survey) is 'Fire (drill', which is no regular")
    assert problem_with_pattern("Fire.*drill") == ""


def rows(*subjects: str, state: str = "started") -> list[dict[str, Any]]:
    return [{"conference_id": str(n), "subject": one, "state": state} for n, one in enumerate(subjects, start=1)]


@pytest.mark.parametrize(
    ("playbook", "found", "wishes", "chosen", "problem"),
    [
        ("record_ongoing", rows("Fire drill", "Board"), Wishes("fire"), ["1"], ""),
        ("record_ongoing", rows(*["Board"] * 978), Wishes("drill"), [], f"no ongoing meeting {DRILL} (978 ongoing)"),
        (
            "record_ongoing",
            rows("Board"),
            Wishes("drill", "b"),
            [],
            f"no ongoing meeting {DRILL} (1 ongoing that the service found for 'b')",
        ),
        ("record_ongoing", [], Wishes(), [], "no ongoing meeting (0 ongoing)"),
        ("record_ongoing", [], Wishes(group="by_Bob"), [], "the group 'by_Bob' of the inventory has no meeting"),
        ("record_ongoing", [], Wishes(allow_empty=True), [], ""),
        ("record_ongoing", rows("A", "B"), Wishes(at_least=3), ["1", "2"], TOO_FEW),
        ("record_ongoing", rows("A", "B"), Wishes(at_least=2, allow_empty=True), ["1", "2"], ""),
        ("record_ongoing", rows("A", "B"), Wishes(at_least=3, allow_empty=True), ["1", "2"], TOO_FEW),
        # A second try is about fewer; and one that went on then is told of, though it does no longer.
        ("record_ongoing", rows("A", "B"), Wishes(at_least=2, only=("2", "9")), ["2", "9"], ""),
        ("record_ongoing", rows("A"), Wishes(only=()), [], AGAIN),
        ("recording_status", [], Wishes(), [], ""),
        ("recording_status", rows("A"), Wishes("drill"), [], f"no ongoing meeting {DRILL} (1 ongoing)"),
        ("start_recordings", [], Wishes(), [], "there is no meeting in x.csv"),
        (
            "start_recordings",
            rows("A", "B", state="stopped"),
            Wishes(),
            [],
            "no meeting of x.csv is to be started (2 in it)",
        ),
        (
            "start_recordings",
            rows("A"),
            Wishes("drill"),
            [],
            f"no meeting of x.csv is to be started and {DRILL} (1 in it)",
        ),
        ("start_recordings", rows("A", "B"), Wishes(only=("2", "9")), ["1", "2"], STRANGE.format(9)),
        ("start_recordings", rows("A", state="stopped"), Wishes(only=("1",)), [], STRANGE.format(1)),
        ("stop_recordings", rows("A", "B"), Wishes(), ["1", "2"], ""),
        ("stop_recordings", rows("A", state="stopped"), Wishes(), ["1"], ""),
        ("recording_report", rows("A", state="stopped"), Wishes(), ["1"], ""),
        ("recording_report", [], Wishes(only=()), [], AGAIN),
    ],
)
def test_choices(playbook: str, found: Any, wishes: Wishes, chosen: list[str], problem: str) -> None:
    """Nothing chosen is a failure that says what was searched, and among how many."""
    choice = choose(playbook, found, wishes, "x.csv")
    assert (list(choice.conference_ids), choice.problem) == (chosen, problem)


@pytest.mark.parametrize(
    ("only", "ids"),
    [
        (None, None),
        ("", None),
        ([], ()),
        ("1, 2,3 ", ("1", "2", "3")),
        (["914 047 751"], ("914047751",)),
        (914047751, ("914047751",)),
        (" , ", ()),
    ],
)
def test_named(only: Any, ids: Any) -> None:
    assert named(only) == ids


def test_the_digest_of_a_list_is_that_of_its_entries_without_their_credentials() -> None:
    """Or else who knows the rest could find a short password by trying."""
    row = {"conference_id": "1", "subject": "训练", "state": "started", "columns": {"room": "301"}}
    text = '{"columns":{"room":"301"},"conference_id":"1","state":"started","subject":"\\u8bad\\u7ec3"}'
    assert digest([row]) == hashlib.sha256(f"[{text}]".encode()).hexdigest()
    assert digest([{**row, "order": {"host_password": SECRET}}]) == digest([row])
    assert digest([row, row]) != digest([row])
