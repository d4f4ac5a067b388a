# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many meetings at once: all are attempted, in order, with bounded parallelism, and one's trouble stays its own."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.meeting import RecordingState
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests.account import SignIn
from ansible_collections.huawei.meeting.plugins.module_utils._core.result import RecordingResult
from ansible_collections.huawei.meeting.plugins.module_utils._core.target import LiveState, Settings, Target
from ansible_collections.huawei.meeting.plugins.module_utils._service.account import Account
from ansible_collections.huawei.meeting.plugins.module_utils._service.batch import read_states, set_states
from ansible_collections.huawei.meeting.plugins.module_utils._service.client import Client, Connection
from ansible_collections.huawei.meeting.plugins.module_utils._service.websocket import LiveChannel
from tests.simulator import Enterprise as Firm
from tests.simulator import Fault, Meeting, Simulator
from tests.unit.plugins.peers import Proxy, Relay

IDS = [str(914047800 + number) for number in range(12)]


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    simulator.world.behaviour.recorder_delay = 0.02
    for conference_id in IDS:
        simulator.world.add(Meeting(conference_id, host_password=f"pw-{conference_id}"))
    ready = Client(Connection(simulator.url, ca_path=str(simulator.ca_file), timeout=5), parallel=4)
    yield ready
    ready.close()


def targets() -> list[Target]:
    return [Target(name, RecordingState.STARTED, host_password=f"pw-{name}") for name in IDS]


def run_all(
    targets: list[Target], client: Client, parallel: int, account: Account | None = None, **options: Any
) -> list[RecordingResult]:
    return set_states(targets, Settings(**options), client, parallel, account)


def kinds(outcomes: list[RecordingResult]) -> list[str]:
    return [outcome.error["kind"] if outcome.error else "" for outcome in outcomes]


@contextmanager
def interruption(client: Client, reached: Callable[[], bool]) -> Iterator[None]:
    """Interrupt the run as soon as something is reached, at the latest after ten seconds."""

    def interrupt() -> None:
        deadline = time.monotonic() + 10
        while not reached() and time.monotonic() < deadline:
            time.sleep(0.01)
        client.cancel.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    yield
    thread.join()


def test_all_are_started_and_told_in_the_order_given(simulator: Simulator, client: Client) -> None:
    outcomes = run_all(targets(), client, 4)
    assert [outcome.conference_id for outcome in outcomes] == IDS
    assert all(outcome.changed and outcome.confirmed and not outcome.failed for outcome in outcomes)
    assert sorted(simulator.world.writes()) == [1] * len(IDS)
    assert not any(outcome.changed for outcome in run_all(targets(), client, 4))
    assert len(simulator.world.writes()) == len(IDS)
    assert simulator.until_closed()


def test_nothing_to_do_is_nothing_done(client: Client) -> None:
    assert run_all([], client, 4) == []


def test_the_trouble_of_one_stays_its_own(simulator: Simulator, client: Client) -> None:
    simulator.world.change(IDS[0], {"host_password": "other"})
    simulator.world.end(IDS[3])
    simulator.world.plan(Fault("record", conference_id=IDS[5], times=None, status=400))
    simulator.world.plan(Fault("record", conference_id=IDS[7], drop="after"))
    outcomes = run_all(targets(), client, 4)
    assert kinds(outcomes) == ["authentication", "", "", "ended", "", "usage", "", "", "", "", "", ""]
    assert simulator.world.writes(IDS[7]) == [1]


def test_no_more_run_at_a_time_than_is_allowed(simulator: Simulator, client: Client) -> None:
    simulator.world.behaviour.latency = 0.02
    with Relay(simulator.world.ports[0]) as relay:
        url = f"https://127.0.0.1:{relay.port}"
        own = Client(Connection(url, ca_path=str(simulator.ca_file), timeout=5), parallel=3)
        outcomes = run_all(targets(), own, 3, live_state=LiveState.IGNORE)
        own.close()
        assert relay.accepted == 3
    assert not any(outcome.failed for outcome in outcomes)


