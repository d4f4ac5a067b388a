# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enterprise side of the simulator: without any network and with a clock that stands still, then over HTTPS."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import hmac
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.simulator import Behaviour, Enterprise, Fault, Meeting, Simulator, User, World, seed
from tests.simulator.enterprise import signature
from tests.simulator.model import Answer

NOW = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
APP_ID, APP_KEY, CORP_ID = "fdb8e4699586458bbd10c834872dcc62", "ka4ZlNhkWxMYLk4sF0Qv3sH7yT2uB9cD", "651543334"
NONCE = "0123456789abcdef0123456789abcdef"
ID = "914047751"
HOST = {"X-Password": "host-914826", "X-Login-Type": "1"}
PATH = "/v1/mmc/management/conferences"
USERS = [User("alice", 2, "Alice Example"), User("bob", 2, "Bob Example"), User("carol", 1, "Carol Example")]
PATIENCE = 5.0  # seconds; nothing here takes that long unless it fails


class Site:
    """A world whose time is moved by hand, and what a client sends to it."""

    def __init__(self, **enterprise: Any) -> None:
        """Found an enterprise with three users besides its default administrator."""
        self.now = NOW
        self.world = World(clock=lambda: self.now, rng=random.Random(1))
        self.world.enterprise = Enterprise(APP_ID, APP_KEY, **{"users": list(USERS), **enterprise})

    def sign_in(self, headers: dict[str, str] | None = None, key: str = APP_KEY, **change: Any) -> Answer:
        """Sign in properly, but for the changes; a body's member that is `...` is left out."""
        body = {"appId": APP_ID, "clientType": 72, "expireTime": int(self.now) + 600, "nonce": NONCE, **change}
        body = {name: value for name, value in body.items() if value is not ...}
        if headers is None:
            headers = {"Authorization": f"HMAC-SHA256 signature={signed(body, key)},access={access(APP_ID)}"}
        return self.call("appauth", headers, body=json.dumps(body).encode(), method="POST")

    def call(self, endpoint: str, headers: dict[str, str], conference_id: str | None = None, **more: Any) -> Answer:
        """Send a request and return its answer."""
        answer = self.world.gateway.receive(endpoint, conference_id, headers, **more).answer
        assert answer is not None
        return answer

    def ask(self, endpoint: str, user_id: str = "", conference_id: str | None = None, **query: str) -> Answer:
        """Ask as a user who has just signed in."""
        headers = {"X-Access-Token": self.world.issue_access_token(user_id)}
        return self.call(endpoint, headers, conference_id, query=query)

    def ids(self, endpoint: str, user_id: str = "", **query: str) -> list[str]:
        """Return the IDs of the meetings on one page of a list."""
        return [item["conferenceID"] for item in document(self.ask(endpoint, user_id, **query))["data"]]


def signed(body: dict[str, Any], key: str) -> str:
    """Sign a sign-in as a client would; written anew, so that it cannot be wrong together with the simulator."""
    corp_id = [body["corpId"]] if body.get("corpId") else []
    parts = [body["appId"], *corp_id, body.get("userId") or "", str(body["expireTime"]), body["nonce"]]
    return hmac.new(key.encode(), ":".join(parts).encode(), hashlib.sha256).hexdigest()


def access(app_id: str) -> str:
    """Return an App ID in base64."""
    return base64.b64encode(app_id.encode()).decode()


def document(answer: Answer) -> Any:
    """Return the body of a good answer."""
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def code(answer: Answer) -> tuple[int, str | None]:
    """Return status and error code of an answer."""
    return answer.status, answer.code


@pytest.fixture
def site() -> Site:
    """A single enterprise without meetings."""
    return Site()


@pytest.fixture
def busy() -> Site:
    """An enterprise with meetings of several people: three running, one booked, one over."""
    site = Site()
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
    site = Site(corp_id=corp_id)
    sent = expected.upper() if upper else expected
    headers = {"Authorization": f"HMAC-SHA256 signature={sent},access=ZmRiOGU0Njk5NTg2NDU4YmJkMTBjODM0ODcyZGNjNjI="}
    answer = site.sign_in(headers, userId=user_id, corpId=corp_id or None, expireTime=1_700_000_600)
    assert document(answer)["user"]["thirdAccount"] == user_id


