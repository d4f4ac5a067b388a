# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enterprise side of the simulator, without any network and with a clock that stands still."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator import Behaviour, Enterprise, Fault, Meeting, User
from tests.simulator.enterprise import signature
from tests.unit.simulator.clients import HOST, ID
from tests.unit.simulator.company import (
    APP_ID,
    APP_KEY,
    CORP_ID,
    NONCE,
    NOW,
    USERS,
    Company,
    access,
    code,
    document,
    passwords,
    signed,
)


@pytest.fixture
def site() -> Company:
    """A single enterprise without meetings."""
    return Company()


@pytest.fixture
def busy() -> Company:
    """An enterprise with meetings of several people: three running, one booked, one over."""
    site = Company()
    for meeting in (
        Meeting("1", subject="Training: first aid", owner="alice", invited=("bob",), start_time=NOW - 60),
        Meeting("2", subject="Board", owner="bob", start_time=NOW - 120),
        Meeting("3", subject="Training: fire", start_time=NOW - 180),
        Meeting("4", subject="Training: first aid", owner="alice", state="Schedule", start_time=NOW + 7200),
        Meeting("5", owner="alice", state="Destroyed"),
    ):
        site.world.add(meeting)
    return site


# ---- signing in ----


@pytest.mark.parametrize(
    ("corp_id", "user_id", "expected"),
    [
        ("", "", "fee50f036cfcbefbc5176e26ede3c63f66e3bf247580cf6bf2cc912c48fa2748"),
        ("", "alice", "26b7eab5989b97dbe2264c7a589a1a7fcf145c1e79336a0089057206c8de0ca2"),
        (CORP_ID, "alice", "887aefe574e7b18eed418f9f6fec08486e5294ac38f018c8d0943173fd47813c"),
    ],
)
@pytest.mark.parametrize("upper", [False, True])
def test_signature(corp_id: str, user_id: str, expected: str, upper: bool) -> None:
    """The published test vectors open the door, in either case of hex digits."""
    assert signature(APP_KEY, APP_ID, corp_id, user_id, 1_700_000_600, NONCE) == expected
    site = Company(corp_id=corp_id)
    sent = expected.upper() if upper else expected
    headers = {"Authorization": f"HMAC-SHA256 signature={sent},access=ZmRiOGU0Njk5NTg2NDU4YmJkMTBjODM0ODcyZGNjNjI="}
    answer = site.sign_in(headers, userId=user_id, corpId=corp_id or None, expireTime=1_700_000_600)
    assert document(answer)["user"]["thirdAccount"] == user_id


def test_sign_in_answer(site: Company) -> None:
    """The documented body: lifetimes and expiry in seconds, creation in milliseconds."""
    body = document(site.sign_in(userId="carol"))
    assert (body["validPeriod"], body["expireTime"], body["createTime"]) == (43_200, NOW + 43_200, NOW * 1000)
    assert (body["refreshExpireTime"], body["refreshCreateTime"]) == (NOW + 43_200, NOW * 1000)
    assert (body["tokenType"], body["clientType"]) == (0, 72)
    user = body["user"]
    assert (user["adminType"], user["name"], user["appId"]) == (1, "Carol Example", APP_ID)
    assert document(site.call("online", {"X-Access-Token": body["accessToken"]}))["count"] == 0


