# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of meetings as people and spreadsheets keep them: read as a whole, with all that is wrong in them.

What carries no meaning is accepted; what might mean two things is refused. No sentence of this room repeats a value of
a list but the subject, the word for people: any other may be a credential in the wrong column.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .csv_table import SEP_LINE, SEPARATORS, body_separator, header_of, lines_of, records_of
from .encoding import SAVE, decoded
from .list_columns import AROUND, Layout, clean, folded, layout_of, problem_with_columns, problems_with_header, shown
from .options import (
    CREDENTIALS,
    ROUNDED,
    is_unicode,
    meeting_id,
    problem_with_id,
    problem_with_meeting,
)

STATES = ("started", "stopped")

# Words for states are compared without case, blanks, hyphens and the like, as the names of columns.
_WORDS = {
    "started": "started start record recording startrecording 录制 开始 开启 开始录制 开启录制 錄製 開始 開啟 開始錄製",
    "stopped": "stopped stop stoprecording 停止 不录制 停止录制 关闭 关闭录制 不錄製 停止錄製 關閉",
}
_STATE_OF = {word: state for state, words in _WORDS.items() for word in words.split()}
_KNOWN_STATES = "started, start, record, recording, 录制, 开始, 开启 and stopped, stop, 停止, 不录制"

_LONGEST_COLUMN = 1000  # characters
_USUAL_PASSWORD = 6  # digits of a host password
_LEAST_ID = 8  # digits that look like the ID of a meeting

_QUOTES = (
    "the double quotes do not fit together; each that opens must be closed at the end of the value, and one within "
    "such a value is written twice"
)


@dataclass(frozen=True)
class CheckedList:
    """What became of a list. `rows` has the entries without a fault; `read` counts all that were read.

    A row has `conference_id`, `subject`, `state`, `order` (the entry for the modules) and `columns` (further ones).
    Each fault and warning is one line of text that begins with the place, and repeats no credential.
    """

    rows: list[dict[str, Any]]
    faults: list[str]
    warnings: list[str]
    read: int


def read_list(
    source: bytes | str | Sequence[Any],
    state: str,
    *,
    shared_credential: bool = False,
    columns: Mapping[str, str] | None = None,
) -> CheckedList:
    """Read a list of meetings: the bytes of a CSV file, its text, or a list of dictionaries. Raises nothing.

    `state` is for entries without one. With `shared_credential` an entry needs no credential of its own. `columns`
    tells for keys of ours how the columns are named. Text is what Ansible's file lookup makes of a file, where bytes
    that are no UTF-8 are lone surrogates.
    """
    given: Any = source  # what people give may be anything
    reading = _Reading("entry", state, shared_credential, columns or {})
    if isinstance(given, (bytes, bytearray, str)):
        reading.unit = "line"
        _read_csv(reading, given)
    elif isinstance(given, Sequence):
        _read_entries(reading, given)
    else:
        reading.fault(0, "The meetings must be a list of dictionaries, or the text of a CSV file")
    return CheckedList(reading.rows, reading.faults(), reading.warnings(), reading.read)


def as_message(faults: Sequence[str], limit: int = 20) -> str:
    """Return the faults, one a line; of more than `limit` only the first, and how many more there are."""
    more = [f"... and {len(faults) - limit} more"] if len(faults) > limit else []
    return "\n".join([*faults[:limit], *more])


# ---- what becomes of one entry