def test_sign_in_answer(site: Site) -> None:
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
def test_who_signs_in(site: Site, user: dict[str, Any], admin_type: int) -> None:
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
def test_sign_in_is_checked(site: Site, change: dict[str, Any], expected: tuple[int, str | None]) -> None:
    """Key, App ID, mode, user, age, and the shape of each member."""
    assert code(site.sign_in(**change)) == expected
    assert site.world.access_tokens_live() == (expected[0] == 200)


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_sign_in_wants_an_object(site: Site, body: bytes) -> None:
    """No body, no JSON, no object."""
    assert code(site.call("appauth", {}, body=body, method="POST")) == (400, "USG.206060011")


def test_sign_in_with_a_changed_signature(site: Site) -> None:
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
    assert Site(corp_id=CORP_ID).sign_in(corpId=corp_id).code == expected


def test_sign_in_without_an_enterprise(site: Site) -> None:
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
def test_access_part(site: Site, required: bool, sent: str, expected: str | None) -> None:
    """The App ID in the header may be left out where the site allows it; a wrong one never helps."""
    site.world.behaviour.access_part_required = required
    body = {"appId": APP_ID, "expireTime": int(NOW) + 600, "nonce": NONCE}
    answer = site.sign_in({"Authorization": f"HMAC-SHA256 signature={signed(body, APP_KEY)}{sent}"})
    assert answer.code == expected


def test_refused_sign_in(site: Site) -> None:
    """The documents do not tell the HTTP status."""
    site.world.behaviour.refused_sign_in = 400
    for change, expected in (
        ({"key": "x"}, "USG.206010025"),
        ({"userId": "dave"}, "USG.206030000"),
        ({"expireTime": 1}, "USG.206010057"),
    ):
        assert code(site.sign_in(**change)) == (400, expected)


@pytest.mark.parametrize(("skew", "expected"), [(599, None), (601, "USG.206010057"), (-3600, None)])
def test_clock_skew(site: Site, skew: float, expected: str | None) -> None:
    """The age of a signature, and all times in the answer, go by the service's clock."""
    site.world.behaviour.clock_skew = skew
    answer = site.sign_in()
    assert answer.code == expected
    if expected is None:
        assert document(answer)["createTime"] == (NOW + skew) * 1000
        assert document(answer)["expireTime"] == NOW + skew + 43_200


def test_nonce_once(site: Site) -> None:
    """A replay is accepted or refused; a failed sign-in uses nothing up."""
    assert [site.sign_in().status for _unused in range(2)] == [200, 200]
    site.world.behaviour.nonce_once = True
    assert code(site.sign_in()) == (401, "USG.206010025")
    fresh: dict[str, Any] = {"nonce": "n" * 40}
    assert [site.sign_in(**change).status for change in ({**fresh, "key": "x"}, fresh, fresh)] == [401, 200, 401]


# ---- access tokens ----


def test_access_token_expires(site: Site) -> None:
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
def test_access_token_is_checked(site: Site, endpoint: str) -> None:
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


def test_64_access_tokens(site: Site) -> None:
    """Each user has 64; the next pushes out that user's oldest, and nobody else's."""
    other = site.world.issue_access_token("bob")
    tokens = [document(site.sign_in(userId="alice"))["accessToken"] for _unused in range(65)]
    assert site.world.access_tokens_live("alice") == 64
    assert site.world.access_tokens_live("bob") == 1
    answers = [site.call("online", {"X-Access-Token": token}).code for token in (*tokens[:2], other, tokens[64])]
    assert answers == ["USG.206020002", None, None, None]


def test_log_out(site: Site) -> None:
    """A token that was given back opens nothing; the others stay."""
    first, second = site.world.issue_access_token(), site.world.issue_access_token()
    answer = site.call("logout", {"X-Access-Token": first}, method="DELETE")
    assert (answer.status, answer.body) == (200, b"")
    assert site.world.access_tokens_live() == 1
    assert code(site.call("online", {"X-Access-Token": first})) == (401, "USG.000000004")
    assert site.call("online", {"X-Access-Token": second}).status == 200


