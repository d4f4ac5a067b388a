# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret is told: not at -vvvv with --diff, not in a log, not to a callback, not in a file that is left behind.

The simulated service of these tests is malicious: a fault's `%SECRETS%` becomes every secret that the client sent or
got by then, tokens as they are and in base64.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.integration.ansible import Ansible, Run, Task, recording
from tests.simulator import Enterprise, Fault, Meeting, Simulator, World
from tests.simulator.model import ENTERPRISE_CALLS, Outcome, Session

ID = "914047751"
PASSWORD = "SecretsCanary/5530+a b"  # changes its looks in URLs
APP_KEY = "AppKeyCanary/2218+a b"


class Parrot(World):
    """A world that repeats to a client what that client knows, where a fault or a note of the meeting says so."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, set[str]] = {}
        self.gateway = ParrotGateway(self)  # type: ignore[assignment]
        self.channels = ParrotChannels(self)  # type: ignore[assignment]

    def issue_token(self, conference_id: str, role: int = 1) -> str:
        token = super().issue_token(conference_id, role)
        self.known.setdefault(conference_id, set()).update(_forms(token))
        return token


class ParrotGateway:
    """Puts what the client knows into the answers that a fault replaces."""

    def __init__(self, world: Parrot) -> None:
        self._world, self._gateway = world, world.gateway

    def receive(
        self, endpoint: str, conference_id: str | None, headers: Mapping[str, str], *rest: Any, **options: Any
    ) -> Outcome:
        world = self._world
        whose = "" if endpoint in ENTERPRISE_CALLS else conference_id or ""
        if endpoint == "appauth" or (endpoint == "token" and "X-Conference-Authorization" not in headers):
            world.known.pop(whose, None)  # another process begins
        before = set(world.secrets())
        outcome = self._gateway.receive(endpoint, conference_id, headers, *rest, **options)
        known = world.known.setdefault(whose, set())
        known |= {*(world.secrets() - before), headers.get("X-Password", ""), headers.get("X-Access-Token", "")} - {""}
        signature = re.search("signature=([0-9a-f]+)", headers.get("Authorization", ""))
        if signature:
            known.add(signature[1])
            world.tokens.secrets.add(signature[1])
        if outcome.fault and outcome.answer:
            told = " ".join(sorted(known | world.known.get("", set())))
            outcome.answer.body = outcome.answer.body.replace(b"%SECRETS%", told.encode())
            for name, value in outcome.fault.headers.items():
                outcome.answer.headers[name] = value.replace("%SECRETS%", told)
        return outcome


class ParrotChannels:
    """Puts what the client knows into the frames that answer it, and refuses with them."""

    def __init__(self, world: Parrot) -> None:
        self._world, self._channels = world, world.channels
        self.connect, self.leave = world.channels.connect, world.channels.leave

    def hear(self, session: Session, text: str) -> None:
        self._channels.hear(session, text)
        if self._world.meetings[session.conference_id].note == "parrot":
            told = " ".join(sorted(self._world.known[session.conference_id]))
            for parcel in session.outbox:
                if parcel.text is not None:
                    refused = {"returnCode": 111070121, "returnDesc": told}
                    parcel.text = json.dumps({**json.loads(parcel.text), "data": refused})


def _forms(token: str) -> set[str]:
    """A token as it is and in base64, as it travels."""
    return {token, base64.b64encode(token.encode()).decode()}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """A service that repeats secrets."""
    with Simulator(Parrot()) as simulator:
        yield simulator


def play(ansible: Ansible, sim: Simulator, tasks: list[dict[str, Any]], **options: Any) -> Run:
    """Run a play at its most talkative, and look for secrets everywhere."""
    environment = {"ANSIBLE_LOG_PATH": str(ansible.home / "ansible.log"), **options.pop("environment", {})}
    tasks = [{"ignore_errors": True, **task} for task in tasks]
    run = ansible.play(tasks, "-vvvv", "--diff", environment=environment, **options)
    assert (ansible.home / "ansible.log").stat().st_size
    leaks = run.leaks(sim.world.secrets())
    if leaks:
        pytest.fail("\n".join(_where(run, leaks)), pytrace=False)
    run.check_no_traceback()
    return run


def _where(run: Run, leaks: Mapping[str, set[str]]) -> list[str]:
    """Name the places and the values in which secrets were told, without their whole text."""
    found = {secret for secrets in leaks.values() for secret in secrets}
    values = [f"{task.name}: {key}" for task in run.tasks for key, value in task.result.items() if _has(value, found)]
    return [f"{len(found)} secrets were told in {', '.join(leaks)}; they come from", *values]


def _has(value: Any, secrets: set[str]) -> bool:
    return any(secret in json.dumps(value) for secret in secrets)


ECHO: dict[str, Any] = {
    "body": json.dumps({"error_code": "MMC.111072020", "error_msg": "%SECRETS%"}),
    "headers": {"X-Request-Id": "%SECRETS%", "Location": "https://%SECRETS%.example/?token=%SECRETS%"},
}
PAGE = {"body": "<html>%SECRETS%</html>", "headers": {"Content-Type": "text/html; boundary=%SECRETS%"}}

# What happens, as fields of the meeting, a fault and options of the task; and the kind that must come of it.
COURSES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    "success": ({}, {}, {}, ""),
    "check": ({}, {}, {"_check_mode": True}, ""),
    "already so": ({"recording": True}, {}, {}, ""),
    "blind": ({}, {}, {"live_state": "ignore"}, ""),
    "wrong password": ({}, {}, {"host_password": "{{ wrong }}"}, "authentication"),
    "wrong password echoed": ({}, {"endpoint": "token", "status": 400, **ECHO}, {}, "not_recordable"),
    "unsafe live channel": ({"behaviour": {"ws_trusted": False}}, {}, {"live_state": "required"}, "tls"),
    "plain live channel": ({"behaviour": {"ws_scheme": "ws"}}, {}, {"live_state": "required"}, "transport"),
    "live channel elsewhere": ({"behaviour": {"ws_host": "nowhere.invalid"}}, {}, {"live_state": "required"}, "?"),
    "live channel refused": ({}, {"endpoint": "connect", "status": 403, **ECHO}, {"live_state": "required"}, "?"),
    "live channel is a page": ({}, {"endpoint": "connect", "websocket": "html"}, {"live_state": "required"}, "?"),
    "live channel redirects": ({}, {"endpoint": "connect", "websocket": "redirect"}, {"live_state": "required"}, "?"),
    "live channel talks nonsense": (
        {},
        {"endpoint": "connect", "websocket": "garbage"},
        {"live_state": "required"},
        "?",
    ),
    "subscription refused": ({"note": "parrot"}, {}, {"live_state": "required"}, "permission"),
    "warning of a refusal": ({"note": "parrot"}, {}, {}, ""),
    "warning of an echo": ({}, {"endpoint": "wsToken", "status": 400, **ECHO}, {}, ""),
    "redirect of the sign-in": ({}, {"endpoint": "token", "status": 302, **ECHO}, {}, "transport"),
    "redirect of the request": ({}, {"endpoint": "record", "status": 307, **ECHO}, {}, "transport"),
    "echoed by the request": ({}, {"endpoint": "record", "status": 400, **ECHO}, {}, "not_recordable"),
    "echoed with a success": ({}, {"endpoint": "record", "status": 200, **ECHO}, {}, "not_recordable"),
    "unknown code": ({}, {"endpoint": "record", "status": 400, "body": '{"error_code":"%SECRETS%"}'}, {}, "usage"),
    "a page instead of a token": ({}, {"endpoint": "token", **PAGE}, {}, "transport"),
    "a page instead of an answer": ({}, {"endpoint": "record", "status": 403, **PAGE}, {}, "transport"),
    "unconfirmed": ({"behaviour": {"recorder_delay": None}}, {}, {"wait_timeout": 0}, "unconfirmed"),
    "unknown outcome": ({}, {"endpoint": "record", "drop": "after"}, {"live_state": "ignore"}, "unknown_outcome"),
    "unknown outcome, echoed": (
        {},
        {"endpoint": "record", "status": 500, **ECHO, "body": '{"error_code":"MMC.111070003","error_msg":"%SECRETS%"}'},
        {"live_state": "ignore"},
        "unknown_outcome",
    ),
    "malformed password": ({}, {}, {"host_password": "{{ malformed }}"}, "usage"),
    "guest's password": ({}, {}, {"host_password": "{{ guest }}"}, "permission"),
}


def test_every_course(ansible: Ansible, sim: Simulator) -> None:
    """Successes, warnings and failures of every sort, with a password out of a vars file."""
    guest = "GuestCanary-9027"
    variables = {
        "password": PASSWORD,
        "wrong": "WrongCanary-1183",
        "malformed": "MalformedCanary-4410\nX-More: 1",
        "guest": guest,
    }
    tasks = []
    for number, (name, course) in enumerate(COURSES.items()):
        fields, fault, options = course[:3]
        conference_id = f"9140477{number:02}"
        sim.world.add(
            Meeting(conference_id, host_password=PASSWORD, guest_password=guest if "guest" in name else "", **fields)
        )
        if fault:
            sim.world.plan(Fault(conference_id=conference_id, times=None, **fault))
        given = {"host_password": "{{ password }}", "timeout": 1, "retry_timeout": 0, **options}
        tasks.append(recording(name, conference_id, "started", **given))
    run = play(ansible, sim, tasks, variables=variables)
    for name, course in COURSES.items():
        task, kind = run.task(name), course[3]
        assert task.failed is bool(kind), f"{name}: {task.msg}"
        assert kind in ("?", task.kind), f"{name}: {task.msg}"
    assert not run.leaks({variables["wrong"], "MalformedCanary-4410", guest})


ABOUT = {
    "recording": {"conference_id": ID, "state": "started"},
    "recordings": {"meetings": [{"conference_id": ID}], "state": "started"},
    "recording_info": {"meetings": [{"conference_id": ID}]},
    "token": {"conference_id": ID},
    "info": {"all_users": True},
}
# With the sign-in of an enterprise: what is answered with all that was sent and got, and in which modules. In the order
# in which a module asks, so that each fault meets the task that it is meant for.
ENTERPRISE_COURSES: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"endpoint": "appauth", "status": 401, **ECHO}, "not_recordable", tuple(ABOUT)),
    ({"endpoint": "appauth", "status": 302, **ECHO}, "transport", ("recording",)),
    ({"endpoint": "appauth", **PAGE}, "transport", ("recording",)),
    ({"endpoint": "online", "status": 403, **ECHO}, "not_recordable", ("info",)),
    ({"endpoint": "online_detail", "status": 403, **ECHO}, "not_recordable", tuple(ABOUT)[:4]),
    ({"endpoint": "online_detail", **PAGE}, "transport", ("recording",)),
    ({"endpoint": "token", "status": 400, **ECHO}, "not_recordable", tuple(ABOUT)[:4]),
    ({"endpoint": "wsToken", "status": 400, **ECHO}, "not_recordable", ("recording_info",)),
    ({"endpoint": "record", "status": 400, **ECHO}, "not_recordable", ("recording", "recordings")),
]


def test_every_course_of_an_enterprise(ansible: Ansible, sim: Simulator) -> None:
    """Whatever repeats the sign-in's signature, the access tokens, or the password that was looked up."""
    sim.world.enterprise = Enterprise("app-of-the-tests", APP_KEY)
    sim.world.add(Meeting(ID, host_password=PASSWORD, guest_password=""))
    kinds, modules = [], []
    for fault, kind, those in ENTERPRISE_COURSES:
        for module in those:
            sim.world.plan(Fault(**fault))
            kinds.append(kind)
            modules.append(module)
    modules += [module for module in ABOUT if module != "token"]  # which is there to tell a secret
    tasks = [{"name": module, f"huawei.meeting.huawei_meeting_{module}": ABOUT[module]} for module in modules]
    given = {"app_id": "app-of-the-tests", "app_key": "{{ app_key }}", "retry_timeout": 0}
    run = play(
        ansible,
        sim,
        tasks,
        module_defaults={"group/huawei.meeting.huawei_meeting": given},
        variables={"app_key": APP_KEY},
    )
    assert [_kind(task) for task in run.tasks] == [*kinds, *[""] * (len(ABOUT) - 1)]
    assert sim.world.faults == []


