# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the artefact twice and look at it as Galaxy does: ``python tests/galaxy.py SOURCES``.

Fails if the two hold different things, or if Galaxy's importer has an error or a warning. SOURCES is changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path


def build(sources: Path, folder: Path) -> Path:
    """Build the artefact into a folder and return it."""
    command = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(folder), str(sources)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (artefact,) = folder.glob("*.tar.gz")
    return artefact


def content(artefact: Path) -> dict[str, tuple[int, bytes]]:
    """What an artefact holds: modes and contents by name. Only the times differ between two builds."""
    with tarfile.open(artefact) as archive:
        members = [(member, archive.extractfile(member)) for member in archive.getmembers()]
        return {member.name: (member.mode, stream.read() if stream else b"") for member, stream in members}


def complaints(artefact: Path) -> list[str]:
    """What Galaxy's importer says against an artefact."""
    strict = {"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "1", "GALAXY_IMPORTER_RUN_FLAKE8": "1"}
    process = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", str(artefact)],
        env=os.environ | strict,
        cwd=artefact.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = [line for line in process.stdout.splitlines() if line.startswith(("ERROR", "WARNING"))]
    # A line break before an operator is what PEP 8 asks for by now, and the formatter makes.
    found = [line for line in told if " W503 " not in line]
    done = process.returncode == 0 and "Importer processing completed successfully" in process.stdout
    return found if done else found or [process.stdout]


def main(sources: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / name for name in ("first", "second", "third")]
        first, second = (build(sources, place) for place in places[:2])
        if content(first) != content(second):
            print("two builds of the same sources differ")
            return 1
        # There is no public address yet, without which the importer does not look at the rest.
        galaxy = sources / "galaxy.yml"
        text = galaxy.read_text(encoding="utf-8")
        if "\nrepository:" not in text:
            galaxy.write_text(f"{text}repository: https://example.org/huawei.meeting\n", encoding="utf-8")
        found = complaints(build(sources, places[2]))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
