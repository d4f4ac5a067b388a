# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The admin surface: how people and other processes look into the world and change it. Not part of the API."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from . import fields
from .model import Behaviour, Fault, Meeting
from .world import World

Deed = Callable[[web.Request, World, Any], Any]


def route(application: web.Application, world: World) -> None:
    """Publish the admin surface of a world under /_simulator."""
    deeds: list[tuple[str, str, Deed]] = [
        ("GET", "/log", _log),
        ("DELETE", "/log", _clear_log),
        ("GET", "/meetings", _meetings),
        ("PUT", "/meetings/{conference_id}", _change_meeting),
        ("GET", "/faults", _faults),
        ("POST", "/faults", _plan_fault),
        ("DELETE", "/faults", _clear_faults),
        ("GET", "/behaviour", _behaviour),
        ("PATCH", "/behaviour", _change_behaviour),
        ("POST", "/tokens/{conference_id}", _issue_token),
        ("POST", "/expire", _expire_tokens),
        ("POST", "/access_tokens", _issue_access_token),
        ("DELETE", "/access_tokens", _expire_access_tokens),
    ]
    for method, path, deed in deeds:
        application.router.add_route(method, f"/_simulator{path}", _handler(deed, world))
    application.router.add_route("*", "/_simulator{path:.*}", _handler(_unknown, world))


def _handler(deed: Deed, world: World) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Wrap a deed: JSON in, JSON out, bad input becomes a 400 with a sentence."""

    @functools.wraps(deed)
    async def handle(request: web.Request) -> web.Response:
        try:
            text = (await request.text()).lstrip("\ufeff")
            try:
                document = json.loads(text) if text.strip() else {}
            except ValueError:
                raise ValueError("the body is not JSON") from None
            result = deed(request, world, document)
        except ValueError as error:
            return _json({"error": str(error)}, 400)
        except KeyError as error:
            return _json({"error": f"no meeting {error.args[0]} here"}, 404)
        return web.Response(status=204) if result is None else _json(result)

    return handle


def _json(document: Any, status: int = 200) -> web.Response:
    """Answer with JSON that people can read."""
    text = json.dumps(document, indent=2, default=repr) + "\n"
    return web.Response(status=status, text=text, content_type="application/json")


def shown(record: Any) -> dict[str, Any]:
    """Return the public fields of a record."""
    return {item.name: getattr(record, item.name) for item in dataclasses.fields(record) if item.init}


def _log(request: web.Request, world: World, _document: Any) -> Any:
    """The logged requests, oldest first."""
    query = request.query
    return [dataclasses.asdict(entry) for entry in world.requests(query.get("endpoint"), query.get("conference_id"))]


def _clear_log(_request: web.Request, world: World, _document: Any) -> None:
    """Forget the logged requests."""
    world.log.clear()


def _meetings(_request: web.Request, world: World, _document: Any) -> Any:
    """All meetings."""
    return [shown(meeting) for meeting in list(world.meetings.values())]


def _change_meeting(request: web.Request, world: World, document: Any) -> Any:
    """Create a meeting, or change the fields given."""
    conference_id = request.match_info["conference_id"]
    return shown(world.change(conference_id, fields.checked(Meeting, document, "meeting")))


def _faults(_request: web.Request, world: World, _document: Any) -> Any:
    """The faults still planned."""
    return [shown(fault) for fault in list(world.faults)]


def _plan_fault(_request: web.Request, world: World, document: Any) -> Any:
    """Plan a fault."""
    return shown(world.plan(fields.build(Fault, document, "fault")))


def _clear_faults(_request: web.Request, world: World, _document: Any) -> None:
    """Forget the faults still planned."""
    world.faults.clear()


def _behaviour(_request: web.Request, world: World, _document: Any) -> Any:
    """The site-wide behaviour."""
    return shown(world.behaviour)


def _change_behaviour(_request: web.Request, world: World, document: Any) -> Any:
    """Change the fields given."""
    for name, value in fields.checked(Behaviour, document, "behaviour").items():
        setattr(world.behaviour, name, value)
    return shown(world.behaviour)


def _issue_token(request: web.Request, world: World, _document: Any) -> Any:
    """A control token, as if somebody had fetched it earlier."""
    return {"token": world.issue_token(request.match_info["conference_id"])}


def _expire_tokens(_request: web.Request, world: World, document: Any) -> None:
    """Let the control tokens of one meeting or of all expire now."""
    if not isinstance(document, dict) or set(document) - {"conference_id"}:
        raise ValueError('the body must be empty or {"conference_id": "..."}')
    world.expire_tokens(document.get("conference_id"))


def _issue_access_token(_request: web.Request, world: World, document: Any) -> Any:
    """An access token, as if its user had signed in earlier."""
    if not isinstance(document, dict) or set(document) - {"user_id"}:
        raise ValueError('the body must be empty or {"user_id": "..."}')
    return {"token": world.issue_access_token(document.get("user_id", ""))}


def _expire_access_tokens(_request: web.Request, world: World, _document: Any) -> None:
    """Let all access tokens expire now."""
    world.expire_access_tokens()


def _unknown(request: web.Request, _world: World, _document: Any) -> Any:
    """Say what there is."""
    raise ValueError(f"there is no {request.method} {request.path} here; see tests/simulator/admin.py")
