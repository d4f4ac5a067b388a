# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the collection at work: the shipped playbooks, run against a simulated service. What `make demo` runs.

Needs the collection on ANSIBLE_COLLECTIONS_PATH. Exits with 1 if anything goes other than announced.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.simulator import Enterprise, Meeting, Simulator

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "demo"  # lists and reports; stays, so that people can open the reports
CONFERENCE_ID = "914047751"
HOST_PASSWORD = "demo-host-password"  # made up, good for the simulated meetings only
WRONG_PASSWORD = "not-the-password"
SIGN_IN = {"HUAWEI_MEETING_APP_ID": "demo-app-id", "HUAWEI_MEETING_APP_KEY": "demo-app-key"}
CLASSES = 200
UNRECORDABLE, OVER, MISTYPED = 17, 91, 140  # the faulty ones of the second act
WIDTH = 100
BOLD, DIM, GREEN, RED, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m")


@dataclass(frozen=True)
class Scene:
    """One playbook run: what is announced, what is run, and what must come of it."""

    title: str
    announcement: str
    arguments: str
    expected: str  # ok, changed or failed, as Ansible counts
    writes: int  # how many requests to start or stop must reach the service
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[Simulator], None] | None = None  # what happens in the world before
    shown: tuple[str, ...] = ()  # the tasks whose output is shown; none means all


def password(word: str) -> dict[str, str]:
    return {"HUAWEI_MEETING_HOST_PASSWORD": word}


ONE = (
    Scene(
        "Check mode",
        "Would anything change? The live state is read, the difference shown, nothing is sent.",
        f"huawei.meeting.start_recording -e huawei_meeting_conference_id={CONFERENCE_ID} --check --diff",
        "changed",
        0,
        password(HOST_PASSWORD),
    ),
    Scene(
        "Start",
        "The request is sent, and the task succeeds once the recording has been seen to begin.",
        f"huawei.meeting.start_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        "changed",
        1,
        password(HOST_PASSWORD),
    ),
    Scene(
        "The same again",
        "It is being recorded already, so nothing is sent: ok, not changed.",
        f"huawei.meeting.start_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        "ok",
        0,
        password(HOST_PASSWORD),
    ),
    Scene(
        "A wrong password",
        "Tried once, because failures lock the sign-in. The error says what was tried, what came back, what to do.",
        f"huawei.meeting.stop_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        "failed",
        0,
        password(WRONG_PASSWORD),
    ),
    Scene(
        "Stop",
        "The request is sent, and the task succeeds once the recording has been seen to end.",
        f"huawei.meeting.stop_recording -e huawei_meeting_conference_id={CONFERENCE_ID}",
        "changed",
        1,
        password(HOST_PASSWORD),
    ),
)


def class_id(number: int) -> str:
    return str(914_050_000 + number)


