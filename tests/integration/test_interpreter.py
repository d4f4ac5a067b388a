# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Python runs the modules: Ansible's own, or the older one that `make test-matrix` names."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.integration.ansible import Ansible
from tests.integration.conftest import INTERPRETER


def test_the_modules_are_run_by_the_python_that_is_asked_for(ansible: Ansible) -> None:
    """Otherwise the whole row of the matrix would tell of another one."""
    wanted = INTERPRETER or sys.executable
    version = subprocess.run(
        [wanted, "-c", "import platform; print(platform.python_version())"], capture_output=True, text=True, check=True
    )
    run = ansible.play([{"name": "Ask", "ansible.builtin.setup": {"gather_subset": ["!all", "python"]}}])
    facts = run.task("Ask").result["ansible_facts"]
    assert facts["ansible_python_version"] == version.stdout.strip()
    assert os.path.realpath(facts["ansible_python"]["executable"]) == os.path.realpath(wanted)