def _kind(task: Task) -> str:
    """The kind of what went wrong, with the task or with its one meeting."""
    (one,) = task.result.get("results") or [task.result]
    return str(one.get("error", {}).get("kind", "") or task.kind)


SHORT = ["r", "art", "047751", "1234", "started", "true"]
TIME = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def _stands_alone(secret: str, text: str) -> bool:
    """Whether a secret can be read as a word of its own."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", text) is not None


def _check_structure(told: Mapping[str, Any], conference_id: str, state: str, sim: Simulator) -> None:
    """Check that what is told of a meeting is whole: the very ID, states and request ID, and a time."""
    assert told["conference_id"] == conference_id
    assert (told["state"], told["previous_state"], told["meeting"]) == (state, "stopped", "ongoing")
    assert told["request_id"] in {entry.request_id for entry in sim.world.requests("record", conference_id)}
    assert re.fullmatch(TIME, told["at"])


def test_short_secrets_leave_structure_whole(ansible: Ansible, sim: Simulator) -> None:
    """A password that has its letters in common with IDs and states is masked in words, and nowhere else."""
    ids = {secret: f"91404775{number}" if secret != "047751" else ID for number, secret in enumerate(SHORT, start=2)}
    body = json.dumps({"error_code": "MMC.111072020", "error_msg": "%SECRETS%"})
    tasks = []
    for secret, conference_id in ids.items():
        sim.world.add(Meeting(conference_id, host_password=secret, guest_password=""))
        sim.world.plan(Fault("record", conference_id, times=2, status=400, body=body))
        given = {"host_password": f"{{{{ passwords['{conference_id}'] }}}}", "timeout": 5, "_ignore_errors": True}
        tasks.append(recording(f"echo {secret}", conference_id, "started", **given))
    meetings = "{{ passwords | dict2items(key_name='conference_id', value_name='host_password') }}"
    for name in ("echo all", "all"):
        arguments = {"meetings": meetings, "state": "started", "timeout": 5}
        tasks.append({"name": name, "huawei.meeting.huawei_meeting_recordings": arguments, "ignore_errors": True})
    variables = {"passwords": {conference_id: secret for secret, conference_id in ids.items()}}
    run = ansible.play(tasks, "-vvvv", "--diff", variables=variables)
    run.check_no_traceback()
    for number, (secret, conference_id) in enumerate(ids.items()):
        one = run.task(f"echo {secret}").result
        for told in (one, run.task("echo all").result["results"][number]):
            _check_structure(told, conference_id, "stopped", sim)
            assert (told["error"]["kind"], told["error"]["code"]) == ("not_recordable", "MMC.111072020")
            assert told["error"]["http_status"] == 400
            assert told["error"]["request_id"] == told["request_id"]
            assert not _stands_alone(secret, told["msg"] + told["error"]["hint"])
            assert "********" in told["msg"]
            assert f"Could not start the recording of meeting {conference_id}" in told["msg"].replace("*" * 8, "start")
        arguments = one["invocation"]["module_args"]
        assert arguments["host_password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        assert (arguments["conference_id"], arguments["state"]) == (conference_id, "started")
        _check_structure(run.task("all").result["results"][number], conference_id, "started", sim)
    result = run.task("all").result
    assert (result["changed"], result["summary"]["changed"]) == (True, len(SHORT))
    assert result["diff"]["after"] == dict.fromkeys(ids.values(), "started")
    assert run.task("echo all").result["failed_conference_ids"] == list(ids.values())


class Curt(Parrot):
    """A world that gives out a refresh token of one letter."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = CurtGateway(self)  # type: ignore[assignment]


