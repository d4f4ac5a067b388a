# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists as people and spreadsheets keep them: what is read, what is refused and why, and what is never told."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.list_columns import KEYS
from ansible_collections.huawei.meeting.plugins.module_utils._core.lists import CheckedList, as_message, read_list

PASSWORD = "ListCanary-4410"
ID, OTHER = "914047751", "914047752"
HEADER = "conference_id,host_password,subject"
TWO = f"{HEADER}\r\n{ID},{PASSWORD},培训：急救 A班\r\n{OTHER},{PASSWORD},消防安全，第二期\r\n"
SUBJECTS = {ID: "培训：急救 A班", OTHER: "消防安全，第二期"}


def read(source: Any, state: str = "started", **options: Any) -> CheckedList:
    """Read a list; where it is a file, as bytes and as the text that Ansible makes of them, with the same outcome."""
    outcome = read_list(source, state, **options)
    if isinstance(source, bytes):
        assert read_list(source.decode("utf-8", "surrogateescape"), state, **options) == outcome
    for told in (*outcome.faults, *outcome.warnings):
        assert PASSWORD not in told
        assert told.isprintable()
    return outcome


def csv(*lines: str, header: str = HEADER, end: str = "\n") -> bytes:
    return end.join((header, *lines, "")).encode()


def one(meeting: str = ID, subject: str = "Fire drill", password: str = PASSWORD) -> str:
    return f"{meeting},{password},{subject}"


def the_row(source: Any, **options: Any) -> dict[str, Any]:
    outcome = read(source, **options)
    assert outcome.faults == []
    (row,) = outcome.rows
    return row


def the_fault(source: Any, **options: Any) -> str:
    outcome = read(source, **options)
    (fault,) = outcome.faults
    return fault


# ---- files that are read


