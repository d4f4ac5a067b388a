# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many meetings in one task: every one is attempted, in order, and each is told of honestly."""

from __future__ import annotations

from typing import Any

from tests.integration.ansible import Ansible, Run
from tests.simulator import Fault, Meeting, Simulator

IDS = [str(914048000 + number) for number in range(120)]
UNRECORDABLE, OVER, NEVER, WRONG, LOST, BUSY = IDS[7], IDS[21], IDS[40], IDS[66], IDS[80], IDS[101]
ALREADY = IDS[30:40]
FAILING = {
    UNRECORDABLE: "not_recordable",
    OVER: "ended",
    NEVER: "unconfirmed",
    WRONG: "authentication",
}


def password(conference_id: str) -> str:
    return f"BatchCanary-{conference_id}"


def batch(name: str, meetings: list[dict[str, Any]], *, check: bool = False, **options: Any) -> dict[str, Any]:
    """A task of the batch module that does not end the play."""
    arguments = {"meetings": meetings, "wait_timeout": 3, "retry_timeout": 10, **options}
    task = {"name": name, "huawei.meeting.huawei_meeting_recordings": arguments, "ignore_errors": True}
    return {**task, "check_mode": True} if check else task


def listed(*conference_ids: str, wrong: str = "") -> list[dict[str, str]]:
    return [
        {"conference_id": name, "host_password": "BatchCanary-other" if name == wrong else password(name)}
        for name in conference_ids
    ]


def populate(sim: Simulator) -> None:
    """120 meetings, four of which cannot be started, and two that meet a passing fault."""
    for name in IDS:
        sim.world.add(Meeting(name, host_password=password(name), recording=name in ALREADY))
    sim.world.change(UNRECORDABLE, {"record_type": 0})
    sim.world.change(OVER, {"state": "Destroyed"})
    sim.world.change(NEVER, {"behaviour": {"recorder_delay": None}})
    sim.world.plan(Fault("record", conference_id=LOST, drop="after"))
    sim.world.plan(Fault("record", conference_id=BUSY, status=503))


def test_a_mixed_batch(ansible: Ansible, sim: Simulator) -> None:
    populate(sim)
    good = [name for name in IDS if name not in FAILING]
    started: dict[str, Any] = {"state": "started"}
    run = ansible.play(
        [
            batch("check", listed(*IDS, wrong=WRONG), check=True, **started),
            batch("real", listed(*IDS, wrong=WRONG), **started),
            batch("again", listed(*good), **started),
        ],
        "-vvvv",
        "--diff",
    )
    run.check_no_traceback()
    assert not run.leaks(sim.world.secrets() | {"BatchCanary-other"})
    check, real, again = (run.task(name) for name in ("check", "real", "again"))

    assert [one["conference_id"] for one in real.result["results"]] == IDS
    kinds = {one["conference_id"]: one["error"]["kind"] for one in real.result["results"] if one["failed"]}
    assert kinds == FAILING
    assert real.result["failed_conference_ids"] == list(FAILING)
    assert real.failed
    assert real.result["summary"] == {"total": 120, "changed": 106, "unchanged": 10, "failed": 4}
    for words in ("4 of 120 meetings failed", "1 ended", "1 unconfirmed", UNRECORDABLE, "And 1 more"):
        assert words in real.result["msg"]
    changed = {one["conference_id"] for one in real.result["results"] if one["changed"]}
    assert changed == {*good, NEVER} - set(ALREADY)
    assert all(sim.world.meetings[name].recording for name in good)
    assert {name: sim.world.meetings[name].segments for name in changed - {NEVER}} == dict.fromkeys(
        changed - {NEVER}, 1
    )
    assert len(sim.world.requests("token", WRONG)) == 2, "once in each run"

    # What only the request brings to light cannot be foretold.
    foretold = {one["conference_id"] for one in check.result["results"] if one["changed"]}
    assert foretold == changed | {UNRECORDABLE}
    assert not [entry for entry in sim.world.requests("record") if entry.time <= check.ended]
    difference = real.result["diff"]
    assert (difference["before"][IDS[0]], difference["after"][IDS[0]]) == ("stopped", "started")
    assert set(difference["after"]) == changed

    assert not again.failed
    assert again.result["summary"] == {"total": 116, "changed": 0, "unchanged": 116, "failed": 0}
    assert sim.until_closed()


def test_states_and_credentials_of_the_task_are_defaults(ansible: Ansible, sim: Simulator) -> None:
    first, second, third = IDS[:3]
    for name in (first, second, third):
        sim.world.add(Meeting(name, host_password=password(first), recording=name == second))
    token = sim.world.issue_token(third)
    meetings = [
        {"conference_id": first},
        {"conference_id": second, "state": "stopped"},
        {"conference_id": third, "token": token},
    ]
    run = ansible.play([batch("x", meetings, state="started", host_password=password(first))], "-vvvv")
    states = [(one["state"], one["changed"]) for one in run.task("x").result["results"]]
    assert states == [("started", True), ("stopped", True), ("started", True)]
    assert "x-password" not in {name for entry in sim.world.requests("record") for name in entry.header_names}
    assert not run.leaks(sim.world.secrets())


def test_an_empty_list_is_fine(ansible: Ansible, sim: Simulator) -> None:
    result = ansible.play([batch("x", [], state="started")]).task("x").result
    assert (result["changed"], result["results"], result["failed_conference_ids"]) == (False, [], [])
    assert result["summary"] == {"total": 0, "changed": 0, "unchanged": 0, "failed": 0}
    assert sim.world.log == []


REFUSED: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str]] = {
    "twice": (
        listed(IDS[0], IDS[1], IDS[0]),
        {"state": "started"},
        f"Meeting 3 of 3: `conference_id` '{IDS[0]}' is there",
    ),
    "empty id": (
        [*listed(IDS[0]), {"conference_id": ""}],
        {"state": "started"},
        "Meeting 2 of 2: `conference_id` is empty",
    ),
    "twice, with blanks": (
        [*listed(IDS[0]), {"conference_id": f" {IDS[0]} ", "host_password": "x"}],
        {"state": "started"},
        f"Meeting 2 of 2: `conference_id` '{IDS[0]}' is there",
    ),
    "no state": (listed(IDS[0]), {}, "`state` is missing"),
    "no credential": ([{"conference_id": IDS[0]}], {"state": "started"}, "a credential is missing"),
    "unknown key": ([{**listed(IDS[0])[0], "sate": "started"}], {"state": "started"}, "sate"),
    "unknown state": ([{**listed(IDS[0])[0], "state": "paused"}], {}, "paused"),
    "too parallel": (listed(IDS[0]), {"state": "started", "max_parallel": 129}, "between 1 and 128"),
    "not parallel": (listed(IDS[0]), {"state": "started", "max_parallel": 0}, "between 1 and 128"),
    "http": (listed(IDS[0]), {"state": "started", "api_url": "http://127.0.0.1"}, "only https://"),
}


def test_bad_input_is_refused_before_anything_is_sent(ansible: Ansible, sim: Simulator) -> None:
    sim.world.add(Meeting(IDS[0], host_password=password(IDS[0])))
    run: Run = ansible.play([batch(name, meetings, **options) for name, (meetings, options, _words) in REFUSED.items()])
    run.check_no_traceback()
    for name, (_meetings, _options, words) in REFUSED.items():
        assert run.task(name).failed
        assert words in run.task(name).msg
    assert not run.leaks(sim.world.secrets())
    assert sim.world.log == []
