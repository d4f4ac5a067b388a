# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the checkout importable as ``ansible_collections.huawei.meeting``, as Ansible itself would; and the order."""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COLLECTION = "ansible_collections.huawei.meeting"
# What runs in Ansible's own process is documented beside the modules, and takes none of their options.
ACTIONS = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("*.py"))
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem not in ACTIONS)


def entry_points() -> dict[str, list[tuple[str, str]]]:
    """The entry points of the roles that each playbook brings in: role and name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "playbooks").glob("*.yml")):
        plays = yaml.safe_load(path.read_text(encoding="utf-8"))
        roles = [task.get("ansible.builtin.import_role") for play in plays for task in play["tasks"]]
        found[path.stem] = [
            (role["name"].removeprefix("huawei.meeting."), role.get("tasks_from", "main")) for role in roles if role
        ]
    return found


def _mount(name: str, path: Path | None) -> None:
    """Give the package ``name`` a place in ``sys.modules``, unless something (ansible-test) provides it already."""
    try:
        importlib.import_module(name)
    except ImportError:
        package = types.ModuleType(name)
        package.__path__ = [str(path)] if path else []
        sys.modules[name] = package
        parent, dot, child = name.rpartition(".")
        if dot:
            setattr(sys.modules[parent], child, package)


_mount("ansible_collections", None)
_mount("ansible_collections.huawei", None)
_mount(COLLECTION, ROOT)
if str(ROOT) not in sys.path:  # under ansible-test, so that `tests.simulator` is found there too
    sys.path.insert(0, str(ROOT))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long tests begin first. One that begins last keeps a single core busy while the others have nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def collections_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ANSIBLE_COLLECTIONS_PATH in which the checkout stands as huawei.meeting."""
    path = tmp_path_factory.mktemp("collections")
    home = path / "ansible_collections" / "huawei"
    home.mkdir(parents=True)
    (home / "meeting").symlink_to(ROOT, target_is_directory=True)
    return path
