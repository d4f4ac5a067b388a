# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong: one frozen value for a failure, and the one exception that carries it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypedDict


class Kind(str, Enum):
    """The closed set of failure kinds that playbooks may compare with."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    NOT_RECORDABLE = "not_recordable"
    NOBODY_THERE = "nobody_there"
    QUOTA = "quota"
    LOCKED = "locked"
    THROTTLED = "throttled"
    SERVICE = "service"
    TRANSPORT = "transport"
    TLS = "tls"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN_OUTCOME = "unknown_outcome"
    USAGE = "usage"


class Recovery(Enum):
    """What the collection may do by itself about an error."""

    FAIL = "tell the user; the same task would fail again"
    RETRY_LATER = "tell the user; the same task may succeed later"
    REAUTHENTICATE = "sign in anew once, then repeat once"
    RETRY = "the request was surely not carried out and the fault may pass: repeat it after a pause"
    VERIFY = "the fault may pass, but a write may have been carried out: look before repeating a write"
    ACCEPTED = "not a failure: the write is being carried out"


class ErrorDict(TypedDict):
    """The `error` of a result, for programs."""

    code: str
    kind: str
    operation: str
    detail: str
    http_status: int | None
    request_id: str
    retryable: bool
    hint: str


@dataclass(frozen=True)
class Failure:
    """What went wrong, and what may be done about it. Who knows more of it makes a changed copy.

    `detail` is what came back and `hint` what to do, each a sentence without the full stop. `operation` is what was
    attempted, as in "start the recording of meeting 914047751", and is filled in by the room that knows. `meeting` is
    `ended` or `not_started` where the answer says so without doubt. `waited` counts the seconds spent on repeating, and
    `date` is when the service answered by its own clock, as the header says it.
    """

    kind: Kind
    detail: str
    hint: str
    operation: str = ""
    code: str = ""
    http_status: int | None = None
    request_id: str = ""
    recovery: Recovery = Recovery.FAIL
    meeting: str = ""
    waited: float = 0.0
    date: str = ""

    @property
    def retryable(self) -> bool:
        """Whether the same task, run again unchanged, has a fair chance."""
        return self.recovery not in (Recovery.FAIL, Recovery.REAUTHENTICATE)

    def has_code(self, *numbers: str) -> bool:
        """Return whether the vendor's code is one of these, given without their prefix, which differs by document."""
        return self.code.endswith(numbers)

    def but(self, **changes: Any) -> Failure:
        """Return this failure with some of its values changed."""
        return replace(self, **changes)

    def __str__(self) -> str:
        """Return what was tried, what came back, how long was waited and what to do."""
        parts = [f"Could not {self.operation}: {self.detail}." if self.operation else f"{self.detail}."]
        if self.waited >= 0.1:
            parts.append(f"Gave up after waiting {self.waited:.1f} s.")
        parts.append(f"{self.hint}.")
        if self.request_id:
            parts.append(f"Request ID {self.request_id}.")
        return " ".join(parts)

    def as_dict(self) -> ErrorDict:
        """Return the `error` value of a module's result."""
        return {
            "code": self.code,
            "kind": self.kind.value,
            "operation": self.operation,
            "detail": self.detail,
            "http_status": self.http_status,
            "request_id": self.request_id,
            "retryable": self.retryable,
            "hint": self.hint,
        }


class MeetingError(Exception):
    """A failure on its way to whoever can do something about it. It is never changed: another one is raised instead."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure
