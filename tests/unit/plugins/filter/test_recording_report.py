# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports: the verdict and the words for each meeting, and what is counted."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.huawei.meeting.plugins.filter.recording_report import FilterModule

recording_report = FilterModule().filters()["recording_report"]
FAILURE = "Could not start the recording of meeting 1: the service answered X: it is over. Give up."
OVER: dict[str, Any] = {"kind": "ended", "detail": "the service answered X: it is over", "hint": "Give up"}


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
        values.update(changed=False, msg=FAILURE, error=OVER)
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
            ("unseen", "unknown", True, "The request to start was accepted; that recording began was not seen."),
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
    results = [result("stopped", "started", conference_id=str(number)) for number in range(1, 1202)]
    results[1] = result("stopped", "stopped", failed=True, conference_id="2")
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
    assert report["results"][1]["error"] == OVER
    assert report["progress"] == "done 1,201 of 1,205, 1 failed", "what had no turn yet has not failed"
    assert "secret" not in str(report)


@pytest.mark.parametrize(
    ("meetings", "results", "words"),
    [
        ([], [], "0 meetings"),
        ([meeting()], [result("started", "started")], "1 meeting: 1 as wanted"),
        (
            [meeting(number, "") for number in (1, 2, 3)],
            [
                {"conference_id": str(number), "state": state, "meeting": "ongoing"}
                for number, state in enumerate(("unknown", "started", "stopped"), start=1)
            ],
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


UNSEEN = result("unknown", "unknown", changed=True, confirmed=False, reason="The live channel was silent.")


def test_sent_but_not_seen_is_bad_unless_somebody_accepts_it() -> None:
    """It has a section of its own, and tells the reason."""
    (one,) = recording_report([meeting()], [UNSEEN])["results"]
    assert (one["verdict"], one["bad"], one["reason"]) == ("unseen", True, "The live channel was silent.")
    assert one["words"].endswith("that recording began was not seen. The live channel was silent.")
    report = recording_report([meeting()], [UNSEEN])
    assert [part["heading"] for part in report["sections"]] == ["Sent, but not seen"]
    assert report["failed_conference_ids"] == ["1"]
    assert report["progress"] == "done 1 of 1, 1 sent but not seen"
    report = recording_report([meeting()], [UNSEEN], accept_unconfirmed=True)
    assert (report["failed_conference_ids"], report["problems"]) == ([], [])
    assert report["words"] == "1 meeting: 1 sent but not seen"
    assert [part["heading"] for part in report["sections"]] == ["Sent, but not seen"]


def test_check_mode_foretells_what_nobody_would_see() -> None:
    assert row("started", UNSEEN, check=True)[0::2] == ("unseen", True)
    assert row("started", UNSEEN, check=True, accept_unconfirmed=True)[0::2] == ("unseen", False)
    foretold = result("stopped", "started", confirmed=False)
    assert row("started", foretold, check=True)[0::2] == ("would_change", False)


def test_meetings_and_results_belong_together_by_their_ids() -> None:
    """Not by their places, or one meeting would be certified by the result of another."""
    first, second = meeting(1), meeting(2)
    recorded = result("started", "started", conference_id="2")
    rows = recording_report([first, second], [recorded])["results"]
    assert [one["verdict"] for one in rows] == ["not_attempted", "as_wanted"]
    rows = recording_report([second, first], [result("stopped", "started"), recorded])["results"]
    assert [(one["conference_id"], one["verdict"]) for one in rows] == [("2", "as_wanted"), ("1", "changed")]


@pytest.mark.parametrize(
    ("results", "told"),
    [
        ([result("started", "started", conference_id="3")], "a result of meeting '3', which is not among the meetings"),
        ([result("started", "started")] * 2, "two results of meeting '1'"),
        ([{"state": "started", "meeting": "ongoing"}], "a result of meeting None"),
    ],
)
def test_strangers_are_refused(results: Any, told: str) -> None:
    with pytest.raises(AnsibleFilterError, match=told):
        recording_report([meeting(1), meeting(2)], results)


ERROR: dict[str, Any] = {"code": "", "http_status": None, "request_id": "", "hint": ""}


@pytest.mark.parametrize(
    ("outcome", "again"),
    [
        (None, True),
        (UNSEEN, True),
        (result("stopped", "stopped", failed=True, error={**ERROR, "kind": "nobody_there", "retryable": True}), True),
        (result("unknown", "unknown", failed=True, error={**ERROR, "kind": "throttled", "retryable": True}), True),
        (
            result("unknown", "unknown", failed=True, error={**ERROR, "kind": "authentication", "retryable": True}),
            False,
        ),
        (result("unknown", "unknown", failed=True, error={**ERROR, "kind": "locked", "retryable": True}), False),
        (result("stopped", "stopped", failed=True, error={**ERROR, "kind": "quota", "retryable": False}), False),
    ],
)
def test_only_what_may_succeed_is_tried_again(outcome: Any, again: bool) -> None:
    """A refused or locked sign-in is not, because failures prolong the lock; it is named with its kind."""
    retry = recording_report([meeting()], [outcome] if outcome else [])["retry"]
    assert retry["only"] == (["1"] if again else [])
    kinds = [] if again else [{"conference_id": "1", "kind": outcome["error"]["kind"]}]
    assert retry["not_retried"] == kinds


@pytest.mark.parametrize(
    ("wanted", "outcome", "how", "tone"),
    [
        ("started", result("stopped", "started"), {}, "good"),
        ("started", result("started", "started"), {"audit": True}, "good"),
        ("started", result("stopped", "started"), {"check": True}, "plain"),
        ("started", UNSEEN, {}, "warn"),
        ("started", result("stopped", "stopped", failed=True), {}, "bad"),
        ("", {"conference_id": "1", "state": "stopped", "meeting": "ongoing"}, {}, "plain"),
    ],
)
def test_colours_follow_from_the_verdict(wanted: str, outcome: Any, how: Any, tone: str) -> None:
    """Nothing is green of which nothing is wanted, or which is only foretold."""
    (one,) = recording_report([meeting(state=wanted)], [outcome], **how)["results"]
    assert one["tone"] == tone


@pytest.mark.parametrize(
    ("wanted", "outcomes", "how", "headings"),
    [
        ("started", [result("stopped", "started")], {}, ["All as it should be"]),
        ("started", [result("stopped", "started")], {"check": True}, ["Would change"]),
        ("started", [], {}, ["To look after"]),
        ("", [{"conference_id": "1", "state": "stopped", "meeting": "ongoing"}], {}, ["Ongoing meetings"]),
    ],
)
def test_headings(wanted: str, outcomes: Any, how: Any, headings: list[str]) -> None:
    """`All as it should be` stands over nothing else."""
    report = recording_report([meeting(state=wanted)], outcomes, **how)
    assert [part["heading"] for part in report["sections"]] == headings


def test_progress_and_summary_say_the_same() -> None:
    unread = {"conference_id": "1", "state": "unknown", "meeting": "unknown", "msg": FAILURE, "error": {"kind": "tls"}}
    report = recording_report([meeting()], [unread], audit=True)
    assert (report["words"], report["progress"]) == ("1 meeting: 1 unknown", "done 1 of 1, 1 unknown")


def test_what_is_no_unicode_does_not_cost_the_report() -> None:
    """Half of a pair, and a byte that could not be decoded."""
    broken = meeting(subject="Half \ud83d and \udcff")
    report = recording_report([{**broken, "columns": {"room\udcff": "\ud800"}}], [result("stopped", "started")])
    json.dumps(report, ensure_ascii=False).encode()
    assert report["results"][0]["subject"] == "Half ? and ?"


STATES = ("started", "stopped", "unknown")


@pytest.mark.parametrize("wanted", ["started", "stopped"])
@pytest.mark.parametrize("how", [{}, {"check": True}, {"audit": True}, {"accept_unconfirmed": True}])
def test_nothing_is_good_that_was_not_seen(wanted: str, how: dict[str, bool]) -> None:
    """Whatever a result claims: good is only what was seen to be as wanted, or foretold, or accepted."""
    good = 0
    either = (True, False)
    for before, after, changed, confirmed, failed in itertools.product(STATES, STATES, either, either, either):
        outcome = result(before, after, changed=changed, confirmed=confirmed)
        outcome |= {"failed": True, "msg": FAILURE, "error": ERROR} if failed else {}
        (one,) = recording_report([meeting(state=wanted)], [outcome], **how)["results"]
        seen = before if how.get("audit") else after
        proved = seen == wanted and not failed and (confirmed or not changed or bool(how))
        accepted = how.get("accept_unconfirmed") and changed and not failed
        assert one["bad"] or proved or accepted, outcome
        good += not one["bad"]
    assert good, "something is good"


@pytest.mark.parametrize(
    ("wanted", "outcome", "verdict"),
    [
        ("started", result("stopped", "stopped"), "deviates"),
        ("started", result("started", "stopped"), "deviates"),
        ("stopped", result("stopped", "started"), "deviates"),
        ("started", result("unknown", "unknown"), "unknown"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_batch_that_wanted_something_else_certifies_nothing(
    wanted: str, outcome: Any, verdict: str, check: bool
) -> None:
    told = row(wanted, outcome, check=check)
    assert (told[0], told[2]) == (verdict, True)


def test_truth_values_of_the_command_line_are_texts() -> None:
    sent = result("unknown", "unknown", changed=True, confirmed=False)
    assert row("started", sent, accept_unconfirmed="no")[2] is True  # type: ignore[arg-type]
    assert row("started", sent, accept_unconfirmed="yes")[2] is False  # type: ignore[arg-type]
    with pytest.raises(AnsibleFilterError):
        row("started", sent, audit="perhaps")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "again"),
    [
        ({}, True),
        ({"kind": "transport", "retryable": True}, True),
        ({"kind": "authentication", "retryable": False}, False),
        ({"kind": "locked", "retryable": True}, False),
        ({"kind": "usage", "retryable": False}, False),
    ],
)
def test_what_a_refused_sign_in_left_is_not_tried_again(error: dict[str, Any], again: bool) -> None:
    """The enterprise's sign-in is refused for all, so that no meeting had its turn."""
    retry = recording_report([meeting(1), meeting(2)], [], broken_off=error)["retry"]
    rest = [] if again else [{"conference_id": one, "kind": error["kind"]} for one in ("1", "2")]
    assert retry == {"only": ["1", "2"] if again else [], "not_retried": rest}
