# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that are not what was written: refused before anything is sent, by name, and never repeated."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COLLECTION
from tests.integration.ansible import Ansible, Run, Task
from tests.integration.contract import check_returned
from tests.simulator import Meeting, Simulator

ID = "914047751"
PASSWORD = "ArgumentsCanary-5521"
GOOD = {"conference_id": ID, "host_password": PASSWORD}
STARTED = {"state": "started"}

# Module, its arguments, the option that is refused. What YAML makes of 042517, 12:30:45, 620_517, 0x1F4, yes and 6.20.
NO_TEXT: dict[str, tuple[str, dict[str, Any], str]] = {
    "octal": ("recording", {**GOOD, **STARTED, "host_password": 17743}, "host_password"),
    "sexagesimal": ("recording", {**GOOD, **STARTED, "host_password": 45045}, "host_password"),
    "with underscores": ("recording", {**GOOD, **STARTED, "token": 620517}, "token"),
    "yes": ("recording", {**GOOD, **STARTED, "access_token": True}, "access_token"),
    "fraction": ("recording", {**GOOD, **STARTED, "app_key": 6.2, "app_id": "x"}, "app_key"),
    "list": ("recording", {**GOOD, **STARTED, "host_password": [17743]}, "host_password"),
    "native template": ("recording", {**GOOD, **STARTED, "host_password": "{{ [17743] | first }}"}, "host_password"),
    "one of many": ("recordings", {"meetings": [{**GOOD, "host_password": 17743}], **STARTED}, "host_password"),
    "token of many": ("recording_info", {"meetings": [{"conference_id": ID, "token": 17743}]}, "token"),
    "entry as a text": (
        "recordings",
        {"meetings": ['{"conference_id": "914047751", "host_password": 17743}'], **STARTED},
        "host_password",
    ),
    "reading": ("recording_info", {"meetings": [GOOD], "token": 17743}, "token"),
    "token module": ("token", {**GOOD, "host_password": 17743}, "host_password"),
    "list of meetings": ("info", {"app_id": "x", "app_key": 17743}, "app_key"),
    "app_id": ("info", {"app_id": 17743, "app_key": "x"}, "app_id"),
    "user_id": ("info", {"app_id": "x", "app_key": "x", "user_id": 17743}, "user_id"),
    "search": ("info", {"access_token": "x", "search": True}, "search"),
    "conference_id": ("recording", {**GOOD, **STARTED, "conference_id": 6.2}, "conference_id"),
}

BROKEN = "a\udcff"
NO_UNICODE: dict[str, tuple[str, dict[str, Any], str]] = {
    **{
        name: ("recording", {**GOOD, **STARTED, name: BROKEN}, name)
        for name in ("conference_id", "host_password", "token", "app_id", "user_id", "corp_id", "api_url", "ca_path")
    },
    "state": ("recording", {**GOOD, "state": BROKEN}, "state"),
    "timeout": ("recording", {**GOOD, **STARTED, "timeout": BROKEN}, "timeout"),
    "search": ("info", {"access_token": "x", "search": BROKEN}, "search"),
    "ID of many": ("recordings", {"meetings": [{"conference_id": BROKEN}], **STARTED}, "conference_id"),
    "password of many": ("recording_info", {"meetings": [{**GOOD, "host_password": BROKEN}]}, "host_password"),
    "token module": ("token", {**GOOD, "conference_id": BROKEN}, "conference_id"),
}


def play(ansible: Ansible, sim: Simulator, cases: dict[str, tuple[str, dict[str, Any], str]]) -> Run:
    """Run each case as a task, and check that it is a usage failure like any other, and that nothing was sent."""
    sim.world.add(Meeting(ID, host_password="17743"))
    tasks = [
        {"name": name, f"huawei.meeting.huawei_meeting_{module}": arguments, "ignore_errors": True}
        for name, (module, arguments, _option) in cases.items()
    ]
    run = ansible.play(tasks, "-vvvv", "--diff", environment={"ANSIBLE_JINJA2_NATIVE": "true"})
    run.check_no_traceback()
    for name, (_module, _arguments, option) in cases.items():
        task = run.task(name)
        assert task.failed, name
        assert (task.kind, f"`{option}`" in task.msg) == ("usage", True), f"{name}: {ascii(task.msg)}"
        check_returned(task)
    assert sim.world.log == []
    return run


