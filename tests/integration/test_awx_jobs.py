# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs, inventories and slices as AWX makes them of the objects of playbooks/awx, against the simulated service."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.ansible import Ansible
from tests.integration.awx import PROJECT, Job, injected, job_inventory, objects, survey_answers, synced
from tests.simulator import Enterprise, Meeting, Simulator

OBJECTS = objects()
(TYPE,) = OBJECTS["controller_credential_types"]
TEMPLATES = {template["name"]: template for template in OBJECTS["controller_templates"]}
SOURCE = PROJECT / OBJECTS["controller_inventory_sources"][0]["source_path"]
with (PROJECT / "meetings.csv").open(encoding="utf-8", newline="") as stream:
    LISTED = {row["conference_id"]: row["state"] for row in csv.DictReader(stream)}
WANTED = [name for name, state in LISTED.items() if state == "started"]
ID = WANTED[0]
UNLISTED = "914047790"
ALL = [*LISTED, UNLISTED]
EMPTY: dict[str, Any] = {"hosts": {}, "groups": {}}


@pytest.fixture
def ansible(ansible: Ansible, sim: Simulator) -> Ansible:
    """Nothing but a credential leads to the service, where there are the meetings of the list and one more."""
    sim.world.enterprise = Enterprise("awx-app", "AwxAppKeyCanary-7720")
    for name in ALL:
        sim.world.add(Meeting(name, host_password=f"AwxHostCanary-{name}", subject=f"Training {name}"))
    for name in [name for name in ansible.environment if name.startswith("HUAWEI_MEETING_")]:
        del ansible.environment[name]
    return ansible


def credential(sim: Simulator, folder: Path, **inputs: str) -> dict[str, str]:
    """The environment variables of a credential with these inputs; that of the enterprise without any."""
    assert sim.world.enterprise
    enterprise = {"app_id": sim.world.enterprise.app_id, "app_key": sim.world.enterprise.app_key}
    way = {"api_url": sim.url, "ca_certificates": sim.ca_file.read_text(), "retry_timeout": "5"}
    return injected(TYPE, {**way, **(inputs or enterprise)}, folder)


@dataclass(frozen=True)
class Case:
    """A job, and what must come of it. `recorded`: what is being recorded before; `writes`: by meeting."""

    template: str
    writes: Mapping[str, list[int]]
    answers: Mapping[str, Any] = field(default_factory=dict)
    recorded: tuple[str, ...] = ()
    status: str = "successful"


CASES = {
    "start": Case("Start the recording of a meeting", {ID: [1]}, {"conference_id": ID}),
    "start, nothing else answered": Case(
        "Start the recording of a meeting", {ID: [1]}, {"conference_id": ID, "host_password": "", "live_state": ""}
    ),
    "stop": Case("Stop the recording of a meeting", {ID: [0]}, {"conference_id": ID}, recorded=(ID,)),
    "start the list": Case("Start recordings", {name: [1] for name in WANTED}),
    "stop the list": Case("Stop recordings", {name: [0] for name in WANTED}, recorded=tuple(WANTED)),
    "report, not as wanted": Case("Recording report", {}, status="failed"),
    "report, as wanted": Case("Recording report", {}, recorded=tuple(WANTED)),
    "ongoing": Case("Record ongoing meetings", {ID: [1], UNLISTED: [1]}, {"subject": f"training ({ID}|{UNLISTED})$"}),
    "status": Case("Recording status", {}, recorded=(ID,)),
    "hosts": Case("Record meetings as hosts", {name: [1] for name in ALL if name != ID}, recorded=(ID,)),
}


def test_each_template_has_a_case() -> None:
    assert {case.template for case in CASES.values()} == set(TEMPLATES)


def run(ansible: Ansible, sim: Simulator, folder: Path, case: Case, variables: Mapping[str, str]) -> Job:
    """Run the job of a case with a credential's variables, and check its status, its writes, and for secrets."""
    for name in case.recorded:
        sim.world.set_recording(name, True)
    template = TEMPLATES[case.template]
    job = Job(ansible, folder / "job", template)
    inventory = synced(ansible, SOURCE, variables) if variables["HUAWEI_MEETING_APP_ID"] else EMPTY
    job_inventory(inventory, job.inventory)
    answers = {f"huawei_meeting_{name}": value for name, value in case.answers.items()}
    result = job.run(variables, survey_answers(template, **answers))
    result.check_no_traceback()
    assert job.status == case.status, result.output
    assert {name: sim.world.writes(name) for name in ALL if sim.world.writes(name)} == case.writes
    assert any(event["event"] == "playbook_on_stats" for event in job.events)
    assert not result.leaks(sim.world.secrets())
    return job


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_job(ansible: Ansible, sim: Simulator, folder: Path, case: Case) -> None:
    """A job with the credential of the enterprise; what the survey asks and nobody answered has its default."""
    run(ansible, sim, folder, case, credential(sim, folder))
    assert sim.world.access_tokens_live() == 0


