# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may import whom, and what every file of the plugins has."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
UTILS = "ansible_collections.huawei.meeting.plugins.module_utils"

# Rooms: what each may import, of the collection and of others. What is missing here may not exist.
ROOMS = {
    "_errors": set[str](),
    "_state": set[str](),
    "_options": set[str](),
    "_lists": {"_options"},
    "_playbooks": {"_errors", "_options"},
    "_report": set[str](),
    "_secrets": set[str](),
    "_tls": set[str](),
    "_proxy": {"_errors"},
    "_client": {"_errors", "_proxy", "_tls"},
    "_live": {"_errors", "_proxy", "_state", "_tls"},
    "_enterprise": {"_client", "_errors"},
    "_recorder": {"_client", "_enterprise", "_live", "_state", "_errors"},
    "_fleet": {"_client", "_enterprise", "_recorder", "_state"},
    # It makes the values that the recorder takes, and presents what comes back.
    "_module": {"_client", "_enterprise", "_errors", "_live", "_options", "_recorder", "_secrets", "_state"},
}
LIBRARIES = {
    "_client": {"requests", "urllib3"},
    "_live": {"websocket"},
    "_module": {"ansible.module_utils.basic", "ansible.module_utils.common.validation"},
}
# The pure rooms touch neither network nor files nor clock.
STDLIB = {
    "_errors": {"__future__", "collections.abc", "enum", "json", "string", "typing"},
    "_state": {"__future__", "collections", "collections.abc", "dataclasses", "enum", "typing"},
    "_secrets": {"__future__", "base64", "binascii", "collections.abc", "typing"},
    "_options": {
        "__future__",
        "collections.abc",
        "dataclasses",
        "os",
        "re",
        "typing",
        "unicodedata",
        "urllib.parse",
    },
    "_lists": {
        "__future__",
        "codecs",
        "collections",
        "collections.abc",
        "csv",
        "dataclasses",
        "io",
        "re",
        "typing",
        "unicodedata",
    },
    "_playbooks": {"__future__", "collections.abc", "dataclasses", "hashlib", "json", "re", "typing"},
    "_report": {"__future__", "collections", "collections.abc", "typing"},
    "_recorder": {"__future__", "contextlib", "dataclasses", "random", "time"},
    "_fleet": {"__future__", "collections.abc", "threading"},
    "_module": {"__future__", "collections.abc", "contextlib", "os", "signal", "typing"},
}
# What Ansible runs on the control node: filters are pure, the inventory plugin reads lists and nothing else.
CONTROLLER = {
    "action": (
        {"_errors", "_lists", "_options", "_playbooks", "_report"},
        {"ansible", "ansible_collections.huawei.meeting.plugins.plugin_utils.report_forms"},
    ),
    "plugin_utils": (set[str](), {"jinja2"}),
    "filter": (
        {"_lists", "_options", "_report"},
        {
            "ansible.errors",
            "ansible.module_utils.parsing.convert_bool",
            "ansible.utils",
            "ansible.utils.unsafe_proxy",
        },
    ),
    "inventory": ({"_client", "_enterprise", "_errors", "_options", "_secrets"}, {"ansible"}),
}
# A module of the collection is documentation and a main().
OF_A_MODULE = {"_module", "_recorder", "_fleet"}
SCREEN = 40  # lines

