# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin's options against the one table and the modules' documentation, and which files are its own."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.huawei.meeting.plugins import doc_fragments
from ansible_collections.huawei.meeting.plugins.inventory import huawei_meeting
from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    ENTERPRISE,
    Option,
    environment_variable,
)
from ansible_collections.huawei.meeting.plugins.modules import huawei_meeting_info

TABLE: dict[str, Option] = {**CONNECTION, **ENTERPRISE}
INFO: dict[str, Any] = yaml.safe_load(huawei_meeting_info.DOCUMENTATION)["options"]


def fragment(name: str) -> dict[str, Any]:
    """The options that a documentation fragment of the modules describes."""
    module = importlib.import_module(f"{doc_fragments.__name__}.{name}")
    options: dict[str, Any] = yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION)["options"]
    return options


OPTIONS = {**fragment("_plugin_options"), **yaml.safe_load(huawei_meeting.DOCUMENTATION)["options"]}


def test_the_same_options_as_the_modules() -> None:
    own = {"plugin", "hostnames", "filters"}
    assert set(OPTIONS) == own | TABLE.keys() | INFO.keys()


@pytest.mark.parametrize("name", TABLE)
def test_an_option_is_that_of_the_table(name: str) -> None:
    option, described = TABLE[name], OPTIONS[name]
    assert (described["type"], described.get("default")) == (option.type, option.default)
    assert described["env"] == [{"name": environment_variable(name)}]
    if option.type == "int":
        assert f"from {option.min} to {option.max}" in "".join(described["description"])  # a text or a list


@pytest.mark.parametrize("name", [*TABLE, *INFO])
def test_an_option_is_documented_as_in_the_modules(name: str) -> None:
    of_modules = {**fragment("_connection"), **fragment("_enterprise"), **INFO}[name]
    described = OPTIONS[name]
    assert [described.get(key) for key in ("type", "default")] == [of_modules.get(key) for key in ("type", "default")]
    assert not described.get("required")


def test_what_each_host_has_is_documented() -> None:
    for name, value in huawei_meeting._PLACE.items():
        assert f"C({name}={str(value).lower()})" in huawei_meeting.DOCUMENTATION


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("huawei_meeting.yml", True),
        ("huawei_meeting.yaml", True),
        ("training.huawei_meeting.yml", True),
        ("training.huawei_meeting.yaml", True),
        ("training.yml", False),
        ("huawei_meeting.yml.bak", False),
        ("huawei_meeting.ini", False),
        ("huawei_meeting", False),
    ],
)
def test_which_files_are_its_own(tmp_path: Path, name: str, own: bool) -> None:
    (tmp_path / name).touch()
    assert huawei_meeting.InventoryModule().verify_file(str(tmp_path / name)) is own


def test_a_missing_file_is_none_of_its_own(tmp_path: Path) -> None:
    assert not huawei_meeting.InventoryModule().verify_file(str(tmp_path / "huawei_meeting.yml"))
