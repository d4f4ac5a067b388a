# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalogue against the vendor's list of codes, and the words that are made of any answer."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huawei.meeting.plugins.module_utils._core.catalogue import CATALOGUE, Entry, from_response
from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Failure, Kind, Recovery
from ansible_collections.huawei.meeting.plugins.module_utils._core.wire import printable, vendor_error
from ansible_collections.huawei.meeting.plugins.module_utils._core.words import control_advice, enterprise_advice

quick = settings(database=None, deadline=None, max_examples=100)
ROWS = list(csv.DictReader(Path(__file__).with_name("error_codes.csv").open(encoding="utf-8")))
CODES = [row["code"] for row in ROWS]
# What the vendor's texts make of the codes that matter here, by hand: kind and what may be done about it.
FAIL, RETRY_LATER, REAUTHENTICATE, RETRY, VERIFY = (
    Recovery.FAIL,
    Recovery.RETRY_LATER,
    Recovery.REAUTHENTICATE,
    Recovery.RETRY,
    Recovery.VERIFY,
)
EXPECTED: list[tuple[Kind, Recovery, str]] = [
    (Kind.USAGE, FAIL, "111070001 111071061 111071062 111072045 111072057 112100029 111100012 0101 0106 0201"),
    (Kind.PERMISSION, REAUTHENTICATE, "111070002 111072070 111074002"),
    (Kind.PERMISSION, FAIL, "111070010 111070121"),
    (Kind.SERVICE, VERIFY, "111070003 111071001 111071002 112100000 0202 0203 111072049 111072222 111072224"),
    (Kind.AUTHENTICATION, REAUTHENTICATE, "111070004 111070111 000000004 206020000 206020001 206020002 206010057"),
    (Kind.AUTHENTICATION, FAIL, "111070009 111071091 111072018 111072065 206010000 206010025"),
    (Kind.NOT_FOUND, FAIL, "111070005 112010004 111081002 111070006 111071007 111072016 111072013"),
    (Kind.NOT_STARTED, RETRY_LATER, "111071004 111071011 111071058 111072005 111072015"),
    (Kind.NOT_STARTED, RETRY, "111072004"),
    (Kind.ENDED, FAIL, "111071072 111072006 111072014"),
    (Kind.ENDED, RETRY, "111072003"),
    (Kind.NOT_RECORDABLE, FAIL, "111072010 111072020 111072025"),
    (Kind.NOBODY_THERE, RETRY_LATER, "111072017 111072023 111072024"),
    (Kind.QUOTA, FAIL, "111072066 111072067"),
    (Kind.LOCKED, FAIL, "111072064 111071052 111071053 112100019 111081009"),
    (Kind.LOCKED, RETRY_LATER, "206030015"),
    (Kind.THROTTLED, RETRY, "0308 100000429"),
    (Kind.SERVICE, RETRY, "111072021 111072022 111077001 111077202 111083001 111078000 111078001 0103 0105"),
    (Kind.SERVICE, Recovery.ACCEPTED, "111072063"),
]


# ---- the catalogue


def test_the_catalogue_covers_the_vendors_list_and_nothing_else() -> None:
    listed = [code.rpartition(".")[2] for code in CODES]
    assert len(listed) == len(set(listed)), "the digits alone must tell the codes apart"
    assert set(CATALOGUE) == set(listed)


@pytest.mark.parametrize(("digits", "entry"), CATALOGUE.items(), ids=list(CATALOGUE))
def test_every_entry_is_in_decent_form(digits: str, entry: Entry) -> None:
    assert digits.isdigit()
    assert isinstance(entry.kind, Kind)
    assert isinstance(entry.recovery, Recovery)
    assert entry.meeting in ("", "ended", "not_started")
    for text in (entry.meaning, entry.advice):
        assert text == text.strip()
        assert text.isprintable()
        assert text.isascii()
        assert 10 < len(text) < 160
        assert text[-1] not in ".:;,!?"
        assert "  " not in text
    assert entry.meaning[0].islower() or entry.meaning.startswith(("AI ", "recordType", "recordAuxStream"))
    assert entry.advice[0].isupper()


