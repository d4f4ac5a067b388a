# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles in plays of users' own: each entry point, what is refused, and that a play elsewhere stays here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.integration.ansible import RECORDING, Ansible, Run
from tests.integration.test_inventory import APP_ID, APP_KEY, SIGNED_IN
from tests.simulator import Enterprise, Meeting, Simulator, User

ID, OTHER_ID = "914047751", "914047752"
# One of them is part of a state and of many words.
PASSWORDS = {ID: "RoleCanary-3317", OTHER_ID: "art"}
ROLES = {
    role: yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    for role in ("recording", "recordings")
}
# What the recap of a machine would be reached by.
MACHINE = {
    "ansible_connection": "ssh",
    "ansible_host": "127.0.0.1",
    "ansible_port": 9,
    "ansible_become": True,
    "ansible_become_exe": "/nonexistent/sudo",
    "ansible_shell_type": "powershell",
    "ansible_python_interpreter": "/nonexistent/python3",
}


@pytest.fixture(autouse=True)
def meetings(sim: Simulator) -> None:
    sim.world.enterprise = Enterprise(APP_ID, APP_KEY, users=[User()])
    for number, password in PASSWORDS.items():
        sim.world.add(Meeting(number, host_password=password, subject=f"Class {number}"))


LIST = [{"conference_id": number, "host_password": password} for number, password in PASSWORDS.items()]


def role(name: str, entry: str = "main", how: str = "import_role", **variables: Any) -> dict[str, Any]:
    """A task that brings in an entry point of a role, with variables of its own."""
    given = {f"huawei_meeting_{key}": value for key, value in variables.items()}
    return {
        "name": f"Use {name}",
        f"ansible.builtin.{how}": {"name": f"huawei.meeting.{name}", "tasks_from": entry},
        "vars": given,
    }


def play(ansible: Ansible, *tasks: dict[str, Any], arguments: tuple[str, ...] = (), **keywords: Any) -> Run:
    """Run a play of these tasks as loudly as Ansible can, and look for secrets everywhere."""
    for name in ("variables", "environment"):
        keywords.setdefault(name, {})
    keywords["variables"] = {"huawei_meeting_report_dir": str(ansible.home / "reports"), **keywords["variables"]}
    run = ansible.play(tasks, "-vvvv", *arguments, **keywords)
    run.check_no_traceback()
    assert not run.leaks({PASSWORDS[ID], APP_KEY, "Canary"})
    # A short one is found in other words, but nobody tells it as a value.
    for told in (f'"{PASSWORDS[OTHER_ID]}"', f"'{PASSWORDS[OTHER_ID]}'", f": {PASSWORDS[OTHER_ID]}\n"):
        assert told not in run.output
    return run


def report(ansible: Ansible, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ansible.home / "reports" / f"{name}.json").read_text(encoding="utf-8"))
    return told


def test_one_meeting_is_started_and_stopped(ansible: Ansible, sim: Simulator) -> None:
    """In one play, and started once more: a role that Ansible takes for one that has been is not passed over."""
    given = {"conference_id": ID, "host_password": PASSWORDS[ID]}
    tasks = [
        role("recording", entry, how, **given) for entry, how in (("main", "import_role"), ("stop", "include_role"))
    ]
    run = play(ansible, *tasks, tasks[0])
    assert run.rc == 0, run.output
    assert sim.world.writes() == [1, 0, 1]
    told = [task.msg for task in run.tasks if task.name == "Show the result" and task.verdict == "ok"]
    assert [one.partition(": ")[2].partition(",")[0] for one in told] == [
        "recording was stopped and is started now",
        "recording was started and is stopped now",
        "recording was stopped and is started now",
    ]


