# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A green run means recorded: how a playbook could be green, or do the opposite, without its user knowing.

Each was green, or did something else than was asked for, once.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.module_utils._core.playbooks import PLAYBOOKS
from tests.conftest import ROOT
from tests.integration.ansible import RECORDING, Ansible, Run, missing
from tests.integration.test_batch_playbooks import Classes, Page, content, not_retried, play, report, to_retry, verdicts
from tests.integration.test_inventory import APP_ID, APP_KEY, SIGNED_IN, SOURCE, configure
from tests.simulator import Enterprise, Meeting, Simulator, User

CHANNELS = ("silent", "refused", "certificate", "no package")


@pytest.fixture(autouse=True)
def office(sim: Simulator) -> None:
    sim.world.enterprise = Enterprise(APP_ID, APP_KEY, users=[User()])


def listed(ansible: Ansible, classes: Classes) -> list[str]:
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    return ["-e", "@classes.yml"]


def darken(ansible: Ansible, sim: Simulator, channel: str) -> None:
    """Let nobody see a recording begin."""
    if channel == "silent":
        sim.world.behaviour.snapshot, sim.world.behaviour.recorder_delay = False, None
    elif channel == "refused":
        sim.world.behaviour.subscribe = "close"
    elif channel == "certificate":
        sim.world.behaviour.ws_trusted = False
    else:
        ansible.environment.update(missing(ansible, "websocket"))


# ---- sent but not seen


@pytest.mark.parametrize("channel", CHANNELS)
def test_sent_but_not_seen_is_no_success(ansible: Ansible, sim: Simulator, channel: str) -> None:
    """It has a section of its own, the reason in the row and in the JSON, and fails the run unless that is accepted."""
    classes = Classes(sim, 2)
    darken(ansible, sim, channel)
    arguments = listed(ansible, classes)
    run = play(ansible, "start_recordings", *arguments, timeout=1, wait_timeout=1, secrets=classes.secrets)
    assert run.rc == 2
    assert verdicts(ansible, "start_recordings") == ["unseen"] * 2
    told = report(ansible, "start_recordings")
    assert told["words"] == "2 meetings: 2 sent but not seen"
    assert told["failed_conference_ids"] == classes.ids
    for one in told["results"]:
        assert one["reason"] and one["reason"] in one["words"]
    page = Page(content(ansible, "start_recordings.html"))
    assert page.texts["h2"] == ["Sent, but not seen"]
    assert page.texts["li"][3] == "2to look after"
    assert told["results"][0]["reason"] in page.rows()[0][3]
    assert "## Sent, but not seen" in content(ansible, "start_recordings.md")
    assert to_retry(ansible, "start_recordings") == classes.ids

    if channel != CHANNELS[0]:  # the rest is the same for all of them
        return
    run = play(ansible, "start_recordings", *arguments, timeout=1, wait_timeout=1, accept_unconfirmed="yes")
    assert run.rc == 0, run.output
    assert run.task("Show the summary").msg.startswith("2 meetings: 2 sent but not seen. ")
    assert Page(content(ansible, "start_recordings.html")).texts["h2"] == ["Sent, but not seen"]


@pytest.mark.parametrize(
    ("name", "how", "check"),
    [
        ("start_recordings", {"live_state": "ignore"}, True),
        ("start_recordings", {"wait": False}, False),
        ("stop_recordings", {}, False),
        ("stop_recordings", {"wait": False}, True),
        ("record_ongoing", {"live_state": "ignore"}, False),
        ("record_ongoing", {}, True),
    ],
)
def test_no_way_is_green_that_nobody_saw(
    ansible: Ansible, sim: Simulator, name: str, how: dict[str, Any], check: bool
) -> None:
    """In whichever way nobody looks; a check run foretells it."""
    classes = Classes(sim, 1)
    sim.world.set_recording(classes.ids[0], name == "stop_recordings")
    if not how:
        darken(ansible, sim, "silent")
    arguments = [] if name == "record_ongoing" else listed(ansible, classes)
    ansible.environment.update(SIGNED_IN if name == "record_ongoing" else {})
    given = {"timeout": 1, "wait_timeout": 1, **how}
    run = play(ansible, name, *arguments, *(["--check"] if check else []), **given)
    assert run.rc == 2, run.output
    file = f"{name}.check" if check else name
    assert verdicts(ansible, file) == ["unseen"]
    assert report(ansible, file)["results"][0]["reason"]
    assert bool(sim.world.writes()) is not check


