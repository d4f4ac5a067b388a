# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each cell of the contract: a check run, the real run, and the same again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.integration.ansible import Ansible, Run
from tests.integration.contract import (
    BEFORE,
    LIVE_STATES,
    SUBJECTS,
    WANTED,
    Row,
    Subject,
    check_returned,
    meeting,
    owed,
)
from tests.simulator import Simulator

PASSWORD = "ContractCanary-4471"
PHASES = ("check", "real", "again")


@pytest.mark.parametrize(("module", "live_state", "wanted"), list(itertools.product(SUBJECTS, LIVE_STATES, WANTED)))
def test_contract(ansible: Ansible, sim: Simulator, module: str, live_state: str, wanted: str) -> None:
    """One play walks through every state before."""
    subject = SUBJECTS[module]
    meetings = {before: f"91404775{number}" for number, before in enumerate(BEFORE)}
    tasks = []
    for before, conference_id in meetings.items():
        sim.world.add(meeting(conference_id, before, host_password=PASSWORD))
        for phase in PHASES:
            tasks.append(
                {
                    "name": f"{before} {phase}",
                    f"huawei.meeting.{module}": subject.arguments(conference_id, wanted, live_state),
                    "check_mode": phase == "check",
                    "ignore_errors": True,
                }
            )
    run = ansible.play(tasks, "--diff", "-vvvv", variables={"host_password": PASSWORD})

    run.check_no_traceback()
    assert not run.leaks(sim.world.secrets())
    broken = [
        f"{before}: {complaint}"
        for before, conference_id in meetings.items()
        for complaint in _complaints(run, sim, subject, before, conference_id, wanted, owed(before, wanted, live_state))
    ]
    assert not broken, "\n".join([*broken, run.output])
    assert sim.until_closed()
    for task in run.of_the_collection():
        check_returned(task)


def _complaints(
    run: Run, sim: Simulator, subject: Subject, before: str, conference_id: str, wanted: str, row: Row
) -> Iterator[str]:
    """Compare what happened in one cell with what is owed."""
    diffs = {}
    since = 0.0
    for phase in PHASES:
        task = run.task(f"{before} {phase}")
        told = subject.told(task.result)
        puts = [entry for entry in sim.world.requests("record", conference_id) if since < entry.time <= task.ended]
        since = task.ended
        again = phase == "again" and row.reads and not row.kind
        acts = row.changed and not again
        expected = {
            "failed": bool(row.kind),
            "changed": acts,
            "conference_id": conference_id,
            "previous_state": wanted if again else row.previous,
            "state": row.state,
            "confirmed": row.reads and not row.kind and not (phase == "check" and acts),
            "meeting": row.meeting,
            "kind": row.kind,
            "warned": row.warns,
            "request_id": puts[-1].request_id if puts else told["request_id"],
            "isRecord": [int(wanted == "started")] * (row.writes if acts and phase != "check" else 0),
        }
        seen = {
            **told,
            "failed": task.failed,
            "changed": task.changed,
            "kind": (told.get("error") or {}).get("kind", ""),
            "warned": bool(task.result.get("warnings")),
            "isRecord": [entry.body["isRecord"] for entry in puts],
        }
        for name, value in expected.items():
            if seen[name] != value:
                yield f"{phase}: {name} is {seen[name]!r}, owed is {value!r}"
        diffs[phase] = task.result["diff"]
    if diffs["check"] != diffs["real"]:
        yield f"diff of the check run {diffs['check']}, of the real run {diffs['real']}"
    if (diffs["real"]["before"] != diffs["real"]["after"]) is not row.changed:
        yield f"changed is {row.changed}, but the diff is {diffs['real']}"
