# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in as an enterprise, its lists of meetings, and host passwords, over sockets."""

from __future__ import annotations

import base64
import random
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Failure, Kind, MeetingError
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests.account import SignIn, signature
from ansible_collections.huawei.meeting.plugins.module_utils._core.retry import RetryBudget
from ansible_collections.huawei.meeting.plugins.module_utils._service.account import Account
from ansible_collections.huawei.meeting.plugins.module_utils._service.client import Client, Connection
from ansible_collections.huawei.meeting.plugins.module_utils._service.meetings import host_password, list_meetings
from tests.simulator import Enterprise as Company
from tests.simulator import Fault, Meeting, Simulator, User

ID = "914047751"
PASSWORD = "EnterpriseCanary-11"
SIGN_IN = SignIn("app-of-the-tests", "AppKeyCanary-22")
ALICE = replace(SIGN_IN, user_id="alice")
PATIENCE = 3.0


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        simulator.world.enterprise = Company(SIGN_IN.app_id, SIGN_IN.app_key, users=[User(), User("alice", 2, "Alice")])
        yield simulator


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    opened = Client(Connection(sim.url, ca_path=str(sim.ca_file), timeout=2), 16)
    yield opened
    opened.close()


DEEDS: dict[str, Callable[..., Any]] = {
    "sign_in": Account.sign_in,
    "meetings": list_meetings,
    "host_password": host_password,
}


def refusal(account: Account, deed: str = "sign_in", *arguments: Any) -> Failure:
    with pytest.raises(MeetingError) as refused:
        DEEDS[deed](account, *arguments, RetryBudget(PATIENCE))
    told = str(refused.value)
    for secret in (SIGN_IN.app_key, PASSWORD):
        assert secret not in told
    assert account._client.secrets.mask(told) == told
    return refused.value.failure


def listed(account: Account, search: str = "", all_users: bool = True, booked: bool = False) -> list[str]:
    found = list_meetings(account, search, all_users, booked, RetryBudget(PATIENCE))
    return [meeting["conference_id"] for meeting in found]


def add(sim: Simulator, number: int, **fields: Any) -> list[str]:
    """Add so many meetings that began one after another; return their IDs in that order."""
    first = 914_100_000 + len(sim.world.meetings)
    begun = 1_772_442_000
    return [
        sim.world.add(Meeting(str(first + index), start_time=begun + 60 * index, **fields)).conference_id
        for index in range(number)
    ]


@pytest.mark.parametrize(
    ("corp_id", "user_id", "expected"),
    [
        ("", "", "fee50f036cfcbefbc5176e26ede3c63f66e3bf247580cf6bf2cc912c48fa2748"),
        ("", "alice", "26b7eab5989b97dbe2264c7a589a1a7fcf145c1e79336a0089057206c8de0ca2"),
        ("651543334", "alice", "887aefe574e7b18eed418f9f6fec08486e5294ac38f018c8d0943173fd47813c"),
    ],
)
def test_signature(corp_id: str, user_id: str, expected: str) -> None:
    sign_in = SignIn("fdb8e4699586458bbd10c834872dcc62", "ka4ZlNhkWxMYLk4sF0Qv3sH7yT2uB9cD", user_id, corp_id)
    assert signature(sign_in, 1700000600, "0123456789abcdef0123456789abcdef") == expected


def test_what_is_sent_to_sign_in(sim: Simulator, client: Client) -> None:
    account = Account(SIGN_IN, client)
    account.sign_in(RetryBudget(PATIENCE))
    (entry,) = sim.world.requests("appauth")
    assert (entry.method, entry.path, entry.status) == ("POST", "/v2/usg/acs/auth/appauth", 200)
    assert set(entry.body) == {"appId", "clientType", "expireTime", "nonce"}
    assert entry.body["clientType"] == 72
    assert abs(entry.body["expireTime"] - time.time() - 600) < 30
    assert 32 <= len(entry.body["nonce"]) <= 64
    assert {"authorization", "content-type", "x-token-type"} <= set(entry.header_names)
    assert account.administrator is True
    learnt = [secret for secret in sim.world.secrets() if len(secret) > 20 and secret in client.secrets]
    assert len(learnt) >= 2, "a token and its signature"


