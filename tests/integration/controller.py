# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the API of AWX that the modules of awx.awx use to create objects, kept in memory.

It stands in for a controller that no test can start. It knows names, references and associations, hides secrets, and
fills in what AWX fills in, because that is what decides whether a second run changes anything.
"""

from __future__ import annotations

import copy
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ControllerCanary-5417"
HIDDEN = "$encrypted$"
TEMPLATES = ("projects", "inventory_sources", "job_templates", "workflow_job_templates", "workflow_approval_templates")
# The fields that refer to other objects, and where these are.
REFERENCES = {
    "credential": "credentials",
    "credential_type": "credential_types",
    "default_environment": "execution_environments",
    "execution_environment": "execution_environments",
    "inventory": "inventories",
    "organization": "organizations",
    "project": "projects",
    "source_project": "projects",
    "workflow_job_template": "workflow_job_templates",
}
# What an object may be associated with.
LINKS = {
    "job_templates": ("credentials",),
    "workflow_job_template_nodes": ("always_nodes", "failure_nodes", "success_nodes"),
}
Item = dict[str, Any]


class Refused(Exception):
    """A request that gets an error: status and explanation."""


class Controller:
    """A context manager. `items` has all objects, by their endpoint and ID; `secrets` the inputs of credentials."""

    def __init__(self) -> None:
        self.items: dict[str, dict[int, Item]] = {}
        self.links: dict[str, list[int]] = {}  # associations, by their path
        self.surveys: dict[int, Item] = {}
        self.secrets: dict[int, Item] = {}
        self._ids = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"controller": self}))
        self._create("organizations", {"name": "Default"})

    def __enter__(self) -> Controller:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def environment(self) -> dict[str, str]:
        """The environment variables that lead the modules here."""
        return {"CONTROLLER_HOST": f"http://127.0.0.1:{self._server.server_port}", "CONTROLLER_OAUTH_TOKEN": TOKEN}

    def state(self) -> tuple[Any, ...]:
        """Everything there is, to compare with later."""
        return copy.deepcopy((self.items, self.links, self.surveys, self.secrets))

    def named(self, endpoint: str, name: str) -> Item:
        """The object of this name, or of this identifier."""
        (item,) = [i for i in self.items[endpoint].values() if name in (i.get("name"), i.get("identifier"))]
        return item

    def name_of(self, endpoint: str, number: int) -> str:
        """The name of an object, or its identifier."""
        item = self.items[endpoint][number]
        return str(item.get("name") or item["identifier"])

    # ---- requests ----

    def answer(self, method: str, path: str, query: dict[str, str], body: Item) -> tuple[int, Any]:
        """Return status and body. Raises Refused."""
        parts = path.strip("/").split("/")[2:]  # behind /api/v2
        if len(parts) == 1:
            return (200, self._listed(parts[0], query)) if method == "GET" else (201, self._create(parts[0], body))
        endpoint, number = parts[0], int(parts[1])
        if endpoint == "project_updates":
            return 200, {"status": "successful"}
        item = self.items[endpoint][number]
        if len(parts) == 2:
            return 200, self._changed(endpoint, item, body) if method == "PATCH" else item
        if parts[2] == "survey_spec":
            return 200, self.surveys.get(number, {}) if method == "GET" else self.surveys.update({number: body})
        if parts[2] == "create_approval_template":
            return 201, self._approval(item, body)
        if parts[2] not in LINKS.get(endpoint, ()):
            raise Refused(404, "there is no such place")
        links = self.links.setdefault(path, [])
        if method == "GET":
            return 200, _page([{"id": link} for link in links])
        (links.remove if body.get("disassociate") else links.append)(body["id"])
        return 204, None

    def _listed(self, endpoint: str, query: dict[str, str]) -> Item:
        """A list, filtered as asked."""
        several = TEMPLATES if endpoint == "unified_job_templates" else (endpoint,)
        found = [item for name in several for item in self.items.get(name, {}).values()]
        return _page([item for item in found if all(str(item.get(name)) == value for name, value in query.items())])

    def _create(self, endpoint: str, body: Item) -> Item:
        """Create an object."""
        number = next(self._ids)
        url = f"/api/v2/{endpoint}/{number}/"
        item = {"id": number, "type": endpoint.rstrip("s"), "url": url, "related": {}, "summary_fields": {}}
        if endpoint == "projects":
            item |= {"scm_revision": "", "summary_fields": {"current_update": {"id": number}}}
        if endpoint in ("job_templates", "workflow_job_templates"):
            item["related"] = {"survey_spec": f"{url}survey_spec/"}
        if endpoint == "inventory_sources":
            inventory = self.items["inventories"].get(body.get("inventory", 0), {})
            item["organization"] = inventory.get("organization")
        self.items.setdefault(endpoint, {})[number] = item
        return self._changed(endpoint, item, body)

    def _changed(self, endpoint: str, item: Item, body: Item) -> Item:
        """Change an object, and fill in what AWX fills in."""
        for name, where in REFERENCES.items():
            if body.get(name) is not None and body[name] not in self.items.get(where, {}):
                raise Refused(400, f"{name}: there is no {body[name]}")
        item |= {name: value for name, value in body.items() if name not in ("id", "url", "type")}
        if endpoint == "credential_types":
            item["inputs"]["fields"] = [{"type": "string", **field} for field in item["inputs"]["fields"]]
        if endpoint == "inventories":
            item["kind"] = item.get("kind") or ""
        if endpoint == "credentials" and "inputs" in body:
            fields = self.items["credential_types"][item["credential_type"]]["inputs"]["fields"]
            secret = {field["id"] for field in fields if field.get("secret")}
            self.secrets[item["id"]] = body["inputs"]
            item["inputs"] = {name: HIDDEN if name in secret else value for name, value in body["inputs"].items()}
        return item

    def _approval(self, node: Item, body: Item) -> Item:
        """Make a node of a workflow ask for an approval."""
        item = self._create("workflow_approval_templates", body)
        node["unified_job_template"] = item["id"]
        node["related"] = {"unified_job_template": item["url"]}
        return item


def _page(results: list[Item]) -> Item:
    return {"count": len(results), "next": None, "results": results}


class _Handler(BaseHTTPRequestHandler):
    controller: Controller

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        try:
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                raise Refused(401, "who is that?")
            status, answer = self.controller.answer(self.command, parts.path, query, body)
        except Refused as refused:
            status, answer = refused.args[0], {"detail": refused.args[1]}
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _serve

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""
