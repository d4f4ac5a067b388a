# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure side by side, in one run: ``python tests/benchmark/run.py [--quick] [--only NAME] [--markdown FILE]``.

Each contender starts the recordings of simulated meetings as a process of its own. The rounds are interleaved, so that
a machine that gets slower meanwhile is slower for all; a figure is the median of its rounds. Needs the collection on
ANSIBLE_COLLECTIONS_PATH.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmark.contenders import Broken, Contender, Footprint, Job, Run, Track
from tests.benchmark.service import RECORDER_DELAY, Process

ROUNDS = 3
URI = Contender("uri", "`ansible.builtin.uri` in a loop, request only", "uri.yml", False)
SINGLE_PUT = Contender("single-put", "single module in a loop, `live_state: ignore`", "single.yml", False)
SINGLE = Contender("single", "single module in a loop, full flow", "single.yml", True)
BATCH_PUT = Contender("batch-put", "batch module, `live_state: ignore`", "batch.yml", False)
BATCH = Contender("batch", "batch module, full flow", "batch.yml", True)
PLAIN_PUT = Contender("plain-put", "plain script, request only", "plain.py", False)
PLAIN = Contender("plain", "plain script, full flow", "plain.py", True)
MODULE = Contender("module", "batch module without ansible-playbook, full flow", "module", True)

LOOPS = (URI, SINGLE_PUT, SINGLE)

FEW, SOME, MANY, MOST = 20, 100, 1000, 5000
# What ansible-playbook with one module takes before it does anything, and what the script takes.
EMPTY, EMPTY_SCRIPT = Job(BATCH, 0), Job(PLAIN, 0)
STARTS = {EMPTY: "start of ansible-playbook and one module", EMPTY_SCRIPT: "start of the plain script"}
PARALLEL = [
    Job(who, SOME, at_a_time, latency) for latency in (0.0, 0.05) for at_a_time in (1, 16, 64) for who in (BATCH, PLAIN)
]
JOBS = [
    EMPTY,
    EMPTY_SCRIPT,
    Job(URI, FEW),
    Job(SINGLE_PUT, FEW),
    Job(SINGLE, FEW),
    *(Job(BATCH_PUT, number) for number in (SOME, MANY, MOST)),
    *(Job(PLAIN_PUT, number) for number in (SOME, MANY, MOST)),
    *(Job(who, number) for number in (SOME, MANY, MOST) for who in (BATCH, PLAIN)),
    *(job for job in PARALLEL if (job.parallel, job.latency) != (16, 0.0)),
]


def measure(track: Track, jobs: list[Job], rounds: int) -> dict[Job, Run]:
    """Run all jobs in turn, several times, and return their medians. Raises Broken."""
    runs: dict[Job, list[Run]] = {job: [] for job in jobs}
    for number in range(1, rounds + 1):
        for job in jobs:
            run = track.run(job)
            runs[job].append(run)
            print(f"  round {number} of {rounds}: {job}: {run.elapsed:.2f} s", flush=True)
    return {
        job: Run(statistics.median(run.elapsed for run in all_), statistics.median(run.processor for run in all_))
        for job, all_ in runs.items()
    }