def test_one_sign_in_and_out(sim: Simulator, client: Client) -> None:
    """Signing in again does nothing; signing out gives the token back, once."""
    account = Account(SIGN_IN, client)
    account.sign_in(RetryBudget(PATIENCE))
    account.sign_in(RetryBudget(PATIENCE))
    assert sim.world.access_tokens_live() == 1
    account.close()
    account.close()
    assert sim.world.access_tokens_live() == 0
    assert len(sim.world.requests("appauth")) == len(sim.world.requests("logout")) == 1


def test_users_and_service_providers(sim: Simulator, client: Client) -> None:
    account = Account(ALICE, client)
    account.sign_in(RetryBudget(PATIENCE))
    assert account.administrator is False
    assert sim.world.access_tokens_live("alice") == 1
    sim.world.enterprise = Company(SIGN_IN.app_id, SIGN_IN.app_key, corp_id="651543334")
    Account(replace(SIGN_IN, corp_id="651543334"), client).sign_in(RetryBudget(PATIENCE))
    assert sim.world.requests("appauth")[-1].body["corpId"] == "651543334"


@pytest.mark.parametrize(
    ("sign_in", "kind", "code"),
    [
        (replace(SIGN_IN, app_key="WrongCanary"), Kind.AUTHENTICATION, "USG.206010025"),
        (replace(SIGN_IN, app_id="another"), Kind.AUTHENTICATION, "USG.206010025"),
        (replace(SIGN_IN, user_id="mallory"), Kind.NOT_FOUND, "USG.206030000"),
        (replace(SIGN_IN, corp_id="651543334"), Kind.AUTHENTICATION, "USG.206010025"),
    ],
)
def test_refused_sign_ins_are_not_repeated(
    sim: Simulator, client: Client, sign_in: SignIn, kind: Kind, code: str
) -> None:
    error = refusal(Account(sign_in, client))
    assert (error.kind, error.code) == (kind, code)
    assert "Could not sign in with App ID" in str(error)
    assert len(sim.world.requests("appauth")) == 1


@pytest.mark.parametrize(("skew", "told"), [(1200.0, "s behind that of the service"), (-1200.0, "")])
def test_clocks_that_differ(sim: Simulator, client: Client, skew: float, told: str) -> None:
    """A service that is far ahead refuses the signature; one that is behind takes it."""
    sim.world.behaviour.clock_skew = skew
    account = Account(SIGN_IN, client)
    if not told:
        account.sign_in(RetryBudget(PATIENCE))
        return
    error = refusal(account)
    assert (error.kind, error.code) == (Kind.AUTHENTICATION, "USG.206010057")
    assert told in str(error) and "1,200" not in str(error) and "Set the clock" in str(error)
    assert "the clock of this machine is 1" in str(error)


def test_passing_faults_of_the_sign_in_are_waited_out(sim: Simulator, client: Client) -> None:
    sim.world.plan(Fault("appauth", times=1, status=503))
    sim.world.plan(Fault("appauth", times=1, drop="before"))
    Account(SIGN_IN, client).sign_in(RetryBudget(PATIENCE))
    assert len(sim.world.requests("appauth")) == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 200, "body": "{}"},
        {"status": 200, "body": '{"accessToken": 7}'},
        {"status": 200, "body": '{"accessToken": "with blank"}'},
        {"status": 200, "body": "[]"},
        {"status": 200, "body": "<html>portal</html>", "content_type": "text/html"},
        {"status": 302, "headers": {"Location": "https://elsewhere.example.org/"}},
    ],
)
def test_answers_that_are_no_sign_in(sim: Simulator, client: Client, fault: dict[str, Any]) -> None:
    sim.world.plan(Fault("appauth", times=None, **fault))
    assert refusal(Account(SIGN_IN, client)).kind in (Kind.TRANSPORT, Kind.SERVICE)


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": "before"}, {"delay": 30.0}, {"status": 401}])
def test_signing_out_is_best_effort(sim: Simulator, client: Client, fault: dict[str, Any]) -> None:
    sim.world.plan(Fault("logout", times=None, **fault))
    account = Account(SIGN_IN, client)
    account.sign_in(RetryBudget(PATIENCE))
    began = time.monotonic()
    account.close()
    assert time.monotonic() - began < 8
    assert len(sim.world.requests("logout")) == 1


