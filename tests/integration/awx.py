# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX does with the objects of playbooks/awx: injects credentials, asks surveys, syncs inventories, runs jobs.

As in AWX 24 (awx/main: models/credential.py, models/mixins.py, models/inventory.py, tasks/jobs.py), told in few words.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2 import sandbox

from tests.conftest import ROOT
from tests.integration.ansible import Ansible, Run

AWX = ROOT / "playbooks" / "awx"
PROJECT = AWX / "project"
# With these AWX calls ansible-inventory.
SYNC = {"ANSIBLE_INVENTORY_UNPARSED_FAILED": "True", "ANSIBLE_INVENTORY_EXPORT": "True"}


class _Loader(yaml.SafeLoader):
    """Knows the tag with which Ansible leaves templates alone."""


class Dumper(yaml.SafeDumper):
    """Writes all text with that tag, as AWX does with the variables of a job."""


_Loader.add_constructor("!unsafe", lambda _loader, node: str(node.value))
Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


def objects() -> dict[str, Any]:
    """The data file."""
    found: dict[str, Any] = yaml.load((AWX / "objects.yml").read_text(encoding="utf-8"), _Loader)
    return found


def injected(credential_type: Mapping[str, Any], inputs: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment variables that a credential of this type gives to a job; its file goes into the folder."""
    environment = sandbox.ImmutableSandboxedEnvironment()
    known: dict[str, Any] = {name: value for name, value in inputs.items() if value}
    file = folder / "credential"
    file.write_text(environment.from_string(credential_type["injectors"]["file"]["template"]).render(known))
    known["tower"] = {"filename": str(file)}
    templates = credential_type["injectors"]["env"]
    return {name: environment.from_string(template).render(known) for name, template in templates.items()}


def survey_answers(template: Mapping[str, Any], **answers: Any) -> dict[str, Any]:
    """The variables of a job: the defaults of the survey, also where they are empty, and what was answered."""
    questions = template["survey_spec"]["spec"]
    asked = {question["variable"] for question in questions}
    assert set(answers) <= asked, "AWX refuses what the survey does not ask"
    return {q["variable"]: q["default"] for q in questions if "default" in q} | answers


def synced(ansible: Ansible, source: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """The inventory as AWX keeps it after it has updated an inventory source: `hosts` and `groups`, by their names."""
    output = ansible.home / "output.json"
    run = ansible.command(
        *("inventory", "--list", "--export", "-i", str(source), "--output", str(output)),
        environment={**SYNC, **environment},
    )
    assert run.rc == 0, run.output
    data = json.loads(output.read_text(encoding="utf-8"))
    hosts = data.pop("_meta")["hostvars"]
    for group in data.values():
        for name in group.get("hosts", []):
            hosts.setdefault(name, {})
    return {"hosts": hosts, "groups": {name: data[name] for name in data if name not in ("all", "ungrouped")}}


def job_inventory(inventory: Mapping[str, Any], path: Path, slice_number: int = 1, slice_count: int = 1) -> list[str]:
    """Write the inventory script that AWX gives to a job, or to one slice of it; return the names of the hosts."""
    hosts = sorted(inventory["hosts"])[slice_number - 1 :: slice_count]
    data: dict[str, Any] = {"all": {"hosts": [], "children": sorted(inventory["groups"])}}
    grouped = set()
    for name, group in inventory["groups"].items():
        members = [host for host in group.get("hosts", []) if host in hosts]
        grouped.update(members)
        told = {key: value for key, value in {**group, "hosts": members}.items() if value}
        data |= {name: told} if told else {}
    data["all"]["hosts"] = [host for host in hosts if host not in grouped]
    own = {"remote_host_enabled": "true", "remote_tower_enabled": "true"}
    data["_meta"] = {"hostvars": {host: {**inventory["hosts"][host], **own} for host in hosts}}
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#! /usr/bin/env python3\nprint({json.dumps(data)!r})\n", encoding="utf-8")
    path.chmod(0o700)
    return hosts


class Job:
    """A job of a template, run by ansible-runner in a folder of its own, as in AWX."""

    def __init__(self, ansible: Ansible, folder: Path, template: Mapping[str, Any]) -> None:
        self._ansible, self._folder, self._template = ansible, folder, template
        self._artifacts = folder / "artifacts" / "1"
        (folder / "env").mkdir(parents=True)
        shutil.copytree(PROJECT, folder / "project")

    @property
    def inventory(self) -> Path:
        """Where the inventory script of the job belongs."""
        return self._folder / "inventory" / "hosts"

    def run(self, credential: Mapping[str, str], variables: Mapping[str, Any]) -> Run:
        """Run it with the environment variables of a credential. What it left behind is the `home` of the result."""
        (self._folder / "env" / "envvars").write_text(yaml.safe_dump(dict(credential)), encoding="utf-8")
        (self._folder / "env" / "extravars").write_text(yaml.dump(dict(variables), Dumper=Dumper), encoding="utf-8")
        process = subprocess.run(
            [sys.executable, "-m", "ansible_runner", "run", self._folder, "-p", self._template["playbook"], "-i", "1"],
            env=self._ansible.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        # What was given to the job, secrets and all, is not what it left behind.
        shutil.rmtree(self._folder / "env")
        (self._artifacts / "command").unlink()
        return Run(process.returncode, process.stdout, process.stderr, [], self._folder)

    @property
    def status(self) -> str:
        """`successful` or `failed`."""
        return (self._artifacts / "status").read_text()

    @property
    def events(self) -> list[dict[str, Any]]:
        """What AWX is told while the job runs, in order."""
        paths = sorted((self._artifacts / "job_events").glob("*.json"), key=lambda path: int(path.name.split("-")[0]))
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def awx_collection() -> Path | None:
    """Where the collection awx.awx is installed: in build/awx, or by the package ansible. None if it is not."""
    places = [ROOT / "build" / "awx", *(Path(entry) for entry in sys.path if entry.endswith("site-packages"))]
    return next((place for place in places if (place / "ansible_collections" / "awx" / "awx").is_dir()), None)
