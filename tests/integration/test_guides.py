# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides: their commands run, their tasks play, and what they name exists."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.module_utils._errors import Kind
from tests.conftest import ROOT
from tests.integration.ansible import Ansible
from tests.simulator import Enterprise, Meeting, Simulator

GUIDES = ROOT / "docs" / "docsite" / "rst"
NAMES = sorted(path.stem for path in GUIDES.glob("*.rst"))
IDS = ("914047751", "914047752")
PASSWORD = "GuideCanary-9034"
LIST = [{"conference_id": name, "host_password": PASSWORD, "subject": "Training"} for name in IDS]
# They need a clone and make, or run until they are interrupted: test_project and the demo see to these.
ELSEWHERE = ("make ", "build/venv-", "set -a; . ./simulator.env")

every_guide = pytest.mark.parametrize("name", NAMES)


def blocks(name: str, language: str) -> Iterator[str]:
    """The code blocks of a guide in one language, without their indentation."""
    text = (GUIDES / f"{name}.rst").read_text(encoding="utf-8")
    for found in re.finditer(rf"^( *)\.\. code-block:: {re.escape(language)}\n\n((?:\1   .*\n|\n)+)", text, re.M):
        indent = len(found[1]) + 3
        yield "\n".join(line[indent:] for line in found[2].splitlines()) + "\n"


@pytest.fixture
def prepared(ansible: Ansible, sim: Simulator) -> Ansible:
    """What the guides take for granted: two meetings and files that describe them, an enterprise, a vault."""
    for name in IDS:
        sim.world.add(Meeting(name, host_password=PASSWORD, subject="Training"))
    sim.world.enterprise = Enterprise("guide-app", "GuideAppKeyCanary-12")
    ansible.environment |= sim.enterprise_environment()
    ansible.write("meetings.yml", {"huawei_meeting_meetings": LIST})
    with (ansible.project / "meetings.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, list(LIST[0]))
        rows.writeheader()
        rows.writerows(LIST)
    one = {"huawei_meeting_conference_id": IDS[0], "huawei_meeting_host_password": PASSWORD}
    ansible.write("meeting.yml", one)
    (ansible.home / "vault-password").write_text("opens the vault\n")
    return ansible


@every_guide
def test_commands(prepared: Ansible, sim: Simulator, name: str) -> None:
    """One after another, as a reader would; files that a guide shows are those it uses."""
    commands = "".join(blocks(name, "console"))
    if "recording_report" in commands and "start_recordings" not in commands:  # all is as it should be
        for conference_id in IDS:
            sim.world.set_recording(conference_id, True)
    for shown in blocks(name, "yaml"):
        title = re.match(r"# (\S+\.yml)\n", shown)
        if title and "change-me" not in shown:
            (prepared.project / title[1]).write_text(shown, encoding="utf-8")
    key = ["--vault-password-file", str(prepared.home / "vault-password")]
    for line in commands.splitlines():
        if not line or line.startswith(ELSEWHERE):
            continue
        program, *arguments = shlex.split(line)
        command = program.removeprefix("ansible-")
        assert command in ("playbook", "inventory", "vault"), line
        asked = "--ask-vault-pass" in arguments or command == "vault"
        rest = [argument for argument in arguments if argument != "--ask-vault-pass"]
        run = prepared.command(command, *rest, *(key if asked else []))
        assert run.rc == 0, f"{line}\n{run.output}"
        run.check_no_traceback()


@every_guide
def test_tasks(prepared: Ansible, sim: Simulator, name: str) -> None:
    tasks = [task for block in blocks(name, "yaml+jinja") for task in yaml.safe_load(block)]
    for task in tasks:
        if task["name"].startswith("Prove "):  # there is nothing to prove before it is recorded
            sim.world.set_recording(IDS[0], True)
    if tasks:
        variables = {"huawei_meeting_host_password": PASSWORD, "huawei_meeting_meetings": LIST}
        run = prepared.play(tasks, variables=variables)
        assert run.rc == 0, run.output


@every_guide
def test_what_is_named_exists(name: str) -> None:
    text = (GUIDES / f"{name}.rst").read_text(encoding="utf-8")
    assert f"_ansible_collections.huawei.meeting.docsite.{name}:" in text
    for other in re.findall(r":ref:`ansible_collections\.huawei\.meeting\.docsite\.(\w+)`", text):
        assert other in NAMES
    for path in re.findall(r"``((?:playbooks|tests|meta)/[\w./-]+)``", text):
        assert (ROOT / path).exists(), path
    plugins = {path.stem for path in (ROOT / "plugins").rglob("*.py")}
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    for thing in re.findall(r"\bhuawei\.meeting\.([a-z_]+)", text.replace("huawei.meeting.docsite", "")):
        assert thing in plugins | playbooks, thing
    variables = _variables()
    for variable in re.findall(r"\bhuawei_meeting_(\w+)", re.sub(r"huawei\.meeting\.\w+", "", text)):
        assert variable in variables, variable


def _variables() -> set[str]:
    """What the playbooks look at, and where the reports go."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").rglob("*.yml")]
    return {name for text in texts for name in re.findall(r"\bhuawei_meeting_(\w+)", text)} | {"meeting", "reports"}


def test_all_guides_are_in_the_index() -> None:
    index: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    assert sorted(guide for section in index["sections"] for guide in section["toctree"]) == NAMES


def test_all_kinds_of_errors_are_told() -> None:
    text = (GUIDES / "errors.rst").read_text(encoding="utf-8")
    table = text[text.index("====  ===") : text.index("A task can react")]
    assert re.findall(r"^``(\w+)``  ", table, re.M) == [kind.value for kind in Kind]