@pytest.mark.parametrize(
    ("user", "admin_type"), [({}, 0), ({"userId": None}, 0), ({"userId": ""}, 0), ({"userId": "bob"}, 2)]
)
def test_who_signs_in(site: Company, user: dict[str, Any], admin_type: int) -> None:
    """Without a user it is the default administrator; unset members may be null."""
    assert document(site.sign_in(**user, deptCode=None, corpId=None))["user"]["adminType"] == admin_type


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"key": "another key"}, (401, "USG.206010025")),
        ({"appId": "another"}, (401, "USG.206010025")),
        ({"corpId": CORP_ID}, (401, "USG.206010025")),
        ({"corpId": ""}, (401, "USG.206010025")),
        ({"userId": "dave"}, (401, "USG.206030000")),
        ({"expireTime": int(NOW) - 1}, (401, "USG.206010057")),
        ({"expireTime": int(NOW)}, (200, None)),
        ({"expireTime": 0}, (200, None)),
        ({"expireTime": -1}, (401, "USG.206010057")),
        ({"expireTime": str(int(NOW))}, (400, "USG.206060011")),
        ({"expireTime": True}, (400, "USG.206060011")),
        ({"nonce": "n" * 31}, (400, "USG.206060011")),
        ({"nonce": "n" * 32}, (200, None)),
        ({"nonce": "n" * 64}, (200, None)),
        ({"nonce": "n" * 65}, (400, "USG.206060011")),
        ({"clientType": 5}, (400, "USG.206060011")),
        ({"clientType": ...}, (400, "USG.206060011")),
        ({"userId": 7, "headers": {}}, (400, "USG.206060011")),
        ({"corpId": 7, "headers": {}}, (400, "USG.206060011")),
        ({"headers": {}}, (401, "USG.206010025")),
        ({"headers": {"Authorization": f"HMAC-SHA256 signature={'0' * 64}"}}, (401, "USG.206010025")),
        ({"headers": {"Authorization": "Basic eDp5"}}, (401, "USG.206010025")),
    ],
)
def test_sign_in_is_checked(site: Company, change: dict[str, Any], expected: tuple[int, str | None]) -> None:
    """Key, App ID, mode, user, age, and the shape of each member."""
    assert code(site.sign_in(**change)) == expected
    assert site.world.access_tokens_live() == (expected[0] == 200)


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_sign_in_wants_an_object(site: Company, body: bytes) -> None:
    """No body, no JSON, no object."""
    assert code(site.call("appauth", {}, body=body, method="POST")) == (400, "USG.206060011")


def test_sign_in_with_a_changed_signature(site: Company) -> None:
    """What is signed cannot be changed afterwards."""
    body = {"appId": APP_ID, "expireTime": int(NOW) + 600, "nonce": NONCE}
    headers = {"Authorization": f"HMAC-SHA256 signature={signed(body, APP_KEY)},access={access(APP_ID)}"}
    assert site.sign_in(headers).status == 200
    changes: list[dict[str, Any]] = [{"userId": "alice"}, {"expireTime": int(NOW) + 601}, {"nonce": "n" * 32}]
    for change in (*changes, {"appId": "another"}):
        assert code(site.sign_in(headers, **change)) == (401, "USG.206010025")


@pytest.mark.parametrize(
    ("corp_id", "expected"), [(CORP_ID, None), (None, "USG.206010025"), ("1", "USG.206010025"), (..., "USG.206010025")]
)
def test_service_provider(corp_id: Any, expected: str | None) -> None:
    """In SP mode the enterprise must be named, and is signed."""
    assert Company(corp_id=CORP_ID).sign_in(corpId=corp_id).code == expected


def test_sign_in_without_an_enterprise(site: Company) -> None:
    """Then the App ID is unknown, and tokens of before are worth nothing."""
    headers = {"X-Access-Token": site.world.issue_access_token()}
    site.world.enterprise = None
    assert code(site.sign_in()) == (401, "USG.206010025")
    assert code(site.call("online", headers)) == (401, "USG.000000004")
    with pytest.raises(ValueError, match="no user ''"):
        site.world.issue_access_token()


@pytest.mark.parametrize(
    ("required", "sent", "expected"),
    [
        (True, "", "USG.206010025"),
        (True, ",access=wrong", "USG.206010025"),
        (False, "", None),
        (False, f",access={access(APP_ID)}", None),
        (False, ",access=wrong", "USG.206010025"),
        (True, f", access={access(APP_ID)}", "USG.206010025"),
    ],
)
def test_access_part(site: Company, required: bool, sent: str, expected: str | None) -> None:
    """The App ID in the header may be left out where the site allows it; a wrong one never helps."""
    site.world.behaviour.access_part_required = required
    body = {"appId": APP_ID, "expireTime": int(NOW) + 600, "nonce": NONCE}
    answer = site.sign_in({"Authorization": f"HMAC-SHA256 signature={signed(body, APP_KEY)}{sent}"})
    assert answer.code == expected