def test_a_given_token_is_used_and_left_alone(sim: Simulator, client: Client) -> None:
    add(sim, 1)
    token = sim.world.issue_access_token()
    account = Account(SignIn(access_token=token), client)
    assert len(listed(account)) == 1
    assert account.administrator is None
    account.close()
    assert not sim.world.requests("appauth") and not sim.world.requests("logout")
    assert sim.world.access_tokens_live() == 1


def test_a_given_token_that_is_refused(sim: Simulator, client: Client) -> None:
    """With App ID and App Key it is renewed; by itself it is a failure that says what to give."""
    add(sim, 1)
    alone = refusal(Account(SignIn(access_token="stale"), client), "meetings", "", True, False)
    assert (alone.kind, alone.code) == (Kind.AUTHENTICATION, "USG.000000004")
    both = Account(replace(SIGN_IN, access_token="stale"), client)
    assert len(listed(both)) == 1
    both.close()
    assert len(sim.world.requests("appauth")) == len(sim.world.requests("logout")) == 1


def test_renewed_once_for_all_threads(sim: Simulator, client: Client) -> None:
    ids = add(sim, 120, host_password=PASSWORD)
    sim.world.plan(Fault("online_detail", skip=40, times=1, expires_access_tokens=True))
    account = Account(SIGN_IN, client)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda name: host_password(account, name, RetryBudget(PATIENCE)), ids))
    assert found == [PASSWORD] * 120
    assert len(sim.world.requests("appauth")) == 2
    # Who is refused again fails, instead of signing in for ever.
    sim.world.expire_access_tokens()
    error = refusal(account, "host_password", ids[0])
    assert error.kind is Kind.AUTHENTICATION
    assert len(sim.world.requests("appauth")) == 2


def test_a_token_that_was_refused_is_given_back_too(sim: Simulator, client: Client) -> None:
    """A user who may not do one thing is refused like one whose token has expired, but the token still counts."""
    (name,) = add(sim, 1, host_password=PASSWORD)
    sim.world.plan(Fault("online_detail", status=403, code="MMC.111070002", times=None))
    account = Account(SIGN_IN, client)
    assert refusal(account, "host_password", name).kind is Kind.PERMISSION
    account.close()
    assert len(sim.world.requests("appauth")) == len(sim.world.requests("logout")) == 2
    assert sim.world.access_tokens_live() == 0


def test_a_sign_in_that_fails_is_tried_once_for_all_threads(sim: Simulator, client: Client) -> None:
    """However long each may wait: who waited for the attempt of another one has its failure."""
    ids = add(sim, 8, host_password=PASSWORD)
    sim.world.plan(Fault("appauth", status=503, times=None))
    account = Account(SIGN_IN, client)
    with ThreadPoolExecutor(8) as pool:
        errors = list(pool.map(lambda name: refusal(account, "host_password", name), ids))
    assert {error.kind for error in errors} == {Kind.SERVICE}
    assert len(sim.world.requests("appauth")) <= 5
    # It may have passed by the time somebody asks again.
    sim.world.faults.clear()
    assert host_password(account, ids[0], RetryBudget(PATIENCE)) == PASSWORD


