# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of meetings: what is taken, what is refused and in which words, and that nothing in them is a template."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.display import Display

from ansible_collections.huawei.meeting.plugins.filter.meeting_list import FilterModule

PASSWORD = "ListCanary-4410"
ONE = {"conference_id": "914047751", "host_password": PASSWORD}
meeting_list = FilterModule().filters()["meeting_list"]


def listed(meetings: Any, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = meeting_list(meetings, options.pop("state", "started"), **options)
    return found


def refusal(meetings: Any, **options: Any) -> str:
    with pytest.raises(AnsibleFilterError) as refused:
        listed(meetings, **options)
    told = str(refused.value)
    assert PASSWORD not in told
    return told


def test_a_list() -> None:
    assert listed([ONE, {**ONE, "conference_id": 914047752, "state": "stopped", "subject": " Fire drill "}]) == [
        {
            "conference_id": "914047751",
            "subject": "",
            "state": "started",
            "order": {"conference_id": "914047751", "host_password": PASSWORD, "state": "started"},
            "columns": {},
        },
        {
            "conference_id": "914047752",
            "subject": "Fire drill",
            "state": "stopped",
            "order": {"conference_id": "914047752", "host_password": PASSWORD, "state": "stopped"},
            "columns": {},
        },
    ]


@pytest.mark.parametrize("empty", [[], "", "\n\n", "conference_id,host_password\n", "conference_id\r\n\r\n"])
def test_an_empty_list_is_fine(empty: Any) -> None:
    assert listed(empty) == []


@pytest.mark.parametrize("value", [None, "", "  "])
def test_what_is_empty_counts_as_missing(value: Any) -> None:
    (one,) = listed([{**ONE, "token": value, "state": value, "subject": value}], state="stopped")
    assert one["order"] == {**ONE, "state": "stopped"}


@pytest.mark.parametrize(
    "text",
    [
        f"conference_id,host_password,subject\n914047751,{PASSWORD},Fire drill\n",
        f"conference_id;host_password;subject\r\n914047751;{PASSWORD};Fire drill\r\n",
        f"\ufeffsubject\tconference_id\thost_password\n\nFire drill\t914047751\t{PASSWORD}",
        f" conference_id , host_password , subject \n 914047751 , {PASSWORD} , Fire drill \n , , \n",
        f"conference_id,host_password,subject,state\n914047751,{PASSWORD},Fire drill\n",
        f"conference_id,host_password,subject\r914047751,{PASSWORD},Fire drill\r",
    ],
    ids=["comma", "semicolon, CRLF", "tab, BOM", "blanks", "short row", "CR"],
)
def test_csv(text: str) -> None:
    (one,) = listed(text)
    assert one["subject"] == "Fire drill"
    assert one["order"] == {**ONE, "state": "started"}


def test_quoted_csv() -> None:
    text = 'conference_id,host_password,subject\n914047751,"a,b""c","Fire,\ndrill\x0b\u2028x"\n914047752,d,e\n'
    first, second = listed(text)
    assert first["order"]["host_password"] == 'a,b"c'
    assert first["subject"] == "Fire,\ndrill\x0b\u2028x"
    assert second["conference_id"] == "914047752"


@pytest.mark.parametrize(
    ("meetings", "told"),
    [
        ([ONE, "914047752"], "\nentry 2: it is not a dictionary\nNothing was sent."),
        (
            [{**ONE, "host_pasword": PASSWORD}],
            "\nentry 1: 'host_pasword' is not a key of a meeting, but looks like `host_password`",
        ),
        (
            [ONE, {**ONE, "conference_id": " 914047751 "}],
            "\nentry 2: it is the same meeting as in entry 1; take one out\n",
        ),
        ([{"host_password": PASSWORD}], "`conference_id` is empty"),
        ([{**ONE, "conference_id": "9,14E+08"}], "`conference_id` is a number that a spreadsheet has rounded"),
        ([{"conference_id": "914047751"}], "a credential is missing"),
        ([{**ONE, "host_password": 12345}], "`host_password` is a number or a truth value there; put it into quotes"),
        ([{**ONE, "token": True}], "`token` is a number or a truth value there"),
        ([{**ONE, "host_password": f"{PASSWORD}\nx"}], "characters that cannot travel in an HTTP header"),
        ([{**ONE, "state": "on"}], "`state` is none of the known words; they are started, start,"),
        ({"conference_id": "914047751"}, "must be a list of dictionaries, or the text of a CSV file"),
        (7, "must be a list of dictionaries, or the text of a CSV file"),
        (f"914047751,{PASSWORD}\n", "\nline 1: the first line must name the columns"),
        (f"conference_id,conference_id\n1,{PASSWORD}\n", "\nline 1: 'conference_id' and 'conference_id' both mean"),
        (f"conference_id,host_password\n\n1,{PASSWORD},x\n", "\nline 3: 3 values, but the first line names 2"),
        (f'conference_id,host_password\n1,"{PASSWORD}\n', "\nline 2: the double quotes do not fit together"),
        (f"conference_id,pass\n1,{PASSWORD}\n", "\nline 1: 'pass' looks like a secret"),
    ],
)
def test_refusals(meetings: Any, told: str) -> None:
    message = refusal(meetings)
    assert told in message
    assert message.startswith("The list of meetings cannot be used:\n")
    assert message.endswith("\nNothing was sent.")


def test_all_faults_are_in_one_message() -> None:
    """The first twenty, and how many more there are."""
    bad = [f"x,{PASSWORD}"] * 33
    message = refusal("\n".join(["conference_id,host_password", f"1,{PASSWORD}", *bad]))
    lines = message.splitlines()
    assert [line.partition(":")[0] for line in lines[1:21]] == [f"line {number}" for number in range(3, 23)]
    assert lines[21:] == ["... and 13 more", "Nothing was sent."]


def test_a_file_as_a_spreadsheet_saves_it() -> None:
    """As the file lookup returns it: what is not UTF-8 is lone surrogates."""
    content = f"会议ID;主持人密码;主题;老师;状态\r\n'914 047 751;{PASSWORD};急救;王老师;停止\r\n".encode("gb18030")
    (row,) = listed(content.decode("utf-8", "surrogateescape"))
    assert (row["conference_id"], row["subject"], row["state"]) == ("914047751", "急救", "stopped")
    assert row["order"] == {**ONE, "state": "stopped"}
    assert row["columns"] == {"老师": "王老师"}


def test_names_of_columns_that_people_tell() -> None:
    text = f"Room,Trainer code,teacher\n914047751,{PASSWORD},Wang\n"
    (row,) = listed(text, columns={"conference_id": "room", "host_password": "Trainer code"})
    assert row["order"] == {**ONE, "state": "started"}
    assert row["columns"] == {"teacher": "Wang"}
    assert "line 1: there is no column 'PIN'" in refusal(
        text, columns={"conference_id": "Room", "host_password": "PIN"}
    )


def test_warnings_are_displayed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, message: told.append(message))
    assert len(listed("conference_id,host_password\n1,4410\n2,4410\n")) == 2
    (warning,) = told
    assert warning.startswith("The list of meetings: lines 2, 3: `host_password` has only digits, and fewer than usual")
    assert "4410" not in warning


