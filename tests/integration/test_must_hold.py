# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises of the front page, each as a play. All run at -vvvv, and none may show a secret or a traceback."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.integration.ansible import Ansible, Run, Task, recording
from tests.simulator import Fault, Meeting, Simulator
from tests.simulator.model import Endpoint

ID = "914047751"
PASSWORD = "HoldsCanary-6021"
SECRET = {"host_password": "{{ host_password }}"}
# What starting a process and reading a result may add to a deadline, in seconds, on a busy machine.
GRACE = 4.0


def play(ansible: Ansible, sim: Simulator, tasks: Iterable[dict[str, Any]], **options: Any) -> Run:
    """Run a play whose failures are all looked at, and check that nothing is told that must not be."""
    variables = {"host_password": PASSWORD, **options.pop("variables", {})}
    tasks = [{"ignore_errors": True, **task} for task in tasks]
    run = ansible.play(tasks, "-vvvv", "--diff", variables=variables, **options)
    run.check_no_traceback()
    assert not run.leaks(sim.world.secrets() | {PASSWORD})
    assert sim.until_closed()
    return run


def add(sim: Simulator, conference_id: str = ID, **fields: Any) -> Meeting:
    return sim.world.add(Meeting(conference_id, host_password=PASSWORD, **fields))


def took(sim: Simulator, task: Task, conference_id: str) -> float:
    """Seconds from the first request for a meeting to the end of its task."""
    return task.ended - sim.world.requests(conference_id=conference_id)[0].time


def test_started_and_stopped_once_each(ansible: Ansible, sim: Simulator) -> None:
    """Promise 1: changed, ok, changed, ok, with one PUT each way and none in check mode."""
    meeting = add(sim)
    steps = [(state, again, check) for state in ("started", "stopped") for again in (0, 1) for check in (True, False)]
    tasks = [recording(f"{step}", ID, step[0], _check_mode=step[2], **SECRET) for step in steps]
    run = play(ansible, sim, tasks)
    assert run.rc == 0
    assert [task.changed for task in run.tasks] == [step[1] == 0 for step in steps]
    assert all(not task.failed for task in run.tasks)
    assert sim.world.writes() == [1, 0]
    assert meeting.segments == 1


LOST: dict[str, dict[str, Any]] = {
    "connection closed": {"drop": "after"},
    "HTTP 500": {"status": 500, "done": True},
    "HTTP 502 with a page": {"status": 502, "body": "<html>bad gateway</html>", "done": True},
    "HTTP 504 of the gateway": {"code": "APIG.0203", "status": 504, "done": True},
    "a page instead of JSON": {"body": "<html>sign in</html>", "content_type": "text/html", "done": True},
    "truncated": {"body": '{"returnCode":0}', "truncate": True, "done": True},
    "too late": {"delay": 3.0},
    "recorder being allocated": {"code": "MMC.111072063", "done": True},
}


def test_lost_answer_is_one_start(ansible: Ansible, sim: Simulator) -> None:
    """Promise 2: whatever becomes of the answer, a start that was carried out is seen and never repeated."""
    sim.world.behaviour.redundant = "segment"
    cases = {name: f"9140477{number:02}" for number, name in enumerate(LOST)}
    for name, conference_id in cases.items():
        add(sim, conference_id)
        sim.world.plan(Fault("record", conference_id, **LOST[name]))
    run = play(ansible, sim, [recording(name, at, "started", timeout=1, **SECRET) for name, at in cases.items()])
    for name, conference_id in cases.items():
        task = run.task(name)
        told = {key: task.result[key] for key in ("changed", "state", "previous_state", "confirmed", "meeting")}
        assert not task.failed, f"{name}: {task.msg}"
        assert told == {
            "changed": True,
            "state": "started",
            "previous_state": "stopped",
            "confirmed": True,
            "meeting": "ongoing",
        }, name
        assert sim.world.writes(conference_id) == [1], name
        assert sim.world.meetings[conference_id].segments == 1, name


def test_lost_request_is_sent_again(ansible: Ansible, sim: Simulator) -> None:
    """Promise 2, the other way round: a request that never arrived is sent again once that is seen."""
    meeting = add(sim)
    sim.world.plan(Fault("record", drop="before"))
    run = play(ansible, sim, [recording("start", ID, "started", wait_timeout=1, retry_timeout=5, **SECRET)])
    assert not run.task("start").failed
    assert run.task("start").changed
    assert sim.world.writes() == [1, 1]
    assert meeting.segments == 1