def test_an_interruption_ends_all_waits_and_sends_nothing_more(simulator: Simulator, client: Client) -> None:
    simulator.world.behaviour.recorder_delay = None
    with interruption(client, lambda: len(simulator.world.writes()) == 4):
        outcomes = run_all(targets(), client, 4, wait_timeout=60)
    assert [outcome.conference_id for outcome in outcomes] == IDS
    assert all(outcome.failed for outcome in outcomes)
    assert len(simulator.world.writes()) == 4
    assert [outcome.changed for outcome in outcomes] == [True] * 4 + [False] * 8
    assert threading.active_count() < 10
    assert simulator.until_closed()


def test_a_signal_that_a_worker_takes_is_noticed(simulator: Simulator, client: Client) -> None:
    """The system hands a signal to any thread; Python's handler runs in the main one, once that gets to it."""
    simulator.world.behaviour.recorder_delay = None
    others = set(threading.enumerate())
    before = signal.signal(signal.SIGUSR1, lambda *_: client.cancel.set())

    def strike() -> None:
        while len(simulator.world.writes()) < 4:
            time.sleep(0.01)
        worker = next(thread for thread in threading.enumerate() if thread not in {*others, striker})
        signal.pthread_kill(worker.ident or 0, signal.SIGUSR1)

    striker = threading.Thread(target=strike)
    striker.start()
    try:
        outcomes = run_all(targets(), client, 4, wait_timeout=20)
    finally:
        signal.signal(signal.SIGUSR1, before)
        striker.join()
    assert len(simulator.world.writes()) == 4
    assert all(outcome.failed for outcome in outcomes)


def test_the_error_that_all_have_says_once_what_to_do(simulator: Simulator, client: Client) -> None:
    """The failure of the one sign-in is why no state can be read, and the tokens may write all the same."""
    simulator.world.behaviour.keep_alive_needs_password = True
    simulator.world.plan(Fault("appauth", times=None, status=400, code="MMC.111070001"))
    given = [Target(name, RecordingState.STARTED, token=simulator.world.issue_token(name)) for name in IDS]
    account = Account(SignIn("app-1", "key-1"), client)
    outcomes = run_all(given, client, 4, account)
    account.close()
    assert [outcome.changed for outcome in outcomes] == [True] * len(IDS)
    for outcome in outcomes:
        (warning,) = outcome.warnings
        assert warning.count("live_state: ignore") == 1


@pytest.mark.parametrize("check", [False, True])
def test_a_meeting_whose_reading_was_interrupted_failed(simulator: Simulator, client: Client, check: bool) -> None:
    """It is neither a change, not even a foretold one, nor worth the warning that a request is sent blindly."""
    simulator.world.behaviour.snapshot = False
    with interruption(client, lambda: len(simulator.world.requests("subscribe")) == 4):
        outcomes = run_all(targets(), client, 4, check=check)
    assert simulator.world.writes() == []
    assert simulator.until_closed()
    assert [outcome.warnings for outcome in outcomes] == [()] * len(IDS)
    for outcome in outcomes:
        assert not outcome.changed
        assert outcome.error
        assert "the run was interrupted" in outcome.msg
        assert outcome.error["retryable"]


