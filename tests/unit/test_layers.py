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
OURS = "ansible_collections.huawei.meeting.plugins"

# The law, by the beginnings of paths below plugins/: what of the collection a file there may import, and which
# libraries. The first that fits counts. `_service` and `_aio` never import each other, and only modules `_ansible`.
LAW: dict[str, tuple[set[str], set[str]]] = {
    "module_utils/_core/": ({"_core"}, set()),
    "module_utils/_service/": ({"_core", "_service"}, {"requests", "urllib3", "websocket"}),
    "module_utils/_aio/": ({"_core", "_aio"}, {"aiohttp"}),
    "module_utils/_ansible/": ({"_core", "_service", "_ansible"}, {"ansible"}),
    "modules/": ({"_ansible", "_service"}, set()),
    "action/": ({"_core", "plugin_utils"}, {"ansible"}),
    "filter/": ({"_core"}, {"ansible"}),
    "inventory/": ({"_core", "_service", "plugin_utils"}, {"ansible"}),
    "plugin_utils/": ({"_core"}, {"ansible", "jinja2"}),
    "doc_fragments/": (set(), set()),
}
# The core takes values and returns values: it has no clock, no file, no socket and no thread.
PURE = {
    *("__future__", "collections", "collections.abc", "dataclasses", "enum", "itertools", "typing"),
    *(
        "base64",
        "binascii",
        "codecs",
        "csv",
        "datetime",
        "email.utils",
        "hashlib",
        "hmac",
        "io",
        "json",
        "re",
        "string",
    ),
    *("unicodedata", "urllib.parse"),
}
FOLDERS = {"requests", "plugins", "module_utils", "plugin_utils", "_core", "_service", "_aio", "_ansible"}
CLOCKS = {"now", "utcnow", "today"}
# A module is documentation and a main(), which calls the face and one verb of the service.
VERBS = 1
SCREEN = 40  # lines

files = sorted(PLUGINS.rglob("*.py"))
utils = sorted(path for path in (PLUGINS / "module_utils").rglob("*.py") if path.name != "__init__.py")
modules = sorted((PLUGINS / "modules").glob("*.py"))
# What runs in Ansible's own process has a file there with its documentation, and nothing else.
actions = [path for path in modules if (PLUGINS / "action" / path.name).exists()]
modules = [path for path in modules if path not in actions]
CONTROLLER = ("action", "filter", "inventory", "plugin_utils")
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
            inside = origin.rpartition(".")[2] in FOLDERS
            yield from (f"{origin}.{alias.name}" for alias in node.names) if inside else [origin]


def split(path: Path) -> tuple[set[str], set[str], set[str]]:
    """Return what a file imports: of the collection, of the standard library, and of other libraries."""
    ours, standard, others = set(), set(), set()
    for name in imports(path):
        if name.startswith(f"{OURS}."):
            ours.add(name.removeprefix(f"{OURS}.").replace(".", "/") + ".py")
        elif name.partition(".")[0] in sys.stdlib_module_names:
            standard.add(name)
        else:
            others.add(name)
    return ours, standard, others


def room_of(name: str) -> str:
    """The room of a file below plugins/: `_core`, `modules`."""
    first, second = name.split("/")[:2]
    return second if first == "module_utils" else first


def problems(path: Path) -> list[str]:
    """What of a file breaks the law."""
    name = path.relative_to(PLUGINS).as_posix()
    law = next((law for prefix, law in LAW.items() if name.startswith(prefix)), None)
    if law is None:
        return [f"{name} lies in no room"]
    rooms, libraries = law
    ours, standard, others = split(path)
    found = [f"{name} imports {one}" for one in sorted(ours) if room_of(one) not in rooms]
    found += [f"{name} imports {one}" for one in sorted(others) if one.partition(".")[0] not in libraries]
    if name.startswith("module_utils/_core/"):
        found += [f"{name} imports {one}, which is not pure" for one in sorted(standard - PURE)]
        read = {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}
        found += [f"{name} looks at the clock" for _one in read & CLOCKS]
    if name.startswith("modules/") and path not in actions:
        found += [f"{name} imports {one}" for one in sorted(standard - {"__future__"})]
        verbs = sorted(one for one in ours if room_of(one) == "_service")
        found += [f"{name} calls more than one verb: {verbs}"] * (len(verbs) > VERBS)
    return found