@pytest.mark.parametrize("name", ["start_recording", "stop_recording", "record_hosts"])
def test_single_meetings_too(ansible: Ansible, sim: Simulator, name: str) -> None:
    meeting = sim.world.add(Meeting("914047751", host_password="Canary-0751"))
    sim.world.set_recording(meeting.conference_id, name == "stop_recording")
    darken(ansible, sim, "silent")
    given: dict[str, Any] = {"timeout": 1, "wait_timeout": 1}
    arguments = []
    if name == "record_hosts":
        configure(ansible, all_users=True)
        arguments = ["-i", SOURCE]
        ansible.environment.update(SIGNED_IN)
    else:
        given |= {"conference_id": meeting.conference_id, "host_password": meeting.host_password}
    run = play(ansible, name, *arguments, secrets=sim.world.secrets(), **given)
    assert run.rc == 2
    came = run.task("Show the result").msg
    assert "the request was accepted, but nobody has seen whether the recording is" in came
    assert "huawei_meeting_accept_unconfirmed" in came
    run = play(ansible, name, *arguments, secrets=sim.world.secrets(), accept_unconfirmed=True, **given)
    assert run.rc == 0, run.output


# ---- an empty selection


# All of them are in tests/unit/plugins/action; these are what users do.
NOTHING: list[tuple[str, dict[str, Any], str]] = [
    ("stop_recordings", {"csv": "header.csv"}, "There is no meeting in header.csv"),
    ("start_recordings", {"csv": "stopped.csv", "only": []}, "`huawei_meeting_only` names no meeting"),
    (
        "record_ongoing",
        {"subject": "drill"},
        "No ongoing meeting matches `huawei_meeting_subject` 'drill' (1 ongoing)",
    ),
]


@pytest.mark.parametrize(("name", "given", "told"), NOTHING)
def test_an_empty_selection_is_a_failure(
    ansible: Ansible, sim: Simulator, name: str, given: dict[str, Any], told: str
) -> None:
    """It says what was searched, and among how many; who wants that can allow it."""
    sim.world.add(Meeting("914047751", subject="Board"))
    header = "conference_id,host_password,state\n"
    for file, text in (("empty", ""), ("header", header), ("stopped", f"{header}914047751,Canary-0751,stopped\n")):
        (ansible.project / f"{file}.csv").write_text(text)
    ansible.environment.update(SIGNED_IN)
    run = play(ansible, name, **given)
    assert run.rc == 2
    assert told in run.prose
    assert sim.world.writes() == []
    assert not (ansible.home / "reports").exists()
    if name == "stop_recordings":
        run = play(ansible, name, allow_empty=True, **given)
        assert run.rc == 0, run.output
        assert report(ansible, name)["results"] == []


def test_no_hosts_are_a_failure(ansible: Ansible, sim: Simulator) -> None:
    """Ansible calls a play without hosts green."""
    sim.world.add(Meeting("914047751"))
    configure(ansible, all_users=True)
    ansible.environment.update(SIGNED_IN)
    run = play(ansible, "record_hosts", "-i", SOURCE, hosts="crowded")
    assert run.rc == 2
    assert "No host of the inventory matches `huawei_meeting_hosts`, so there is no meeting to record" in run.prose
    assert sim.world.writes() == []
    assert play(ansible, "record_hosts", "-i", SOURCE, hosts="crowded", allow_empty=True).rc == 0


# ---- variables that turn a playbook round