def test_control_calls_do_not_mind_an_access_token(site: Site) -> None:
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
def test_lists(busy: Site, endpoint: str, user_id: str, query: dict[str, str], expected: list[str]) -> None:
    """Who sees what, by start time, filtered and paged."""
    assert busy.ids(endpoint, user_id, **query) == expected
    assert busy.world.log[-1].query == query


@pytest.mark.parametrize(("mode", "expected"), [("ADAY", 1), ("AWEEK", 2), ("AMONTH", 3), ("ALL", 4)], ids=str)
def test_how_far_ahead(site: Site, mode: str, expected: int) -> None:
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
def test_bad_query(site: Site, query: dict[str, str]) -> None:
    """Values that the documents rule out."""
    assert code(site.ask("booked", **query)) == (400, "MMC.111071061")


def test_page_frame(busy: Site) -> None:
    """Offset, limit and total come with the data; the defaults are 0 and 20."""
    page = document(busy.ask("online", queryAll="true", offset="1", limit="1"))
    assert (page["offset"], page["limit"], page["count"], len(page["data"])) == (1, 1, 3, 1)
    page = document(busy.ask("online"))
    assert (page["offset"], page["limit"]) == (0, 20)


def test_limit_over_500(site: Site) -> None:
    """Instead of refusing it a site may lower it silently."""
    for number in range(501):
        site.world.add(Meeting(str(number)))
    site.world.behaviour.limit_over_500 = "clamp"
    page = document(site.ask("online", limit="1000"))
    assert (page["limit"], page["count"], len(page["data"])) == (500, 501, 500)
    assert len(site.ids("online")) == 20


@pytest.mark.parametrize(("rule", "expected"), [("total", 3), ("page", 2), ("missing", None)])
def test_list_total(busy: Site, rule: Any, expected: int | None) -> None:
    """What `count` is worth."""
    busy.world.behaviour.list_total = rule
    assert document(busy.ask("online", queryAll="true", limit="2")).get("count") == expected


def test_list_ties(site: Site) -> None:
    """Meetings that begin together keep their order, or lose it between two pages."""
    for number in range(50):
        site.world.add(Meeting(str(number), start_time=NOW))
    expected = [str(number) for number in range(50)]
    assert site.ids("online", limit="50") == expected
    site.world.behaviour.list_ties = "shuffled"
    shuffled = site.ids("online", limit="50")
    assert shuffled != expected and sorted(shuffled) == sorted(expected)


def test_conference_info(busy: Site) -> None:
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
def test_default_times(site: Site, state: Any, hours: int) -> None:
    """Without times a meeting lies around now, as suits its state."""
    meeting = site.world.add(Meeting(ID, state=state))
    assert hours * 3600 - 660 <= meeting.start_time - NOW <= hours * 3600
    assert meeting.end_time == meeting.start_time + 3600


# ---- details and passwords ----


def passwords(info: dict[str, Any]) -> dict[str, str]:
    """Return the passwords of a ConferenceInfo by role."""
    return {entry["conferenceRole"]: entry["password"] for entry in info["passwordEntry"]}


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
    busy: Site, endpoint: str, user_id: str, visible: bool, expected: dict[str, str]
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
def test_hidden_password(busy: Site, rule: Any, expected: str) -> None:
    """Something may stand in its place, for one meeting as for all."""
    busy.world.meetings["1"].behaviour = {"host_password_visible": False, "hidden_password": rule}
    assert passwords(document(busy.ask("online_detail", "", "1"))["conferenceData"])["chair"] == expected
    assert passwords(document(busy.ask("online_detail", "", "2"))["conferenceData"]) == BOTH


def test_meeting_without_guest_password(busy: Site) -> None:
    """Then there is no entry for it."""
    busy.world.meetings["1"].guest_password = ""
    assert list(passwords(document(busy.ask("online_detail", "", "1"))["conferenceData"])) == ["chair"]


def test_lists_without_passwords(busy: Site) -> None:
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
    busy: Site, endpoint: str, user_id: str, conference_id: str | None, expected: tuple[int, str | None]
) -> None:
    """What exists, what runs, and who may look."""
    assert code(busy.ask(endpoint, user_id, conference_id)) == expected
    assert busy.world.log[-1].conference_id == conference_id


