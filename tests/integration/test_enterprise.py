# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules with the sign-in of an enterprise, run by Ansible."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import Any

import pytest

from tests.integration.ansible import Ansible, Run, Task
from tests.integration.contract import check_returned
from tests.simulator import Enterprise, Fault, Meeting, Simulator, User

FIRST = 914200000
APP = MappingProxyType({"app_id": "app-of-the-tests", "app_key": "AppKeyCanary-6640"})
BATCH = "huawei.meeting.huawei_meeting_recordings"
ONE = "huawei.meeting.huawei_meeting_recording"
STATES = "huawei.meeting.huawei_meeting_recording_info"
MEETINGS = "huawei.meeting.huawei_meeting_info"
TOKEN = "huawei.meeting.huawei_meeting_token"


@pytest.fixture(autouse=True)
def office(sim: Simulator) -> None:
    sim.world.enterprise = Enterprise(APP["app_id"], APP["app_key"], users=[User(), User("alice", 2, "Alice")])


def add(sim: Simulator, number: int, **fields: Any) -> list[str]:
    first = FIRST + len(sim.world.meetings)
    return [
        sim.world.add(Meeting(str(first + index), host_password=f"Canary-{first + index}", **fields)).conference_id
        for index in range(number)
    ]


def play(ansible: Ansible, sim: Simulator, *tasks: dict[str, Any], defaults: Any = APP, **keywords: Any) -> Run:
    """Play tasks with the enterprise's credentials for the whole group; look for secrets, and for signs of defects."""
    # From variables: on a failure, newer Ansible shows the lines around the task.
    group = {"group/huawei.meeting.huawei_meeting": {name: f"{{{{ my_{name} }}}}" for name in defaults}}
    variables = {f"my_{name}": value for name, value in defaults.items()} | keywords.pop("variables", {})
    named = [{"name": str(number), **task} for number, task in enumerate(tasks)]
    run = ansible.play(named, "-vvvv", "--diff", module_defaults=group, variables=variables, **keywords)
    run.check_no_traceback()
    for task in run.of_the_collection():
        check_returned(task)
    assert not run.leaks((sim.world.secrets() | {APP["app_key"]}) - allowed(run))
    return run


def allowed(run: Run) -> set[str]:
    """What a module is there to return."""
    return {task.result["token"] for task in run.tasks if task.action == TOKEN and "token" in task.result}


def meetings(ids: list[str]) -> list[dict[str, str]]:
    return [{"conference_id": name} for name in ids]


def only(run: Run) -> Task:
    (task,) = run.of_the_collection()
    return task


def calls(sim: Simulator) -> Counter[str]:
    return Counter(entry.endpoint for entry in sim.world.log)


def test_1200_recordings_in_one_sign_in(ansible: Ansible, sim: Simulator) -> None:
    """Must hold 1: App ID and App Key are all that is given."""
    ids = add(sim, 1200)
    run = play(
        ansible,
        sim,
        {BATCH: {"meetings": "{{ ids | map('regex_replace', '^', 'conference_id=') }}", "state": "started"}},
        variables={"ids": ids},
    )
    assert run.rc == 0, run.output[-3000:]
    assert only(run).result["summary"] == {"total": 1200, "changed": 1200, "unchanged": 0, "failed": 0}
    seen = calls(sim)
    assert (seen["appauth"], seen["logout"], seen["record"]) == (1, 1, 1200)
    assert all(sim.world.writes(name) == [1] for name in ids)
    assert sim.world.access_tokens_live() == 0


def test_a_list_at_noon(ansible: Ansible, sim: Simulator) -> None:
    """A class that ended at ten to twelve, or was put off, fails no stopping; one that nobody knows does."""
    ids = add(sim, 3, recording=True)
    sim.world.end(ids[1])
    sim.world.change(ids[2], {"state": "Schedule", "recording": False})
    stop = {"meetings": meetings(ids), "state": "stopped"}
    check = {BATCH: stop, "check_mode": True}
    run = play(ansible, sim, check, {BATCH: stop}, {BATCH: stop}, {STATES: {"meetings": meetings(ids)}})
    assert run.rc == 0, run.output[-3000:]
    for task, changed in zip(run.of_the_collection(), (True, True, False)):
        results = task.result["results"]
        assert [one["changed"] for one in results] == [changed, False, False]
        assert [one["meeting"] for one in results] == ["ongoing", "ended", "not_started"]
        assert [one["confirmed"] for one in results[1:]] == [True, True]
        assert [one["state"] for one in results[1:]] == ["stopped", "stopped"]
    assert run.of_the_collection()[3].result["summary"] == {"total": 3, "started": 0, "stopped": 3, "unknown": 0}
    start = {"meetings": meetings([*ids[1:], "914299999"]), "state": "started"}
    run = play(ansible, sim, {BATCH: start})
    assert [one["error"]["kind"] for one in only(run).result["results"]] == ["ended", "not_started", "not_found"]
    run = play(ansible, sim, *({TOKEN: one, "ignore_errors": True} for one in start["meetings"]))
    assert [task.kind for task in run.of_the_collection()] == ["ended", "not_started", "not_found"]


