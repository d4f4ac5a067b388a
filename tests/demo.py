# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the collection at work: the shipped playbooks, run against a simulated service. What `make demo` runs.

Needs the collection on ANSIBLE_COLLECTIONS_PATH. Exits with 1 if anything goes other than announced.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.simulator import Meeting, Simulator

CONFERENCE_ID = "914047751"
HOST_PASSWORD = "demo-host-password"  # made up, good for the simulated meeting only
WRONG_PASSWORD = "not-the-password"
WIDTH = 100
BOLD, DIM, GREEN, RED, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m")


@dataclass(frozen=True)
class Scene:
    """One playbook run: what is announced, what is run, and what must come of it."""

    title: str
    announcement: str
    arguments: str
    password: str
    expected: str  # ok, changed or failed, as Ansible counts
    writes: int  # how many requests to start or stop must reach the service


SCENES = (
    Scene(
        "Check mode",
        "Would anything change? The live state is read, the difference shown, nothing is sent.",
        f"huawei.meeting.start_recording -e huawei_meeting_conference_id={CONFERENCE_ID} --check --diff",
        HOST_PASSWORD,
        "changed",
        0,
    ),
    Scene(
        "Start",
        "The request is sent, and the task succeeds once the recording has been seen to begin.",
        f"huawei.meeting.start_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        HOST_PASSWORD,
        "changed",
        1,
    ),
    Scene(
        "The same again",
        "It is being recorded already, so nothing is sent: ok, not changed.",
        f"huawei.meeting.start_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        HOST_PASSWORD,
        "ok",
        0,
    ),
    Scene(
        "A wrong password",
        "Tried once, because failures lock the sign-in. The error says what was tried, what came back, what to do.",
        f"huawei.meeting.stop_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        WRONG_PASSWORD,
        "failed",
        0,
    ),
    Scene(
        "Stop",
        "The request is sent, and the task succeeds once the recording has been seen to end.",
        f"huawei.meeting.stop_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        HOST_PASSWORD,
        "changed",
        1,
    ),
)


def main() -> int:
    """Play all scenes and return the exit status."""
    began = time.monotonic()
    with Simulator() as simulator:
        simulator.world.add(Meeting(CONFERENCE_ID, host_password=HOST_PASSWORD))
        simulator.world.behaviour.recorder_delay = 1.0  # seconds
        say(style(BOLD, "huawei.meeting: the recording of a meeting as a declared state"))
        say(
            f"A simulated Huawei Cloud Meeting listens at {simulator.url} (HTTPS and WSS, this machine only). "
            f"Meeting {CONFERENCE_ID} is running, nobody records it. The playbooks are the ones that the collection "
            "ships; the host password is in the environment variable HUAWEI_MEETING_HOST_PASSWORD."
        )
        played = [(scene, *play(number, scene, simulator)) for number, scene in enumerate(SCENES, start=1)]
    say(style(BOLD, "\nWhat happened"))
    for number, (scene, outcome, writes, right) in enumerate(played, start=1):
        mark = style(GREEN, "as announced") if right else style(RED, f"UNEXPECTED, wanted {scene.expected}")
        print(f"  {number}. {scene.title:18} {outcome:8} {requests(writes):22} {mark}")
    starts = sum(writes for _scene, _outcome, writes, _right in played)
    all_right = all(right for _scene, _outcome, _writes, right in played)
    say(
        f"\nFive runs, {starts} requests to start or stop: one for each real change. "
        f"It took {time.monotonic() - began:.0f} s; the simulated service is stopped and nothing is left running."
    )
    if all_right:
        say("Next: README.md, or rehearse your own playbooks against `python -m tests.simulator`.")
    return 0 if all_right else 1


def play(number: int, scene: Scene, simulator: Simulator) -> tuple[str, int, bool]:
    """Run one scene; return how Ansible counted it, how many writes arrived, and whether both are as announced."""
    print()
    say(style(BOLD, f"{number}. {scene.title}"))
    say(scene.announcement)
    print(style(DIM, f"$ ansible-playbook {scene.arguments}"))
    writes_before = len(simulator.world.writes())
    process = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), *shlex.split(scene.arguments)],
        env=environment(simulator, scene.password),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    show(process.stdout)
    writes = len(simulator.world.writes()) - writes_before
    outcome = "failed" if process.returncode else "changed" if "changed=1" in process.stdout else "ok"
    return outcome, writes, (outcome, writes) == (scene.expected, scene.writes)


def environment(simulator: Simulator, password: str) -> dict[str, str]:
    """Return the environment of a run: the caller's without its own meetings, the way to the simulator, quiet."""
    callers = {name: value for name, value in os.environ.items() if not name.startswith("HUAWEI_MEETING_")}
    quiet = {
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "ANSIBLE_FORCE_COLOR": "1" if sys.stdout.isatty() else "0",
    }
    return callers | quiet | simulator.environment() | {"HUAWEI_MEETING_HOST_PASSWORD": password}


def show(output: str) -> None:
    """Print what Ansible printed, indented, without empty lines and the banner of the play."""
    for line in output.splitlines():
        if line.strip() and not line.startswith("PLAY ["):
            print(textwrap.indent(line.rstrip("*") if line.startswith(("TASK", "PLAY")) else line, "    "))


def requests(writes: int) -> str:
    """Return the number of writes in words."""
    return {0: "nothing was sent", 1: "one request sent"}.get(writes, f"{writes} requests sent")


def say(text: str) -> None:
    """Print prose, wrapped."""
    for paragraph in text.split("\n"):
        print(textwrap.fill(paragraph, WIDTH, break_on_hyphens=False, break_long_words=False))


def style(code: str, text: str) -> str:
    """Return text in a style where a person looks at it."""
    return f"{code}{text}{PLAIN}" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


if __name__ == "__main__":
    sys.exit(main())
