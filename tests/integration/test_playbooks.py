# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shipped playbooks, run by their full names as users run them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.integration.ansible import Ansible, Run
from tests.simulator import Meeting, Simulator
from tests.simulator.model import State

ID = "914047751"
PASSWORD = "PlaybookCanary-8846"
PLAYBOOKS = {"start_recording": "started", "stop_recording": "stopped"}
FROM_ENVIRONMENT = {"HUAWEI_MEETING_HOST_PASSWORD": PASSWORD}
ACCEPT = {"accept_unconfirmed": True}


def run_playbook(ansible: Ansible, name: str, *arguments: str, environment: Any = None, **variables: Any) -> Run:
    """Run a playbook by its full name; `variables` go on the command line, without their prefix."""
    given = {f"huawei_meeting_{key}": value for key, value in {"conference_id": ID, **variables}.items()}
    run = ansible.command(
        "playbook", f"huawei.meeting.{name}", "-e", json.dumps(given), *arguments, environment=environment
    )
    run.check_no_traceback()
    assert not run.leaks({PASSWORD})
    return run


def sentence(run: Run) -> str:
    """What the playbook says at its end."""
    return run.task("Show the result").msg


@pytest.fixture
def meeting(sim: Simulator) -> Meeting:
    return sim.world.add(Meeting(ID, host_password=PASSWORD))


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_check_run_and_run_again(ansible: Ansible, sim: Simulator, meeting: Meeting, name: str) -> None:
    """Check mode with a diff, the run, the run again: each ends with a sentence that says how things stand."""
    now, then = ("stopped", "started") if name == "start_recording" else ("started", "stopped")
    meeting.recording = name == "stop_recording"
    said = {
        "check": f"Meeting {ID}: recording is {now} and would be {then}",
        "run": f"Meeting {ID}: recording was {now} and is {then} now, as the live state shows",
        "again": f"Meeting {ID}: recording was {then} already",
    }
    for step, expected in said.items():
        check = ["--check", "--diff"] if step == "check" else []
        run = run_playbook(ansible, name, *check, environment=FROM_ENVIRONMENT)
        assert run.rc == 0, run.output
        assert sentence(run) == expected
        assert f'"msg": "{expected}"' in run.output
        assert ("changed=1" in run.output) is (step != "again")
        if check:
            assert f'-    "recording": "{now}"\n+    "recording": "{then}"\n' in run.output
    assert sim.world.writes() == [int(then == "started")]


@pytest.mark.parametrize("source", ["vars file", "vault", "token"])
def test_password_is_kept_off_the_command_line(
    ansible: Ansible, sim: Simulator, meeting: Meeting, source: str, tmp_path: Path
) -> None:
    """The password comes from a plain vars file or from an encrypted one; a control token will do as well."""
    secret = {"huawei_meeting_host_password": PASSWORD}
    if source == "token":
        secret = {"huawei_meeting_token": sim.world.issue_token(ID)}
    ansible.write("secrets.yml", secret)
    arguments = ["-e", "@secrets.yml"]
    if source == "vault":
        (tmp_path / "vault-password").write_text("opens the vault\n")
        arguments += ["--vault-password-file", str(tmp_path / "vault-password")]
        encrypted = ansible.command("vault", "encrypt", "secrets.yml", *arguments[2:])
        assert encrypted.rc == 0, encrypted.output
        assert PASSWORD not in (ansible.project / "secrets.yml").read_text()
    run = run_playbook(ansible, "start_recording", *arguments, "-vvvv")
    assert run.rc == 0, run.output
    assert meeting.recording
    assert not run.leaks(sim.world.secrets())