def test_a_token_that_expires_in_mid_batch(ansible: Ansible, sim: Simulator) -> None:
    """Must hold 4: renewed once for all workers."""
    ids = add(sim, 120)
    sim.world.plan(Fault("online_detail", skip=50, times=1, expires_access_tokens=True))
    run = play(ansible, sim, {BATCH: {"meetings": meetings(ids), "state": "started", "max_parallel": 16}})
    assert run.rc == 0, run.output[-3000:]
    assert only(run).result["summary"]["changed"] == 120
    assert calls(sim)["appauth"] == 2
    assert all(sim.world.writes(name) == [1] for name in ids)


def test_one_meeting(ansible: Ansible, sim: Simulator) -> None:
    """Check mode, the run, the run again: each signs in and out once, and the password never shows."""
    (name,) = add(sim, 1)
    start = {ONE: {"conference_id": name, "state": "started"}}
    run = play(ansible, sim, {**start, "check_mode": True}, start, start)
    assert run.rc == 0, run.output
    assert [task.changed for task in run.tasks] == [True, True, False]
    assert sim.world.writes() == [1]
    assert (calls(sim)["appauth"], calls(sim)["logout"]) == (3, 3)


def test_a_credential_of_the_meeting_goes_before(ansible: Ansible, sim: Simulator) -> None:
    """Whoever gives a token or a password needs no enterprise, and none is signed in to; in a list, each by its own."""
    first, second, third = add(sim, 3)
    own = {"conference_id": first, "host_password": sim.world.meetings[first].host_password}
    token = {"conference_id": second, "token": sim.world.issue_token(second)}
    run = play(ansible, sim, {ONE: {**own, "state": "started"}}, {ONE: {**token, "state": "started"}})
    assert run.rc == 0, run.output
    assert calls(sim)["appauth"] == calls(sim)["online_detail"] == 0
    run = play(ansible, sim, {BATCH: {"meetings": [own, token, {"conference_id": third}], "state": "stopped"}})
    assert run.rc == 0, run.output
    assert [one["changed"] for one in only(run).result["results"]] == [True, True, False]
    assert (calls(sim)["appauth"], calls(sim)["online_detail"]) == (1, 1)


def test_passwords_that_may_not_be_seen(ansible: Ansible, sim: Simulator) -> None:
    """One meeting whose password the user may not see, and one that is over, fail; the others are recorded."""
    ids = add(sim, 4, owner="alice")
    sim.world.meetings[ids[1]].behaviour["host_password_visible"] = False
    sim.world.end(ids[2])
    run = play(ansible, sim, {BATCH: {"meetings": meetings(ids), "state": "started"}})
    assert run.rc == 2
    results = only(run).result["results"]
    assert [one.get("error", {}).get("kind") for one in results] == [None, "permission", "ended", None]
    assert "Give `host_password` or `token` for this meeting" in results[1]["msg"]
    assert [sim.world.writes(name) for name in ids] == [[1], [], [], [1]]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (ONE, {"conference_id": "914200000", "state": "started"}),
        (BATCH, {"meetings": [{"conference_id": "914200000"}], "state": "started"}),
        (STATES, {"meetings": [{"conference_id": "914200000"}]}),
        (MEETINGS, {}),
        (TOKEN, {"conference_id": "914200000"}),
    ],
)
def test_sign_ins_that_fail(ansible: Ansible, sim: Simulator, module: str, options: dict[str, Any]) -> None:
    """A wrong App Key is tried once, and one without the other not at all; each module says so in the same shape."""
    add(sim, 1)
    run = play(ansible, sim, {module: options}, defaults={**APP, "app_key": "WrongCanary"})
    assert run.rc == 2
    assert only(run).kind == "authentication"
    assert "Could not sign in with App ID app-of-the-tests: " in only(run).msg
    assert "WrongCanary" not in run.output
    assert calls(sim) == {"appauth": 1}
    run = play(ansible, sim, {module: options}, defaults={"app_key": "WrongCanary"})
    assert only(run).kind == "usage"
    assert "`app_key` is given without `app_id`" in only(run).msg
    run = play(ansible, sim, {module: options}, defaults={})
    assert only(run).kind == "usage"
    assert "`app_id`" in only(run).msg
    assert calls(sim) == {"appauth": 1}


def test_meetings(ansible: Ansible, sim: Simulator) -> None:
    """Two users, several ways to ask; passwords and links are nowhere."""
    add(sim, 3, subject="Training", owner="alice")
    add(sim, 2, subject="Other")
    (booked,) = add(sim, 1, subject="Training", state="Schedule")
    run = play(
        ansible,
        sim,
        {MEETINGS: {"all_users": True}},
        {MEETINGS: {"all_users": True, "booked": True, "search": "Training"}, "check_mode": True},
        {MEETINGS: {"user_id": "alice", "all_users": True}},
        {MEETINGS: {"search": ""}},
    )
    assert run.rc == 0, run.output
    found = [[one["conference_id"] for one in task.result["meetings"]] for task in run.tasks]
    assert [len(ids) for ids in found] == [5, 4, 3, 2]
    assert booked in found[1]
    assert "The user of this sign-in is no administrator" in run.prose
    assert not any(task.changed for task in run.tasks)
    assert calls(sim)["appauth"] == calls(sim)["logout"] == 4
    run = play(ansible, sim, {MEETINGS: {"search": "x" * 129}})
    assert only(run).kind == "usage"


