# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real Ansible processes in an environment of their own, and what came of them."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import yaml

RECORDING = "huawei.meeting.huawei_meeting_recording"
MODULE = "huawei.meeting.huawei_meeting_"  # what is called so talks to the service
RUNNERS = ("adhoc", "playbook")  # the commands that run modules
CALLBACKS = Path(__file__).parent / "callbacks"


@dataclass(frozen=True)
class Task:
    """What came of one task. `verdict` is ok, failed, skipped or retried; `ended` is in seconds since the epoch."""

    name: str
    action: str
    verdict: str
    ended: float
    result: dict[str, Any]

    @property
    def failed(self) -> bool:
        return self.verdict == "failed"

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def kind(self) -> str:
        """The kind of the failure, `""` where there was none."""
        return str((self.result.get("error") or {}).get("kind", ""))

    @property
    def msg(self) -> str:
        return str(self.result.get("msg", ""))


@dataclass(frozen=True)
class Run:
    """What came of one process. `home` is its home folder, where everything lies that it wrote."""

    rc: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)
    tasks: list[Task] = field(repr=False)
    home: Path

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def prose(self) -> str:
        """The output as one line: Ansible wraps warnings and errors."""
        return " ".join(self.output.split())

    def task(self, name: str) -> Task:
        """The final result of the one task that has this name."""
        found = [task for task in self.tasks if task.name == name and task.verdict not in ("retried", "skipped")]
        assert len(found) == 1, f"{len(found)} tasks named {name!r}\n{self.output}"
        return found[0]

    def of_the_collection(self) -> list[Task]:
        """The final results of its modules, in order; the steps of a playbook itself are none."""
        modules = [task for task in self.tasks if task.action.startswith(MODULE)]
        return [task for task in modules if task.verdict != "retried"]

    def leaks(self, secrets: Iterable[str]) -> dict[str, set[str]]:
        """Where secrets can be read: in the output, in what callbacks got, in any file that was left behind.

        Found even where they were encoded for a URL or for JSON, or broken over lines.
        """
        places = {"stdout": self.stdout, "stderr": self.stderr}
        for path in self.home.rglob("*"):
            if path.is_file() and not path.is_symlink():
                places[str(path.relative_to(self.home))] = path.read_bytes().decode("utf-8", "replace")
        found: dict[str, set[str]] = {}
        for place, text in places.items():
            unbroken = "".join(text.split())
            for secret in secrets:
                forms = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
                if any(form in text or form in unbroken for form in forms):
                    found.setdefault(place, set()).add(secret)
        return found

    def check_no_traceback(self) -> None:
        """Check that no defect came to light, neither in the output nor in a result."""
        told = self.output + json.dumps([task.result for task in self.tasks])
        for sign in ("Traceback", "MODULE FAILURE", "Module result deserialization", "defect of the collection"):
            assert sign not in told, f"{sign!r} was told\n{self.output}"


class Ansible:
    """Runs Ansible's commands with no variable of the caller's environment and a home folder of their own.

    `project` is where they run and where the files of a test belong; everything that Ansible writes is in `home`.
    """

    def __init__(self, folder: Path, collections: Path, environment: Mapping[str, str], interpreter: str = "") -> None:
        """`interpreter`: the Python that runs the modules, where it is not the one that runs Ansible."""
        # A variable of the command line, because Ansible sets one for localhost.
        self._modules = ["-e", f"ansible_python_interpreter={interpreter}"] if interpreter else []
        self.home = folder / "home"
        self.project = folder / "project"
        self._witness = self.home / "witness.jsonl"
        self.environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_REMOTE_TEMP": str(self.home / ".ansible" / "tmp"),
            "ANSIBLE_CONFIG": str(self.home / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "witness",
            "ANSIBLE_INJECT_INVOCATION": "true",  # as ansible-core did up to 2.19
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "1",
            "WITNESS": str(self._witness),
            **environment,
        }
        (self.home / "tmp").mkdir(parents=True)
        (self.home / "ansible.cfg").touch()
        self.project.mkdir()

    def command(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        """Run `ansible-ARGUMENTS`, for example `command("doc", "-l")`, for at most 100 seconds."""
        self._witness.unlink(missing_ok=True)
        process = subprocess.run(
            [sys.executable, "-m", "ansible", *arguments, *(self._modules if arguments[0] in RUNNERS else [])],
            cwd=self.project,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        lines = self._witness.read_text(encoding="utf-8").splitlines() if self._witness.exists() else []
        tasks = [Task(**json.loads(line)) for line in lines]
        return Run(process.returncode, process.stdout, process.stderr, tasks, self.home)

    def play(
        self,
        tasks: Iterable[Mapping[str, Any]],
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        **keywords: Any,
    ) -> Run:
        """Run a play of these tasks on localhost; `keywords` are the play's own, such as `module_defaults`.

        `variables` come from a file of their own: on a failure ansible-core 2.19 shows the lines around the task.
        """
        play = {"hosts": "localhost", "gather_facts": False, **keywords, "tasks": list(tasks)}
        self.write("play.yml", [play])
        self.write("variables.yml", dict(variables or {}))
        return self.command("playbook", "play.yml", "-e", "@variables.yml", *arguments, environment=environment)

    def write(self, name: str, content: Any) -> Path:
        """Write a YAML file into the project."""
        path = self.project / name
        path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return path


def recording(name: str, conference_id: str, state: str, **options: Any) -> dict[str, Any]:
    """A task of the recording module; keywords of the task have an underscore in front: `_check_mode=True`."""
    own = {key: value for key, value in options.items() if not key.startswith("_")}
    keywords = {key[1:]: value for key, value in options.items() if key.startswith("_")}
    return {"name": name, RECORDING: {"conference_id": conference_id, "state": state, **own}, **keywords}


def missing(ansible: Ansible, package: str) -> dict[str, str]:
    """An environment in which a package cannot be imported, not even where it is installed."""
    folder = ansible.project / "without" / package
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(f'raise ImportError("No module named {package!r}")\n')
    return {"PYTHONPATH": str(folder.parent)}


def constant(path: Path, name: str) -> str:
    """The text of a constant such as EXAMPLES in a module, without importing it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} has no {name}")