def test_every_variable(ansible: Ansible, sim: Simulator, meeting: Meeting) -> None:
    """Each option of the module can be set as a variable, and reaches the module."""
    given = {
        "token": sim.world.issue_token(ID),
        "host_password": PASSWORD,
        **{name: f"{name}-is-not-needed" for name in ("app_id", "app_key", "user_id", "corp_id", "access_token")},
        "live_state": "required",
        "wait": False,
        "wait_timeout": 3,
        "api_url": sim.url,
        "validate_certs": True,
        "ca_path": str(sim.ca_file),
        "timeout": 4,
        "retry_timeout": 5,
    }
    astray = {"HUAWEI_MEETING_API_URL": "https://127.0.0.1:1", "HUAWEI_MEETING_CA_PATH": "/nonexistent"}
    ansible.write("all.yml", {f"huawei_meeting_{name}": value for name, value in {**given, **ACCEPT}.items()})
    run = run_playbook(ansible, "start_recording", "-e", "@all.yml", environment=astray)
    assert run.rc == 0, run.output
    (task,) = run.of_the_collection()
    arguments = task.result["invocation"]["module_args"]
    assert set(arguments) == {*given, "conference_id", "state"}, "an option has no variable, or the test forgot it"
    for name, value in given.items():
        secret = name in ("token", "host_password", "app_key", "access_token")
        assert arguments[name] == ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" if secret else value)
    words = f"Meeting {ID}: the request was accepted, but nobody has seen whether the recording is started. "
    assert sentence(run).startswith(words) and "wait" in sentence(run)


def test_empty_answers_of_a_survey(ansible: Ansible, meeting: Meeting) -> None:
    """A survey hands over empty strings for what was not answered: they count as not set, all of them."""
    empty = dict.fromkeys(
        ("token", "host_password", "live_state", "wait", "wait_timeout", "api_url", "validate_certs", "ca_path"), ""
    )
    run = run_playbook(ansible, "start_recording", timeout="", retry_timeout="", **empty, environment=FROM_ENVIRONMENT)
    assert run.rc == 0, run.output
    assert meeting.recording


def test_answers_of_a_survey_are_text(ansible: Ansible, meeting: Meeting) -> None:
    """A survey hands over numbers and yes or no as text."""
    run = run_playbook(
        ansible, "start_recording", wait="no", wait_timeout="5", timeout="3", environment=FROM_ENVIRONMENT, **ACCEPT
    )
    assert run.rc == 0, run.output
    assert run.of_the_collection()[0].result["invocation"]["module_args"]["wait"] is False


def test_variables_as_text_on_the_command_line(ansible: Ansible, meeting: Meeting) -> None:
    """What `-e name=value` gives is text; nothing else is needed on the command line."""
    run = ansible.command(
        "playbook",
        "huawei.meeting.start_recording",
        "-e",
        f"huawei_meeting_conference_id={ID} huawei_meeting_wait_timeout=7",
        environment=FROM_ENVIRONMENT,
    )
    assert run.rc == 0, run.output
    assert meeting.recording


def test_imported_by_a_playbook_of_the_users(ansible: Ansible, meeting: Meeting) -> None:
    """AWX runs playbooks of a project only: one line there brings in ours."""
    ansible.write(
        "class.yml", [{"name": "Record", "ansible.builtin.import_playbook": "huawei.meeting.start_recording"}]
    )
    given = ("-e", f"huawei_meeting_conference_id={ID}")
    run = ansible.command("playbook", "class.yml", *given, environment=FROM_ENVIRONMENT)
    assert run.rc == 0, run.output
    assert meeting.recording


