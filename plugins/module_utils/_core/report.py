# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of many meetings, told for people and for programs: one verdict for each, and all that follows from it.

Pure: neither network nor files nor clock. Counts, colours, headings and what fails a run are columns of one table, so
that no page can be green where a line of progress is red.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .words import came_back


class Verdict(NamedTuple):
    """What follows from a verdict.

    `label` is what people call it, `bad` whether somebody must look after the meeting, `tone` its colour (`good`,
    `bad`, `warn` or `plain`), `section` the part of a report where it stands, and `counted` its name in a line of
    progress, `""` where it is no news there.
    """

    label: str
    bad: bool
    tone: str
    section: str
    counted: str = ""


_TO_LOOK_AFTER, _UNSEEN, _AHEAD, _GOOD, _READ = "look_after", "unseen", "ahead", "good", "read"

# In the order in which people want to hear of them.
VERDICTS = {
    "failed": Verdict("failed", True, "bad", _TO_LOOK_AFTER, "failed"),
    "deviates": Verdict("not as wanted", True, "bad", _TO_LOOK_AFTER, "not as wanted"),
    "unknown": Verdict("unknown", True, "warn", _TO_LOOK_AFTER, "unknown"),
    "not_attempted": Verdict("not tried", True, "warn", _TO_LOOK_AFTER),
    # Bad unless somebody said that it is acceptable: nobody has seen a recording begin.
    "unseen": Verdict("sent but not seen", True, "warn", _UNSEEN, "sent but not seen"),
    "changed": Verdict("changed", False, "good", _GOOD),
    "would_change": Verdict("would change", False, "plain", _AHEAD),
    "as_wanted": Verdict("as wanted", False, "good", _GOOD),
    # Nothing was wanted, so nothing is good about it.
    "read": Verdict("read", False, "plain", _READ),
}
_HEADINGS = {
    _TO_LOOK_AFTER: "To look after",
    _UNSEEN: "Sent, but not seen",
    _AHEAD: "Would change",
    _GOOD: "As it should be",
    _READ: "Ongoing meetings",
}
_STATES = {"started": "being recorded", "stopped": "not being recorded", "unknown": "unknown"}
_WORDS = {
    "read": {"started": "Is being recorded.", "stopped": "Is not being recorded."},
    "as_wanted": {"started": "Is being recorded.", "stopped": "Is not being recorded."},
    "changed": {"started": "Recording has been started.", "stopped": "Recording has been stopped."},
    "unseen": {
        "started": "The request to start was accepted; that recording began was not seen.",
        "stopped": "The request to stop was accepted; that recording ended was not seen.",
    },
    "would_change": {"started": "Recording would be started.", "stopped": "Recording would be stopped."},
    "deviates": {
        "started": "Is not being recorded, and should be.",
        "stopped": "Is being recorded, and should not be.",
    },
}
_UNSEEN_AHEAD = {
    "started": "The request to start would be sent; that recording began would not be seen.",
    "stopped": "The request to stop would be sent; that recording ended would not be seen.",
}
_UNTOLD = {"unknown": "Whether it is being recorded could not be read.", "not_attempted": "Nothing was tried yet."}
_NO_LONGER = {"ended": "The meeting is over.", "not_started": "The meeting is over or has not begun."}
_KEPT = ("changed", "failed", "confirmed", "meeting", "request_id", "at", "reason", "error")
# What the same sign-in would fail at again, and failures lock it.
_LOCKING = ("authentication", "locked")


