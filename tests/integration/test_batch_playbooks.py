# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks for lists of meetings, run as users run them, and the reports they leave."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import junitparser
import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    BATCH,
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    WAITING,
)
from tests.conftest import ROOT
from tests.integration.ansible import Ansible, Run, constant
from tests.simulator import Fault, Meeting, Simulator

FIRST = 914047000
VAULT = "OpensTheVault-5520"
OPTIONS = {*CONNECTION, *CREDENTIALS, *ENTERPRISE, *WAITING, *BATCH}
# What the playbooks for lists take besides.
VARIABLES = {"meetings", "csv", "columns", "only", "subject", "chunk_size", "report_dir"}
VARIABLES |= {"allow_empty", "at_least", "accept_unconfirmed"}
# What people call meetings, and what others make of it; FILE is one that must never come to exist.
HOSTILE = (
    "Fire drill <b>bold</b><script>alert(1)</script>",
    "a | b \\| c ` d * e _ f ~ g [link](https://example.org) <img src=x onerror=alert(1)> \\",
    "]]> & \"quoted\" 'single' \x07\x0b\x1b[31m \u202e 😀",
    "two\nlines\r\nand {{ lookup('pipe', 'touch FILE') }} {% raw %} {# x #}",
)
SAID = "<script>alert(2)</script> | ]]> ` {{ 6 * 7 }} \"'"
PASSWORD = "RefusedCanary-7731"


class Page(HTMLParser):
    """What a browser would see of a page: its tags and attributes, and the texts of its blocks, by tag."""

    BLOCKS = ("title", "h1", "h2", "p", "li", "td")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: dict[str, list[str]] = {tag: [] for tag in self.BLOCKS}
        self._block = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag in self.BLOCKS:
            self._block = tag
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._block:
            self._block = ""

    def handle_data(self, data: str) -> None:
        if self._block:
            self.texts[self._block][-1] += data

    def rows(self) -> list[tuple[str, ...]]:
        """Verdict, recording, meeting, words."""
        return list(zip(*[iter(self.texts["td"])] * 4))

    def is_harmless(self) -> bool:
        """Whether it runs nothing, loads nothing and leads nowhere."""
        blocks = {"html", "head", "meta", "title", "style", "body", "main", "div", "h1", "h2", "p", "ul", "li"}
        inline = {"br", "time", "b", "span", "small"}
        table = {"table", "tr", "th", "td"}
        return self.tags <= blocks | inline | table and self.attributes <= {
            "lang",
            "charset",
            "name",
            "content",
            "http-equiv",
            "class",
        }


class Classes:
    """A list of meetings, in the simulated world and as people keep it; which of them fail is up to the test."""

    def __init__(self, sim: Simulator, number: int, subjects: Sequence[str] = (), ending: str = "") -> None:
        self.sim = sim
        self.list: list[dict[str, Any]] = []
        for index in range(number):
            subject = subjects[index] if index < len(subjects) else f"Class {index}"
            meeting = sim.world.add(Meeting(str(FIRST + index), host_password=f"Canary-{index}{ending}"))
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
        """Write the list as a spreadsheet does: byte order mark, CRLF, quotes where they are needed."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.DictWriter(file, [*self.list[0]], delimiter=delimiter)
            rows.writeheader()
            rows.writerows(self.list)
        return path


def play(
    ansible: Ansible,
    name: str,
    *arguments: str,
    secrets: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
    **variables: Any,
) -> Run:
    """Run a playbook by its full name; no secret may be anywhere but in the files of the project that were there."""
    given = {f"huawei_meeting_{key}": value for key, value in variables.items()}
    given.setdefault("huawei_meeting_report_dir", str(ansible.home / "reports"))
    before = set(ansible.project.rglob("*"))
    run = ansible.command(
        "playbook", f"huawei.meeting.{name}", "-e", json.dumps(given), *arguments, environment=environment
    )
    run.check_no_traceback()
    assert not run.leaks(secrets)
    for path in set(ansible.project.rglob("*")) - before:
        assert path.is_dir() or not [secret for secret in secrets if secret in path.read_text(encoding="utf-8")], path
    return run


def content(ansible: Ansible, name: str) -> str:
    return (ansible.home / "reports" / name).read_text(encoding="utf-8")


def report(ansible: Ansible, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(content(ansible, f"{name}.json"))
    return told


def verdicts(ansible: Ansible, name: str) -> list[str]:
    return [one["verdict"] for one in report(ansible, name)["results"]]


def to_retry(ansible: Ansible, name: str) -> list[str]:
    retry: dict[str, list[str]] = yaml.safe_load(content(ansible, f"{name}.retry.yml"))
    assert list(retry) == ["huawei_meeting_only", "huawei_meeting_not_retried"]
    return retry["huawei_meeting_only"]


def not_retried(ansible: Ansible, name: str) -> dict[str, str]:
    retry = yaml.safe_load(content(ansible, f"{name}.retry.yml"))["huawei_meeting_not_retried"]
    return {one["conference_id"]: one["kind"] for one in retry}


def suite(ansible: Ansible) -> junitparser.TestSuite:
    (one,) = junitparser.JUnitXml.fromfile(str(ansible.home / "reports" / "recording_report.xml"))
    return one


def table(markdown: str) -> list[list[str]]:
    """The cells of the table, read as GitHub reads it: a backslash takes its meaning from the character behind it."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    cells = [re.findall(r"((?:\\.|[^|\\])*)\|", line[1:]) for line in lines]
    rows = [row for row in cells if row[0].strip(" -") not in ("", "Verdict")]
    return [[re.sub(r"\\(.)", r"\1", cell).strip() for cell in row] for row in rows]