def test_advice_of_a_refusal_fits_the_sign_in(sim: Simulator, client: Client) -> None:
    """Nobody is sent for a token of a meeting, nor for an App ID that was good a moment ago."""
    for status, told in ((401, "The sign-in succeeded"), (403, "Sign in as a user with this right")):
        sim.world.plan(Fault("online", status=status, times=None))
        sim.world.plan(Fault("online_detail", status=status, times=None))
        for deed in (("meetings", "", True, False), ("host_password", ID)):
            assert refusal(Account(SIGN_IN, client), *deed).hint.startswith(told)
        sim.world.faults.clear()


@pytest.mark.parametrize(("sign_in", "told"), [(SIGN_IN, "as its booker"), (ALICE, "an administrator or its booker")])
def test_an_administrator_is_not_told_to_become_one(sim: Simulator, client: Client, sign_in: SignIn, told: str) -> None:
    sim.world.add(Meeting(ID, owner="bob", invited=("alice",)))
    sim.world.behaviour.host_password_visible = False
    assert refusal(Account(sign_in, client), "host_password", ID).hint.endswith(told)


def test_pushed_out_by_other_sign_ins(sim: Simulator, client: Client) -> None:
    (name,) = add(sim, 1, host_password=PASSWORD)
    account = Account(SIGN_IN, client)
    account.sign_in(RetryBudget(PATIENCE))
    for _time in range(64):
        sim.world.issue_access_token()
    assert host_password(account, name, RetryBudget(PATIENCE)) == PASSWORD
    assert [entry.code for entry in sim.world.requests("online_detail")] == ["USG.206020002", None]


def test_host_password(sim: Simulator, client: Client) -> None:
    sim.world.add(Meeting(ID, host_password=PASSWORD, owner="alice"))
    for sign_in in (SIGN_IN, ALICE):
        account = Account(sign_in, client)
        assert host_password(account, ID, RetryBudget(PATIENCE)) == PASSWORD
        assert PASSWORD not in client.secrets  # it is masked with the meeting it belongs to