@pytest.mark.parametrize(
    ("kind", "recovery", "digits"),
    [(kind, recovery, digits) for kind, recovery, many in EXPECTED for digits in many.split()],
)
def test_the_codes_that_matter_mean_what_the_vendor_says(kind: Kind, recovery: Recovery, digits: str) -> None:
    assert (CATALOGUE[digits].kind, CATALOGUE[digits].recovery) == (kind, recovery)


def test_only_plain_words_make_a_meeting_not_running() -> None:
    """`No such meeting` and `ID or password wrong` may mean a typing error, which must not pass for `stopped`."""
    ended = {digits for digits, entry in CATALOGUE.items() if entry.meeting == "ended"}
    not_started = {digits for digits, entry in CATALOGUE.items() if entry.meeting == "not_started"}
    assert ended == {"111071072", "111072003", "111072006", "111072014"}
    assert not_started == {"111071004", "111071011", "111071058", "111072005", "111072015"}


def test_every_code_about_passwords_and_locks_is_final() -> None:
    """Repeating them would count towards a lock, or prolong it."""
    for digits, entry in CATALOGUE.items():
        if "password" in entry.meaning or (entry.kind is Kind.LOCKED and "sign-in" in entry.meaning):
            assert entry.recovery is Recovery.FAIL, digits


def test_the_kinds_are_those_of_the_contract() -> None:
    assert {kind.value for kind in Kind} == {
        "authentication",
        "permission",
        "not_found",
        "not_started",
        "ended",
        "not_recordable",
        "nobody_there",
        "quota",
        "locked",
        "throttled",
        "service",
        "transport",
        "tls",
        "unconfirmed",
        "unknown_outcome",
        "usage",
    }


# ---- errors made of answers


@pytest.mark.parametrize("digits", CATALOGUE)
def test_a_code_counts_by_its_digits_after_the_last_dot(digits: str) -> None:
    entry = CATALOGUE[digits]
    for prefix in ("", "MMC.", "APIG.", "APIGW.", "USG.", "a.b.c.", "."):
        error = from_response(400, {"error_code": prefix + digits, "error_msg": "SYMBOL"}, request_id="id1")
        assert (error.kind, error.recovery, error.meeting) == (entry.kind, entry.recovery, entry.meeting)
        assert (error.code, error.http_status, error.request_id) == (prefix + digits, 400, "id1")
        words = str(error)
        assert f"{prefix}{digits} (SYMBOL): {entry.meaning}. {entry.advice}. Request ID id1." in words
        assert "HTTP 400" in words


@pytest.mark.parametrize(
    "code", ["MMC.1110700041", "MMC.11107000", "111070004x", "MMC.111070004.1", "-111070004", "NEW"]
)
def test_an_unknown_code_still_makes_a_decent_sentence(code: str) -> None:
    error = from_response(400, {"error_code": code, "error_msg": "NEVER_SEEN"}, operation="do it", request_id="id1")
    assert error.kind is Kind.USAGE
    assert error.code == code
    words = str(error)
    assert words.startswith("Could not do it: the service answered HTTP 400 with ")
    for part in (code, "NEVER_SEEN", "does not know", "id1"):
        assert part in words