def test_recorder_never_comes(ansible: Ansible, sim: Simulator) -> None:
    """Promise 2: a start that never begins fails within `wait_timeout`, and says that it may still come."""
    add(sim, behaviour={"recorder_delay": None})
    run = play(ansible, sim, [recording("start", ID, "started", wait_timeout=1, **SECRET)])
    task = run.task("start")
    assert task.failed
    assert task.kind == "unconfirmed"
    assert task.changed
    assert task.result["confirmed"] is False
    assert task.result["error"]["retryable"] is True
    assert "accepted" in task.msg
    assert "within 1 s" in task.msg
    assert "wait_timeout" in task.msg
    assert 1.0 <= task.ended - sim.world.requests("record")[0].time < 1.0 + GRACE
    assert sim.world.writes() == [1]


@pytest.mark.parametrize("form", ["raw", "Basic"])
def test_ignore_is_one_request(ansible: Ansible, sim: Simulator, form: str) -> None:
    """Promise 3: with a token at hand, `live_state: ignore` sends exactly one request in all."""
    add(sim)
    token = sim.world.issue_token(ID)
    given = token if form == "raw" else f"Basic {base64.b64encode(token.encode()).decode()}"
    task = recording("start", ID, "started", live_state="ignore", token="{{ given }}")
    run = play(ansible, sim, [task], variables={"given": given})
    assert [entry.endpoint for entry in sim.world.log] == ["record"]
    assert run.task("start").changed
    assert not run.task("start").failed


def test_wrong_password_is_tried_once(ansible: Ansible, sim: Simulator) -> None:
    """Promise 4: a wrong password is sent once, fails the task, and the text says what to check."""
    meeting = add(sim)
    wrong = "WrongCanary-7788"
    states = ("auto", "required", "ignore")
    tasks = [recording(live, ID, "started", live_state=live, host_password="{{ wrong }}") for live in states]
    run = play(ansible, sim, tasks, variables={"wrong": wrong})
    for name in states:
        task = run.task(name)
        assert task.failed
        assert task.kind == "authentication"
        assert task.result["error"]["code"] == "MMC.111072065"
        assert task.result["error"]["http_status"] == 400
        assert task.result["error"]["retryable"] is False
        assert "password" in task.msg
        assert "conference_id" in task.msg
        assert task.result["request_id"] in task.msg
    assert [entry.endpoint for entry in sim.world.log] == ["token"] * len(states)
    assert meeting.wrong_passwords == len(states)
    assert not run.leaks({wrong})


def test_locked_sign_in(ansible: Ansible, sim: Simulator) -> None:
    """A locked sign-in is not knocked at again."""
    add(sim).wrong_passwords = 5
    run = play(ansible, sim, [recording("start", ID, "started", **SECRET)])
    assert run.task("start").kind == "locked"
    assert [entry.endpoint for entry in sim.world.log] == ["token"]


@pytest.mark.parametrize("status", [302, 307])
def test_redirect_is_refused(ansible: Ansible, sim: Simulator, status: int) -> None:
    """Promise 4: no request follows a redirect, wherever it comes."""
    cases: dict[Endpoint, str] = {"token": "914047701", "wsToken": "914047702", "record": "914047703"}
    with Simulator() as elsewhere:
        location = {"Location": f"{elsewhere.url}/v1/mmc/control/conferences/record?conferenceID={ID}"}
        for endpoint, conference_id in cases.items():
            add(sim, conference_id)
            sim.world.plan(Fault(endpoint, conference_id, times=None, status=status, headers=location))
        tasks = [recording(name, at, "started", live_state="required", **SECRET) for name, at in cases.items()]
        run = play(ansible, sim, tasks)
        assert elsewhere.world.log == []
    for endpoint, conference_id in cases.items():
        task = run.task(endpoint)
        assert task.failed, endpoint
        assert task.kind == "transport", endpoint
        assert "redirect" in task.msg, endpoint
        assert " to 127.0.0.1" in task.msg.replace("https://", ""), endpoint
        assert "api_url" in task.msg, endpoint
        assert len(sim.world.requests(endpoint, conference_id)) == 1, endpoint
        assert not sim.world.meetings[conference_id].recording, endpoint


def test_untrusted_certificate(ansible: Ansible, sim: Simulator, tmp_path: Path) -> None:
    """Promise 4: a certificate that nobody vouches for ends the task before anything is sent."""
    add(sim)
    other = tmp_path / "other.pem"
    trustme.CA(organization_name="somebody else").cert_pem.write_to_path(other)
    wrong_host = sim.url.replace("127.0.0.1", "127.0.0.2")
    run = play(
        ansible,
        sim,
        [
            recording("another CA", ID, "started", ca_path=str(other), **SECRET),
            recording("another server", ID, "started", api_url=f"https://127.0.0.1:{sim.world.ports[1]}", **SECRET),
            recording("no TLS", ID, "started", api_url=wrong_host, **SECRET),
        ],
    )
    for name in ("another CA", "another server"):
        assert run.task(name).failed
        assert run.task(name).kind == "tls", name
        assert "127.0.0.1" in run.task(name).msg
        assert "ca_path" in run.task(name).msg
    assert run.task("no TLS").failed
    assert sim.world.log == []


