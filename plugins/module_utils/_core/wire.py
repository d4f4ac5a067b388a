# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what others wrote: JSON in the service's many shapes, and text that may hold anything."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

_SHAPES = (
    ("error_code", "error_msg"),
    ("errorCode", "errorMsg"),
    ("returnCode", "returnDesc"),
    ("code", "message"),
)


def vendor_error(body: Any, *, success: bool = False, depth: int = 3) -> tuple[str, str]:
    """Return code and message of an error body, `("", "")` where it holds none.

    The service and its gateway use several shapes: `error_code`, `errorCode`, `returnCode` or `code` with their
    messages, or one of these in an object nested up to `depth` deep. A code of 0 means success. In an answer that
    calls itself a `success`, only the unmistakable shapes at its top level are looked at.
    """
    if not isinstance(body, Mapping):
        return "", ""
    for code_key, text_key in _SHAPES[:3] if success else _SHAPES:
        code = body.get(code_key)
        if isinstance(code, (str, int)) and not isinstance(code, bool) and str(code).strip() not in ("", "0"):
            # The sample of the Subscribe answer ends its key with a blank.
            text = body.get(text_key, body.get(f"{text_key} "))
            return printable(str(code), 40), printable(text, 200) if isinstance(text, str) else ""
    for nested in () if success or not depth else body.values():
        if isinstance(nested, Mapping):
            code, text = vendor_error(nested, depth=depth - 1)
            if code:
                return code, text
    return "", ""


def text_of(content: bytes | str) -> str:
    """Return foreign content that should be JSON as text, without the byte order mark and the blanks around it.

    Gateways and proxies that rewrite an answer may put a mark in front, or send it in UTF-16. What cannot be decoded
    is replaced.
    """
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content), "replace")
    return text.strip("\ufeff" + string.whitespace)


def printable(text: str, limit: int) -> str:
    """Return foreign text on one line, without control characters, at most `limit` characters long.

    It is cut between words: a part of a secret could not be recognized and masked any more.
    """
    start = text[: limit * 4]
    line = " ".join("".join(c if c.isprintable() else " " for c in start).split())
    if len(line) <= limit and len(start) == len(text):
        return line
    return f"{line[: limit - 1].rpartition(' ')[0]}…"


def utc_text(moment: datetime) -> str:
    """Return a moment in UTC as results and reports tell it: ISO 8601, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def time_of(written: str) -> str | None:
    """Return a time of the service (`YYYY-MM-DD HH:MM`, taken for UTC) in ISO 8601, None where it is none."""
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return utc_text(datetime.strptime(written, form))
        except ValueError:
            pass
    return None


def text(item: Mapping[str, Any], name: str) -> str:
    """Return a value that is a text or a number, on one line, `""` where it is missing or something else."""
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return printable(value, 1000) if isinstance(value, str) else ""


def number(item: Mapping[str, Any], name: str) -> int | None:
    """Return a value that is a whole number, as such or as text, None where it is missing or something else."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def list_of(value: Any) -> list[Any]:
    """Return a value that is a list, an empty one where it is something else."""
    return value if isinstance(value, list) else []


def texts(body: Any, names: tuple[str, ...]) -> Iterator[str]:
    """Yield all texts with these names, wherever they are in a body."""
    if isinstance(body, Mapping):
        for name, value in body.items():
            if name in names and isinstance(value, str) and value:
                yield value
            else:
                yield from texts(value, names)
