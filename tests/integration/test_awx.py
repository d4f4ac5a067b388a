# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of playbooks/awx: that they fit together and fit the collection, and that the playbook creates them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from jinja2 import StrictUndefined, sandbox

from ansible_collections.huawei.meeting.plugins.doc_fragments._waiting import ModuleDocFragment
from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    PREFIX,
    WAITING,
    environment_variable,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.playbooks import variables_of
from tests.conftest import ROOT
from tests.integration.ansible import Ansible, Run
from tests.integration.awx import AWX, PROJECT, Dumper, awx_collection, injected, objects
from tests.integration.controller import HIDDEN, TOKEN, Controller

OBJECTS = objects()
(TYPE,) = OBJECTS["controller_credential_types"]
FIELDS = {field["id"]: field for field in TYPE["inputs"]["fields"]}
TEMPLATES = {template["name"]: template for template in OBJECTS["controller_templates"]}
NODES = OBJECTS["controller_workflow_nodes"]
WAYS = ("success_nodes", "failure_nodes", "always_nodes")
TABLE = {**CONNECTION, **CREDENTIALS, **ENTERPRISE, **WAITING}
OPTIONS = {name: option for name, option in TABLE.items() if option.environment}
# A path is of no use in a container, so the certificates themselves are asked for.
FIELD_OF = {name: name for name in OPTIONS} | {"ca_path": "ca_certificates"}
PLAYBOOKS = ROOT / "playbooks"

every_template = pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))


# ---- the credential type ----


def test_each_option_has_its_variable_and_its_field(tmp_path: Path) -> None:
    assert set(TYPE["injectors"]["env"]) == {environment_variable(name) for name in OPTIONS}
    assert set(FIELDS) == set(FIELD_OF.values())
    given = {name: f"value of {name}" for name in FIELDS}
    variables = injected(TYPE, given, tmp_path)
    path = variables.pop(environment_variable("ca_path"))
    assert Path(path).read_text() == given["ca_certificates"]
    assert variables == {environment_variable(name): given[name] for name in OPTIONS if name != "ca_path"}


def test_secret_fields_are_those_of_secret_options() -> None:
    secret = {name for name, option in OPTIONS.items() if option.secret}
    assert {name for name, field in FIELDS.items() if field.get("secret")} == secret


def test_what_is_not_given_is_empty(tmp_path: Path) -> None:
    """Empty variables count as not set; a field of type boolean would be false."""
    assert set(injected(TYPE, {}, tmp_path).values()) == {""}
    assert {field["type"] for field in FIELDS.values()} == {"string"}


def test_injectors_name_only_what_there_is() -> None:
    """AWX refuses a type with others."""
    strict = sandbox.ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    known = {**FIELDS, "tower": {"filename": "file"}}
    for template in [*TYPE["injectors"]["env"].values(), *TYPE["injectors"]["file"].values()]:
        strict.from_string(template).render(known)


# ---- the other objects ----


def test_data_file_holds_no_secret() -> None:
    assert not any("inputs" in credential for credential in OBJECTS["controller_credentials"])


def names(kind: str) -> set[str]:
    return {entry["name"] for entry in OBJECTS[f"controller_{kind}"]}


def test_what_is_named_is_there() -> None:
    """Each name that an object refers to is that of another one in the file."""
    kinds = {
        "credential": "credentials",
        "credential_type": "credential_types",
        "default_environment": "execution_environments",
        "execution_environment": "execution_environments",
        "inventory": "inventories",
        "project": "projects",
        "source_project": "projects",
    }
    entries = [entry for name in OBJECTS if name != "controller_organization" for entry in OBJECTS[name]]
    for entry in entries:
        for key, kind in kinds.items():
            assert key not in entry or entry[key] in names(kind), f"{entry}: {key}"
        assert set(entry.get("credentials", [])) <= names("credentials")
        assert entry.get("organization", "Default") == OBJECTS["controller_organization"]
    startable = [name for kind in ("projects", "inventory_sources", "templates", "workflows") for name in names(kind)]
    assert len(startable) == len(set(startable)), "the module for schedules could not tell them apart"
    assert {schedule["unified_job_template"] for schedule in OBJECTS["controller_schedules"]} <= set(startable)


def test_workflows() -> None:
    """Nodes run what is there, and all but one of a workflow are led to: the others would be started at once."""
    for workflow in names("workflows"):
        nodes = {node["identifier"]: node for node in NODES if node["workflow_job_template"] == workflow}
        first, *others = nodes
        assert sorted(target for node in nodes.values() for target in linked(node)) == sorted(others)
        ran = {node["unified_job_template"] for node in nodes.values() if "approval_node" not in node}
        assert ran <= names("templates") | names("inventory_sources")
    assert {node["workflow_job_template"] for node in NODES} == names("workflows")


