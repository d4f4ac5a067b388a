# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports: the verdict and the words for each meeting, and what is counted."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.huawei.meeting.plugins.filter.recording_report import FilterModule

recording_report = FilterModule().filters()["recording_report"]
FAILURE = "Could not start the recording of meeting 1: the service answered X: it is over. Give up."


def meeting(number: int = 1, state: str = "started", subject: str = "") -> dict[str, Any]:
    return {"conference_id": str(number), "subject": subject, "state": state, "order": {"host_password": "secret"}}


def result(before: str, after: str, *, failed: bool = False, confirmed: bool = True, **more: Any) -> dict[str, Any]:
    values = {
        "conference_id": "1",
        "previous_state": before,
        "state": after,
        "changed": before != after,
        "confirmed": confirmed,
        "failed": failed,
        "meeting": "ongoing",
        "request_id": "r",
    }
    if failed:
        values.update(changed=False, msg=FAILURE, error={"kind": "ended"})
    return {**values, **more}


def row(wanted: str, outcome: dict[str, Any] | None, **how: bool) -> tuple[str, str, bool, str]:
    (one,) = recording_report([meeting(state=wanted)], [outcome] if outcome else [], **how)["results"]
    return one["verdict"], one["recording"], one["bad"], one["words"]


@pytest.mark.parametrize("how", [{}, {"audit": True}, {"check": True}])
def test_what_was_only_read_is_an_audit(how: dict[str, bool]) -> None:
    """The results of huawei_meeting_recording_info, with a list that says what is wanted."""
    read = {"conference_id": "1", "state": "started", "meeting": "ongoing"}
    assert row("started", read, **how) == ("as_wanted", "started", False, "Is being recorded.")
    assert row("stopped", read, **how) == ("deviates", "started", True, "Is being recorded, and should not be.")
    unread = {"conference_id": "1", "state": "unknown", "meeting": "unknown", "msg": FAILURE, "error": {"kind": "tls"}}
    assert row("started", unread, **how) == ("unknown", "unknown", True, FAILURE)
    assert row("", read, **how) == ("read", "started", False, "Is being recorded.")


@pytest.mark.parametrize(
    ("wanted", "outcome", "told"),
    [
        ("started", result("started", "started"), ("as_wanted", "started", False, "Is being recorded.")),
        ("stopped", result("stopped", "stopped"), ("as_wanted", "stopped", False, "Is not being recorded.")),
        (
            "stopped",
            result("stopped", "stopped", meeting="ended"),
            ("as_wanted", "stopped", False, "The meeting is over."),
        ),
        ("started", result("stopped", "started"), ("changed", "started", False, "Recording has been started.")),
        ("stopped", result("started", "stopped"), ("changed", "stopped", False, "Recording has been stopped.")),
        (
            "started",
            result("unknown", "unknown", changed=True, confirmed=False),
            ("unseen", "unknown", False, "The request to start was accepted; that recording began was not seen."),
        ),
        ("started", result("stopped", "stopped", failed=True), ("failed", "stopped", True, FAILURE)),
        ("started", None, ("not_attempted", "unknown", True, "Nothing was tried yet.")),
    ],
)
def test_a_run(wanted: str, outcome: Any, told: tuple[str, str, bool, str]) -> None:
    assert row(wanted, outcome) == told


@pytest.mark.parametrize(
    ("wanted", "outcome", "told"),
    [
        ("started", result("stopped", "started"), ("would_change", "stopped", False, "Recording would be started.")),
        ("stopped", result("started", "stopped"), ("would_change", "started", False, "Recording would be stopped.")),
        ("started", result("started", "started"), ("as_wanted", "started", False, "Is being recorded.")),
        ("started", result("stopped", "stopped", failed=True), ("failed", "stopped", True, FAILURE)),
    ],
)
def test_check_mode(wanted: str, outcome: Any, told: tuple[str, str, bool, str]) -> None:
    """What is being recorded is what was found, and not what is foretold."""
    assert row(wanted, outcome, check=True) == told


