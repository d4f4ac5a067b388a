# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated service, and an Ansible that is led there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.ansible import Ansible
from tests.simulator import Simulator

# Short, so that what never comes is soon given up; long enough for a busy machine.
PATIENCE = {"HUAWEI_MEETING_TIMEOUT": "2", "HUAWEI_MEETING_RETRY_TIMEOUT": "2", "HUAWEI_MEETING_WAIT_TIMEOUT": "2"}
# The Python that runs the modules, where it is not the one that runs Ansible. `make test-matrix` sets it.
INTERPRETER = os.environ.get("HUAWEI_MEETING_TEST_INTERPRETER", "")


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """A simulated service without meetings."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose name is short, unlike that of `tmp_path`: from 2.21 on, ansible-core opens a socket there."""
    with tempfile.TemporaryDirectory(prefix="hm-") as name:
        yield Path(name)


@pytest.fixture
def ansible(folder: Path, collections_path: Path, sim: Simulator) -> Ansible:
    """Ansible with the checkout as huawei.meeting, led to the simulated service by environment variables."""
    return Ansible(folder, collections_path, {**sim.environment(), **PATIENCE}, INTERPRETER)
