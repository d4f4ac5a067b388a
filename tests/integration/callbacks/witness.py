# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what callback plugins (and so AWX) learn of each task into the file WITNESS, one JSON object a line."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: witness
type: aggregate
short_description: Write each task's result to a file
description: [Write each task's result to a file.]
"""


class CallbackModule(CallbackBase):
    """Ansible's own output stays as it is beside this one."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "witness"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, verdict: str, result: Any) -> None:
        record = {
            "name": (result._task.name or result._task.get_name()).strip(),  # without the role in front
            "action": result._task.action,
            "verdict": verdict,
            "ended": time.time(),
            "result": result._result,
        }
        with open(os.environ["WITNESS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(record, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write("skipped", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._write("retried", result)
