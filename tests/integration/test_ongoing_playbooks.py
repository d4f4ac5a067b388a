# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks for all that goes on in an enterprise: record_ongoing, record_hosts and recording_status."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    WAITING,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.playbooks import OWN, SHARED
from tests.conftest import ACTIONS, ROOT
from tests.integration.ansible import RECORDING, Ansible, Run, constant
from tests.integration.test_inventory import ALICE, APP_ID, APP_KEY, SIGNED_IN, SOURCE, configure, infest
from tests.simulator import Enterprise, Meeting, Simulator, User

# What somebody needed for a single meeting, and left in the environment.
STALE = {"HUAWEI_MEETING_HOST_PASSWORD": "StaleCanary-5561", "HUAWEI_MEETING_TOKEN": "StaleCanary-5562"}
BY_BOOKER = {"key": "meeting_booked_by", "prefix": "by"}


@pytest.fixture(autouse=True)
def office(sim: Simulator) -> None:
    """An enterprise with its administrator, and a user who is none."""
    sim.world.enterprise = Enterprise(APP_ID, APP_KEY, users=[User(), User(ALICE, 2, "Alice")])


def meet(sim: Simulator, *subjects: str, **fields: Any) -> list[str]:
    """Let meetings begin one after another; return their IDs."""
    ids = []
    for subject in subjects:
        number = len(sim.world.meetings)
        begun = 1772442000 + 60 * number
        meeting = Meeting(
            str(914047000 + number), subject=subject, start_time=begun, host_password=f"Canary-{number}", **fields
        )
        ids.append(sim.world.add(meeting).conference_id)
    return ids


def reports(ansible: Ansible) -> Path:
    """The folder for reports, where secrets are looked for."""
    return ansible.home / "reports"


def run_playbook(ansible: Ansible, sim: Simulator, name: str, *arguments: str, **variables: Any) -> Run:
    """Run a playbook by its full name, look for secrets everywhere, and see that it signs out as often as in."""
    given = {f"huawei_meeting_{key}": value for key, value in variables.items()}
    given["huawei_meeting_report_dir"] = str(reports(ansible))
    arguments = ("playbook", f"huawei.meeting.{name}", "-e", json.dumps(given), *arguments)
    run = ansible.command(*arguments, environment={**SIGNED_IN, **STALE})
    run.check_no_traceback()
    assert not run.leaks({*sim.world.secrets(), *STALE.values(), APP_KEY})
    assert sign_ins(sim) == len(sim.world.requests("logout"))
    assert sim.world.access_tokens_live() == 0
    return run


def report(ansible: Ansible, name: str) -> dict[str, Any]:
    """The machine-readable report of a playbook."""
    told: dict[str, Any] = json.loads((reports(ansible) / f"{name}.json").read_text(encoding="utf-8"))
    return told


def recorded(sim: Simulator) -> set[str]:
    return {meeting.conference_id for meeting in sim.world.meetings.values() if meeting.recording}


def sign_ins(sim: Simulator) -> int:
    """How many sign-ins succeeded."""
    return len([entry for entry in sim.world.requests("appauth") if entry.status == 200])


# ---- record_ongoing