TURNED: dict[str, Any] = {
    "audit": False,
    "selection": [],
    "formats": [],
    "ids": ["914047999"],
    "playbook": "stop_recordings",
    "title": "Something else",
    "todo": [],
    "live_state": "auto",
}


@pytest.mark.parametrize("name", ["start_recording", "record_ongoing"])
def test_a_state_that_is_given_is_refused_by_name(ansible: Ansible, sim: Simulator, name: str) -> None:
    """Or else record_ongoing would stop everything, and a report call an unrecorded meeting compliant."""
    sim.world.add(Meeting("914047751"))
    sim.world.set_recording("914047751", True)
    configure(ansible, all_users=True)
    ansible.environment.update(SIGNED_IN)
    given: dict[str, Any] = {"meetings": [{"conference_id": "914047751"}]} if PLAYBOOKS[name].takes == "list" else {}
    run = play(ansible, name, "-i", SOURCE, state="stopped", **given)
    assert run.rc == 2
    assert f"`huawei_meeting_state` is given, but {name} decides by itself what is wanted" in run.prose
    assert sim.world.writes() == []


def test_what_a_playbook_decides_cannot_be_given(ansible: Ansible, sim: Simulator) -> None:
    """Not under the names that it once had, and not under those that it has."""
    classes = Classes(sim, 1)
    arguments = listed(ansible, classes)
    run = play(ansible, "recording_report", *arguments, secrets=classes.secrets, **TURNED)
    assert run.rc == 2
    assert verdicts(ansible, "recording_report") == ["deviates"]
    assert content(ansible, "recording_report.md").startswith("# Recording report\n")
    assert (ansible.home / "reports" / "recording_report.xml").exists()
    steps = (ROOT / "roles" / "recordings" / "tasks" / "steps" / "report.yml").read_text()
    internal = set(re.findall(r"__huawei_meeting_\w+", steps))
    assert internal
    for name in internal:
        # The first is what a playbook needs to be content with what it was given.
        forged = json.dumps({name: {"problem": "", "parts": [], "todo": [], "good": True, "formats": []}})
        for given in (forged, f"{name}=x"):
            run = ansible.command("playbook", "huawei.meeting.start_recordings", *arguments, "-e", given)
            assert run.rc == 2
            assert f"`{name}` belongs to the playbook and cannot be given" in run.prose
    assert sim.world.writes() == []


def test_an_importing_play_cannot_turn_it_round_either(ansible: Ansible, sim: Simulator) -> None:
    """Variables of an imported playbook, and of an inventory, win over those of its plays."""
    classes = Classes(sim, 1)
    (ansible.project / "group_vars").mkdir()
    ansible.write("group_vars/all.yml", {"huawei_meeting_audit": False, "__huawei_meeting_state": "stopped"})
    (ansible.project / "hosts").write_text("localhost\n")
    book = {
        "name": "Start",
        "ansible.builtin.import_playbook": "huawei.meeting.start_recording",
        "vars": {
            "__huawei_meeting_state": "stopped",
            "huawei_meeting_conference_id": classes.ids[0],
            "huawei_meeting_host_password": classes.list[0]["host_password"],
        },
    }
    ansible.write("site.yml", [book])
    run = ansible.command("playbook", "-i", "hosts", "site.yml")
    assert run.rc == 2
    assert "`__huawei_meeting_state` belongs to the playbook and cannot be given" in run.prose
    assert classes.writes() == {}
    ansible.write("group_vars/all.yml", {"huawei_meeting_audit": False})
    del book["vars"]["__huawei_meeting_state"]  # type: ignore[attr-defined]
    facts = {"__huawei_meeting_good": True, "__huawei_meeting_state": "stopped"}
    first = {"hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.set_fact": facts}]}
    ansible.write("site.yml", [first, book])
    run = ansible.command("playbook", "-i", "hosts", "site.yml")
    assert run.rc == 2, "facts win over what a task says"
    assert classes.writes() == {}
    ansible.write("site.yml", [book])
    run = ansible.command("playbook", "-i", "hosts", "site.yml", "--tags", "nightly")
    assert run.rc == 0, run.output
    assert classes.writes() == {classes.ids[0]: [1]}, "whatever tags are chosen"


