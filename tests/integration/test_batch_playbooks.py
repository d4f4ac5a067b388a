# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks for lists of meetings, run as users run them, and the reports they leave."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import junitparser
import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.module_utils._options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    WAITING,
)
from tests.conftest import ROOT
from tests.integration.ansible import Ansible, Run
from tests.simulator import Meeting, Simulator

FIRST = 914047000
VAULT = "OpensTheVault-5520"
# What people call meetings, and what others make of it.
HOSTILE = (
    "Fire drill <b>bold</b><script>alert(1)</script>",
    "a | b | c ` d * e _ f [link](https://example.org) <img src=x onerror=alert(1)>",
    "]]> & \"quoted\" 'single' \x07\x0b\x00 \u202e 😀",
    "two\nlines\r\nand {{ lookup('pipe', 'touch pwned') }} {% raw %} {# x #}",
)


class Page(HTMLParser):
    """What a browser would see of a page: its tags, where they lead, and the cells of its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "onerror", "onload")]
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


class Classes:
    """A list of meetings, in the simulated world and as people keep it; which of them fail is up to the test."""

    def __init__(self, sim: Simulator, number: int, subjects: Sequence[str] = (), braces: str = "") -> None:
        self.sim = sim
        self.list: list[dict[str, Any]] = []
        for index in range(number):
            subject = subjects[index] if index < len(subjects) else f"Class {index}"
            meeting = sim.world.add(Meeting(str(FIRST + index), host_password=f"Canary-{index}-{braces}"))
            one = {"conference_id": meeting.conference_id, "host_password": meeting.host_password, "subject": subject}
            self.list.append(one)

    @property
    def ids(self) -> list[str]:
        return [one["conference_id"] for one in self.list]

    @property
    def secrets(self) -> set[str]:
        return {one["host_password"] for one in self.list} | self.sim.world.secrets()

    def meeting(self, index: int) -> Meeting:
        return self.sim.world.meetings[self.ids[index]]

    def writes(self) -> dict[str, list[int]]:
        return {number: self.sim.world.writes(number) for number in self.ids if self.sim.world.writes(number)}

    def csv(self, path: Path, delimiter: str = ",") -> Path:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.DictWriter(file, [*self.list[0]], delimiter=delimiter)
            rows.writeheader()
            rows.writerows(self.list)
        return path


def play(ansible: Ansible, name: str, *arguments: str, secrets: set[str] = frozenset(), **variables: Any) -> Run:
    """Run a playbook by its full name; the reports go where secrets are looked for. The list is in the project."""
    given = {f"huawei_meeting_{key}": value for key, value in variables.items()}
    given.setdefault("huawei_meeting_report_dir", str(ansible.home / "reports"))
    run = ansible.command("playbook", f"huawei.meeting.{name}", "-e", json.dumps(given), *arguments)
    run.check_no_traceback()
    assert not run.leaks(secrets)
    assert not list(ansible.project.rglob("pwned")) + list(ansible.home.rglob("pwned"))
    return run


def report(ansible: Ansible, name: str) -> dict[str, Any]:
    return json.loads((ansible.home / "reports" / f"{name}.json").read_text(encoding="utf-8"))


def text(ansible: Ansible, name: str) -> str:
    return (ansible.home / "reports" / name).read_text(encoding="utf-8")


def verdicts(ansible: Ansible, name: str) -> list[str]:
    return [one["verdict"] for one in report(ansible, name)["results"]]


def progress(run: Run) -> list[str]:
    return [task.msg for task in run.tasks if task.name == "Progress"]


def test_start_in_parts_report_and_retry(ansible: Ansible, sim: Simulator) -> None:
    """Twenty meetings in parts of seven, four of them bad; all others start once, and the bad ones are tried again."""
    classes = Classes(sim, 20)
    classes.meeting(2).record_type = 0
    sim.world.end(classes.ids[5])
    classes.list[11]["host_password"] = "WrongCanary"
    classes.list[12]["state"] = "stopped"
    sim.world.set_recording(classes.ids[19], True)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    run = play(
        ansible,
        "start_recordings",
        "-e",
        "@classes.yml",
        "-vvv",
        "--diff",
        chunk_size=7,
        secrets=classes.secrets,
    )
    assert run.rc == 2
    assert progress(run) == ["done 7 of 19, 2 failed", "done 14 of 19, 3 failed", "done 19 of 19, 3 failed"]
    bad = [classes.ids[index] for index in (2, 5, 11)]
    good = [number for index, number in enumerate(classes.ids) if index not in (2, 5, 11, 12, 19)]
    assert {number: writes for number, writes in classes.writes().items() if number not in bad} == {
        number: [1] for number in good
    }

    told = report(ansible, "start_recordings")
    assert list(told) == [
        "playbook",
        "began",
        "ended",
        "check_mode",
        "words",
        "summary",
        "failed_conference_ids",
        "problems",
        "results",
    ]
    assert told["playbook"] == "huawei.meeting.start_recordings"
    assert told["check_mode"] is False
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["began"]) and told["began"] <= told["ended"]
    assert told["words"] == "19 meetings: 3 failed, 15 changed, 1 as wanted"
    assert told["summary"] == {
        "total": 19,
        "recording": {"started": 16, "stopped": 2, "unknown": 1},
        "verdicts": {"failed": 3, "changed": 15, "as_wanted": 1},
    }
    assert told["failed_conference_ids"] == bad
    assert [one["conference_id"] for one in told["results"]] == [*classes.ids[:12], *classes.ids[13:]]
    first = told["results"][0]
    assert {key: first[key] for key in ("subject", "wanted", "recording", "changed", "failed", "confirmed")} == {
        "subject": "Class 0",
        "wanted": "started",
        "recording": "started",
        "changed": True,
        "failed": False,
        "confirmed": True,
    }
    assert [one["error"]["kind"] for one in told["results"] if one["bad"]] == [
        "not_recordable",
        "ended",
        "authentication",
    ]
    assert "19 meetings: 3 failed, 15 changed, 1 as wanted" in run.prose
    assert f"{bad[0]} Class 2: Could not start the recording of meeting {bad[0]}: " in run.prose
    assert "-e @" + str(ansible.home / "reports" / "start_recordings.retry.yml") in run.prose
    assert yaml.safe_load(text(ansible, "start_recordings.retry.yml")) == {"huawei_meeting_only": bad}

    # One is put right; the retry touches the bad ones only.
    classes.meeting(2).record_type = 2
    before = classes.writes()
    retry = ["-e", "@classes.yml", "-e", f"@{ansible.home}/reports/start_recordings.retry.yml"]
    run = play(ansible, "start_recordings", *retry, secrets=classes.secrets)
    assert run.rc == 2
    assert progress(run) == ["done 3 of 3, 2 failed"]
    changed = {number for number, writes in classes.writes().items() if writes != before.get(number)}
    assert changed == {bad[0]}
    assert report(ansible, "start_recordings")["failed_conference_ids"] == bad[1:]


def test_run_again_check_and_stop(ansible: Ansible, sim: Simulator) -> None:
    """Check mode foretells and sends nothing, the second run changes nothing, and the stop stops all."""
    classes = Classes(sim, 3)
    classes.list[1]["state"] = "started"
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    listed = ["-e", "@classes.yml"]

    run = play(ansible, "start_recordings", *listed, "--check", "--diff", secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert "changed=1" in run.output
    assert classes.writes() == {}
    assert verdicts(ansible, "start_recordings") == ["would_change"] * 3
    assert report(ansible, "start_recordings")["check_mode"] is True
    assert report(ansible, "start_recordings")["summary"]["recording"]["stopped"] == 3
    for name in ("md", "html"):
        assert "in check mode: nothing was sent" in text(ansible, f"start_recordings.{name}")
    assert yaml.safe_load(text(ansible, "start_recordings.retry.yml")) == {"huawei_meeting_only": []}

    for changed, verdict in ((1, "changed"), (0, "as_wanted")):
        run = play(ansible, "start_recordings", *listed, secrets=classes.secrets)
        assert run.rc == 0, run.output
        assert f"changed={changed}" in run.output
        assert verdicts(ansible, "start_recordings") == [verdict] * 3
    assert classes.writes() == {number: [1] for number in classes.ids}

    # Fed back in, a retry file without meetings means that nothing is left to do.
    run = play(ansible, "start_recordings", *listed, "-e", f"@{ansible.home}/reports/start_recordings.retry.yml")
    assert run.rc == 0, run.output
    assert report(ansible, "start_recordings")["words"] == "0 meetings"

    run = play(ansible, "stop_recordings", *listed, secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert classes.writes() == {number: [1, 0] for number in classes.ids}
    assert verdicts(ansible, "stop_recordings") == ["changed"] * 3


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_and_hostile_subjects(ansible: Ansible, sim: Simulator, delimiter: str) -> None:
    """What others called their meetings is text in every report, and a password with braces is a password."""
    classes = Classes(sim, len(HOSTILE) + 1, HOSTILE, braces="{{ x }}")
    classes.meeting(0).record_type = 0
    path = classes.csv(ansible.project / "classes.csv", delimiter)
    run = play(ansible, "start_recordings", csv=str(path), secrets=classes.secrets)
    assert run.rc == 2
    assert verdicts(ansible, "start_recordings") == ["failed"] + ["changed"] * len(HOSTILE)
    told = [one["subject"] for one in report(ansible, "start_recordings")["results"]]
    assert told[: len(HOSTILE)] == [subject.strip() for subject in HOSTILE]

    page = Page(text(ansible, "start_recordings.html"))
    assert not page.links
    assert not {"script", "img", "b", "link", "iframe"} & set(page.tags) - {"b"}
    assert page.tags["b"] == 4  # the figures of the tiles
    assert any("<script>alert(1)</script>" in cell for cell in page.cells)

    lines = text(ansible, "start_recordings.md").splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + len(classes.list)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {6}
    assert not [line for line in lines if re.search(r"(?<!\\)<\w", line)]

    run = play(ansible, "recording_report", csv=str(path), secrets=classes.secrets)
    assert run.rc == 2
    suites = junitparser.JUnitXml.fromfile(str(ansible.home / "reports" / "recording_report.xml"))
    (suite,) = suites
    names = [case.name for case in suite]
    assert names[0] == f"{FIRST} Fire drill <b>bold</b><script>alert(1)</script>"
    assert names[2].startswith(f"{FIRST + 2} ]]> & \"quoted\" 'single'")
    assert len(names) == len(classes.list)


def test_encrypted_lists(ansible: Ansible, sim: Simulator) -> None:
    """A variables file and a CSV file, both encrypted with Vault."""
    classes = Classes(sim, 2)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list[:1]})
    classes.list = classes.list[1:]
    path = classes.csv(ansible.project / "classes.csv")
    (ansible.project / "password").write_text(f"{VAULT}\n")
    key = ["--vault-password-file", "password"]
    assert ansible.command("vault", "encrypt", "classes.yml", "classes.csv", *key).rc == 0
    assert "Canary" not in path.read_text() + (ansible.project / "classes.yml").read_text()
    run = play(ansible, "start_recordings", "-e", "@classes.yml", *key, secrets=classes.secrets)
    assert run.rc == 0, run.output
    run = play(ansible, "start_recordings", *key, csv="classes.csv", secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert sim.world.writes() == [1, 1]


def test_audit(ansible: Ansible, sim: Simulator) -> None:
    """Deviations in both directions and what cannot be read; exit status, words, JUnit. Nothing is ever sent."""
    classes = Classes(sim, 7)
    for index in (0, 1, 2):
        sim.world.set_recording(classes.ids[index], True)
    classes.list[1]["state"] = "stopped"  # is being recorded
    classes.list[4]["state"] = "stopped"  # is not
    classes.list[5]["host_password"] = "WrongCanary"
    sim.world.end(classes.ids[6])
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    listed = ["-e", "@classes.yml"]
    run = play(ansible, "recording_report", *listed, "-vvv", "--diff", secrets=classes.secrets)
    assert run.rc == 2
    assert "changed=0" in run.output
    assert progress(run) == ["done 7 of 7, 4 not as wanted"]
    expected = ["as_wanted", "deviates", "as_wanted", "deviates", "as_wanted", "unknown", "deviates"]
    assert verdicts(ansible, "recording_report") == expected
    assert "7 meetings: 3 not as wanted, 1 unknown, 3 as wanted" in run.prose
    assert f"{classes.ids[1]} Class 1: Is being recorded, and should not be." in run.prose
    words = report(ansible, "recording_report")["results"][6]["words"]
    assert words.startswith("Is not being recorded, and should be: the service answered HTTP 400 with MMC.111072006")

    (suite,) = junitparser.JUnitXml.fromfile(str(ansible.home / "reports" / "recording_report.xml"))
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (7, 3, 1, 0)
    assert suite.name == "huawei.meeting.recording_report"
    kinds = {"deviates": junitparser.Failure, "unknown": junitparser.Error}
    for case, one, verdict in zip(suite, classes.list, expected):
        assert case.name == f"{one['conference_id']} {one['subject']}"
        assert case.classname == f"recording {one.get('state', 'started')}"
        assert [type(outcome) for outcome in case.result] == ([kinds[verdict]] if verdict in kinds else [])
    assert next(iter(list(suite)[5].result)).type == "authentication"

    sim.world.set_recording(classes.ids[1], False)
    sim.world.set_recording(classes.ids[3], True)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list[:5]})
    run = play(ansible, "recording_report", *listed, secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert verdicts(ansible, "recording_report") == ["as_wanted"] * 5
    (suite,) = junitparser.JUnitXml.fromfile(str(ansible.home / "reports" / "recording_report.xml"))
    assert (suite.tests, suite.failures, suite.errors) == (5, 0, 0)
    assert sim.world.writes() == []


def test_an_unreadable_state_is_unknown(ansible: Ansible, sim: Simulator) -> None:
    classes = Classes(sim, 1)
    sim.world.behaviour.subscribe = "code"
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    run = play(ansible, "recording_report", "-e", "@classes.yml", secrets=classes.secrets)
    assert run.rc == 2
    assert verdicts(ansible, "recording_report") == ["unknown"]
    (suite,) = junitparser.JUnitXml.fromfile(str(ansible.home / "reports" / "recording_report.xml"))
    assert (suite.failures, suite.errors) == (0, 1)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "Give the meetings either as huawei_meeting_meetings"),
        ({"meetings": "", "csv": ""}, "Give the meetings either as huawei_meeting_meetings"),
        ({"meetings": [], "csv": "x.csv"}, "Give the meetings either as huawei_meeting_meetings"),
        ({"csv": "there-is-none.csv"}, "there-is-none.csv"),
        ({"meetings": [{"conference_id": "1"}]}, "Meeting 1 of 1: a credential is missing"),
        (
            {"meetings": [{"conference_id": "1", "host_password": "RefusedCanary"}] * 2},
            "Meeting 2 of 2: `conference_id` '1' is there already",
        ),
        (
            {"meetings": [{"conference_id": "1", "host_password": "RefusedCanary", "RefusedCanary": 1}]},
            "is not a key of a meeting",
        ),
        ({"meetings": [], "chunk_size": 0}, "huawei_meeting_chunk_size is 0, but must be a whole number above 0"),
        ({"meetings": [], "only": ["7"]}, "Meeting '7' is to be tried again, but is not in the list"),
    ],
    ids=["neither", "empty", "both", "no file", "no credential", "twice", "unknown key", "no size", "not in the list"],
)
def test_refused_before_anything_is_sent(
    ansible: Ansible, sim: Simulator, variables: Mapping[str, Any], told: str
) -> None:
    ansible.write("given.yml", {f"huawei_meeting_{key}": value for key, value in variables.items()})
    run = play(ansible, "start_recordings", "-e", "@given.yml", "-vvv")
    assert run.rc == 2
    assert told in run.prose
    assert "RefusedCanary" not in run.output.replace("'RefusedCanary' is not a key", "")
    assert sim.world.log == []
    assert not (ansible.home / "reports").exists()


def test_a_batch_that_breaks_off_is_reported(ansible: Ansible, sim: Simulator) -> None:
    """What concerns all meetings ends the batch; those without a turn are in the reports and the retry file."""
    classes = Classes(sim, 3)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    run = play(ansible, "start_recordings", "-e", "@classes.yml", max_parallel=0, chunk_size=2, secrets=classes.secrets)
    assert run.rc == 2
    assert "`max_parallel` is 0, but must be between 1 and 128" in run.prose
    assert verdicts(ansible, "start_recordings") == ["not_attempted"] * 3
    assert yaml.safe_load(text(ansible, "start_recordings.retry.yml")) == {"huawei_meeting_only": classes.ids}


def test_empty_variables_count_as_unset(ansible: Ansible, sim: Simulator) -> None:
    """As surveys of job templates leave them; the reports go to the working directory then."""
    classes = Classes(sim, 1)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    names = {*CONNECTION, *CREDENTIALS, *ENTERPRISE, *WAITING, "csv", "only", "chunk_size", "report_dir"}
    empty = dict.fromkeys(names | {"max_parallel", "live_state", "wait"}, "")
    run = play(ansible, "start_recordings", "-e", "@classes.yml", secrets=classes.secrets, **empty)
    assert run.rc == 0, run.output
    assert (ansible.project / "huawei_meeting_reports" / "start_recordings.html").is_file()


def test_each_option_is_a_variable() -> None:
    """The playbooks hand on every option that the module has."""
    tasks = yaml.safe_load((ROOT / "playbooks" / "tasks" / "recordings_chunk.yml").read_text(encoding="utf-8"))
    options = tasks[0]["huawei.meeting.huawei_meeting_recordings"]
    expected = {*CONNECTION, *CREDENTIALS, *ENTERPRISE, *WAITING, "live_state", "wait", "max_parallel"}
    assert set(options) - {"meetings"} == expected
    for name in expected:
        assert f"huawei_meeting_{name} " in options[name], name
