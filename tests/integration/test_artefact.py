# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is built and installed is all that a user needs, and nothing of the workshop comes along."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT
from tests.integration.ansible import Ansible
from tests.integration.conftest import PATIENCE
from tests.simulator import Meeting, Simulator

ID = "914047751"
PASSWORD = "ArtefactCanary-7105"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")


def test_artefact(folder: Path, sim: Simulator) -> None:
    """Build, install, read the documentation, run a playbook: all from the installed files alone."""
    installed = folder / "installed"
    ansible = Ansible(folder, installed, {**sim.environment(), **PATIENCE})
    built = ansible.command("galaxy", "collection", "build", "--output-path", str(folder / "dist"), str(ROOT))
    assert built.rc == 0, built.output
    (artefact,) = (folder / "dist").glob("huawei-meeting-*.tar.gz")
    came = ansible.command("galaxy", "collection", "install", "--offline", "-p", str(installed), str(artefact))
    assert came.rc == 0, came.output

    home = installed / "ansible_collections" / "huawei" / "meeting"
    files = {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file()}
    assert files >= {"plugins", "playbooks", "meta", "README.md", "LICENSE", "MANIFEST.json", "FILES.json"}
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