def test_untrusted_live_channel(ansible: Ansible, sim: Simulator) -> None:
    """Promise 4 for the live channel: required refuses, auto does without it and says so, both before a frame."""
    add(sim, behaviour={"ws_trusted": False})
    tasks = [recording(live, ID, "started", live_state=live, **SECRET) for live in ("required", "auto")]
    run = play(ansible, sim, tasks)
    assert run.task("required").failed
    assert run.task("required").kind == "tls"
    assert "live_state: ignore" in run.task("required").msg
    assert not run.task("auto").failed
    assert any("certificate" in str(warning) for warning in run.task("auto").result["warnings"])
    assert sim.world.requests("connect") == []
    assert sim.world.writes() == [1]


# What stalls, the longest it may take with timeout 1, retry_timeout 1 and wait_timeout 1, and the kind of the failure.
STALLS: dict[str, tuple[dict[str, Any], float, str]] = {
    "the sign-in never answers": ({"endpoint": "token", "delay": 60.0}, 2.0, "transport"),
    "the sign-in drips": ({"endpoint": "token", "drip": 0.2}, 2.0, "transport"),
    "the WebSocket token never comes": ({"endpoint": "wsToken", "delay": 60.0}, 4.0, ""),
    "the live channel never opens": ({"endpoint": "connect", "websocket": "silent"}, 4.0, ""),
    "the live channel only pings": ({"endpoint": "connect", "websocket": "pings"}, 4.0, ""),
    "the live channel floods": ({"endpoint": "connect", "websocket": "huge"}, 4.0, ""),
    "the request never answers": ({"endpoint": "record", "delay": 60.0}, 5.0, ""),
    "throttled for ever": ({"endpoint": "*", "status": 429}, 2.0, "throttled"),
    "told to come back in an hour": (
        {"endpoint": "*", "status": 429, "headers": {"Retry-After": "3600"}},
        1.0,
        "throttled",
    ),
    "broken for ever": ({"endpoint": "*", "status": 503}, 2.0, "service"),
}


def test_deadlines(ansible: Ansible, sim: Simulator) -> None:
    """Promise 4: nothing runs longer than its deadlines, and all of it is told without a traceback."""
    cases = {name: f"9140477{number:02}" for number, name in enumerate(STALLS)}
    short = {"timeout": 1, "retry_timeout": 1, "wait_timeout": 1}
    for name, conference_id in cases.items():
        add(sim, conference_id)
        sim.world.plan(Fault(conference_id=conference_id, times=None, **STALLS[name][0]))
    run = play(ansible, sim, [recording(name, at, "started", **short, **SECRET) for name, at in cases.items()])
    for name, conference_id in cases.items():
        longest, kind = STALLS[name][1:]
        assert took(sim, run.task(name), conference_id) <= longest + GRACE, name
        assert (run.task(name).failed, run.task(name).kind) == (bool(kind), kind), name


def test_words_of_a_failure(ansible: Ansible, sim: Simulator) -> None:
    """A failure tells what was the matter: the reason of a broken connection, and how long the service bids to wait."""
    add(sim)
    sim.world.plan(Fault("record", times=None, status=429, headers={"Retry-After": "3600"}))
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        nobody = f"https://127.0.0.1:{deaf.getsockname()[1]}"
        tasks = [
            recording("nobody listens", ID, "started", api_url=nobody, retry_timeout=0, **SECRET),
            recording("later", ID, "started", **SECRET),
        ]
        run = play(ansible, sim, tasks)
    assert run.task("nobody listens").kind == "transport"
    assert "refused" in run.task("nobody listens").msg
    assert "timed out" not in run.task("nobody listens").msg
    assert run.task("later").kind == "throttled"
    assert "3600 s" in run.task("later").msg


def test_words_of_a_warning(ansible: Ansible, sim: Simulator) -> None:
    """The warning of an unreadable state says what is done about it: in check mode, nothing is sent."""
    add(sim, behaviour={"snapshot": False, "recorder_delay": None})
    options = {"timeout": 1, "wait_timeout": 0, **SECRET}
    tasks = [recording("check", ID, "started", _check_mode=True, **options), recording("run", ID, "started", **options)]
    run = play(ansible, sim, tasks)
    check, sent = (" ".join(map(str, run.task(name).result["warnings"])) for name in ("check", "run"))
    assert "The request is sent without knowing whether the meeting is being recorded" in sent
    assert "The request is sent" not in check
    assert "`live_state: auto`" not in sent, "it advises what is done already"


