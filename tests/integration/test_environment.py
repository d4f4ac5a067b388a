# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the machine brings along: CA bundles, environment variables, libraries that are missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.integration.ansible import Ansible, Run, missing, recording
from tests.simulator import Meeting, Simulator
from tests.unit.plugins.peers import Proxy

ID = "914047751"
PASSWORD = "EnvironmentCanary-6312"


@pytest.fixture
def meeting(sim: Simulator) -> Meeting:
    return sim.world.add(Meeting(ID, host_password=PASSWORD))


@pytest.fixture
def unrelated(tmp_path: Path) -> str:
    """A CA bundle that does not vouch for the simulated service."""
    path = tmp_path / "unrelated.pem"
    trustme.CA(organization_name="somebody else").cert_pem.write_to_path(path)
    return str(path)


def start(ansible: Ansible, environment: dict[str, str], *, without: tuple[str, ...] = (), **options: Any) -> Run:
    """Start the recording with this environment, without these of the variables that lead to the service."""
    for name in without:
        del ansible.environment[name]
    task = recording("start", ID, "started", **{"live_state": "required", **options})
    run = ansible.play([task], environment={"HUAWEI_MEETING_HOST_PASSWORD": PASSWORD, **environment})
    assert not run.leaks({PASSWORD})
    return run


