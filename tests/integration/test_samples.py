# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sample lists with all playbooks, and the commands in the sample pipelines, run in their order."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.integration.ansible import Ansible
from tests.simulator import Meeting, Simulator

SAMPLES = ROOT / "playbooks" / "samples"
LIST = yaml.safe_load((SAMPLES / "meetings.yml").read_text(encoding="utf-8"))["huawei_meeting_meetings"]
RECORDED = [one["conference_id"] for one in LIST if one.get("state") != "stopped"]
VAULT = "SampleVaultCanary-3317"
PIPELINES = ("github-actions.yml", "gitlab-ci.yml", "Jenkinsfile")
# They need registries, and replace what is tested: the collection and the Ansible at hand.
INSTALL = ("pip install ", "ansible-galaxy collection install ", "python3 -m venv ")


@pytest.fixture(autouse=True)
def meetings(sim: Simulator) -> None:
    for one in LIST:
        sim.world.add(Meeting(one["conference_id"], host_password=one["host_password"]))


def shell_of(name: str) -> Iterator[str]:
    """The shell commands of a pipeline, in the order in which they run."""
    text = (SAMPLES / name).read_text(encoding="utf-8")
    if name == "Jenkinsfile":
        for block in re.findall(r"sh '''\n(.*?)'''", text, re.S):
            yield from (line.strip() for line in block.splitlines() if line.strip())
        return
    pipeline = yaml.safe_load(text)
    if name == "github-actions.yml":
        for step in pipeline["jobs"]["record"]["steps"]:
            yield from step.get("run", "").splitlines()
        return
    for stage in pipeline["stages"]:
        for job in pipeline.values():
            if isinstance(job, dict) and job.get("stage") == stage:
                yield from [*pipeline["default"]["before_script"], *job["script"]]


def published(name: str) -> list[str]:
    """The files that a pipeline publishes, as it names them."""
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return sorted(set(re.findall(r"reports/[\w*.]+", text)))


def walk(ansible: Ansible, name: str) -> list[tuple[str, int]]:
    """Run the commands of a pipeline, all but the installation, each whatever came before; return their statuses."""
    for file in ("meetings.yml", "vault-password"):
        (ansible.project / file).unlink(missing_ok=True)
    shutil.rmtree(ansible.project / "reports", ignore_errors=True)
    shutil.copy(SAMPLES / "meetings.yml", ansible.project)
    (ansible.home / "password").write_text(f"{VAULT}\n")
    encrypted = ansible.command("vault", "encrypt", "meetings.yml", "--vault-password-file", f"{ansible.home}/password")
    assert encrypted.rc == 0, encrypted.output
    environment = {
        **ansible.environment,
        "VAULT_PASSWORD": VAULT,
        "GITHUB_STEP_SUMMARY": str(ansible.project / "summary.md"),
        "ANSIBLE_VAULT_PASSWORD_FILE": f"{ansible.home}/password" if name == "Jenkinsfile" else "vault-password",
    }
    came = []
    for line in shell_of(name):
        if line.startswith(INSTALL):
            continue
        process = subprocess.run(
            ["sh", "-e", "-c", line],
            cwd=ansible.project,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        for secret in [VAULT, *(one["host_password"] for one in LIST)]:
            assert secret not in process.stdout + process.stderr
        came.append((line, process.returncode))
    return came


def status(came: list[tuple[str, int]], playbook: str) -> list[int]:
    return [code for line, code in came if f"huawei.meeting.{playbook} " in line]


@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines(ansible: Ansible, sim: Simulator, name: str) -> None:
    """All commands succeed and what is published exists; with a deviation the gate fails, and its files exist too."""
    came = walk(ansible, name)
    assert [line for line, code in came if code] == []
    assert status(came, "start_recordings") == status(came, "recording_report") == [0]
    assert {number for number, one in sim.world.meetings.items() if one.recording} == set(RECORDED)
    assert published(name)
    for pattern in published(name):
        assert list(ansible.project.glob(pattern)), pattern

    sim.world.set_recording(RECORDED[0], False)
    sim.world.meetings[RECORDED[0]].record_type = 0
    came = walk(ansible, name)
    assert status(came, "start_recordings") == status(came, "recording_report") == [2]
    for pattern in published(name):
        assert list(ansible.project.glob(pattern)), pattern


@pytest.mark.parametrize("name", PIPELINES)
def test_pipelines_install_what_is_needed(name: str) -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [line.partition("#")[0].strip() for line in lines if line.partition("#")[0].strip()]
    (install,) = {line for line in shell_of(name) if line.startswith("pip install ")}
    assert re.findall(r"'(.*?)'", install) == needed
    assert "ansible-galaxy collection install huawei-meeting-*.tar.gz" in list(shell_of(name))


@pytest.mark.parametrize("given", ["-e@meetings.yml", "-ehuawei_meeting_csv=meetings.csv"])
def test_lists(ansible: Ansible, sim: Simulator, given: Any) -> None:
    """Both samples hold the same list, and all playbooks take it."""
    for name in ("meetings.yml", "meetings.csv"):
        shutil.copy(SAMPLES / name, ansible.project)
    for playbook, writes in (("start_recordings", [1]), ("recording_report", [1]), ("stop_recordings", [1, 0])):
        run = ansible.command("playbook", f"huawei.meeting.{playbook}", given)
        assert run.rc == 0, run.output
        assert {number: sim.world.writes(number) for number in RECORDED} == dict.fromkeys(RECORDED, writes)
    assert len(sim.world.writes()) == 2 * len(RECORDED)