def test_record_ongoing(ansible: Ansible, sim: Simulator) -> None:
    """Check run, run, and a run with the retry file: two sign-ins each, and every failure told."""
    mine, hers, already, wrong, over, board = ids = meet(
        sim, "Training 1", "early TRAINING", "Training 3", "Training 4", "Training 5", "Board"
    )
    sim.world.change(hers, {"owner": ALICE})
    sim.world.set_recording(already, True)
    for name in (wrong, over):
        sim.world.change(name, {"participants": 0})
    check = run_playbook(ansible, sim, "record_ongoing", "--check", "--diff", "-vvv", subject="training")
    assert check.rc == 0, check.output
    assert check.task("Show the summary").msg.startswith("5 meetings: 4 would change, 1 as wanted. Reports: ")
    assert sim.world.writes() == []
    assert sign_ins(sim) == 2, "one to find the meetings, one to record them"

    run = run_playbook(ansible, sim, "record_ongoing", subject="training")
    assert run.rc == 2
    assert "5 meetings: 2 failed, 2 changed, 1 as wanted. Reports: " in run.task("Show the summary").msg
    assert f"{wrong} Training 4: Could not start the recording" in run.prose
    assert recorded(sim) == {mine, hers, already}
    assert [len(sim.world.writes(name)) for name in ids] == [1, 1, 0, 1, 1, 0]
    told = report(ansible, "record_ongoing")["results"]
    assert [(one["conference_id"], one["subject"], one["verdict"]) for one in told] == [
        (mine, "Training 1", "changed"),
        (hers, "early TRAINING", "changed"),
        (already, "Training 3", "as_wanted"),
        (wrong, "Training 4", "failed"),
        (over, "Training 5", "failed"),
    ]
    retry = reports(ansible) / "record_ongoing.retry.yml"
    assert yaml.safe_load(retry.read_text())["huawei_meeting_only"] == [wrong, over]

    sim.world.change(wrong, {"participants": 1})
    sim.world.end(over)
    again = run_playbook(ansible, sim, "record_ongoing", "-e", f"@{retry}", subject="training")
    assert again.rc == 2, "what was named and goes on no longer was not recorded"
    assert again.task("Show the summary").msg.startswith("2 meetings: 1 failed, 1 changed. ")
    assert [one.get("error", {}).get("kind") for one in report(ansible, "record_ongoing")["results"]] == [None, "ended"]
    assert recorded(sim) == {mine, hers, already, wrong}
    assert len(sim.world.requests("token", mine)) == 2, "it was not touched again"
    assert not sim.world.requests("online_detail", board)
    assert sign_ins(sim) == 6


def test_nothing_matches(ansible: Ansible, sim: Simulator) -> None:
    """A group that no meeting belongs to does not exist: there is nothing to do, and that is fine if it is said so."""
    meet(sim, "Board")
    run = run_playbook(ansible, sim, "record_ongoing", group="by_Bob")
    assert run.rc == 2
    assert "The group 'by_Bob' of the inventory has no meeting. Nothing was sent." in run.prose
    run = run_playbook(ansible, sim, "record_ongoing", group="by_Bob", allow_empty=True)
    assert run.rc == 0, run.output
    assert run.task("Show the summary").msg.startswith("0 meetings. Reports: ")
    assert report(ansible, "record_ongoing")["results"] == []
    assert sim.world.log == []


def test_a_refused_sign_in(ansible: Ansible, sim: Simulator) -> None:
    meet(sim, "Training")
    run = run_playbook(ansible, sim, "record_ongoing", app_id="another-app", app_key="WrongCanary-0815")
    assert run.rc == 2
    assert run.of_the_collection()[0].kind == "authentication"
    assert "USG.206010025" in run.prose
    assert not run.leaks({"WrongCanary-0815"})
    assert len(sim.world.log) == 1


# ---- recording_status


def test_recording_status(ansible: Ansible, sim: Simulator) -> None:
    """A table of what is recorded, what is not, and of what nobody knows; nothing is written, and nothing fails."""
    on, off, _board = meet(sim, "Class on air", "Class off", "Board")
    (dark,) = meet(sim, "Class in the dark", behaviour={"subscribe": "code"})
    meet(sim, "Class of Alice", owner=ALICE)
    sim.world.set_recording(on, True)
    run = run_playbook(ansible, sim, "recording_status", "-vvv", search="CLASS", all_users=False)
    assert run.rc == 0, run.output
    assert run.task("Show the summary").msg.startswith(
        "3 meetings: 1 being recorded, 1 not being recorded, 1 unknown. Reports: "
    )
    assert "changed=0" in run.output
    assert sim.world.writes() == []
    assert sign_ins(sim) == 2
    states = {on: "started", off: "stopped", dark: "unknown"}
    told = report(ansible, "recording_status")
    assert {one["conference_id"]: one["recording"] for one in told["results"]} == states
    rows = markdown(ansible, "recording_status")
    assert {row[3].partition(" ")[0]: row[1] for row in rows} == states
    page = Page.of(ansible, "recording_status")
    shown = {
        f"Class on air{on}": "● recording",
        f"Class off{off}": "○ not recording",
        f"Class in the dark{dark}": "? unknown",
    }
    assert {row[2]: row[1] for row in page.rows} == shown
    assert [row[1] for row in rows] == ["unknown", "stopped", "started"], "what may need a look comes first"
    assert [row[1].partition(" ")[2] for row in page.rows] == ["unknown", "not recording", "recording"]
    (why,) = [one["words"] for one in told["results"] if one["conference_id"] == dark]
    assert "live_state" not in why, "the option of other modules"