class CurtGateway:
    """Shortens the refresh token on its way out."""

    def __init__(self, world: Curt) -> None:
        self._gateway = world.gateway

    def receive(self, endpoint: str, *rest: Any, **options: Any) -> Outcome:
        outcome = self._gateway.receive(endpoint, *rest, **options)
        if endpoint == "appauth" and outcome.answer:
            outcome.answer.body = re.sub(rb'("refreshToken": ?)"[^"]*"', rb'\1"r"', outcome.answer.body)
        return outcome


@pytest.fixture
def curt() -> Iterator[Simulator]:
    """A service that gives out a short token, and repeats secrets."""
    with Simulator(Curt()) as simulator:
        yield simulator


def test_short_secrets_of_the_service(ansible: Ansible, curt: Simulator) -> None:
    """A token that is too short for one is not masked at all; a password that was looked up is, in words."""
    curt.world.enterprise = Enterprise("app-of-the-tests", APP_KEY)
    curt.world.add(Meeting(ID, host_password="art", guest_password="", subject="The art of the report"))
    curt.world.plan(Fault("record", status=400, body='{"error_code": "MMC.111072020", "error_msg": "art r"}'))
    order = ("recording", "info", "token", "recording_info", "recordings")
    tasks = [
        {"name": module, f"huawei.meeting.huawei_meeting_{module}": ABOUT[module], "ignore_errors": True}
        for module in order
    ]
    given = {"app_id": "app-of-the-tests", "app_key": "{{ app_key }}"}
    run = ansible.play(
        tasks,
        "-vvvv",
        module_defaults={"group/huawei.meeting.huawei_meeting": {**given, **_leading_to(curt)}},
        variables={"app_key": APP_KEY},
    )
    run.check_no_traceback()
    one, info, token, read, batch = (run.task(module).result for module in order)
    _check_structure(one, ID, "stopped", curt)
    assert "(******** r)" in one["msg"]
    assert "Could not start the recording" in one["msg"]
    (meeting,) = info["meetings"]
    assert (meeting["state"], meeting["subject"]) == ("ongoing", "The art of the report")
    assert token["token"] in curt.world.secrets()
    assert re.fullmatch(TIME, token["expires_at"])
    assert (read["results"][0]["state"], read["results"][0]["meeting"]) == ("stopped", "ongoing")
    assert re.fullmatch(TIME, read["results"][0]["at"])
    _check_structure(batch["results"][0], ID, "started", curt)