def test_a_control_token(ansible: Ansible, sim: Simulator) -> None:
    """By password and by enterprise; the token works, is not masked, and the password never shows."""
    (name,) = add(sim, 1)
    run = play(
        ansible,
        sim,
        {TOKEN: {"conference_id": name, "host_password": "{{ password }}"}, "register": "by_password"},
        {TOKEN: {"conference_id": name}, "register": "by_enterprise"},
        variables={"password": sim.world.meetings[name].host_password},
    )
    assert run.rc == 0, run.output
    for task in run.tasks:
        assert set(task.result) >= {"token", "expires_at", "conference_id"}
        assert task.result["expires_at"].endswith("Z")
        recorded = ansible.play(
            [{"name": "x", ONE: {"conference_id": name, "state": "started", "token": "{{ token }}"}}],
            variables={"token": task.result["token"]},
        )
        assert recorded.rc == 0, recorded.output
    run = play(ansible, sim, {TOKEN: {"conference_id": name, "host_password": "WrongCanary"}})
    assert only(run).kind == "authentication"
    assert sim.world.writes() == [1]


def test_states(ansible: Ansible, sim: Simulator) -> None:
    """Each state a meeting can have, in the order given; what cannot be read is unknown, and the task succeeds."""
    ids = add(sim, 7)
    sim.world.set_recording(ids[0], True)
    sim.world.end(ids[2])
    sim.world.change(ids[3], {"state": "Schedule"})
    sim.world.meetings[ids[4]].behaviour["subscribe"] = "code"
    sim.world.meetings[ids[5]].behaviour["snapshot"] = False
    given: list[dict[str, str]] = [
        {"conference_id": name, "host_password": sim.world.meetings[name].host_password} for name in ids[:6]
    ]
    given[5:] = [{**given[5]}, {"conference_id": ids[6], "host_password": "WrongCanary"}]
    for check_mode in (False, True):
        run = play(ansible, sim, {STATES: {"meetings": given}, "check_mode": check_mode}, defaults={})
        assert run.rc == 0, run.output
        result = only(run).result
        told = [(one["conference_id"], one["state"], one["meeting"]) for one in result["results"]]
        assert told == [
            (ids[0], "started", "ongoing"),
            (ids[1], "stopped", "ongoing"),
            (ids[2], "stopped", "ended"),
            (ids[3], "stopped", "not_started"),
            (ids[4], "unknown", "ongoing"),
            (ids[5], "unknown", "ongoing"),
            (ids[6], "unknown", "unknown"),
        ]
        assert result["summary"] == {"total": 7, "started": 1, "stopped": 3, "unknown": 3}
        assert not result["changed"]
        for one in result["results"]:
            assert ("msg" in one, "error" in one) == (one["state"] == "unknown",) * 2
        assert result["results"][6]["error"]["kind"] == "authentication"
    assert sim.world.writes() == []
    run = play(ansible, sim, {STATES: {"meetings": []}}, {STATES: {"meetings": given[:1] * 2}, "ignore_errors": True})
    empty, twice = run.of_the_collection()
    assert empty.result["summary"]["total"] == 0
    assert twice.kind == "usage" and "is there already" in twice.msg


def test_environment(ansible: Ansible, sim: Simulator) -> None:
    """Variables of the environment stand in for the options; empty ones count as not set."""
    add(sim, 1, owner="alice")
    variables = {f"HUAWEI_MEETING_{name.upper()}": value for name, value in APP.items()}
    empty = dict.fromkeys(("HUAWEI_MEETING_CORP_ID", "HUAWEI_MEETING_ACCESS_TOKEN", "HUAWEI_MEETING_USER_ID"), "")
    run = play(ansible, sim, {MEETINGS: {"all_users": True}}, defaults={}, environment={**variables, **empty})
    assert len(only(run).result["meetings"]) == 1
    user = {**variables, "HUAWEI_MEETING_USER_ID": "alice"}
    run = play(ansible, sim, {MEETINGS: {}}, defaults={}, environment=user)
    assert len(only(run).result["meetings"]) == 1
    assert sim.world.requests("appauth")[-1].body["userId"] == "alice"
    token = {"HUAWEI_MEETING_ACCESS_TOKEN": sim.world.issue_access_token()}
    run = play(ansible, sim, {MEETINGS: {"all_users": True}}, defaults={}, environment=token)
    assert len(only(run).result["meetings"]) == 1
    assert calls(sim)["appauth"] == calls(sim)["logout"] == 2
