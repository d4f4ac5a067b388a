# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A failure: what it says, and that nobody changes it."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Failure, Kind, MeetingError

FAILURE = Failure(
    Kind.NOT_RECORDABLE,
    "it said no",
    "Do this",
    operation="start the recording of meeting 914047751",
    code="MMC.111072020",
    http_status=400,
    request_id="id1",
)


def test_it_says_what_was_tried_what_came_back_how_long_was_waited_and_what_to_do() -> None:
    start = "Could not start the recording of meeting 914047751: it said no."
    assert str(FAILURE) == f"{start} Do this. Request ID id1."
    assert str(FAILURE.but(waited=12.34)) == f"{start} Gave up after waiting 12.3 s. Do this. Request ID id1."
    assert str(Failure(Kind.USAGE, "No", "Hint")) == "No. Hint."
    assert str(MeetingError(FAILURE)) == str(FAILURE)


def test_programs_are_told_the_same_in_parts() -> None:
    told = FAILURE.as_dict()
    assert told == {
        "code": "MMC.111072020",
        "kind": "not_recordable",
        "operation": "start the recording of meeting 914047751",
        "detail": "it said no",
        "http_status": 400,
        "request_id": "id1",
        "retryable": False,
        "hint": "Do this",
    }
    assert not isinstance(told["kind"], Kind)


def test_who_knows_more_makes_a_copy() -> None:
    """All meetings of a batch may have the failure of one sign-in."""
    other = FAILURE.but(hint="Do that")
    assert (FAILURE.hint, other.hint, other.detail) == ("Do this", "Do that", "it said no")
    with pytest.raises(dataclasses.FrozenInstanceError):
        FAILURE.hint = "Do something"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("code", "found"), [("MMC.111072020", True), ("111072020", True), ("MMC.1", False), ("", False)]
)
def test_a_code_is_known_without_its_prefix(code: str, found: bool) -> None:
    assert FAILURE.but(code=code).has_code("111070001", "111072020") is found
