# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated service, and an Ansible that is led there."""

from __future__ import annotations

import json
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
# The tests of modules, whose own processes count for the coverage.
MEASURED = ("test_arguments", "test_batch", "test_contract", "test_enterprise", "test_environment")


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


def measuring(path: Path) -> dict[str, str]:
    """The variables that make Ansible measure the coverage of modules; none where it is not wanted.

    It costs a tenth of a second for each start of a module, and playbooks start the same ones: so only where modules
    are tested.
    """
    config = os.environ.get("COVERAGE_PROCESS_START")
    if not config or INTERPRETER or path.stem not in MEASURED:
        return {}
    wanted = {"config": config, "output": str(Path(config).with_name("data"))}
    return {"_ANSIBLE_ANSIBALLZ_COVERAGE_CONFIG": json.dumps(wanted)}  # known to ansible-core from 2.19 on


@pytest.fixture
def ansible(request: pytest.FixtureRequest, folder: Path, collections_path: Path, sim: Simulator) -> Ansible:
    """Ansible with the checkout as huawei.meeting, led to the simulated service by environment variables."""
    environment = {**sim.environment(), **PATIENCE, **measuring(request.path)}
    return Ansible(folder, collections_path, environment, INTERPRETER)