@pytest.mark.parametrize(
    ("wanted", "outcome", "told"),
    [
        ("started", result("started", "started"), ("as_wanted", "started", False, "Is being recorded.")),
        (
            "started",
            result("stopped", "started"),
            ("deviates", "stopped", True, "Is not being recorded, and should be."),
        ),
        (
            "stopped",
            result("started", "stopped"),
            ("deviates", "started", True, "Is being recorded, and should not be."),
        ),
        (
            "started",
            result("stopped", "stopped", failed=True),
            (
                "deviates",
                "stopped",
                True,
                "Is not being recorded, and should be: the service answered X: it is over. Give up.",
            ),
        ),
        ("started", result("unknown", "unknown", failed=True), ("unknown", "unknown", True, FAILURE)),
        (
            "started",
            result("unknown", "unknown", changed=True),
            ("unknown", "unknown", True, "Whether it is being recorded could not be read."),
        ),
        ("started", None, ("not_attempted", "unknown", True, "Nothing was tried yet.")),
    ],
)
def test_an_audit(wanted: str, outcome: Any, told: tuple[str, str, bool, str]) -> None:
    assert row(wanted, outcome, audit=True) == told


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        ({"state": "started", "meeting": "ongoing"}, ("read", "started", False, "Is being recorded.")),
        ({"state": "stopped", "meeting": "ongoing"}, ("read", "stopped", False, "Is not being recorded.")),
        ({"state": "stopped", "meeting": "ended"}, ("read", "stopped", False, "The meeting is over.")),
        ({"state": "unknown", "meeting": "unknown", "msg": FAILURE}, ("unknown", "unknown", True, FAILURE)),
    ],
)
def test_a_status(reading: dict[str, Any], told: tuple[str, str, bool, str]) -> None:
    """Of meetings of which nothing is wanted, the state that was read is all there is to tell."""
    assert row("", {"conference_id": "1", **reading}, audit=True) == told


def test_the_whole() -> None:
    meetings = [meeting(number, subject=f"Class {number}") for number in range(1, 1206)]
    results = [result("stopped", "started")] * 1201
    results[1] = result("stopped", "stopped", failed=True)
    report = recording_report(meetings, results)
    assert report["words"] == "1,205 meetings: 1 failed, 4 not tried, 1,200 changed"
    assert report["summary"] == {
        "total": 1205,
        "recording": {"started": 1200, "stopped": 1, "unknown": 4},
        "verdicts": {"failed": 1, "not_attempted": 4, "changed": 1200},
    }
    assert report["failed_conference_ids"] == ["2", "1202", "1203", "1204", "1205"]
    assert report["problems"][0] == f"2 Class 2: {FAILURE}"
    assert [row["conference_id"] for row in report["results"]] == [one["conference_id"] for one in meetings]
    assert report["results"][1]["error"] == {"kind": "ended"}
    assert "secret" not in str(report)


@pytest.mark.parametrize(
    ("meetings", "results", "words"),
    [
        ([], [], "0 meetings"),
        ([meeting()], [result("started", "started")], "1 meeting: 1 as wanted"),
        (
            [meeting(number, "") for number in (1, 2, 3)],
            [{"state": state, "meeting": "ongoing"} for state in ("unknown", "started", "stopped")],
            "3 meetings: 1 being recorded, 1 not being recorded, 1 unknown",
        ),
    ],
)
def test_the_words_for_the_whole(meetings: Any, results: Any, words: str) -> None:
    assert recording_report(meetings, results)["words"] == words


def test_nothing_in_it_is_a_template() -> None:
    evil = "{{ 6 * 7 }}"
    report = recording_report([meeting(subject=evil)], [result("stopped", "stopped", failed=True, msg=f"x: {evil}")])
    templar = Templar(loader=DataLoader(), variables={"report": report})
    (one,) = report["results"]
    assert templar.template(one["subject"]) == evil
    assert templar.template(one["words"]) == f"x: {evil}"
    assert evil in templar.template(report["problems"][0])
