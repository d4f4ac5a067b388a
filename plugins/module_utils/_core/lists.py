# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of meetings as people and spreadsheets keep them: read as a whole, with all that is wrong in them.

What carries no meaning is accepted; what might mean two things is refused. No sentence of this room repeats a value of
a list but the subject, the word for people: any other may be a credential in the wrong column.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .options import (
    CREDENTIALS,
    ROUNDED,
    meeting_id,
    problem_with_id,
    problem_with_meeting,
)

KEYS = ("conference_id", "host_password", "token", "state", "subject")
STATES = ("started", "stopped")

# Names of columns and words for states are compared without case, blanks, hyphens and the like: see `_folded`.
# A bare "password" is left out on purpose: it may be the one for guests.
_NAMES = {
    "conference_id": """conferenceid conferencenumber conferenceno confid meetingid meetingnumber meetingno
        会议id 会议号 会议号码 会议编号 會議id 會議號 會議號碼 會議編號""",
    "host_password": """hostpassword hostpasscode hostpwd hostkey hostpin chairpassword chairpwd
        主持人密码 主持密码 会议主持人密码 主席密码 主持人密碼 主持密碼 主席密碼""",
    "token": "token controltoken conferencetoken meetingtoken 令牌 会控令牌 控制令牌 會控令牌",
    "state": "state status recordingstate recordingstatus wantedstate 状态 录制状态 狀態 錄製狀態",
    "subject": """subject topic title meetingsubject meetingtopic meetingtitle meetingname conferencesubject
        主题 标题 会议主题 会议标题 会议名称 主題 標題 會議主題 會議標題 會議名稱""",
}
_KEY_OF = {name: key for key, names in _NAMES.items() for name in names.split()}
_WORDS = {
    "started": "started start record recording startrecording 录制 开始 开启 开始录制 开启录制 錄製 開始 開啟 開始錄製",
    "stopped": "stopped stop stoprecording 停止 不录制 停止录制 关闭 关闭录制 不錄製 停止錄製 關閉",
}
_STATE_OF = {word: state for state, words in _WORDS.items() for word in words.split()}
_KNOWN_STATES = "started, start, record, recording, 录制, 开始, 开启 and stopped, stop, 停止, 不录制"

# Names of columns that are refused: each that may hold a secret, and misspelt ones, with how many slips that takes.
_SECRET = re.compile(
    "pass?(word|wort|code|phrase|wd)|pwd|token|secret|credential|kennwort|key(?!note|word|board)"
    "|密码|密碼|口令|密钥|密鑰|令牌|凭证|憑證|凭据"
)
_SECRET_WORDS = {"pass", "pw", "psw", "pin"}
_NEAR = {
    "conferenceid": ("conference_id", 1),
    "meetingid": ("conference_id", 1),
    "hostpassword": ("host_password", 2),
    "token": ("token", 1),
    "state": ("state", 1),
    "status": ("state", 1),
    "subject": ("subject", 1),
}

# What looks like one of them, and is a column of its own in many a list.
_FAR = {"stage", "taken"}