def progress(run: Run) -> list[str]:
    return [task.msg for task in run.tasks if task.name == "Show the progress"]


def plain(text: str) -> str:
    """A text as it is where control characters and line breaks are blanks."""
    return " ".join(re.sub(r"[\x00-\x1f]", " ", text).split())


def test_start_in_parts_report_and_retry(ansible: Ansible, sim: Simulator) -> None:
    """Parts of seven of twenty meetings, three of them bad; the others start once, what may succeed is tried again."""
    classes = Classes(sim, 21)
    classes.meeting(2).participants = 0
    sim.world.end(classes.ids[5])
    classes.list[11]["host_password"] = "WrongCanary"
    classes.list[12]["state"] = "stopped"
    sim.world.set_recording(classes.ids[12], True)
    sim.world.set_recording(classes.ids[20], True)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    listed = ["-e", "@classes.yml"]
    run = play(ansible, "start_recordings", *listed, "-vvv", "--diff", chunk_size=7, secrets=classes.secrets)
    assert run.rc == 2
    assert progress(run) == ["done 7 of 20, 2 failed", "done 14 of 20, 3 failed", "done 20 of 20, 3 failed"]
    bad = [classes.ids[index] for index in (2, 5, 11)]
    others = [number for index, number in enumerate(classes.ids) if index not in (5, 11, 12, 20)]
    assert classes.writes() == {number: [1] for number in others}
    assert sim.world.requests(conference_id=classes.ids[12]) == []

    told = report(ansible, "start_recordings")
    words = "20 meetings: 3 failed, 16 changed, 1 as wanted"
    results = told.pop("results")
    began, ended, problems = told.pop("began"), told.pop("ended"), told.pop("problems")
    assert told.pop("provenance")["list"]["entries"] == 21
    assert told == {
        "playbook": "huawei.meeting.start_recordings",
        "check_mode": False,
        "words": words,
        "summary": {
            "total": 20,
            "recording": {"started": 17, "stopped": 2, "unknown": 1},
            "verdicts": {"failed": 3, "changed": 16, "as_wanted": 1},
        },
        "failed_conference_ids": bad,
        "retry": {
            "only": [bad[0]],
            "not_retried": [
                {"conference_id": bad[1], "kind": "ended"},
                {"conference_id": bad[2], "kind": "authentication"},
            ],
        },
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", began) and began <= ended
    assert [one["conference_id"] for one in results] == [*classes.ids[:12], *classes.ids[13:]]
    assert results[0].pop("request_id")
    assert began <= results[0].pop("at") <= ended
    assert results[0] == {
        "conference_id": classes.ids[0],
        "subject": "Class 0",
        "columns": {},
        "wanted": "started",
        "recording": "started",
        "verdict": "changed",
        "label": "changed",
        "tone": "good",
        "bad": False,
        "words": "Recording has been started.",
        "changed": True,
        "failed": False,
        "confirmed": True,
        "meeting": "ongoing",
    }
    failed = [one for one in results if one["bad"]]
    assert [one["error"]["kind"] for one in failed] == ["nobody_there", "ended", "authentication"]
    assert {tuple(one["error"]) for one in failed} == {
        ("code", "kind", "operation", "detail", "http_status", "request_id", "retryable", "hint")
    }
    assert problems == [f"{one['conference_id']} {one['subject']}: {one['words']}" for one in failed]
    assert problems[0].startswith(f"{bad[0]} Class 2: Could not start the recording of meeting {bad[0]}: ")
    assert run.task("Show the first twenty problems").result["msg"] == problems
    reports = ansible.home / "reports"
    assert run.task("Show the summary").msg == (
        f"{words}. Reports: {reports}/start_recordings.{{json,md,html,retry.yml}}. "
        f"To try again what may succeed, add -e @{reports}/start_recordings.retry.yml"
    )
    assert to_retry(ansible, "start_recordings") == bad[:1]
    assert not_retried(ansible, "start_recordings") == {bad[1]: "ended", bad[2]: "authentication"}
    modes = {path.name: path.stat().st_mode & 0o777 for path in [reports, *reports.iterdir()]}
    assert modes == {"reports": 0o750} | dict.fromkeys(
        (f"start_recordings.{kind}" for kind in ("json", "md", "html", "retry.yml")), 0o640
    )

    page = Page(content(ansible, "start_recordings.html"))
    assert page.is_harmless()
    assert page.texts["title"] == [f"{words} - Start recordings"]
    assert page.texts["li"] == ["17being recorded", "2not being recorded", "1unknown", "3to look after"]
    assert page.texts["h2"] == ["To look after", "As it should be"]
    shown = page.rows()
    assert [row[0] for row in shown] == ["failed"] * 3 + ["changed"] * 16 + ["as wanted"]
    assert shown[0][:3] == ("failed", "○ not recordingwanted: recording", f"Class 2{bad[0]}")
    assert shown[0][3].startswith(failed[0]["words"]) and "nobody_there" in shown[0][3]
    assert shown[3][:3] == ("changed", "● recording", f"Class 0{classes.ids[0]}")
    assert shown[3][3].startswith("Recording has been started.")
    markdown = content(ansible, "start_recordings.md")
    assert f"**{words}**" in markdown
    assert "17 being recorded, 2 not being recorded, 1 unknown;" in markdown
    assert [row[0] for row in table(markdown)] == ["**failed**"] * 3 + ["changed"] * 16 + ["as wanted"]
    assert table(markdown)[0][1:] == ["stopped", "started", f"{bad[0]} Class 2", failed[0]["words"]]

    # Somebody comes; the retry touches this meeting only, and above all not the one whose password was wrong.
    classes.meeting(2).participants = 1
    seen = len(sim.world.log)
    run = play(ansible, "start_recordings", *listed, "-e", f"@{reports}/start_recordings.retry.yml")
    assert run.rc == 0, run.output
    assert progress(run) == ["done 1 of 1, 0 failed"]
    assert {entry.conference_id for entry in sim.world.log[seen:]} == {bad[0]}
    assert classes.meeting(2).recording
    assert to_retry(ansible, "start_recordings") == []


def test_check_run_and_run_again(ansible: Ansible, sim: Simulator) -> None:
    """Check mode foretells and sends nothing, the second run changes nothing, and nothing that must not be starts."""
    classes = Classes(sim, 3)
    classes.list[1]["state"] = "started"
    classes.list[2]["state"] = "stopped"
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    listed = ["-e", "@classes.yml"]

    run = play(ansible, "start_recordings", *listed, "--check", "--diff", secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert "changed=1" in run.output
    assert classes.writes() == {}
    assert verdicts(ansible, "start_recordings.check") == ["would_change"] * 2
    assert report(ansible, "start_recordings.check")["check_mode"] is True
    assert report(ansible, "start_recordings.check")["summary"]["recording"]["stopped"] == 2
    for kind in ("md", "html"):
        assert "in check mode: nothing was sent" in content(ansible, f"start_recordings.check.{kind}")
    assert Page(content(ansible, "start_recordings.check.html")).texts["h2"] == ["Would change"]
    assert to_retry(ansible, "start_recordings.check") == []

    run = play(ansible, "start_recordings", *listed, secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert "changed=1" in run.output
    assert verdicts(ansible, "start_recordings") == ["changed"] * 2
    assert Page(content(ansible, "start_recordings.html")).texts["h2"] == ["All as it should be"]
    for kind in ("md", "html"):
        assert "check mode" not in content(ansible, f"start_recordings.{kind}")

    # As surveys of job templates leave them, empty answers count as unset: the reports go to the working directory.
    empty: dict[str, Any] = dict.fromkeys(OPTIONS | VARIABLES - {"meetings"}, "")
    run = play(ansible, "start_recordings", *listed, secrets=classes.secrets, **empty)
    assert run.rc == 0, run.output
    assert "changed=0" in run.output
    told = json.loads((ansible.project / "huawei_meeting_reports" / "start_recordings.json").read_text())
    assert [one["verdict"] for one in told["results"]] == ["as_wanted"] * 2
    assert classes.writes() == {number: [1] for number in classes.ids[:2]}


def test_stop_and_nothing_to_retry(ansible: Ansible, sim: Simulator) -> None:
    """All of the list are stopped, whatever it wants of them; a retry file without meetings is no success by itself."""
    classes = Classes(sim, 3)
    classes.list[1]["state"] = "started"
    classes.list[2]["state"] = "stopped"
    for number in classes.ids:
        sim.world.set_recording(number, True)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    listed = ["-e", "@classes.yml"]
    run = play(ansible, "stop_recordings", *listed, secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert classes.writes() == {number: [0] for number in classes.ids}
    assert verdicts(ansible, "stop_recordings") == ["changed"] * 3
    assert to_retry(ansible, "stop_recordings") == []

    seen = len(sim.world.log)
    again = [*listed, "-e", f"@{ansible.home}/reports/stop_recordings.retry.yml"]
    run = play(ansible, "stop_recordings", *again)
    assert run.rc == 2
    assert "`huawei_meeting_only` names no meeting, so there is nothing to try again. Nothing was sent." in run.prose
    run = play(ansible, "stop_recordings", *again, allow_empty=True)
    assert run.rc == 0, run.output
    assert "changed=0" in run.output
    assert report(ansible, "stop_recordings")["words"] == "0 meetings"
    page = Page(content(ansible, "stop_recordings.html"))
    assert (page.texts["h2"], page.rows()) == ([], [])
    assert len(sim.world.log) == seen


def test_hostile_texts(ansible: Ansible, sim: Simulator) -> None:
    """What people call their meetings, and what a service says, is text in every report; braces are braces."""
    pwned = ansible.home / "pwned"
    subjects = [subject.replace("FILE", str(pwned)) for subject in HOSTILE]
    classes = Classes(sim, 5, subjects, ending="{{ x }}{% raw %}")
    body = json.dumps({"error_code": "MMC.<b>", "error_msg": SAID})
    sim.world.plan(Fault("token", classes.ids[0], times=None, status=400, body=body))
    path = classes.csv(ansible.project / "classes.csv")
    run = play(ansible, "start_recordings", csv=str(path), secrets=classes.secrets)
    assert run.rc == 2
    # The passwords were right, so they reached the service as they are.
    assert verdicts(ansible, "start_recordings") == ["failed"] + ["changed"] * 4
    told = report(ansible, "start_recordings")["results"]
    # What would ring, colour a terminal or turn the direction of writing is a blank.
    cleaned = [re.sub("[\x07\x1b\u202e]", " ", subject).strip() for subject in subjects]
    assert [one["subject"] for one in told] == [*cleaned, "Class 4"]
    assert SAID in told[0]["words"]

    page = Page(content(ansible, "start_recordings.html"))
    assert page.is_harmless()
    source = content(ansible, "start_recordings.html")
    assert not re.search(r"url\(|@import", source)
    assert "default-src 'none'" in source
    names = [f"{one['subject']}{one['conference_id']}".replace("\r\n", "\n") for one in told]
    assert [row[2] for row in page.rows()] == names
    assert page.rows()[0][3].startswith(f"{told[0]['words']}{told[0]['error']['kind']} · MMC.<b>")
    markdown = content(ansible, "start_recordings.md")
    rows = table(markdown)
    assert {len(row) for row in rows} == {5}
    assert [row[3] for row in rows] == [" ".join(f"{one['conference_id']} {one['subject']}".split()) for one in told]
    assert rows[0][4] == told[0]["words"]
    assert not re.search(r"(?<!\\)[<`\[]", markdown)

    run = play(ansible, "recording_report", csv=str(path), secrets=classes.secrets)
    assert run.rc == 2
    cases = list(suite(ansible))
    assert [plain(case.name) for case in cases] == [plain(f"{one['conference_id']} {one['subject']}") for one in told]
    assert SAID in cases[0].result[0].message
    assert not pwned.exists()


def test_encrypted_lists(ansible: Ansible, sim: Simulator) -> None:
    """A variables file and a CSV file, both encrypted with Vault; the CSV has what must be quoted in it."""
    classes = Classes(sim, 2, ["Plain", 'Fire;\ndrill, "old"'], ending=';"x')
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list[:1]})
    classes.list = classes.list[1:]
    path = classes.csv(ansible.project / "classes.csv", ";")
    (ansible.project / "password").write_text(f"{VAULT}\n")
    key = ["--vault-password-file", "password"]
    assert ansible.command("vault", "encrypt", "classes.yml", "classes.csv", *key).rc == 0
    assert "Canary" not in path.read_text() + (ansible.project / "classes.yml").read_text()
    for given in ({"arguments": ["-e", "@classes.yml"]}, {"csv": "classes.csv"}):
        arguments = given.pop("arguments", [])
        run = play(ansible, "start_recordings", *arguments, *key, secrets={*classes.secrets, VAULT}, **given)
        assert run.rc == 0, run.output
    assert sim.world.writes() == [1, 1]
    assert report(ansible, "start_recordings")["results"][0]["subject"] == 'Fire;\ndrill, "old"'


def test_audit(ansible: Ansible, sim: Simulator) -> None:
    """Deviations in both directions and what cannot be read; exit status, words, JUnit. Nothing is ever sent."""
    classes = Classes(sim, 8)
    for index in (0, 1, 2):
        sim.world.set_recording(classes.ids[index], True)
    classes.list[1]["state"] = "stopped"  # is being recorded
    classes.list[4]["state"] = "stopped"  # is not
    classes.list[5]["host_password"] = "WrongCanary"
    sim.world.end(classes.ids[6])
    classes.meeting(7).behaviour["subscribe"] = "code"
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    listed = ["-e", "@classes.yml"]
    run = play(ansible, "recording_report", *listed, "-vvv", "--diff", secrets=classes.secrets)
    assert run.rc == 2
    assert "changed=0" in run.output
    assert progress(run) == ["done 8 of 8, 3 not as wanted, 2 unknown"]
    expected = ["as_wanted", "deviates", "as_wanted", "deviates", "as_wanted", "unknown", "deviates", "unknown"]
    told = report(ansible, "recording_report")
    assert verdicts(ansible, "recording_report") == expected
    assert told["check_mode"] is True
    assert run.task("Show the summary").msg == (
        "8 meetings: 3 not as wanted, 2 unknown, 3 as wanted. "
        f"Reports: {ansible.home}/reports/recording_report.{{json,md,html,xml}}"
    )
    assert told["problems"][0] == f"{classes.ids[1]} Class 1: Is being recorded, and should not be."
    assert told["problems"][3].startswith(
        f"{classes.ids[6]} Class 6: Is not being recorded, and should be: the service answered HTTP 400 with MMC."
    )

    tests = suite(ansible)
    assert (tests.tests, tests.failures, tests.errors, tests.skipped) == (8, 3, 2, 0)
    assert tests.name == "huawei.meeting.recording_report"
    assert tests.timestamp == told["began"]
    kinds = {"deviates": junitparser.Failure, "unknown": junitparser.Error}
    assert len(list(tests)) == 8
    for case, one in zip(tests, told["results"]):
        assert case.name == f"{one['conference_id']} {one['subject']}"
        assert case.classname == f"recording {one['wanted']}"
        assert [type(outcome) for outcome in case.result] == ([kinds[one["verdict"]]] if one["bad"] else [])
        assert [outcome.message for outcome in case.result] == ([one["words"]] if one["bad"] else [])
    assert [case.result[0].type for case in list(tests)[5:]] == ["authentication", "ended", "permission"]

    sim.world.set_recording(classes.ids[1], False)
    sim.world.set_recording(classes.ids[3], True)
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list[:5]})
    run = play(ansible, "recording_report", *listed, secrets=classes.secrets)
    assert run.rc == 0, run.output
    assert verdicts(ansible, "recording_report") == ["as_wanted"] * 5
    tests = suite(ansible)
    assert (tests.tests, tests.failures, tests.errors) == (5, 0, 0)
    assert sim.world.writes() == []


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "Give the meetings either as huawei_meeting_meetings"),
        ({"meetings": "", "csv": ""}, "Give the meetings either as huawei_meeting_meetings"),
        ({"meetings": [], "csv": "x.csv"}, "Give the meetings either as huawei_meeting_meetings"),
        ({"csv": "there-is-none.csv"}, "there-is-none.csv"),
        ({"meetings": [{"conference_id": "1"}]}, "entry 1: a credential is missing"),
        (
            {"meetings": [{"conference_id": "1", "host_password": PASSWORD}] * 2},
            "entry 2: it is the same meeting as in entry 1",
        ),
        (
            {"meetings": [{"conference_id": "1", "host_pasword": PASSWORD}]},
            "entry 1: 'host_pasword' is not a key of a meeting",
        ),
        (
            {"meetings": [{"conference_id": "1", "host_password": 7731773177}]},
            "entry 1: `host_password` is a number or a truth value there; put it into quotes",
        ),
        ({"meetings": [], "chunk_size": 0}, "`huawei_meeting_chunk_size` is 0, but must be a whole number from 1 on"),
        (
            {"meetings": [], "only": ["7"]},
            "`huawei_meeting_only` names '7', and huawei_meeting_meetings has no such",
        ),
        (
            {"csv": f"conference_id,host_password\n1,{PASSWORD},x\n"},
            "line 2: 3 values, but the first line names 2",
        ),
        ({"csv": f"1,{PASSWORD}\n2,{PASSWORD}\n"}, "line 1: the first line must name the columns"),
        (
            {"csv": f"conference_id,host_password,subject\n1,{PASSWORD},F\udcf6rderband\n"},
            "line 2: the file is neither UTF-8 nor GB18030; save it as CSV UTF-8",
        ),
    ],
    ids=[
        "neither",
        "empty",
        "both",
        "no file",
        "no credential",
        "twice",
        "unknown key",
        "number",
        "no size",
        "not in the list",
        "long row",
        "no header",
        "other encoding",
    ],
)
def test_refused_before_anything_is_sent(
    ansible: Ansible, sim: Simulator, variables: Mapping[str, Any], told: str
) -> None:
    """The message names what is wrong, and no secret."""
    given = dict(variables)
    if "\n" in given.get("csv", ""):
        (ansible.project / "given.csv").write_bytes(given["csv"].encode(errors="surrogateescape"))
        given["csv"] = "given.csv"
    ansible.write("given.yml", {f"huawei_meeting_{key}": value for key, value in given.items()})
    run = play(ansible, "start_recordings", "-e", "@given.yml", "-vvv", "--diff", secrets={PASSWORD, "7731773177"})
    assert run.rc == 2
    assert told in run.prose
    assert sim.world.log == []
    assert not (ansible.home / "reports").exists()


