# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large batches at their limits: a throttling gateway, signals in the middle, and what they take of the machine."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import COLLECTION
from tests.integration.ansible import Ansible
from tests.integration.test_batch import batch, listed, password
from tests.simulator import Behaviour, Entry, Meeting, Simulator, World
from tests.simulator.channel import Channels
from tests.simulator.model import Outcome, Session

IDS = [str(914060000 + number) for number in range(500)]
PROC = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")


class Census(World):
    """A world that remembers how many live channels were open at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.counted = self.channels = CountedChannels(self.channels)  # type: ignore[assignment]


class CountedChannels:
    """Counts those who come and go."""

    def __init__(self, channels: Channels) -> None:
        self.most = 0
        self._open: set[Session] = set()
        self._channels = channels
        self.hear = channels.hear

    def connect(self, *args: Any, **kwargs: Any) -> Outcome:
        outcome = self._channels.connect(*args, **kwargs)
        if outcome.session:
            self._open.add(outcome.session)
            self.most = max(self.most, len(self._open))
        return outcome

    def leave(self, session: Session) -> None:
        self._open.discard(session)
        self._channels.leave(session)


@pytest.fixture
def census() -> Census:
    return Census()


@pytest.fixture
def sim(census: Census) -> Iterator[Simulator]:
    with Simulator(census) as simulator:
        yield simulator


def populate(sim: Simulator, number: int) -> list[str]:
    """The IDs of so many running meetings that are not being recorded."""
    for name in IDS[:number]:
        sim.world.add(Meeting(name, host_password=password(name)))
    return IDS[:number]


@contextmanager
def module(ansible: Ansible, meetings: list[dict[str, str]], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The batch module as a process that can be watched and signalled, led to the service by the environment."""
    arguments = {"meetings": meetings, "state": "started", "timeout": 30, "wait_timeout": 60, **options}
    path = ansible.project / "arguments.json"
    path.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
    with subprocess.Popen(
        [sys.executable, "-m", f"{COLLECTION}.plugins.modules.huawei_meeting_recordings", str(path)],
        env={**ansible.environment, "PYTHONPATH": ansible.environment["ANSIBLE_COLLECTIONS_PATH"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def report(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the module reports at its end; it has nothing else to say, and leaves no process behind."""
    output, errors = process.communicate(timeout=60)
    assert errors == b""
    result: dict[str, Any] = json.loads(output)
    assert process.returncode == int(result.get("failed", False))
    return result


def until(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    """Wait until the module has reached something, at most a minute."""
    deadline = time.monotonic() + 60
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wait_for_report(process: subprocess.Popen[bytes]) -> None:
    """Wait for its first byte: one that a pipe does not hold is complete then, and the module still there."""
    assert process.stdout
    assert select.select([process.stdout], [], [], 60)[0]


# ---- throttling ----


def refusals(sim: Simulator) -> list[Entry]:
    return [entry for entry in sim.world.log if entry.status == 429]


def windows(sim: Simulator, endpoint: str) -> list[list[Entry]]:
    """The calls of an endpoint by the gateway's windows; the next begins where a call gets through after a refusal."""
    found: list[list[Entry]] = []
    for entry in sim.world.requests(endpoint):
        if not found or (entry.status != 429 and found[-1][-1].status == 429):
            found.append([])
        found[-1].append(entry)
    return found


@pytest.mark.parametrize(
    ("number", "calls", "seconds"),
    [
        pytest.param(4, 1, 0.2, id="1 in a window that is not stated in whole seconds"),
        pytest.param(50, 20, 1.0, id="20 a second"),
    ],
)
def test_throttling_delays_but_does_not_fail(
    ansible: Ansible, sim: Simulator, number: int, calls: int, seconds: float
) -> None:
    """All meetings get through a gateway that lets only so many calls of each endpoint through in a window.

    A window stays open until a call too many was refused, so that there are as many on a slow machine as on a fast one.
    """
    sim.world.behaviour.rate_limit, sim.world.behaviour.rate_window = (calls, seconds), "refusal"
    names = populate(sim, number)
    task = batch("x", listed(*names), state="started", timeout=30, retry_timeout=60, wait_timeout=60)
    result = ansible.play([task]).task("x").result
    assert result["summary"] == {"total": number, "changed": number, "unchanged": 0, "failed": 0}, result.get("msg")
    assert [sim.world.meetings[name].segments for name in names] == [1] * number
    assert sim.until_closed()

    assert refusals(sim), "the gateway had nothing to throttle"
    for endpoint in ("token", "wsToken", "record"):
        found = windows(sim, endpoint)
        let_through = [sum(entry.status == 200 for entry in window) for window in found]
        assert let_through == [*[calls] * ((number - 1) // calls), (number - 1) % calls + 1]
        for window in found if calls > 1 else ():
            refused = [entry.conference_id for entry in window if entry.status == 429]
            assert len(refused) <= 16
            assert len(refused) == len(set(refused)), "somebody did not wait for the window to pass"


def test_patience_that_ends_fails_those_that_it_failed(ansible: Ansible, sim: Simulator) -> None:
    """The gateway lets one call through and then none for a second, which is too slow for most of the meetings."""
    sim.world.behaviour.rate_limit, sim.world.behaviour.rate_window = (1, 1.0), "refusal"
    names = populate(sim, 16)
    task = batch("x", listed(*names), state="started", max_parallel=8, retry_timeout=2)
    result = ansible.play([task]).task("x").result
    assert [one["conference_id"] for one in result["results"]] == names
    failed = [one for one in result["results"] if one["failed"]]
    assert 1 <= len(failed) < 16
    assert {one["error"]["kind"] for one in failed} == {"throttled"}
    assert all(one["error"]["retryable"] and not one["changed"] for one in failed)
    assert [one["changed"] for one in result["results"]] == [bool(sim.world.meetings[name].segments) for name in names]
    waited = [float(found[1]) for one in failed if (found := re.search(r"after waiting ([0-9.]+) s", one["msg"]))]
    assert waited
    assert all(1 <= seconds <= 2 for seconds in waited)
    assert f"{len(failed)} of 16 meetings failed ({len(failed)} throttled)" in result["msg"]
    assert failed[0]["msg"] in result["msg"]
    assert sim.until_closed()


# ---- signals ----


def is_busy(sim: Simulator) -> bool:
    """All workers have calls under way."""
    return len(sim.world.writes()) >= 8


def is_throttled(sim: Simulator) -> bool:
    """All workers wait for the next window."""
    return len(sim.world.writes()) == 8 and not sim.open_sockets and bool(refusals(sim))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize(
    ("behaviour", "reached"),
    [
        pytest.param(Behaviour(latency=0.05), is_busy, id="busy"),
        pytest.param(Behaviour(rate_limit=(8, 60)), is_throttled, id="throttled"),
    ],
)
def test_a_signal_ends_the_batch_with_a_report(
    ansible: Ansible,
    sim: Simulator,
    behaviour: Behaviour,
    reached: Callable[[Simulator], bool],
    number: signal.Signals,
) -> None:
    """Nothing more is sent, and each meeting is told of as it is; were it ignored, the batch would go on for long."""
    sim.world.behaviour = behaviour
    names = populate(sim, 300)
    with module(ansible, listed(*names), max_parallel=4, retry_timeout=900) as process:
        until(process, lambda: reached(sim))
        process.send_signal(number)
        signalled = time.time()
        result = report(process)
    sent = sim.world.requests("record")
    assert not [entry for entry in sent if entry.time > signalled + 5]
    written = {entry.conference_id for entry in sent}
    assert 8 <= len(written) < 100
    assert sim.world.writes() == [1] * len(written)

    assert result["failed"]
    assert [one["conference_id"] for one in result["results"]] == names
    assert {one["conference_id"] for one in result["results"] if one["changed"]} == written
    for one in result["results"]:
        if one["conference_id"] in written:
            assert not one["failed"] or one["error"]["kind"] in ("unconfirmed", "unknown_outcome")
        else:
            assert one["failed"]
            assert "the run was interrupted" in one["msg"]
    assert sim.until_closed()


def test_a_signal_while_the_report_is_written_does_not_cost_it(ansible: Ansible, sim: Simulator) -> None:
    names = [str(number) for number in range(914070000, 914071000)]
    meetings = [{"conference_id": name, "token": "x"} for name in names]
    with module(ansible, meetings, live_state="ignore", _ansible_check_mode=True) as process:
        wait_for_report(process)
        process.send_signal(signal.SIGTERM)
        assert len(report(process)["results"]) == 1000
    assert sim.world.log == []


# ---- what it takes of the machine ----


@PROC
def test_sockets_are_bounded_by_max_parallel(ansible: Ansible, sim: Simulator, census: Census) -> None:
    """Connections for HTTPS are reused, channels closed, and no descriptor is left open, however many meetings."""
    names = populate(sim, 300)
    descriptors = 0
    with module(ansible, listed(*names), max_parallel=8) as process:
        while len(sim.world.writes()) < 290 and process.poll() is None:
            descriptors = max(descriptors, len(os.listdir(f"/proc/{process.pid}/fd")))
            time.sleep(0.01)
        result = report(process)
    assert result["summary"]["changed"] == 300
    assert 8 < descriptors <= 2 * 8 + 10
    assert 1 < sim.connections <= 8
    assert 1 < census.counted.most <= 8
    assert sim.until_closed()


@PROC
def test_memory_for_5_000_meetings(ansible: Ansible, sim: Simulator) -> None:
    """What is kept of each meeting is small. Nothing is sent here: the traffic of so many takes half a minute."""
    meetings = [{"conference_id": str(914100000 + number), "token": "x"} for number in range(5000)]
    with module(ansible, meetings, live_state="ignore", _ansible_check_mode=True, _ansible_diff=True) as process:
        wait_for_report(process)
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert report(process)["summary"]["changed"] == 5000
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert peak
    assert int(peak[1]) < 150 * 1024