def test_refused_sign_in(site: Company) -> None:
    """The documents do not tell the HTTP status."""
    site.world.behaviour.refused_sign_in = 400
    for change, expected in (
        ({"key": "x"}, "USG.206010025"),
        ({"userId": "dave"}, "USG.206030000"),
        ({"expireTime": 1}, "USG.206010057"),
    ):
        assert code(site.sign_in(**change)) == (400, expected)


@pytest.mark.parametrize(("skew", "expected"), [(599, None), (601, "USG.206010057"), (-3600, None)])
def test_clock_skew(site: Company, skew: float, expected: str | None) -> None:
    """The age of a signature, and all times in the answer, go by the service's clock."""
    site.world.behaviour.clock_skew = skew
    answer = site.sign_in()
    assert answer.code == expected
    if expected is None:
        assert document(answer)["createTime"] == (NOW + skew) * 1000
        assert document(answer)["expireTime"] == NOW + skew + 43_200


def test_nonce_once(site: Company) -> None:
    """A replay is accepted or refused; a failed sign-in uses nothing up."""
    assert [site.sign_in().status for _unused in range(2)] == [200, 200]
    site.world.behaviour.nonce_once = True
    assert code(site.sign_in()) == (401, "USG.206010025")
    fresh: dict[str, Any] = {"nonce": "n" * 40}
    assert [site.sign_in(**change).status for change in ({**fresh, "key": "x"}, fresh, fresh)] == [401, 200, 401]


# ---- access tokens ----


def test_access_token_expires(site: Company) -> None:
    """By age; a token that has expired does not count any more."""
    site.world.behaviour.access_token_lifetime = 10
    headers = {"X-Access-Token": document(site.sign_in())["accessToken"]}
    site.now += 9
    assert site.call("online", headers).status == 200
    assert site.world.access_tokens_live() == 1
    site.now += 1
    assert code(site.call("online", headers)) == (401, "USG.000000004")
    assert site.world.access_tokens_live() == 0


@pytest.mark.parametrize("endpoint", ["online", "online_detail", "booked", "booked_detail", "logout"])
def test_access_token_is_checked(site: Company, endpoint: str) -> None:
    """Unknown, expired by hand, pushed out, missing: every call that needs one refuses them."""
    site.world.behaviour.access_token_limit = 1
    expired = site.world.issue_access_token()
    site.world.expire_access_tokens()
    pushed_out = site.world.issue_access_token()
    site.world.issue_access_token()
    for headers, expected in (
        ({"X-Access-Token": "unknown"}, "USG.000000004"),
        ({"X-Access-Token": expired}, "USG.000000004"),
        ({"X-Access-Token": pushed_out}, "USG.206020002"),
        ({"X-Access-Token": ""}, "USG.206020000"),
        ({}, "USG.206020000"),
    ):
        assert code(site.call(endpoint, headers, ID)) == (401, expected)


def test_64_access_tokens(site: Company) -> None:
    """Each user has 64; the next pushes out that user's oldest, and nobody else's."""
    other = site.world.issue_access_token("bob")
    tokens = [document(site.sign_in(userId="alice"))["accessToken"] for _unused in range(65)]
    assert site.world.access_tokens_live("alice") == 64
    assert site.world.access_tokens_live("bob") == 1
    answers = [site.call("online", {"X-Access-Token": token}).code for token in (*tokens[:2], other, tokens[64])]
    assert answers == ["USG.206020002", None, None, None]