def report(
    meetings: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    *,
    check: bool = False,
    audit: bool = False,
    accept_unconfirmed: bool = False,
    broken_off: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the report about meetings and their results, which belong together by `conference_id`.

    `broken_off` is the error that ended the batch as a whole, if one did.
    Raises ValueError for a result that belongs to none of the meetings, or a second one of the same.
    """
    of = _by_id(meetings, results)
    rows = [_row(meeting, of.get(meeting["conference_id"]), check, audit, accept_unconfirmed) for meeting in meetings]
    recording = Counter(row["recording"] for row in rows)
    verdicts = Counter(row["verdict"] for row in rows)
    told = {
        "words": _summary(rows),
        "summary": {
            "total": len(rows),
            "recording": {state: recording[state] for state in _STATES},
            "verdicts": {verdict: verdicts[verdict] for verdict in VERDICTS if verdicts[verdict]},
        },
        "failed_conference_ids": [row["conference_id"] for row in rows if row["bad"]],
        "problems": [f"{_name(row)}: {row['words']}" for row in rows if row["bad"]],
        "retry": _retry(rows, broken_off or {}),
        "sections": _sections(rows),
        "progress": _progress(rows, audit),
        "results": rows,
    }
    clean: dict[str, Any] = repaired(told)
    return clean


def repaired(value: Any) -> Any:
    """Return a value with all its texts fit for UTF-8: what is no Unicode would cost the whole report."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if isinstance(value, Mapping):
        return {repaired(key): repaired(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [repaired(one) for one in value]
    return value


def _by_id(meetings: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the results by the IDs of their meetings. Raises ValueError where they do not fit together."""
    known = {meeting["conference_id"] for meeting in meetings}
    of: dict[str, Mapping[str, Any]] = {}
    for result in results:
        conference_id: Any = result.get("conference_id")
        if conference_id not in known:
            raise ValueError(f"there is a result of meeting {conference_id!r}, which is not among the meetings")
        if conference_id in of:
            raise ValueError(f"there are two results of meeting {conference_id!r}")
        of[conference_id] = result
    return of


def _row(
    meeting: Mapping[str, Any], result: Mapping[str, Any] | None, check: bool, audit: bool, accept: bool
) -> dict[str, Any]:
    """Return the row of one meeting; it has no result where it had not its turn."""
    wanted = meeting["state"]
    # Who only read the state has nothing else to tell.
    audit = audit or (result is not None and "changed" not in result)
    found = result["state"] if result else "unknown"
    if result and wanted and (check or audit):  # what check mode says of the state after is a forecast
        found = result.get("previous_state", found)
    if result is None:
        verdict = "not_attempted"
    elif not wanted:
        verdict = "unknown" if found == "unknown" else "read"
    elif audit:
        proved = found == wanted and not result.get("failed")
        verdict = "as_wanted" if proved else "unknown" if found in ("unknown", wanted) else "deviates"
    else:
        verdict = _verdict(result, wanted, check)
    row = {
        "conference_id": meeting["conference_id"],
        "subject": meeting["subject"],
        "columns": dict(meeting.get("columns") or {}),
        "wanted": wanted,
        "recording": found,
        "verdict": verdict,
        "label": VERDICTS[verdict].label,
        "tone": VERDICTS[verdict].tone,
        "bad": VERDICTS[verdict].bad and not (accept and verdict == "unseen"),
        "words": _words(verdict, wanted or found, result or {}, check),
    }
    return row | {key: result[key] for key in _KEPT if result and key in result}


def _verdict(result: Mapping[str, Any], wanted: str, check: bool) -> str:
    """Return what was done about a meeting, or would be.

    What is good must be seen to be so: a result that says something else than what is wanted, such as that of another
    batch, or nothing, is no proof, whatever else it claims.
    """
    state = result["state"]
    if result["failed"]:
        return "failed"
    if state not in (wanted, "unknown"):
        return "deviates"
    # Check mode foretells the state only where a real run would see it.
    if result["changed"] and (state == "unknown" or not (check or result["confirmed"])):
        return "unseen"
    if state == "unknown":
        return "unknown"
    if not result["changed"]:
        return "as_wanted"
    return "would_change" if check else "changed"


def _words(verdict: str, state: str, result: Mapping[str, Any], check: bool) -> str:
    """Return the verdict as a sentence."""
    if verdict == "deviates" and "detail" in (result.get("error") or {}):
        # An audit did not try anything, so only what came back counts.
        return f"{_WORDS[verdict][state][:-1]}: {came_back(result['error'])}"
    if result.get("msg"):
        return str(result["msg"])
    if verdict in ("as_wanted", "read") and result["meeting"] in _NO_LONGER:
        return _NO_LONGER[result["meeting"]]
    if verdict == "unseen":
        words = (_UNSEEN_AHEAD if check else _WORDS["unseen"])[state]
        return f"{words} {result['reason']}" if result.get("reason") else words
    return _UNTOLD.get(verdict) or _WORDS[verdict][state]


def _name(row: Mapping[str, Any]) -> str:
    """Return what people and programs call a meeting."""
    return f"{row['conference_id']} {row['subject']}".strip()


def _counted(rows: Sequence[Mapping[str, Any]], key: str, labels: Mapping[str, str]) -> str:
    """Return how many rows have each value, with its label."""
    counts = Counter(row[key] for row in rows)
    return ", ".join(f"{counts[value]:,} {label}" for value, label in labels.items() if counts[value])


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how many meetings there are, by what is asked about them, on one line."""
    if any(row["wanted"] for row in rows):
        told = _counted(rows, "verdict", {name: verdict.label for name, verdict in VERDICTS.items()})
    else:
        told = _counted(rows, "recording", _STATES)
    return f"{len(rows):,} meeting{'s' * (len(rows) != 1)}{': ' * bool(rows)}{told}"


def _progress(rows: Sequence[Mapping[str, Any]], audit: bool) -> str:
    """Return how far a batch is, and what of it must be looked after; the same verdicts as in the summary."""
    done = [row for row in rows if row["verdict"] != "not_attempted"]
    labels = {name: verdict.counted for name, verdict in VERDICTS.items() if verdict.counted}
    told = _counted([row for row in done if row["bad"]], "verdict", labels)
    return f"done {len(done):,} of {len(rows):,}, {told or ('0 not as wanted' if audit else '0 failed')}"


def _sections(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the parts of a report in the order of reading: heading, tone, and the rows' numbers, counted from 0."""
    numbers: dict[str, list[int]] = {section: [] for section in _HEADINGS}
    for number, row in enumerate(rows):
        numbers[VERDICTS[row["verdict"]].section].append(number)
    # Nothing is wanted of them, but what is not being recorded may need a look.
    numbers[_READ].sort(key=lambda number: rows[number]["recording"] != "stopped")
    there = [section for section in _HEADINGS if numbers[section]]
    return [
        {
            "heading": f"All {_lower(_HEADINGS[section])}" if there == [_GOOD] else _HEADINGS[section],
            "rows": numbers[section],
        }
        for section in there
    ]


def _lower(heading: str) -> str:
    """Return a heading as it stands within a sentence."""
    return heading[:1].lower() + heading[1:]


def _retry(rows: Iterable[Mapping[str, Any]], broken_off: Mapping[str, Any]) -> dict[str, Any]:
    """Return which bad meetings may succeed if the same is tried again, and which will not, with the kind of each.

    What had no turn, and what was sent but not seen, is read first by the next run. A refused or locked sign-in must
    not be repeated by anybody who has not put it right, because each failure prolongs the lock; nor must that of the
    enterprise, for which no meeting had its turn.
    """
    again: list[str] = []
    rest: list[dict[str, str]] = []
    for row in rows:
        if not row["bad"]:
            continue
        error = row.get("error") or (broken_off if row["verdict"] == "not_attempted" else {})
        hopeful = error.get("retryable", False) if error else row["verdict"] in ("not_attempted", "unseen", "unknown")
        if hopeful and error.get("kind") not in _LOCKING:
            again.append(row["conference_id"])
        else:
            rest.append({"conference_id": row["conference_id"], "kind": error.get("kind") or row["verdict"]})
    return {"only": again, "not_retried": rest}
