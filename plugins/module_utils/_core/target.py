# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted: of one meeting, and in the same way of all of a task."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .meeting import RecordingState


class LiveState(str, Enum):
    """What the user wants of the live state: read it if possible, insist on it, or do without."""

    AUTO = "auto"
    REQUIRED = "required"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Target:
    """One meeting, what is wanted of its recording, and with what to sign in; `token` is raw.

    All values have been validated. Where the state is only read, nothing is wanted: UNKNOWN.
    """

    conference_id: str
    wanted: RecordingState = RecordingState.UNKNOWN
    token: str = ""
    host_password: str = ""


@dataclass(frozen=True)
class Settings:
    """How all meetings of a task are treated. Times are in seconds; all values have been validated."""

    live_state: LiveState = LiveState.AUTO
    wait: bool = True
    wait_timeout: float = 30.0
    retry_timeout: float = 60.0
    check: bool = False
