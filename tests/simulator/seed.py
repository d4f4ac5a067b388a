# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seed files: the behaviour, enterprise, meetings and faults that a simulator starts with, in YAML or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml  # comes with ansible-core

from . import fields
from .model import Behaviour, Enterprise, Fault, Meeting
from .world import World

_PARTS = ("behaviour", "enterprise", "meetings", "faults")

EXAMPLE = Path(__file__).with_name("seed.example.yml")


def load(path: Path) -> World:
    """Return the world that a seed file describes; OSError or ValueError, whose text is a sentence, if it cannot."""
    try:
        return world_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"{path}: not YAML: {getattr(error, 'problem', None) or 'unreadable'}{line}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def world_of(document: Any) -> World:
    """Return the world that the content of a seed file describes."""
    if not isinstance(document, dict):
        raise ValueError(f"the seed must be a mapping with {', '.join(_PARTS)}")
    for name in document:
        if name not in _PARTS:
            raise ValueError(f"{name} is unknown; known are {', '.join(_PARTS)}")
    world = World(fields.build(Behaviour, document.get("behaviour") or {}, "behaviour"))
    if document.get("enterprise") is not None:
        world.enterprise = fields.build(Enterprise, document["enterprise"], "enterprise")
    for where, given in _items(document, "meetings"):
        meeting = fields.build(Meeting, given, where)
        if meeting.conference_id in world.meetings:
            raise ValueError(f"{where}.conference_id {meeting.conference_id} is there twice")
        world.add(meeting)
    for where, given in _items(document, "faults"):
        world.plan(fields.build(Fault, given, where))
    return world


def _items(document: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """Return the members of a list in the seed, each with its name for complaints."""
    given = document.get(name) or []
    if not isinstance(given, list):
        raise ValueError(f"{name} must be a list, not {given!r}")
    return [(f"{name}[{index}]", item) for index, item in enumerate(given)]