FILES = {
    "UTF-8": TWO.encode(),
    "UTF-8 with a mark": TWO.encode("utf-8-sig"),
    "two marks": b"\xef\xbb\xbf" + TWO.encode("utf-8-sig"),
    "GB18030": TWO.encode("gb18030"),
    "GBK": TWO.encode("gbk"),
    "GB18030 with a mark": f"\ufeff{TWO}".encode("gb18030"),
    "UTF-16": TWO.encode("utf-16"),
    "UTF-16-LE with a mark": f"\ufeff{TWO}".encode("utf-16-le"),
    "UTF-16-BE with a mark": f"\ufeff{TWO}".encode("utf-16-be"),
    "UTF-16-LE": TWO.encode("utf-16-le"),
    "UTF-16-BE": TWO.encode("utf-16-be"),
    "UTF-16-BE, stripped": TWO.encode("utf-16-be")[:-1],
    "UTF-32": TWO.encode("utf-32"),
    "tabs in UTF-16": TWO.replace(",", "\t").encode("utf-16"),
    "CR": TWO.replace("\r\n", "\r").encode(),
    "LF": TWO.replace("\r\n", "\n").encode(),
    "no last line end": TWO.rstrip().encode(),
    "semicolon": TWO.replace(",", ";").encode(),
    "tab": TWO.replace(",", "\t").encode(),
    "bar": TWO.replace(",", "|").encode(),
    "full-width comma in the header": TWO.replace(",", "，", 2).encode(),
    "full-width semicolons": TWO.replace(",", "；").encode(),
    "sep": f"sep=;\r\n{TWO}".replace(",", ";").encode("utf-8-sig"),
    "sep in other words": f'"SEP=;";;\r\n{TWO}'.replace(",", ";").encode(),
    "sep of a tab": f"sep=\t\r\n{TWO}".replace(",", "\t").encode("utf-16"),
    "sep that is not true": f"sep=;\r\n{TWO}".encode(),
    "empty lines": TWO.replace("\r\n", "\r\n\r\n,,\r\n").encode(),
    "empty lines above": b"\n ,,\n\n" + TWO.encode(),
    "empty lines that nobody sees": TWO.replace("\r\n", "\r\n\u200b,\u00a0,\ufeff\r\n").encode(),
    "empty columns": TWO.replace("\r\n", ",,,\r\n").encode(),
    "empty columns in the header": TWO.replace("subject", "subject,,").encode(),
    "an empty column in front": TWO.replace("\r\n", "\r\n,").replace(HEADER, f",{HEADER}").encode(),
    "quotes": '"{}"\r\n'.format(TWO.strip().replace(",", '","').replace("\r\n", '"\r\n"')).encode(),
    "quotes behind blanks": '"{}"\r\n'.format(TWO.strip().replace(",", '" , "').replace("\r\n", '"\r\n"'))
    .replace('" ,', '",')
    .encode(),
    "blanks around": TWO.replace(",", " ,\u00a0\u3000").encode(),
    "case": TWO.replace("conference_id", "Conference ID").replace("host", "HOST").encode(),
    "Chinese names": TWO.replace(HEADER, "会议ID,主持人密码,会议主题").encode("gb18030"),
    "other Chinese names": TWO.replace(HEADER, "会议号,主持密码,主题").encode("utf-16"),
    "names in other widths": TWO.replace(HEADER, "会议 ＩＤ,ｈｏｓｔ－password,Ｓｕｂｊｅｃｔ").encode(),
    "a line break in a name": TWO.replace(HEADER, '"会议\nID",主持人密码,"会议\r\n主题"').encode(),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_read(content: bytes) -> None:
    outcome = read(content)
    assert outcome.faults == outcome.warnings == []
    assert outcome.read == 2
    assert outcome.rows == [
        {
            "conference_id": meeting,
            "subject": subject,
            "state": "started",
            "order": {"conference_id": meeting, "state": "started", "host_password": PASSWORD},
            "columns": {},
        }
        for meeting, subject in SUBJECTS.items()
    ]


def test_values_between_full_width_commas() -> None:
    row = the_row("会议ID，主持人密码，主题\n914047751，ListCanary-4410，a,b\n".encode())
    assert (row["conference_id"], row["subject"]) == (ID, "a,b")
    row = the_row(f"conference_id,host_password,subject\n{ID}，{PASSWORD}，x\n".encode())
    assert row["order"] == {"conference_id": ID, "host_password": PASSWORD, "state": "started"}


NAMES = {
    "conference_id": [
        *(
            "Conference_ID",
            "conference id",
            "CONFERENCE-ID",
            "conferenceID",
            '"Conference_ID"',
            "Meeting ID",
            "MeetingID",
        ),
        *(
            "meeting number",
            "Meeting No.",
            "会议ID",
            "会议 ID",
            "会议号",
            "会议ＩＤ",
            "會議號",
            "Conference ID*",
            "\u200b会议ID",
        ),
    ],
    "host_password": [
        "Host password",
        "HOST-PASSWORD",
        "host key",
        "Host PIN",
        "主持人密码",
        "主持密码",
        "主持人 密码",
    ],
    "token": ["Token", "control token", "令牌", "会控令牌"],
    "state": ["State", "status", "recording state", "状态", "录制状态", "状态："],
    "subject": ["Subject", "TOPIC", "title", "会议主题", "主题", "Meeting topic"],
}


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, names in NAMES.items() for name in names])
def test_names_of_columns(key: str, name: str) -> None:
    names = {known: known for known in KEYS} | {key: name}
    values = {"conference_id": ID, "host_password": PASSWORD, "token": "cnr0", "state": "stopped", "subject": "Drill"}
    order = {known: values[known] for known in KEYS if known != "subject"}
    expected = {"conference_id": ID, "subject": "Drill", "state": "stopped", "order": order, "columns": {}}
    text = f"{','.join(names[known] for known in KEYS)}\n{','.join(values[known] for known in KEYS)}\n"
    assert the_row(text.encode()) == expected
    assert the_row([{names[known].strip('"'): values[known] for known in KEYS}]) == expected