@pytest.fixture
def no_certificates(tmp_path: Path) -> Path:
    """A file that is no CA bundle."""
    path = tmp_path / "notes.txt"
    path.write_text("no certificates here\n")
    return path


# Options beside a good meeting and a good password, and words that the failure must have in it.
BAD: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "empty id": ({"conference_id": ""}, ("conference_id", "empty", "914047751")),
    "id missing": ({"conference_id": None}, ("conference_id",)),
    "id with a name": ({"conference_id": "914 047 751 Board"}, ("conference_id", "digits")),
    "id as link": ({"conference_id": "https://meeting.example/#/j/914047751"}, ("conference_id", "digits", "link")),
    "id with an ampersand": ({"conference_id": "914047751&x=1"}, ("conference_id", "digits")),
    "plain http": ({"api_url": "http://api.meeting.huaweicloud.com"}, ("api_url", "https://")),
    "no scheme": ({"api_url": "api.meeting.huaweicloud.com"}, ("api_url", "https://")),
    "credentials in the address": ({"api_url": "https://me:secret@127.0.0.1"}, ("api_url", "credentials")),
    "timeout 0": ({"timeout": 0}, ("timeout", "0", "between 1 and 600")),
    "negative timeout": ({"timeout": -1}, ("timeout", "-1", "between 1 and 600")),
    "negative retry_timeout": ({"retry_timeout": -1}, ("retry_timeout", "-1", "between 0 and 86400")),
    "negative wait_timeout": ({"wait_timeout": -5}, ("wait_timeout", "-5", "between 0 and 86400")),
    "timeout in words": ({"timeout": "soon"}, ("timeout", "int")),
    "unknown state": ({"state": "paused"}, ("state", "paused", "started", "stopped")),
    "unknown live_state": ({"live_state": "never"}, ("live_state", "never", "auto", "required", "ignore")),
    "validate_certs in words": ({"validate_certs": "perhaps"}, ("validate_certs", "perhaps", "bool")),
    "no credentials": ({"host_password": ""}, ("host_password", "token", "HUAWEI_MEETING_HOST_PASSWORD")),
    "password with a line break": ({"host_password": "BadCanary-1\n"}, ("host_password", "line break")),
    "token with a line break": ({"token": "BadCanary-2\nX-Injected: 1"}, ("token", "line break")),
    "password beyond ASCII": ({"host_password": "BadCanary-3 é"}, ("host_password", "ASCII")),
    "no such CA": ({"ca_path": "/nonexistent/ca.pem"}, ("ca_path", "/nonexistent/ca.pem", "no such file")),
    "misspelt option": ({"conferenceid": "1"}, ("conferenceid", "conference_id")),
}
CANARIES = {"BadCanary-1", "BadCanary-2", "BadCanary-3"}
# Refused by Ansible itself, by type or choice, and so without a kind.
ANSIBLES_OWN = {
    "id missing",
    "timeout in words",
    "unknown state",
    "unknown live_state",
    "validate_certs in words",
    "misspelt option",
}


def test_bad_input(ansible: Ansible, sim: Simulator, no_certificates: Path) -> None:
    """Promise 5: bad input fails before any request, with a sentence that helps."""
    add(sim)
    bad = {**BAD, "CA without certificates": ({"ca_path": str(no_certificates)}, ("CA bundle", "ca_path", "PEM"))}
    tasks = []
    variables: dict[str, Any] = {}
    for number, (name, case) in enumerate(bad.items()):
        # As variables, so that the failure does not show the lines of the play that hold them.
        variables[f"case_{number}"] = {"conference_id": ID, "state": "started", "host_password": PASSWORD, **case[0]}
        own = {key: f"{{{{ case_{number}.{key} }}}}" for key in variables[f"case_{number}"]}
        tasks.append(recording(name, own.pop("conference_id"), own.pop("state"), **own))
    run = play(ansible, sim, tasks, variables=variables)
    broken = []
    for name, case in bad.items():
        task = run.task(name)
        missing = [word for word in case[1] if word not in task.msg]
        kinds = {"", "usage"} if name in ANSIBLES_OWN else {"tls"} if name.startswith("CA ") else {"usage"}
        if not task.failed or task.changed or missing or task.kind not in kinds:
            broken.append(f"{name}: lacks {missing}, kind {task.kind!r}: {task.msg}")
    assert not broken, "\n".join(broken)
    assert sim.world.log == []
    assert not run.leaks(CANARIES)


def test_id_as_number(ansible: Ansible, sim: Simulator) -> None:
    """An ID without quotes is a number in YAML, and means the same."""
    add(sim)
    task = recording("start", ID, "started", **SECRET)
    task["huawei.meeting.huawei_meeting_recording"]["conference_id"] = int(ID)
    run = play(ansible, sim, [task])
    assert run.task("start").changed
    assert run.task("start").result["conference_id"] == ID