@pytest.mark.parametrize(
    ("status", "kind", "recovery"),
    [
        (400, Kind.USAGE, FAIL),
        (401, Kind.AUTHENTICATION, REAUTHENTICATE),
        (403, Kind.PERMISSION, REAUTHENTICATE),
        (404, Kind.USAGE, FAIL),
        (405, Kind.USAGE, FAIL),
        (407, Kind.TRANSPORT, FAIL),
        (408, Kind.TRANSPORT, VERIFY),
        (409, Kind.SERVICE, FAIL),
        (412, Kind.PERMISSION, FAIL),
        (418, Kind.SERVICE, FAIL),
        (423, Kind.LOCKED, FAIL),
        (429, Kind.THROTTLED, RETRY),
        (500, Kind.SERVICE, VERIFY),
        (502, Kind.SERVICE, VERIFY),
        (503, Kind.SERVICE, VERIFY),
        (504, Kind.SERVICE, VERIFY),
        (599, Kind.SERVICE, VERIFY),
        (200, Kind.SERVICE, FAIL),
        (100, Kind.SERVICE, FAIL),
        (None, Kind.SERVICE, FAIL),
    ],
)
@pytest.mark.parametrize("body", [None, {}, {"error_code": "NEW.1"}])
def test_without_a_known_code_the_status_decides(status: int | None, kind: Kind, recovery: Recovery, body: Any) -> None:
    error = from_response(status, body)
    assert (error.kind, error.recovery, error.http_status) == (kind, recovery, status)
    assert (f"HTTP {status}" in str(error)) == (status is not None)
    assert "None" not in str(error)


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500, None])
def test_a_known_code_outweighs_the_status(status: int | None) -> None:
    assert from_response(status, {"error_code": "MMC.111072020"}).kind is Kind.NOT_RECORDABLE


def test_a_frame_of_the_channel_is_told_without_a_status() -> None:
    error = from_response(None, {"returnCode": 111070121, "returnDesc ": "FORBIDDEN"}, channel="the live channel")
    assert str(error).startswith("the live channel answered 111070121 (FORBIDDEN): ")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"error_code": "A.1", "error_msg": "text"}, ("A.1", "text")),
        ({"errorCode": "A.1", "errorMsg": "text"}, ("A.1", "text")),
        ({"returnCode": 1, "returnDesc": "text"}, ("1", "text")),
        ({"returnCode": 1, "returnDesc ": "text"}, ("1", "text")),
        ({"returnCode": "1", "returnDesc": "right", "returnDesc ": "wrong"}, ("1", "right")),
        ({"code": "A.1", "message": "text"}, ("A.1", "text")),
        ({"error_code": "A.1", "errorCode": "A.2", "code": "A.3"}, ("A.1", "")),
        ({"error_code": "0", "returnCode": 5}, ("5", "")),
        ({"error_code": " A.1 "}, ("A.1", "")),
        ({"error_code": "A.1", "error_msg": None}, ("A.1", "")),
        ({"error_code": "A.1", "error_msg": {"a": 1}}, ("A.1", "")),
        ({"error_code": -1}, ("-1", "")),
        ({"error": {"code": "A.1", "message": "text"}}, ("A.1", "text")),
        ({"a": {"b": {"c": {"errorCode": "A.1"}}}}, ("A.1", "")),
        ({"a": {}, "b": {"code": 0}, "c": {"code": 7}}, ("7", "")),
        ({"returnCode": 0, "returnDesc": "SUCCESS"}, ("", "")),
        ({"returnCode": "0"}, ("", "")),
        ({"code": "", "message": "text"}, ("", "")),
        ({"error_code": True}, ("", "")),
        ({"error_code": 1.5}, ("", "")),
        ({"error_code": None}, ("", "")),
        ({"error_code": ["A.1"]}, ("", "")),
        ({"error_msg": "text"}, ("", "")),
        ({}, ("", "")),
        ([], ("", "")),
        ([{"error_code": "A.1"}], ("", "")),
        ("error_code", ("", "")),
        (None, ("", "")),
        (7, ("", "")),
    ],
    ids=str,
)
def test_every_shape_of_an_error(body: Any, found: tuple[str, str]) -> None:
    assert vendor_error(body) == found


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"returnCode": 5}, "5"),
        ({"error_code": "A.1"}, "A.1"),
        ({"errorCode": "A.1"}, "A.1"),
        ({"returnCode": 0}, ""),
        ({"code": 200, "message": "OK"}, ""),
        ({"data": {"error_code": "A.1"}}, ""),
        ({"data": {"code": "x"}}, ""),
    ],
    ids=str,
)
def test_in_a_success_only_unmistakable_codes_count(body: Any, code: str) -> None:
    assert vendor_error(body, success=True)[0] == code


