# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written down in two places of the project is the same in both."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from tests.conftest import ROOT
from tests.integration.conftest import MEASURED
from tests.matrix import MODULE_TESTS, SUPPORTED, requirements, without_ansible

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
WORKFLOWS = [
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    ROOT / "playbooks" / "samples" / "github-actions.yml",
]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_the_workflow_runs_make_targets_only() -> None:
    run = [command for job in WORKFLOW["jobs"].values() for command in commands(job)]
    assert run
    for command in run:
        program, target = command.split()[:2]
        assert program == "make" and target in TARGETS, command


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(path: Path) -> None:
    """A tag can be moved, a hash cannot. The version beside it is for people and for tools that renew it."""
    lines = re.findall(r"^.*\buses: *(.*)$", path.read_text(encoding="utf-8"), re.M)
    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} +# v\d+\.\d+\.\d+", line), line


def test_the_gate_is_the_command_of_the_readme() -> None:
    """Whatever the tests need, they see to by themselves: nobody else runs anything before them."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    assert told == ["set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "make test"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_the_documents_name_make_targets_that_there_are(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    told = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.M))
    named = {first or second for first, second in told}
    assert {"demo", "test"} <= named <= TARGETS


def test_the_workflow_tests_what_is_supported() -> None:
    """Each supported ansible-core once, on a Python that it supports; the oldest is what the collection declares."""
    tested = WORKFLOW["jobs"]["matrix"]["strategy"]["matrix"]["include"]
    assert [entry["core"] for entry in tested] == list(SUPPORTED)
    assert all(entry["python"] in SUPPORTED[entry["core"]] for entry in tested)
    declared = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert declared == f">={next(iter(SUPPORTED))}.0"


def test_the_matrix_installs_what_the_tests_import() -> None:
    names = {Requirement(line).name for line in requirements()}
    assert {"aiohttp", "ansible-runner", "pytest", "requests", "trustme", "websocket-client"} <= names
    assert not {"ansible-core", "ansible-lint", "mypy", "ruff"} & names


def test_what_knows_nothing_of_ansible_runs_once_for_each_python() -> None:
    """The matrix leaves these out where they have run. What they import must do without Ansible too."""
    names = without_ansible()
    assert {Path(name).parts[2] for name in names} == {"plugins", "simulator"}
    program = "import sys; sys.modules['ansible'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "--collect-only", "-q", *names]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_what_is_named_by_file_is_there() -> None:
    """Tests that the older Python runs, and tests in which modules are measured."""
    for name in (*(f"test_{name}" for name in MODULE_TESTS), *MEASURED):
        assert (ROOT / "tests" / "integration" / f"{name}.py").is_file(), name


def test_the_hooks_use_the_linters_of_the_tests() -> None:
    lines = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    bounds = {re.split(r"[<>=~]", line)[0]: line for line in lines if line and not line.startswith(("#", "-"))}
    for hook in HOOKS:
        for wanted in hook.get("additional_dependencies", []):
            assert wanted == bounds[re.split(r"[<>=~]", wanted)[0]], hook["id"]
        if hook["language"] == "system":
            assert hook["entry"].split()[0] == "make" and hook["entry"].split()[1] in TARGETS


def test_the_hooks_and_the_tests_run_the_same_commands() -> None:
    steps = (ROOT / "tests" / "run.py").read_text(encoding="utf-8")
    for hook in HOOKS:
        if hook["language"] == "python":
            assert f'"{hook["entry"].removesuffix(" --force-exclude")}' in steps.replace("lint .", "lint"), hook["id"]


def test_the_map_of_the_contributors_is_that_of_the_tree() -> None:
    """Each file that it names is there, and each folder."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    utils = ROOT / "plugins" / "module_utils"
    named = set(re.findall(r"`(_(?:core|service|ansible)/[\w/]+\.py)`", text))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (utils / name).is_file()] == []
    for folder in re.findall(r"`((?:plugins|tests|playbooks|roles)(?:/\w+)*)`", text):
        assert (ROOT / folder).is_dir(), folder