def table(medians: dict[Job, Run]) -> list[str]:
    """All figures, with the cost of a meeting beyond the start of the tool, and as a ratio to the yardstick."""
    lines = [
        "| contender | meetings | at a time | latency | whole run | processor | per meeting beyond the start "
        "| : plain script |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for job, run in medians.items():
        start = medians[EMPTY_SCRIPT if job.contender.how.endswith(".py") else EMPTY].elapsed
        net = f"{max(0.0, run.elapsed - start) / job.meetings * 1000:.1f} ms" if job.meetings else ""
        script = Job(PLAIN if job.contender.full else PLAIN_PUT, job.meetings, job.parallel, job.latency)
        ratio = (
            f"{run.elapsed / medians[script].elapsed:.2f}"
            if script in medians and script != job and job.meetings
            else ""
        )
        title = STARTS.get(job, job.contender.title)
        at_a_time = 1 if job.contender in LOOPS else job.parallel
        cells = [
            title,
            f"{job.meetings:,}",
            at_a_time,
            f"{job.latency * 1000:.0f} ms",
            f"{run.elapsed:.2f} s",
            f"{run.processor:.2f} s",
            net,
            ratio,
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def targets(medians: dict[Job, Run], footprint: Footprint | None) -> list[tuple[str, str, bool]]:
    """What was aimed at: what, the figure, and whether it was reached. Only what was measured is told."""
    elapsed = {job: run.elapsed for job, run in medians.items()}
    found = []
    if {EMPTY, Job(URI, FEW), Job(BATCH_PUT, MANY)} <= elapsed.keys():
        loop = (elapsed[Job(URI, FEW)] - elapsed[EMPTY]) / FEW
        factor = loop / (elapsed[Job(BATCH_PUT, MANY)] / MANY)
        what = f"request only, {MANY:,} meetings: at least 100 times faster per meeting than the uri loop"
        found.append((what, f"{factor:.0f} times", factor >= 100))
    for number in (MANY, MOST):
        if {Job(BATCH, number), Job(PLAIN, number)} <= elapsed.keys():
            ratio = elapsed[Job(BATCH, number)] / elapsed[Job(PLAIN, number)]
            what = f"full flow, {number:,} meetings: at most 1.5 times the plain script, ansible-playbook included"
            found.append((what, f"{ratio:.2f} times", ratio <= 1.5))
    if {Job(BATCH, number) for number in (SOME, MANY, MOST)} <= elapsed.keys():
        first = (elapsed[Job(BATCH, MANY)] - elapsed[Job(BATCH, SOME)]) / (MANY - SOME)
        last = (elapsed[Job(BATCH, MOST)] - elapsed[Job(BATCH, MANY)]) / (MOST - MANY)
        what = f"full flow: flat cost of a further meeting from {SOME} to {MOST:,} (at most 1.2 times)"
        told = f"{first * 1000:.1f} ms, then {last * 1000:.1f} ms: {last / first:.2f} times"
        found.append((what, told, last / first <= 1.2))
    if footprint is not None:
        what = f"full flow, {MOST:,} meetings: less than 150 MiB of memory in the module's process"
        told = f"{footprint.memory:.0f} MiB, {footprint.descriptors} descriptors, {footprint.sockets} of them sockets"
        found.append((what, told, footprint.memory < 150))
    return found


def conditions(track: Track, rounds: int) -> list[str]:
    """Under which conditions the figures were taken."""
    names = ("ansible-core", "requests", "urllib3", "websocket-client", "aiohttp")
    return [
        f"- {time.strftime('%Y-%m-%d', time.gmtime())}, Python {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores; {', '.join(f'{name} {version(name)}' for name in names)}.",
        f"- Loopback HTTPS and WSS; a CA bundle of {track.certificates} certificates. The simulated service runs in a "
        f"process of its own, but on the same cores; its recorders take {RECORDER_DELAY * 1000:.0f} ms.",
        f"- Medians of {rounds} interleaved rounds; whole processes from start to end, each seen to have started every "
        "recording exactly once.",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round with few meetings, to see that it works")
    parser.add_argument("--only", metavar="NAME", help="only the contenders whose name begins so")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write conditions, table and targets to a file")
    asked = parser.parse_args()
    names = {job.contender.name for job in JOBS} | {MODULE.name}
    if asked.only and not any(name.startswith(asked.only) for name in names):
        parser.error(f"no contender's name begins with {asked.only}; there are {', '.join(sorted(names))}")
    # Without the empty runs, nobody knows what a contender costs beyond its start.
    jobs = [job for job in JOBS if not asked.only or job.meetings == 0 or job.contender.name.startswith(asked.only)]
    if asked.quick:
        jobs = [job for job in jobs if job.meetings <= SOME and job.parallel == 16]
    rounds = 1 if asked.quick else ROUNDS
    watched = Job(MODULE, MOST)
    watch = (
        Path("/proc").is_dir() and not asked.quick and (not asked.only or watched.contender.name.startswith(asked.only))
    )
    collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "")
    with Process() as process, tempfile.TemporaryDirectory(prefix="hm-") as folder:
        track = Track(process.Service(), Path(folder), collections)
        try:
            medians = measure(track, jobs, rounds)
            footprint = track.footprint(watched) if watch else None
        except Broken as error:
            print(f"The benchmark is off: {error}", file=sys.stderr)
            return 1
        told = conditions(track, rounds)
    found = targets(medians, footprint)
    lines = ["| target | measured | |", "|---|---|---|"] if found else []
    lines += [f"| {what} | {figure} | {'reached' if reached else '**missed**'} |" for what, figure, reached in found]
    text = "\n".join([*told, "", *table(medians), "", *lines]) + "\n"
    print(f"\n{text}")
    if asked.markdown:
        asked.markdown.write_text(text, encoding="utf-8")
    return 0 if all(reached for _what, _figure, reached in found) else 1


if __name__ == "__main__":
    sys.exit(main())