def test_a_list_is_started_audited_and_stopped(ansible: Ansible, sim: Simulator) -> None:
    """As a role of the play, with its reports; what was looked at last is reported last."""
    tasks = [role("recordings", entry) for entry in ("audit", "stop")]
    run = play(ansible, *tasks, roles=["huawei.meeting.recordings"], variables={"huawei_meeting_meetings": LIST})
    assert run.rc == 0, run.output
    assert sorted(sim.world.writes()) == [0, 0, 1, 1]
    told = {name: report(ansible, name) for name in ("start_recordings", "recording_report", "stop_recordings")}
    verdicts = {name: [one["verdict"] for one in report["results"]] for name, report in told.items()}
    assert verdicts == {
        "start_recordings": ["changed"] * 2,
        "recording_report": ["as_wanted"] * 2,
        "stop_recordings": ["changed"] * 2,
    }
    assert told["recording_report"]["check_mode"] is True
    assert (ansible.home / "reports" / "recording_report.xml").exists()


def test_an_audit_sends_nothing(ansible: Ansible, sim: Simulator) -> None:
    run = play(ansible, role("recordings", "audit", meetings=LIST, live_state="ignore"))
    assert run.rc == 2
    assert [one["verdict"] for one in report(ansible, "recording_report")["results"]] == ["deviates"] * 2
    assert sim.world.writes() == []


def test_what_goes_on_is_recorded_and_shown(ansible: Ansible, sim: Simulator) -> None:
    """With the sign-in of the enterprise; what somebody needed for a single meeting is not tried on all of them."""
    stale = {"HUAWEI_MEETING_HOST_PASSWORD": "StaleCanary-5561", "HUAWEI_MEETING_TOKEN": "StaleCanary-5562"}
    tasks = [role("recordings", entry, subject="class") for entry in ("record_ongoing", "status")]
    ansible.environment.update(stale)
    variables = {"huawei_meeting_app_id": APP_ID, "huawei_meeting_app_key": APP_KEY}
    run = play(ansible, *tasks, variables=variables)
    assert run.rc == 0, run.output
    assert sim.world.writes() == [1, 1]
    assert report(ansible, "recording_status")["summary"]["recording"] == {"started": 2, "stopped": 0, "unknown": 0}


def test_check_mode(ansible: Ansible, sim: Simulator) -> None:
    tasks = [role("recording", conference_id=ID, host_password=PASSWORDS[ID]), role("recordings", meetings=LIST)]
    run = play(ansible, *tasks, arguments=("--check", "--diff"))
    assert run.rc == 0, run.output
    assert f"Meeting {ID}: recording is stopped and would be started" in run.prose
    assert {path.name.partition(".")[2].partition(".")[0] for path in (ansible.home / "reports").iterdir()} == {"check"}
    assert sim.world.writes() == []


def test_check_mode_of_the_task(ansible: Ansible, sim: Simulator) -> None:
    """The same where the play itself says so: nothing is told that did not happen, no report of a real run replaced."""
    tasks = [role("recording", conference_id=ID, host_password=PASSWORDS[ID]), role("recordings", meetings=LIST)]
    run = play(ansible, *[{**task, "check_mode": True} for task in tasks])
    assert run.rc == 0, run.output
    assert f"Meeting {ID}: recording is stopped and would be started" in run.prose
    assert {path.name.partition(".")[2].partition(".")[0] for path in (ansible.home / "reports").iterdir()} == {"check"}
    assert [one["verdict"] for one in report(ansible, "start_recordings.check")["results"]] == ["would_change"] * 2
    assert sim.world.writes() == []


WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("recording", "main", {}, "`conference_id` is empty; give the ID of the meeting"),
    (
        "recording",
        "stop",
        {"conference_id": ID, "state": "started"},
        "`huawei_meeting_state` is given, but stop_record",
    ),
    (
        "recording",
        "main",
        {"conference_id": ID, "host_password": 42517},
        "`huawei_meeting_host_password` came as a num",
    ),
    ("recordings", "main", {"meetings": LIST, "state": "stopped"}, "`huawei_meeting_state` is given, but start_record"),
    ("recordings", "audit", {"meetings": ""}, "Give the meetings either as huawei_meeting_meetings"),
    ("recordings", "main", {"meetings": [*LIST, LIST[0]]}, "entry 3: it is the same meeting as in entry 1"),
    (
        "recordings",
        "stop",
        {"meetings": LIST, "chunk_size": "some"},
        "`huawei_meeting_chunk_size` is some, but must be",
    ),
    ("recordings", "main", {"meetings": LIST, "columns": "x"}, "`huawei_meeting_columns` must be a dictionary"),
    ("recordings", "record_ongoing", {"meetings": LIST}, "record_ongoing finds the meetings and their passwords by"),
]


@pytest.mark.parametrize(("name", "entry", "given", "told"), WRONG)
def test_what_cannot_be_used_is_told_as_the_playbooks_tell_it(
    ansible: Ansible, sim: Simulator, name: str, entry: str, given: dict[str, Any], told: str
) -> None:
    """Ansible's own check of a role's variables comes before, and lets it pass."""
    run = play(ansible, role(name, entry, **given))
    assert run.rc == 2
    assert told in run.prose
    failed = [task.name for task in run.tasks if task.failed]
    assert failed == ["Start or stop the recording" if "empty" in told else "Refuse unusable input"]
    assert [task.name for task in run.tasks][0].startswith("Validating arguments against arg spec")
    assert sim.world.log == []


def test_what_ansible_refuses_by_itself_shows_no_secret(ansible: Ansible, sim: Simulator) -> None:
    """A parameter that the role does not know; those that it knows stand beside it, with their passwords."""
    given = {"huawei_meeting_conference_id": ID, "huawei_meeting_host_password": PASSWORDS[ID]}
    listed = {"huawei_meeting_meetings": LIST, "huawei_meeting_host_password": PASSWORDS[OTHER_ID]}
    for name, parameters in (("recording", given), ("recordings", listed)):
        run = play(ansible, roles=[{"role": f"huawei.meeting.{name}", "huawei_meeting_sate": "stopped", **parameters}])
        assert run.rc == 2
        assert "huawei_meeting_sate" in run.prose
    assert sim.world.log == []


@pytest.mark.parametrize("delegated", [False, True])
def test_a_play_about_machines_stays_on_the_control_node(ansible: Ansible, sim: Simulator, delegated: bool) -> None:
    """Whatever says how to reach them, where to become whom, and which Python they have."""
    trace = ansible.home / "called"
    ssh = ansible.project / "ssh"
    ssh.write_text(f"#!/bin/sh\ntouch {trace}\nexit 255\n")
    ssh.chmod(0o755)
    ansible.write("hosts.yml", {"all": {"hosts": {"web1": MACHINE, "web2": MACHINE}}})
    tasks = [
        role("recording", conference_id=ID, host_password=PASSWORDS[ID]),
        role("recordings", "record_ongoing"),
        role("recordings", "audit", meetings=LIST),
    ]
    if delegated:
        tasks = [{**task, "delegate_to": "web2"} for task in tasks]
    ansible.environment.update({**SIGNED_IN, "ANSIBLE_SSH_EXECUTABLE": str(ssh)})
    run = play(ansible, *tasks, arguments=("-i", "hosts.yml"), hosts="web1", become=True)
    assert run.rc == 0, run.output
    assert not trace.exists()
    assert sim.world.writes() == [1, 1]


def test_a_place_that_wins_over_the_role_is_refused(ansible: Ansible, sim: Simulator) -> None:
    """The command line and facts do."""
    fact = {"name": "Go elsewhere", "ansible.builtin.set_fact": {"ansible_connection": "ssh"}}
    one = role("recording", conference_id=ID, host_password=PASSWORDS[ID])
    for tasks, arguments in (([one], ("-e", "ansible_connection=ssh")), ([fact, one], ())):
        run = play(ansible, *tasks, arguments=arguments)
        assert run.rc == 2
        assert "`ansible_connection` is given, but this playbook runs on the control node" in run.prose
    assert sim.world.log == []


