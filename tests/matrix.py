# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the tests on each supported ansible-core for which a Python is at hand: ``python tests/matrix.py [2.16 2.21]``.

Each version gets an environment of its own under build/, and runs what `make pytest sanity` runs: units, sockets,
playbooks against the simulator, and ansible-test sanity. Unit tests of what knows nothing of Ansible run once for each
Python. With the oldest ansible-core, a part of the playbooks also runs the modules by the oldest Python that they
support. Prints a table, and fails if any of them fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
# The Pythons that each ansible-core supports on a control node, the preferred one first.
SUPPORTED = {
    "2.15": ("3.11", "3.10"),
    "2.16": ("3.11", "3.12", "3.10"),
    "2.17": ("3.11", "3.12", "3.10"),
    "2.18": ("3.12", "3.11", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.13", "3.12", "3.14"),
}
# The modules run on older Pythons than Ansible itself does: this is the oldest, and what is run there.
MODULE_PYTHON = "3.9"
MODULE_TESTS = ("interpreter", "contract", "batch")
# Linters have nothing to do with the version of Ansible, and some want one of their own.
WITHOUT = (
    "ansible-core",
    "ansible-lint",
    "antsibull",
    "coverage",
    "galaxy-importer",
    "mypy",
    "reuse",
    "ruff",
    "types-",
    "yamllint",
    "-r ",
)


@dataclass(frozen=True)
class Result:
    core: str
    python: str
    verdict: str
    modules: str = "the same"  # the Python that runs them
    seconds: float = 0.0


def interpreters(version: str) -> Iterator[str]:
    """All programs that may be this Python, in the path and where pyenv keeps its own."""
    found = shutil.which(f"python{version}")
    if found:
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}")))


def interpreter(version: str) -> str | None:
    """A program that really is this Python: a shim may stand for none."""
    for program in interpreters(version):
        probe = [program, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        answer = subprocess.run(probe, capture_output=True, text=True, check=False)
        if answer.returncode == 0 and answer.stdout.strip() == version:
            return program
    return None


def requirements_in(name: str) -> list[str]:
    """The lines of a requirements file without their comments, which pip takes in files and not in arguments."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [found for line in lines if (found := line.partition("#")[0].strip())]


def requirements() -> list[str]:
    """What the tests need beside ansible-core."""
    names = ("requirements.txt", "tests/requirements-demo.txt", "tests/requirements.txt")
    return [line for name in names for line in requirements_in(name) if not line.startswith(WITHOUT)]


def environment(core: str, python: str) -> Path:
    """The folder of the environment that has this ansible-core."""
    return BUILD / f"venv-core-{core}-{python}"


def prepare(folder: Path, program: str, wanted: Iterable[str]) -> Path:
    """Make an environment with these packages, and return its Python. Raises CalledProcessError."""
    own = folder / "bin" / "python"
    subprocess.run([program, "-m", "venv", "--clear", str(folder)], check=True)
    subprocess.run([own, "-m", "pip", "install", "-qq", *wanted], check=True)
    return own


def without_ansible() -> list[str]:
    """The unit tests to which it is all the same which ansible-core there is."""
    folders = (ROOT / "tests" / "unit" / name for name in ("plugins/module_utils", "simulator"))
    paths = sorted(path for folder in folders for path in folder.rglob("test_*.py"))
    knows = re.compile(r"^\s*(?:from|import) ansible\b", re.M)
    return [str(path.relative_to(ROOT)) for path in paths if not knows.search(path.read_text(encoding="utf-8"))]


def outcome(core: str, python: str, *parts: str, modules: str = "the same", **variables: str) -> Result:
    """Run parts of the tests in an environment that is prepared, with these variables."""
    own = environment(core, python) / "bin" / "python"
    command = [str(own), str(ROOT / "tests" / "run.py"), *parts]
    told = subprocess.run(command, env=os.environ | variables, stdout=subprocess.PIPE, text=True, check=False)
    print(told.stdout, end="", flush=True)
    totals = re.findall(r"^total: (.*)$", told.stdout, re.M)
    verdict = totals[-1] if totals else f"exit status {told.returncode}"
    exact = re.search(r"ansible-core (\S+?),", told.stdout)
    if told.returncode:
        verdict = f"FAILED: {verdict}"
    return Result(exact[1] if exact else core, python, verdict, modules)


def run(core: str, python: str, program: str, left_out: Iterable[str]) -> Result:
    """Run the tests on one version, but for those of the files that are left out."""
    began = time.monotonic()
    print(f"\n==== ansible-core {core}, Python {python}", flush=True)
    try:
        own = prepare(environment(core, python), program, [f"ansible-core~={core}.0", *requirements()])
        subprocess.run([own, ROOT / "tests" / "fetch_awx.py"], check=True)
    except subprocess.CalledProcessError as error:
        return Result(core, python, f"FAILED: {error}", seconds=time.monotonic() - began)
    ignored = " ".join(f"--ignore={path}" for path in left_out)
    return replace(outcome(core, python, "pytest", "sanity", PYTEST_ADDOPTS=ignored), seconds=time.monotonic() - began)


def run_modules(core: str, python: str) -> Result:
    """Let an ansible-core whose environment is prepared run the modules by the oldest Python that they support."""
    began = time.monotonic()
    program = interpreter(MODULE_PYTHON)
    if program is None:
        return Result(core, "none", f"not tested: needs Python {MODULE_PYTHON}", MODULE_PYTHON)
    print(f"\n==== ansible-core {core}, Python {python}, modules by Python {MODULE_PYTHON}", flush=True)
    try:
        own = prepare(BUILD / f"venv-modules-{MODULE_PYTHON}", program, requirements_in("requirements.txt"))
    except subprocess.CalledProcessError as error:
        return Result(core, python, f"FAILED: {error}", MODULE_PYTHON, time.monotonic() - began)
    variables = {
        "PYTEST_ADDOPTS": " ".join(f"tests/integration/test_{name}.py" for name in MODULE_TESTS),
        "HUAWEI_MEETING_TEST_INTERPRETER": str(own),
    }
    told = outcome(core, python, "pytest", modules=MODULE_PYTHON, **variables)
    return replace(told, seconds=time.monotonic() - began)


def main(cores: Sequence[str]) -> int:
    unknown = sorted(set(cores) - SUPPORTED.keys())
    if unknown:
        print(f"{unknown[0]} is not supported; there are {', '.join(SUPPORTED)}", file=sys.stderr)
        return 2
    results: list[Result] = []
    for core in cores or SUPPORTED:
        for python in SUPPORTED[core]:
            program = interpreter(python)
            if program:
                again = any(result.python == python for result in results)
                results.append(run(core, python, program, without_ansible() if again else ()))
                if core == next(iter(SUPPORTED)):
                    results.append(run_modules(core, python))
                break
        else:
            results.append(Result(core, "none", f"not tested: needs Python {', '.join(sorted(SUPPORTED[core]))}"))
    print("\n| ansible-core | Python | Python of the modules | result | minutes |\n|---|---|---|---|---|")
    for result in results:
        minutes = f"{result.seconds / 60:.1f}"
        print(f"| {result.core} | {result.python} | {result.modules} | {result.verdict} | {minutes} |")
    failed = sum(result.verdict.startswith("FAILED") for result in results)
    tested = sum(result.python != "none" for result in results)
    print(f"total: {tested - failed} passed, {failed} failed, {len(results) - tested} skipped")
    return 1 if failed or not tested else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
