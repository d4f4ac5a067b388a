# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seed files, and the simulator as a program."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.simulator import Simulator, seed
from tests.unit.simulator.clients import HOST, ID, PATH, PATIENCE

ROOT = Path(__file__).parents[3]


def test_example_seed() -> None:
    """The example has a meeting for each rehearsal, each with a word on what it is good for."""
    world = seed.load(seed.EXAMPLE)
    assert len(world.meetings) > 10
    assert all(meeting.note for meeting in world.meetings.values())
    assert world.faults[0].times is None


def test_example_seed_has_an_enterprise() -> None:
    """The example has users of each kind that matters, and their meetings."""
    world = seed.load(seed.EXAMPLE)
    assert world.enterprise and {user.admin_type for user in world.enterprise.users} == {0, 2}
    for meeting in world.meetings.values():
        assert all(world.enterprise.user(user_id) for user_id in (meeting.owner, *meeting.invited))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- 1", "the seed must be a mapping with behaviour, enterprise, meetings, faults"),
        ("meeting: []", "meeting is unknown; known are behaviour, enterprise, meetings, faults"),
        ("meetings: {}\nfaults: x", "faults must be a list, not 'x'"),
        ("meetings: [{recording: true}]", "meetings[0].conference_id is missing"),
        ("meetings: [{conference_id: 914047751}]", "meetings[0].conference_id must be a string (in quotes), not 91404"),
        ("meetings: [{conference_id: '1'}, {conference_id: '1'}]", "meetings[1].conference_id 1 is there twice"),
        ("meetings: [{conference_id: '1', behaviour: {snapshot: 7}}]", "meetings[0]: behaviour.snapshot must be"),
        ("behaviour: {redundant: ignore}", "behaviour.redundant must be accept or segment or error, not 'ignore'"),
        ("faults: [{endpoint: push, websocket: html}]", "faults[0]: fault.websocket: html can only answer connect"),
        ("meetings: [\n", "not YAML: "),
        ("meetings: [{conference_id: '1', segments: yes}]", "segments must be a whole number, not True"),
        ("enterprise: []", "enterprise must be a mapping of names to values, not []"),
        ("enterprise: {app_id: a}", "enterprise.app_key is missing"),
        ("enterprise: {app_id: a, app_key: ''}", "enterprise: app_id and app_key must not be empty"),
        ("enterprise: {app_id: a, app_key: k, users: alice}", "enterprise.users must be a list, not 'alice'"),
        (
            "enterprise: {app_id: a, app_key: k, users: [{admin_type: 3}]}",
            "enterprise.users[0].admin_type must be 0",
        ),
        (
            "meetings: [{conference_id: '1', invited: [7]}]",
            "meetings[0].invited must be a list of items, each",
        ),
        ("faults: [{endpoint: online, ends: ['1']}]", "fault: no meeting 1 to begin or end"),
    ],
)
def test_bad_seed(tmp_path: Path, text: str, sentence: str) -> None:
    """An error in a seed is a sentence that names file and key."""
    path = tmp_path / "seed.yml"
    path.write_text(text)
    with pytest.raises(ValueError) as caught:
        seed.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value)


def test_seed_in_json(tmp_path: Path) -> None:
    """JSON is YAML too."""
    path = tmp_path / "seed.json"
    path.write_text('{"behaviour": {"rate_limit": [3, 1]}, "meetings": [{"conference_id": "1"}]}')
    world = seed.load(path)
    assert world.behaviour.rate_limit == (3, 1.0)
    assert list(world.meetings) == ["1"]


def by_hand(*arguments: str) -> subprocess.Popen[str]:
    """Start the simulator as a process of its own."""
    command = [sys.executable, "-m", "tests.simulator", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_by_hand(tmp_path: Path, number: signal.Signals) -> None:
    """It says where it listens, serves, and stops cleanly when told to."""
    env_file, ca_file = tmp_path / "env", tmp_path / "a ca.pem"
    process = by_hand("--env-file", str(env_file), "--ca-file", str(ca_file))
    assert process.stdout
    try:
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Stop with"):
                break
        environment = dict(item.split("=", 1) for item in shlex.split(env_file.read_text()))
        assert environment["HUAWEI_MEETING_CA_PATH"] == str(ca_file)
        assert f"export HUAWEI_MEETING_API_URL={environment['HUAWEI_MEETING_API_URL']}" in lines
        assert f"export HUAWEI_MEETING_CA_PATH='{ca_file}'" in lines
        assert environment["HUAWEI_MEETING_APP_ID"] == "simulated-app-id"
        assert f"export HUAWEI_MEETING_APP_KEY={environment['HUAWEI_MEETING_APP_KEY']}" in lines
        assert '"alice"  Alice Example, ordinary user' in lines
        assert any(line.startswith(f"{ID}  host-914826  running, not recorded") for line in lines)
        url = f"{environment['HUAWEI_MEETING_API_URL']}{PATH}/token?conferenceID={ID}"
        assert requests.get(url, headers=HOST, verify=str(ca_file), timeout=PATIENCE).status_code == 200
    finally:
        process.send_signal(number)
        rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")
    assert rest.strip() == "Stopped: 1 requests arrived, 0 of them to start or stop a recording."
    assert os.listdir(tmp_path) == [ca_file.name]


def test_by_hand_with_a_bad_seed(tmp_path: Path) -> None:
    """No traceback, but a sentence and an exit status; nothing is written."""
    path = tmp_path / "seed.yml"
    path.write_text("meetings: [{conference_id: '1', state: Running}]")
    process = by_hand("--seed", str(path), "--env-file", str(tmp_path / "env"))
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (2, "")
    assert errors == (
        f"The simulator cannot start: {path}: meetings[0].state must be Schedule or Created or Destroyed,"
        " not 'Running'\n"
    )
    assert os.listdir(tmp_path) == ["seed.yml"]


def test_by_hand_on_a_taken_port(simulator: Simulator) -> None:
    """The same for a port that is taken, and for a seed that is not there."""
    process = by_hand("--port", str(simulator.world.ports[0]))
    _unused, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and "address already in use" in errors and "Traceback" not in errors
    process = by_hand("--seed", "nowhere.yml")
    _unused, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and "nowhere.yml" in errors and "Traceback" not in errors