def test_log_out(site: Company) -> None:
    """A token that was given back opens nothing; the others stay."""
    first, second = site.world.issue_access_token(), site.world.issue_access_token()
    answer = site.call("logout", {"X-Access-Token": first}, method="DELETE")
    assert (answer.status, answer.body) == (200, b"")
    assert site.world.access_tokens_live() == 1
    assert code(site.call("online", {"X-Access-Token": first})) == (401, "USG.000000004")
    assert site.call("online", {"X-Access-Token": second}).status == 200


def test_control_calls_do_not_mind_an_access_token(site: Company) -> None:
    """Clients may send it everywhere, even a stale one."""
    site.world.add(Meeting(ID))
    headers = {"X-Access-Token": "stale"}
    token = document(site.call("token", {**HOST, **headers}, ID))["data"]["token"]
    headers["X-Conference-Authorization"] = token
    assert site.call("wsToken", headers, ID).status == 200
    assert site.call("record", headers, ID, body=b'{"isRecord": 1}', method="PUT").status == 200


# ---- lists ----


@pytest.mark.parametrize(
    ("endpoint", "user_id", "query", "expected"),
    [
        ("online", "", {"queryAll": "true"}, ["3", "2", "1"]),
        ("online", "", {}, ["3"]),
        ("online", "", {"queryAll": "false"}, ["3"]),
        ("online", "carol", {"queryAll": "True"}, ["3", "2", "1"]),
        ("online", "carol", {}, []),
        ("online", "alice", {"queryAll": "true"}, ["1"]),
        ("online", "bob", {}, ["2", "1"]),
        ("booked", "", {"queryAll": "true"}, ["3", "2", "1", "4"]),
        ("booked", "", {"queryAll": "true", "sortType": "DSC_StartTIME"}, ["4", "1", "2", "3"]),
        ("booked", "alice", {"sortType": "ASC_StartTIME"}, ["1", "4"]),
        ("online", "", {"queryAll": "true", "searchKey": "TRAINING"}, ["3", "1"]),
        ("online", "", {"queryAll": "true", "searchKey": "bob ex"}, ["2"]),
        ("online", "", {"queryAll": "true", "searchKey": "2"}, ["2"]),
        ("online", "", {"queryAll": "true", "searchKey": "nowhere"}, []),
        ("online", "", {"queryAll": "true", "offset": "1", "limit": "1"}, ["2"]),
        ("online", "", {"queryAll": "true", "offset": "3"}, []),
    ],
)
def test_lists(busy: Company, endpoint: str, user_id: str, query: dict[str, str], expected: list[str]) -> None:
    """Who sees what, by start time, filtered and paged."""
    assert busy.ids(endpoint, user_id, **query) == expected
    assert busy.world.log[-1].query == query


@pytest.mark.parametrize(("mode", "expected"), [("ADAY", 1), ("AWEEK", 2), ("AMONTH", 3), ("ALL", 4)], ids=str)
def test_how_far_ahead(site: Company, mode: str, expected: int) -> None:
    """Booked meetings of the next day, week or month."""
    for days in (0.5, 6, 30, 300):
        site.world.add(Meeting(str(days), state="Schedule", start_time=NOW + days * 86_400))
    assert len(site.ids("booked", queryConfMode=mode)) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "501"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "many"},
        {"offset": "-1"},
        {"queryAll": "yes"},
        {"searchKey": ""},
        {"searchKey": "x" * 129},
        {"queryConfMode": "AYEAR"},
        {"sortType": "random"},
    ],
)
def test_bad_query(site: Company, query: dict[str, str]) -> None:
    """Values that the documents rule out."""
    assert code(site.ask("booked", **query)) == (400, "MMC.111071061")


def test_page_frame(busy: Company) -> None:
    """Offset, limit and total come with the data; the defaults are 0 and 20."""
    page = document(busy.ask("online", queryAll="true", offset="1", limit="1"))
    assert (page["offset"], page["limit"], page["count"], len(page["data"])) == (1, 1, 3, 1)
    page = document(busy.ask("online"))
    assert (page["offset"], page["limit"]) == (0, 20)