_SEPARATORS = ",;\t\uff0c\uff1b|"
# A header typed with a Chinese keyboard may stand above values from a spreadsheet, and the other way round.
_TWINS = {",": "\uff0c", "\uff0c": ",", ";": "\uff1b", "\uff1b": ";"}
_SEP_LINE = re.compile(f'"?sep=([{re.escape(_SEPARATORS)}])"?[{re.escape(_SEPARATORS)}]*\\s*', re.IGNORECASE)
_SAMPLE = 65536  # characters in which the separators are looked for
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_AROUND = _BLANKS + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
# ESC and its like, those of ISO 8859, and what turns the direction of writing; line breaks stay.
_CONTROL = re.compile("[\x00-\x09\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_COLUMN = 1000  # characters
_LONGEST_NAME = 60  # characters
_USUAL_PASSWORD = 6  # digits of a host password
_LEAST_ID = 8  # digits that look like the ID of a meeting

_SAVE = "save it as CSV UTF-8"
_SIGNATURES = {
    b"PK\x03\x04": f"the file is an Excel workbook and no CSV file; {_SAVE}",
    b"\xd0\xcf\x11\xe0": f"the file is an Excel workbook and no CSV file; {_SAVE}",
    b"$ANSIBLE_VAULT;": "the file is encrypted with ansible-vault, and was not decrypted before it was read",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
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


# ---- names of columns


@dataclass
class _Layout:
    """What the names of a header or the keys of a dictionary stand for, by their positions."""

    ours: dict[str, int] = field(default_factory=dict)
    further: list[tuple[int, str]] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refused: bool = False  # whether one is left out that might have been a credential


def _layout(names: Sequence[str], columns: Mapping[str, str]) -> _Layout:
    """Return what names of columns stand for, `columns` being how people call ours. Faults lack their place."""
    layout = _Layout()
    mapped = {_folded(name): key for key, name in columns.items() if name}
    taken: dict[str, str] = {}
    for position, raw in enumerate(names):
        name, folded = _shown(raw), _folded(raw)
        key = mapped.get(folded) or _KEY_OF.get(folded, "")
        if folded not in mapped and columns.get(key):
            key = ""  # another column is told to be this one
        if not name:
            layout.nameless.append(position)
        elif key in layout.ours:
            first = _shown(names[layout.ours[key]])
            layout.faults.append(
                f"{first!r} and {name!r} both mean `{key}`; take one out, or tell with `columns` which one it is"
            )
        elif key:
            layout.ours[key] = position
        elif cause := _problem_with_name(name, folded):
            layout.faults.append(cause)
            layout.refused = True
        elif folded in taken:
            layout.faults.append(f"{taken[folded]!r} and {name!r} are the same name; rename one")
        else:
            taken[folded] = name
            layout.further.append((position, name))
    return layout


def _folded(name: str) -> str:
    """Return a name or word without what people vary in it: case, width, blanks, hyphens, underscores, quotes."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold()) or name


def _shown(text: str) -> str:
    """Return a name or subject as sentences repeat it: on one line, and not too long."""
    text = _clean(" ".join(text.split()))
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 3]}..."


def _problem_with_name(name: str, folded: str) -> str:
    """Return why a column that is none of ours is not carried into reports, `""` if it is."""
    for ours, (key, slips) in _NEAR.items():
        if folded != ours and folded not in _FAR and _is_near(folded, ours, slips):
            return f"{name!r} is not a key of a meeting, but looks like `{key}`; correct it, or give it another name"
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", unicodedata.normalize("NFKC", name)).lower())
    if _SECRET.search(folded) or _SECRET_WORDS & set(words):
        return (
            f"{name!r} looks like a secret, and such columns are not carried into reports; if it is the host password "
            "or the token, name it host_password or token, otherwise take it out"
        )
    return ""


def _is_near(word: str, other: str, slips: int) -> bool:
    """Return whether a word becomes another by so many insertions, removals, changes and exchanges of neighbours."""
    if abs(len(word) - len(other)) > slips:
        return False
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(word, start=1):
        now = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and word[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1] <= slips


def _problem_with_columns(columns: Any) -> str:
    """Return what is wrong with the names that people gave for our keys, `""` if nothing is."""
    if not isinstance(columns, Mapping):
        return "`columns` must be a dictionary of keys of a meeting and the names of their columns"
    unknown = [str(key)[:40] for key in columns if key not in KEYS]
    if unknown:
        return f"`columns` has {unknown[0]!r}, which is not a key of a meeting; there are {', '.join(KEYS)}"
    if any(name is not None and not isinstance(name, str) for name in columns.values()):
        return "`columns` has a name that is not text; put it into quotes"
    names = [_folded(name) for name in columns.values() if name]
    if len(set(names)) < len(names):
        return "`columns` has the same name for two keys"
    return ""


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
            name = f"{_shown(subject)}: " if subject and subject not in self.secrets else ""
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
        subject = _clean(texts.get("subject", ""))
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
        state = _STATE_OF.get(word) or ("" if _SURROGATE.search(word) else _STATE_OF.get(_folded(word), ""))
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


def _clean(text: str) -> str:
    """Return text for people as it may be shown anywhere: Unicode, without control characters and blanks around it."""
    if not text.isprintable():
        text = _CONTROL.sub(" ", _SURROGATE.sub("\ufffd", text))
    return text.strip(_AROUND)


# ---- lists of dictionaries


def _read_entries(reading: _Reading, entries: Sequence[Any]) -> None:
    """Read a list of dictionaries."""
    if problem := _problem_with_columns(reading.columns):
        reading.fault(0, problem)
        return
    layouts: dict[tuple[str, ...], _Layout] = {}
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            reading.read += 1
            reading.fault(place, "it is not a dictionary")
            continue
        names = tuple(_text(name) for name in entry)
        if names not in layouts:
            layouts[names] = _layout(names, reading.columns)
        _read_entry(reading, place, layouts[names], list(entry.values()))


def _read_entry(reading: _Reading, place: int, layout: _Layout, values: Sequence[Any]) -> None:
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
            texts[key] = _text(value).strip(_AROUND)
    further = {}
    for position, name in layout.further:
        if _is_compound(values[position]):
            # What is inside might be a secret.
            causes.append(f"{name!r} is not text; further values of a meeting are texts and numbers")
        else:
            further[name] = _clean(_text(values[position]))[:_LONGEST_COLUMN]
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
    text, fault, place = _decoded(source)
    if not fault and "\0" in text:
        place = next(number for number, line in enumerate(_lines(text), start=1) if "\0" in line)
        fault = f"there are NUL bytes in it, so the file is damaged, or no CSV file; {_SAVE}"
    if fault:
        reading.fault(place, fault)
        return
    if problem := _problem_with_columns(reading.columns):
        reading.fault(0, problem)
        return
    separators, first = _SEPARATORS, 1
    marked = _SEP_LINE.fullmatch(next(iter(_lines(text)), ""))
    if marked:
        separators, first = marked[1] + separators.replace(marked[1], ""), 2
        text = text.replace(marked[0], "", 1)
    if not text.strip(_AROUND + _SEPARATORS):
        return
    begin = next(number for number, line in enumerate(_lines(text)) if line.strip(_AROUND + _SEPARATORS))
    found = _header(text, separators, reading.columns)
    if not found:
        reading.fault(first + begin, _QUOTES)
        return
    separator, end, names = found
    layout = _layout(names, reading.columns)
    for cause in _problems_with_header(layout, reading.columns):
        reading.fault(first + begin, cause)
    if "conference_id" not in layout.ours:
        return
    separator = _body_separator(text, separator, end, len(names))
    for place, cells in _records(text, separator, end):
        if cells is None:
            reading.read += 1
            reading.fault(first + place - 1, _QUOTES)
        elif cells:
            _read_record(reading, first + place - 1, layout, len(names), cells)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends, which are LF, CR LF or CR."""
    return iter(io.StringIO(text, newline=""))


def _records(text: str, separator: str, after: int = 0) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the records behind so many lines, with the line where each begins; None where its quotes are wrong.

    Values come without blanks around them, and a record without any value is an empty list.
    """
    lines = _lines(text)
    for _line in range(after):
        next(lines, "")
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    while True:
        begin = after + rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield begin, None
            continue
        cells = [cell.strip(_AROUND) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield begin, cells


def _header(text: str, separators: str, columns: Mapping[str, str]) -> tuple[str, int, list[str]] | None:
    """Return the separator of the first line with values, the number of its last line, and its values.

    The separator is that with which most names are known, then that which is there most often. Returns None where
    the quotes of that line are wrong.
    """
    broken = False
    best: tuple[tuple[int, int], tuple[str, int, list[str]]] | None = None
    for separator in separators:
        lines = _lines(text[:_SAMPLE])
        rows = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
        try:
            row = next((row for row in rows if any(cell.strip(_AROUND) for cell in row)), None)
        except csv.Error:
            broken = True
            continue
        if row is None:
            continue
        names = [cell.strip(_AROUND) for cell in row]
        while not names[-1]:
            names.pop()
        rank = (len(_layout(names, columns).ours), len(names))
        if best is None or rank > best[0]:
            best = rank, (separator, rows.line_num, names)
    return best[1] if best and (best[0][0] or not broken) else None


def _body_separator(text: str, separator: str, after: int, width: int) -> str:
    """Return the separator of the values: that of the header, or its other form where that fits more lines."""
    twin = _TWINS.get(separator, separator)
    sample = text[:_SAMPLE]
    if twin == separator or twin not in sample:
        return separator
    fitting = {
        mark: sum(1 for _place, cells in _records(sample, mark, after) if cells and len(cells) == width)
        for mark in (separator, twin)
    }
    return twin if fitting[twin] > fitting[separator] else separator


def _problems_with_header(layout: _Layout, columns: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the first line. Without an ID it may be data, and only words of ours are told then."""
    missing = {key: name for key, name in columns.items() if name and key not in layout.ours}
    for key, name in missing.items():
        yield f"there is no column {_shown(name)!r}, which `columns` names for `{key}`"
    if "conference_id" in layout.ours:
        yield from layout.faults
    elif "conference_id" in missing:
        return
    elif layout.ours:
        there = ", ".join(key for key in KEYS if key in layout.ours)
        yield (
            f"there is no column conference_id (or Meeting ID, 会议ID), only {there}; name it so, or tell with "
            "`columns` how it is named"
        )
    else:
        yield (
            "the first line must name the columns, conference_id (or Meeting ID, 会议ID) among them; there are "
            f"{', '.join(KEYS)}"
        )


def _read_record(reading: _Reading, place: int, layout: _Layout, width: int, cells: list[str]) -> None:
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
    further = {name: _clean(cells[position])[:_LONGEST_COLUMN] for position, name in layout.further}
    reading.take(place, texts, further, (), lost=layout.refused)


def _unwrapped(cell: str) -> str:
    """Return what a spreadsheet shows for a formula that is nothing but text, as in `="001234"`."""
    formula = re.fullmatch(r'="((?:[^"]|"")*)"', cell)
    return formula[1].replace('""', '"').strip(_AROUND) if formula else cell


# ---- bytes


def _decoded(source: bytes | bytearray | str) -> tuple[str, str, int]:
    """Return the text of a file, why it has none, and the line of that."""
    if isinstance(source, str):
        try:
            data = source.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # text that never was in a file
            return source.lstrip("\ufeff"), "", 1
    else:
        data = bytes(source)
    for signature, fault in _SIGNATURES.items():
        if data.startswith(signature):
            return "", fault, 1
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded_as(data, encoding)
    if encoding := _wide(data):
        return _decoded_as(data, encoding)
    try:
        return data.decode("utf-8").lstrip("\ufeff"), "", 1
    except UnicodeDecodeError as error:
        place = _line_behind(data[: error.start].decode("latin-1"))
    if _is_mostly_utf8(data):
        return "", f"the file is UTF-8, but not in this line; {_SAVE}", place
    try:
        text = data.decode("gb18030").lstrip("\ufeff")
    except UnicodeDecodeError:
        text = ""
    if not _is_chinese(text):
        return "", f"the file is neither UTF-8 nor GB18030; {_SAVE}", place
    return text, "", 1


def _decoded_as(data: bytes, encoding: str) -> tuple[str, str, int]:
    """Return the same for bytes that are surely in an encoding."""
    if encoding != "utf-8" and len(data) % 2 and data.endswith(b"\0"):
        data = data[:-1]  # half of a line end, whose other half was stripped
    try:
        return data.decode(encoding).lstrip("\ufeff"), "", 1
    except UnicodeDecodeError as error:
        place = _line_behind(data[: error.start].decode(encoding, "replace"))
        return "", f"the file is {encoding[:6].upper()}, but not in this line; {_SAVE}", place


def _line_behind(text: str) -> int:
    """Return the number of the line in which a text ends."""
    return len(re.findall(r"\r\n?|\n", text)) + 1


def _wide(data: bytes) -> str:
    """Return the form of UTF-16 that a file without a mark has, `""` if it has none.

    Separators, digits and line ends have a zero byte each, always the first one or always the second one. Others have
    some, such as the Chinese number one.
    """
    sample = data[:_SAMPLE]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if max(first, second) < max(4, len(sample) / 10) or max(first, second) < 3 * min(first, second):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _is_mostly_utf8(data: bytes) -> bool:
    """Return whether bytes are UTF-8 with a few wrong ones. Others have hardly a character that is right in UTF-8."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for character in text if character > "\x7f") - wrong
    return right > 2 * wrong


def _is_chinese(text: str) -> bool:
    """Return whether a text that was read as GB18030 may be meant so.

    The umlauts of western files make pairs with the ASCII letters behind them, which GB18030 has for rare characters.
    """
    foreign = set(re.findall(r"[^\x00-\x7f]", text))
    return any(character.encode("gb18030", "replace")[1:2] > b"\x7f" for character in foreign)
