# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every check of the project and count them: ``python tests/run.py [lint] [pytest] [sanity]``.

Two steps run at a time, and a failed one does not stop the others: it prints what it had to say.
Each test of pytest and of ansible-test counts as one, and so does each linter.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from configparser import ConfigParser
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.bootstrap import prepare

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
# What the steps leave in a home folder stays out of the caller's, and so do the environments of ansible-test: what is
# laid for it here must not turn up in other projects.
HOME = BUILD / "home"
# Ansible's tools insist on this place. It holds a copy of the files that git tracks or would take.
COPY = BUILD / "ansible_collections" / "huawei" / "meeting"
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


# How many lines of the plugins the tests have run. Measured where `coverage` is installed, which the matrix leaves out.
COVERAGE = BUILD / "coverage"
COUNTED = "plugins, in the processes of pytest and in those of the modules where modules are tested"


@dataclass(frozen=True)
class Step:
    part: str
    name: str
    checks: str
    command: str
    cwd: Path = ROOT
    reports: str = ""  # JUnit files of a step that holds many tests, as a pattern below cwd


@dataclass(frozen=True)
class Result:
    step: Step
    seconds: float
    passed: int
    failed: int
    skipped: int

    @property
    def ok(self) -> bool:
        return self.passed > 0 and self.failed == 0


STEPS = (
    Step(  # the longest goes first
        part="sanity",
        name="ansible-test sanity",
        checks="what Ansible asks of every collection",
        command=f"ansible-test sanity --venv --python {THIS_PYTHON} --junit --color no",
        cwd=COPY,
        reports="tests/output/junit/*sanity*.xml",
    ),
    Step(  # with the packages that are here: a second environment of ansible-test would race with that of sanity
        part="sanity",
        name="ansible-test integration",
        checks="the target for those who work with ansible-test",
        command="ansible-test integration simulated --local --color no",
        cwd=COPY,
    ),
    Step("lint", "ruff check", "likely mistakes in Python", "ruff check ."),
    Step("lint", "ruff format", "the form of Python", "ruff format --check ."),
    Step(
        part="lint",
        name="mypy",
        checks="types, strictly, of all Python files",
        command="mypy -p ansible_collections.huawei.meeting.plugins -p tests",
    ),
    Step("lint", "yamllint", "the form of YAML", "yamllint --strict ."),
    Step("lint", "ansible-lint", "playbooks and metadata, profile production", "ansible-lint --offline", COPY),
    Step(
        part="lint",
        name="antsibull-docs",
        checks="documentation of the plugins",
        command="antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --validate-collection-refs self .",
        cwd=COPY,
    ),
    Step("lint", "antsibull-changelog", "changelog fragments", "antsibull-changelog lint"),
    Step("lint", "reuse", "the licence of every file", "reuse lint --lines"),
    Step(
        part="lint",
        name="galaxy-importer",
        checks="the artefact, built twice, as Galaxy sees it",
        command="python tests/galaxy.py build/galaxy",
    ),
    Step(
        part="pytest",
        name="pytest",
        checks="units, sockets, playbooks against the simulator",
        command=f"pytest -q -n {os.cpu_count() or 2} --dist worksteal --junitxml=build/pytest.xml",
        reports="build/pytest.xml",
    ),
)


def sources() -> list[Path]:
    """The project's files, relative to its root: what git tracks or would take. Without git, all that are not built."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        paths = {Path(name) for name in listed.stdout.split("\0") if name}
    else:
        paths = {path.relative_to(ROOT) for path in ROOT.rglob("*")}
    made = {BUILD.name, "__pycache__"}
    return sorted(path for path in paths if (ROOT / path).is_file() and not made.intersection(path.parts))


def copy_sources() -> None:
    """Lay the copies anew, one as a repository: ansible-test would find it ignored by the one around it."""
    for folder in (COPY, BUILD / "galaxy"):
        shutil.rmtree(folder, ignore_errors=True)
        for path in sources():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path, follow_symlinks=False)
    if shutil.which("git"):
        subprocess.run(["git", "init", "--quiet"], cwd=COPY, env=environment(), check=True)


def environment() -> dict[str, str]:
    """The caller's environment without what it holds for another Ansible, Python or git; our tools come first."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "GIT_", "PYTHON"))}
    # A shim stands for a Python even where there is none, and ansible-test trips over it.
    path = [folder for folder in ours.get("PATH", os.defpath).split(os.pathsep) if Path(folder).name != "shims"]
    return ours | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), *path]),
        "ANSIBLE_COLLECTIONS_PATH": str(BUILD),
        "ANSIBLE_CONFIG": str(BUILD / "ansible.cfg"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(BUILD / "hypothesis"),
        "LC_ALL": "C.UTF-8",
        "MYPYPATH": str(BUILD),
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "REUSE_ENCODING_MODULE": "charset_normalizer",  # the usual one needs a C library
    }