def test_limit_over_500(site: Company) -> None:
    """Instead of refusing it a site may lower it silently."""
    for number in range(501):
        site.world.add(Meeting(str(number)))
    site.world.behaviour.limit_over_500 = "clamp"
    page = document(site.ask("online", limit="1000"))
    assert (page["limit"], page["count"], len(page["data"])) == (500, 501, 500)
    assert len(site.ids("online")) == 20


@pytest.mark.parametrize(("rule", "expected"), [("total", 3), ("page", 2), ("missing", None)])
def test_list_total(busy: Company, rule: Any, expected: int | None) -> None:
    """What `count` is worth."""
    busy.world.behaviour.list_total = rule
    assert document(busy.ask("online", queryAll="true", limit="2")).get("count") == expected


def test_list_ties(site: Company) -> None:
    """Meetings that begin together keep their order, or lose it between two pages."""
    for number in range(50):
        site.world.add(Meeting(str(number), start_time=NOW))
    expected = [str(number) for number in range(50)]
    assert site.ids("online", limit="50") == expected
    site.world.behaviour.list_ties = "shuffled"
    shuffled = site.ids("online", limit="50")
    assert shuffled != expected and sorted(shuffled) == sorted(expected)


def test_conference_info(busy: Company) -> None:
    """The vendor's spellings, times in UTC by the minute, and the head count on the online list alone."""
    busy.world.change(
        "1", {"conf_mode": "RTC", "auto_record": True, "attendees": 7, "webinar": True, "vmr_conference_id": "900"}
    )
    info = document(busy.ask("online", "alice"))["data"][0]
    expected = {
        "conferenceID": "1",
        "subject": "Training: first aid",
        "scheduserName": "Alice Example",
        "startTime": "2023-11-14 22:12",
        "endTime": "2023-11-14 23:12",
        "conferenceState": "Created",
        "recordType": 2,
        "isAutoRecord": 1,
        "confMode": "RTC",
        "webinar": True,
        "vmrFlag": 1,
        "vmrConferenceID": "900",
        "onlineAttendeeAmount": 7,
    }
    assert {name: info[name] for name in expected} == expected
    other = document(busy.ask("online", "bob"))["data"][0]
    assert (other["vmrFlag"], other["vmrConferenceID"], other["confMode"], other["webinar"]) == (0, "", "COMMON", False)
    assert other["userUUID"] != info["userUUID"]
    for endpoint in ("booked", "online_detail"):
        assert "onlineAttendeeAmount" not in json.dumps(document(busy.ask(endpoint, "alice", "1")))


@pytest.mark.parametrize(("state", "hours"), [("Created", 0), ("Schedule", 1), ("Destroyed", -2)])
def test_default_times(site: Company, state: Any, hours: int) -> None:
    """Without times a meeting lies around now, as suits its state."""
    meeting = site.world.add(Meeting(ID, state=state))
    assert hours * 3600 - 660 <= meeting.start_time - NOW <= hours * 3600
    assert meeting.end_time == meeting.start_time + 3600


# ---- details and passwords ----


BOTH = {"chair": "host-914826", "general": "guest-305117"}
GUEST = {"general": "guest-305117"}


@pytest.mark.parametrize(
    ("user_id", "visible", "expected"),
    [
        ("alice", True, BOTH),  # the host
        ("alice", False, BOTH),
        ("bob", True, GUEST),  # invited
        ("", True, BOTH),  # administrators
        ("carol", True, BOTH),
        ("", False, GUEST),
        ("carol", False, GUEST),
    ],
)
@pytest.mark.parametrize("endpoint", ["online_detail", "booked_detail", "online"])
def test_who_sees_the_host_password(
    busy: Company, endpoint: str, user_id: str, visible: bool, expected: dict[str, str]
) -> None:
    """The host does, and administrators where the site allows it; the link goes with it."""
    busy.world.behaviour.host_password_visible = visible
    body = document(busy.ask(endpoint, user_id, "1", queryAll="true"))
    info = body.get("conferenceData")
    if info is None:
        info = next(item for item in body["data"] if item["conferenceID"] == "1")
    assert passwords(info) == expected
    assert ("chairJoinUri" in info) == ("chair" in expected)
    assert info["guestJoinUri"].startswith("https://")