def linked(node: dict[str, Any]) -> list[str]:
    return [target for way in WAYS for target in node.get(way, [])]


def test_one_workflow_asks_before_it_changes_anything() -> None:
    report, approval, start = (node for node in NODES if node["workflow_job_template"] == "Report, ask and start")
    assert TEMPLATES[report["unified_job_template"]]["playbook"] == "recording_report.yml"
    assert report["failure_nodes"] == [approval["identifier"]] == linked(report)
    assert approval["success_nodes"] == [start["identifier"]] == linked(approval)


def test_slices_do_not_use_up_the_access_tokens() -> None:
    """Each host signs in by itself, and a user has 64."""
    for template in TEMPLATES.values():
        assert template.get("job_slice_count", 1) * template.get("forks", 5) <= 60


@pytest.mark.parametrize("schedule", OBJECTS["controller_schedules"], ids=lambda schedule: schedule["name"])
def test_schedules(schedule: dict[str, Any]) -> None:
    """Of the forms of RFC 5545 AWX takes those with a time zone and an interval; all are turned off at first."""
    form = r"DTSTART;TZID=(\S+):[0-9]{8}T[0-9]{6} RRULE:FREQ=(WEEKLY|MINUTELY);INTERVAL=[0-9]+(;BYDAY=[A-Z,]+)?"
    match = re.fullmatch(form, schedule["rrule"])
    assert match
    ZoneInfo(match[1])
    assert schedule["enabled"] is False


# ---- the project ----


def test_project_has_all_playbooks_and_brings_in_ours() -> None:
    assert {path.name for path in PROJECT.glob("*.yml")} - {"ongoing.huawei_meeting.yml"} == {
        path.name for path in PLAYBOOKS.glob("*.yml")
    }
    for path in PLAYBOOKS.glob("*.yml"):
        ((play),) = yaml.safe_load((PROJECT / path.name).read_text(encoding="utf-8"))
        assert play["ansible.builtin.import_playbook"] == f"huawei.meeting.{path.stem}"


def test_project_has_what_the_objects_name() -> None:
    assert {template["playbook"] for template in TEMPLATES.values()} == {path.name for path in PLAYBOOKS.glob("*.yml")}
    paths = {source["source_path"] for source in OBJECTS["controller_inventory_sources"]}
    paths |= {q["default"] for q in questions() if q["variable"] == "huawei_meeting_csv"}
    for path in paths:
        assert (PROJECT / path).is_file()


# ---- the surveys ----


def questions() -> list[dict[str, Any]]:
    return [question for template in TEMPLATES.values() for question in template["survey_spec"]["spec"]]


@every_template
def test_survey_asks_what_the_playbook_takes(template: dict[str, Any]) -> None:
    asked = {question["variable"] for question in template["survey_spec"]["spec"]}
    name = Path(template["playbook"]).stem
    used = re.findall(
        r"huawei_meeting_\w+", re.sub(r"(^| )#.*", "", (PLAYBOOKS / f"{name}.yml").read_text(), flags=re.M)
    )
    assert asked <= {f"{PREFIX}{one}" for one in variables_of(name)}.union(used)


@every_template
def test_survey_is_one_that_awx_takes(template: dict[str, Any]) -> None:
    assert template["survey_enabled"]
    survey = template["survey_spec"]
    assert isinstance(survey["name"], str) and isinstance(survey["description"], str)
    types = {"text": str, "password": str, "integer": int, "multiplechoice": str}
    for question in survey["spec"]:
        assert {"question_name", "variable", "type", "required"} <= set(question)
        if question["type"] == "password":
            assert "default" not in question, "it would come back encrypted, and differ each time"
        elif not question["required"]:
            assert isinstance(question["default"], types[question["type"]])
        assert question.get("default") in question.get("choices", [question.get("default")])


def test_choices_are_those_of_the_modules() -> None:
    options = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    choices = {q["variable"]: q["choices"] for q in questions() if "choices" in q}
    truth = ("huawei_meeting_accept_unconfirmed", "huawei_meeting_allow_empty")
    assert choices == {"huawei_meeting_live_state": options["live_state"]["choices"]} | dict.fromkeys(
        truth, ["false", "true"]
    )


# ---- the playbook that creates them ----

SECRETS = {"app_id": "app", "app_key": "AppKeyCanary-9032"}


@pytest.fixture
def controller() -> Iterator[Controller]:
    with Controller() as api:
        yield api


@pytest.fixture
def awx(ansible: Ansible, controller: Controller) -> Ansible:
    """Ansible with the collection awx.awx, led to the controller."""
    place = awx_collection()
    if place is None:
        pytest.skip("awx.awx is not there: python tests/fetch_awx.py")
    ansible.environment["ANSIBLE_COLLECTIONS_PATH"] += f":{place}"
    ansible.environment.update(controller.environment())
    (name,) = names("credentials")
    ansible.write("secrets.yml", {"controller_credential_inputs": {name: SECRETS}})
    return ansible


