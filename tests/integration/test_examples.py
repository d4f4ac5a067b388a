# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation and of the README run as they are printed, from top to bottom in one play."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import MODULES, ROOT
from tests.integration.ansible import Ansible, constant, missing
from tests.simulator import Enterprise, Fault, Meeting, Simulator, User

ID, OTHER_ID = "914047751", "914047752"
PASSWORD = "ExamplesCanary-2093"
PATHS = [ROOT / "plugins" / "modules" / f"{name}.py" for name in MODULES]

RECORDING = ROOT / "plugins" / "modules" / "huawei_meeting_recording.py"

# How each example turns out when they run one after the other: ok, changed, or the kind of the failure.
OUTCOMES = {
    "huawei_meeting_recording": {
        "The class is being recorded": "changed",
        "The recording is stopped": "changed",
        "Do not act without knowing the state, and give the recorder a minute": "changed",
        "One bare request with a control token at hand, as a script would send it": "changed",
        "Prove that the call is being recorded, without touching it": "ok",
        "Try for ten minutes while the meeting has not begun, or nobody has joined": "ok",
    },
    "huawei_meeting_recordings": {
        "All classes are being recorded": "changed",
        "All recordings are stopped, 64 at a time": "changed",
        "One starts, one stops": "changed",
        "Put up with a few failures, but not with more": "changed",
    },
    "huawei_meeting_info": {
        "What is going on": "ok",
        "The trainings of one user, the booked ones as well": "ok",
    },
    "huawei_meeting_recording_info": {
        "Is this call being recorded?": "ok",
        "Which classes are being recorded?": "ok",
    },
    "huawei_meeting_token": {
        "Sign in to the control of the meeting": "ok",
    },
}


def examples(path: Path) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = yaml.safe_load(constant(path, "EXAMPLES"))
    return tasks


def variables(sim: Simulator) -> dict[str, Any]:
    """What the examples take for granted."""
    classes = [{"conference_id": number, "host_password": PASSWORD} for number in (ID, OTHER_ID)]
    return {"vault_host_password": PASSWORD, "control_token": sim.world.issue_token(ID), "classes": classes}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_examples(ansible: Ansible, sim: Simulator, path: Path) -> None:
    for conference_id in (ID, OTHER_ID):
        sim.world.add(Meeting(conference_id, host_password=PASSWORD, owner="alice"))
    sim.world.enterprise = Enterprise("examples-app", "ExamplesAppKeyCanary-77", users=[User("alice", 2)])
    # Only those modules sign in as an enterprise whose examples give nothing else.
    environment = sim.enterprise_environment() if path.stem == "huawei_meeting_info" else {}
    tasks = examples(path)
    run = ansible.play(tasks, "-vvvv", variables=variables(sim), environment=environment)
    assert run.rc == 0, run.output
    run.check_no_traceback()
    assert not run.leaks(sim.world.secrets())
    outcomes = {
        task.name: task.kind or ("changed" if task.changed else "ok")
        for task in run.tasks
        if task.action == f"huawei.meeting.{path.stem}"
    }
    assert outcomes == OUTCOMES[path.stem]
    assert list(outcomes) == [task["name"] for task in tasks]


def test_proof_fails_without_a_recording(ansible: Ansible, sim: Simulator) -> None:
    """The example that proves that a call is being recorded fails where it is not, and changes nothing."""
    (proof,) = [task for task in examples(RECORDING) if task["name"].startswith("Prove ")]
    sim.world.add(Meeting(ID, host_password=PASSWORD))
    run = ansible.play([proof], variables=variables(sim))
    assert run.rc == 2
    assert run.tasks[0].failed
    assert sim.world.writes() == []


def test_waiting_for_the_meeting_to_begin(ansible: Ansible, sim: Simulator) -> None:
    """The example that waits for a meeting goes on once it has begun, and gives up at once on anything else."""
    (waiting,) = [task for task in examples(RECORDING) if task["name"].startswith("Try ")]
    waiting["delay"] = 0
    sim.world.add(Meeting(ID, host_password=PASSWORD, state="Schedule"))
    sim.world.plan(Fault("token", skip=2, meeting_state="Created"))
    run = ansible.play([waiting], variables=variables(sim))
    assert run.rc == 0, run.output
    assert [task.verdict for task in run.tasks] == ["retried", "retried", "ok"]
    assert sim.world.writes() == [1]

    sim.world.end(ID)
    run = ansible.play([waiting], variables=variables(sim))
    assert run.rc == 2
    assert [task.verdict for task in run.tasks] == ["failed"]
    assert run.tasks[0].kind == "ended"


def test_waiting_tells_what_else_is_wrong(ansible: Ansible) -> None:
    """A failure that has no kind, such as a missing library, is told by the example that waits, not hidden by it."""
    (waiting,) = [task for task in examples(RECORDING) if task["name"].startswith("Try ")]
    waiting["delay"] = 0
    run = ansible.play([waiting], variables={"vault_host_password": PASSWORD}, environment=missing(ansible, "requests"))
    assert run.rc == 2
    assert "Failed to import the required Python library (requests)" in run.prose
    assert "has no attribute" not in run.prose


def readme(language: str) -> list[str]:
    """The blocks of code in the README that are in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)


def test_readme_tasks(ansible: Ansible, sim: Simulator) -> None:
    """The README's tasks: a recording starts, then those of a list, and the proof that the first runs holds."""
    for conference_id in (ID, OTHER_ID):
        sim.world.add(Meeting(conference_id, host_password=PASSWORD))
    tasks = [task for block in readme("yaml") for task in yaml.safe_load(block)]
    run = ansible.play(tasks, "-vvvv", variables=variables(sim))
    assert run.rc == 0, run.output
    assert [task.changed for task in run.tasks] == [True, True, False]
    assert (sim.world.writes(ID), sim.world.writes(OTHER_ID)) == ([1], [1])


def test_readme_commands(ansible: Ansible, sim: Simulator) -> None:
    """The README's playbook commands, with the list they name; a file stands in for the prompt."""
    for conference_id in (ID, OTHER_ID):
        sim.world.add(Meeting(conference_id, host_password=PASSWORD, subject="Training"))
    sim.world.enterprise = Enterprise("readme-app", "ReadmeAppKeyCanary-78")
    ansible.write("meetings.yml", {"huawei_meeting_meetings": variables(sim)["classes"]})
    (ansible.home / "vault-password").write_text("opens the vault\n")
    password = ["--vault-password-file", str(ansible.home / "vault-password")]
    lines = [line for block in readme("console") for line in block.splitlines()]
    commands = [line.split() for line in lines if line.startswith(("ansible-vault ", "ansible-playbook "))]
    assert len(commands) == 5
    for name, *arguments in commands:
        rest = [argument for argument in arguments if argument != "--ask-vault-pass"]
        environment = {} if "@meetings.yml" in rest else sim.enterprise_environment()
        run = ansible.command(name.removeprefix("ansible-"), *rest, *password, environment=environment)
        assert run.rc == 0, run.output
    assert sim.world.writes(ID) == sim.world.writes(OTHER_ID) == [1, 0, 1]