@pytest.mark.parametrize(("rule", "expected"), [("empty", ""), ("masked", "******")])
def test_hidden_password(busy: Company, rule: Any, expected: str) -> None:
    """Something may stand in its place, for one meeting as for all."""
    busy.world.meetings["1"].behaviour = {"host_password_visible": False, "hidden_password": rule}
    assert passwords(document(busy.ask("online_detail", "", "1"))["conferenceData"])["chair"] == expected
    assert passwords(document(busy.ask("online_detail", "", "2"))["conferenceData"]) == BOTH


def test_meeting_without_guest_password(busy: Company) -> None:
    """Then there is no entry for it."""
    busy.world.meetings["1"].guest_password = ""
    assert list(passwords(document(busy.ask("online_detail", "", "1"))["conferenceData"])) == ["chair"]


def test_lists_without_passwords(busy: Company) -> None:
    """Where lists carry none, details still do."""
    busy.world.behaviour.list_passwords = False
    for endpoint in ("online", "booked"):
        assert not [item for item in document(busy.ask(endpoint, queryAll="true"))["data"] if "passwordEntry" in item]
    assert passwords(document(busy.ask("online_detail", "", "1"))["conferenceData"]) == BOTH


@pytest.mark.parametrize(
    ("endpoint", "user_id", "conference_id", "expected"),
    [
        ("online_detail", "", "404", (400, "MMC.111070005")),
        ("online_detail", "", "4", (400, "MMC.111070005")),  # booked
        ("online_detail", "", "5", (400, "MMC.111070005")),  # over
        ("booked_detail", "", "4", (200, None)),
        ("booked_detail", "", "5", (400, "MMC.111070005")),
        ("online_detail", "", None, (400, "MMC.112100029")),
        ("online_detail", "alice", "2", (403, "MMC.111070010")),
        ("booked_detail", "alice", "3", (403, "MMC.111070010")),
        ("online_detail", "bob", "1", (200, None)),
        ("online_detail", "carol", "2", (200, None)),
    ],
)
def test_details(
    busy: Company, endpoint: str, user_id: str, conference_id: str | None, expected: tuple[int, str | None]
) -> None:
    """What exists, what runs, and who may look."""
    assert code(busy.ask(endpoint, user_id, conference_id)) == expected
    assert busy.world.log[-1].conference_id == conference_id


def test_foreign_detail(busy: Company) -> None:
    """A site may deny that the meeting exists."""
    busy.world.behaviour.foreign_detail = "not_found"
    assert code(busy.ask("online_detail", "alice", "2")) == (400, "MMC.111070005")


def test_participants(busy: Company) -> None:
    """The host and those invited, by pages; the other detail tells the asker's role."""
    body = document(busy.ask("online_detail", "bob", "1"))
    assert [(item["name"], item["role"]) for item in body["data"]["data"]] == [("Alice Example", 1), ("Bob Example", 0)]
    page = document(busy.ask("online_detail", "bob", "1", offset="1", limit="1"))["data"]
    assert (page["offset"], page["limit"], page["count"], len(page["data"])) == (1, 1, 2, 1)
    assert "role" not in body
    assert [document(busy.ask("booked_detail", name, "1"))["role"] for name in ("alice", "bob")] == ["chair", "general"]


# ---- history ----