IDS = [
    "914 047 751",
    "914-047-751",
    "914\u00a0047\u00a0751",
    "914\u3000047\u2009751",
    *(f"914{dash}047{dash}751" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u00ad\u30fc\u2043"),
    "914 - 047 - 751",
    "914047751-",
    "\ufeff914\ufeff047751",
    "\u200b914\u200c047\u200d751\u2060\u200e",
    "914047751.0",
    "914047751.00",
    "914047751.",
    "914047751.000",
    "９１４０４７７５１．０",
    '="914047751"',
    "=914047751",
    "'914047751",
    "\u2019914047751",
    '"914047751"',
    "９１４０４７７５１",
    "٩١٤٠٤٧٧٥١",
    "914.047.751",
    "914'047'751",
]


@pytest.mark.parametrize("meeting", IDS, ids=ascii)
def test_what_carries_no_meaning_in_an_id(meeting: str) -> None:
    quoted = '"{}"'.format(meeting.replace('"', '""'))
    for written in {meeting, quoted} if not meeting.startswith('"') else {quoted}:
        assert the_row(csv(one(written)))["order"]["conference_id"] == ID
    assert the_row([{"conference_id": meeting, "token": "cnr0"}])["order"]["conference_id"] == ID


@pytest.mark.parametrize("number", [914047751, 914047751.0])
def test_an_id_that_is_a_number(number: float) -> None:
    assert the_row([{"conference_id": number, "token": "cnr0"}])["conference_id"] == ID


def test_an_id_with_commas_between_thousands_or_as_decimals() -> None:
    assert the_row(csv(one('"914,047,751"')))["conference_id"] == ID
    assert the_row([{"conference_id": "914047751,00", "token": "cnr0"}])["conference_id"] == ID


ROUNDED = "line 2: Fire drill: `conference_id` is a number that a spreadsheet has rounded"
DIGITS = "a meeting ID consists of digits only"
BAD_IDS = {
    "9.14E+08": ROUNDED,
    '"9,14E+08"': ROUNDED,
    "9.14047751e8": ROUNDED,
    "９．１４Ｅ＋０８": ROUNDED,
    "91404775x": f"line 2: Fire drill: `conference_id` is not an ID with 'x' in it; {DIGITS}",
    "914047751ab": f"line 2: Fire drill: `conference_id` is not an ID with 'a' and 'b' in it; {DIGITS}",
    "914/047/751": f"line 2: Fire drill: `conference_id` is not an ID with '/' in it; {DIGITS}",
    "914047751\x1b": "with U+001B in it",
    "-914047751": "with '-' in it",
    "914.000": "with '.' in it",
    "914047751.5": "with '.' in it",
    "https://meeting.huaweicloud.com/#/j/914047751": "with letters or signs in it",
    "": "line 2: Fire drill: `conference_id` is empty; give the ID of the meeting",
    "' '": "`conference_id` is empty",
    "²": "with '²' in it",
    "1" * 33: "`conference_id` is longer than 32 digits",
}


@pytest.mark.parametrize(("meeting", "told"), BAD_IDS.items(), ids=ascii)
def test_an_id_that_may_have_lost_its_meaning(meeting: str, told: str) -> None:
    fault = the_fault(csv(one(meeting)))
    assert fault.startswith("line 2: Fire drill: ")
    assert told in fault


def test_an_id_that_is_no_unicode() -> None:
    assert "with U+D800 in it" in the_fault([{"conference_id": f"{ID}\ud800", "token": "cnr0"}])


STATES = {
    "started": [
        "started",
        "STARTED",
        "Started",
        "start",
        "record",
        "Recording",
        "start recording",
        "录制",
        "开始",
        "开启",
    ],
    "stopped": ["stopped", "STOPPED", "Stop", "stop", "停止", "不录制", "关闭", "ｓｔｏｐｐｅｄ", "\u200bstopped"],
}


@pytest.mark.parametrize(("state", "word"), [(state, word) for state, words in STATES.items() for word in words])
def test_words_for_states(state: str, word: str) -> None:
    row = the_row(csv(f"{ID},{PASSWORD},{word}", header="conference_id,host_password,state"))
    assert row["state"] == row["order"]["state"] == state


@pytest.mark.parametrize("word", ["on", "off", "yes", "1", "bad", "结束", "started?x", "started\ud800", PASSWORD])
def test_a_state_that_is_not_known(word: str) -> None:
    fault = the_fault([{"conference_id": ID, "token": "cnr0", "state": word}])
    assert fault.startswith("entry 1: `state` is none of the known words; they are started, ")
    for known in ("stopped", "录制", "停止"):
        assert known in fault


@pytest.mark.parametrize("empty", ["", " ", "\u200b"])
def test_a_state_that_is_empty(empty: str) -> None:
    content = csv(f"{ID},{PASSWORD},{empty}", header="conference_id,host_password,state")
    assert the_row(content, state="stopped")["state"] == "stopped"


# ---- further columns


def test_further_columns_are_carried() -> None:
    long = "x" * 1001
    content = csv(
        f"{ID},王老师,{PASSWORD},301,{long}",
        f"{OTHER},,{PASSWORD}",
        header="会议ID, 老师 ,主持人密码,Room\u200b,note",
    )
    outcome = read(content)
    assert [row["columns"] for row in outcome.rows] == [
        {"老师": "王老师", "Room": "301", "note": long[:1000]},
        {"老师": "", "Room": "", "note": ""},
    ]


def test_further_keys_are_carried() -> None:
    meeting = {
        "conference_id": ID,
        "host_password": PASSWORD,
        "teacher": " Wang\x1b Fang\ud800",
        "room": 301,
        "note": None,
    }
    assert the_row([meeting])["columns"] == {"teacher": "Wang  Fang\ufffd", "room": "301", "note": ""}


@pytest.mark.parametrize(
    "name", ["keynote", "Keyword", "pinyin", "shopping", "passed", "conference", "date", "teacher"]
)
def test_a_name_that_only_sounds_like_ours(name: str) -> None:
    assert the_row([{"conference_id": ID, "token": "cnr0", name: "x"}])["columns"] == {name: "x"}


MISSPELT = {
    "host_pasword": "host_password",
    "Host passwrod": "host_password",
    "hostpassword2": "host_password",
    "tokn": "token",
    "sate": "state",
    "states": "state",
    "Statsu": "state",
    "subjct": "subject",
    "meetingids": "conference_id",
}
SECRETS = [
    *(
        "password",
        "Guest password",
        "pwd",
        "my_pwd",
        "app_key",
        "appKey",
        "Key",
        "client secret",
        "access token",
        "pass",
    ),
    *("Guest PIN", "密码", "来宾密码", "口令", "Passwort", "host pw", "ｐａｓｓｗｏｒｄ", "credentials"),
]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *((name, f"{name!r} is not a key of a meeting, but looks like `{key}`") for name, key in MISSPELT.items()),
        *((name, f"{name!r} looks like a secret") for name in SECRETS),
    ],
)
def test_a_column_that_is_refused_by_its_name(name: str, told: str) -> None:
    """There is nothing about a missing credential then: it may be in there."""
    assert the_fault([{"conference_id": ID, name: PASSWORD}]).startswith(f"entry 1: {told}")
    assert the_fault(csv(f"{ID},{PASSWORD}", header=f"conference_id,{name}")).startswith(f"line 1: {told}")