def test_a_batch_that_breaks_off_is_reported(ansible: Ansible, sim: Simulator) -> None:
    """What concerns all meetings ends the batch; those without a turn are in the reports and the retry file."""
    classes = Classes(sim, 5)
    secrets = {*classes.secrets, "WrongCanary-0815"}
    for one in classes.list[2:]:  # the second part is the first that needs the enterprise
        del one["host_password"]
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes.list})
    run = play(
        ansible,
        "start_recordings",
        "-e",
        "@classes.yml",
        app_id="another-app",
        app_key="WrongCanary-0815",
        chunk_size=2,
        secrets=secrets,
    )
    assert run.rc == 2
    assert "Could not sign in" in run.prose
    assert progress(run) == ["done 2 of 5, 0 failed"]
    assert verdicts(ansible, "start_recordings") == ["changed"] * 2 + ["not_attempted"] * 3
    assert report(ansible, "start_recordings")["words"] == "5 meetings: 3 not tried, 2 changed"
    # The same would end in the same way, so it is not advised.
    assert to_retry(ansible, "start_recordings") == []
    assert not_retried(ansible, "start_recordings") == dict.fromkeys(classes.ids[2:], "authentication")
    rows = Page(content(ansible, "start_recordings.html")).rows()
    assert [row[0] for row in rows] == ["not tried"] * 3 + ["changed"] * 2
    assert classes.writes() == {number: [1] for number in classes.ids[:2]}