def test_a_state_of_its_own() -> None:
    assert "`state` must be one of" in refusal([], state="on")


def test_only() -> None:
    three = [{**ONE, "conference_id": number} for number in ("1", "2", "3")]
    assert [one["conference_id"] for one in listed(three, only=["3", 1])] == ["1", "3"]
    assert [one["conference_id"] for one in listed(three, only=[" 3\u00a0", "'1", "3.0"])] == ["1", "3"]
    assert listed(three, only=[]) == []
    assert len(listed(three, only=None)) == 3
    assert refusal(three, only=["3", "4"]) == (
        "Meeting '4' is to be tried again, but is not in the list. Nothing was sent."
    )
    assert refusal(three, only=["3", "4", 5]) == (
        "Meetings '4', '5' are to be tried again, but are not in the list. Nothing was sent."
    )
    many = refusal(three, only=range(100, 133))
    assert many.startswith("Meetings '100', '101', ")
    assert "'119' and 13 more are to be tried again, but are not in the list." in many


def test_a_credential_for_all() -> None:
    (one,) = listed([{"conference_id": "914047751"}], shared_credential=True)
    assert one["order"] == {"conference_id": "914047751", "state": "started"}


def test_nothing_in_it_is_a_template() -> None:
    """Wherever the values are used later, they are what they were."""
    evil = "{{ 6 * 7 }}"
    templar = Templar(loader=DataLoader())
    (one,) = listed([{**ONE, "host_password": evil, "subject": f"x {evil}", "room": evil, f"a {evil}": "b"}])
    assert templar.template(one["columns"]) == {"room": evil, f"a {evil}": "b"}
    templar = Templar(loader=DataLoader(), variables={"one": one})
    for place in (one, templar.template({"order": one["order"], "subject": one["subject"]})):
        assert place["order"]["host_password"] == evil
        assert templar.template(place["subject"]) == f"x {evil}"