# ---- a rehearsal, and where a report comes from


def test_a_rehearsal_leaves_the_evidence_alone(ansible: Ansible, sim: Simulator) -> None:
    """Check mode writes beside the reports of the real run, and does not empty its retry file."""
    classes = Classes(sim, 2)
    classes.meeting(0).participants = 0
    arguments = listed(ansible, classes)
    assert play(ansible, "start_recordings", *arguments).rc == 2
    reports = ansible.home / "reports"
    before = {path.name: path.read_bytes() for path in reports.iterdir()}
    assert yaml.safe_load(before["start_recordings.retry.yml"])["huawei_meeting_only"] == classes.ids[:1]
    play(ansible, "start_recordings", *arguments, "--check")
    after = {path.name: path.read_bytes() for path in reports.iterdir()}
    assert {name: after[name] for name in before} == before
    beside = {name.replace("recordings.", "recordings.check.", 1) for name in before}
    assert set(after) == {*before, *beside}
    told = run_summary(play(ansible, "start_recordings", *arguments, "--check"))
    assert "start_recordings.check.{json,md,html,retry.yml}" in told and "To try again" not in told


def run_summary(run: Run) -> str:
    return run.task("Show the summary").msg


def test_each_report_says_where_it_comes_from(ansible: Ansible, sim: Simulator) -> None:
    classes = Classes(sim, 2)
    classes.csv(ansible.project / "classes.csv")
    run = play(ansible, "start_recordings", csv="classes.csv", secrets=classes.secrets)
    assert run.rc == 0, run.output
    told = report(ansible, "start_recordings")
    came = told["provenance"]
    assert came.pop("run") and came.pop("controller") == os.uname().nodename
    digest = came["list"].pop("sha256")
    assert came == {
        "playbook": "huawei.meeting.start_recordings",
        "collection_version": yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"],
        "service": sim.url,
        "list": {"source": "classes.csv", "entries": 2},
        "check_mode": False,
    }
    for one in told["results"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["at"])
    for kind in ("html", "md"):
        text = content(ansible, f"start_recordings.{kind}").replace("\\", "")
        for part in ("huawei.meeting.start_recordings", "classes.csv", digest, sim.url):
            assert part in text, (kind, part)
    classes.list[0]["host_password"] = "AnotherCanary"
    classes.csv(ansible.project / "classes.csv")
    play(ansible, "start_recordings", "-e", "awx_job_id=1042", csv="classes.csv")
    assert report(ansible, "start_recordings")["provenance"]["list"]["sha256"] == digest, "credentials are not in it"
    assert report(ansible, "start_recordings")["provenance"]["run"] == "1042"
    play(ansible, "recording_report", csv="classes.csv")
    assert digest in content(ansible, "recording_report.xml")


# ---- lock-outs


def test_a_wrong_password_is_tried_once_whatever_the_retry_file_is_used_for(ansible: Ansible, sim: Simulator) -> None:
    classes = Classes(sim, 2)
    classes.list[0]["host_password"] = "WrongCanary"
    arguments = listed(ansible, classes)
    assert play(ansible, "start_recordings", *arguments).rc == 2
    assert not_retried(ansible, "start_recordings") == {classes.ids[0]: "authentication"}
    retry = ansible.home / "reports" / "start_recordings.retry.yml"
    for _time in range(3):
        run = play(ansible, "start_recordings", *arguments, "-e", f"@{retry}")
        assert run.rc == 2
    assert len(sim.world.requests("token", classes.ids[0])) == 1


def test_a_refused_app_key_is_not_tried_again_by_the_retry_file(ansible: Ansible, sim: Simulator) -> None:
    """No meeting has had its turn, and each would be tried with the same key."""
    classes = Classes(sim, 2)
    ansible.environment.update({**SIGNED_IN, "HUAWEI_MEETING_APP_KEY": "WrongCanary"})
    run = play(ansible, "start_recordings", meetings=[{"conference_id": one} for one in classes.ids])
    assert run.rc == 2
    assert "To try again" not in run_summary(run)
    assert to_retry(ansible, "start_recordings") == []
    assert not_retried(ansible, "start_recordings") == dict.fromkeys(classes.ids, "authentication")


