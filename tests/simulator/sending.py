# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers and frames on their way out over aiohttp, spoilt where a fault wants it."""

from __future__ import annotations

import asyncio
import contextlib
import struct

from aiohttp import web

from . import messages
from .model import Answer, Fault, Outcome, Parcel, Session

_CHUNK = 64 * 1024
_HUGE = 64 * 1024 * 1024
_PING_PAUSE = 0.01  # seconds


async def send_answer(request: web.Request, answer: Answer, fault: Fault | None) -> web.StreamResponse:
    """Send an answer as it is, or the way a fault wants it."""
    if fault is None:
        return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
    if fault.drop:
        return _abort(request)
    body = b"x" * 16 if fault.truncate and not answer.body else answer.body
    length = fault.size if fault.size is not None else len(body)
    if not (fault.truncate or fault.drip or fault.size is not None):
        return web.Response(status=answer.status, body=body, headers=answer.headers)
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = length
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        if fault.truncate:
            await response.write(body[: len(body) // 2])
            if request.transport:
                request.transport.close()
        elif fault.size is not None:
            for start in range(0, length, _CHUNK):
                await response.write(b"x" * min(_CHUNK, length - start))
                await asyncio.sleep(0)  # else the loop never learns that the client has gone
        else:
            for byte in body:
                await response.write(bytes([byte]))
                await asyncio.sleep(fault.drip or 0)
    return response


async def speak(ws: web.WebSocketResponse, request: web.Request, outcome: Outcome, news: asyncio.Event) -> None:
    """Say everything that is to be said on a channel, beginning with what a fault at the login wants."""
    fault = outcome.fault
    if fault and fault.websocket:
        await _misbehave(ws, request, fault)
    if outcome.session:
        await _send_all(ws, request, outcome.session, news)
    elif not (fault and fault.websocket in ("huge", "wrong_types")):  # after these it is for the client to go
        await ws.close()


async def _send_all(ws: web.WebSocketResponse, request: web.Request, session: Session, news: asyncio.Event) -> None:
    """Send a session's outbox, frame by frame, until the channel is closed."""
    while not ws.closed:
        await news.wait()
        news.clear()
        while session.outbox:
            parcel = session.outbox.pop(0)
            if parcel.fault:
                await _spoilt_frame(ws, request, parcel, parcel.fault)
            elif parcel.text is None:
                await ws.close()
                return
            else:
                await ws.send_str(parcel.text)


async def _spoilt_frame(ws: web.WebSocketResponse, request: web.Request, parcel: Parcel, fault: Fault) -> None:
    """Send a frame the way a fault wants it."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.drop:
        _abort(request)
    elif fault.websocket:
        await _misbehave(ws, request, fault)
    elif fault.body is not None:
        text = fault.body if isinstance(fault.body, str) else fault.body.decode(errors="replace")
        await ws.send_str(text)
    elif parcel.text is not None:
        await ws.send_str(parcel.text)


async def _misbehave(ws: web.WebSocketResponse, request: web.Request, fault: Fault) -> None:
    """Send what no client expects on an open channel."""
    if fault.websocket == "close":
        await ws.close()
    elif fault.websocket == "garbage":
        await ws.send_str("\u0000 this is no JSON {")
        await ws.send_bytes(bytes(range(256)))
    elif fault.websocket == "wrong_types":
        for text in messages.WRONG_TYPES:
            await ws.send_str(text)
    elif fault.websocket == "pings":
        while not ws.closed:
            await ws.ping()
            await asyncio.sleep(_PING_PAUSE)
    elif fault.websocket == "huge":
        await _huge_frame(request, fault.size or _HUGE)


async def _huge_frame(request: web.Request, size: int) -> None:
    """Stream one text frame of `size` bytes, written by hand so that it never lies in memory as a whole."""
    transport = request.transport
    if transport is None:
        return
    transport.write(b"\x81\x7f" + struct.pack("!Q", size))
    chunk = b"x" * _CHUNK
    for start in range(0, size, _CHUNK):
        transport.write(chunk[: size - start])
        await asyncio.sleep(0)  # else the loop never learns that the client has gone
        while transport.get_write_buffer_size() > _CHUNK and not transport.is_closing():
            await asyncio.sleep(0.001)
        if transport.is_closing():
            return


def send_garbage(request: web.Request) -> web.Response:
    """Answer a handshake with something that is no HTTP."""
    if request.transport:
        request.transport.write(b"\x00\x01\x02 SSH-2.0-not-http\r\n\r\n")
        request.transport.close()
    return web.Response()


def _abort(request: web.Request) -> web.Response:
    """Close the TCP connection without another byte."""
    if request.transport:
        request.transport.abort()
    return web.Response()
