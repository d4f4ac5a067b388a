# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of a CSV file, whichever separator a spreadsheet has put between the values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from .list_columns import AROUND, layout_of

SEPARATORS = ",;\t\uff0c\uff1b|"
# A header typed with a Chinese keyboard may stand above values from a spreadsheet, and the other way round.
_TWINS = {",": "\uff0c", "\uff0c": ",", ";": "\uff1b", "\uff1b": ";"}
SEP_LINE = re.compile(f'"?sep=([{re.escape(SEPARATORS)}])"?[{re.escape(SEPARATORS)}]*\\s*', re.IGNORECASE)
_SAMPLE = 65536  # characters in which the separators are looked for


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends, which are LF, CR LF or CR."""
    return iter(io.StringIO(text, newline=""))


def records_of(text: str, separator: str, after: int = 0) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the records behind so many lines, with the line where each begins; None where its quotes are wrong.

    Values come without blanks around them, and a record without any value is an empty list.
    """
    lines = lines_of(text)
    for _line in range(after):
        next(lines, "")
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    while True:
        begin = after + rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield begin, None
            continue
        cells = [cell.strip(AROUND) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield begin, cells


def header_of(text: str, separators: str, columns: Mapping[str, str]) -> tuple[str, int, list[str]] | None:
    """Return the separator of the first line with values, the number of its last line, and its values.

    The separator is that with which most names are known, then that which is there most often. Returns None where
    the quotes of that line are wrong.
    """
    broken = False
    best: tuple[tuple[int, int], tuple[str, int, list[str]]] | None = None
    for separator in separators:
        lines = lines_of(text[:_SAMPLE])
        rows = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
        try:
            row = next((row for row in rows if any(cell.strip(AROUND) for cell in row)), None)
        except csv.Error:
            broken = True
            continue
        if row is None:
            continue
        names = [cell.strip(AROUND) for cell in row]
        while not names[-1]:
            names.pop()
        rank = (len(layout_of(names, columns).ours), len(names))
        if best is None or rank > best[0]:
            best = rank, (separator, rows.line_num, names)
    return best[1] if best and (best[0][0] or not broken) else None


def body_separator(text: str, separator: str, after: int, width: int) -> str:
    """Return the separator of the values: that of the header, or its other form where that fits more lines."""
    twin = _TWINS.get(separator, separator)
    sample = text[:_SAMPLE]
    if twin == separator or twin not in sample:
        return separator
    fitting = {
        mark: sum(1 for _place, cells in records_of(sample, mark, after) if cells and len(cells) == width)
        for mark in (separator, twin)
    }
    return twin if fitting[twin] > fitting[separator] else separator