def write_list(mistyped: str) -> None:
    """Write the list of classes as a CSV file, as a training department would keep it."""
    rows = ["conference_id,host_password,subject"]
    for number in range(CLASSES):
        word = mistyped if number == MISTYPED else f"{HOST_PASSWORD}-{number}"
        rows.append(f'{class_id(number)},{word},"Class {number}, room {number % 12 + 1}"')
    (FOLDER / "classes.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def nine_oclock(simulator: Simulator) -> None:
    """Let all classes begin; one was set up without cloud recording, one is over, and one has a wrong password."""
    simulator.world.behaviour.recorder_delay = 0.2  # seconds
    for number in range(CLASSES):
        simulator.world.add(Meeting(class_id(number), host_password=f"{HOST_PASSWORD}-{number}"))
    simulator.world.meetings[class_id(UNRECORDABLE)].record_type = 0
    simulator.world.end(class_id(OVER))
    write_list(WRONG_PASSWORD)


def put_right(simulator: Simulator) -> None:
    """Let people mend what the report told them: the password, the meeting that was over, the one set up wrongly."""
    write_list(f"{HOST_PASSWORD}-{MISTYPED}")
    simulator.world.begin(class_id(OVER))
    simulator.world.meetings[class_id(UNRECORDABLE)].record_type = 2


TOLD = ("Show the progress", "Show the first twenty problems", "Show the summary")
LISTED = "-e huawei_meeting_csv=classes.csv -e huawei_meeting_report_dir=reports"
MANY = (
    Scene(
        "200 classes at nine o'clock",
        "One task starts all recordings, many at a time. Three classes have something wrong with them: all others are "
        "recorded, and the report says which, why, and what to do.",
        f"huawei.meeting.start_recordings {LISTED}",
        "failed",
        CLASSES - 2,  # that one cannot be recorded is what the service answers to the request
        prepare=nine_oclock,
        shown=TOLD,
    ),
    Scene(
        "The same list again",
        "People have put things right. (None of the three would have succeeded by trying again, and the retry file "
        "says so.) What is recorded already is not touched. The reports go elsewhere; the first page stays.",
        "huawei.meeting.start_recordings -e huawei_meeting_csv=classes.csv -e huawei_meeting_report_dir=reports/again",
        "changed",
        3,
        prepare=put_right,
        shown=TOLD,
    ),
    Scene(
        "Proof",
        "The same list in check mode is a compliance report. Exit status and JUnit file are for pipelines.",
        f"huawei.meeting.recording_report {LISTED}",
        "ok",
        0,
        shown=TOLD,
    ),
)


def enterprise(simulator: Simulator) -> None:
    """Let an enterprise have a day of trainings and other meetings."""
    for conference_id in list(simulator.world.meetings):
        simulator.world.end(conference_id)
    app_id, app_key = SIGN_IN.values()
    simulator.world.enterprise = Enterprise(app_id, app_key)
    for number in range(40):
        subject = f"Training {number}" if number % 2 else f"Weekly meeting {number}"
        simulator.world.add(Meeting(str(914_060_000 + number), subject=subject))


SUBJECT = "-e huawei_meeting_subject=^training -e huawei_meeting_report_dir=reports"
ENTERPRISE = (
    Scene(
        "Every training",
        "An administrator has an App ID, and knows neither IDs nor passwords. The ongoing meetings are listed, and the "
        "trainings among them recorded in one task with one sign-in.",
        f"huawei.meeting.record_ongoing {SUBJECT}",
        "changed",
        20,
        SIGN_IN,
        enterprise,
        TOLD,
    ),
    Scene(
        "Status",
        "What is being recorded right now?",
        "huawei.meeting.recording_status -e huawei_meeting_report_dir=reports",
        "ok",
        0,
        SIGN_IN,
        shown=TOLD,
    ),
)
ACTS = (
    (
        "One meeting",
        f"Meeting {CONFERENCE_ID} is running, nobody records it. Its host password is in an environment variable.",
        ONE,
    ),
    ("A list of meetings", f"{FOLDER.relative_to(ROOT)}/classes.csv has {CLASSES} classes with their passwords.", MANY),
    ("A whole enterprise", "App ID and App Key are in environment variables; 40 meetings are going on.", ENTERPRISE),
)


def main() -> int:
    """Play all acts and return the exit status."""
    began = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    played: list[tuple[Scene, str, int, bool]] = []
    with Simulator() as simulator:
        simulator.world.add(Meeting(CONFERENCE_ID, host_password=HOST_PASSWORD))
        simulator.world.behaviour.recorder_delay = 1.0  # seconds
        say(style(BOLD, "huawei.meeting: the recording of meetings as a declared state"))
        say(
            f"A simulated Huawei Cloud Meeting listens at {simulator.url} (HTTPS and WSS, this machine only). The "
            "playbooks are the ones that the collection ships."
        )
        for number, (title, situation, scenes) in enumerate(ACTS, start=1):
            say(style(BOLD, f"\nAct {number}: {title}"))
            say(situation)
            played += [(scene, *play(scene, simulator)) for scene in scenes]
        signed_in = len(simulator.world.requests("appauth"))
    say(style(BOLD, "\nWhat happened"))
    for number, (scene, outcome, writes, right) in enumerate(played, start=1):
        wanted = f"UNEXPECTED, wanted {scene.expected}, {requests(scene.writes)}"
        mark = style(GREEN, "as announced") if right else style(RED, wanted)
        print(f"  {number:2}. {scene.title:28} {outcome:8} {requests(writes):22} {mark}")
    say(
        f"\n{len(played)} runs, {signed_in} sign-ins of the enterprise, one for each task. It took "
        f"{time.monotonic() - began:.0f} s; the simulated service is stopped and nothing is left running."
    )
    say(
        f"The reports are in {FOLDER.relative_to(ROOT)}/reports: open start_recordings.html, which has the three "
        "failures, recording_report.html or recording_status.html."
    )
    all_right = all(right for _scene, _outcome, _writes, right in played) and reports_tell()
    if all_right:
        say("Next: README.md, or rehearse your own playbooks against `python -m tests.simulator`.")
    return 0 if all_right else 1


def reports_tell() -> bool:
    """Return whether the reports tell what happened: three failures, then all classes, and half of the enterprise."""
    reports = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (FOLDER / "reports").glob("*.json")}
    audit, status = reports["recording_report"]["summary"], reports["recording_status"]["summary"]
    return bool(
        reports["start_recordings"]["failed_conference_ids"]
        == [class_id(one) for one in (UNRECORDABLE, OVER, MISTYPED)]
        and audit["recording"]["started"] == CLASSES
        and status["recording"] == {"started": 20, "stopped": 20, "unknown": 0}
    )


def play(scene: Scene, simulator: Simulator) -> tuple[str, int, bool]:
    """Run one scene; return how Ansible counted it, how many writes arrived, and whether both are as announced."""
    print()
    say(style(BOLD, scene.title))
    say(scene.announcement)
    print(style(DIM, f"$ ansible-playbook {scene.arguments}"))
    if scene.prepare:
        scene.prepare(simulator)
    writes_before = len(simulator.world.writes())
    process = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), *shlex.split(scene.arguments)],
        cwd=FOLDER,
        env=environment(simulator) | scene.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    show(process.stdout, scene.shown)
    writes = len(simulator.world.writes()) - writes_before
    outcome = "failed" if process.returncode else "changed" if "changed=1" in process.stdout else "ok"
    return outcome, writes, (outcome, writes) == (scene.expected, scene.writes)


def environment(simulator: Simulator) -> dict[str, str]:
    """Return the environment of a run: the caller's without its own meetings, the way to the simulator, quiet."""
    callers = {name: value for name, value in os.environ.items() if not name.startswith("HUAWEI_MEETING_")}
    quiet = {
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "ANSIBLE_FORCE_COLOR": "1" if sys.stdout.isatty() else "0",
    }
    return callers | quiet | simulator.environment()


def show(output: str, tasks: tuple[str, ...]) -> None:
    """Print what Ansible printed, indented, without empty lines and the banner of the play; of some tasks, or all."""
    shown = not tasks
    for line in output.splitlines():
        if line.startswith(("TASK [", "PLAY RECAP")):
            shown = not tasks or line.startswith("PLAY RECAP") or any(f"{task}]" in line for task in tasks)
        if shown and line.strip() and not line.startswith("PLAY ["):
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