def test_a_surprise_is_the_failure_of_its_meeting_alone(
    simulator: Simulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text may hold anything, so only its type and place are told."""

    surprises = {IDS[2]: "token", IDS[5]: "wsToken", IDS[8]: "record"}
    send = client.send

    def besetting(request: Any, *rest: Any) -> Any:
        for name, endpoint in surprises.items():
            if request.endpoint == endpoint and request.path.endswith(f"conferenceID={name}"):
                raise ZeroDivisionError(f"a text that holds pw-{name}")
        return send(request, *rest)

    monkeypatch.setattr(client, "send", besetting)
    outcomes = run_all(targets(), client, 4)
    assert {outcome.conference_id: kind for outcome, kind in zip(outcomes, kinds(outcomes)) if kind} == {
        IDS[2]: "service",
        IDS[5]: "service",
        IDS[8]: "unknown_outcome",
    }
    for outcome in outcomes:
        if outcome.failed:
            assert outcome.changed == (surprises[outcome.conference_id] == "record")
            assert "unexpected ZeroDivisionError in test_batch.py:" in outcome.msg
            assert "pw-" not in outcome.msg
        else:
            assert outcome.changed and outcome.confirmed
    assert {name: len(simulator.world.writes(name)) for name in IDS} == {
        name: int(name not in surprises) for name in IDS
    }
    assert simulator.until_closed()


def test_a_surprise_at_closing_costs_no_report(
    simulator: Simulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    close, left = LiveChannel.close, [IDS[3]]

    def besetting(live: LiveChannel) -> None:
        close(live)
        if left:
            left.clear()
            raise ZeroDivisionError

    monkeypatch.setattr(LiveChannel, "close", besetting)
    outcomes = run_all(targets(), client, 4)
    assert [outcome.conference_id for outcome in outcomes] == IDS
    assert all(outcome.changed for outcome in outcomes)


def test_threads_that_cannot_be_started_cost_no_report(
    simulator: Simulator, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that limits their number: the batch goes on with those there are."""
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def limited(thread: threading.Thread) -> None:
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)
    outcomes = run_all(targets(), client, 4)
    assert [outcome.conference_id for outcome in outcomes] == IDS
    assert [outcome.changed for outcome in outcomes] == [bool(simulator.world.writes(name)) for name in IDS]


def test_throttling_slows_all_and_fails_none(simulator: Simulator, client: Client) -> None:
    simulator.world.behaviour.rate_limit = (6, 1.0)
    simulator.world.behaviour.retry_after = True
    outcomes = run_all(targets(), client, 4, live_state=LiveState.IGNORE, retry_timeout=30)
    assert not any(outcome.failed for outcome in outcomes)
    assert all(simulator.world.meetings[name].segments == 1 for name in IDS)


def throttle_tokens(simulator: Simulator, times: int | None) -> None:
    simulator.world.plan(Fault("token", times=times, status=429, code="APIG.0308", headers={"Retry-After": "1"}))


def test_what_one_is_asked_to_wait_all_wait(simulator: Simulator, client: Client) -> None:
    throttle_tokens(simulator, 1)
    first, second = targets()[:2]
    outcomes = [
        *run_all([first], client, 1, retry_timeout=0),
        *run_all([second], client, 1, retry_timeout=30),
    ]
    assert kinds(outcomes) == ["throttled", ""]
    refused, served = simulator.world.requests("token")
    assert served.time - refused.time > 0.9


def test_patience_spent_on_the_pause_of_another_is_told(simulator: Simulator, client: Client) -> None:
    throttle_tokens(simulator, None)
    first, second = targets()[:2]
    outcomes = [
        *run_all([first], client, 1, retry_timeout=0),
        *run_all([second], client, 1, retry_timeout=1),
    ]
    assert kinds(outcomes) == ["throttled", "throttled"]
    refused, again = simulator.world.requests("token")
    assert again.time - refused.time > 0.9
    assert re.search(r"\b[01]\.[0-9] s\b", outcomes[1].msg)


# ---- with the sign-in of an enterprise

APP_ID, APP_KEY = "fleet-app", "FleetCanary-3308"


@contextmanager
def signed_in(simulator: Simulator, parallel: int, **given: str) -> Iterator[tuple[Client, Account]]:
    """A client and a sign-in for an enterprise that is founded here."""
    simulator.world.enterprise = Firm(APP_ID, APP_KEY)
    client = Client(Connection(simulator.url, ca_path=str(simulator.ca_file), timeout=5), parallel)
    account = Account(SignIn(**{"app_id": APP_ID, "app_key": APP_KEY, **given}), client)
    try:
        yield client, account
    finally:
        account.close()
        client.close()