def measuring() -> dict[str, str]:
    """Prepare to measure coverage, and return the variables that make a step do so; none where it is not installed.

    A module is measured by Ansible's own means, out of the archive in which it travels. Tests of modules ask for it.
    """
    if not find_spec("coverage"):
        return {}
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir()
    copies = "*/ansible_collections/huawei/meeting/plugins"
    config = {
        "run": {
            "parallel": "true",
            "data_file": str(COVERAGE / "data"),
            "include": f"{ROOT}/plugins/*, {copies}/*",
            "omit": "*/__init__.py",
            "patch": "_exit",  # so ends each worker of pytest
            "disable_warnings": "no-data-collected, module-not-imported",
        },
        "paths": {"plugins": f"\n    {ROOT}/plugins\n    {copies}"},
    }
    parser = ConfigParser(interpolation=None)
    parser.read_dict(config)
    with open(COVERAGE / "config", "w", encoding="utf-8") as file:
        parser.write(file)
    core = {"COVERAGE_CORE": "sysmon"} if sys.version_info >= (3, 12) else {}  # costs next to nothing
    return {**core, "COVERAGE_PROCESS_START": str(COVERAGE / "config")}


def coverage() -> str:
    """Tell what was measured; nothing where nothing was. It is a figure, so nothing fails by it."""
    data = [str(path) for path in COVERAGE.glob("data*")]
    if not data:
        return ""
    options = ["--rcfile", str(COVERAGE / "config"), "--data-file", str(COVERAGE / "all")]
    told = ""
    for arguments in (["combine", "-q", *options, *data], ["report", "--sort=cover", "--show-missing", *options]):
        command = [sys.executable, "-m", "coverage", *arguments]
        process = subprocess.run(
            command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        told = process.stdout
    (COVERAGE / "report.txt").write_text(told, encoding="utf-8")
    total = re.search(r"^TOTAL .* (\d+%)$", told, re.M)
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "plugins").rglob("*.py") if path.stem != "__init__"}
    unseen = sorted(name for name in files if name not in told)
    return "\n".join(
        [
            f"coverage: {total[1] if total else 'no figure'} of the lines of {COUNTED}; see build/coverage/report.txt",
            *([f"never loaded there: {', '.join(unseen)}"] if unseen else []),
        ]
    )


def run(step: Step) -> Result:
    """Run one step and print how it went, with its output if it failed."""
    for report in step.cwd.glob(step.reports) if step.reports else ():
        report.unlink()
    start = time.monotonic()
    process = subprocess.run(
        shlex.split(step.command),
        cwd=step.cwd,
        env=environment() | {"HOME": str(HOME)} | (measuring() if step.name == "pytest" else {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    passed, failed, skipped = count(step) if step.reports else (1, 0, 0)
    if process.returncode and not failed:  # a linter, or something that broke around its tests
        passed, failed = (passed if step.reports else 0), 1
    result = Result(step, time.monotonic() - start, passed, failed, skipped)
    verdict = "ok" if result.ok else f"FAILED with exit status {process.returncode}"
    heading = f"\n== {step.name}: {verdict} after {result.seconds:.1f} s\n"
    print(heading + ("" if result.ok else process.stdout), end="", flush=True)
    return result


def count(step: Step) -> tuple[int, int, int]:
    """Passed, failed and skipped tests in the reports of a step."""
    cases = [case for report in step.cwd.glob(step.reports) for case in ET.parse(report).iter("testcase")]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def main(parts: Sequence[str]) -> int:
    steps = [step for step in STEPS if not parts or step.part in parts]
    if not steps:
        print(__doc__, file=sys.stderr)
        return 2
    packages = [f"{name} {version(name)}" for name in ("ansible-core", "requests", "websocket-client")]
    print(", ".join([f"Python {sys.version.split()[0]}", *packages]), flush=True)
    copy_sources()
    HOME.mkdir(exist_ok=True)
    (BUILD / "ansible.cfg").touch()
    if any(step.part == "sanity" for step in steps):
        prepare(HOME, environment())
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(run, steps))
    print(f"\n{'step':24} {'what it checks':48} {'seconds':>7} {'tests':>5}  result")
    for result in results:
        tests = result.passed + result.failed
        verdict = "ok" if result.ok else "FAILED"
        print(f"{result.step.name:24} {result.step.checks:48} {result.seconds:7.1f} {tests:5}  {verdict}")
    skipped = sum(result.skipped for result in results)
    counted = f"{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed"
    if any(step.name == "pytest" for step in steps) and (measured := coverage()):
        print(measured)
    print(f"total: {counted}" + (f", {skipped} skipped" if skipped else ""))
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
