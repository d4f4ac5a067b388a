# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which meetings become hosts: the filters of an inventory, tried one after the other until one is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.module_utils.parsing.convert_bool import boolean


def read_filters(entries: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return filters as pairs, `include` or `exclude` and its condition. Raises AnsibleParserError."""
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping) or list(entry) not in (["include"], ["exclude"]):
            raise AnsibleParserError(f"filters, entry {number}: it must have one key, `include` or `exclude`")
    return [pair for entry in entries for pair in entry.items()]


def is_wanted(
    filters: Sequence[tuple[str, Any]],
    evaluate: Callable[[str], Any],
    warn: Callable[[str], None],
    strict: bool,
) -> bool:
    """Return whether the filters let a meeting pass, for which `evaluate` tells what comes of a condition.

    Raises AnsibleParserError where one cannot be evaluated and the inventory is `strict`.
    """
    for number, (kind, condition) in enumerate(filters, start=1):
        try:
            if boolean(evaluate(condition) if isinstance(condition, str) else condition):
                return kind == "include"
        except Exception as error:
            if strict:
                raise AnsibleParserError(f"filters, entry {number}: {error}") from None
            warn(
                f"filters, entry {number}: for some meetings, the condition cannot be evaluated, and counts as not "
                "true. With `strict: true` the error is told."
            )
    return not filters or filters[-1][0] == "exclude"