@pytest.mark.parametrize("path", [path for path in files if path.name != "__init__.py"], ids=name_of)
def test_the_law(path: Path) -> None:
    assert problems(path) == []


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("module_utils/_core/x.py", "import time", "imports time, which is not pure"),
        ("module_utils/_core/x.py", "from .._service.client import Client", "imports module_utils/_service/client.py"),
        ("module_utils/_core/x.py", "import requests", "imports requests"),
        ("module_utils/_core/x.py", "import datetime\ndatetime.datetime.now()", "looks at the clock"),
        ("module_utils/_service/x.py", "from .._aio import http", "imports module_utils/_aio/http.py"),
        ("module_utils/_service/x.py", "from .._ansible import run", "imports module_utils/_ansible/run.py"),
        ("module_utils/_service/x.py", "from ansible.module_utils import basic", "imports ansible.module_utils"),
        ("modules/x.py", f"from {OURS}.module_utils._core.errors import Kind", "imports module_utils/_core/errors.py"),
        ("filter/x.py", f"from {OURS}.module_utils._service import client", "imports module_utils/_service/client.py"),
        ("somewhere/x.py", "import re", "lies in no room"),
    ],
)
def test_the_law_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: str, told: str) -> None:
    """A test that finds nothing must be able to find something."""
    root = tmp_path / "plugins"
    (root / name).parent.mkdir(parents=True)
    (root / name).write_text(line + "\n")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "PLUGINS", root)
    assert any(told in one for one in problems(root / name))


def test_no_circle() -> None:
    """Files that import each other can be neither read nor changed one after the other."""
    needs = {path.relative_to(PLUGINS).as_posix(): split(path)[0] for path in utils}
    assert set().union(*needs.values()) <= set(needs), "a file that there is not"
    order: set[str] = set()
    while len(order) < len(needs):
        free = {name for name, needed in needs.items() if name not in order and needed <= order}
        assert free, f"a circle among {sorted(set(needs) - order)}"
        order |= free


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
        assert not knows or "/_ansible/" in name_of(path), name_of(path)


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


@pytest.mark.parametrize("path", files, ids=name_of)
def test_every_file_is_ready_for_python_3_9(path: Path) -> None:
    """What modules must run on: no `match`, no PEP 604 outside annotations, annotations not evaluated."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 9))
    assert "__future__" in {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def too_large(path: Path) -> list[str]:
    """What of a file is larger than one can take in: the file, a class or a function."""
    text = path.read_text(encoding="utf-8")
    found = ["the file"] * (len(text.splitlines()) > 400)
    for node in ast.walk(ast.parse(text, str(path))):
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        lines = (node.end_lineno or 0) - node.lineno + 1
        is_class = isinstance(node, ast.ClassDef)
        methods = (
            sum(isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) for item in node.body) if is_class else 0
        )
        if lines > (250 if is_class else 40) or methods > 15:
            found.append(node.name)
    return found


@pytest.mark.parametrize("path", [*utils, *controllers, *simulator], ids=name_of)
def test_every_room_is_small(path: Path) -> None:
    """Each subject has a room of its own, so that no class knows all of them. Only the catalogue may grow."""
    assert [one for one in too_large(path) if (path.stem, one) != ("catalogue", "the file")] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1\n" * 400, []),
        ("x = 1\n" * 401, ["the file"]),
        ("def call():\n" + "    x = 1\n" * 39, []),
        ("async def call():\n" + "    x = 1\n" * 40, ["call"]),
        ("class Room:\n" + "    x = 1\n" * 249, []),
        ("class Room:\n" + "    x = 1\n" * 250, ["Room"]),
        ("class Room:\n" + "    def call(self): ...\n" * 15, []),
        ("class Room:\n" + "    def call(self): ...\n" * 16, ["Room"]),
    ],
    ids=["file", "long file", "function", "long function", "class", "long class", "methods", "many methods"],
)
def test_what_is_too_large_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    """A test that finds nothing must be able to find something."""
    path = tmp_path / "x.py"
    path.write_text(text)
    assert too_large(path) == found