def test_a_value_that_cannot_be_decrypted_is_no_defect(ansible: Ansible, sim: Simulator) -> None:
    lines = ["- conference_id: '914047751'", "  host_password: !vault |", "    $ANSIBLE_VAULT;1.1;AES256", "    3132"]
    (ansible.project / "list.yml").write_text("huawei_meeting_meetings:\n" + "\n".join(lines) + "\n")
    run = play(ansible, "start_recordings", "-e", "@list.yml")
    assert run.rc == 2
    assert run.task("Refuse unusable input").msg.startswith("`huawei_meeting_meetings` ")
    assert sim.world.log == []


@pytest.mark.parametrize(
    ("name", "option", "given"),
    [
        ("start_recording", "host_password", "huawei_meeting_host_password: 042517"),
        (
            "start_recordings",
            "token",
            "huawei_meeting_meetings: [{conference_id: '1'}]\nhuawei_meeting_token: 12:30:45",
        ),
        ("record_ongoing", "app_key", "huawei_meeting_app_id: made-up\nhuawei_meeting_app_key: '{{ vault_key }}'"),
    ],
)
def test_a_secret_that_is_no_text_is_never_sent(
    ansible: Ansible, sim: Simulator, name: str, option: str, given: str
) -> None:
    """YAML has made another password of it, and each failure counts towards a lock."""
    (ansible.project / "given.yml").write_text(f"{given}\nvault_key: 0x1F4\n")
    run = play(ansible, name, "-e", "@given.yml")
    assert run.rc == 2
    assert f"`huawei_meeting_{option}` came as a number, and what was written may have been something else" in run.prose
    assert sim.world.log == []


# ---- what is around a run


MACHINES = {
    "ansible_connection": "ssh",
    "ansible_host": "127.0.0.1",
    "ansible_port": 9,
    "ansible_user": "nobody",
    "ansible_become": True,
    "ansible_become_exe": "/nonexistent/sudo",
    "ansible_shell_type": "powershell",
    "ansible_shell_executable": "/nonexistent/shell",
}


def test_variables_for_machines_do_not_reach_the_local_plays(ansible: Ansible, sim: Simulator) -> None:
    """WinRM, SSH and sudo of group_vars/all win over keywords of a play; with sudo the environment would be lost."""
    sim.world.add(Meeting("914047751", host_password="Canary-0751"))
    (ansible.project / "group_vars").mkdir()
    ansible.write("group_vars/all.yml", MACHINES)
    (ansible.project / "hosts").write_text("localhost\n")
    trace = ansible.home / "called"
    ssh = ansible.project / "ssh"
    ssh.write_text(f"#!/bin/sh\ntouch {trace}\nexit 255\n")
    ssh.chmod(0o755)
    configure(ansible, all_users=True)
    given = {
        "one": {"huawei_meeting_conference_id": "914047751"},
        "list": {"huawei_meeting_meetings": [{"conference_id": "914047751"}]},
        "hosts": {"huawei_meeting_hosts": "all:!localhost"},
    }
    books = [
        {
            "name": name,
            "ansible.builtin.import_playbook": f"huawei.meeting.{name}",
            "vars": given.get(PLAYBOOKS[name].takes, {}),
        }
        for name in sorted(PLAYBOOKS, key=lambda name: (name.startswith("stop"), name == "recording_report", name))
    ]
    ansible.write("site.yml", books)
    environment = {**SIGNED_IN, "ANSIBLE_SSH_EXECUTABLE": str(ssh)}
    run = ansible.command("playbook", "-i", "hosts", "-i", SOURCE, "site.yml", environment=environment)
    assert run.rc == 0, run.output
    assert not trace.exists()
    assert {task.action for task in run.of_the_collection()} >= {RECORDING, f"{RECORDING}s", f"{RECORDING}_info"}
    assert sim.world.writes() == [1, 0]