def _leading_to(sim: Simulator) -> dict[str, str]:
    """The options that lead to another service than that of the environment."""
    return {"api_url": sim.url, "ca_path": str(sim.ca_file)}


def _given(sim: Simulator, form: str) -> dict[str, str]:
    """Credentials for the meeting: a password and a token, or a token alone in base64."""
    token = sim.world.issue_token(ID)
    basic = f"Basic {base64.b64encode(token.encode()).decode()}"
    return {"token": basic} if form == "Basic token" else {"host_password": PASSWORD, "token": token}


@pytest.mark.parametrize("form", ["password and token", "Basic token"])
@pytest.mark.parametrize("source", ["options", "environment", "module_defaults"])
def test_every_source(ansible: Ansible, sim: Simulator, source: str, form: str) -> None:
    """A success, a check and a failure that repeats the secrets, wherever they come from."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, guest_password=""))
    sim.world.plan(Fault("record", status=400, **ECHO))
    given = _given(sim, form)
    templated = {name: f"{{{{ {name} }}}}" for name in given}
    options = templated if source == "options" else {}
    keywords: dict[str, Any] = {}
    if source == "environment":
        keywords["environment"] = {f"HUAWEI_MEETING_{name.upper()}": value for name, value in given.items()}
    else:
        keywords["variables"] = given
    if source == "module_defaults":
        keywords["module_defaults"] = {"group/huawei.meeting.huawei_meeting": templated}
    tasks = [
        recording("echo", ID, "started", **options),
        recording("check", ID, "started", **options, _check_mode=True),
        recording("start", ID, "started", **options),
    ]
    run = play(ansible, sim, tasks, **keywords)
    assert [task.failed for task in run.tasks] == [True, False, False]
    assert [task.changed for task in run.tasks] == [False, True, True]


def test_loops_and_registered_results(ansible: Ansible, sim: Simulator) -> None:
    """A loop over meetings whose passwords lie in a dictionary, and all that was registered shown again.

    A loop over records that hold the passwords could not be kept quiet: Ansible adds each item to its result.
    """
    passwords = {f"91404775{number}": f"LoopCanary-{number}-3319" for number in range(3)}
    for conference_id, password in passwords.items():
        sim.world.add(Meeting(conference_id, host_password=password, guest_password=""))
    sim.world.plan(Fault("record", "914047751", times=None, status=400, **ECHO))
    tasks = [
        recording(
            "loop",
            "{{ item }}",
            "started",
            host_password="{{ passwords[item] }}",
            _loop="{{ passwords.keys() }}",
            _loop_control={"label": "meeting {{ item }}"},
            _register="looped",
        ),
        {"name": "show", "ansible.builtin.debug": {"var": "looped"}},
        recording(
            "once",
            "914047751",
            "started",
            host_password="{{ passwords['914047751'] }}",
            _register="once",
            _until="once is not failed",
            _retries=1,
            _delay=0,
        ),
        {"name": "show once", "ansible.builtin.debug": {"msg": "{{ once.msg }} {{ once }}"}},
    ]
    run = play(ansible, sim, tasks, variables={"passwords": passwords})
    assert ["error" in item for item in run.task("loop").result["results"]] == [False, True, False]
    assert run.task("once").failed


def test_unforeseen_exception(ansible: Ansible, sim: Simulator) -> None:
    """A defect that throws the password about: the failure names its type and place, not its text."""
    folder = ansible.project / "defect"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import http.client\n"
        "def putheader(self, name, *values, real=http.client.HTTPConnection.putheader):\n"
        "    if name == 'X-Password': raise ZeroDivisionError(values)\n"
        "    real(self, name, *values)\n"
        "http.client.HTTPConnection.putheader = putheader\n"
    )
    sim.world.add(Meeting(ID, host_password=PASSWORD, guest_password=""))
    run = ansible.play(
        [recording("start", ID, "started", host_password="{{ password }}")],
        "-vvvv",
        variables={"password": PASSWORD},
        environment={"PYTHONPATH": str(folder)},
    )
    assert not run.leaks(sim.world.secrets())
    task = run.task("start")
    assert task.failed
    assert task.kind == "service"
    assert "ZeroDivisionError in sitecustomize.py:3; nothing was sent" in task.msg
    assert "Traceback" not in run.output
    assert sim.world.writes() == []


def test_long_echo_is_not_cut_inside_a_secret(ansible: Ansible, sim: Simulator) -> None:
    """Foreign text is cut to a sensible length; a secret at the cut must not escape the masking by it."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, guest_password=""))
    token = sim.world.issue_token(ID)
    for length in (160, 170, 180, 190):
        body = json.dumps({"error_code": "MMC.111072020", "error_msg": "x" * length + token})
        sim.world.plan(Fault("record", status=400, body=body))
    options = {"token": "{{ token }}", "live_state": "ignore", "_ignore_errors": True}
    tasks = [recording(f"cut {number}", ID, "started", **options) for number in range(4)]
    run = ansible.play(tasks, "-vvvv", variables={"token": token})
    assert all(task.failed for task in run.tasks)
    assert not run.leaks({token[:12]})