@pytest.mark.parametrize("value", [{"password": PASSWORD}, [PASSWORD], (PASSWORD,), {PASSWORD}, PASSWORD.encode()])
def test_what_is_inside_of_further_values_is_not_carried(value: Any) -> None:
    fault = the_fault([{"conference_id": ID, "token": "cnr0", "host": value}])
    assert fault.startswith("entry 1: 'host' is not text")
    assert the_fault([{"conference_id": ID, "token": "cnr0", "": value}]) == "entry 1: a value has no name"
    for key in ("host_password", "state", "subject"):
        assert f"entry 1: `{key}` is not text" in read([{"conference_id": ID, key: value}]).faults[0]


# ---- names that people tell


TOLD = {"conference_id": "教室", "host_password": "PIN of host", "subject": ""}


def test_columns_by_names_of_their_own() -> None:
    content = csv(f"{ID},{PASSWORD},x,7", header="教 室,pin of HOST,Topic,Conference ID")
    row = the_row(content, columns=TOLD)
    assert row["order"] == {"conference_id": ID, "host_password": PASSWORD, "state": "started"}
    assert (row["subject"], row["columns"]) == ("x", {"Conference ID": "7"})
    assert the_row([{"教室": ID, "PIN of host": PASSWORD}], columns=TOLD)["order"]["host_password"] == PASSWORD


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"room": "x"}, "`columns` has 'room', which is not a key of a meeting; there are conference_id,"),
        ({"token": 7}, "`columns` has a name that is not text"),
        ({"token": "X", "state": "x "}, "`columns` has the same name for two keys"),
        (["x"], "`columns` must be a dictionary"),
    ],
)
@pytest.mark.parametrize("source", [csv(one()), [{"conference_id": ID, "token": "cnr0"}]], ids=["file", "list"])
def test_names_that_cannot_be_used(source: Any, columns: Any, told: str) -> None:
    assert the_fault(source, columns=columns).startswith(told)