def test_every_local_play_is_pinned(ansible: Ansible) -> None:
    """The one for AWX too, which is not run here; and the entry points of the roles, for plays of users' own."""
    for path in [*(ROOT / "playbooks").glob("*.yml"), ROOT / "playbooks" / "awx" / "configure.yml"]:
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            files = [(path.parent / name).resolve().name for name in one["vars_files"]]
            assert (one["connection"], files) == ("local", ["local.yml"]), path
    pinned = yaml.safe_load((ROOT / "playbooks" / "vars" / "local.yml").read_text(encoding="utf-8"))
    entries = sorted((ROOT / "roles").glob("*/tasks/*.yml"))
    assert entries
    for path in entries:
        assert [one["vars"] for one in yaml.safe_load(path.read_text(encoding="utf-8"))] == [pinned], path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("record_ongoing", ["huawei_meeting_subject=Fire drill"]),
        (
            "start_recording",
            ["huawei_meeting_conference_id=914047751", "-e", "huawei_meeting_host_password=half whole"],
        ),
    ],
)
def test_half_a_value_is_not_taken_for_it(ansible: Ansible, sim: Simulator, name: str, words: list[str]) -> None:
    """Ansible keeps `Fire` of `-e name=Fire drill`: the confidential "Fire insurance" would be recorded."""
    sim.world.add(Meeting("914047751", subject="Fire insurance"))
    configure(ansible, all_users=True)
    ansible.environment.update(SIGNED_IN)
    run = ansible.command("playbook", f"huawei.meeting.{name}", "-i", SOURCE, "-e", *words)
    assert run.rc == 2
    assert "Ansible took only what stands before the blank; quote such a value twice" in run.prose
    assert [entry for entry in sim.world.log if entry.conference_id] == []
    assert "whole" not in run.prose.replace("whole value", "")


@pytest.mark.parametrize(("mode", "check"), [(0o1777, False), (0o2755, True)])
def test_a_folder_that_is_there_keeps_its_mode(ansible: Ansible, sim: Simulator, mode: int, check: bool) -> None:
    classes = Classes(sim, 1)
    folder = ansible.home / "reports of others"
    folder.mkdir()
    folder.chmod(mode)
    classes.meeting(0).participants = 0
    extra = ["--check"] if check else []
    run = play(ansible, "start_recordings", *listed(ansible, classes), *extra, report_dir=str(folder))
    assert folder.stat().st_mode & 0o7777 == mode
    assert [path for path in folder.iterdir() if path.suffix == ".json"]
    if not check:
        assert f"add -e '@{folder}/start_recordings.retry.yml'" in run.task("Show the summary").msg, (
            "quoted for a shell"
        )


