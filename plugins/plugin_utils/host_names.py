# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What meetings are called as hosts: people who book them choose their subjects, and must not choose a host."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence


def safe_name(name: str) -> str:
    """Return a name without anything that could mean something to Ansible."""
    return re.sub(r"[^\w.-]", "_", name)


def unique_names(wished: Sequence[str], ids: Sequence[str], is_free: Callable[[str, str], bool]) -> list[str]:
    """Return what to call each meeting, by what is `wished` and by their IDs, so that none hides another host.

    `is_free` tells whether nothing but the meeting with an ID has a name. The ID itself is always free.
    """
    often = Counter(wished)
    names: dict[str, None] = {}
    for name, conference_id in zip(wished, ids):
        if name != conference_id and often[name] > 1:
            name = f"{name}_{conference_id}"
        while name in names or not (name == conference_id or is_free(name, conference_id)):
            name = f"{name}_{conference_id}"
        names[name] = None
    return list(names)