def test_names_that_the_file_does_not_have() -> None:
    assert read(csv(one()), columns=TOLD).faults == [
        "line 1: there is no column '教室', which `columns` names for `conference_id`",
        "line 1: there is no column 'PIN of host', which `columns` names for `host_password`",
    ]
    assert the_fault(csv(one()), columns={"state": "wanted"}) == (
        "line 1: there is no column 'wanted', which `columns` names for `state`"
    )


# ---- files that are refused


SAVE = "save it as CSV UTF-8"
GB, NOT = f"nor GB18030; {SAVE}", f"not in this line; {SAVE}"
REFUSED = {
    "no header": (f"{one()}\n".encode(), "line 1: the first line must name the columns, conference_id (or Meeting ID"),
    "no header behind sep": (f"sep=,\n\n{one()}\n".encode(), "line 3: the first line must name the columns"),
    "data that looks like names": (
        b"914047751,token1,token1,apassword\n",
        "line 1: the first line must name the columns",
    ),
    "no ID": (
        csv(f"{PASSWORD},x,y", header="host_password,room,topic"),
        "line 1: there is no column conference_id (or Meeting ID, 会议ID), only host_password, subject; name it so",
    ),
    "two that mean the same": (
        csv(f"{ID},{ID},{PASSWORD}", header="Meeting ID,会议号,host_password"),
        "line 1: 'Meeting ID' and '会议号' both mean `conference_id`; take one out",
    ),
    "the same name twice": (
        csv(f"{ID},{PASSWORD},1,2", header="conference_id,host_password,Room,room "),
        "line 1: 'Room' and 'room' are the same name; rename one",
    ),
    "a comma in a subject": (csv(one(subject="a,b")), "line 2: 4 values, but the first line names 3; put a value that"),
    "a comma in a subject above an empty column": (
        csv(one(subject="a,b") + ",", header=f"{HEADER},,"),
        "line 2: 4 values, but the first line names 3",
    ),
    "a value below no name": (
        csv(f"{ID},x,{PASSWORD}", header="conference_id,,host_password"),
        "line 2: 3 values, but the first line names 2",
    ),
    "an open quote": (csv(f'{ID},"{PASSWORD},x', one(OTHER)), "line 2: the double quotes do not fit together"),
    "an open quote in the header": (csv(one(), header='conference_id,"host_password'), "line 1: the double quotes"),
    "a quote in a quoted value": (csv(f'{ID},{PASSWORD},"a "b" c"'), "line 2: the double quotes do not fit together"),
    "NUL": (csv(one(), f"{OTHER},{PASSWORD},\0"), "line 3: there are NUL bytes in it"),
    "many NULs": (TWO.encode() + bytes(4096), "line 4: there are NUL bytes in it"),
    "Latin-1": (csv(one(subject="Förderband")).decode().encode("latin-1"), f"line 2: the file is neither UTF-8 {GB}"),
    "Windows 1252": (csv(one(), one(OTHER, "Maß €")).decode().encode("cp1252"), "line 3: the file is neither UTF-8"),
    "UTF-8, cut": (TWO.encode().replace("班".encode(), "班".encode()[:2]), f"line 2: the file is UTF-8, but {NOT}"),
    "UTF-8 with a mark, cut": (TWO.encode("utf-8-sig")[:-4], "line 3: the file is UTF-8, but not in this line"),
    "UTF-16, damaged": (TWO.encode("utf-16")[:-5] + b"\xd8", "line 3: the file is UTF-16, but not in this line"),
    "an Excel workbook": (b"PK\x03\x04\x14\0\x06\0", f"line 1: the file is an Excel workbook and no CSV file; {SAVE}"),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "line 1: the file is an Excel workbook"),
    "an encrypted file": (b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", "line 1: the file is encrypted with ansible-vault"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_refused(content: bytes, told: str) -> None:
    fault = the_fault(content)
    assert fault.startswith(told)
    for value in ("token1", "apassword", "914047751,", "host-914826"):
        assert value not in fault


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"sep=;\n", b",,\n;;\n", csv(), csv(header="会议ID;;"), []],
    ids=ascii,
)
def test_nothing_in_it_is_no_fault(content: Any) -> None:
    assert read(content) == CheckedList([], [], [], 0)


