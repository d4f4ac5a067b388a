# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text in the bytes of a file, whichever encoding a spreadsheet has given it."""

from __future__ import annotations

import codecs
import re

_SAMPLE = 65536  # bytes in which the encoding is looked for
SAVE = "save it as CSV UTF-8"
_SIGNATURES = {
    b"PK\x03\x04": f"the file is an Excel workbook and no CSV file; {SAVE}",
    b"\xd0\xcf\x11\xe0": f"the file is an Excel workbook and no CSV file; {SAVE}",
    b"$ANSIBLE_VAULT;": "the file is encrypted with ansible-vault, and was not decrypted before it was read",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(source: bytes | bytearray | str) -> tuple[str, str, int]:
    """Return the text of a file, why it has none, and the line of that."""
    if isinstance(source, str):
        try:
            data = source.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # text that never was in a file
            return source.lstrip("\ufeff"), "", 1
    else:
        data = bytes(source)
    for signature, fault in _SIGNATURES.items():
        if data.startswith(signature):
            return "", fault, 1
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded_as(data, encoding)
    if encoding := _wide(data):
        return _decoded_as(data, encoding)
    try:
        return data.decode("utf-8").lstrip("\ufeff"), "", 1
    except UnicodeDecodeError as error:
        place = _line_behind(data[: error.start].decode("latin-1"))
    if _is_mostly_utf8(data):
        return "", f"the file is UTF-8, but not in this line; {SAVE}", place
    try:
        text = data.decode("gb18030").lstrip("\ufeff")
    except UnicodeDecodeError:
        text = ""
    if not _is_chinese(text):
        return "", f"the file is neither UTF-8 nor GB18030; {SAVE}", place
    return text, "", 1


def _decoded_as(data: bytes, encoding: str) -> tuple[str, str, int]:
    """Return the same for bytes that are surely in an encoding."""
    if encoding != "utf-8" and len(data) % 2 and data.endswith(b"\0"):
        data = data[:-1]  # half of a line end, whose other half was stripped
    try:
        return data.decode(encoding).lstrip("\ufeff"), "", 1
    except UnicodeDecodeError as error:
        place = _line_behind(data[: error.start].decode(encoding, "replace"))
        return "", f"the file is {encoding[:6].upper()}, but not in this line; {SAVE}", place


def _line_behind(text: str) -> int:
    """Return the number of the line in which a text ends."""
    return len(re.findall(r"\r\n?|\n", text)) + 1


def _wide(data: bytes) -> str:
    """Return the form of UTF-16 that a file without a mark has, `""` if it has none.

    Separators, digits and line ends have a zero byte each, always the first one or always the second one. Others have
    some, such as the Chinese number one.
    """
    sample = data[:_SAMPLE]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if max(first, second) < max(4, len(sample) / 10) or max(first, second) < 3 * min(first, second):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def _is_mostly_utf8(data: bytes) -> bool:
    """Return whether bytes are UTF-8 with a few wrong ones. Others have hardly a character that is right in UTF-8."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for character in text if character > "\x7f") - wrong
    return right > 2 * wrong


def _is_chinese(text: str) -> bool:
    """Return whether a text that was read as GB18030 may be meant so.

    The umlauts of western files make pairs with the ASCII letters behind them, which GB18030 has for rare characters.
    """
    foreign = set(re.findall(r"[^\x00-\x7f]", text))
    return any(character.encode("gb18030", "replace")[1:2] > b"\x7f" for character in foreign)