def test_every_variable(ansible: Ansible, sim: Simulator) -> None:
    """Each option of the module can be set as a variable; no and nought count as given, and surveys give text."""
    classes = Classes(sim, 3)
    wanted = [{"conference_id": number} for number in classes.ids]
    ansible.write("classes.yml", {"huawei_meeting_meetings": wanted})
    given = {
        "token": sim.world.issue_token(classes.ids[0]),
        "host_password": classes.list[0]["host_password"],
        "app_id": "made-up-app",
        "app_key": "AppKeyCanary",
        "user_id": "alice",
        "corp_id": "made-up-corp",
        "access_token": "AccessTokenCanary",
        "max_parallel": "3",
        "live_state": "ignore",
        "wait": False,
        "wait_timeout": 0,
        "api_url": sim.url,
        "validate_certs": False,
        "ca_path": str(sim.ca_file),
        "timeout": "5",
        "retry_timeout": 0,
    }
    assert set(given) == OPTIONS
    secrets = {given[name] for name in ("token", "host_password", "app_key", "access_token")} | classes.secrets
    astray = {"HUAWEI_MEETING_API_URL": "https://127.0.0.1:1", "HUAWEI_MEETING_CA_PATH": "/nonexistent"}
    ansible.environment.update(astray)
    given["accept_unconfirmed"] = True  # with live_state: ignore
    run = play(ansible, "start_recordings", "-e", "@classes.yml", only=classes.ids[0], secrets=secrets, **given)
    assert run.rc == 0, run.output
    del given["accept_unconfirmed"]
    assert classes.writes() == {classes.ids[0]: [1]}
    assert verdicts(ansible, "start_recordings") == ["unseen"]
    (task,) = run.of_the_collection()
    arguments = task.result["invocation"]["module_args"]
    assert set(arguments) == {*given, "meetings", "state"}, "an option has no variable, or the test forgot it"
    masked = dict.fromkeys(("token", "host_password", "app_key", "access_token"), "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")
    for name, value in {**given, "max_parallel": 3, "timeout": 5, **masked}.items():
        assert arguments[name] == value, name


def test_examples_of_the_filters(ansible: Ansible, sim: Simulator) -> None:
    """They run as they are printed, one after the other, on a CSV file and on a list with the same classes."""
    classes = Classes(sim, 2)
    classes.csv(ansible.project / "classes.csv")
    (ansible.project / "trainings.csv").write_text("Room,Trainer PIN,Floor\n914047000,Canary-0,3\n")
    filters = ROOT / "plugins" / "filter"
    examples = [
        task
        for name in ("meeting_list", "recording_report")
        for task in yaml.safe_load(constant(filters / f"{name}.py", "EXAMPLES"))
    ]
    run = ansible.play(examples, "-vvv", variables={"classes": classes.list})
    assert run.rc == 0, run.output
    assert not run.leaks(classes.secrets)
    assert [task.changed for task in run.tasks] == [True, False, False, False]
    assert run.tasks[-1].result["msg"] == ["Is being recorded."] * 2
