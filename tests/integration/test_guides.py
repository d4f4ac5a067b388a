# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides: their commands run, their tasks play, and what they name exists."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Kind
from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    WAITING,
    environment_variable,
)
from tests.conftest import MODULES, ROOT
from tests.integration.ansible import Ansible
from tests.simulator import Enterprise, Meeting, Simulator

GUIDES = ROOT / "docs" / "docsite" / "rst"
NAMES = sorted(path.stem for path in GUIDES.glob("*.rst"))
SAMPLES = ROOT / "playbooks" / "samples"
LIST = yaml.safe_load((SAMPLES / "meetings.yml").read_text(encoding="utf-8"))["huawei_meeting_meetings"]

# What the commands and the tasks of each guide send, to start (1) and to stop (0), from the first to the last.
COMMANDS: dict[str, list[int]] = {
    "getting_started": [1, 0],
    # One of the YAML file, three more of the CSV file, the first again; then refused, and tried again.
    "batch_control": [1, 1, 1, 1, 0, 1, 1, 1],
    "compliance_reports": [],
    "ci_pipelines": [1] * 4,
    "enterprise": [1] * len(LIST) * 2,  # once as a list, once as hosts
    "playbook_start_recording": [1],
    "playbook_stop_recording": [0],
    "playbook_start_recordings": [1] * len([one for one in LIST if one.get("state") != "stopped"]),
    "playbook_stop_recordings": [0] * len(LIST),
    "playbook_recording_report": [],
    "playbook_record_ongoing": [1] * len(LIST),
    "playbook_record_hosts": [1] * len(LIST),
    "playbook_recording_status": [],
}
TASKS: dict[str, list[int]] = {
    "getting_started": [1],
    "batch_control": [1] * 4,
    "compliance_reports": [],
    "errors": [1],
}
# test_artefact sees to the artefact, and a test below to the packages.
INSTALL = ("make ", "ansible-galaxy collection install ", "pip install ")
# Ansible's own words, of which no plugin of ours has documentation.
ANSIBLES_OWN = {"ok", "changed", "tasks_from", "serial", "until", "retries", "vars", "gather_facts"}
ANSIBLES_OWN |= {f"ansible_{name}" for name in ("connection", "become", "python_interpreter")}


def text_of(name: str) -> str:
    return (GUIDES / f"{name}.rst").read_text(encoding="utf-8")


def blocks(name: str) -> Iterator[tuple[str, str]]:
    """The code blocks of a guide: language, and text without its indentation."""
    found = re.finditer(r"^( *)\.\. code-block:: (\S+)\n\n((?:\1   .*\n|\n)+)", text_of(name), re.M)
    for indent, language, block in (one.groups() for one in found):
        yield language, "".join(line[len(indent) + 3 :] or "\n" for line in block.splitlines(keepends=True))


def prepare(ansible: Ansible, sim: Simulator, name: str) -> None:
    """What a guide takes for granted: the sample lists and their meetings, an enterprise; its own files win."""
    audit = name in ("compliance_reports", "playbook_recording_report")  # of which nothing is wrong
    stop = name.startswith("playbook_stop")
    for one in LIST:
        meeting = Meeting(one["conference_id"], host_password=one["host_password"], subject="Training")
        sim.world.add(meeting).recording = stop or (audit and one.get("state") != "stopped")
    for sample in ("meetings.yml", "meetings.csv"):
        shutil.copy(SAMPLES / sample, ansible.project)
    sim.world.enterprise = Enterprise("guide-app", "GuideAppKeyCanary-12")
    if "HUAWEI_MEETING_APP_ID" in text_of(name):
        ansible.environment |= sim.enterprise_environment()
    for language, block in blocks(name):
        title = re.match(r"# (\S+\.yml)\n", block)
        if language == "yaml" and title:
            (ansible.project / title[1]).write_text(block, encoding="utf-8")


def uninstalled(block: str) -> str:
    """Commands without the installation, which would replace what is tested."""
    return "".join(line for line in block.splitlines(keepends=True) if not line.startswith(INSTALL))