@pytest.mark.parametrize("name", ["", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_unrelated_bundle(ansible: Ansible, sim: Simulator, meeting: Meeting, unrelated: str, name: str) -> None:
    """Whatever bundle is set for the whole machine, `ca_path` and `validate_certs` hold, for HTTPS and WSS alike.

    Without them nothing is sent, and the way out is named.
    """
    del ansible.environment["HUAWEI_MEETING_CA_PATH"]
    meeting.behaviour["ws_trusted"] = False
    sim.world.add(Meeting("914047752", host_password=PASSWORD))
    options = {"live_state": "required", "_ignore_errors": True}
    tasks = [
        recording("neither", ID, "started", **options),
        recording("unchecked", ID, "started", validate_certs=False, **options),
        recording("ca_path", "914047752", "started", ca_path=str(sim.ca_file), **options),
    ]
    environment = {"HUAWEI_MEETING_HOST_PASSWORD": PASSWORD, **({name: unrelated} if name else {})}
    run = ansible.play(tasks, environment=environment)
    assert run.task("neither").kind == "tls"
    assert "`ca_path`" in run.task("neither").msg
    assert sim.world.requests()[0].time > run.task("neither").ended
    for right in ("unchecked", "ca_path"):
        assert not run.task(right).failed, run.task(right).msg
        assert run.task(right).result["confirmed"]
    assert "InsecureRequestWarning" not in run.output


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_bundle_of_the_machine(ansible: Ansible, sim: Simulator, meeting: Meeting, name: str) -> None:
    """Without `ca_path` the bundle that is set for the whole machine is used, for HTTPS and WSS."""
    run = start(ansible, {name: str(sim.ca_file)}, without=("HUAWEI_MEETING_CA_PATH",))
    assert not run.task("start").failed, run.output
    assert meeting.recording


def test_bundle_of_the_machine_is_missing(ansible: Ansible, sim: Simulator, meeting: Meeting) -> None:
    """A variable that names no file is named itself, for the user has never heard of the path."""
    run = start(ansible, {"REQUESTS_CA_BUNDLE": "/nonexistent/bundle.pem"}, without=("HUAWEI_MEETING_CA_PATH",))
    assert run.task("start").kind == "tls"
    assert "/nonexistent/bundle.pem" in run.task("start").msg
    assert "REQUESTS_CA_BUNDLE" in run.task("start").msg
    assert sim.world.log == []


@pytest.mark.parametrize("name", ["", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_validate_certs_false(ansible: Ansible, sim: Simulator, meeting: Meeting, unrelated: str, name: str) -> None:
    """`validate_certs: false` holds for HTTPS and WSS, whatever bundle is set, and does so quietly."""
    meeting.behaviour["ws_trusted"] = False
    environment = {"HUAWEI_MEETING_VALIDATE_CERTS": "no", **({name: unrelated} if name else {})}
    run = start(ansible, environment, without=("HUAWEI_MEETING_CA_PATH",))
    assert not run.task("start").failed, run.output
    assert "InsecureRequestWarning" not in run.output
    assert meeting.recording


def test_variables_reach_the_module(ansible: Ansible, sim: Simulator, meeting: Meeting) -> None:
    """Each option that can come from the environment does, and the option beats the variable."""
    values: dict[str, Any] = {
        "api_url": sim.url,
        "validate_certs": True,
        "ca_path": str(sim.ca_file),
        "timeout": 3,
        "retry_timeout": 4,
        "wait_timeout": 5,
    }
    others = {
        "HUAWEI_MEETING_API_URL": "https://127.0.0.1:1",
        "HUAWEI_MEETING_VALIDATE_CERTS": "false",
        "HUAWEI_MEETING_CA_PATH": "/nonexistent",
        "HUAWEI_MEETING_TIMEOUT": "9",
        "HUAWEI_MEETING_RETRY_TIMEOUT": "8",
        "HUAWEI_MEETING_WAIT_TIMEOUT": "7",
    }
    token = sim.world.issue_token(ID)
    environment = {f"HUAWEI_MEETING_{name.upper()}": str(value) for name, value in values.items()}
    run = start(ansible, {**environment, "HUAWEI_MEETING_TOKEN": token})
    arguments = run.task("start").result["invocation"]["module_args"]
    assert {name: arguments[name] for name in values} == values
    assert arguments["token"] == arguments["host_password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert sim.world.requests("token")[0].header_names.count("x-conference-authorization") == 1

    run = start(ansible, others, **values)
    arguments = run.task("start").result["invocation"]["module_args"]
    assert {name: arguments[name] for name in values} == values
    assert run.rc == 0


@pytest.mark.parametrize(
    ("name", "value"), [("TIMEOUT", "soon"), ("WAIT_TIMEOUT", "-1"), ("API_URL", "http://x.example")]
)
def test_bad_variables(ansible: Ansible, sim: Simulator, meeting: Meeting, name: str, value: str) -> None:
    """A bad value from the environment fails like a bad option: before any request, and named."""
    run = start(ansible, {f"HUAWEI_MEETING_{name}": value})
    run.check_no_traceback()
    assert run.task("start").failed
    assert name.lower() in run.task("start").msg
    assert sim.world.log == []


def test_undecodable_password(ansible: Ansible, sim: Simulator, meeting: Meeting) -> None:
    """A password that is no UTF-8, as a terminal with another encoding exports it, is a plain failure."""
    run = start(ansible, {"HUAWEI_MEETING_HOST_PASSWORD": "EncodedCanary-4\udce9"})
    run.check_no_traceback()
    assert run.task("start").kind == "usage", run.output
    assert "`host_password`" in run.task("start").msg
    assert not run.leaks({"EncodedCanary-4"})
    assert sim.world.log == []


def test_empty_variables(ansible: Ansible, meeting: Meeting) -> None:
    """Empty variables count as not set, as pipelines leave them where a setting is not defined."""
    names = ("TIMEOUT", "RETRY_TIMEOUT", "WAIT_TIMEOUT", "VALIDATE_CERTS", "TOKEN")
    run = start(ansible, {f"HUAWEI_MEETING_{name}": "" for name in names})
    assert not run.task("start").failed, run.task("start").msg
    assert run.task("start").result["invocation"]["module_args"]["timeout"] == 10
    assert meeting.recording


@pytest.mark.parametrize(
    ("name", "kind", "word"), [("CA_PATH", "tls", "ca_path"), ("API_URL", "transport", "api.meeting.huaweicloud.com")]
)
def test_empty_variables_that_lead_here(
    ansible: Ansible, sim: Simulator, meeting: Meeting, name: str, kind: str, word: str
) -> None:
    """The same for those without which the service is not reached; the proxy keeps the test off the real one."""
    proxy = {"HTTPS_PROXY": "http://127.0.0.1:1"} if name == "API_URL" else {}
    run = start(ansible, {f"HUAWEI_MEETING_{name}": "", **proxy}, retry_timeout=0)
    assert run.task("start").kind == kind, run.task("start").msg
    assert word in run.task("start").msg
    assert sim.world.log == []


@pytest.mark.parametrize("parallel", [1, 8])
def test_a_proxy_that_wants_another_sign_in_is_asked_once(ansible: Ansible, sim: Simulator, parallel: int) -> None:
    """Each further try could lock the account. Its user and password are nowhere, in no form."""
    ids = [str(int(ID) + number) for number in range(24)]
    meetings = [{"conference_id": name, "host_password": PASSWORD} for name in ids]
    for name in ids:
        sim.world.add(Meeting(name, host_password=PASSWORD))
    options = {"meetings": meetings, "state": "started", "max_parallel": parallel}
    task = {"name": "start", "huawei.meeting.huawei_meeting_recordings": options}
    with Proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        url = proxy.url.replace("://", "://proxyuser:ProxyCanary%2D7@")
        run = ansible.play([task], "-vvvv", environment={"HTTPS_PROXY": url, "NO_PROXY": ""})
        assert len(proxy.heads) == 1
    results = run.task("start").result["results"]
    assert {one["error"]["kind"] for one in results} == {"transport"}
    assert len({one["error"]["hint"] for one in results}) == 1
    assert f"the proxy 127.0.0.1:{proxy.port} refused the connection" in run.task("start").msg
    assert not run.leaks({PASSWORD, "ProxyCanary-7", "ProxyCanary%2D7"})
    assert sim.world.log == []


def test_without_websocket_client(ansible: Ansible, sim: Simulator, meeting: Meeting) -> None:
    """Without websocket-client, auto goes on with a warning that names the package; ignore needs no warning."""
    environment = missing(ansible, "websocket")
    run = start(ansible, environment, live_state="auto")
    task = run.task("start")
    assert not task.failed, task.msg
    assert task.changed
    assert (task.result["state"], task.result["confirmed"]) == ("unknown", False)
    assert "websocket-client" in " ".join(str(warning) for warning in task.result["warnings"])
    assert "websocket-client" in run.prose
    assert sim.world.writes() == [1]

    run = start(ansible, environment, live_state="ignore")
    assert not run.task("start").failed
    assert "warnings" not in run.task("start").result


@pytest.mark.parametrize(("package", "name"), [("requests", "requests"), ("websocket", "websocket-client")])
def test_missing_library(ansible: Ansible, sim: Simulator, meeting: Meeting, package: str, name: str) -> None:
    """A library that is needed and missing is reported in Ansible's own words, with the Python that lacks it."""
    run = start(ansible, missing(ansible, package))
    task = run.task("start")
    assert task.failed
    assert f"Failed to import the required Python library ({name})" in task.msg
    assert "Please read the module documentation" in task.msg
    assert sim.world.log == []


@pytest.fixture
def waiting(ansible: Ansible, sim: Simulator) -> Iterator[subprocess.Popen[str]]:
    """A run that waits for a recorder that never comes, in a session of its own."""
    sim.world.add(Meeting(ID, host_password=PASSWORD, behaviour={"recorder_delay": None}))
    ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [recording("x", ID, "started")]}])
    environment = {"HUAWEI_MEETING_HOST_PASSWORD": PASSWORD, "HUAWEI_MEETING_WAIT_TIMEOUT": "600"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", "play.yml"],
        cwd=ansible.project,
        env={**ansible.environment, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while not sim.world.writes() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sim.open_sockets == 1
        yield process
    finally:
        process.kill()


def test_interrupted(waiting: subprocess.Popen[str], sim: Simulator) -> None:
    """Ctrl-C while the recorder is awaited leaves no channel open and no traceback on the screen."""
    os.killpg(waiting.pid, signal.SIGINT)  # as a terminal does it
    output = waiting.communicate(timeout=20)[0]
    assert sim.until_closed(5)
    assert PASSWORD not in output
    assert "Traceback" not in output


def test_terminated(waiting: subprocess.Popen[str], ansible: Ansible, sim: Simulator) -> None:
    """A module that is told to end stops waiting and still reports what became of its request."""
    modules = [
        int(place.name)
        for place in Path("/proc").glob("[0-9]*")
        if b"AnsiballZ_huawei_meeting_recording" in _command(place) and str(ansible.home).encode() in _command(place)
    ]
    assert modules
    for module in modules:
        os.kill(module, signal.SIGTERM)
    output = waiting.communicate(timeout=20)[0]
    assert "the run was interrupted" in output
    assert '"kind": "unconfirmed"' in output
    assert sim.world.writes() == [1]
    assert sim.until_closed(5)


def _command(place: Path) -> bytes:
    """The command line of a process; of one that is gone, nothing."""
    try:
        return (place / "cmdline").read_bytes()
    except OSError:
        return b""