def test_after_another_playbook(ansible: Ansible, sim: Simulator) -> None:
    """In one run, the results of the first say nothing of the meetings of the second."""
    on, off, stopped = meet(sim, "On air", "Off air", "Stopped")
    for conference_id in (on, stopped):
        sim.world.set_recording(conference_id, True)
    given = [{"conference_id": stopped, "host_password": sim.world.meetings[stopped].host_password}]
    books = ("huawei.meeting.stop_recordings", "huawei.meeting.recording_status")
    ansible.write(
        "site.yml",
        [
            {"name": "Stop", "ansible.builtin.import_playbook": books[0], "vars": {"huawei_meeting_meetings": given}},
            {"name": "Look", "ansible.builtin.import_playbook": books[1]},
        ],
    )
    run = ansible.command("playbook", "site.yml", environment=SIGNED_IN)
    assert run.rc == 0, run.output
    told = json.loads((ansible.project / "huawei_meeting_reports" / "recording_status.json").read_text())
    states = {one["conference_id"]: one["recording"] for one in told["results"]}
    assert states == {on: "started", off: "stopped", stopped: "stopped"}


GIVEN = [
    {"meetings": [{"conference_id": "914047000", "host_password": "GivenCanary-5563"}]},
    {"csv": "classes.csv"},
    {"host_password": "GivenCanary-5563"},
    {"token": "GivenCanary-5563"},
]


@pytest.mark.parametrize("name", ["record_ongoing", "recording_status"])
@pytest.mark.parametrize("given", GIVEN, ids="".join)
def test_what_is_found_is_not_given(ansible: Ansible, sim: Simulator, name: str, given: dict[str, Any]) -> None:
    """Neither is a list taken for what goes on, nor is one password tried on all meetings."""
    meet(sim, "Class")
    ansible.write("given.yml", {f"huawei_meeting_{key}": value for key, value in given.items()})
    run = run_playbook(ansible, sim, name, "-vvv", "-e", "@given.yml")
    assert run.rc == 2
    assert (
        f"{name} finds the meetings and their passwords by itself. Leave out huawei_meeting_{''.join(given)}"
        in run.prose
    )
    assert "GivenCanary" not in run.output
    assert sim.world.log == []


# ---- record_hosts


def test_record_hosts(ansible: Ansible, sim: Simulator) -> None:
    """A share of failures ends the play before the next part, where it is more than is allowed."""
    ids = meet(sim, *[f"Training {number}" for number in range(8)])
    failing = ids[2]
    sim.world.change(failing, {"record_type": 0})
    configure(ansible, keyed_groups=[{"key": "meeting_conf_mode", "prefix": "mode"}])
    given = ("-i", SOURCE, "--forks", "8")
    strict = run_playbook(ansible, sim, "record_hosts", *given, serial=6, max_fail_percentage=0)
    assert strict.rc == 2
    assert recorded(sim) == set(ids[:6]) - {failing}
    assert "NO MORE HOSTS LEFT" in strict.output
    recap = strict.output.partition("PLAY RECAP")[2]
    assert re.findall(r"^(\d+) .* failed=(\d)", recap, re.M) == [(name, str(int(name == failing))) for name in ids[:6]]
    assert "MMC.111072020" in strict.prose
    assert sign_ins(sim) == 1 + 6, "the inventory, and each meeting"

    lenient = run_playbook(ansible, sim, "record_hosts", *given, serial="6", hosts="mode_COMMON:!914047001")
    assert lenient.rc == 2
    assert recorded(sim) == set(ids) - {failing}
    recap = lenient.output.partition("PLAY RECAP")[2]
    assert len(re.findall(r"^9140", recap, re.M)) == 7
    assert [sim.world.meetings[name].segments for name in ids] == [int(name != failing) for name in ids]