def without_credentials(names: list[str]) -> list[Target]:
    return [Target(name, RecordingState.STARTED) for name in names]


@pytest.fixture
def many(simulator: Simulator) -> list[str]:
    """So many meetings that each of 16 workers has several to do."""
    names = [str(914047900 + number) for number in range(120)]
    for name in names:
        simulator.world.add(Meeting(name, host_password=f"pw-{name}"))
    return names


def test_all_workers_share_one_sign_in(simulator: Simulator, many: list[str]) -> None:
    with signed_in(simulator, 16) as (client, account):
        outcomes = run_all(without_credentials(many), client, 16, account, live_state=LiveState.IGNORE)
    assert not any(outcome.failed for outcome in outcomes)
    assert len(simulator.world.requests("appauth")) == len(simulator.world.requests("logout")) == 1
    assert len(simulator.world.requests("online_detail")) == len(simulator.world.writes()) == len(many)
    assert simulator.world.access_tokens_live() == 0


@pytest.mark.parametrize("after", [0, 1, 50, 110])
def test_a_token_refused_in_mid_batch_is_renewed_once_for_all(
    simulator: Simulator, many: list[str], after: int
) -> None:
    """However many workers hold the refused token at that moment."""
    simulator.world.behaviour.latency = 0.01  # so that requests of several workers overlap
    simulator.world.plan(Fault("online_detail", skip=after, expires_access_tokens=True))
    with signed_in(simulator, 16) as (client, account):
        outcomes = run_all(without_credentials(many), client, 16, account, live_state=LiveState.IGNORE)
    assert [outcome.msg for outcome in outcomes if outcome.failed] == []
    assert len(simulator.world.requests("appauth")) == 2
    assert all(simulator.world.writes(name) == [1] for name in many)
    assert simulator.world.access_tokens_live() == 0


def test_a_token_refused_once_more_is_not_renewed_again(simulator: Simulator, many: list[str]) -> None:
    simulator.world.plan(Fault("online_detail", skip=20, expires_access_tokens=True))
    simulator.world.plan(Fault("online_detail", skip=60, expires_access_tokens=True))
    with signed_in(simulator, 16) as (client, account):
        outcomes = run_all(without_credentials(many), client, 16, account, live_state=LiveState.IGNORE)
    assert len(simulator.world.requests("appauth")) == 2
    assert set(kinds(outcomes)) == {"", "authentication"}
    for outcome in outcomes:
        assert simulator.world.writes(outcome.conference_id) == [1] * (not outcome.failed)
        if outcome.failed:
            assert "the access token is not valid" in outcome.msg


def test_a_refused_sign_in_fails_each_meeting_and_is_tried_once(simulator: Simulator, many: list[str]) -> None:
    """Even where it is needed late, to renew the tokens that the meetings brought along."""
    orders = [replace(one, token=simulator.world.issue_token(one.conference_id)) for one in without_credentials(many)]
    simulator.world.expire_tokens()
    with signed_in(simulator, 4, app_key="wrong") as (client, account):
        outcomes = run_all(orders, client, 4, account, live_state=LiveState.IGNORE)
    assert kinds(outcomes) == ["authentication"] * len(many)
    assert all("Could not sign in with App ID" in outcome.msg for outcome in outcomes)
    assert len(simulator.world.requests("appauth")) == 1


def test_a_sign_in_that_failed_in_passing_is_tried_again(simulator: Simulator, many: list[str]) -> None:
    simulator.world.plan(Fault("appauth", status=503))
    with signed_in(simulator, 1) as (client, account):
        outcomes = run_all(
            without_credentials(many[:3]), client, 1, account, live_state=LiveState.IGNORE, retry_timeout=0
        )
    assert kinds(outcomes) == ["service", "", ""]


