# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of each playbook for many meetings, in the controller's process: worked out once, written in all forms.

A file is written beside its place and then put there, so that there is always the old one or the new one, and never
half of one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.huawei.meeting.plugins.module_utils._core.report import report
from ansible_collections.huawei.meeting.plugins.module_utils._core.wire import utc_text
from ansible_collections.huawei.meeting.plugins.plugin_utils.report_forms import rendered

_MODE = 0o640
_TOLD = 20  # problems that are told in the output of a run; the files have all


class ActionModule(ActionBase):
    """What Ansible asks of an action plugin."""

    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Write the files, and return what people are told in the output of the run."""
        values: dict[str, Any] = super().run(tmp, task_vars)
        arguments = self._task.args
        run: Mapping[str, Any] = arguments["run"]
        check = bool(run["provenance"]["check_mode"])
        told = report(
            run["todo"],
            arguments["results"],
            check=check,
            audit=run["mode"] == "audit",
            accept_unconfirmed=run["accept_unconfirmed"],
            broken_off=arguments.get("broken_off") or {},
        )
        final = bool(arguments.get("final", True))
        # After the last part the final report follows at once.
        unfinished = ["json"] if len(arguments["results"]) < len(run["todo"]) else []
        forms = ["json", *run["formats"]] if final else unfinished
        ended = utc_text(datetime.now(timezone.utc))
        unwritten = []
        for form in forms:
            try:
                _write(f"{run['files']}.{form}", rendered(form, run, told, ended, check))
            except OSError as error:
                unwritten.append(f"{run['files']}.{form} could not be written: {error.strerror}")
        # Who only reads is told what could not be read, and that is all.
        good = not unwritten and (run["mode"] == "read" or not told["failed_conference_ids"])
        again = "retry.yml" in run["formats"] and bool(told["retry"]["only"]) and not check
        values.update(
            good=good,
            progress=told["progress"],
            problems=[*unwritten, *told["problems"]][:_TOLD],
            summary=_summary(run, told["words"], again, unwritten),
        )
        return values


def _summary(run: Mapping[str, Any], words: str, again: bool, unwritten: Sequence[str]) -> str:
    """Return what came of the whole, where to read more, and what to do."""
    told = f"{words}. Reports: {run['files']}.{{{','.join(['json', *run['formats']])}}}"
    if unwritten:
        told += f". {len(unwritten)} of them could not be written"
    return f"{told}. To try again what may succeed, add -e {run['retry_file']}" if again else told


def _write(path: str, text: str) -> None:
    """Put a file in its place, whole. Raises OSError."""
    handle, beside = tempfile.mkstemp(prefix=".huawei-meeting-", dir=os.path.dirname(path))
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fchmod(handle, _MODE)
            os.fsync(handle)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
