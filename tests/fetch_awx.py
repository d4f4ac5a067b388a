# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lay the collection awx.awx into build/awx, for the tests of playbooks/awx: ``python tests/fetch_awx.py``.

It is taken out of the package ansible, so that a package index is all that the tests need of the network. Where it
cannot be had, those tests are skipped.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"
PLACE = BUILD / "awx"
PACKAGE = "ansible==12.3.0"  # holds awx.awx 24.6.1
COLLECTION = "ansible_collections/awx/awx/"


def main() -> None:
    """Fetch the collection unless it is there."""
    if PLACE.is_dir():
        return
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        # The package is only unpacked: which Python it wants does not matter.
        choice = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.12"]
        command = [sys.executable, "-m", "pip", "download", "-qq", *choice, "--dest", folder, PACKAGE]
        if subprocess.run(command, check=False).returncode != 0:
            print(f"{PACKAGE} could not be downloaded, so the tests that need awx.awx will be skipped", file=sys.stderr)
            return
        (wheel,) = Path(folder).glob("*.whl")
        unpacked = Path(folder) / "awx"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked, [name for name in archive.namelist() if name.startswith(COLLECTION)])
        unpacked.rename(PLACE)


if __name__ == "__main__":
    main()