def test_a_refused_access_token_alone_asks_for_another(simulator: Simulator, many: list[str]) -> None:
    with signed_in(simulator, 4, access_token="refused", app_id="", app_key="") as (client, account):
        outcomes = run_all(without_credentials(many[:4]), client, 4, account, live_state=LiveState.IGNORE)
    assert kinds(outcomes) == ["authentication"] * 4
    assert all("Give a fresh `access_token`" in outcome.msg for outcome in outcomes)
    assert {entry.endpoint for entry in simulator.world.log} == {"online_detail"}


def test_only_meetings_without_a_credential_are_looked_up(simulator: Simulator, many: list[str]) -> None:
    token, password, neither = many[:3]
    orders = [
        replace(one, token=simulator.world.issue_token(token)) if one.conference_id == token else one
        for one in without_credentials([token, password, neither])
    ]
    orders[1] = replace(orders[1], host_password=f"pw-{password}")
    with signed_in(simulator, 4) as (client, account):
        outcomes = run_all(orders, client, 4, account, live_state=LiveState.IGNORE)
    assert not any(outcome.failed for outcome in outcomes)
    assert [entry.conference_id for entry in simulator.world.requests("online_detail")] == [neither]
    assert {entry.conference_id for entry in simulator.world.requests("token")} == {password, neither}


def test_reading_many_never_writes(simulator: Simulator, many: list[str]) -> None:
    for name in many[::3]:
        simulator.world.set_recording(name, True)
    simulator.world.end(many[4])
    orders = [Target(name) for name in many]
    with signed_in(simulator, 16) as (client, account):
        outcomes = read_states(orders, Settings(), client, 16, account)
    assert [outcome.conference_id for outcome in outcomes] == many
    assert kinds(outcomes) == [""] * len(many)
    assert [outcome.after.recording.value for outcome in outcomes] == [
        "started" if number % 3 == 0 else "stopped" for number in range(len(many))
    ]
    assert outcomes[4].after.meeting.value == "ended"
    assert simulator.world.writes() == []
    assert simulator.until_closed()


# ---- behind a proxy


def test_a_refused_sign_in_to_the_proxy_is_tried_once_for_a_batch(
    simulator: Simulator, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The enterprise's sign-in and its sign-out among it."""
    with Proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://anna:geheim@"))
        passwords = [Target(name, RecordingState.STARTED, host_password=f"pw-{name}") for name in many[:20]]
        with signed_in(simulator, 8) as (client, account):
            outcomes = run_all([*passwords, *without_credentials(many[20:])], client, 8, account)
        assert len(proxy.heads) == 1
    assert set(kinds(outcomes)) == {"transport"}
    assert all("HTTPS_PROXY" in outcome.msg and "geheim" not in outcome.msg for outcome in outcomes)
    assert simulator.world.log == []


@pytest.mark.parametrize("live_state", [LiveState.AUTO, LiveState.REQUIRED])
def test_a_proxy_that_refuses_the_host_of_the_live_channel_is_asked_for_it_once(
    simulator: Simulator, many: list[str], monkeypatch: pytest.MonkeyPatch, live_state: LiveState
) -> None:
    """The state cannot be read for that reason, as wherever the channel is blocked."""
    simulator.world.behaviour.ws_host = "localhost"
    orders = [Target(name, RecordingState.STARTED, host_password=f"pw-{name}") for name in many[:24]]
    with Proxy(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", host="localhost") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with signed_in(simulator, 8) as (client, _enterprise):
            outcomes = run_all(orders, client, 8, live_state=live_state)
        assert sum(target.startswith("localhost:") for target in proxy.targets) == 1
    words = "refused the connection to localhost:"
    if live_state is LiveState.REQUIRED:
        assert set(kinds(outcomes)) == {"transport"}
        assert all(words in outcome.msg and "`live_state: ignore`" in outcome.msg for outcome in outcomes)
        assert simulator.world.writes() == []
    else:
        assert not any(outcome.failed for outcome in outcomes)
        assert all(words in outcome.warnings[0] for outcome in outcomes)
        assert simulator.world.writes() == [1] * 24
