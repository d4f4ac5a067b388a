# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sample lists with all playbooks, and the commands in the sample pipelines, run in their order."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from tests.conftest import ROOT
from tests.integration.ansible import Ansible
from tests.matrix import requirements_in
from tests.simulator import Meeting, Simulator

SAMPLES = ROOT / "playbooks" / "samples"
LIST = yaml.safe_load((SAMPLES / "meetings.yml").read_text(encoding="utf-8"))["huawei_meeting_meetings"]
RECORDED = [one["conference_id"] for one in LIST if one.get("state") != "stopped"]
VAULT = "SampleVaultCanary-3317"
PIPELINES = ("github-actions.yml", "gitlab-ci.yml", "Jenkinsfile")
# They need registries, and replace what is tested: the collection and the Ansible at hand.
INSTALL = ("pip install ", "ansible-galaxy collection install ", "python3 -m venv ")


@dataclass(frozen=True)
class Step:
    """What a pipeline gives to one shell, and what its failure means to the steps behind it."""

    script: str
    environment: dict[str, str]
    tolerated: bool = False  # the steps behind it run even if it fails
    regardless: bool = False  # it runs even if a step before it failed


@pytest.fixture(autouse=True)
def meetings(sim: Simulator) -> None:
    for one in LIST:
        sim.world.add(Meeting(one["conference_id"], host_password=one["host_password"]))


def text_of(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def github() -> Iterator[Step]:
    job = yaml.safe_load(text_of("github-actions.yml"))["jobs"]["record"]
    for step in job["steps"]:
        if "run" in step:
            environment = {**job["env"], **step.get("env", {})}
            filled = {key: value.replace("${{ secrets.VAULT_PASSWORD }}", VAULT) for key, value in environment.items()}
            condition = step.get("if", "success()")
            assert condition in ("success()", "success() || failure()", "always()")
            yield Step(step["run"], filled, regardless=condition != "success()")


def gitlab() -> Iterator[Step]:
    pipeline = yaml.safe_load(text_of("gitlab-ci.yml"))
    for stage in pipeline["stages"]:
        for job in pipeline.values():
            if isinstance(job, dict) and job.get("stage") == stage:
                script = "\n".join([*pipeline["default"]["before_script"], *job["script"]])
                environment = {**pipeline["variables"], "VAULT_PASSWORD": VAULT}
                yield Step(script, environment, tolerated=job.get("allow_failure", False))


def jenkins(password_file: str) -> Iterator[Step]:
    text = text_of("Jenkinsfile")
    files = dict.fromkeys(re.findall(r"(\w+) = credentials\('meetings-vault'\)", text), password_file)
    for caught, script in re.findall(r"(catchError\([^\n]*\) \{\s+)?sh '''\n(.*?)'''", text, re.S):
        yield Step(script, files, tolerated=bool(caught))


def steps_of(name: str, password_file: str = "") -> list[Step]:
    """The steps of a pipeline in the order in which they run."""
    return list({"github-actions.yml": github, "gitlab-ci.yml": gitlab}.get(name, lambda: jenkins(password_file))())


def lines_of(step: Step) -> list[str]:
    return [line.strip() for line in step.script.splitlines() if line.strip()]


def published(name: str) -> list[str]:
    """The files that a pipeline publishes, as it names them."""
    return sorted(set(re.findall(r"reports/[\w*.]+", text_of(name))))


def walk(ansible: Ansible, name: str) -> list[tuple[str, int]]:
    """Run a pipeline as its CI would, with an encrypted list; return the last line and the status of each step."""
    shutil.copy(SAMPLES / "meetings.yml", ansible.project)
    password_file = ansible.home / "password"
    password_file.write_text(f"{VAULT}\n")
    encrypted = ansible.command("vault", "encrypt", "meetings.yml", "--vault-password-file", str(password_file))
    assert encrypted.rc == 0, encrypted.output
    came: list[tuple[str, int]] = []
    stopped = False
    for step in steps_of(name, str(password_file)):
        lines = [line for line in lines_of(step) if not line.startswith(INSTALL)]
        if not lines or (stopped and not step.regardless):
            continue
        process = subprocess.run(
            ["sh", "-e", "-c", "\n".join(lines)],
            cwd=ansible.project,
            env={**ansible.environment, "GITHUB_STEP_SUMMARY": "reports/summary.md", **step.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        stopped = stopped or (process.returncode != 0 and not step.tolerated)
        came.append((lines[-1], process.returncode))
        check_no_secret(process.stdout + process.stderr)
    for path in ansible.project.glob("reports/*"):
        check_no_secret(path.read_text(encoding="utf-8"))
    return came


def check_no_secret(text: str) -> None:
    for secret in (VAULT, *(one["host_password"] for one in LIST)):
        assert secret not in text


@pytest.mark.parametrize("deviation", [False, True], ids=["all well", "deviation"])
@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines(ansible: Ansible, sim: Simulator, name: str, deviation: bool) -> None:
    """The gate runs and what is published exists, whether all is well or one meeting cannot be recorded."""
    if deviation:
        sim.world.meetings[RECORDED[0]].record_type = 0
    before = ansible.project / "reports" / "of-the-build-before.html"
    if name == "Jenkinsfile":  # the others begin with an empty folder
        before.parent.mkdir()
        before.touch()
    came = walk(ansible, name)

    playbooks = [(line.split()[1], code) for line, code in came if line.startswith("ansible-playbook ")]
    wanted = 2 if deviation else 0
    assert playbooks == [("huawei.meeting.start_recordings", wanted), ("huawei.meeting.recording_report", wanted)]
    assert [line for line, code in came if code and not line.startswith("ansible-playbook ")] == []
    recording = {number for number, one in sim.world.meetings.items() if one.recording}
    assert recording == set(RECORDED[1:] if deviation else RECORDED)
    assert "reports/recording_report.xml" in published(name)
    for pattern in published(name):
        assert list(ansible.project.glob(pattern)), pattern
    assert not before.exists()
    if name == "github-actions.yml":
        assert (before.parent / "summary.md").read_text() == (before.parent / "recording_report.md").read_text()


@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines_install_what_is_needed(name: str) -> None:
    commands = [line for step in steps_of(name) for line in lines_of(step)]
    (install,) = {line for line in commands if line.startswith("pip install ")}
    assert re.findall(r"'(.*?)'", install) == requirements_in("requirements.txt")
    assert "ansible-galaxy collection install huawei-meeting-*.tar.gz" in commands


@pytest.mark.parametrize("given", ["-e@meetings.yml", "-ehuawei_meeting_csv=meetings.csv"])
def test_lists(ansible: Ansible, sim: Simulator, given: str) -> None:
    """Both samples hold the same list, and all playbooks take it."""
    for name in ("meetings.yml", "meetings.csv"):
        shutil.copy(SAMPLES / name, ansible.project)
    for playbook, writes in (("start_recordings", [1]), ("recording_report", [1]), ("stop_recordings", [1, 0])):
        run = ansible.command("playbook", f"huawei.meeting.{playbook}", given)
        assert run.rc == 0, run.output
        assert {number: sim.world.writes(number) for number in RECORDED} == dict.fromkeys(RECORDED, writes)
    assert len(sim.world.writes()) == 2 * len(RECORDED)
