# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is secret, and how it is kept out of results: words are masked, structure is not.

Pure: neither network nor files nor clock.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# What is shorter is no secret where the service made it up, and is masked as a word of its own where it was given.
SHORTEST_SECRET = 8
MASK = "*" * 8
# The words in a result, and what the service makes up in it, by the names of the values.
_WORDS = {"msg", "hint", "detail", "operation", "reason", "exception", "subject", "booked_by", "department"}
_MADE_UP = {"code", "request_id", "room_id", "conf_uuid", "conf_mode", "media_types"}


def raw_token(token: str) -> str:
    """Return a control token in its raw form.

    The service takes it raw or as `Basic` with its base64, and people keep either
    (https://support.huaweicloud.com/api-meeting/meeting_21_0027.html). Anything that does not decode stays as it is.
    """
    scheme, _blank, encoded = token.strip().partition(" ")
    if scheme.lower() == "basic" and encoded:
        try:
            return base64.b64decode(encoded.strip(), validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            pass
    return token.strip()


def secret_forms(*secrets: str) -> set[str]:
    """Return all forms in which secrets might turn up somewhere.

    As they are, as they look in a text whose runs of blanks were made one, and in base64, as tokens travel.
    """
    return {
        form
        for secret in secrets
        if secret
        for form in (
            secret,
            " ".join(secret.split()),
            base64.b64encode(secret.encode("utf-8", "replace")).decode(),
        )
        if form
    }


def long_enough(secrets: Iterable[str]) -> set[str]:
    """Return the secrets that nothing else has in it by chance."""
    return {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}


def mask(text: str, forms: Iterable[str]) -> str:
    """Return words with secrets masked, given in all their `forms`.

    A short one is masked where it stands by itself only. What it has in common with our own words and numbers is not
    hidden by masking them, but told: who reads `st********ed` knows the password.
    """
    masked, end = "", 0
    for start, stop in sorted(place for form in forms for place in _places(text, form)):
        if start > end or not masked:
            masked += f"{text[end:start]}{MASK}"
        end = max(end, stop)
    return masked + text[end:]


def _places(text: str, form: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each place in a text where a form of a secret must be masked."""
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        if len(form) >= SHORTEST_SECRET or not (_runs_on(text, start) or _runs_on(text, end)):
            yield start, end
        start = text.find(form, start + 1)


def _runs_on(text: str, place: int) -> bool:
    """Return whether a word or number goes on across a place in a text. Chinese has no blanks, each sign counts."""
    start, stop = place - 1, place + 1
    around = text[start:stop] if place else ""
    return len(around) == 2 and around.isascii() and around.isalnum()


def masked(value: Any, forms: Iterable[str], name: str = "") -> Any:
    """Return a value of a result, called `name`, with secrets masked in its words, and in those of all values in it.

    Words are masked; structure (IDs, states, kinds, times, numbers) is not. What the service makes up, such as request
    IDs, is no words either, but could repeat a secret: one that is too long to be there by chance is masked.
    """
    if isinstance(value, Mapping):
        return {key: masked(item, forms, key) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, forms, name) for item in value]
    if not isinstance(value, str):
        return value
    if name in _WORDS or (name == "conference_id" and not value.isdigit()):  # something was taken for an ID
        return mask(value, forms)
    return mask(value, long_enough(forms)) if name in _MADE_UP else value


class Secrets:
    """The register of what must not be told: what was given, and what was learnt on the way. Safe among threads.

    There is one for a run, and a scope of it for each meeting: to look for the secrets of a thousand meetings in each
    text of a result would take seconds. What is said about a meeting comes from its own answers, so there its own
    secrets are masked, and those of the run in everything.
    """

    def __init__(self, *given: str) -> None:
        self._forms = frozenset(secret_forms(*given))

    def add(self, *given: str) -> None:
        """Keep what was given, and host passwords of meetings: real secrets, whatever their length."""
        # A new set each time: another thread may be looking for the old ones.
        self._forms |= secret_forms(*given)

    def learn(self, *tokens: str) -> None:
        """Keep what the service made up; what is too short to be a secret is not masked anywhere."""
        self._forms |= secret_forms(*long_enough(tokens))

    def scope(self, *given: str) -> Secrets:
        """Return a register of its own for one meeting."""
        return Secrets(*given)

    def __contains__(self, secret: str) -> bool:
        """Return whether this is kept."""
        return secret in self._forms

    def mask(self, words: str) -> str:
        """Return words with secrets masked."""
        return mask(words, self._forms)

    def mask_made_up(self, text: str) -> str:
        """Return what the service made up, such as a request ID, without a secret that it repeats."""
        return mask(text, long_enough(self._forms))

    def masked(self, value: Any) -> Any:
        """Return a value of a result with secrets masked in its words."""
        return masked(value, self._forms)