@dataclass
class _Reading:
    """A list while it is being read: what came of it so far."""

    unit: str  # "line" or "entry", what the numbers of places count
    state: str
    shared: bool
    columns: Mapping[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    found: list[tuple[int, str, str]] = field(default_factory=list)  # place, cause, subject
    read: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    passwords: list[tuple[int, str]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    apostrophes: list[int] = field(default_factory=list)

    def fault(self, place: int, cause: str, subject: str = "") -> None:
        """Note a fault and the number of its line or entry, 0 where it is none of one, and how people call that."""
        self.found.append((place, cause, subject))

    def faults(self) -> list[str]:
        """Return all faults in words. A subject that is a credential elsewhere is in the wrong column."""
        told = []
        for place, cause, subject in self.found:
            name = f"{shown(subject)}: " if subject and subject not in self.secrets else ""
            told.append(f"{self.unit} {place}: {name}{cause}" if place else cause)
        return told

    def take(
        self, place: int, texts: Mapping[str, str], further: dict[str, str], causes: Sequence[str], lost: bool
    ) -> None:
        """Take one entry: its values by our keys, those of further columns, and what is wrong with it already.

        It is not told to lack a credential that may be `lost` in what is wrong.
        """
        self.read += 1
        conference_id = meeting_id(texts.get("conference_id", ""))
        credentials = {key: texts[key] for key in CREDENTIALS if texts.get(key)}
        subject = clean(texts.get("subject", ""))
        state, unknown = self._wanted(texts.get("state", ""))
        problems = [*causes, *self._problems(place, conference_id, credentials, lost), unknown]
        if "host_password" in credentials:
            self.passwords.append((place, credentials["host_password"]))
        self.secrets.update(credentials.values())
        if any(problems):
            for problem in filter(None, problems):
                self.fault(place, problem, subject)
            return
        order = {"conference_id": conference_id, "state": state, **credentials}
        self.rows.append(
            {"conference_id": conference_id, "subject": subject, "state": state, "order": order, "columns": further}
        )

    def _problems(self, place: int, conference_id: str, credentials: Mapping[str, str], lost: bool) -> Iterator[str]:
        """Yield why an entry cannot be addressed, or is there already; `""` among them is nothing."""
        wrong = problem_with_id(conference_id)
        if wrong and (exchanged := _exchanged(conference_id, credentials)):
            yield exchanged
            return
        yield wrong
        token, host_password = (credentials.get(key, "") for key in ("token", "host_password"))
        # The ID is judged above, so that a fault of the credential is told as well.
        yield problem_with_meeting("0", token, host_password, self.shared or lost)
        if not wrong:
            first = self.seen.setdefault(conference_id, place)
            yield f"it is the same meeting as in {self.unit} {first}; take one out" if first != place else ""

    def _wanted(self, word: str) -> tuple[str, str]:
        """Return the state that a word stands for, and why it stands for none."""
        if not word:
            return self.state, ""
        state = _STATE_OF.get(word) or (_STATE_OF.get(folded(word), "") if is_unicode(word) else "")
        return state, "" if state else f"`state` is none of the known words; they are {_KNOWN_STATES}"

    def warnings(self) -> list[str]:
        """Return what people should look at, though the list can be used."""
        told = []
        short = _short_of_zeros(self.passwords)
        if short:
            told.append(
                f"{self._places(short)}: `host_password` has only digits, and fewer than usual; a spreadsheet may have "
                "dropped zeros in front; if so, give the column the format Text there, and enter them anew"
            )
        if self.apostrophes:
            told.append(
                f"{self._places(self.apostrophes)}: an apostrophe in front of the digits of a credential was left out, "
                "because spreadsheets use it to mark text"
            )
        return told

    def _places(self, places: Sequence[int], limit: int = 10) -> str:
        """Return numbers of lines or entries in words."""
        plural = {"line": "lines", "entry": "entries"}[self.unit] if len(places) > 1 else self.unit
        more = f" and {len(places) - limit} more" if len(places) > limit else ""
        return f"{plural} {', '.join(map(str, places[:limit]))}{more}"


def _exchanged(conference_id: str, credentials: Mapping[str, str]) -> str:
    """Return the cause where the ID is in the column of a credential, and the credential in that of the ID."""
    if ROUNDED.fullmatch(conference_id) or len(re.findall("[0-9]", conference_id)) >= _LEAST_ID:
        return ""
    for name, value in credentials.items():
        if re.fullmatch("[0-9]+", digits := meeting_id(value)) and len(digits) >= _LEAST_ID:
            return f"`conference_id` and `{name}` seem to be exchanged"
    return ""


def _short_of_zeros(passwords: Sequence[tuple[int, str]]) -> list[int]:
    """Return the places of host passwords that may have lost zeros in front."""
    digits = [(place, text) for place, text in passwords if text.isascii() and text.isdigit()]
    usual = _USUAL_PASSWORD
    if digits and len(digits) == len(passwords):
        lengths = Counter(len(text) for _place, text in digits)
        most = max(lengths, key=lambda length: (lengths[length], length))
        usual = max(usual, most)
    return [place for place, text in digits if len(text) < usual]


# ---- lists of dictionaries


def _read_entries(reading: _Reading, entries: Sequence[Any]) -> None:
    """Read a list of dictionaries."""
    if problem := problem_with_columns(reading.columns):
        reading.fault(0, problem)
        return
    layouts: dict[tuple[str, ...], Layout] = {}
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            reading.read += 1
            reading.fault(place, "it is not a dictionary")
            continue
        names = tuple(_text(name) for name in entry)
        if names not in layouts:
            layouts[names] = layout_of(names, reading.columns)
        _read_entry(reading, place, layouts[names], list(entry.values()))


def _read_entry(reading: _Reading, place: int, layout: Layout, values: Sequence[Any]) -> None:
    """Read one dictionary, whose keys are known already."""
    causes = list(layout.faults)
    texts = {}
    for key, position in layout.ours.items():
        value = values[position]
        if key in CREDENTIALS and isinstance(value, (int, float)):
            # YAML drops leading zeros and the like, and a wrong password counts towards a lock-out.
            causes.append(f"`{key}` is a number or a truth value there; put it into quotes")
        elif key == "state" and isinstance(value, bool):
            causes.append("`state` is a truth value there, as YAML reads on, off, yes and no; write started or stopped")
        elif _is_compound(value):
            causes.append(f"`{key}` is not text; write one value, in quotes")
        else:
            texts[key] = _text(value).strip(AROUND)
    further = {}
    for position, name in layout.further:
        if _is_compound(values[position]):
            # What is inside might be a secret.
            causes.append(f"{name!r} is not text; further values of a meeting are texts and numbers")
        else:
            further[name] = clean(_text(values[position]))[:_LONGEST_COLUMN]
    if any(_is_compound(values[position]) or _text(values[position]) for position in layout.nameless):
        causes.append("a value has no name")
    reading.take(place, texts, further, causes, lost=bool(causes))


def _is_compound(value: Any) -> bool:
    """Return whether a value is made of others. Other sequences may be text: Ansible has types of its own for it."""
    return isinstance(value, (Mapping, list, tuple, set, frozenset, bytes, bytearray))


def _text(value: Any) -> str:
    """Return a value as text, an empty one for none."""
    if value is None:
        return ""
    try:
        return str(value)
    except ValueError:  # a number with thousands of digits
        return "a very long number"


# ---- CSV


def _read_csv(reading: _Reading, source: bytes | bytearray | str) -> None:
    """Read a CSV file."""
    text, fault, place = decoded(source)
    if not fault and "\0" in text:
        place = next(number for number, line in enumerate(lines_of(text), start=1) if "\0" in line)
        fault = f"there are NUL bytes in it, so the file is damaged, or no CSV file; {SAVE}"
    if fault:
        reading.fault(place, fault)
        return
    if problem := problem_with_columns(reading.columns):
        reading.fault(0, problem)
        return
    separators, first = SEPARATORS, 1
    marked = SEP_LINE.fullmatch(next(iter(lines_of(text)), ""))
    if marked:
        separators, first = marked[1] + separators.replace(marked[1], ""), 2
        text = text.replace(marked[0], "", 1)
    if not text.strip(AROUND + SEPARATORS):
        return
    begin = next(number for number, line in enumerate(lines_of(text)) if line.strip(AROUND + SEPARATORS))
    found = header_of(text, separators, reading.columns)
    if not found:
        reading.fault(first + begin, _QUOTES)
        return
    separator, end, names = found
    layout = layout_of(names, reading.columns)
    for cause in problems_with_header(layout, reading.columns):
        reading.fault(first + begin, cause)
    if "conference_id" not in layout.ours:
        return
    separator = body_separator(text, separator, end, len(names))
    for place, cells in records_of(text, separator, end):
        if cells is None:
            reading.read += 1
            reading.fault(first + place - 1, _QUOTES)
        elif cells:
            _read_record(reading, first + place - 1, layout, len(names), cells)


def _read_record(reading: _Reading, place: int, layout: Layout, width: int, cells: list[str]) -> None:
    """Read one record of a CSV file."""
    if len(cells) > width or any(cells[position] for position in layout.nameless if position < len(cells)):
        reading.read += 1
        told = f"{len(cells)} values, but the first line names {width - len(layout.nameless)}"
        reading.fault(place, f"{told}; put a value that holds the separator into double quotes")
        return
    cells = [cell if cell[:2] != '="' else _unwrapped(cell) for cell in cells]
    cells += [""] * (width - len(cells))
    texts = {key: cells[position] for key, position in layout.ours.items()}
    for key in CREDENTIALS:
        if texts.get(key, "").startswith("'") and texts[key][1:].isdigit():
            # Nobody ends up with such a password but by marking digits as text, and a wrong one counts towards a
            # lock-out.
            texts[key] = texts[key][1:]
            reading.apostrophes.append(place)
    further = {name: clean(cells[position])[:_LONGEST_COLUMN] for position, name in layout.further}
    reading.take(place, texts, further, (), lost=layout.refused)


def _unwrapped(cell: str) -> str:
    """Return what a spreadsheet shows for a formula that is nothing but text, as in `="001234"`."""
    formula = re.fullmatch(r'="((?:[^"]|"")*)"', cell)
    return formula[1].replace('""', '"').strip(AROUND) if formula else cell
