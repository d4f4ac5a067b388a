# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in all its forms, as texts: JSON, Markdown, HTML, JUnit, and the variables to try again with.

What people read are templates, in the folder templates; what programs read is made here. All of it is rendered without
Ansible's own templating: the names of meetings are text of other people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&$])")
_NOT_FOR_PROGRAMS = ("sections", "progress")


def rendered(form: str, run: Mapping[str, Any], report: Mapping[str, Any], ended: str, check_mode: bool) -> str:
    """Return a report as the text of a file.

    `form` is the suffix of the file, `run` what the first step of the playbook returned, `report` what `_report` made,
    `ended` the time in ISO 8601. Raises jinja2.TemplateNotFound for a form that there is not.
    """
    values = {"run": run, "report": report, "ended": ended, "check_mode": check_mode}
    return _FORMS[form](values) if form in _FORMS else _page(form, values)


def _page(form: str, values: Mapping[str, Any]) -> str:
    """Return a page for people."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=form == "html",
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    environment.filters["plain"] = _plain
    return environment.get_template(f"report.{form}.j2").render(values)


def _plain(value: object) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", re.sub(r"\s+", " ", str(value)))


def _json(values: Mapping[str, Any]) -> str:
    """Return the report for programs; Chinese stays readable."""
    run = values["run"]
    told = {
        "playbook": run["provenance"]["playbook"],
        "began": run["began"],
        "ended": values["ended"],
        "check_mode": values["check_mode"] or run["mode"] == "audit",
        "provenance": run["provenance"],
        **{key: value for key, value in values["report"].items() if key not in _NOT_FOR_PROGRAMS},
    }
    return json.dumps(told, indent=4, ensure_ascii=False) + "\n"


def _retry(values: Mapping[str, Any]) -> str:
    """Return a file of variables, in YAML, of which JSON is a part."""
    run, retry = values["run"], values["report"]["retry"]
    command = re.sub(r"\s+", " ", run["retry_file"])
    return f"""\
---
# The meetings that may be brought into the wanted state if the same is tried again, of run {run["provenance"]["run"]}.
# To do so, run the same command with this file added:
#   -e {command}
huawei_meeting_only: {json.dumps(retry["only"])}
# What will not change by trying again, and a refused or locked sign-in, which must not be repeated. Put it right first;
# then take its ID into the list above, or run without this file.
huawei_meeting_not_retried: {json.dumps(retry["not_retried"])}
"""


def _junit(values: Mapping[str, Any]) -> str:
    """Return the report as test results in JUnit's form, which CI systems show.

    A deviation is a failure; what could not be found out is an error.
    """
    run, report = values["run"], values["report"]
    suites = ElementTree.Element("testsuites")
    counts = {
        "tests": report["summary"]["total"],
        "failures": report["summary"]["verdicts"].get("deviates", 0),
        "errors": sum(row["bad"] and row["verdict"] != "deviates" for row in report["results"]),
        "skipped": 0,
    }
    suite = _element(suites, "testsuite", name=f"huawei.meeting.{run['name']}", **counts, timestamp=run["began"])
    properties = _element(suite, "properties")
    for name, value in run["provenance"].items():
        told = ", ".join(map(str, value.values())) if isinstance(value, Mapping) else value
        _element(properties, "property", name=name, value=told)
    for row in report["results"]:
        name = f"{row['conference_id']} {row['subject']}".strip()
        case = _element(suite, "testcase", classname=f"recording {row['wanted']}", name=name)
        if row["bad"]:
            tag = "failure" if row["verdict"] == "deviates" else "error"
            kind = (row.get("error") or {}).get("kind") or row["verdict"]
            _element(case, tag, type=kind, message=row["words"])
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _element(parent: ElementTree.Element, tag: str, **attributes: object) -> ElementTree.Element:
    """Return a new element in another one; what XML cannot hold becomes a blank."""
    texts = {name: _NOT_IN_XML.sub(" ", str(value)) for name, value in attributes.items()}
    return ElementTree.SubElement(parent, tag, texts)


# The forms for programs, by the suffixes of their files; all others are pages.
_FORMS = {"json": _json, "xml": _junit, "retry.yml": _retry}
