# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is built and installed is all that a user needs, and nothing of the workshop comes along."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.conftest import ROOT
from tests.integration.ansible import Ansible
from tests.integration.conftest import PATIENCE
from tests.matrix import requirements_in
from tests.simulator import Meeting, Simulator

ID, OTHER_ID = "914047751", "914047752"
PASSWORD = "ArtefactCanary-7105"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")


def built(ansible: Ansible, folder: Path) -> Path:
    """The artefact, built from the checkout."""
    came = ansible.command("galaxy", "collection", "build", "--output-path", str(folder / "dist"), str(ROOT))
    assert came.rc == 0, came.output
    (artefact,) = (folder / "dist").glob("huawei-meeting-*.tar.gz")
    return artefact


def install(ansible: Ansible, artefact: Path, place: Path) -> Path:
    """Install the artefact and return where the collection stands."""
    came = ansible.command("galaxy", "collection", "install", "--offline", "-p", str(place), str(artefact))
    assert came.rc == 0, came.output
    return place / "ansible_collections" / "huawei" / "meeting"


def test_artefact(folder: Path, sim: Simulator) -> None:
    """Build, install, read the documentation, run playbooks: all from the installed files alone."""
    installed = folder / "installed"
    ansible = Ansible(folder, installed, {**sim.environment(), **PATIENCE})
    home = install(ansible, built(ansible, folder), installed)
    files = {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file()}
    assert files >= {"plugins", "playbooks", "roles", "meta", "README.md", "LICENSE", "MANIFEST.json", "FILES.json"}
    assert not files & {"tests", "build", "Makefile", "pyproject.toml", ".ci", ".git"}
    assert not [path for path in home.rglob("*") if path.name == "__pycache__"]

    listed = ansible.command("doc", "--list", "huawei.meeting")
    for module in MODULES:
        assert f"huawei.meeting.{module} " in listed.stdout
        page = ansible.command("doc", f"huawei.meeting.{module}")
        assert page.rc == 0, page.output
        for section in ("OPTIONS", "ATTRIBUTES", "EXAMPLES", "RETURN VALUES"):
            assert section in page.stdout
        assert "WARNING" not in page.output, page.stderr

    meeting = sim.world.add(Meeting(ID, host_password=PASSWORD))
    run = ansible.command(
        "playbook",
        "huawei.meeting.start_recording",
        "-e",
        f"huawei_meeting_conference_id={ID}",
        environment={"HUAWEI_MEETING_HOST_PASSWORD": PASSWORD},
    )
    assert run.rc == 0, run.output
    assert meeting.recording
    assert "is started now, as the live state shows" in run.prose

    other = sim.world.add(Meeting(OTHER_ID, host_password=PASSWORD))
    classes = [{"conference_id": number, "host_password": PASSWORD} for number in (ID, OTHER_ID)]
    ansible.write("classes.yml", {"huawei_meeting_meetings": classes})
    run = ansible.command("playbook", "huawei.meeting.start_recordings", "-e", "@classes.yml")
    assert run.rc == 0, run.output
    assert other.recording
    assert "2 meetings: 1 changed, 1 as wanted" in run.prose


def test_execution_environment(folder: Path) -> None:
    """An execution environment that holds the collection gets the Python packages, by introspection of its metadata."""
    ansible = Ansible(folder, folder / "installed", {})
    artefact = built(ansible, folder)
    install(ansible, artefact, folder / "installed")
    builder = [sys.executable, "-m", "ansible_builder"]
    found = subprocess.run(
        [*builder, "introspect", "--sanitize", str(folder / "installed")], capture_output=True, text=True, check=True
    )
    python = yaml.safe_load(found.stdout)["python"]
    assert [line.partition("#")[0].strip() for line in python] == requirements_in("requirements.txt")

    shutil.copy(ROOT / "playbooks" / "awx" / "execution-environment.yml", ansible.project)
    shutil.copy(artefact, ansible.project)
    made = subprocess.run([*builder, "create"], cwd=ansible.project, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    context = ansible.project / "context"
    (recipe,) = [path.read_text() for path in context.iterdir() if path.name in ("Containerfile", "Dockerfile")]
    # What the recipe does with the context, as far as that needs no container.
    assert re.search(r"^(ADD|COPY) _build /build\nWORKDIR /build$", recipe, re.M)
    (command,) = re.findall(r"ansible-galaxy collection install .*-r (\S+) ", recipe)
    wanted = ("galaxy", "collection", "install", "--offline", "--force", "-r", command, "-p", str(folder / "image"))
    ansible.project = context / "_build"
    done = ansible.command(*wanted)
    assert done.rc == 0, done.output
    assert (folder / "image" / "ansible_collections" / "huawei" / "meeting" / "MANIFEST.json").is_file()
