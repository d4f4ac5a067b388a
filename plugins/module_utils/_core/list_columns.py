# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of a list of meetings: what their names stand for, in English and Chinese, and which are refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KEYS = ("conference_id", "host_password", "token", "state", "subject")

# Names of columns are compared without case, blanks, hyphens and the like: see `folded`.
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

_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
AROUND = _BLANKS + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
# ESC and its like, those of ISO 8859, and what turns the direction of writing; line breaks stay.
_CONTROL = re.compile("[\x00-\x09\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NAME = 60  # characters


@dataclass
class Layout:
    """What the names of a header or the keys of a dictionary stand for, by their positions."""

    ours: dict[str, int] = field(default_factory=dict)
    further: list[tuple[int, str]] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refused: bool = False  # whether one is left out that might have been a credential


def layout_of(names: Sequence[str], columns: Mapping[str, str]) -> Layout:
    """Return what names of columns stand for, `columns` being how people call ours. Faults lack their place."""
    layout = Layout()
    mapped = {folded(name): key for key, name in columns.items() if name}
    taken: dict[str, str] = {}
    for position, raw in enumerate(names):
        name, plain = shown(raw), folded(raw)
        key = mapped.get(plain) or _KEY_OF.get(plain, "")
        if plain not in mapped and columns.get(key):
            key = ""  # another column is told to be this one
        if not name:
            layout.nameless.append(position)
        elif key in layout.ours:
            first = shown(names[layout.ours[key]])
            layout.faults.append(
                f"{first!r} and {name!r} both mean `{key}`; take one out, or tell with `columns` which one it is"
            )
        elif key:
            layout.ours[key] = position
        elif cause := _problem_with_name(name, plain):
            layout.faults.append(cause)
            layout.refused = True
        elif plain in taken:
            layout.faults.append(f"{taken[plain]!r} and {name!r} are the same name; rename one")
        else:
            taken[plain] = name
            layout.further.append((position, name))
    return layout


def folded(name: str) -> str:
    """Return a name or word without what people vary in it: case, width, blanks, hyphens, underscores, quotes."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold()) or name


def shown(text: str) -> str:
    """Return a name or subject as sentences repeat it: on one line, and not too long."""
    text = clean(" ".join(text.split()))
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 3]}..."


def _problem_with_name(name: str, plain: str) -> str:
    """Return why a column that is none of ours is not carried into reports, `""` if it is."""
    for ours, (key, slips) in _NEAR.items():
        if plain != ours and plain not in _FAR and _is_near(plain, ours, slips):
            return f"{name!r} is not a key of a meeting, but looks like `{key}`; correct it, or give it another name"
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", unicodedata.normalize("NFKC", name)).lower())
    if _SECRET.search(plain) or _SECRET_WORDS & set(words):
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


def problem_with_columns(columns: Any) -> str:
    """Return what is wrong with the names that people gave for our keys, `""` if nothing is."""
    if not isinstance(columns, Mapping):
        return "`columns` must be a dictionary of keys of a meeting and the names of their columns"
    unknown = [str(key)[:40] for key in columns if key not in KEYS]
    if unknown:
        return f"`columns` has {unknown[0]!r}, which is not a key of a meeting; there are {', '.join(KEYS)}"
    if any(name is not None and not isinstance(name, str) for name in columns.values()):
        return "`columns` has a name that is not text; put it into quotes"
    names = [folded(name) for name in columns.values() if name]
    if len(set(names)) < len(names):
        return "`columns` has the same name for two keys"
    return ""


def problems_with_header(layout: Layout, columns: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the first line. Without an ID it may be data, and only words of ours are told then."""
    missing = {key: name for key, name in columns.items() if name and key not in layout.ours}
    for key, name in missing.items():
        yield f"there is no column {shown(name)!r}, which `columns` names for `{key}`"
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


def clean(text: str) -> str:
    """Return text for people as it may be shown anywhere: Unicode, without control characters and blanks around it."""
    if not text.isprintable():
        text = _CONTROL.sub(" ", _SURROGATE.sub("\ufffd", text))
    return text.strip(AROUND)
