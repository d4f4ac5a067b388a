# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every member of the family promises, read from the files: a new module is held to it by being there."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Kind
from tests.conftest import ACTIONS, COLLECTION, MODULES, ROOT, entry_points
from tests.integration.contract import SUBJECTS

GROUP = "huawei_meeting"
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
FILTERS = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("*.py"))
FRAGMENTS = sorted(path.stem for path in (ROOT / "plugins" / "doc_fragments").glob("_*.py"))
PLUGINS = ROOT / "plugins"
PROSE = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*")), *sorted((ROOT / "playbooks").rglob("*.yml"))]
PROSE += sorted(path for path in (ROOT / "roles").rglob("*") if path.suffix in (".md", ".yml"))

every_module = pytest.mark.parametrize("module", MODULES)


def constants(path: Path) -> dict[str, str]:
    """The texts that are assigned to a name anywhere in a file, such as DOCUMENTATION."""
    return {
        node.targets[0].id: node.value.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def part(module: str, name: str) -> Any:
    """DOCUMENTATION, EXAMPLES or RETURN of a module."""
    return yaml.safe_load(constants(PLUGINS / "modules" / f"{module}.py")[name])


def documentation(module: str) -> dict[str, Any]:
    """The documentation of a module with its fragments worked in."""
    document: dict[str, Any] = part(module, "DOCUMENTATION")
    for fragment in document.get("extends_documentation_fragment", []):
        path = PLUGINS / "doc_fragments" / f"{fragment.removeprefix('huawei.meeting.')}.py"
        for key, value in yaml.safe_load(constants(path)["DOCUMENTATION"]).items():
            own = document.setdefault(key, type(value)())
            if isinstance(value, list):
                own.extend(value)
                continue
            for name, entry in value.items():
                own[name] = {**entry, **own.get(name, {})}
    return document


class Captured(Exception):
    """Ends a module where it has told its arguments."""


def arguments(module: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The argument specification that a module hands to Ansible."""

    def capture(_self: AnsibleModule, argument_spec: dict[str, Any], **_options: Any) -> None:
        raise Captured(argument_spec)

    monkeypatch.setattr(AnsibleModule, "__init__", capture)
    with pytest.raises(Captured) as captured:
        importlib.import_module(f"{COLLECTION}.plugins.modules.{module}").main()
    spec: dict[str, dict[str, Any]] = captured.value.args[0]
    return spec


def leaves(returned: Mapping[str, Any], above: str = "") -> dict[str, Mapping[str, Any]]:
    """All documented return values, those inside others too: `results.error.kind`. There is at least one."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, value in returned.items():
        found[f"{above}{name}"] = value
        if "contains" in value:
            found.update(leaves(value["contains"], f"{above}{name}."))
    assert found, f"nothing is documented below {above!r}"
    return found


@every_module
def test_attributes(module: str) -> None:
    attributes = documentation(module)["attributes"]
    for name in ("check_mode", "diff_mode", "idempotent", "action_group"):
        assert attributes[name].get("description"), name
        assert attributes[name].get("support") in ("full", "partial", "none", "N/A"), name
        if attributes[name]["support"] == "partial":
            assert attributes[name].get("details"), f"{name} is partial; say where it is not"
    assert attributes["action_group"]["membership"] == [f"huawei.meeting.{GROUP}"]


def test_action_group() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    assert {name: sorted(members) for name, members in groups.items()} == {GROUP: MODULES}


@every_module
def test_documentation_is_whole(module: str) -> None:
    document = documentation(module)
    assert document["module"] == module
    for key in ("short_description", "description", "version_added", "author", "seealso", "options", "requirements"):
        assert document.get(key), key
    assert document["version_added"] <= yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]


@every_module
def test_returned_values_have_samples(module: str) -> None:
    for name, value in leaves(part(module, "RETURN")).items():
        assert value.get("description"), name
        assert value.get("type"), name
        if "contains" not in value:
            assert value.get("sample") is not None, name
        if "choices" in value:
            assert value["sample"] in value["choices"], name


@every_module
def test_kinds_are_a_closed_set(module: str) -> None:
    kinds = {name: value for name, value in leaves(part(module, "RETURN")).items() if name.endswith("error.kind")}
    assert kinds, "the module does not document its kinds of errors"
    for name, value in kinds.items():
        assert value["choices"] == [kind.value for kind in Kind], name


@every_module
def test_contract_and_examples_for_each_state(module: str) -> None:
    states = documentation(module)["options"].get("state", {}).get("choices", [])
    assert bool(states) == (module in SUBJECTS), "tests/integration/contract.py has a row for each module with a state"
    shown = {task[f"huawei.meeting.{module}"].get("state") for task in part(module, "EXAMPLES")}
    assert set(states) <= shown


@every_module
def test_examples_are_named_and_in_full(module: str) -> None:
    names = [task["name"] for task in part(module, "EXAMPLES")]
    assert names
    assert all(f"huawei.meeting.{module}" in task for task in part(module, "EXAMPLES"))
    assert len(set(names)) == len(names)


@every_module
def test_options_name_their_environment_variables(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = documentation(module)["options"]
    spec = arguments(module, monkeypatch)
    assert set(options) == set(spec)
    assert any("fallback" in entry for entry in spec.values())
    for name, entry in spec.items():
        variables = set(entry["fallback"][1]) if "fallback" in entry else set()
        told = set(re.findall(r"E\((HUAWEI_MEETING_\w+)\)", " ".join(options[name]["description"])))
        assert told == variables, name
        assert variables <= {f"HUAWEI_MEETING_{name.upper()}"}, name


@every_module
def test_secrets_are_not_logged(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = list(_all_arguments(arguments(module, monkeypatch)))
    secrets = [(name, entry) for name, entry in spec if re.search(r"token|pass|secret|key|credential", name)]
    assert secrets
    for name, entry in secrets:
        assert entry.get("no_log") is True, name


def _all_arguments(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The arguments, those inside others too."""
    for name, entry in spec.items():
        yield name, entry
        yield from _all_arguments(entry.get("options") or {})


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_playbooks_are_tested(playbook: str) -> None:
    tests = (ROOT / "tests" / "integration").glob("test_*playbooks.py")
    assert any(f'"{playbook}"' in path.read_text(encoding="utf-8") for path in tests)


def test_each_playbook_and_each_role_has_its_page() -> None:
    """A role by its documentation, from which the site is made, and beside its files; a playbook on the site."""
    for name in ROLES:
        assert (ROOT / "roles" / name / "meta" / "argument_specs.yml").is_file()
        assert f"# huawei.meeting.{name}\n" in (ROOT / "roles" / name / "README.md").read_text(encoding="utf-8")
    index = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))
    (pages,) = [section["toctree"] for section in index["sections"] if section["title"] == "Playbooks"]
    assert sorted(pages) == [f"playbook_{name}" for name in PLAYBOOKS]
    for name in PLAYBOOKS:
        text = (ROOT / "docs" / "docsite" / "rst" / f"playbook_{name}.rst").read_text(encoding="utf-8")
        ((role, entry),) = entry_points()[name]
        assert f"ansible-playbook huawei.meeting.{name}" in text
        assert f":ansplugin:`huawei.meeting.{role}#role`" in text and f"``{entry}``" in text


@pytest.mark.parametrize("name", FILTERS)
def test_filters_are_documented_and_tested(name: str) -> None:
    texts = constants(PLUGINS / "filter" / f"{name}.py")
    document = yaml.safe_load(texts["DOCUMENTATION"])
    assert document["name"] == name
    for key in ("short_description", "description", "version_added", "author", "options"):
        assert document.get(key), key
    examples = yaml.safe_load(texts["EXAMPLES"])
    assert examples and all(task["name"] for task in examples)
    for value, entry in leaves(yaml.safe_load(texts["RETURN"])).items():
        assert entry.get("description") and entry.get("type"), value
    assert (ROOT / "tests" / "unit" / "plugins" / "filter" / f"test_{name}.py").is_file()


def test_what_is_named_exists() -> None:
    """Prose that names huawei.meeting.THING names a plugin, a playbook, a role, or what they have in common."""
    there = {*MODULES, *ACTIONS, *PLAYBOOKS, *ROLES, *FILTERS, *FRAGMENTS, GROUP}
    named: dict[str, str] = {}
    for path in PROSE:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            # Behind ansible_collections it is a label of the documentation site.
            names = re.findall(r"(?<!ansible_collections\.)\bhuawei\.meeting\.([a-z_]+)", text)
            named.update(dict.fromkeys(names, path.name))
    assert {name: where for name, where in named.items() if name not in there} == {}
    assert {*MODULES, *PLAYBOOKS} & set(named)