@pytest.mark.parametrize("hidden", ["absent", "empty", "masked"])
def test_a_host_password_that_is_not_shown(sim: Simulator, client: Client, hidden: Any) -> None:
    """Asterisks must not be tried as a password: failures lock the sign-in."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, owner="alice"))
    sim.world.behaviour.host_password_visible = False
    sim.world.behaviour.hidden_password = hidden
    error = refusal(Account(SIGN_IN, client), "host_password", ID)
    assert error.kind is Kind.PERMISSION
    assert "the service does not show it" in str(error) and "Give `host_password`" in str(error)


@pytest.mark.parametrize(
    ("sign_in", "meeting", "kind"),
    [
        (SIGN_IN, None, Kind.NOT_FOUND),
        (SIGN_IN, {"state": "Schedule"}, Kind.NOT_STARTED),
        (SIGN_IN, {"state": "Schedule", "held": 2}, Kind.NOT_STARTED),
        (SIGN_IN, {"state": "Destroyed"}, Kind.ENDED),
        (SIGN_IN, {"state": "Destroyed", "held": 2}, Kind.ENDED),
        (ALICE, {"state": "Schedule"}, Kind.PERMISSION),
        (ALICE, {"state": "Schedule", "owner": "alice"}, Kind.NOT_STARTED),
        (ALICE, {"state": "Destroyed"}, Kind.NOT_FOUND),
        (ALICE, {"state": "Destroyed", "invited": ("alice",)}, Kind.ENDED),
        (ALICE, {}, Kind.PERMISSION),
    ],
)
def test_meetings_that_cannot_be_looked_up(
    sim: Simulator, client: Client, sign_in: SignIn, meeting: dict[str, Any] | None, kind: Kind
) -> None:
    if meeting is not None:
        sim.world.add(Meeting(ID, host_password=PASSWORD, **meeting))
    error = refusal(Account(sign_in, client), "host_password", ID)
    assert error.kind is kind
    assert f"Could not look up the host password of meeting {ID}: " in str(error)
    assert error.meeting == (kind.value if kind in (Kind.NOT_STARTED, Kind.ENDED) else "")
    assert error.retryable == (kind is Kind.NOT_STARTED)


def test_how_a_meeting_that_does_not_go_on_is_looked_for(sim: Simulator, client: Client) -> None:
    """Running, then booked, then over; the whole history, because by its ID it is searched for loosely only."""
    sim.world.add(Meeting(f"{ID}0", subject=f"as {ID}", state="Destroyed"))
    refusal(Account(SIGN_IN, client), "host_password", ID)
    assert [entry.endpoint for entry in sim.world.log] == ["appauth", "online_detail", "booked_detail", "history"]
    query = sim.world.log[-1].query
    assert (query["searchKey"], query["queryAll"], query["limit"]) == (ID, "true", "500")
    assert int(query["startDate"]) / 1000 < time.time() - 360 * 86_400
    assert int(query["endDate"]) / 1000 > time.time()


@pytest.mark.parametrize("total", ["total", "page", "missing"])
@pytest.mark.parametrize("hay", [0, 499, 500, 1100])
def test_needles_in_the_history(sim: Simulator, client: Client, hay: int, total: Any) -> None:
    """An ID that is part of many others; those are later, and so before it in the list."""
    sim.world.behaviour.list_total = total
    for number in range(hay):
        sim.world.add(Meeting(f"{ID}{number}", state="Destroyed", start_time=time.time() - 60 * number))
    account = Account(SIGN_IN, client)
    assert refusal(account, "host_password", ID).kind is Kind.NOT_FOUND
    sim.world.add(Meeting(ID, state="Destroyed", start_time=time.time() - 200 * 86_400))
    assert refusal(account, "host_password", ID).kind is Kind.ENDED


@pytest.mark.parametrize("sign_in", [SIGN_IN, ALICE, SignIn()], ids=["administrator", "user", "token"])
def test_who_may_not_see_all_is_told_so(sim: Simulator, client: Client, sign_in: SignIn) -> None:
    sim.world.behaviour.foreign_detail = "not_found"
    sim.world.add(Meeting(ID if sign_in != SIGN_IN else "1", host_password=PASSWORD))
    given = sign_in if sign_in.app_id else SignIn(access_token=sim.world.issue_access_token("alice"))
    error = refusal(Account(given, client), "host_password", ID)
    assert error.kind is Kind.NOT_FOUND
    assert "Check `conference_id`" in error.hint
    assert ("may not see it" in error.hint) == (sign_in != SIGN_IN)


@pytest.mark.parametrize(
    ("sign_in", "room", "kind"),
    [
        (SIGN_IN, "", Kind.ENDED),
        (SIGN_IN, "880001", Kind.ENDED),
        (ALICE, "", Kind.ENDED),
        (ALICE, "880001", Kind.NOT_FOUND),
    ],
)
def test_the_past_of_a_room_proves_nothing_to_who_may_not_see_all(
    sim: Simulator, client: Client, sign_in: SignIn, room: str, kind: Kind
) -> None:
    """Others may be in it now, unseen: to call their meeting over would make the stopping of it green."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, owner="alice", held=1, vmr_conference_id=room))
    for endpoint in ("online_detail", "booked_detail"):
        sim.world.plan(Fault(endpoint, code="MMC.111070005"))
    assert refusal(Account(sign_in, client), "host_password", ID).kind is kind