def test_what_is_no_text_is_refused(ansible: Ansible, sim: Simulator) -> None:
    """A password that YAML made a number of is another password, and sending it counts towards a lock."""
    run = play(ansible, sim, NO_TEXT)
    for task in run.of_the_collection():
        assert "quotes" in task.msg
        assert not {"17743", "45045", "620517", "6.2"} & set(task.msg.replace("`", " ").split()), task.msg


def test_a_whole_number_is_a_good_id(ansible: Ansible, sim: Simulator) -> None:
    meeting = sim.world.add(Meeting(ID, host_password=PASSWORD))
    arguments = {"conference_id": int(ID), "host_password": "{{ password }}", **STARTED}
    task = {"name": "x", "huawei.meeting.huawei_meeting_recording": arguments}
    run = ansible.play([task], variables={"password": PASSWORD})
    assert run.task("x").result["conference_id"] == ID, run.output
    assert meeting.recording


def run_module(module: str, arguments: dict[str, Any], environment: dict[str, str]) -> Task:
    """Run a module by itself, without ansible-playbook, whose newer versions refuse such text on their own."""
    process = subprocess.run(
        [sys.executable, "-m", f"{COLLECTION}.plugins.modules.huawei_meeting_{module}"],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode(),
        env=environment,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert not process.stderr, process.stderr.decode("utf-8", "replace")
    result = json.loads(process.stdout.decode("utf-8"))
    return Task(module, f"huawei.meeting.huawei_meeting_{module}", "failed" if "msg" in result else "ok", 0, result)


@pytest.fixture
def environment(ansible: Ansible, collections_path: Path) -> dict[str, str]:
    """The environment of a module that runs by itself."""
    return {**ansible.environment, "PYTHONPATH": str(collections_path)}


def check_refused(task: Task, option: str, sim: Simulator) -> None:
    """Check that a module ended with a plain failure that names the option, in text that everybody can read."""
    assert (task.kind, f"`{option}`" in task.msg) == ("usage", True), ascii(task.msg)
    assert "udcff" not in ascii(task.result)
    assert PASSWORD not in str(task.result)
    check_returned(task)
    assert sim.world.log == []


@pytest.mark.parametrize(("module", "arguments", "option"), NO_UNICODE.values(), ids=NO_UNICODE)
def test_text_that_is_no_unicode_is_refused(
    environment: dict[str, str], sim: Simulator, module: str, arguments: dict[str, Any], option: str
) -> None:
    check_refused(run_module(module, arguments, environment), option, sim)


@pytest.mark.parametrize("option", ["app_id", "ca_path", "timeout", "api_url", "host_password", "validate_certs"])
def test_a_variable_that_is_no_unicode_is_refused(environment: dict[str, str], sim: Simulator, option: str) -> None:
    variable = f"HUAWEI_MEETING_{option.upper()}"
    arguments = {"conference_id": ID, **STARTED}
    task = run_module("recording", arguments, {**environment, variable: "/x\udcff"})
    check_refused(task, option, sim)
    assert variable in task.msg


def test_a_folder_that_is_no_unicode_is_refused(environment: dict[str, str], sim: Simulator) -> None:
    """Ansible puts variables into paths."""
    task = run_module("recording", {**GOOD, **STARTED, "ca_path": "$X/ca.pem"}, {**environment, "X": "/x\udcff"})
    check_refused(task, "ca_path", sim)


def test_a_machine_whose_names_are_no_unicode_is_fine(environment: dict[str, str], sim: Simulator) -> None:
    """What is not ours to use is not ours to refuse."""
    meeting = sim.world.add(Meeting(ID, host_password=PASSWORD))
    task = run_module("recording", {**GOOD, **STARTED, "_ansible_tmpdir": BROKEN}, {**environment, "X": BROKEN})
    assert task.verdict == "ok", task.msg
    assert meeting.recording