def test_history(busy: Company) -> None:
    """What is over, each holding of an ID as a row of its own, without passwords; what runs or is booked is not."""
    busy.world.meetings["1"].held = 2
    rows = document(busy.ask("history", queryAll="true"))["data"]
    assert [row["conferenceID"] for row in rows] == ["1", "1", "5"]
    assert len({row["confUUID"] for row in rows}) == 3
    assert {row["conferenceState"] for row in rows} == {"Destroyed"}
    assert [row["startTime"] for row in rows] == sorted(row["startTime"] for row in rows)
    assert not any("passwordEntry" in row for row in rows)
    assert busy.ids("history", queryAll="true", sortType="DSC_StartTIME") == ["5", "1", "1"]
    assert busy.ids("history", "bob", queryAll="true") == ["1", "1"]  # invited; administrators alone see all
    assert busy.ids("history") == []


def test_history_by_filters_and_pages(busy: Company) -> None:
    """The search is a fuzzy one; dates are in milliseconds; pages and their limit are those of the other lists."""
    busy.world.add(Meeting("15", state="Destroyed", start_time=NOW - 90_000))
    assert busy.ids("history", queryAll="true", searchKey="5") == ["15", "5"]
    assert busy.ids("history", queryAll="true", searchKey="15") == ["15"]
    day = {"startDate": str(int(NOW - 86_400) * 1000), "endDate": str(int(NOW) * 1000)}
    assert busy.ids("history", queryAll="true", **day) == ["5"]
    assert busy.world.log[-1].query["startDate"] == day["startDate"]
    page = document(busy.ask("history", queryAll="true", offset="1", limit="1"))
    assert (page["offset"], page["limit"], page["count"], len(page["data"])) == (1, 1, 2, 1)
    assert code(busy.ask("history", limit="501")) == (400, "MMC.111071061")
    assert code(busy.ask("history", startDate="yesterday")) == (400, "MMC.111071061")


# ---- rooms ----


def test_room_number(site: Company) -> None:
    """A room's number is no meeting ID, unless the site lets it stand for the meeting that runs in the room."""
    site.world.add(Meeting("1", state="Schedule", vmr_conference_id="900"))
    site.world.add(Meeting("2", vmr_conference_id="900"))
    assert code(site.call("token", HOST, "900")) == (400, "MMC.111072065")
    site.world.behaviour.room_number_token = True
    data = document(site.call("token", HOST, "900"))["data"]
    assert data["vmrCurrentConfID"] == "2"
    headers = {"X-Conference-Authorization": data["token"]}
    assert site.call("wsToken", headers, "2").status == 200
    assert code(site.call("wsToken", headers, "900")) == (401, "MMC.111070004")
    assert document(site.call("token", {**HOST, **headers}, "900"))["data"]["token"] == data["token"]
    assert code(site.call("token", HOST, "901")) == (400, "MMC.111072065")


# ---- faults, log and secrets ----


def test_list_changes_between_two_pages(busy: Company) -> None:
    """Meetings begin and end just before the second page is made."""
    busy.world.plan(Fault("online", skip=1, begins=("4",), ends=("3",)))
    pages = [busy.ids("online", queryAll="true", offset=offset, limit="2") for offset in ("0", "2")]
    assert pages == [["3", "2"], ["4"]]
    assert busy.world.meetings["3"].state == "Destroyed"


def test_access_tokens_expire_in_between(busy: Company) -> None:
    """All at once, before a request of choice."""
    busy.world.plan(Fault("online_detail", skip=1, expires_access_tokens=True))
    headers = {"X-Access-Token": busy.world.issue_access_token()}
    codes = [busy.call("online_detail", headers, "1").code for _unused in range(3)]
    assert codes == [None, "USG.000000004", "USG.000000004"]
    assert busy.ask("online_detail", "", "1").status == 200