files = sorted(PLUGINS.rglob("*.py"))
utils = sorted((PLUGINS / "module_utils").glob("*.py"))
modules = sorted((PLUGINS / "modules").glob("*.py"))
# What runs in Ansible's own process has a file there with its documentation, and nothing else.
actions = [path for path in modules if (PLUGINS / "action" / path.name).exists()]
modules = [path for path in modules if path not in actions]
controllers = sorted(path for folder in CONTROLLER for path in (PLUGINS / folder).glob("*.py"))
simulator = sorted((ROOT / "tests" / "simulator").rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[str]:
    """Yield the full names of all modules that a file imports, wherever in it."""
    package = ["ansible_collections", "huawei", "meeting", *path.relative_to(ROOT).parent.parts]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            # `from package import module` imports the module.
            inside = origin.endswith(("plugins", "module_utils"))
            yield from (f"{origin}.{alias.name}" for alias in node.names) if inside else [origin]


def split(path: Path) -> tuple[set[str], set[str], set[str]]:
    """Return the rooms, the standard library's modules and the other libraries that a file imports."""
    rooms, standard, others = set(), set(), set()
    for name in imports(path):
        if name.startswith(f"{UTILS}."):
            rooms.add(name.removeprefix(f"{UTILS}.").partition(".")[0])
        elif name.partition(".")[0] in sys.stdlib_module_names:
            standard.add(name)
        else:
            others.add(name)
    return rooms, standard, others


def test_every_room_is_in_the_table() -> None:
    assert {path.stem for path in utils if path.stem != "__init__"} == set(ROOMS)


@pytest.mark.parametrize("path", utils, ids=name_of)
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    rooms, standard, others = split(path)
    assert rooms <= ROOMS[path.stem]
    allowed = LIBRARIES.get(path.stem, set())
    assert not {name for name in others if name not in allowed and name.partition(".")[0] not in allowed}
    if path.stem in STDLIB:
        assert standard <= STDLIB[path.stem]


def test_the_table_allows_no_circle_and_nothing_that_is_not_used() -> None:
    for name, allowed in ROOMS.items():
        assert split(PLUGINS / "module_utils" / f"{name}.py")[0] == allowed, name
    order: list[str] = []
    while len(order) < len(ROOMS):
        free = [name for name, needed in ROOMS.items() if name not in order and needed <= set(order)]
        assert free, "a circle"
        order += free


@pytest.mark.parametrize("path", modules, ids=name_of)
def test_a_module_imports_only_what_it_may(path: Path) -> None:
    rooms, standard, others = split(path)
    assert rooms <= OF_A_MODULE
    assert standard <= {"__future__"}
    assert others == set()


@pytest.mark.parametrize("path", controllers, ids=name_of)
def test_a_plugin_of_the_control_node_imports_only_what_it_may(path: Path) -> None:
    rooms, standard, others = split(path)
    may, libraries = CONTROLLER[path.parent.name]
    assert rooms <= may
    assert {name for name in others if name not in libraries and name.partition(".")[0] not in libraries} == set()
    if path.parent.name == "filter":
        assert standard <= {"__future__", "collections", "collections.abc", "csv", "io", "typing"}


@pytest.mark.parametrize("path", actions, ids=name_of)
def test_an_action_is_documented_apart(path: Path) -> None:
    """Where Ansible looks for it."""
    assert [type(node) for node in parsed(path).body] == [ast.ImportFrom, ast.Assign, ast.Assign, ast.Assign]


@pytest.mark.parametrize("path", modules, ids=name_of)
def test_a_module_is_mostly_documentation(path: Path) -> None:
    """Nothing but the three texts and a main() of a screen."""
    lines = 0
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef):
            assert node.name == "main"
            lines = (node.end_lineno or 0) - node.lineno + 1
        elif isinstance(node, ast.Assign):
            assert [target.id for target in node.targets if isinstance(target, ast.Name)][0] in (
                "DOCUMENTATION",
                "EXAMPLES",
                "RETURN",
            )
        else:
            assert isinstance(node, (ast.ImportFrom, ast.If))
    assert 0 < lines <= SCREEN
    assert lines * 4 < len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", sorted((PLUGINS / "doc_fragments").glob("*.py")), ids=name_of)
def test_a_fragment_imports_nothing(path: Path) -> None:
    assert set(imports(path)) <= {"__future__"}


def test_the_simulator_never_imports_the_plugins() -> None:
    """Otherwise both could be wrong together."""
    assert simulator
    for path in simulator:
        for name in imports(path):
            assert "plugins" not in name.split("."), name_of(path)
            assert name.partition(".")[0] != "ansible", name_of(path)


def test_only_the_ansible_side_knows_how_a_module_ends() -> None:
    for path in files:
        text = path.read_text(encoding="utf-8")
        knows = any(word in text for word in ("fail_json", "exit_json", "no_log_values"))
        assert not knows or path.stem == "_module", name_of(path)


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(parsed(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


@pytest.mark.parametrize("path", [*utils, *controllers], ids=name_of)
def test_every_function_and_class_says_what_it_is_for(path: Path) -> None:
    """Constructors of a documented class, and what a derived class puts in place of its base's, may stay without."""
    tree = parsed(path)
    assert ast.get_docstring(tree)
    silent = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            derived = bool(node.bases)
            if not ast.get_docstring(node):
                silent.append(node.name)
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not ast.get_docstring(method):
                    own = method.name.startswith("_") and method.name != "__init__"
                    if method.name != "__init__" and (own or not derived):
                        silent.append(f"{node.name}.{method.name}")
    silent += [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not ast.get_docstring(node)]
    assert silent == []


@pytest.mark.parametrize("path", [*utils, *modules, *controllers], ids=name_of)
def test_every_function_is_typed(path: Path) -> None:
    for node in functions(path):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        bare = [item.arg for item in arguments if item and item.annotation is None and item.arg not in ("self", "cls")]
        assert bare == [], f"{node.name} in line {node.lineno}"
        assert node.returns is not None, f"{node.name} in line {node.lineno}"


@pytest.mark.parametrize("path", [*utils, *modules, *controllers], ids=name_of)
def test_every_function_fits_a_screen(path: Path) -> None:
    for node in functions(path):
        assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} in line {node.lineno}"


@pytest.mark.parametrize("path", files, ids=name_of)
def test_every_file_is_ready_for_python_3_9(path: Path) -> None:
    """What modules must run on: no `match`, no PEP 604 outside annotations, annotations not evaluated."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 9))
    assert "__future__" in {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