def test_credentials_in_the_address(ansible: Ansible, sim: Simulator) -> None:
    """An address that carries a password is refused, and the password is not repeated."""
    variables = {"address": "https://me:AddressCanary-7714@127.0.0.1"}
    task = recording("start", ID, "started", api_url="{{ address }}", host_password="x")
    run = ansible.play([task], "-vvvv", variables=variables)
    assert run.task("start").kind == "usage"
    assert not run.leaks({"AddressCanary-7714"})


def test_the_search_finds(ansible: Ansible) -> None:
    """The tests of this file would notice: a secret that is shown is found in each place it gets to."""
    task = {"name": "show", "ansible.builtin.debug": {"msg": "{{ password }}"}}
    environment = {"ANSIBLE_LOG_PATH": str(ansible.home / "ansible.log")}
    run = ansible.play([task], variables={"password": PASSWORD}, environment=environment)
    assert run.leaks({PASSWORD}) == {place: {PASSWORD} for place in ("stdout", "witness.jsonl", "ansible.log")}


GOOD = {"conference_id": ID, "host_password": PASSWORD}
REFUSED: dict[str, Any] = {
    "IDs alone": [ID],
    "one among dictionaries": [GOOD, ID],
    "unknown key": [{**GOOD, "password": PASSWORD}],
    "a number": 914047751,
}


@pytest.mark.parametrize("meetings", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("module", ["huawei_meeting_recordings", "huawei_meeting_recording_info"])
def test_arguments_that_ansible_refuses_by_itself(ansible: Ansible, sim: Simulator, module: str, meetings: Any) -> None:
    """It does so before it has learnt which of them are secrets."""
    arguments = {"meetings": meetings, "host_password": PASSWORD, "app_id": "x", "app_key": APP_KEY}
    if module == "huawei_meeting_recordings":
        arguments["state"] = "started"
    run = ansible.play(
        [{"name": "Refused", f"huawei.meeting.{module}": "{{ given }}"}], "-vvvv", variables={"given": arguments}
    )
    assert run.task("Refused").failed
    assert "meetings" in run.task("Refused").msg
    assert not run.leaks({PASSWORD, APP_KEY})
    assert sim.world.log == []