def configure(awx: Ansible, *arguments: str, data: Path = AWX / "objects.yml") -> Run:
    files = ("-e", f"@{data}", "-e", "@secrets.yml")
    run = awx.command("playbook", "huawei.meeting.awx.configure", *files, "-vvv", *arguments)
    run.check_no_traceback()
    assert not run.leaks({"AppKeyCanary", TOKEN})
    return run


@pytest.mark.long
@pytest.mark.timeout(300)
def test_objects_are_created_and_then_left_alone(awx: Ansible, controller: Controller) -> None:
    """A second run changes nothing, unless secrets are to be written anew."""
    first = configure(awx)
    assert first.rc == 0, first.output
    assert all(task.changed for task in first.tasks)
    assert controller.named("credential_types", TYPE["name"])["injectors"] == TYPE["injectors"]
    (credential,) = controller.items["credentials"].values()
    assert credential["inputs"] == {"app_id": "app", "app_key": HIDDEN}
    assert controller.secrets[credential["id"]] == SECRETS
    check_templates(controller)
    check_workflows(controller)
    assert {schedule["name"] for schedule in controller.items["schedules"].values()} == names("schedules")

    before = controller.state()
    second = configure(awx)
    assert second.rc == 0, second.output
    assert not any(task.changed for task in second.tasks), [task.name for task in second.tasks if task.changed]
    assert controller.state() == before


def check_templates(controller: Controller) -> None:
    """Each refers to what the data file names, and has its survey."""
    assert {item["name"] for item in controller.items["job_templates"].values()} == set(TEMPLATES)
    for name, template in TEMPLATES.items():
        item = controller.named("job_templates", name)
        for key, endpoint in (("project", "projects"), ("inventory", "inventories")):
            assert controller.name_of(endpoint, item[key]) == template[key]
        linked = controller.links[f"{item['url']}credentials/"]
        assert [controller.name_of("credentials", number) for number in linked] == template["credentials"]
        assert controller.surveys[item["id"]] == template["survey_spec"]
        plain = ("playbook", "survey_enabled", "job_slice_count", "forks", "allow_simultaneous")
        assert {key: item.get(key) for key in plain} == {key: template.get(key) for key in plain}


def check_workflows(controller: Controller) -> None:
    """Each node runs what the data file names, and leads where it says."""
    for node in NODES:
        item = controller.named("workflow_job_template_nodes", node["identifier"])
        workflow = controller.name_of("workflow_job_templates", item["workflow_job_template"])
        assert workflow == node["workflow_job_template"]
        ran = item["unified_job_template"]
        (endpoint,) = [name for name, items in controller.items.items() if ran in items]
        wanted = node["approval_node"]["name"] if "approval_node" in node else node["unified_job_template"]
        assert controller.name_of(endpoint, ran) == wanted
        for way in WAYS:
            there = controller.links.get(f"{item['url']}{way}/", [])
            assert [controller.name_of("workflow_job_template_nodes", number) for number in there] == node.get(way, [])


def test_values_of_a_credential(awx: Ansible, controller: Controller) -> None:
    """They are written once, anew on demand, and left alone where none are given: somebody may fill them in by hand."""
    data = reduced(awx, "credential_types", "credentials")
    assert configure(awx, data=data).rc == 0
    (credential,) = controller.items["credentials"].values()
    assert controller.secrets[credential["id"]] == SECRETS

    rotated = {**SECRETS, "app_key": "AppKeyCanary-rotated"}
    awx.write("secrets.yml", {"controller_credential_inputs": {credential["name"]: rotated}})
    assert not configure(awx, data=data).task("Credentials").changed
    assert configure(awx, "-e", "controller_update_secrets=true", data=data).task("Credentials").changed
    assert controller.secrets[credential["id"]] == rotated

    awx.write("secrets.yml", {})
    before = controller.state()
    assert configure(awx, "-e", "controller_update_secrets=true", data=data).rc == 0
    assert controller.state() == before


def test_what_a_module_does_not_know_is_not_overlooked(awx: Ansible, controller: Controller) -> None:
    data = reduced(awx, "templates", job_slice_cuont=4)
    run = configure(awx, data=data)
    assert run.rc == 2
    assert "job_slice_cuont" in run.output
    assert "job_templates" not in controller.items


def reduced(awx: Ansible, *kinds: str, **more: Any) -> Path:
    """A data file with some kinds of objects only, and one each of them; `more` is added to all."""
    parts = {f"controller_{kind}": [{**OBJECTS[f"controller_{kind}"][0], **more}] for kind in kinds}
    path = awx.project / "reduced.yml"
    path.write_text(yaml.dump(parts, Dumper=Dumper), encoding="utf-8")
    return path