def test_foreign_detail(busy: Site) -> None:
    """A site may deny that the meeting exists."""
    busy.world.behaviour.foreign_detail = "not_found"
    assert code(busy.ask("online_detail", "alice", "2")) == (400, "MMC.111070005")


def test_participants(busy: Site) -> None:
    """The host and those invited, by pages; the other detail tells the asker's role."""
    body = document(busy.ask("online_detail", "bob", "1"))
    assert [(item["name"], item["role"]) for item in body["data"]["data"]] == [("Alice Example", 1), ("Bob Example", 0)]
    page = document(busy.ask("online_detail", "bob", "1", offset="1", limit="1"))["data"]
    assert (page["offset"], page["limit"], page["count"], len(page["data"])) == (1, 1, 2, 1)
    assert "role" not in body
    assert [document(busy.ask("booked_detail", name, "1"))["role"] for name in ("alice", "bob")] == ["chair", "general"]


# ---- history ----


def test_history(busy: Site) -> None:
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


def test_history_by_filters_and_pages(busy: Site) -> None:
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


def test_room_number(site: Site) -> None:
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


def test_list_changes_between_two_pages(busy: Site) -> None:
    """Meetings begin and end just before the second page is made."""
    busy.world.plan(Fault("online", skip=1, begins=("4",), ends=("3",)))
    pages = [busy.ids("online", queryAll="true", offset=offset, limit="2") for offset in ("0", "2")]
    assert pages == [["3", "2"], ["4"]]
    assert busy.world.meetings["3"].state == "Destroyed"


def test_access_tokens_expire_in_between(busy: Site) -> None:
    """All at once, before a request of choice."""
    busy.world.plan(Fault("online_detail", skip=1, expires_access_tokens=True))
    headers = {"X-Access-Token": busy.world.issue_access_token()}
    codes = [busy.call("online_detail", headers, "1").code for _unused in range(3)]
    assert codes == [None, "USG.000000004", "USG.000000004"]
    assert busy.ask("online_detail", "", "1").status == 200


def test_faults_of_the_sign_in(site: Site) -> None:
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


def test_fault_for_unknown_meetings(site: Site) -> None:
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


def test_log_of_a_sign_in(site: Site) -> None:
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


def test_secrets(busy: Site) -> None:
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


# ---- over HTTPS ----


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running simulator of an enterprise with 1,200 meetings that run."""
    world = World()
    world.enterprise = Enterprise(APP_ID, APP_KEY, users=list(USERS))
    for number in range(1200):
        world.add(Meeting(str(914_000_000 + number), subject=f"Training {number}", owner="alice"))
    with Simulator(world) as simulator:
        yield simulator


class Client:
    """Speaks to a running simulator."""

    def __init__(self, simulator: Simulator) -> None:
        """Know where it listens."""
        self.simulator = simulator
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send any request."""
        options = {"verify": str(self.simulator.ca_file), "timeout": PATIENCE, **more}
        return self.http.request(method, self.simulator.url + path, **options)

    def sign_in(self) -> requests.Response:
        """Sign in as the default administrator; the session carries the token from then on."""
        body = {"appId": APP_ID, "clientType": 72, "expireTime": int(time.time()) + 600, "nonce": NONCE, "corpId": None}
        headers = {"Authorization": f"HMAC-SHA256 signature={signed(body, APP_KEY)},access={access(APP_ID)}"}
        answer = self.send("POST", "/v2/usg/acs/auth/appauth", json=body, headers=headers)
        if answer.ok:
            self.http.headers["X-Access-Token"] = answer.json()["accessToken"]
        return answer


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    """A client of that simulator."""
    client = Client(simulator)
    with client.http:
        yield client