def test_a_play_of_ones_own_on_a_group(ansible: Ansible, sim: Simulator) -> None:
    """A group of the inventory is what the play is about, without a password in sight and on this machine."""
    meet(sim, "Training", "Board")
    hers = meet(sim, "Weekly", "Daily", owner=ALICE)
    configure(ansible, all_users=True, keyed_groups=[BY_BOOKER])
    task = {"name": "Record", RECORDING: {"conference_id": "{{ meeting_conference_id }}", "state": "started"}}
    run = ansible.play(
        [task],
        "-i",
        SOURCE,
        "-vvv",
        hosts="by_Alice",
        vars={"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        environment={**SIGNED_IN, "ANSIBLE_SSH_EXECUTABLE": "/bin/false"},
    )
    assert run.rc == 0, run.output
    assert recorded(sim) == set(hers)
    assert not run.leaks(sim.world.secrets() | {APP_KEY})


# ---- text of other people


class Page(HTMLParser):
    """What a browser makes of a report: its elements, and the texts of its tables' cells."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.rows: list[list[str]] = []

    @classmethod
    def of(cls, ansible: Ansible, name: str) -> Page:
        page = cls()
        page.feed((reports(ansible) / f"{name}.html").read_text(encoding="utf-8"))
        page.rows = [row for row in page.rows if row]
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and data.strip():
            self.rows[-1][-1] += data.strip("\n")


def markdown(ansible: Ansible, name: str) -> list[list[str]]:
    """The cells of the table of a Markdown report, as a reader sees them."""
    lines = (reports(ansible) / f"{name}.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| Verdict")]
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows]
    return [[re.sub(r"\\(.)", r"\1", cell).strip() for cell in row] for row in cells]


@pytest.mark.parametrize(
    ("name", "arguments", "variables"),
    [
        ("record_ongoing", ["-i", SOURCE], {"group": "all"}),
        ("recording_status", ["-vvv"], {"subject": "."}),
    ],
    ids=["record_ongoing of a group", "recording_status"],
)
def test_texts_of_other_people_stay_texts(
    ansible: Ansible, sim: Simulator, name: str, arguments: list[str], variables: dict[str, str]
) -> None:
    """Hostile subjects are never evaluated; reports show them as they are, and as nothing but text."""
    canary = ansible.project / "evaluated"
    texts = infest(sim, str(canary))
    configure(ansible, all_users=True)
    run = run_playbook(ansible, sim, name, *arguments, **variables)
    assert not canary.exists()
    assert run.rc == 0, run.output
    assert "\x1b" not in run.output
    told = report(ansible, name)
    assert {one["conference_id"]: one["subject"] for one in told["results"]} == texts
    page = Page.of(ansible, name)
    assert not page.elements & {"script", "img", "a", "iframe"}
    assert {row[2] for row in page.rows} == {f"{text}{conference_id}" for conference_id, text in texts.items()}
    rows = markdown(ansible, name)
    assert {len(row) for row in rows} == {5}
    assert {row[3] for row in rows} == {f"{conference_id} {text}" for conference_id, text in texts.items()}
    assert recorded(sim) == (set(texts) if name == "record_ongoing" else set())
    assert sign_ins(sim) == 2


# ---- variables


def tasks_of_the_collection() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every task of a module of the collection in a playbook or a role: its file, the module, the task."""
    paths = [*(ROOT / "playbooks").glob("*.yml"), *(ROOT / "roles").glob("*/tasks/**/*.yml")]
    for path in sorted(paths):
        waiting = list(yaml.safe_load(path.read_text(encoding="utf-8")))
        while waiting:
            task = waiting.pop()
            for section in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
                waiting += task.get(section, [])
            for module in task:
                if module.startswith("huawei.meeting."):
                    yield path.name, module.rpartition(".")[2], task


def test_each_option_is_a_variable() -> None:
    """Whatever connects and signs in can be set as huawei_meeting_NAME in every playbook, and so can a module's own."""
    options = {"shared": {*CONNECTION, *ENTERPRISE}, **{name: set(names) for name, names in OWN.items()}}
    assert set(SHARED) == options["shared"]
    assert options["recording"] & options["recordings"] >= {*CREDENTIALS, *WAITING}
    seen = set()
    for file, module, task in tasks_of_the_collection():
        if module in ACTIONS:
            continue
        name = module.removeprefix("huawei_meeting_")
        assert task["module_defaults"] == {
            "group/huawei.meeting.huawei_meeting": "{{ __huawei_meeting_run.options.shared }}",
            f"huawei.meeting.{module}": f"{{{{ __huawei_meeting_run.options.{name} }}}}",
        }
        documented = yaml.safe_load(constant(ROOT / "plugins" / "modules" / f"{module}.py", "DOCUMENTATION"))["options"]
        # The rest is what a playbook decides or finds by itself.
        assert set(documented) - options[name] <= {"conference_id", "state", "meetings", "booked"}, file
        seen.add(file)
    assert seen == {"record.yml", "part.yml", "find.yml", "read.yml"}