def test_what_the_play_gives_to_all_modules_reaches_those_of_the_role(ansible: Ansible, sim: Simulator) -> None:
    """Or else the passwords would go to another site than the play says. A variable that is set wins over it."""
    elsewhere = {"HUAWEI_MEETING_API_URL": "https://127.0.0.1:1", "HUAWEI_MEETING_CA_PATH": "/nonexistent"}
    ansible.environment.update(elsewhere)
    connection = {"api_url": sim.url, "ca_path": "{{ authority }}", "timeout": 7, "app_key": "{{ key }}"}
    run = play(
        ansible,
        role("recordings", "record_ongoing", timeout=8, app_id=APP_ID, ca_path=""),
        module_defaults={"group/huawei.meeting.huawei_meeting": connection},
        variables={"authority": str(sim.ca_file), "key": APP_KEY},
    )
    assert run.rc == 0, run.output
    assert sim.world.writes() == [1, 1]
    told = [task.result["invocation"]["module_args"] for task in run.of_the_collection()]
    assert [(one["api_url"], one["timeout"]) for one in told] == [(sim.url, 8)] * 2
    assert report(ansible, "record_ongoing")["provenance"]["service"] == sim.url


def test_defaults_of_single_modules_cannot_turn_a_role_round(ansible: Ansible, sim: Simulator) -> None:
    run = play(
        ansible,
        role("recordings", "audit", meetings=LIST),
        role("recordings", meetings=LIST),
        module_defaults={f"{RECORDING}s": {"state": "stopped", "live_state": "ignore"}},
        ignore_errors=True,
    )
    assert [one["verdict"] for one in report(ansible, "recording_report")["results"]] == ["deviates"] * 2
    assert sim.world.writes() == [1, 1], run.output


@pytest.mark.parametrize("name", ROLES)
def test_the_reference_has_every_variable(ansible: Ansible, name: str) -> None:
    page = ansible.command("doc", "-t", "role", f"huawei.meeting.{name}")
    assert page.rc == 0, page.output
    # ansible-core 2.21 warns of a collection of its own.
    assert not [line for line in page.output.splitlines() if "WARNING" in line and "_protomatter" not in line]
    document = json.loads(ansible.command("doc", "-t", "role", "--json", f"huawei.meeting.{name}").stdout)
    shown = document[f"huawei.meeting.{name}"]["entry_points"]
    assert {entry: set(spec["options"]) for entry, spec in shown.items()} == {
        entry: set(spec["options"]) for entry, spec in ROLES[name].items()
    }
    for variable in {variable for spec in shown.values() for variable in spec["options"]}:
        assert re.search(rf"\b{variable}\b", page.stdout), variable


def examples() -> list[tuple[str, str]]:
    """The plays of the roles' own pages."""
    found = []
    for name in ROLES:
        text = (ROOT / "roles" / name / "README.md").read_text(encoding="utf-8")
        found += [(name, block.partition("```")[0]) for block in text.split("```yaml\n")[1:]]
    return found


@pytest.mark.parametrize(("name", "block"), examples(), ids=list(ROLES))
def test_the_plays_of_the_pages(ansible: Ansible, sim: Simulator, name: str, block: str) -> None:
    lines = ["conference_id,host_password", *(f"{number},{password}" for number, password in PASSWORDS.items())]
    Path(ansible.project / "classes.csv").write_text("\n".join(lines) + "\n")
    (ansible.project / "site.yml").write_text(block)
    ansible.write("secret.yml", {"vault_host_password": PASSWORDS[ID]})
    run = ansible.command("playbook", "site.yml", "-e", "@secret.yml")
    assert run.rc == 0, run.output
    assert sim.world.writes() == ([1, 0] if name == "recording" else [1, 1])