def test_whole_story(client: Client, simulator: Simulator) -> None:
    """Sign in, read 1,200 meetings in three pages, look one up, fetch its control token, log out: one connection."""
    answer = client.sign_in()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json;charset=UTF-8")
    seen = []
    for offset in (0, 500, 1000):
        query = {"offset": offset, "limit": 500, "queryAll": "true"}
        seen += [item["conferenceID"] for item in client.send("GET", f"{PATH}/online", params=query).json()["data"]]
    assert seen == list(simulator.world.meetings)
    info = client.send("GET", f"{PATH}/online/confDetail", params={"conferenceID": seen[7]}).json()["conferenceData"]
    headers = {"X-Password": passwords(info)["chair"], "X-Login-Type": "1"}
    url = f"/v1/mmc/control/conferences/token?conferenceID={seen[7]}"
    assert client.send("GET", url, headers=headers).status_code == 200
    assert client.send("GET", PATH, params={"limit": 1}).json()["count"] == 0
    assert client.send("GET", f"{PATH}/confDetail?conferenceID={seen[7]}").json()["role"] == "general"
    assert client.send("DELETE", "/v1/usg/acs/token").status_code == 200
    answer = client.send("GET", f"{PATH}/online")
    assert (answer.status_code, answer.json()["error_code"]) == (401, "USG.000000004")
    assert [entry.endpoint for entry in simulator.world.log] == [
        "appauth",
        *["online"] * 3,
        "online_detail",
        "token",
        "booked",
        "booked_detail",
        "logout",
        "online",
    ]
    assert simulator.world.requests("online")[1].query == {"offset": "500", "limit": "500", "queryAll": "true"}
    assert simulator.world.requests("online_detail")[0].conference_id == seen[7]
    assert simulator.connections == 1


def test_connections(client: Client, simulator: Simulator) -> None:
    """Each connection that carries a call counts once."""
    assert simulator.connections == 0
    client.send("GET", f"{PATH}/online")
    client.send("GET", f"{PATH}/online")
    assert simulator.connections == 1
    client.send("GET", f"{PATH}/online", headers={"Connection": "close"})
    client.send("GET", f"{PATH}/online")
    assert simulator.connections == 2


@pytest.mark.parametrize("skew", [0.0, 86_400.0])
def test_clock_skew_shows_in_date(client: Client, simulator: Simulator, skew: float) -> None:
    """A client may learn the service's time from any answer."""
    simulator.world.behaviour.clock_skew = skew
    answer = client.sign_in()
    assert answer.json().get("error_code") == ("USG.206010057" if skew else None)
    ahead = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert abs(ahead - skew) < 600


def test_admin_access_tokens(client: Client) -> None:
    """By hand, access tokens can be had and made to expire."""
    assert client.send("POST", "/_simulator/access_tokens", json={"user_id": "dave"}).status_code == 400
    assert client.send("POST", "/_simulator/access_tokens", json={"user": "dave"}).status_code == 400
    token = client.send("POST", "/_simulator/access_tokens", json={"user_id": "alice"}).json()["token"]
    headers = {"X-Access-Token": token}
    assert client.send("GET", f"{PATH}/online", headers=headers).json()["count"] == 1200
    assert client.send("DELETE", "/_simulator/access_tokens").status_code == 204
    assert client.send("GET", f"{PATH}/online", headers=headers).status_code == 401


def test_environment(simulator: Simulator) -> None:
    """The credentials have an environment of their own."""
    assert set(simulator.environment()) == {"HUAWEI_MEETING_API_URL", "HUAWEI_MEETING_CA_PATH"}
    names = {"HUAWEI_MEETING_APP_ID": APP_ID, "HUAWEI_MEETING_APP_KEY": APP_KEY}
    assert simulator.enterprise_environment() == names
    simulator.world.enterprise = Enterprise(APP_ID, APP_KEY, CORP_ID)
    assert simulator.enterprise_environment() == {**names, "HUAWEI_MEETING_CORP_ID": CORP_ID}
    simulator.world.enterprise = None
    assert simulator.enterprise_environment() == {}


# ---- seeds ----


def test_example_seed() -> None:
    """The example has users of each kind that matters, and their meetings."""
    world = seed.load(seed.EXAMPLE)
    assert world.enterprise and {user.admin_type for user in world.enterprise.users} == {0, 2}
    for meeting in world.meetings.values():
        assert all(world.enterprise.user(user_id) for user_id in (meeting.owner, *meeting.invited))


def test_behaviour_of_the_enterprise_is_checked() -> None:
    """A misspelt value is refused at once."""
    with pytest.raises(ValueError, match="behaviour.limit_over_500 must be refuse or clamp"):
        Behaviour(limit_over_500="ignore")  # type: ignore[arg-type]
