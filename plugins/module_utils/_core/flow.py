# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversations with the service that nobody carries yet: generators that yield requests and receive responses.

A shell, blocking or asyncio, sends what is yielded and hands the response back in; a failure is thrown in as a
MeetingError, so that a flow reads as if it had sent the request itself.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple, TypeVar, Union

from .rest import ApiRequest

T = TypeVar("T")


class PasswordLookup(NamedTuple):
    """The wish for the host password of a meeting, which the shell fulfils with the sign-in of the enterprise."""

    conference_id: str


# It receives an ApiResponse for an ApiRequest, and a text for a PasswordLookup.
Flow = Generator[Union[ApiRequest, PasswordLookup], Any, T]