def test_only_folders_that_are_made_get_a_mode(ansible: Ansible, sim: Simulator) -> None:
    """`~` is the home folder, and there is one folder for each step of the path."""
    classes = Classes(sim, 1)
    classes.csv(ansible.home / "classes.csv")
    run = play(
        ansible,
        "start_recordings",
        csv="~/classes.csv",
        report_dir="~/a/b",
    )
    assert run.rc == 0, run.output
    assert [path.stat().st_mode & 0o777 for path in (ansible.home / "a", ansible.home / "a" / "b")] == [0o750, 0o750]
    assert (ansible.home / "a" / "b" / "start_recordings.json").exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"report_dir": "classes.yml"}, "which is no folder"),
        ({"subject": "{{ missing }}"}, "`huawei_meeting_subject` cannot be evaluated"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_name(
    ansible: Ansible, sim: Simulator, given: dict[str, Any], told: str
) -> None:
    classes = Classes(sim, 1)
    run = play(ansible, "start_recordings", *listed(ansible, classes), secrets=classes.secrets, **given)
    assert run.rc == 2
    assert told in run.prose
    assert "no_log" not in run.output
    assert sim.world.log == []


# ---- lists as people have them


def test_a_list_as_a_spreadsheet_of_another_country_writes_it(ansible: Ansible, sim: Simulator) -> None:
    """Other headers, another encoding, IDs with blanks; further columns are in all reports, Chinese stays readable."""
    for number in ("914047751", "914047752"):
        sim.world.add(Meeting(number, host_password="host-914826"))
    lines = (
        "会议ID,主持人密码,会议主题,状态,教师",
        "914 047 751,host-914826,安全培训,录制,王老师",
        "914-047-752,host-914826,急救,,李",
    )
    (ansible.project / "list.csv").write_bytes("\n".join(lines).encode("gb18030"))
    run = play(ansible, "start_recordings", csv="list.csv", secrets={"host-914826"})
    assert run.rc == 0, run.output
    results = report(ansible, "start_recordings")["results"]
    assert [(one["conference_id"], one["subject"], one["columns"]) for one in results] == [
        ("914047751", "安全培训", {"教师": "王老师"}),
        ("914047752", "急救", {"教师": "李"}),
    ]
    for kind in ("json", "html", "md"):
        assert "王老师" in content(ansible, f"start_recordings.{kind}")
        assert "安全培训" in content(ansible, f"start_recordings.{kind}")


def test_all_faults_of_a_list_are_told_at_once_and_plainly(ansible: Ansible, sim: Simulator) -> None:
    """Each with its line; no stack of templates, no condition, and told once by us."""
    lines = ["conference_id,host_password,subject,state", "9.14E+08,Canary-1,Rounded,", "914047752,Canary-2,Odd,maybe"]
    lines += ["914047753,Canary-3,Good,", "914047753,Canary-4,Again,", "914047754,,No password,"]
    (ansible.project / "list.csv").write_text("\n".join(lines))
    secrets = {f"Canary-{number}" for number in range(1, 5)}
    run = play(ansible, "start_recordings", "-vvv", csv="list.csv")
    assert run.rc == 2
    assert not {secret for secret in secrets if secret in run.output}
    told = run.task("Refuse unusable input").msg.splitlines()
    assert [line.partition(":")[0] for line in told[1:-1]] == ["line 2", "line 3", "line 5", "line 6"]
    for number, subject in ((1, "Rounded"), (2, "Odd"), (3, "Again"), (4, "No password")):
        assert subject in told[number]
    for stranger in ("template", "conditional", "AnsibleFilterError", "Traceback", "evaluated_to"):
        assert stranger not in run.stdout + run.stderr, stranger
    assert [task.name for task in run.tasks if task.failed] == ["Refuse unusable input"]
    assert sim.world.log == []


def test_a_report_is_written_whatever_a_list_holds(ansible: Ansible, sim: Simulator) -> None:
    """Half a character in a subject does not cost the report of recordings that were started."""
    classes = Classes(sim, 1)
    broken = "Half of {{ lookup('ansible.builtin.env', 'ROOM') }}"
    ansible.write("classes.yml", {"huawei_meeting_meetings": [{**classes.list[0], "subject": broken, "room": broken}]})
    run = play(ansible, "start_recordings", "-e", "@classes.yml", environment={"ROOM": os.fsdecode(b"\xff\xfe")})
    assert run.rc == 0, run.output
    assert classes.meeting(0).recording
    for kind in ("json", "html", "md", "retry.yml"):
        content(ansible, f"start_recordings.{kind}").encode()
    assert "Half" in report(ansible, "start_recordings")["results"][0]["subject"]


def paths() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.rst")), *sorted((ROOT / "plugins").rglob("*.py"))]


def test_no_document_suggests_to_repeat_a_batch() -> None:
    """`until` on a batch would try a wrong password again and again."""
    for path in [*paths(), *sorted((ROOT / "playbooks").rglob("*.yml"))]:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"^\s*until:.*$", text, re.M):
            before = text[: match.start()].rpartition("- name:")[2]
            assert "huawei_meeting_recordings" not in before, path
