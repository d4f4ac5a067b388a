# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contenders: how each starts the recordings of a list of meetings, as a process that is measured from outside."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import certifi

from tests.benchmark.service import Service, Site, Tally

HERE = Path(__file__).resolve().parent
MODULE = "ansible_collections.huawei.meeting.plugins.modules.huawei_meeting_recordings"
# Linux tells here what a process has.
PROC = Path("/proc")
LONGEST = 900  # seconds; a run that takes longer is broken


@dataclass(frozen=True)
class Contender:
    """`how` is a playbook, a script, or `module` for the batch module without ansible-playbook around it."""

    name: str
    title: str
    how: str
    full: bool  # password, live state, request, confirmation; else one request with a token at hand

    def order(self, site: Site, parallel: int, ca_path: Path) -> dict[str, Any]:
        """Return what the contender is told: the variables of the playbooks, the options of the module."""
        credential = "host_password" if self.full else "token"
        order = {
            "api_url": site.api_url,
            "ca_path": str(ca_path),
            "meetings": [{name: one[name] for name in ("conference_id", credential)} for one in site.meetings],
            "live_state": "auto" if self.full else "ignore",
            "max_parallel": parallel,
        }
        return {"ANSIBLE_MODULE_ARGS": {**order, "state": "started"}} if self.how == "module" else order

    def command(self, order: Path) -> list[str]:
        """Return the command line of a run."""
        if self.how == "module":
            return [sys.executable, "-m", MODULE, str(order)]
        if self.how.endswith(".py"):
            return [sys.executable, str(HERE / self.how), str(order)]
        return [sys.executable, "-m", "ansible", "playbook", str(HERE / "playbooks" / self.how), "-e", f"@{order}"]


@dataclass(frozen=True)
class Job:
    """One thing to measure: a contender, a number of meetings, and the conditions. `latency` is in seconds."""

    contender: Contender
    meetings: int
    parallel: int = 16
    latency: float = 0.0

    def __str__(self) -> str:
        latency = f", {self.latency * 1000:.0f} ms latency" if self.latency else ""
        return f"{self.contender.name}, {self.meetings:,} meetings, {self.parallel} at a time{latency}"


@dataclass(frozen=True)
class Run:
    """What one run took, in seconds: by the clock, and of the processors in all its processes."""

    elapsed: float
    processor: float


@dataclass
class Footprint:
    """The most that a process had at any time: resident memory in MiB, open file descriptors, sockets among them."""

    memory: float = 0.0
    descriptors: int = 0
    sockets: int = 0

    def look(self, pid: int) -> None:
        """Take in what a process has now."""
        try:
            status = (PROC / str(pid) / "status").read_text(encoding="ascii")
            targets = [os.readlink(entry) for entry in (PROC / str(pid) / "fd").iterdir()]
        except OSError:  # a descriptor, or the process, has just gone
            return
        peak = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
        if peak:
            self.memory = int(peak[0]) / 1024
        self.descriptors = max(self.descriptors, len(targets))
        self.sockets = max(self.sockets, sum(target.startswith("socket:") for target in targets))


class Broken(Exception):
    """A run that did not do its work; its time means nothing."""


class Track:
    """Where the runs take place: a folder for their files, an environment, and the service they all use."""

    def __init__(self, service: Service, folder: Path, collections: str) -> None:
        self._service = service
        self._order, self._ca_path, self._output = folder / "order.json", folder / "ca.pem", folder / "output.txt"
        # Nothing of the caller's may slow a run down or speed it up. Python keeps compiled files, as it does elsewhere.
        self._environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": collections,  # for the module without ansible-playbook
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }
        (folder / "ansible.cfg").touch()

    @property
    def certificates(self) -> int:
        """How many certificates there are in the CA bundle that all contenders verify against."""
        return self._ca_path.read_text(encoding="utf-8").count("BEGIN CERTIFICATE")

    def run(self, job: Job) -> Run:
        """Measure one run, from the start of its process to its end. Raises Broken unless it did its work."""
        self._prepare(job)
        before, began = _processor(), time.monotonic()
        process = self._start(job)
        status = _ended(process)
        run = Run(time.monotonic() - began, _processor() - before)
        self._check(job, status)
        return run

    def footprint(self, job: Job) -> Footprint:
        """Watch the process of one run. Raises Broken unless it did its work."""
        self._prepare(job)
        footprint = Footprint()
        process = self._start(job)
        deadline = time.monotonic() + LONGEST
        while process.poll() is None and time.monotonic() < deadline:
            footprint.look(process.pid)
            time.sleep(0.02)
        self._check(job, _ended(process, 0))
        return footprint

    def _prepare(self, job: Job) -> None:
        """Open a fresh site and write what the contender is told."""
        site = self._service.open(job.meetings, job.latency)
        bundle = Path(certifi.where()).read_text(encoding="utf-8")
        self._ca_path.write_text(f"{bundle}\n{site.ca}", encoding="utf-8")
        self._order.write_text(json.dumps(job.contender.order(site, job.parallel, self._ca_path)), encoding="utf-8")

    def _start(self, job: Job) -> subprocess.Popen[bytes]:
        """Start the process of a run."""
        with self._output.open("wb") as output:
            return subprocess.Popen(
                job.contender.command(self._order),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _check(self, job: Job, status: int) -> None:
        """Raise Broken unless the contender succeeded, and the service saw each start once and the flow followed."""
        tally = self._service.tally()
        expected = Tally(job.meetings, job.meetings, job.meetings if job.contender.full else 0)
        if status or tally != expected:
            tail = self._output.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise Broken(f"{job}: exit status {status}, {tally} where {expected} was expected\n{tail}")
        if job.contender.how == "module":
            results = json.loads(self._output.read_bytes())["results"]
            if any(not one["changed"] or one["confirmed"] != job.contender.full for one in results):
                raise Broken(f"{job}: not every meeting was changed and confirmed")


def _ended(process: subprocess.Popen[bytes], longest: float = LONGEST) -> int:
    """Wait for the end of a process and return its exit status; it is killed where waiting is broken off."""
    try:
        return process.wait(longest)
    except subprocess.TimeoutExpired:
        return -1  # for _check to complain about
    finally:
        process.kill()
        process.wait()


def _processor() -> float:
    """Return the processor seconds of all processes that were started here and have ended, theirs included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