@pytest.mark.parametrize(
    "source", [None, 7, {"conference_id": ID}, {ID}, iter("")], ids=lambda value: type(value).__name__
)
def test_a_source_of_another_type(source: Any) -> None:
    assert the_fault(source) == "The meetings must be a list of dictionaries, or the text of a CSV file"


@pytest.mark.parametrize(
    "lines",
    [
        ["sep=,", "", HEADER, "", one(subject='"two\nlines"'), ",,", one("x")],
        [HEADER, one(subject='"a\n\n\n"'), one("x")],
        [f'{HEADER},"long\nname"', '"a ""b"""x', "", "", one("x")],
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_line_is_that_of_the_file(lines: Sequence[str], end: str, encoding: str) -> None:
    text = "\n".join(lines).replace("\n", end)
    wanted = next(number for number, line in enumerate(text.split(end), start=1) if line == one("x"))
    assert read(text.encode(encoding)).faults[-1].startswith(f"line {wanted}: Fire drill: `conference_id` is not an ID")


# ---- all faults at once


def test_all_faults_of_a_file() -> None:
    content = csv(
        f"914 047 751,{PASSWORD},培训,",
        f"9.14E+08,{PASSWORD},培训,started",
        "914047753,,没有密码,",
        f'{OTHER},{PASSWORD},"two\nlines",bad',
        f"x,,{PASSWORD},bad",
        f"914047754,{PASSWORD},a,b,c",
        f"914-047-751,{PASSWORD},again,停止",
        f'914047755,"{PASSWORD}"x,y,',
        f"914047751,{PASSWORD},once more,",
        header=f"{HEADER},state",
    )
    outcome = read(content)
    assert outcome.read == 9
    assert [row["conference_id"] for row in outcome.rows] == [ID]
    assert [re.split("[;,] ", fault)[0] for fault in outcome.faults] == [
        "line 3: 培训: `conference_id` is a number that a spreadsheet has rounded",
        "line 4: 没有密码: a credential is missing",
        "line 5: two lines: `state` is none of the known words",
        "line 7: `conference_id` is not an ID with 'x' in it",
        "line 7: a credential is missing",
        "line 7: `state` is none of the known words",
        "line 8: 5 values",
        "line 9: again: it is the same meeting as in line 2",
        "line 10: the double quotes do not fit together",
        "line 11: once more: it is the same meeting as in line 2",
    ]


def test_all_faults_of_a_list() -> None:
    meetings = [
        {"conference_id": ID, "token": "cnr0"},
        "914047752",
        {"conference_id": "914 047 751", "token": True, "host_pasword": PASSWORD, "subject": "Drill"},
        {"conference_id": OTHER, "host_password": 123456, "state": True},
        {"subject": "No ID"},
    ]
    outcome = read(meetings)
    assert (outcome.read, len(outcome.rows)) == (5, 1)
    assert [re.split("[;,] ", fault)[0] for fault in outcome.faults] == [
        "entry 2: it is not a dictionary",
        "entry 3: Drill: 'host_pasword' is not a key of a meeting",
        "entry 3: Drill: `token` is a number or a truth value there",
        "entry 3: Drill: it is the same meeting as in entry 1",
        "entry 4: `host_password` is a number or a truth value there",
        "entry 4: `state` is a truth value there",
        "entry 5: No ID: `conference_id` is empty",
        "entry 5: No ID: a credential is missing",
    ]


@pytest.mark.parametrize(
    ("count", "last"), [(0, ""), (20, "fault 19"), (21, "... and 1 more"), (33, "... and 13 more")]
)
def test_a_message(count: int, last: str) -> None:
    message = as_message([f"fault {number}" for number in range(count)])
    lines = message.split("\n")
    assert lines[-1] == last
    assert len(lines) == min(max(count, 1), 21)
    assert as_message(["a", "b", "c"], 1) == "a\n... and 2 more"


# ---- credentials


def test_a_credential_for_all() -> None:
    assert the_row(csv(ID, header="conference_id"), shared_credential=True)["order"] == {
        "conference_id": ID,
        "state": "started",
    }
    assert "line 2: a credential is missing; give `host_password` or `token`" in the_fault(
        csv(ID, header="conference_id")
    )


@pytest.mark.parametrize(
    ("cell", "password"),
    [
        ("  a b  ", "a b"),
        ('"a,b""c"', 'a,b"c'),
        ("001234", "001234"),
        ('="001234"', "001234"),
        ('"=""001234"""', "001234"),
        ('"=""a""""b"""', 'a"b'),
        ('="001234', '="001234'),
        ("'001234", "001234"),
        ("'abc", "'abc"),
        ("{{ 6 * 7 }}", "{{ 6 * 7 }}"),
        ("\u200b\ufeffabc\u200b", "abc"),
        ("1.0", "1.0"),
        ("1-2", "1-2"),
        ("123456E5", "123456E5"),
    ],
    ids=ascii,
)
def test_a_password_is_taken_as_it_is(cell: str, password: str) -> None:
    assert the_row(csv(one(password=cell)))["order"]["host_password"] == password


@pytest.mark.parametrize("password", ["'001234", '="001234"'])
def test_a_password_of_a_list_is_taken_exactly(password: str) -> None:
    assert the_row([{"conference_id": ID, "host_password": password}])["order"]["host_password"] == password


@pytest.mark.parametrize("password", ["１２３４５６", "a\nb", "g\u00fcheim", "ab\ud800", "a\u200bb"], ids=ascii)
def test_a_credential_that_cannot_travel(password: str) -> None:
    for key in ("host_password", "token"):
        fault = the_fault([{"conference_id": ID, key: password}])
        assert fault.startswith(f"entry 1: `{key}` has characters that cannot travel in an HTTP header")
        assert password not in fault


ZEROS = "`host_password` has only digits, and fewer than usual; a spreadsheet may have dropped zeros in front"


@pytest.mark.parametrize(
    ("passwords", "lines"),
    [
        (["001234", "123456"], ""),
        (["1234", "1234"], "lines 2, 3"),
        (["123456", "1234"], "line 3"),
        (["geheim", "1234"], "line 3"),
        (["12345678", "1234567", "12345678"], "line 3"),
        (["12345678", "1234567", "geheim99"], ""),
        (["1234567", "12345678"], "line 2"),
        (["geheim", "ab1"], ""),
        (["1"] * 13, "lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"),
    ],
)
def test_zeros_that_may_be_lost(passwords: Sequence[str], lines: str) -> None:
    outcome = read(csv(*(one(str(1000 + number), password=text) for number, text in enumerate(passwords))))
    assert outcome.faults == []
    assert [warning.startswith(f"{lines}: {ZEROS}") for warning in outcome.warnings] == ([True] if lines else [])
    meetings = [{"conference_id": 1000 + number, "host_password": text} for number, text in enumerate(passwords)]
    assert [warning.partition(" ")[2].partition(":")[0] for warning in read(meetings).warnings] == [
        ", ".join(str(int(line) - 1) for line in lines.partition(" ")[2].partition(" and")[0].split(", "))
        + (" and 3 more" if "more" in lines else "")
        for _warning in outcome.warnings
    ]


def test_an_apostrophe_is_told() -> None:
    outcome = read(csv(one("1", password="'001234"), one("2", password="'123456"), one("3", password="'x")))
    assert outcome.warnings == [
        "lines 2, 3: an apostrophe in front of the digits of a credential was left out, because spreadsheets use it to "
        "mark text"
    ]


def test_values_in_each_others_columns() -> None:
    """The password is where the ID should be."""
    assert the_fault(csv(f"{PASSWORD},{ID},x")) == "line 2: x: `conference_id` and `host_password` seem to be exchanged"
    content = csv(f"pw1234,x,{ID[:3]} {ID[3:]}", header="conference_id,subject,token")
    assert the_fault(content) == "line 2: x: `conference_id` and `token` seem to be exchanged"
    assert ROUNDED in the_fault(csv(one("9.14E+08", password="12345678")))


FAULTY: dict[str, Mapping[str, str]] = {
    "a bad ID": {"conference_id": "x"},
    "no ID": {"conference_id": ""},
    "the same ID": {"conference_id": ID},
    "a bad state": {"state": "bad"},
    "a misspelt key": {"tokn": "{secret}"},
    "a secret of another kind": {"password": "{secret}"},
    "a subject that is the password": {"subject": "{secret}", "state": "bad"},
    "an ID that is the password": {"conference_id": "{secret}", "host_password": OTHER},
    "a state that is the password": {"state": "{secret}"},
    "a password that cannot travel": {"host_password": "{secret}\x7f"},
}


@pytest.mark.parametrize("change", FAULTY.values(), ids=FAULTY)
@pytest.mark.parametrize("kind", ["list", "file"])
def test_no_fault_depends_on_a_credential(kind: str, change: Mapping[str, str]) -> None:
    """Then it cannot tell one, however short it is. The ID is what it may say least of."""
    told = set()
    for secret in ("geheim", "Dummkopf", "q-Q-q!"):
        meetings = [
            {key: value.format(secret=secret) for key, value in {**meeting, **extra}.items()}
            for meeting, extra in (
                ({"conference_id": ID, "host_password": secret, "token": secret[:3], "subject": "Drill"}, {}),
                ({"conference_id": OTHER, "host_password": secret[:4], "token": secret, "subject": "Drill"}, change),
            )
        ]
        if kind == "list":
            outcome = read(meetings)
        else:
            names = list(dict.fromkeys(itertools.chain(*meetings)))
            rows = [",".join(meeting.get(name, "") for name in names) for meeting in meetings]
            outcome = read(csv(*rows, header=",".join(names)))
        assert outcome.faults
        told.add(tuple(outcome.faults))
    assert len(told) == 1
    assert secret not in str(told)


# ---- text for people


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fire,\ndrill\x0b\u2028x", "Fire,\ndrill\x0b\u2028x"),
        ("a\r\nb", "a\r\nb"),
        ("\x1b[31mred\x07", "[31mred"),
        ("a\x9bb\x7fc\x00d\te", "a b c d e"),
        ("a\u202eb\u2066c\u200fd\u061ce", "a b c d e"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        (" \u00a0\ufeffx\u200b", "x"),
    ],
    ids=ascii,
)
def test_subjects_and_columns_can_be_shown(text: str, shown: str) -> None:
    row = the_row([{"conference_id": ID, "token": "cnr0", "subject": text, "room": text, f"x{text}x": "y"}])
    assert (row["subject"], row["columns"]["room"]) == (shown, shown)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", "".join(row["columns"]))


def test_a_subject_in_a_fault_is_on_one_line_and_not_long() -> None:
    fault = the_fault([{"conference_id": ID, "subject": f"line 7: \x1b[31m\u202e\n\n{'x' * 99}"}])
    assert fault.startswith(f"entry 1: line 7: [31m {'x' * 44}...: a credential is missing")
    assert fault.isprintable()


def test_text_that_was_in_no_file() -> None:
    text = f"{HEADER}\n{ID},{PASSWORD},x\ud83dx\udcf6\n"
    assert read_list(text, "started").rows[0]["subject"] == "x\ufffdx\ufffd"


@pytest.mark.parametrize(
    "value",
    [10**5000, -(10**5000), float("nan"), b"914047751", [ID], {}, object(), True],
    ids=lambda value: type(value).__name__,
)
def test_odd_values_are_refused_and_raise_nothing(value: Any) -> None:
    assert read([{"conference_id": value, "token": "cnr0", "subject": value, "room": value, value.__class__: 1}]).faults


def test_every_piece_of_a_file_is_read_or_refused() -> None:
    """Cut anywhere, in any encoding, a file raises nothing, and each fault begins with its line."""
    for encoding in ("utf-8-sig", "gb18030", "utf-16", "utf-16-be"):
        content = f'sep=;\n{TWO}{ID};"{PASSWORD}";"a\nb"\n'.replace(",", ";").encode(encoding)
        for end in range(len(content)):
            for fault in read(content[:end]).faults:
                assert re.match(r"line [1-9][0-9]*: ", fault), fault
