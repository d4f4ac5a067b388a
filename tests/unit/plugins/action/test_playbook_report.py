# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last step of the playbooks, where it needs no Ansible around it."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.action import playbook_report

FORMS = ["md", "html", "xml", "retry.yml"]
HOSTILE = "<b>{{ 7*7 }}</b> | & \x07 课 ]]>"


def run_in(folder: Path, count: int = 2, mode: str = "act") -> dict[str, Any]:
    """What the first step of a playbook returns, about meetings that should be recorded."""
    todo = [
        {"conference_id": str(914047751 + number), "subject": HOSTILE, "columns": {"Room": HOSTILE}, "state": "started"}
        for number in range(count)
    ]
    return {
        "name": "start_recordings",
        "title": "Start recordings",
        "mode": mode,
        "formats": FORMS,
        "files": f"{folder}/start_recordings",
        "retry_file": f"@{folder}/start_recordings.retry.yml",
        "accept_unconfirmed": False,
        "todo": todo,
        "began": "2026-05-04T08:00:00Z",
        "provenance": {
            "run": "1042",
            "playbook": "huawei.meeting.start_recordings",
            "collection_version": "0.2.0",
            "service": "https://example.com",
            "list": {"source": HOSTILE, "entries": count, "sha256": "00"},
            "check_mode": False,
            "controller": "control-1",
        },
    }


def result(conference_id: str, state: str = "started") -> dict[str, Any]:
    """What the module says of a meeting whose recording was started, or could not be."""
    seen = state == "started"
    return {
        "conference_id": conference_id,
        "state": state,
        "previous_state": state if seen else "stopped",
        "meeting": "running",
        "failed": not seen,
        "changed": seen,
        "confirmed": seen,
        **({} if seen else {"msg": "Could not start the recording: it is not allowed."}),
    }


def step(run: dict[str, Any], results: list[dict[str, Any]], check: bool = False, **arguments: Any) -> dict[str, Any]:
    """What the step returns."""
    run = {**run, "provenance": {**run["provenance"], "check_mode": check}}
    task = SimpleNamespace(args={"run": run, "results": results, **arguments}, async_val=0, check_mode=check)
    other: Any = None
    connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    play: Any = SimpleNamespace(check_mode=check)
    action = playbook_report.ActionModule(task, connection, play, other, other, other)
    return action.run(task_vars={})


def test_all_forms(tmp_path: Path) -> None:
    """Each can be read, hostile text is text in it, and nothing else is left in the folder."""
    run = run_in(tmp_path)
    told = step(run, [result("914047751")])
    assert not told["good"]
    assert "1 not tried" in told["summary"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"start_recordings.{form}" for form in ["json", *FORMS]
    )
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}
    rows = json.loads((tmp_path / "start_recordings.json").read_text())["results"]
    assert [(row["verdict"], row["subject"]) for row in rows] == [("changed", HOSTILE), ("not_attempted", HOSTILE)]
    retry = yaml.safe_load((tmp_path / "start_recordings.retry.yml").read_text())
    assert retry == {"huawei_meeting_only": ["914047752"], "huawei_meeting_not_retried": []}
    suite = ET.parse(tmp_path / "start_recordings.xml").getroot()[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "2",
        "failures": "0",
        "errors": "1",
        "skipped": "0",
    }
    assert suite.findall("testcase")[0].get("name") == f"914047751 {HOSTILE}".replace("\x07", " ")
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt; | &amp;" in (tmp_path / "start_recordings.html").read_text()
    assert r"\<b\>{{ 7\*7 }}\</b\> \| \&" in (tmp_path / "start_recordings.md").read_text()


def test_what_cannot_be_written_fails_the_run_and_keeps_the_rest(tmp_path: Path) -> None:
    """A run whose evidence is missing is not good, however well the recordings went."""
    (tmp_path / "start_recordings.html").mkdir()
    told = step(run_in(tmp_path, 1), [result("914047751")])
    assert not told["good"]
    assert "1 of them could not be written" in told["summary"]
    assert told["problems"] == [f"{tmp_path}/start_recordings.html could not be written: Is a directory"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"start_recordings.{form}" for form in ["json", *FORMS]
    )


def test_a_file_that_breaks_off_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_in(tmp_path, 1)
    step(run, [result("914047751")])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    told = step(run, [result("914047751", "stopped")])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert len(told["problems"]) == 6
    assert "No space left on device" in told["problems"][0]


def test_before_the_end_only_programs_are_told(tmp_path: Path) -> None:
    told = step(run_in(tmp_path), [result("914047751")], final=False)
    assert told["progress"] == "done 1 of 2, 0 failed"
    assert [path.name for path in tmp_path.iterdir()] == ["start_recordings.json"]


def test_what_people_are_told_is_bounded(tmp_path: Path) -> None:
    """A result of megabytes is dropped by controllers."""
    told = step(run_in(tmp_path, 3000), [])
    assert len(told["problems"]) == 20
    assert len(json.dumps(told)) < 20_000


@pytest.mark.parametrize(
    ("mode", "state", "good"),
    [
        ("act", "started", True),
        ("act", "stopped", False),
        ("audit", "started", True),
        ("audit", "stopped", False),
        ("read", "stopped", True),
    ],
)
def test_what_is_good(tmp_path: Path, mode: str, state: str, good: bool) -> None:
    """Who only reads is told what could not be read, and that is all."""
    assert step(run_in(tmp_path, 1, mode), [result("914047751", state)])["good"] is good