@pytest.mark.parametrize("passwords", [True, False])
@pytest.mark.parametrize("endpoint", ["online_detail", "booked_detail", "history"])
def test_a_meeting_that_begins_while_it_is_looked_for(
    sim: Simulator, client: Client, endpoint: Any, passwords: bool
) -> None:
    """Whoever was held before, too: what runs is never called over or not begun, and its password is found."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, state="Schedule", held=1))
    if endpoint != "history":
        sim.world.plan(Fault(endpoint, begins=(ID,)))
    else:
        sim.world.begin(ID)
        sim.world.plan(Fault("online_detail", code="MMC.111070005"))
    if not passwords:
        data = f'{{"conferenceData": {{"conferenceID": "{ID}", "conferenceState": "Created"}}}}'
        sim.world.plan(Fault("booked_detail", begins=(ID,), body=data))
    assert host_password(Account(SIGN_IN, client), ID, RetryBudget(PATIENCE)) == PASSWORD


@pytest.mark.parametrize("state", ['"Created"', '"Strange"', "7", "null"])
def test_a_service_that_contradicts_itself_decides_nothing(sim: Simulator, client: Client, state: str) -> None:
    data = f'{{"conferenceData": {{"conferenceID": "{ID}", "conferenceState": {state}}}}}'
    sim.world.plan(Fault("booked_detail", body=data))
    error = refusal(Account(SIGN_IN, client), "host_password", ID)
    assert (error.kind, error.meeting, error.retryable) == (Kind.SERVICE, "", True)


@pytest.mark.parametrize("endpoint", ["booked_detail", "history"])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 503}, Kind.SERVICE),
        ({"status": 429}, Kind.THROTTLED),
        ({"status": 403, "code": "MMC.111070010"}, Kind.PERMISSION),
        ({"status": 403}, Kind.PERMISSION),
        ({"status": 200, "body": "{}"}, Kind.TRANSPORT),
        ({"status": 200, "body": "[]"}, Kind.TRANSPORT),
        ({"drop": "before"}, Kind.TRANSPORT),
    ],
)
def test_a_look_that_fails_decides_nothing(
    sim: Simulator, client: Client, endpoint: Any, fault: dict[str, Any], kind: Kind
) -> None:
    sim.world.add(Meeting(ID, state="Destroyed"))
    sim.world.plan(Fault(endpoint, times=None, **fault))
    with pytest.raises(MeetingError) as refused:
        host_password(Account(SIGN_IN, client), ID, RetryBudget(0.5))
    assert (refused.value.failure.kind, refused.value.failure.meeting) == (kind, "")


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429, "headers": {"Retry-After": "0"}}])
@pytest.mark.parametrize("endpoint", ["booked_detail", "history"])
def test_a_look_that_fails_in_passing_is_repeated(
    sim: Simulator, client: Client, endpoint: Any, fault: dict[str, Any]
) -> None:
    sim.world.add(Meeting(ID, state="Destroyed"))
    sim.world.plan(Fault(endpoint, **fault))
    assert refusal(Account(SIGN_IN, client), "host_password", ID).kind is Kind.ENDED


@pytest.mark.parametrize("body", ["{}", "[]", '{"conferenceData": 7}', '{"conferenceData": {"passwordEntry": "x"}}'])
def test_details_that_are_none(sim: Simulator, client: Client, body: str) -> None:
    sim.world.add(Meeting(ID, host_password=PASSWORD))
    sim.world.plan(Fault("online_detail", times=None, status=200, body=body))
    assert refusal(Account(SIGN_IN, client), "host_password", ID).kind in (Kind.TRANSPORT, Kind.PERMISSION)


@pytest.mark.parametrize(
    ("number", "requests"), [(0, 1), (1, 1), (499, 1), (500, 2), (501, 2), (949, 2), (950, 3), (1200, 3)]
)
def test_all_pages(sim: Simulator, client: Client, number: int, requests: int) -> None:
    ids = add(sim, number)
    assert listed(Account(SIGN_IN, client)) == ids
    assert len(sim.world.requests("online")) == requests


@pytest.mark.parametrize("total", ["page", "missing"])
@pytest.mark.parametrize("number", [3, 500, 1100])
def test_a_total_that_does_not_help(sim: Simulator, client: Client, total: Any, number: int) -> None:
    sim.world.behaviour.list_total = total
    ids = add(sim, number)
    assert listed(Account(SIGN_IN, client)) == ids


def test_order_is_start_then_id(sim: Simulator, client: Client) -> None:
    for number, start in (("3", 180), ("10", 60), ("2", 60)):
        sim.world.add(Meeting(number, start_time=1_772_442_000 + start))
    assert listed(Account(SIGN_IN, client)) == ["10", "2", "3"]


@pytest.mark.parametrize("seed", range(12))
def test_lists_that_change_while_they_are_read(sim: Simulator, client: Client, seed: int) -> None:
    """No meeting that went on all the time is lost, none is there twice, whatever ends and begins meanwhile."""
    chance = random.Random(seed)
    ids = add(sim, 1200)
    later = add(sim, 60, state="Schedule")
    ended: set[str] = set()
    for skip in (1, 2, 3):
        number = chance.choice([1, 30, 49, 50, 51, 120])
        pool = chance.choice([ids[:450], ids[400:600], ids])
        ends = tuple(chance.sample([name for name in pool if name not in ended], number))
        begins = tuple(later[:20])
        del later[:20]
        ended |= set(ends)
        sim.world.plan(Fault("online", skip=skip, times=1, ends=ends, begins=begins))
    found = listed(Account(SIGN_IN, client))
    assert len(found) == len(set(found))
    assert set(ids) - ended <= set(found)


@pytest.mark.parametrize(("number", "ends"), [(600, 150), (600, 599), (1000, 600), (1200, 1100)])
def test_a_list_that_ends_before_its_next_page(sim: Simulator, client: Client, number: int, ends: int) -> None:
    """So many meetings end at once that the next page is empty: what is left of them was not on the first one."""
    ids = add(sim, number)
    sim.world.plan(Fault("online", skip=1, ends=tuple(ids[:ends])))
    found = listed(Account(SIGN_IN, client))
    assert len(found) == len(set(found))
    assert set(ids[ends:]) <= set(found)


def test_a_list_that_is_never_whole(sim: Simulator, client: Client) -> None:
    """A service that says that there are more meetings than it gives is not believed silently."""
    item = '{"conferenceID": "1", "conferenceState": "Created"}'
    sim.world.plan(Fault("online", times=None, status=200, body=f'{{"count": 7, "data": [{item}]}}'))
    error = refusal(Account(SIGN_IN, client), "meetings", "", True, False)
    assert "says that there are 7 meetings, but gave only 1" in str(error)
    assert error.retryable


@pytest.mark.parametrize(
    "fault",
    [
        {"body": "{}"},
        {"body": '{"data": {}}'},
        {"body": '{"data": [7]}'},
        {"body": '{"data": [{"subject": "no ID"}]}'},
        {"body": "<html></html>", "content_type": "text/html"},
        {"body": "{"},
        {"size": 20_000_000},
    ],
)
def test_answers_that_are_no_list(sim: Simulator, client: Client, fault: dict[str, Any]) -> None:
    sim.world.plan(Fault("online", times=None, status=200, **fault))
    error = refusal(Account(SIGN_IN, client), "meetings", "", True, False)
    assert error.kind in (Kind.TRANSPORT, Kind.SERVICE)
    assert "Could not list the meetings: " in str(error)


def test_what_is_told_of_a_meeting(sim: Simulator, client: Client) -> None:
    sim.world.add(
        Meeting(
            ID,
            host_password=PASSWORD,
            subject="Fire\ndrill {{ x }}",
            owner="alice",
            record_type=3,
            auto_record=True,
            conf_mode="RTC",
            webinar=True,
            attendees=12,
            vmr_conference_id="77001",
            start_time=1_772_442_000,
            end_time=1_772_445_600,
        )
    )
    (meeting,) = list(list_meetings(Account(SIGN_IN, client), "", True, False, RetryBudget(PATIENCE)))
    assert meeting == {
        "conference_id": ID,
        "room_id": "77001",
        "conf_uuid": meeting["conf_uuid"],
        "subject": "Fire drill {{ x }}",
        "booked_by": "Alice",
        "department": meeting["department"],
        "state": "ongoing",
        "start_time": "2026-03-02T09:00:00Z",
        "end_time": "2026-03-02T10:00:00Z",
        "record_type": "live_and_recording",
        "recordable": True,
        "auto_record": True,
        "conf_mode": "RTC",
        "webinar": True,
        "media_types": meeting["media_types"],
        "attendees": 12,
    }
    assert not [secret for secret in sim.world.secrets() if secret in str(meeting)]


def test_values_of_wrong_types(sim: Simulator, client: Client) -> None:
    item = (
        '{"conferenceID": 914047751, "subject": ["x"], "startTime": "soon", "endTime": 7, "recordType": "2",'
        ' "webinar": "yes", "mediaTypes": null, "onlineAttendeeAmount": "many", "conferenceState": "Strange"}'
    )
    sim.world.plan(Fault("online", times=None, status=200, body=f'{{"count": "1", "data": [{item}]}}'))
    (meeting,) = list(list_meetings(Account(SIGN_IN, client), "", True, False, RetryBudget(PATIENCE)))
    assert meeting["conference_id"] == "914047751"
    assert (meeting["subject"], meeting["start_time"], meeting["end_time"]) == ("", None, None)
    assert (meeting["record_type"], meeting["recordable"]) == ("recording", True)
    assert (meeting["webinar"], meeting["media_types"], meeting["attendees"]) == (False, [], None)
    assert meeting["state"] == "unknown"


def test_users_see_their_own(sim: Simulator, client: Client) -> None:
    mine = add(sim, 2, owner="alice")
    add(sim, 1)
    asked_in = add(sim, 1, invited=("alice",))
    assert sorted(listed(Account(ALICE, client))) == [*mine, *asked_in]
    assert listed(Account(SIGN_IN, client), all_users=False) != listed(Account(SIGN_IN, client))


def test_search_and_booked(sim: Simulator, client: Client) -> None:
    (going_on,) = add(sim, 1, subject="Training A")
    (booked,) = add(sim, 1, subject="Training B", state="Schedule")
    add(sim, 1, subject="Other")
    account = Account(SIGN_IN, client)
    assert listed(account, search="Training") == [going_on]
    assert listed(account, search="Training", booked=True) == [going_on, booked]
    assert sim.world.requests("online")[0].query["searchKey"] == "Training"
    # What begins between the two lists is ongoing, and there once.
    sim.world.plan(Fault("online", times=1, begins=(booked,)))
    found = list_meetings(account, "Training", True, True, RetryBudget(PATIENCE))
    assert [(one["conference_id"], one["state"]) for one in found] == [(going_on, "ongoing"), (booked, "ongoing")]


def test_the_app_key_is_never_sent(sim: Simulator, client: Client) -> None:
    """It signs; neither it nor its base64 is in what arrives, which the simulator keeps of the body."""
    Account(SIGN_IN, client).sign_in(RetryBudget(PATIENCE))
    (entry,) = sim.world.requests("appauth")
    for form in (SIGN_IN.app_key, base64.b64encode(SIGN_IN.app_key.encode()).decode()):
        assert form not in str(entry)


# ---- clocks


def clocks(client: Client, sim: Simulator, date: str) -> str:
    """What is said of a signature that the service calls expired, in an answer with this date."""
    sim.world.plan(Fault("appauth", status=401, code="USG.206010057", headers={"Date": date}))
    error = refusal(Account(SIGN_IN, client))
    assert error.kind is Kind.AUTHENTICATION
    assert "Set the clock of the machine" in error.hint
    return error.detail


@pytest.mark.parametrize(("ahead", "words"), [(7200, "behind that"), (-7200, "ahead of that")])
def test_clocks_that_differ_are_told_with_the_difference(
    sim: Simulator, client: Client, ahead: int, words: str
) -> None:
    detail = clocks(client, sim, formatdate(time.time() + ahead, usegmt=True))
    found = re.search(r"the clock of this machine is ([0-9]+) s (.*?) of the service", detail)
    assert found, detail
    assert int(found[1]) == pytest.approx(7200, abs=60)
    assert found[2] == words


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026 25:00:00 GMT", "Fri, 31 Dec 999999 00:00:00 GMT"])
def test_a_date_that_is_none_is_not_told(sim: Simulator, client: Client, date: str) -> None:
    assert "the clock of this machine" not in clocks(client, sim, date)