def shell(ansible: Ansible, block: str, environment: Mapping[str, str]) -> None:
    """Run commands as a reader's shell would; a file stands in for the password that the vault asks for."""
    key = ansible.home / "vault-password"
    key.write_text("opens the vault\n")
    asks = r"--ask-vault-pass|(?<=^ansible-vault encrypt)"
    process = subprocess.run(
        ["sh", "-e", "-c", re.sub(asks, f" --vault-password-file {key}", block, flags=re.M)],
        cwd=ansible.project,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    assert process.returncode == 0, f"{block}\n{process.stdout}"
    assert "Traceback" not in process.stdout


def fail_once(ansible: Ansible, sim: Simulator, block: str) -> None:
    """Let the command of a block, without its retry file, find that nobody has joined yet; then somebody does."""
    meeting = sim.world.meetings[LIST[0]["conference_id"]]
    sim.world.set_recording(meeting.conference_id, False)
    meeting.participants = 0
    whole = re.sub(r"\\\n *-e @\S+retry\.yml", "", block)
    shell(ansible, f"! {whole}", ansible.environment)
    meeting.participants = 1


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
def test_commands(ansible: Ansible, sim: Simulator, name: str) -> None:
    """One after another, as a reader would type them; the files that are named are there in the end."""
    prepare(ansible, sim, name)
    for language, block in blocks(name):
        if language == "console":
            if " -i " in block:  # Ansible only warns of an inventory without hosts, so there must be something to do
                for conference_id in sim.world.meetings:
                    sim.world.set_recording(conference_id, False)
            if "retry.yml" in block:
                fail_once(ansible, sim, block)
            shell(ansible, uninstalled(block), ansible.environment)
    assert sim.world.writes() == COMMANDS[name]
    for path in files(name):
        assert is_shipped(path) or list(ansible.project.rglob(path)), path


@pytest.mark.parametrize("name", TASKS)
def test_tasks(ansible: Ansible, sim: Simulator, name: str) -> None:
    prepare(ansible, sim, name)
    tasks = [task for language, block in blocks(name) if language == "yaml+jinja" for task in yaml.safe_load(block)]
    variables = {"huawei_meeting_host_password": LIST[0]["host_password"], "huawei_meeting_meetings": LIST}
    run = ansible.play(tasks, variables=variables)
    assert run.rc == 0, run.output
    assert [task.name for task in run.tasks] == [task["name"] for task in tasks]
    assert sim.world.writes() == TASKS[name]


def test_what_is_repeated_ends_at_a_wrong_password(ansible: Ansible, sim: Simulator) -> None:
    prepare(ansible, sim, "errors")
    tasks = [task for language, block in blocks("errors") if language == "yaml+jinja" for task in yaml.safe_load(block)]
    repeated = [task for task in tasks if "until" in task]
    run = ansible.play(repeated, variables={"huawei_meeting_host_password": "WrongCanary-914"})
    assert run.rc == 2
    assert [task.name for task in run.tasks if task.failed] == [task["name"] for task in repeated]
    assert len(sim.world.requests("token")) == len(repeated) == 1


def test_what_puts_up_with_failures_does_not_hide_that_of_the_whole_task(ansible: Ansible, sim: Simulator) -> None:
    """Where nothing could be tried there are no results, and so no failed ones to count."""
    document = ast.parse((ROOT / "plugins" / "modules" / "huawei_meeting_recordings.py").read_text(encoding="utf-8"))
    (examples,) = (
        ast.literal_eval(node.value)
        for node in document.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES"
    )
    texts = [examples, *(block for language, block in blocks("batch_control") if language == "yaml+jinja")]
    lenient = [task for text in texts for task in yaml.safe_load(text) if "failed_when" in task]
    assert len(lenient) == 2
    variables = {"huawei_meeting_meetings": LIST, "classes": [{"conference_id": LIST[0]["conference_id"]}]}
    for task in lenient:
        run = ansible.play([task], variables=variables, environment={"HUAWEI_MEETING_TIMEOUT": "0"})
        assert run.rc == 2, run.output
        assert "`timeout` is 0" in run.task(task["name"]).msg
    assert sim.world.log == []


def test_rehearsal(ansible: Ansible) -> None:
    """The guide's two terminals: the simulator in one, and a playbook that finds it by what it left in a file."""
    server, client = (block for language, block in blocks("rehearsing") if language == "console")
    server, count = re.subn(r"^build/venv-3\.\d+/bin/python", f"exec {sys.executable}", server, flags=re.M)
    assert count == 1
    (ansible.project / "tests").symlink_to(ROOT / "tests", target_is_directory=True)  # a clone, as far as it needs one
    elsewhere = {name: value for name, value in ansible.environment.items() if not name.startswith("HUAWEI_")}
    process = subprocess.Popen(
        ["sh", "-e", "-c", uninstalled(server)], cwd=ansible.project, env=elsewhere, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not (ansible.project / "simulator.env").exists():
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        shell(ansible, client, elsewhere)
    finally:
        process.terminate()
        status = process.wait(timeout=60)
    assert status == 0
    assert list(ansible.project.rglob("recording_status.html"))


def test_every_block_is_run() -> None:
    """No guide has commands or tasks that no test above plays."""
    there = {name: {language for language, _block in blocks(name)} for name in NAMES}
    assert set().union(*there.values()) <= {"console", "yaml", "yaml+jinja"}
    assert {name for name in NAMES if "console" in there[name]} == {*COMMANDS, "rehearsing"}
    assert {name for name in NAMES if "yaml+jinja" in there[name]} == set(TASKS)
    for name in NAMES:
        assert text_of(name).count(".. code-block::") == len(list(blocks(name)))


def test_installation_has_what_is_needed() -> None:
    needed = re.findall(r"^[^#\s]+", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M)
    (install,) = re.findall(r"^ +pip install (.*)$", text_of("getting_started"), re.M)
    assert re.findall(r"'(.*?)'", install) == needed


def files(name: str) -> set[str]:
    """The files that the prose of a guide names."""
    return set(re.findall(r"``([\w./-]+\.(?:csv|html|json|md|xml|yml)|[\w/]+/\w+file)``", text_of(name)))


def is_shipped(path: str) -> bool:
    return (ROOT / path).exists() or any((ROOT / "playbooks").rglob(path))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_named_exists(name: str) -> None:
    """Labels, files, environment variables, variables of playbooks, options and values."""
    text = text_of(name)
    assert f".. _ansible_collections.huawei.meeting.docsite.{name}:" in text
    for path in files(name):
        assert is_shipped(path) or name in {*COMMANDS, "rehearsing"}, path
    table = {**CONNECTION, **CREDENTIALS, **ENTERPRISE, **WAITING}
    variables = {environment_variable(name) for name, option in table.items() if option.environment}
    assert set(re.findall(r"HUAWEI_MEETING_\w+", text)) <= variables
    assert set(re.findall(r"\bhuawei_meeting_\w+", re.sub(r"huawei\.meeting\.\w+", "", text))) <= _variables()
    words = set(re.findall(r"``([a-z][a-z_]+)(?:: [^`]+)?``", text))
    assert words - _variables() <= _documented() | ANSIBLES_OWN


def _roles() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entry points of the roles: name and documentation."""
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].items()


def _variables() -> set[str]:
    """What the playbooks and roles take, refuse and write into a retry file, and what is named like that: modules."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").rglob("*.yml"))
    named = {name for text in texts for name in re.findall(r"\bhuawei_meeting_\w+", text)}
    named |= {name for _entry, spec in _roles() for name in spec["options"]}
    return named | {*MODULES, "huawei_meeting_state", "huawei_meeting_not_retried"}


def _documented() -> set[str]:
    """The playbooks, and the options, values and results that the documentation of the plugins has."""
    words = {path.stem for path in (ROOT / "playbooks").glob("*.yml")} | {entry for entry, _spec in _roles()}
    for path in (ROOT / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("DOCUMENTATION", "RETURN"):
                words.update(_words(yaml.safe_load(ast.literal_eval(node.value))))
    return words


def _words(document: Any) -> Iterator[str]:
    """The keys of a document, and the values that it offers as choices."""
    for key, value in document.items() if isinstance(document, Mapping) else ():
        yield key
        if key == "choices":
            yield from map(str, value)
        for one in value if isinstance(value, list) else [value]:
            yield from _words(one)


def test_all_guides_are_in_the_index() -> None:
    index: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    assert sorted(guide for section in index["sections"] for guide in section["toctree"]) == NAMES


def test_all_kinds_of_errors_are_told() -> None:
    """In one row each, as the documentation lists them."""
    (table,) = re.findall(r"^kind .*\n=+ +=+\n((?:.+\n)+?)=+ +=+$", text_of("errors"), re.M)
    assert re.findall(r"^``(\w+)``  ", table, re.M) == [kind.value for kind in Kind]
