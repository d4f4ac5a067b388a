# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One meeting from sign-in to confirmation, over real sockets."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
import threading
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import MeetingError
from ansible_collections.huawei.meeting.plugins.module_utils._core.meeting import RecordingState
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests.account import SignIn
from ansible_collections.huawei.meeting.plugins.module_utils._core.requests.control import ControlToken
from ansible_collections.huawei.meeting.plugins.module_utils._core.result import (
    RecordingResult,
    diff,
    recording_values,
    state_values,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.secrets import Secrets
from ansible_collections.huawei.meeting.plugins.module_utils._core.target import LiveState, Settings, Target
from ansible_collections.huawei.meeting.plugins.module_utils._service import recorder, websocket
from ansible_collections.huawei.meeting.plugins.module_utils._service.account import Account
from ansible_collections.huawei.meeting.plugins.module_utils._service.client import Client, Connection
from ansible_collections.huawei.meeting.plugins.module_utils._service.recorder import (
    control_token,
    read_state,
    set_state,
)
from tests.simulator import Behaviour, Fault, Meeting, Simulator, World
from tests.simulator import Enterprise as Firm

MEETING = "914047751"
PASSWORD = "host-914826"
GUEST_PASSWORD = "guest-305117"
STARTED, STOPPED = "started", "stopped"


class Stage:
    """A simulated meeting, and what holds after every order about it, however it went."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.world: World = simulator.world
        self.world.behaviour.recorder_delay = 0.02

    @property
    def meeting(self) -> Meeting:
        return self.world.meetings[MEETING]

    def token(self) -> str:
        """A control token as somebody has fetched it earlier."""
        return self.world.issue_token(MEETING)

    def run(
        self,
        wanted: str = STARTED,
        *,
        live_state: str = "auto",
        timeout: float = 2,
        wait_timeout: float = 2,
        retry_timeout: float = 5,
        tinker: Callable[[Client], None] = lambda client: None,
        sign_in: SignIn | None = None,
        **options: Any,
    ) -> RecordingResult:
        """Carry out one order with a client of its own. `tinker` may change the client."""
        if "token" not in options and sign_in is None:
            options.setdefault("host_password", PASSWORD)
        given = {name: options.pop(name) for name in ("token", "host_password") if name in options}
        target = Target(MEETING, RecordingState(wanted), **given)
        settings = Settings(LiveState(live_state), wait_timeout=wait_timeout, retry_timeout=retry_timeout, **options)
        verb = read_state if target.wanted is RecordingState.UNKNOWN else set_state
        client = Client(Connection(self.simulator.url, ca_path=str(self.simulator.ca_file), timeout=timeout))
        tinker(client)
        account = Account(sign_in, client) if sign_in else None
        began = time.monotonic()
        try:
            outcome = verb(target, settings, client, account)
        finally:
            if account:
                account.close()
            client.close()
        assert time.monotonic() - began < 3 * (8 * timeout + wait_timeout + retry_timeout), "a deadline did not hold"
        assert self.simulator.until_closed(), "a live channel was left open"
        self.check_words(outcome)
        return outcome

    def check_words(self, outcome: RecordingResult) -> None:
        """No secret in anything that is told, and a failure is told in whole sentences."""
        told = f"{recording_values(outcome)} {diff(outcome)} {outcome.warnings}"
        assert not [secret for secret in self.world.secrets() if secret in told]
        if outcome.failed:
            assert outcome.error is not None
            assert outcome.msg.startswith("Could not ")
            assert MEETING in outcome.msg
            assert outcome.error["hint"] in outcome.msg
            assert ".." not in outcome.msg
        else:
            assert outcome.msg == ""

    def run_other(self) -> RecordingResult:
        """Start the recording as another run does it, which gives no way."""
        client = Client(Connection(self.simulator.url, ca_path=str(self.simulator.ca_file)))
        target = Target(MEETING, RecordingState.STARTED, host_password=PASSWORD)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                recorder, "random", types.SimpleNamespace(uniform=lambda _low, _high: 0.0, random=lambda: 0.0)
            )
            try:
                return set_state(target, Settings(), client)
            finally:
                client.close()

    @property
    def writes(self) -> list[int]:
        return self.world.writes(MEETING)

    def count(self, endpoint: str) -> int:
        """How many requests of one kind arrived."""
        return len(self.world.requests(endpoint))

    @contextmanager
    def once(self, condition: Callable[[], object], deed: Callable[[], object]) -> Iterator[None]:
        """Do something from another thread as soon as a condition holds."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.005):
                if condition():
                    deed()
                    return

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.fixture
def stage(simulator: Simulator) -> Stage:
    return Stage(simulator)


def kind(outcome: RecordingResult) -> str | None:
    return outcome.error["kind"] if outcome.error else None


def shown(outcome: RecordingResult) -> dict[str, Any]:
    """The result without its request ID and time, and with the kind of its error in place of all the words.

    Where nobody can say what came of a change, and only there, the words say why.
    """
    values: dict[str, Any] = {**recording_values(outcome)}
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", values.pop("at"))
    unseen = values["changed"] and values["state"] == "unknown" and "error" not in values
    assert bool(values.pop("reason", "")) is unseen
    values.pop("request_id")
    values.pop("conference_id")
    values.pop("msg", None)
    if "error" in values:
        values["error"] = values["error"]["kind"]
    return values


def unchanged(state: str, meeting: str = "ongoing", before: str | None = None) -> dict[str, Any]:
    """The result of an order that found everything as wanted."""
    return {
        "changed": False,
        "state": state,
        "previous_state": before or state,
        "confirmed": True,
        "meeting": meeting,
    }


def changed(before: str, after: str) -> dict[str, Any]:
    """The result of an order that changed something, and saw it."""
    return {"changed": True, "state": after, "previous_state": before, "confirmed": True, "meeting": "ongoing"}


# ---- started, started again, stopped, stopped again


def test_only_what_is_needed_is_sent(stage: Stage) -> None:
    assert shown(stage.run(STARTED)) == changed(STOPPED, STARTED)
    assert shown(stage.run(STARTED)) == unchanged(STARTED)
    assert stage.writes == [1]
    assert shown(stage.run(STOPPED)) == changed(STARTED, STOPPED)
    assert shown(stage.run(STOPPED)) == unchanged(STOPPED)
    assert stage.writes == [1, 0]
    assert stage.meeting.segments == 1


def test_a_change_costs_five_requests_and_no_more(stage: Stage) -> None:
    stage.run(STARTED)
    assert [entry.endpoint for entry in stage.world.log] == ["token", "wsToken", "connect", "subscribe", "record"]


def test_the_request_id_is_that_of_the_write(stage: Stage) -> None:
    outcome = stage.run(STARTED)
    assert outcome.request_id == stage.world.requests("record")[0].request_id


@pytest.mark.parametrize("redundant", ["accept", "segment", "error"])
def test_a_redundant_request_is_not_sent_whatever_it_would_do(stage: Stage, redundant: str) -> None:
    stage.world.change(MEETING, {"behaviour": {"redundant": redundant}})
    stage.run(STARTED)
    assert shown(stage.run(STARTED)) == unchanged(STARTED)
    assert (stage.writes, stage.meeting.segments) == ([1], 1)


def test_a_slow_recorder_is_waited_for(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = 0.7
    assert shown(stage.run(STARTED)) == changed(STOPPED, STARTED)
    assert stage.meeting.recording


@pytest.mark.parametrize("place", ["top", "data"])
@pytest.mark.parametrize("desc_key", ["returnDesc", "returnDesc "])
@pytest.mark.parametrize("body", ["empty", "return_code"])
@pytest.mark.parametrize("partial", [False, True], ids=["full", "partial"])
def test_every_shape_of_a_right_answer_is_understood(
    stage: Stage, place: str, desc_key: str, body: str, partial: bool
) -> None:
    stage.world.behaviour = Behaviour(
        recorder_delay=0.02,
        ws_token_place=place,  # type: ignore[arg-type]
        return_desc_key=desc_key,
        record_body=body,  # type: ignore[arg-type]
        partial_pushes=partial,
    )
    assert shown(stage.run(STARTED, live_state="required")) == changed(STOPPED, STARTED)


# ---- check mode


@pytest.mark.parametrize("credential", ["password", "token"])
@pytest.mark.parametrize("live_state", ["auto", "required", "ignore"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
@pytest.mark.parametrize("before", [STARTED, STOPPED])
def test_check_mode_predicts_and_never_writes(
    stage: Stage, before: str, wanted: str, live_state: str, credential: str
) -> None:
    stage.world.change(MEETING, {"recording": before == STARTED})
    options: dict[str, Any] = {"live_state": live_state}
    if credential == "token":
        options["token"] = stage.token()
    predicted = stage.run(wanted, check=True, **options)
    assert stage.writes == []
    real = stage.run(wanted, **options)
    assert (predicted.changed, diff(predicted)) == (real.changed, diff(real))
    assert (predicted.before, predicted.after) == (real.before, real.after)
    assert real.changed == (live_state == "ignore" or before != wanted)
    assert len(stage.writes) == real.changed
    again = stage.run(wanted, **options)
    assert again.changed == (live_state == "ignore")


def test_check_mode_confirms_nothing_that_it_only_predicts(stage: Stage) -> None:
    predicted = stage.run(STARTED, check=True)
    assert shown(predicted) == {**changed(STOPPED, STARTED), "confirmed": False}
    assert stage.run(STOPPED, check=True).confirmed


@pytest.mark.parametrize("wait", [True, False], ids=["wait", "no wait"])
def test_check_mode_reports_the_state_that_a_real_run_would(stage: Stage, wait: bool) -> None:
    predicted = stage.run(STARTED, check=True, wait=wait)
    assert recording_values(predicted)["state"] == recording_values(stage.run(STARTED, wait=wait))["state"]


# How the world and the order are, and why nobody sees what a request did.
UNSEEN: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "ignored": ({}, {"live_state": "ignore"}, "`live_state: ignore` does not read the live state."),
    "not waited for": ({}, {"wait": False}, "`wait: false` does not wait until the new state is seen."),
    "silent": ({"snapshot": False, "recorder_delay": None}, {"wait_timeout": 0.1}, "no usable recording state within"),
    "silent, not waited for": (
        {"snapshot": False},
        {"wait_timeout": 0},
        "`wait_timeout: 0` does not wait until the new state is seen.",
    ),
    "refused": ({"subscribe": "code"}, {}, "Could not read the live state of meeting"),
}


@pytest.mark.parametrize(("behaviour", "options", "words"), UNSEEN.values(), ids=UNSEEN)
@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_what_nobody_sees_is_told_with_its_reason(
    stage: Stage, behaviour: dict[str, Any], options: dict[str, Any], words: str, check: bool
) -> None:
    """A check run says beforehand what the real run will say; advice that could do harm is not given."""
    stage.world.change(MEETING, {"behaviour": behaviour})
    outcome = stage.run(STARTED, timeout=0.5, check=check, **options)
    assert shown(outcome) == {**changed(outcome.before.recording.value, "unknown"), "confirmed": False}
    assert words in outcome.reason
    assert outcome.reason.endswith(".")
    assert "again" not in outcome.reason


@pytest.mark.parametrize("state", ["Schedule", "Destroyed"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_check_mode_fails_where_a_real_run_would(stage: Stage, state: str, wanted: str) -> None:
    stage.world.change(MEETING, {"state": state})
    assert shown(stage.run(wanted, check=True)) == shown(stage.run(wanted))
    assert stage.writes == []


# ---- meetings that are not running


@pytest.mark.parametrize(
    ("code", "detail", "meeting"),
    [
        ("MMC.111072005", "not_started", "not_started"),
        ("MMC.111071004", "not_started", "not_started"),
        ("MMC.111071011", "not_started", "not_started"),
        ("MMC.111071058", "not_started", "not_started"),
        ("MMC.111072015", "not_started", "not_started"),
        ("MMC.111072006", "ended", "ended"),
        ("MMC.111071072", "ended", "ended"),
        ("MMC.111072014", "ended", "ended"),
        ("MMC.111072003", "ended", "ended"),
    ],
)
def test_a_plain_word_that_the_meeting_is_not_running(stage: Stage, code: str, detail: str, meeting: str) -> None:
    stage.world.plan(Fault("token", times=None, code=code))
    assert shown(stage.run(STOPPED, retry_timeout=0)) == unchanged(STOPPED, meeting)
    refused = stage.run(STARTED, retry_timeout=0)
    assert shown(refused) == {**unchanged(STOPPED, meeting), "confirmed": False, "error": detail}
    assert refused.error is not None
    assert refused.error["code"] == code
    assert stage.writes == []


@pytest.mark.parametrize("code", ["MMC.111072065", "MMC.111070005", "MMC.112010004", "MMC.111081002"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_meeting_that_may_be_unknown_is_a_failure_either_way(stage: Stage, code: str, wanted: str) -> None:
    stage.world.plan(Fault("token", times=None, code=code))
    outcome = stage.run(wanted)
    assert kind(outcome) in ("authentication", "not_found")
    assert not outcome.changed
    assert stage.writes == []


@pytest.mark.parametrize("point", ["token", "wsToken", "connect", "subscribe", "push", "record"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_meeting_that_ends_in_between(stage: Stage, point: Any, wanted: str) -> None:
    """Stopping has nothing left to do; starting fails with kind `ended`; nothing is recorded."""
    before = STARTED if wanted == STOPPED else STOPPED
    stage.world.change(MEETING, {"recording": before == STARTED})
    stage.world.plan(Fault(point, meeting_state="Destroyed"))
    outcome = stage.run(wanted)
    assert outcome.failed == (wanted == STARTED)
    assert kind(outcome) in (None, "ended")
    assert not outcome.changed
    assert recording_values(outcome)["state"] == STOPPED
    assert recording_values(outcome)["meeting"] == "ended"
    assert stage.meeting.segments == 0


@pytest.mark.parametrize("point", ["token", "wsToken", "push"])
@pytest.mark.parametrize("live_state", ["auto", "required"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_nothing_is_sent_to_a_meeting_that_the_service_called_over(
    stage: Stage, point: Any, live_state: str, wanted: str
) -> None:
    """The word `ended` counts wherever it is said, so no request is needed to hear it again."""
    stage.world.plan(Fault(point, meeting_state="Destroyed"))
    outcome = stage.run(wanted, live_state=live_state)
    assert kind(outcome) == (None if wanted == STOPPED else "ended")
    assert recording_values(outcome)["meeting"] == "ended"
    assert outcome.warnings == ()
    assert stage.writes == []


@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_meeting_that_ends_while_the_recorder_is_waited_for(stage: Stage, wanted: str) -> None:
    stage.world.change(MEETING, {"recording": wanted == STOPPED})
    stage.world.behaviour.recorder_delay = None
    with stage.once(lambda: stage.writes, lambda: stage.world.end(MEETING)):
        outcome = stage.run(wanted, wait_timeout=5)
    assert kind(outcome) == (None if wanted == STOPPED else "ended")
    assert recording_values(outcome)["meeting"] == "ended"
    assert recording_values(outcome)["state"] == STOPPED
    assert outcome.changed
    assert len(stage.writes) == 1


@pytest.mark.parametrize("live_state", ["auto", "ignore"])
def test_stopping_with_a_bare_token_what_is_over(stage: Stage, live_state: str) -> None:
    """The refusal of the write says so as plainly as that of the sign-in."""
    token = stage.token()
    stage.world.end(MEETING)
    outcome = stage.run(STOPPED, token=token, live_state=live_state)
    assert not outcome.failed
    assert not outcome.changed
    assert outcome.confirmed
    assert recording_values(outcome)["meeting"] == "ended"


# ---- lost answers


@pytest.mark.parametrize("delay", [0.02, 0.7], ids=["fast recorder", "slow recorder"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_an_answer_lost_after_the_deed_is_no_reason_to_send_again(stage: Stage, delay: float, wanted: str) -> None:
    stage.world.change(MEETING, {"recording": wanted == STOPPED})
    stage.world.behaviour.recorder_delay = delay
    stage.world.plan(Fault("record", drop="after"))
    before = STOPPED if wanted == STARTED else STARTED
    assert shown(stage.run(wanted)) == changed(before, wanted)
    assert len(stage.writes) == 1
    assert stage.meeting.segments == (wanted == STARTED)


def test_a_request_lost_before_the_deed_is_sent_once_more(stage: Stage) -> None:
    stage.world.plan(Fault("record", drop="before"))
    assert shown(stage.run(STARTED, wait_timeout=0.5)) == changed(STOPPED, STARTED)
    assert (stage.writes, stage.meeting.segments) == ([1, 1], 1)


def test_an_answer_that_times_out_after_the_deed(stage: Stage) -> None:
    stage.world.plan(Fault("record", delay=5))
    assert shown(stage.run(STARTED, timeout=0.5)) == changed(STOPPED, STARTED)
    assert (stage.writes, stage.meeting.segments) == ([1], 1)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_a_server_fault_says_nothing_about_the_deed(stage: Stage, status: int, done: bool) -> None:
    stage.world.plan(Fault("record", status=status, done=done))
    assert shown(stage.run(STARTED, wait_timeout=0.5)) == changed(STOPPED, STARTED)
    assert stage.writes == ([1] if done else [1, 1])
    assert stage.meeting.segments == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("record", done=True, body="<html>welcome</html>", content_type="text/html"),
        Fault("record", done=True, body="<html>bad gateway</html>", status=502, content_type="text/html"),
        Fault("record", done=True, body='{"returnCode":'),
        Fault("record", done=True, truncate=True),
        Fault("record", done=True, size=2 * 1024 * 1024),
        Fault("record", done=True, code="MMC.111072049"),
        Fault("record", done=True, code="MMC.111072222"),
        Fault("record", done=True, code="MMC.111070003", status=500),
        Fault("record", done=True, code="APIG.0203", status=504),
    ],
    ids=[
        "web page",
        "gateway's page",
        "half JSON",
        "broken off",
        "huge",
        "timed out inside",
        "start failed",
        "500",
        "504",
    ],
)
def test_an_answer_that_says_nothing_of_use_after_the_deed(stage: Stage, fault: Fault) -> None:
    stage.world.plan(dataclasses.replace(fault))
    assert shown(stage.run(STARTED)) == changed(STOPPED, STARTED)
    assert (stage.writes, stage.meeting.segments) == ([1], 1)


def test_no_waiting_does_not_mean_sending_blindly_again(stage: Stage) -> None:
    """Without any time to look, nobody can say whether a lost request worked, so it is not sent again."""
    stage.world.behaviour = Behaviour(recorder_delay=1.0, redundant="segment")
    stage.world.plan(Fault("record", drop="after"))
    outcome = stage.run(STARTED, wait_timeout=0)
    assert (stage.writes, stage.meeting.segments) == ([1], 1)
    assert outcome.changed


def test_a_service_that_always_fails(stage: Stage) -> None:
    stage.world.plan(Fault("record", times=None, status=503))
    outcome = stage.run(STARTED, wait_timeout=0.3, retry_timeout=1.5)
    assert kind(outcome) == "service"
    assert outcome.error is not None
    assert (outcome.error["http_status"], outcome.error["retryable"]) == (503, True)
    assert not outcome.changed
    assert recording_values(outcome)["state"] == STOPPED
    assert 1 < len(stage.writes) < 6
    assert "Gave up after waiting " in outcome.msg


def test_without_patience_a_request_in_doubt_is_not_repeated(stage: Stage) -> None:
    stage.world.plan(Fault("record", status=500))
    outcome = stage.run(STARTED, wait_timeout=0.3, retry_timeout=0)
    assert (kind(outcome), stage.writes) == ("service", [1])


def is_unknown_outcome(outcome: RecordingResult) -> bool:
    """Whether it is said that nobody knows, in every field."""
    assert outcome.error is not None
    values = recording_values(outcome)
    return (
        values["error"]["kind"] == "unknown_outcome"
        and values["changed"] is True
        and values["state"] == "unknown"
        and values["confirmed"] is False
        and values["error"]["retryable"] is False
        and "may or may not" in values["msg"]
    )


@pytest.mark.parametrize("drop", ["before", "after"])
@pytest.mark.parametrize(
    ("behaviour", "live_state"),
    [
        ({"subscribe": "code"}, "auto"),
        ({"snapshot": False, "recorder_delay": None}, "auto"),
        ({}, "ignore"),
    ],
    ids=["refused channel", "nothing pushed", "ignored"],
)
def test_a_lost_answer_whose_deed_cannot_be_seen(
    stage: Stage, drop: Any, behaviour: dict[str, Any], live_state: str
) -> None:
    stage.world.change(MEETING, {"behaviour": behaviour})
    stage.world.plan(Fault("record", drop=drop))
    outcome = stage.run(STARTED, live_state=live_state, timeout=0.5, wait_timeout=0.3)
    assert is_unknown_outcome(outcome)
    assert stage.writes == [1]


def test_a_lost_answer_and_then_a_lost_channel(stage: Stage) -> None:
    stage.world.plan(Fault("record", drop="after"))
    stage.world.plan(Fault("push", skip=1, times=None, drop="before"))
    stage.world.plan(Fault("connect", skip=1, times=None, drop="before"))
    outcome = stage.run(STARTED, wait_timeout=1)
    assert is_unknown_outcome(outcome)
    assert stage.writes == [1]


def test_a_lost_answer_in_a_meeting_that_ends(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = None
    stage.world.plan(Fault("record", drop="before"))
    with stage.once(lambda: stage.writes, lambda: stage.world.end(MEETING)):
        outcome = stage.run(STARTED, wait_timeout=3)
    assert kind(outcome) == "ended"
    assert outcome.changed, "it may have been, as with any other lost answer"
    assert stage.writes == [1]


def test_a_lost_answer_and_a_start_that_took_place_in_a_meeting_that_ends(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = 5
    stage.world.plan(Fault("record", drop="after"))
    with stage.once(lambda: stage.writes, lambda: stage.world.end(MEETING)):
        outcome = stage.run(STARTED, wait_timeout=3)
    assert (kind(outcome), outcome.changed) == ("ended", True)
    assert stage.writes == [1]


# ---- waiting for the recorder


@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_recorder_that_never_comes_is_unconfirmed(stage: Stage, wanted: str) -> None:
    before = STOPPED if wanted == STARTED else STARTED
    stage.world.change(MEETING, {"recording": before == STARTED})
    stage.world.behaviour.recorder_delay = None
    outcome = stage.run(wanted, wait_timeout=0.5)
    assert shown(outcome) == {**changed(before, before), "confirmed": False, "error": "unconfirmed"}
    assert outcome.error is not None
    assert outcome.error["retryable"]
    assert outcome.error["request_id"] == outcome.request_id == stage.world.requests("record")[0].request_id
    assert "0.5 s" in outcome.msg
    assert len(stage.writes) == 1


def test_no_time_to_wait_is_unconfirmed_at_once(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = 1.0
    assert kind(stage.run(STARTED, wait_timeout=0)) == "unconfirmed"


def test_without_waiting_the_state_after_is_unknown(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = None
    outcome = stage.run(STARTED, wait=False)
    assert shown(outcome) == {**changed(STOPPED, "unknown"), "confirmed": False}


def test_a_recorder_that_is_still_being_allocated_is_waited_for(stage: Stage) -> None:
    stage.world.behaviour.allocating = 1
    stage.world.behaviour.recorder_delay = 0.3
    outcome = stage.run(STARTED)
    assert shown(outcome) == changed(STOPPED, STARTED)
    assert (stage.writes, stage.meeting.segments) == ([1], 1)
    assert outcome.request_id == stage.world.requests("record")[0].request_id


def test_a_recorder_that_is_allocated_for_ever_is_unconfirmed(stage: Stage) -> None:
    stage.world.behaviour.allocating = 1
    stage.world.behaviour.recorder_delay = None
    assert kind(stage.run(STARTED, wait_timeout=0.5)) == "unconfirmed"
    assert stage.writes == [1]


@pytest.mark.parametrize("how", ["drop", "close", "garbage", "huge"])
def test_a_channel_that_dies_while_waiting_is_opened_anew(stage: Stage, how: str) -> None:
    stage.world.behaviour.recorder_delay = 0.5
    broken: dict[str, Any] = {"drop": "before"} if how == "drop" else {"websocket": how}
    stage.world.plan(Fault("push", skip=1, **broken))
    with stage.once(lambda: stage.writes, lambda: stage.world.touch(MEETING)):
        assert shown(stage.run(STARTED, wait_timeout=5)) == changed(STOPPED, STARTED)
    assert stage.writes == [1]
    assert stage.count("connect") == (1 if how == "garbage" else 2)


def test_a_channel_that_keeps_dying_is_tried_until_the_recorder_is_seen(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = 0.5
    stage.world.plan(Fault("push", skip=1, drop="before"))
    stage.world.plan(Fault("connect", skip=1, drop="before"))
    stage.world.plan(Fault("connect", skip=1, status=502))
    with stage.once(lambda: stage.writes, lambda: stage.world.touch(MEETING)):
        assert shown(stage.run(STARTED, wait_timeout=8)) == changed(STOPPED, STARTED)
    assert stage.count("connect") == 4


def test_a_channel_that_dies_for_good_while_waiting_is_unconfirmed(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = None
    stage.world.plan(Fault("push", skip=1, drop="before"))
    stage.world.plan(Fault("connect", skip=1, times=None, drop="before"))
    with stage.once(lambda: stage.writes, lambda: stage.world.touch(MEETING)):
        outcome = stage.run(STARTED, wait_timeout=1)
    assert (kind(outcome), outcome.changed) == ("unconfirmed", True)
    assert recording_values(outcome)["state"] == "unknown"


def test_the_token_that_expires_while_waiting_is_renewed_for_the_new_channel(stage: Stage) -> None:
    stage.world.behaviour.recorder_delay = 0.8
    stage.world.plan(Fault("push", skip=1, drop="before"))

    def expire_and_break() -> None:
        stage.world.expire_tokens()
        stage.world.touch(MEETING)

    with stage.once(lambda: stage.writes, expire_and_break):
        assert shown(stage.run(STARTED, wait_timeout=5)) == changed(STOPPED, STARTED)
    assert stage.writes == [1]


# ---- credentials


@pytest.mark.parametrize("live_state", ["auto", "required", "ignore"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_wrong_password_is_tried_once(stage: Stage, live_state: str, wanted: str) -> None:
    outcome = stage.run(wanted, host_password="wrong-628173", live_state=live_state, retry_timeout=60)
    assert kind(outcome) == "authentication"
    assert outcome.error is not None
    assert (outcome.error["code"], outcome.error["retryable"]) == ("MMC.111072065", False)
    assert "wrong-628173" not in f"{recording_values(outcome)}"
    assert [entry.endpoint for entry in stage.world.log] == ["token"]


def test_a_locked_sign_in_is_not_tried_again(stage: Stage) -> None:
    stage.world.behaviour.login_attempts = 1
    stage.run(STARTED, host_password="wrong-628173")
    outcome = stage.run(STARTED, retry_timeout=60)
    assert (kind(outcome), stage.count("token"), stage.writes) == ("locked", 2, [])


@pytest.mark.parametrize("live_state", ["auto", "required", "ignore"])
def test_a_guest_is_told_so_before_anything_is_sent(stage: Stage, live_state: str) -> None:
    outcome = stage.run(STARTED, host_password=GUEST_PASSWORD, live_state=live_state)
    assert (kind(outcome), stage.writes) == ("permission", [])
    assert "host password" in outcome.msg


def test_a_guests_token_is_told_so_as_well(stage: Stage) -> None:
    token = stage.world.issue_token(MEETING, role=0)
    assert (kind(stage.run(STARTED, token=token)), stage.writes) == ("permission", [])
    assert kind(stage.run(STARTED, token=token, live_state="ignore")) == "permission"


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["alone", "with the password"])
@pytest.mark.parametrize("keep_alive", ["same", "new"])
def test_a_token_is_kept_alive_and_what_comes_back_is_used(stage: Stage, password: str, keep_alive: Any) -> None:
    stage.world.behaviour.keep_alive = keep_alive
    token = stage.token()
    assert shown(stage.run(STARTED, token=token, host_password=password)) == changed(STOPPED, STARTED)
    assert all(entry.status in (200, 101) for entry in stage.world.log)


def test_a_token_that_cannot_be_kept_alive_alone_still_writes(stage: Stage) -> None:
    stage.world.behaviour.keep_alive_needs_password = True
    outcome = stage.run(STARTED, token=stage.token())
    assert not outcome.failed
    assert (outcome.changed, outcome.confirmed, len(outcome.warnings)) == (True, False, 1)
    assert stage.writes == [1]


def test_a_token_that_cannot_be_kept_alive_alone_does_not_do_where_the_state_is_required(stage: Stage) -> None:
    stage.world.behaviour.keep_alive_needs_password = True
    assert stage.run(STARTED, token=stage.token(), live_state="required").failed
    assert stage.writes == []


@pytest.mark.parametrize("live_state", ["auto", "required", "ignore"])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_an_expired_token_is_renewed_with_the_password(stage: Stage, status: int, live_state: str) -> None:
    stage.world.behaviour.refused_token = status
    token = stage.token()
    stage.world.expire_tokens()
    outcome = stage.run(STARTED, token=token, host_password=PASSWORD, live_state=live_state)
    assert not outcome.failed
    assert outcome.changed
    assert stage.meeting.segments == 1


@pytest.mark.parametrize("live_state", ["auto", "required", "ignore"])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_an_expired_token_alone_is_a_failure_to_sign_in(stage: Stage, status: int, live_state: str) -> None:
    stage.world.behaviour.refused_token = status
    token = stage.token()
    stage.world.expire_tokens()
    outcome = stage.run(STARTED, token=token, live_state=live_state)
    assert kind(outcome) == "authentication"
    assert not outcome.changed
    assert stage.meeting.segments == 0
    assert "token" in outcome.msg


@pytest.mark.parametrize(
    ("point", "status", "code"),
    [
        *itertools.product(
            ["wsToken", "subscribe", "record"],
            [400],
            ["MMC.111070004", "MMC.111070002", "MMC.111070111", "MMC.111072065"],
        ),
        *itertools.product(["wsToken", "record"], [401, 403], ["MMC.111070004", None]),
    ],
)
def test_a_token_refused_on_the_way_is_renewed_once(stage: Stage, point: Any, status: int, code: str | None) -> None:
    stage.world.plan(Fault(point, status=status, code=code))
    assert shown(stage.run(STARTED)) == changed(STOPPED, STARTED)
    assert stage.count("token") == 2
    assert stage.meeting.segments == 1


@pytest.mark.parametrize("point", ["wsToken", "record"])
def test_a_token_is_renewed_once_only(stage: Stage, point: Any) -> None:
    stage.world.plan(Fault(point, times=None, status=401, code="MMC.111070004"))
    outcome = stage.run(STARTED, live_state="required")
    assert kind(outcome) == "authentication"
    assert stage.count("token") == 2
    assert stage.count(point) == 2
    assert not outcome.changed


def test_a_token_is_renewed_once_in_the_whole_order(stage: Stage) -> None:
    """Whoever refuses it: the password that was good a moment ago will not make a better one."""
    for point in ("wsToken", "record"):
        stage.world.plan(Fault(point, times=None, status=401, code="MMC.111070004"))
    assert kind(stage.run(STARTED)) == "authentication"
    assert (stage.count("token"), stage.count("wsToken"), stage.writes) == (2, 2, [1])


def test_a_wrong_password_does_not_renew_more_than_once(stage: Stage) -> None:
    token = stage.token()
    stage.world.expire_tokens()
    outcome = stage.run(STARTED, token=token, host_password="wrong-628173", retry_timeout=60)
    assert kind(outcome) == "authentication"
    assert stage.meeting.wrong_passwords == 1


@pytest.mark.parametrize("live_state", ["auto", "ignore"])
def test_a_fault_while_renewing_is_no_doubt_about_the_request(stage: Stage, live_state: str) -> None:
    """The request was refused for sure, so nothing has changed, and nothing needs to be looked at."""
    stage.world.plan(Fault("record", status=401))
    stage.world.plan(Fault("token", status=503, times=None, skip=1 if live_state == "auto" else 0))
    given: dict[str, Any] = {} if live_state == "auto" else {"token": stage.token(), "host_password": PASSWORD}
    outcome = stage.run(STARTED, live_state=live_state, retry_timeout=1, **given)
    assert (kind(outcome), outcome.changed) == ("service", False)
    assert outcome.error is not None and outcome.error["retryable"]
    assert stage.writes == [1]
    assert stage.meeting.segments == 0


# ---- others who want the same at the same time


@pytest.fixture
def courtesy(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """How long each run was ready to listen for others; here it is until they are heard, so that no test is a race."""
    drawn: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        drawn.append((low, high))
        return 20.0

    monkeypatch.setattr(recorder, "random", types.SimpleNamespace(uniform=uniform, random=lambda: 0.0))
    return drawn


@pytest.mark.parametrize("live_state", ["auto", "required"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_what_somebody_else_does_at_the_same_time_is_not_done_again(
    stage: Stage, courtesy: list[tuple[float, float]], wanted: str, live_state: str
) -> None:
    stage.world.change(MEETING, {"recording": wanted == STOPPED})
    stage.world.plan(Fault("push", recording=wanted == STARTED))
    assert shown(stage.run(wanted, live_state=live_state)) == unchanged(wanted)
    assert stage.writes == []
    assert courtesy == [(0.0, 0.1)]


def test_two_runs_at_once_send_one_start(stage: Stage, courtesy: list[tuple[float, float]]) -> None:
    """The second listens for as long as the first needs; in truth both listen for a random moment."""
    with stage.once(lambda: courtesy, lambda: other.append(stage.run_other())):
        other: list[RecordingResult] = []
        outcome = stage.run(STARTED)
    assert stage.writes == [1]
    assert [shown(other[0]), shown(outcome)] == [changed(STOPPED, STARTED), unchanged(STARTED)]


@pytest.mark.parametrize(
    ("options", "what"), [({"check": True}, "check mode"), ({"live_state": "ignore"}, "ignore"), ({}, "as wanted")]
)
def test_who_does_not_send_or_does_not_look_gives_no_way(
    stage: Stage, courtesy: list[tuple[float, float]], options: dict[str, Any], what: str
) -> None:
    stage.world.change(MEETING, {"recording": what == "as wanted"})
    stage.run(STARTED, **options)
    assert courtesy == []


def test_a_meeting_that_ends_while_others_are_listened_for(stage: Stage, courtesy: list[tuple[float, float]]) -> None:
    with stage.once(lambda: courtesy, lambda: stage.world.end(MEETING)):
        outcome = stage.run(STARTED)
    assert shown(outcome) == {**unchanged(STOPPED, "ended"), "confirmed": False, "error": "ended"}
    assert stage.writes == []


def test_a_channel_that_breaks_while_others_are_listened_for_is_opened_anew(
    stage: Stage, courtesy: list[tuple[float, float]]
) -> None:
    stage.world.plan(Fault("push", skip=1, websocket="close"))
    with stage.once(lambda: courtesy, lambda: stage.world.touch(MEETING)):
        outcome = stage.run(STARTED)
    assert shown(outcome) == changed(STOPPED, STARTED)
    assert stage.writes == [1]


def test_an_interruption_ends_the_listening(stage: Stage, courtesy: list[tuple[float, float]]) -> None:
    clients: list[Client] = []

    def interrupt() -> None:
        clients[0].cancel.set()

    with stage.once(lambda: courtesy, interrupt):
        outcome = stage.run(STARTED, tinker=clients.append)
    assert "the run was interrupted" in outcome.msg
    assert (outcome.changed, stage.writes) == (False, [])


@pytest.mark.parametrize(
    "fault", [{"status": 429, "headers": {"Retry-After": "1"}}, {"status": 401}, {"code": "MMC.111072021"}], ids=str
)
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_refused_request_is_not_repeated_once_somebody_else_has_done_it(
    stage: Stage, wanted: str, fault: dict[str, Any]
) -> None:
    stage.world.change(MEETING, {"recording": wanted == STOPPED})
    stage.world.plan(Fault("record", recording=wanted == STARTED, **fault))
    assert shown(stage.run(wanted)) == unchanged(wanted)
    assert stage.writes == [int(wanted == STARTED)]


@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_refused_request_is_not_repeated_in_a_meeting_that_has_ended(stage: Stage, wanted: str) -> None:
    stage.world.change(MEETING, {"recording": wanted == STOPPED})
    stage.world.plan(
        Fault("record", status=429, headers={"Retry-After": "1"}, meeting_state="Destroyed"),
    )
    outcome = stage.run(wanted)
    assert kind(outcome) == (None if wanted == STOPPED else "ended")
    assert (outcome.changed, len(stage.writes)) == (False, 1)
    assert recording_values(outcome)["meeting"] == "ended"


# ---- advice that follows from what was done


@pytest.mark.parametrize("point", ["token", "wsToken", "subscribe", "record"])
@pytest.mark.parametrize("source", ["given", "looked up", "renewed"])
@pytest.mark.parametrize("code", ["MMC.111070002", "MMC.111072060", "MMC.111070121", "MMC.111070004"])
def test_who_used_the_host_password_is_not_sent_for_it(firm: Stage, source: str, point: Any, code: str) -> None:
    firm.world.plan(Fault(point, times=None, code=code, status=403))
    options: dict[str, Any] = {"sign_in": SIGN_IN} if source == "looked up" else {"host_password": PASSWORD}
    if source == "renewed":
        options["token"] = "expired"
    outcome = firm.run(STARTED, live_state="required", **options)
    assert outcome.error is not None
    # A token that was given goes before the password until it is refused for what it is.
    advice = "The host password was used|The token was made with the host password|Leave out `token`"
    found = re.search(advice, outcome.msg)
    assert found and (source == "renewed" or found[0] != "Leave out `token`")
    assert not re.search("Use the host password|Give a fresh|or `host_password`", outcome.msg)


@pytest.mark.parametrize("code", ["MMC.111072065", "MMC.111071091"])
def test_who_gave_no_password_is_not_told_to_check_it(firm: Stage, code: str) -> None:
    firm.world.plan(Fault("token", times=None, code=code))
    looked_up = firm.run(STARTED, sign_in=SIGN_IN)
    assert "The host password was looked up with the sign-in of the enterprise" in looked_up.msg
    token = firm.run(STARTED, token=firm.token())
    for outcome in (looked_up, token):
        assert kind(outcome) == "authentication"
        assert "Check `host_password`" not in outcome.msg and "and `host_password`" not in outcome.msg
    assert "ive a fresh `token`" in token.msg


@pytest.mark.parametrize("given", ["password", "token"])
def test_a_guest_is_told_what_was_wrong(stage: Stage, given: str) -> None:
    token: dict[str, Any] = {"token": stage.world.issue_token(MEETING, role=0)}
    outcome = stage.run(STARTED, **(token if given == "token" else {"host_password": GUEST_PASSWORD}))
    assert ("or a `token` made with it" in outcome.msg) == (given == "token")
    assert ("what was used is that of guests" in outcome.msg) == (given == "password")


@pytest.mark.parametrize("live_state", ["auto", "required"])
@pytest.mark.parametrize("check", [False, True])
def test_only_who_would_write_is_told_of_a_way_without_the_state(stage: Stage, live_state: str, check: bool) -> None:
    """In check mode, as audits run, nothing is written, and without the state there is nothing to tell."""
    stage.world.change(MEETING, {"behaviour": {"subscribe": "code"}})
    outcome = stage.run(STARTED, live_state=live_state, check=check)
    told = f"{outcome.msg} {outcome.warnings}"
    assert "FORBIDDEN_SUBSCRIBE" in told
    assert ("`live_state: ignore`" in told) == (not check)
    assert "live_state" not in str(read(stage).msg)


# ---- the live state and what becomes of an order without it


def _library_missing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "WEBSOCKET_IMPORT_ERROR", "ImportError: No module named 'websocket'")


def _behave(**values: Any) -> Callable[[Stage, pytest.MonkeyPatch], object]:
    return lambda stage, _: stage.world.change(MEETING, {"behaviour": {"recorder_delay": None, **values}})


def _fail(endpoint: Any, **values: Any) -> Callable[[Stage, pytest.MonkeyPatch], object]:
    return lambda stage, _: stage.world.plan(Fault(endpoint, times=None, **values))


UNREADABLE: dict[str, Callable[[Stage, pytest.MonkeyPatch], object]] = {
    "library missing": _library_missing,
    "untrusted certificate": _behave(ws_trusted=False),
    "not encrypted": _behave(ws_scheme="ws"),
    "malformed address": _behave(ws_host="127.0.0.1:x"),
    "subscription refused": _behave(subscribe="code"),
    "subscription closed": _behave(subscribe="close"),
    "subscription unanswered": _behave(subscribe="silent"),
    "nothing pushed": _behave(snapshot=False),
    "wsToken 500": _fail("wsToken", status=500),
    "wsToken refused": _fail("wsToken", code="MMC.111070121"),
    "wsToken web page": _fail("wsToken", body="<html></html>"),
    "wsToken without token": _fail("wsToken", body='{"webSocketToken": ["x"]}'),
    "connect dropped": _fail("connect", drop="before"),
    "connect silent": _fail("connect", websocket="silent"),
    "connect garbage": _fail("connect", websocket="garbage"),
    "connect closed": _fail("connect", websocket="close"),
    "connect web page": _fail("connect", websocket="html"),
    "connect redirected": _fail("connect", websocket="redirect"),
    "connect 500": _fail("connect", status=500),
    "subscribe dropped": _fail("subscribe", drop="before"),
    "subscribe garbage": _fail("subscribe", websocket="garbage"),
    "subscribe huge": _fail("subscribe", websocket="huge"),
    "subscribe pings": _fail("subscribe", websocket="pings"),
    "push dropped": _fail("push", drop="before"),
    "push pings": _fail("push", websocket="pings"),
    "push garbage": _fail("push", websocket="garbage"),
    "push wrong types": _fail("push", websocket="wrong_types"),
    "recState odd": _fail("push", body='{"action": "ConfDynamicInfoNotify", "recState": 2}'),
    "recState absent": _fail("push", body='{"action": "ConfDynamicInfoNotify", "state": "Created"}'),
}
unreadable = pytest.mark.parametrize("cause", UNREADABLE)


@unreadable
def test_auto_acts_without_the_state_and_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    UNREADABLE[cause](stage, monkeypatch)
    outcome = stage.run(STARTED, timeout=0.5, wait_timeout=0.2, retry_timeout=0)
    assert shown(outcome) == {**changed("unknown", "unknown"), "confirmed": False}
    assert len(outcome.warnings) == 1
    assert outcome.warnings[0].startswith(f"Could not read the live state of meeting {MEETING}") or "wsToken" in cause
    assert stage.writes == [1]


@unreadable
def test_auto_predicts_a_change_in_check_mode(stage: Stage, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    UNREADABLE[cause](stage, monkeypatch)
    outcome = stage.run(STARTED, timeout=0.5, wait_timeout=0.2, retry_timeout=0, check=True)
    assert shown(outcome) == {**changed("unknown", "unknown"), "confirmed": False}
    assert len(outcome.warnings) == 1
    assert stage.writes == []


@unreadable
def test_required_fails_before_anything_is_sent(stage: Stage, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    UNREADABLE[cause](stage, monkeypatch)
    outcome = stage.run(STARTED, live_state="required", timeout=0.5, wait_timeout=0.2, retry_timeout=0)
    assert outcome.failed
    assert not outcome.changed
    assert stage.writes == []


@unreadable
def test_ignore_does_not_care(stage: Stage, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    UNREADABLE[cause](stage, monkeypatch)
    outcome = stage.run(STARTED, live_state="ignore", token=stage.token(), retry_timeout=0)
    assert (outcome.failed, outcome.changed, outcome.warnings) == (False, True, ())
    assert [entry.endpoint for entry in stage.world.log] == ["record"]


def test_the_warning_names_the_package_that_is_missing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _library_missing(stage, monkeypatch)
    assert "websocket-client" in stage.run(STARTED).warnings[0]


def test_ignore_with_a_password_takes_a_sign_in_and_a_request(stage: Stage) -> None:
    assert stage.run(STARTED, live_state="ignore").changed
    assert [entry.endpoint for entry in stage.world.log] == ["token", "record"]


@pytest.mark.parametrize(
    ("redundant", "segments", "detail"),
    [("accept", 1, None), ("segment", 2, None), ("error", 1, "unknown_outcome")],
)
def test_ignore_sends_redundant_requests(stage: Stage, redundant: Any, segments: int, detail: str | None) -> None:
    stage.run(STARTED)
    stage.world.behaviour.redundant = redundant
    outcome = stage.run(STARTED, live_state="ignore")
    assert (kind(outcome), outcome.changed) == (detail, True)
    assert (stage.writes, stage.meeting.segments) == ([1, 1], segments)


def test_a_push_after_the_request_confirms_although_there_was_no_snapshot(stage: Stage) -> None:
    stage.world.behaviour.snapshot = False
    outcome = stage.run(STARTED, timeout=0.5)
    assert shown(outcome) == changed("unknown", STARTED)
    assert len(outcome.warnings) == 1


def test_a_push_after_the_request_that_shows_the_contrary_is_no_success(stage: Stage) -> None:
    """No snapshot, then a push that says `not recording`, and nothing more: this is not `started`."""
    stage.world.behaviour = Behaviour(snapshot=False, recorder_delay=None)
    with stage.once(lambda: stage.writes, lambda: stage.world.touch(MEETING)):
        outcome = stage.run(STARTED, timeout=0.5, wait_timeout=0.7)
    assert recording_values(outcome)["state"] == STOPPED
    assert (kind(outcome), outcome.changed) == ("unconfirmed", True)


def test_the_pushes_of_a_room_carry_the_id_of_the_meeting_in_it(stage: Stage) -> None:
    data = {"token": stage.token(), "wsURL": stage.simulator.url.replace("https", "wss"), "role": 1}
    grant = {"data": {**data, "vmrCurrentConfID": "988000001"}}
    push = {"action": "ConfDynamicInfoNotify", "confID": "988000001", "state": "Created", "recState": 1}
    stage.world.plan(Fault("token", body=json.dumps(grant)))
    stage.world.plan(Fault("push", times=None, body=json.dumps(push)))
    assert shown(stage.run(STARTED)) == unchanged(STARTED)
    assert stage.writes == []


# ---- refusals of the write


@pytest.mark.parametrize(
    ("values", "detail", "code"),
    [
        ({"record_type": 0}, "not_recordable", "MMC.111072020"),
        ({"participants": 0}, "nobody_there", "MMC.111072024"),
        ({"storage": "none"}, "quota", "MMC.111072066"),
        ({"storage": "full"}, "quota", "MMC.111072067"),
    ],
    ids=["no recording", "nobody there", "no storage", "storage full"],
)
def test_what_the_meeting_does_not_allow(stage: Stage, values: dict[str, Any], detail: str, code: str) -> None:
    stage.world.change(MEETING, values)
    outcome = stage.run(STARTED)
    assert shown(outcome) == {**unchanged(STOPPED), "confirmed": False, "error": detail}
    assert outcome.error is not None
    assert (outcome.error["code"], outcome.error["http_status"]) == (code, 400)
    assert outcome.request_id == outcome.error["request_id"] == stage.world.requests("record")[0].request_id
    assert stage.writes == [1]


@pytest.mark.parametrize(("status", "detail"), [(400, "usage"), (401, "authentication"), (403, "permission")])
def test_every_refusal_of_the_users_document_has_its_kind(stage: Stage, status: int, detail: str) -> None:
    stage.world.plan(Fault("record", times=None, status=status))
    outcome = stage.run(STARTED)
    assert (kind(outcome), outcome.changed, stage.meeting.segments) == (detail, False, 0)


def test_a_code_in_a_success_is_a_refusal(stage: Stage) -> None:
    stage.world.plan(Fault("record", body='{"returnCode": 111072020, "returnDesc": "CONF_NOT_SUPPORT_RECORD"}'))
    outcome = stage.run(STARTED)
    assert (kind(outcome), outcome.changed) == ("not_recordable", False)


@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_a_redirect_is_not_followed(stage: Stage, endpoint: Any) -> None:
    stage.world.plan(Fault(endpoint, times=None, status=307, headers={"Location": f"{stage.simulator.url}/elsewhere"}))
    outcome = stage.run(STARTED, live_state="required")
    assert (kind(outcome), outcome.changed, stage.meeting.segments) == ("transport", False, 0)
    assert stage.count("unknown") == 0


@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_a_redirect_to_nonsense_is_not_followed_either(stage: Stage, endpoint: Any) -> None:
    stage.world.plan(Fault(endpoint, times=None, status=302, headers={"Location": "https://[nonsense"}))
    outcome = stage.run(STARTED, live_state="required")
    assert (kind(outcome), outcome.changed) == ("transport", False)


def test_an_untrusted_certificate_is_refused(stage: Stage) -> None:
    client = Client(Connection(stage.simulator.url, timeout=2))
    outcome = set_state(Target(MEETING, RecordingState.STARTED, host_password=PASSWORD), Settings(), client)
    client.close()
    assert (kind(outcome), outcome.changed) == ("tls", False)
    assert stage.world.log == []


# ---- patience


@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_throttling_is_waited_for(stage: Stage, endpoint: Any) -> None:
    stage.world.plan(Fault(endpoint, status=429, code="APIG.0308", headers={"Retry-After": "1"}))
    assert shown(stage.run(STARTED)) == changed(STOPPED, STARTED)
    times = [entry.time for entry in stage.world.requests(endpoint)]
    assert len(times) == 2
    assert times[1] - times[0] >= 0.99


@pytest.mark.parametrize("retry_after", [True, False], ids=["Retry-After", "window in the text"])
def test_a_full_window_is_waited_for(stage: Stage, retry_after: bool) -> None:
    stage.world.behaviour.rate_limit = (1, 1.0)
    stage.world.behaviour.retry_after = retry_after
    assert stage.run(STARTED).changed
    assert stage.run(STOPPED).changed
    assert stage.writes[-1] == 0
    assert stage.meeting.segments == 1


@pytest.mark.parametrize("endpoint", ["token", "wsToken", "record"])
def test_no_patience_with_throttling(stage: Stage, endpoint: Any) -> None:
    stage.world.plan(Fault(endpoint, status=429, headers={"Retry-After": "0"}))
    outcome = stage.run(STARTED, live_state="required", retry_timeout=0)
    assert (kind(outcome), outcome.changed, stage.count(endpoint)) == ("throttled", False, 1)


def test_throttling_that_outlasts_the_patience_says_how_long_was_waited(stage: Stage) -> None:
    stage.world.plan(Fault("token", times=None, status=429, headers={"Retry-After": "1"}))
    outcome = stage.run(STARTED, retry_timeout=2)
    assert kind(outcome) == "throttled"
    assert outcome.error is not None
    assert outcome.error["retryable"]
    assert "2.0 s" in outcome.msg
    assert stage.count("token") == 3


def test_the_patience_is_that_of_the_whole_order(stage: Stage) -> None:
    """Two calls that are throttled share one patience."""
    stage.world.plan(Fault("token", status=429, headers={"Retry-After": "1"}))
    stage.world.plan(Fault("record", status=429, headers={"Retry-After": "1"}))
    assert kind(stage.run(STARTED, retry_timeout=1.5)) == "throttled"
    assert stage.writes == [1]


def test_an_error_that_was_not_repeated_does_not_claim_to_have_been(stage: Stage) -> None:
    """What an earlier call had to wait for is no business of a later refusal."""
    stage.world.plan(Fault("token", status=429, headers={"Retry-After": "1"}))
    stage.world.change(MEETING, {"record_type": 0})
    outcome = stage.run(STARTED)
    assert kind(outcome) == "not_recordable"
    assert "Repeated" not in outcome.msg


@pytest.mark.parametrize("endpoint", ["token", "wsToken"])
@pytest.mark.parametrize(
    "fault",
    [
        {"drop": "before"},
        {"drop": "after"},
        {"status": 500},
        {"status": 503},
        {"status": 429},
        {"truncate": True},
        {"code": "APIG.0202", "status": 502},
        {"body": "<html></html>", "status": 502},
    ],
    ids=str,
)
def test_a_read_survives_a_passing_fault(stage: Stage, endpoint: Any, fault: dict[str, Any]) -> None:
    stage.world.plan(Fault(endpoint, **fault))
    assert shown(stage.run(STARTED)) == changed(STOPPED, STARTED)
    assert stage.count(endpoint) == 2


# ---- surprises


def test_an_unforeseen_exception_before_the_request_becomes_the_outcome(stage: Stage) -> None:
    def tinker(client: Client) -> None:
        beset(client, "token", _surprise)

    outcome = stage.run(STARTED, tinker=tinker)
    assert (kind(outcome), outcome.changed) == ("service", False)
    assert "RuntimeError" in outcome.msg
    assert "nothing was sent" in outcome.msg


def test_an_unforeseen_exception_in_the_request_leaves_its_outcome_unknown(stage: Stage) -> None:
    def tinker(client: Client) -> None:
        beset(client, "record", _surprise)

    assert is_unknown_outcome(stage.run(STARTED, tinker=tinker))


def beset(client: Client, endpoint: str, deed: Callable[[], Any]) -> None:
    """Let something else happen in place of a call."""
    send = client.send

    def besetting(request: Any, *rest: Any) -> Any:
        return deed() if request.endpoint == endpoint else send(request, *rest)

    client.send = besetting  # type: ignore[method-assign, assignment]


def _surprise(*_arguments: Any, **_options: Any) -> Any:
    raise RuntimeError(f"a text that holds {PASSWORD}")


def test_an_interruption_leaves_nothing_open(stage: Stage) -> None:
    def tinker(client: Client) -> None:
        def interrupt(*_arguments: Any, **_options: Any) -> str:
            raise KeyboardInterrupt

        beset(client, "record", interrupt)

    with pytest.raises(KeyboardInterrupt):
        stage.run(STARTED, tinker=tinker)
    assert stage.simulator.until_closed()


def kept(client: Client) -> list[Secrets]:
    """The registers of the meetings of a client, from now on."""
    scopes: list[Secrets] = []
    scope = client.secrets.scope

    def keep(*given: str) -> Secrets:
        scopes.append(scope(*given))
        return scopes[-1]

    client.secrets.scope = keep  # type: ignore[method-assign]
    return scopes


def test_secrets_learnt_on_the_way_are_kept_for_masking(stage: Stage) -> None:
    """What the service told us is secret as well: all of it that could turn up anywhere."""
    scopes: list[list[Secrets]] = []
    stage.run(STARTED, tinker=lambda client: scopes.append(kept(client)))
    ((secrets,),) = scopes
    learnt = {secret for secret in stage.world.secrets() if secret.startswith("cnr")}
    assert learnt
    assert [secret for secret in learnt if secret not in secrets] == []
    assert PASSWORD in secrets
    assert GUEST_PASSWORD not in secrets


def test_a_secret_that_the_service_repeats_is_masked(stage: Stage) -> None:
    """The service's own words are told, but for whatever secret they repeat."""
    token = stage.token()
    stage.world.plan(
        Fault("wsToken", times=None, body=f'{{"error_code": "X.1", "error_msg": "bad {token}"}}', status=400)
    )
    target = Target(MEETING, RecordingState.STARTED, token=token)
    client = Client(Connection(stage.simulator.url, ca_path=str(stage.simulator.ca_file), timeout=2))
    outcome = set_state(target, Settings(LiveState.REQUIRED, retry_timeout=0), client)
    client.close()
    assert "(bad ********)" in outcome.msg
    assert token not in str(outcome)


# ---- with the sign-in of an enterprise

SIGN_IN = SignIn("recorder-app", "RecorderCanary-7750")
ACCESS = ["appauth", "online_detail"]


@pytest.fixture
def firm(stage: Stage) -> Stage:
    """The stage of a meeting whose enterprise can sign in."""
    stage.world.enterprise = Firm(SIGN_IN.app_id, SIGN_IN.app_key)
    return stage


def endpoints(stage: Stage) -> list[str]:
    return [entry.endpoint for entry in stage.world.log]


def test_the_host_password_is_looked_up_and_used(firm: Stage) -> None:
    scopes: list[list[Secrets]] = []
    outcome = firm.run(STARTED, sign_in=SIGN_IN, tinker=lambda client: scopes.append(kept(client)))
    assert shown(outcome) == changed(STOPPED, STARTED)
    assert endpoints(firm) == [*ACCESS, "token", "wsToken", "connect", "subscribe", "record", "logout"]
    assert PASSWORD in scopes[0][0]
    assert shown(firm.run(STARTED, sign_in=SIGN_IN)) == unchanged(STARTED)
    assert firm.writes == [1]


def test_check_mode_looks_up_and_never_writes(firm: Stage) -> None:
    predicted = firm.run(STARTED, sign_in=SIGN_IN, check=True)
    assert shown(predicted) == {**changed(STOPPED, STARTED), "confirmed": False}
    assert firm.writes == []


def test_a_token_goes_before_a_password_and_that_before_the_enterprise(firm: Stage) -> None:
    """What goes before is used, right or wrong; the others are not even asked for."""
    for password in ("", "wrong"):
        firm.run(STARTED, sign_in=SIGN_IN, token=firm.token(), host_password=password)
        assert "x-conference-authorization" in firm.world.requests("token")[-1].header_names
    assert firm.meeting.wrong_passwords == 0
    outcome = firm.run(STOPPED, sign_in=SIGN_IN, host_password="wrong")
    assert kind(outcome) == "authentication"
    assert firm.meeting.wrong_passwords == 1
    assert not {*ACCESS, "logout"} & set(endpoints(firm))


@pytest.mark.parametrize("live_state", ["auto", "required", "ignore"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
@pytest.mark.parametrize("hidden", ["absent", "empty", "masked"])
def test_a_password_that_is_not_shown_is_not_guessed(firm: Stage, hidden: Any, wanted: str, live_state: str) -> None:
    firm.world.behaviour.host_password_visible = False
    firm.world.behaviour.hidden_password = hidden
    firm.meeting.owner = "somebody"
    outcome = firm.run(wanted, sign_in=SIGN_IN, live_state=live_state)
    assert kind(outcome) == "permission"
    assert "`host_password`" in outcome.msg
    assert endpoints(firm) == [*ACCESS, "logout"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("live_state", ["auto", "required", "ignore"])
@pytest.mark.parametrize(("state", "told"), [("Schedule", "not_started"), ("Destroyed", "ended")])
def test_what_is_booked_or_over_is_stopped_and_cannot_be_started(
    firm: Stage, state: str, told: str, live_state: str, check: bool
) -> None:
    firm.world.change(MEETING, {"state": state})
    options: dict[str, Any] = {"sign_in": SIGN_IN, "live_state": live_state, "check": check}
    assert shown(firm.run(STOPPED, **options)) == unchanged(STOPPED, told)
    refused = firm.run(STARTED, **options)
    assert shown(refused) == {**unchanged(STOPPED, told), "confirmed": False, "error": told}
    assert refused.msg.startswith(f"Could not start the recording of meeting {MEETING}: the meeting is ")
    assert firm.count("token") == 0


@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_mistyped_id_is_neither_booked_nor_over(firm: Stage, wanted: str) -> None:
    del firm.world.meetings[MEETING]
    outcome = firm.run(wanted, sign_in=SIGN_IN)
    assert kind(outcome) == "not_found"
    assert outcome.after.recording is RecordingState.UNKNOWN
    assert firm.count("token") == 0


@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_meeting_that_begins_while_it_is_looked_up(firm: Stage, wanted: str) -> None:
    firm.world.change(MEETING, {"state": "Schedule", "held": 1})
    firm.world.plan(Fault("booked_detail", begins=(MEETING,)))
    expected = changed(STOPPED, STARTED) if wanted == STARTED else unchanged(STOPPED)
    assert shown(firm.run(wanted, sign_in=SIGN_IN)) == expected


@pytest.mark.parametrize("endpoint", ["booked_detail", "history"])
@pytest.mark.parametrize("wanted", [STARTED, STOPPED])
def test_a_look_that_fails_says_nothing_about_the_recording(firm: Stage, wanted: str, endpoint: Any) -> None:
    firm.world.change(MEETING, {"state": "Destroyed"})
    firm.world.plan(Fault(endpoint, status=503, times=None))
    outcome = firm.run(wanted, sign_in=SIGN_IN, retry_timeout=0.5)
    assert (kind(outcome), outcome.after.recording) == ("service", RecordingState.UNKNOWN)


@pytest.mark.parametrize(("state", "told"), [("Schedule", "not_started"), ("Destroyed", "ended")])
def test_a_token_that_expires_with_its_meeting(firm: Stage, state: str, told: str) -> None:
    token = firm.token()
    firm.world.change(MEETING, {"state": state})
    firm.world.expire_tokens()
    options: dict[str, Any] = {"sign_in": SIGN_IN, "token": token}
    assert shown(firm.run(STOPPED, **options)) == unchanged(STOPPED, told)
    assert kind(firm.run(STARTED, **options)) == told
    outcome = read(firm, **options)
    assert state_values(outcome) == {"conference_id": MEETING, "state": STOPPED, "meeting": told, "at": outcome.at}
    stopped = firm.run(STOPPED, live_state="ignore", **options)
    assert (stopped.failed, recording_values(stopped)["meeting"], stopped.changed) == (False, told, False)


def test_a_password_that_has_changed_since_is_tried_once(firm: Stage) -> None:
    firm.world.plan(Fault("token", times=None, code="MMC.111072065"))
    assert kind(firm.run(STARTED, sign_in=SIGN_IN)) == "authentication"
    assert endpoints(firm) == [*ACCESS, "token", "logout"]


def test_a_service_that_fails_the_look_up_is_waited_for(firm: Stage) -> None:
    firm.world.plan(Fault("online_detail", status=503))
    assert shown(firm.run(STARTED, sign_in=SIGN_IN)) == changed(STOPPED, STARTED)
    firm.world.plan(Fault("online_detail", times=None, status=503))
    outcome = firm.run(STOPPED, sign_in=SIGN_IN, retry_timeout=1)
    assert kind(outcome) == "service"
    assert f"Could not look up the host password of meeting {MEETING}" in outcome.msg
    assert firm.writes == [1]


# ---- orders that only read


def read(stage: Stage, **options: Any) -> RecordingResult:
    return stage.run("unknown", live_state="required", **options)


@pytest.mark.parametrize("state", [STARTED, STOPPED])
@pytest.mark.parametrize("check", [False, True])
def test_the_state_is_read_and_nothing_sent(stage: Stage, check: bool, state: str) -> None:
    stage.world.change(MEETING, {"recording": state == STARTED})
    outcome = read(stage, check=check)
    expected = {"conference_id": MEETING, "state": state, "meeting": "ongoing", "at": outcome.at}
    assert state_values(outcome) == expected
    assert not outcome.changed
    assert outcome.warnings == ()
    assert endpoints(stage) == ["token", "wsToken", "connect", "subscribe"]


@pytest.mark.parametrize(("state", "meeting"), [("Schedule", "not_started"), ("Destroyed", "ended")])
def test_what_does_not_go_on_is_not_recorded(stage: Stage, state: str, meeting: str) -> None:
    stage.world.change(MEETING, {"state": state})
    outcome = read(stage)
    assert state_values(outcome) == {"conference_id": MEETING, "state": STOPPED, "meeting": meeting, "at": outcome.at}


@pytest.mark.parametrize("cause", UNREADABLE)
def test_a_state_that_cannot_be_read_is_unknown_with_the_reason(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    """And never stopped."""
    UNREADABLE[cause](stage, monkeypatch)
    told = state_values(read(stage, retry_timeout=0, timeout=1))
    assert told["state"] == "unknown"
    assert told["error"]["kind"]
    assert told["msg"]
    assert stage.writes == []


@pytest.mark.parametrize(
    "options", [{"host_password": "wrong"}, {"host_password": GUEST_PASSWORD}, {"token": "expired"}], ids=str
)
def test_who_may_not_look_does_not_know(stage: Stage, options: dict[str, str]) -> None:
    told = state_values(read(stage, **options))
    assert (told["state"], told["meeting"]) == ("unknown", "unknown")
    assert told["error"]["kind"] in ("authentication", "permission")
    assert stage.count("token") == 1


# ---- a control token by itself


@contextmanager
def asked(stage: Stage, sign_in: SignIn | None = None, **options: Any) -> Iterator[Callable[[], ControlToken]]:
    """What asks for a control token."""
    client = Client(Connection(stage.simulator.url, ca_path=str(stage.simulator.ca_file), timeout=2))
    account = Account(sign_in, client) if sign_in else None
    try:
        yield lambda: control_token(Target(MEETING, **options), Settings(), client, account)
    finally:
        if account:
            account.close()
        client.close()


@pytest.mark.parametrize("source", ["password", "enterprise"])
def test_a_control_token_is_good_for_what_it_is_for(firm: Stage, source: str) -> None:
    given: dict[str, Any] = {"host_password": PASSWORD} if source == "password" else {"sign_in": SIGN_IN}
    with asked(firm, **given) as ask:
        grant = ask()
    assert grant.expires_at is not None
    assert grant.token in firm.world.secrets()
    assert "connect" not in endpoints(firm)
    firm.run(STARTED, token=grant.token, live_state="ignore")
    assert firm.writes == [1]


@pytest.mark.parametrize(
    ("state", "detail"), [("Schedule", "not_started"), ("Destroyed", "ended"), (None, "not_found")]
)
def test_no_control_token_for_what_does_not_go_on(firm: Stage, state: str | None, detail: str) -> None:
    if state:
        firm.world.change(MEETING, {"state": state})
    else:
        del firm.world.meetings[MEETING]
    with asked(firm, sign_in=SIGN_IN) as ask, pytest.raises(MeetingError) as caught:
        ask()
    assert caught.value.failure.kind.value == detail


@pytest.mark.parametrize("password", ["wrong-551873", GUEST_PASSWORD])
def test_no_control_token_for_others_than_the_host(stage: Stage, password: str) -> None:
    with asked(stage, host_password=password) as ask, pytest.raises(MeetingError) as caught:
        ask()
    assert caught.value.failure.kind.value in ("authentication", "permission")
    assert password not in str(caught.value)
    assert stage.count("token") == 1


def test_an_expired_token_is_renewed_with_a_password_that_is_looked_up(firm: Stage) -> None:
    token = firm.token()
    firm.world.expire_tokens()
    assert shown(firm.run(STARTED, sign_in=SIGN_IN, token=token)) == changed(STOPPED, STARTED)
    assert firm.count("online_detail") == 1
    assert firm.writes == [1]


def test_a_token_is_no_worse_for_an_enterprise_that_may_not_see_the_password(firm: Stage) -> None:
    """As without the enterprise: it cannot be kept alive without the password, but it can write."""
    firm.world.behaviour.keep_alive_needs_password = True
    firm.world.behaviour.host_password_visible = False
    firm.meeting.owner = "somebody"
    outcome = firm.run(STARTED, sign_in=SIGN_IN, token=firm.token())
    assert not outcome.failed
    assert (outcome.changed, outcome.confirmed, len(outcome.warnings)) == (True, False, 1)
    assert firm.writes == [1]