def test_faults_of_the_sign_in(site: Company) -> None:
    """Ordinary faults work here too: an answer that is lost leaves a token behind."""
    site.world.plan(Fault("appauth", drop="after"))
    site.world.plan(Fault("appauth", status=503))
    site.sign_in()
    assert site.world.access_tokens_live() == 1
    assert site.sign_in().status == 503
    assert site.world.access_tokens_live() == 1
    assert [(entry.status, entry.fault) for entry in site.world.requests("appauth")] == [(None, True), (503, True)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"endpoint": "online", "begins": "914"}, "fault.begins must be a list of items, each a string"),
        ({"endpoint": "online", "ends": (1,)}, "fault.ends must be a list of items, each a string"),
        ({"endpoint": "offline"}, "fault.endpoint must be token or"),
    ],
)
def test_misspelt_fault(values: dict[str, Any], message: str) -> None:
    """A fault that could never happen is refused."""
    with pytest.raises(ValueError, match=message):
        Fault(**values)


def test_fault_for_unknown_meetings(site: Company) -> None:
    """So is one that wants to begin or end what is not there."""
    with pytest.raises(ValueError, match="no meeting 1, 2 to begin or end"):
        site.world.plan(Fault("online", begins=("2",), ends=("1",)))


def test_misspelt_enterprise() -> None:
    """An enterprise or a meeting that means nothing is refused."""
    with pytest.raises(ValueError, match="must not be empty"):
        Enterprise("", "key")
    with pytest.raises(ValueError, match="twice"):
        Enterprise("app", "key", users=[User("alice"), User("alice")])
    with pytest.raises(ValueError, match="conf_mode must be COMMON or RTC"):
        Meeting("1", conf_mode="MMR")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="invited must be a list of items"):
        Meeting("1", invited="alice")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="behaviour.list_total cannot differ"):
        Meeting("1", behaviour={"list_total": "page"})


def test_default_administrator() -> None:
    """Every enterprise has one, unless it describes its own."""
    assert [user.user_id for user in Enterprise("app", "key", users=list(USERS)).users] == ["", "alice", "bob", "carol"]
    own = Enterprise("app", "key", users=[User("", 0, "Boss")]).user("")
    assert own and own.name == "Boss"


def test_log_of_a_sign_in(site: Company) -> None:
    """What was signed can be seen: milliseconds mistaken for seconds show here, for they are accepted."""
    in_milliseconds = int(NOW * 1000) + 600_000
    assert site.sign_in(expireTime=in_milliseconds, userId="alice", userEmail="alice@example.com").status == 200
    entry = site.world.log[-1]
    assert (entry.endpoint, entry.status, entry.conference_id) == ("appauth", 200, None)
    assert entry.body == {
        "appId": APP_ID,
        "clientType": 72,
        "expireTime": in_milliseconds,
        "nonce": NONCE,
        "userId": "alice",
    }


def test_secrets(busy: Company) -> None:
    """App Keys past and present, access tokens and their companions, signatures, links; the log holds none of them."""
    body = document(busy.sign_in())
    headers = {"X-Access-Token": body["accessToken"]}
    info = document(busy.call("online_detail", headers, "1"))["conferenceData"]
    busy.call("online", headers, query={"queryAll": "true", "token": body["accessToken"]})
    links = {info["chairJoinUri"], info["guestJoinUri"]}
    known = {
        APP_KEY,
        access(APP_KEY),
        body["accessToken"],
        body["refreshToken"],
        body["proxyToken"]["accessToken"],
        body["proxyToken"]["longAccessToken"],
        busy.world.issue_access_token("alice"),
        signed({"appId": APP_ID, "expireTime": int(NOW) + 600, "nonce": NONCE}, APP_KEY),
        *links,
        *(link.rpartition("/")[2] for link in links),
    }
    busy.world.enterprise = Enterprise(APP_ID, "another key")
    assert {*known, "another key"} <= busy.world.secrets()
    assert len(links) == 2 and APP_ID not in busy.world.secrets()
    assert not [secret for secret in busy.world.secrets() if secret in repr(busy.world.log)]


# ---- behaviour ----


def test_behaviour_of_the_enterprise_is_checked() -> None:
    """A misspelt value is refused at once."""
    with pytest.raises(ValueError, match="behaviour.limit_over_500 must be refuse or clamp"):
        Behaviour(limit_over_500="ignore")  # type: ignore[arg-type]
