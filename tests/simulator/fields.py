# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dataclasses from JSON or YAML: unknown keys and wrong types become sentences that name the key."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union

Record = TypeVar("Record")

_WORDS: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string (in quotes)",
    bytes: "bytes",
    type(None): "null",
}


def build(cls: type[Record], given: object, where: str) -> Record:
    """Make a `cls` of a mapping read from a file or a request; `where` opens every complaint (ValueError)."""
    values = checked(cls, given, where)
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        no_default = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if field.init and no_default and field.name not in values:
            raise ValueError(f"{where}.{field.name} is missing")
    try:
        return cls(**values)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def checked(cls: type, given: object, where: str) -> dict[str, Any]:
    """Return the values of a mapping, each checked against the field of `cls` with that name."""
    if not isinstance(given, Mapping):
        raise ValueError(f"{where} must be a mapping of names to values, not {given!r}")
    hints = _hints(cls)
    names = [field.name for field in dataclasses.fields(cls) if field.init]
    values = {}
    for name, value in given.items():
        if name not in names:
            raise ValueError(f"{where}.{name} is unknown; known are {', '.join(names)}")
        values[name] = fit(value, hints[name], f"{where}.{name}")
    return values


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields; resolving them takes long."""
    return typing.get_type_hints(cls)


def fit(value: object, hint: Any, where: str) -> Any:
    """Return `value` if it is what the type `hint` wants (a list may stand for a tuple); ValueError if not."""
    if typing.get_origin(hint) is list:  # of records
        if not isinstance(value, list):
            raise ValueError(f"{where} must be a list, not {value!r}")
        return [build(typing.get_args(hint)[0], item, f"{where}[{index}]") for index, item in enumerate(value)]
    candidate = tuple(value) if isinstance(value, list) else value
    if any(_is(candidate, choice) for choice in _choices(hint)):
        return candidate
    raise ValueError(f"{where} must be {_wording(hint)}, not {value!r}")


def _choices(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the type alone."""
    return typing.get_args(hint) if typing.get_origin(hint) in (Union, types.UnionType) else (hint,)


def _is(value: object, hint: Any) -> bool:
    """Tell whether a value has exactly this (not union) type; a whole number may stand for a float."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return value in args
    if origin is dict:
        return isinstance(value, dict) and all(_is(k, args[0]) and _is(v, args[1]) for k, v in value.items())
    if origin is tuple and args[1:] == (...,):
        return isinstance(value, tuple) and all(_is(item, args[0]) for item in value)
    if origin is tuple:
        return isinstance(value, tuple) and len(value) == len(args) and all(map(_is, value, args))
    if hint in (int, float) and isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if hint is float else hint)


def _wording(hint: Any) -> str:
    """Say in words what a type wants."""
    words: list[str] = []
    for choice in _choices(hint):
        origin, args = typing.get_origin(choice), typing.get_args(choice)
        if origin is Literal:
            words += [str(arg) for arg in args]
        elif origin is tuple and args[1:] == (...,):
            words.append(f"a list of items, each {_wording(args[0])}")
        elif origin is tuple:
            words.append("a list of " + " and ".join(_wording(arg) for arg in args))
        else:
            words.append("a mapping" if origin is dict else _WORDS[choice])
    return " or ".join(words)