def test_hostile_text_stays_on_one_short_line() -> None:
    text = "\x1b[31mred\x00\r\nSet-Cookie: a\u202e\u2028\ud800" + "x" * 100_000
    error = from_response(400, {"error_code": text, "error_msg": text}, request_id="id1")
    words = str(error)
    assert words.isprintable()
    assert len(words) < 700
    assert error.code.isprintable()
    assert len(error.code) <= 40
    assert "\n" not in error.detail


@pytest.mark.parametrize("depth", [10, 900, 5_000, 100_000])
def test_deep_nesting_is_survived(depth: int) -> None:
    body: dict[str, Any] = {"error_code": "A.1"}
    for _unused in range(depth):
        body = {"a": body}
    error = from_response(400, body)
    assert error.kind is Kind.USAGE
    while body:  # or else Python itself runs out of stack when it frees this
        body = body.pop("a", {})


def test_wide_nesting_is_survived() -> None:
    body: dict[str, Any] = {str(number): {"a": {"b": {}}} for number in range(10_000)}
    assert vendor_error(body) == ("", "")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error_code", "error_msg", "returnCode", "code", "message", "data"]) | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@quick
@given(body=json_values, status=st.none() | st.integers(100, 599))
def test_any_answer_makes_a_printable_error(body: Any, status: int | None) -> None:
    error = from_response(status, body, operation="do it", request_id="id1")
    assert str(error).isprintable()
    assert len(str(error)) < 900
    record = error.as_dict()
    assert record["kind"] in {kind.value for kind in Kind}
    assert isinstance(record["retryable"], bool)
    assert isinstance(record["code"], str)


@quick
@given(text=st.text(), limit=st.integers(1, 50))
def test_printable_text_is_printable_and_short(text: str, limit: int) -> None:
    line = printable(text, limit)
    assert len(line) <= limit
    assert line.isprintable()
    assert line == " ".join(line.split(" ")).strip()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("a", "a"),
        (" a\r\n\tb ", "a b"),
        ("\x00\x1b[0m", "[0m"),
        ("abcde", "abcde"),
        ("abcdef", "…"),
        ("ab cdef", "ab…"),
        ("a b cd", "a b…"),
        ("会议不存在", "会议不存在"),
    ],
)
def test_printable(text: str, line: str) -> None:
    """What is too long is cut between words: half a secret could not be masked any more."""
    assert printable(text, 5) == line


# ---- advice that follows from what was done

USE_HOST, NEW_TOKEN = CATALOGUE["111072060"].advice, CATALOGUE["111070004"].advice
CHECK, CHECK_BOTH = CATALOGUE["111071091"].advice, CATALOGUE["111072065"].advice
APP = CATALOGUE["206020000"].advice
TOKEN: dict[str, bool] = {"token": True, "password": False, "looked_up": False, "signed_in": False}
GIVEN = {**TOKEN, "token": False, "password": True, "signed_in": True}
FOUND = {**GIVEN, "looked_up": True}
BOTH = {**TOKEN, "password": True}
RENEWED = {**GIVEN, "token": True}