@pytest.mark.parametrize("way", ["credential", "survey"])
def test_job_with_a_host_password(ansible: Ansible, sim: Simulator, folder: Path, way: str) -> None:
    """Whoever starts the job types it, or it is in a credential of its own."""
    password = sim.world.meetings[ID].host_password
    inputs = {"host_password": password} if way == "credential" else {"user_id": ""}
    answers = {"conference_id": ID, "host_password": password if way == "survey" else ""}
    case = Case("Start the recording of a meeting", {ID: [1]}, answers)
    job = run(ansible, sim, folder, case, credential(sim, folder, **inputs))
    assert any("as the live state shows" in str(event.get("event_data", {}).get("res")) for event in job.events)


def test_secrets_would_be_found(ansible: Ansible, sim: Simulator, folder: Path) -> None:
    """A job that tells its secret is caught by what the other tests check."""
    job = Job(ansible, folder / "job", {"playbook": "telling.yml"})
    tell = {"ansible.builtin.debug": {"msg": "{{ lookup('env', 'HUAWEI_MEETING_APP_KEY') }}"}}
    ansible.write("telling.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [tell]}])
    (ansible.project / "telling.yml").rename(folder / "job" / "project" / "telling.yml")
    job_inventory(EMPTY, job.inventory)
    found = job.run(credential(sim, folder), {}).leaks(sim.world.secrets())
    assert {place.split("/")[-1] for place in found if "job_events" not in place} == {"stdout"}
    assert any("job_events" in place for place in found)


# ---- the inventory ----


def test_text_of_others_stays_text(ansible: Ansible, sim: Simulator, folder: Path) -> None:
    """Through the database of AWX and back it is what it was, and never a template, however it is used."""
    touched = folder / "touched"
    subject = f"{{{{ lookup('pipe', 'touch {touched}') }}}} training"
    sim.world.change(ID, {"subject": subject})
    inventory = synced(ansible, SOURCE, credential(sim, folder))
    assert inventory["hosts"][ID]["meeting_subject"] == {"__ansible_unsafe": subject}
    place = {name: inventory["hosts"][ID][name] for name in ("ansible_connection", "ansible_become")}
    assert place == {"ansible_connection": "local", "ansible_become": False}
    assert inventory["groups"]["training"]["hosts"] == sorted(ALL)

    script = ansible.project / "inventory" / "hosts"
    job_inventory(inventory, script)
    tasks = [
        {"name": "keep", "ansible.builtin.set_fact": {"kept": "{{ meeting_subject }}"}},
        {"name": "show", "ansible.builtin.debug": {"msg": "{{ kept }}|{{ nested }}|{{ meeting_conference_id }}"}},
        {"name": "types", "ansible.builtin.debug": {"msg": "{{ [meeting_attendees + 1, meeting_recordable] }}"}},
        {"name": "filter", "ansible.builtin.debug": {"msg": "{{ meeting_subject is search('lookup') }}"}},
    ]
    play = {"hosts": "training", "gather_facts": False, "vars": {"nested": "{{ kept }}"}}
    ansible.write("play.yml", [{**play, "tasks": [{"name": "here", "ansible.builtin.ping": {}}, *tasks]}])
    unreachable = {"ANSIBLE_SSH_EXECUTABLE": "/bin/false"}  # a meeting is no machine
    result = ansible.command("playbook", "-i", str(script), "play.yml", "--limit", ID, environment=unreachable)
    assert result.rc == 0, result.output
    assert result.task("show").msg == f"{subject}|{subject}|{ID}"
    assert result.task("types").result["msg"] == [sim.world.meetings[ID].attendees + 1, True]
    assert result.task("filter").result["msg"] is True
    assert not touched.exists()


def test_inventory_holds_no_secret(ansible: Ansible, sim: Simulator, folder: Path) -> None:
    inventory = synced(ansible, SOURCE, credential(sim, folder))
    assert sorted(inventory["hosts"]) == sorted(ALL)
    assert not any(secret in str(inventory) for secret in sim.world.secrets())


# ---- slices ----


def test_slices_part_the_meetings(ansible: Ansible, sim: Simulator, folder: Path) -> None:
    """Each meeting is in one slice, and is started once, also where a slice has nobody of a group."""
    count = 5
    first = [str(int(ALL[0]) - number) for number in (3, 2, 1)]
    for name in first:
        sim.world.add(Meeting(name, host_password=f"AwxHostCanary-{name}"))
    variables = credential(sim, folder)
    inventory = synced(ansible, SOURCE, variables)
    slices: list[list[str]] = []
    for number in range(1, count + 1):
        script = ansible.project / f"slice{number}" / "hosts"
        slices.append(job_inventory(inventory, script, number, count))
        before = len(sim.world.requests("record"))
        arguments = ("playbook", "-i", str(script), "huawei.meeting.record_hosts")
        result = ansible.command(*arguments, environment=variables)
        assert result.rc == 0, result.output
        assert sorted(str(entry.conference_id) for entry in sim.world.requests("record")[before:]) == slices[-1]
    assert not set(slices[2]) & set(inventory["groups"]["training"]["hosts"])
    assert {name: sim.world.writes(name) for name in sim.world.meetings} == {name: [1] for name in [*ALL, *first]}