def test_localhost_of_an_inventory(ansible: Ansible, meeting: Meeting) -> None:
    """It may have no interpreter, or one without requests: the modules run where Ansible does."""
    (ansible.project / "hosts.ini").write_text("localhost ansible_python_interpreter=/nonexistent/python3\n")
    run = run_playbook(ansible, "start_recording", "-i", "hosts.ini", environment=FROM_ENVIRONMENT, conference_id=ID)
    assert run.rc == 0, run.output
    assert meeting.recording
    pinned = yaml.safe_load((ROOT / "playbooks" / "vars" / "local.yml").read_text(encoding="utf-8"))
    assert pinned["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_wrong_password(ansible: Ansible, sim: Simulator, meeting: Meeting, name: str) -> None:
    """The run fails, and what is to be done stands on the screen once, without -v."""
    wrong = {"HUAWEI_MEETING_HOST_PASSWORD": "WrongCanary-2216"}
    run = run_playbook(ansible, name, environment=wrong)
    verb = "start" if name == "start_recording" else "stop"
    assert run.rc == 2
    assert run.of_the_collection()[0].kind == "authentication"
    assert "MMC.111072065" in run.prose
    assert "Check `conference_id` and `host_password`" in run.prose
    assert verb in run.prose.lower()
    assert "Show the result" not in [task.name for task in run.tasks]
    assert not run.leaks({"WrongCanary-2216"})
    assert len(sim.world.log) == 1


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"conference_id": ""}, ("conference_id", "empty")),
        ({"conference_id": "my meeting"}, ("conference_id", "digits")),
        ({}, ("host_password", "token", "HUAWEI_MEETING_HOST_PASSWORD")),
    ],
    ids=["no meeting", "a name for a meeting", "no credentials"],
)
def test_forgotten(ansible: Ansible, sim: Simulator, variables: dict[str, Any], words: tuple[str, ...]) -> None:
    """What was forgotten is named."""
    environment = FROM_ENVIRONMENT if variables else {}
    run = run_playbook(ansible, "start_recording", environment=environment, **variables)
    assert run.rc == 2
    assert not [word for word in words if word not in run.prose]
    assert sim.world.log == []


def test_conference_id_left_out(ansible: Ansible, sim: Simulator) -> None:
    """Run with nothing at all, the playbook asks for the meeting."""
    run = ansible.command("playbook", "huawei.meeting.start_recording", environment=FROM_ENVIRONMENT)
    assert run.rc == 2
    assert "`conference_id` is empty; give the ID of the meeting" in run.prose
    assert sim.world.log == []


SENTENCES: dict[str, tuple[dict[str, Any], int, str]] = {
    "914047761": ({"behaviour": {"subscribe": "code"}}, 2, "the request was accepted, but nobody has seen whether"),
    "914047762": ({"recording": True}, 0, "recording was started already"),
}


@pytest.mark.parametrize("conference_id", SENTENCES)
def test_sentences(ansible: Ansible, sim: Simulator, conference_id: str) -> None:
    fields, status, expected = SENTENCES[conference_id]
    sim.world.add(Meeting(conference_id, host_password=PASSWORD, **fields))
    run = run_playbook(ansible, "start_recording", environment=FROM_ENVIRONMENT, conference_id=conference_id)
    assert run.rc == status
    assert expected in sentence(run)


@pytest.mark.parametrize("state", ["Schedule", "Destroyed"])
def test_stop_where_nothing_runs(ansible: Ansible, sim: Simulator, state: State) -> None:
    """To stop the recording of a meeting that has not begun or is over is fine."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, state=state))
    run = run_playbook(ansible, "stop_recording", environment=FROM_ENVIRONMENT)
    assert run.rc == 0, run.output
    assert "changed=0" in run.output
    assert "the meeting is over or has not begun, so nothing is being recorded" in sentence(run)


@pytest.mark.parametrize("live_state", ["auto", "ignore"])
def test_check_of_the_unknown(ansible: Ansible, sim: Simulator, live_state: str) -> None:
    """In check mode, a state that is not known is called that, in words that make sense."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, behaviour={"subscribe": "code"}))
    given = {"environment": FROM_ENVIRONMENT, "live_state": live_state}
    for accepted, status in (({}, 2), (ACCEPT, 0)):
        run = run_playbook(ansible, "start_recording", "--check", "--diff", **given, **accepted)
        assert run.rc == status
        assert "the request would be sent, and nobody would see whether the recording is started" in sentence(run)
        assert "recording is unknown" not in sentence(run)
    assert sim.world.writes() == []