@pytest.mark.parametrize(
    ("hint", "used", "told"),
    [
        (USE_HOST, TOKEN, USE_HOST),
        (USE_HOST, BOTH, "Leave out `token`"),
        (USE_HOST, GIVEN, "The host password was used: ask the administrator"),
        (USE_HOST, FOUND, "The host password was used: ask the administrator"),
        (USE_HOST, RENEWED, "The host password was used: ask the administrator"),
        (NEW_TOKEN, TOKEN, NEW_TOKEN),
        (NEW_TOKEN, GIVEN, "The token was made with the host password just now"),
        (NEW_TOKEN, FOUND, "The token was made with the host password just now"),
        (NEW_TOKEN, RENEWED, "The token was made with the host password just now"),
        (CHECK, GIVEN, CHECK),
        (CHECK, RENEWED, CHECK),
        (CHECK, TOKEN, NEW_TOKEN),
        (CHECK, FOUND, "The host password was looked up"),
        (CHECK_BOTH, GIVEN, CHECK_BOTH),
        (CHECK_BOTH, BOTH, CHECK_BOTH),
        (CHECK_BOTH, TOKEN, "Check `conference_id`, and give a fresh `token`"),
        (CHECK_BOTH, FOUND, "The host password was looked up"),
        ("Try again later", FOUND, "Try again later"),
    ],
)
def test_nothing_is_advised_that_was_done(hint: str, used: dict[str, bool], told: str) -> None:
    """Whatever a code advises in general: what was given, looked up or made is not asked for again."""
    advice = control_advice(hint, **used)
    assert advice.startswith(told)
    assert advice == hint or (advice.isprintable() and advice[-1] not in ".;" and len(advice) < 200)


@pytest.mark.parametrize("used", [GIVEN, FOUND, RENEWED])
@pytest.mark.parametrize("digits", [digits for digits, entry in CATALOGUE.items() if entry.kind is Kind.PERMISSION])
def test_no_code_sends_a_host_for_the_host_password(digits: str, used: dict[str, bool]) -> None:
    assert not control_advice(CATALOGUE[digits].advice, **used).startswith("Use the host password")


@pytest.mark.parametrize(
    ("hint", "kind", "app_id", "renewed", "told"),
    [
        (APP, Kind.AUTHENTICATION, False, False, "Give a fresh `access_token`"),
        (APP, Kind.AUTHENTICATION, True, False, APP),
        (APP, Kind.AUTHENTICATION, True, True, "The sign-in succeeded"),
        (NEW_TOKEN, Kind.AUTHENTICATION, False, False, "Give a fresh `access_token`"),
        (NEW_TOKEN, Kind.AUTHENTICATION, True, True, "The sign-in succeeded"),
        (USE_HOST, Kind.PERMISSION, False, False, "Sign in as a user with this right"),
        (USE_HOST, Kind.PERMISSION, True, True, "Sign in as a user with this right"),
        ("Try again later", Kind.SERVICE, True, True, "Try again later"),
    ],
)
def test_the_enterprise_is_not_asked_for_what_it_gave(
    hint: str, kind: Kind, app_id: bool, renewed: bool, told: str
) -> None:
    assert enterprise_advice(hint, kind, app_id=app_id, renewed=renewed).startswith(told)


# ---- the error itself


@pytest.mark.parametrize("recovery", Recovery)
def test_retryable_is_what_has_a_fair_chance_without_a_change(recovery: Recovery) -> None:
    error = Failure(Kind.SERVICE, "said", "Hint", recovery=recovery)
    assert error.retryable == (recovery not in (Recovery.FAIL, Recovery.REAUTHENTICATE))
    assert error.as_dict()["retryable"] is error.retryable


@pytest.mark.parametrize(
    ("code", "retryable"),
    [
        ("MMC.111072064", False),
        ("MMC.111072065", False),
        ("MMC.111070005", False),
        ("MMC.111072006", False),
        ("MMC.111072020", False),
        ("MMC.111072067", False),
        ("MMC.111070004", False),
        ("MMC.111072005", True),
        ("MMC.111072024", True),
        ("MMC.111072021", True),
        ("APIG.0308", True),
        ("APIG.0202", True),
    ],
)
def test_retryable_by_code(code: str, retryable: bool) -> None:
    assert from_response(400, {"error_code": code}).retryable is retryable
