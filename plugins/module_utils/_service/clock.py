# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time, as results tell it."""

from __future__ import annotations

from datetime import datetime, timezone

from .._core.wire import utc_text


def utc_now() -> str:
    """Return the time, ISO 8601 in UTC, to the second."""
    return utc_text(datetime.now(timezone.utc))
