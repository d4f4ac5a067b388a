# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tokens the world has given out, and every secret it has ever known. Pure; lifetimes in seconds."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Grant:
    """A token, what it is good for, and until when (seconds since the epoch)."""

    token: str
    conference_id: str
    expires: float
    role: int = 1  # 1 host, 0 guest


@dataclass(slots=True)
class Access:
    """An access token, whose it is, and until when (seconds since the epoch)."""

    token: str
    user_id: str
    expires: float


class Tokens:
    """Control tokens live for a while, WebSocket login tokens for one use."""

    def __init__(self, clock: Callable[[], float], rng: random.Random) -> None:
        """Start without any."""
        self.secrets: set[str] = set()
        self._clock = clock
        self._rng = rng
        self._control: dict[str, Grant] = {}
        self._login: dict[str, Grant] = {}

    def secret(self) -> str:
        """Make a secret that looks like the vendor's tokens but opens nothing."""
        secret = f"cnr{self._rng.getrandbits(192):048x}"
        self.secrets.add(secret)
        return secret

    def forms(self) -> set[str]:
        """Return every secret, as it is and in base64."""
        return self.secrets | {base64.b64encode(secret.encode()).decode() for secret in self.secrets}

    def issue(self, conference_id: str, lifetime: float, role: int) -> Grant:
        """Make a control token."""
        grant = Grant(self.secret(), conference_id, self._clock() + lifetime, role)
        self._control[grant.token] = grant
        return grant

    def grant(self, token: str, conference_id: str) -> Grant | None:
        """Return what a control token is good for if it is valid for this meeting now."""
        grant = self._control.get(token)
        if grant is None or grant.conference_id != conference_id or grant.expires <= self._clock():
            return None
        return grant

    def withdraw(self, grant: Grant) -> None:
        """Let one control token be refused from now on."""
        del self._control[grant.token]

    def expire(self, conference_id: str | None) -> None:
        """Let the control tokens of a meeting (None: of all) be refused from now on."""
        self._control = {
            token: grant for token, grant in self._control.items() if conference_id not in (None, grant.conference_id)
        }

    def issue_login(self, conference_id: str, lifetime: float) -> str:
        """Make a WebSocket login token."""
        grant = Grant(self.secret(), conference_id, self._clock() + lifetime)
        self._login[grant.token] = grant
        return grant.token

    def log_in(self, token: str, conference_id: str | None) -> bool:
        """Use up a WebSocket login token; tell whether it was good for this meeting."""
        grant = self._login.pop(token, None)
        return grant is not None and grant.conference_id == conference_id and grant.expires > self._clock()


class AccessTokens:
    """Access tokens of the users of an enterprise: each user has a limited number, the newest."""

    def __init__(self, tokens: Tokens, clock: Callable[[], float]) -> None:
        """Start without any; `tokens` makes them and remembers them as secrets."""
        self._tokens = tokens
        self._clock = clock
        self._valid: dict[str, Access] = {}  # oldest first
        self._pushed_out: set[str] = set()

    def issue(self, user_id: str, lifetime: float, limit: int) -> Access:
        """Make an access token; whatever exceeds the user's limit is pushed out, the oldest first."""
        access = Access(self._tokens.secret(), user_id, self._clock() + lifetime)
        live = self._live(user_id)
        for old in live[: max(0, len(live) + 1 - limit)]:
            self._pushed_out.add(old.token)
            del self._valid[old.token]
        self._valid[access.token] = access
        return access

    def find(self, token: str) -> Access | None:
        """Return what an access token is good for if it is valid now."""
        access = self._valid.get(token)
        return access if access and access.expires > self._clock() else None

    def was_pushed_out(self, token: str) -> bool:
        """Tell whether an access token gave way to a newer one."""
        return token in self._pushed_out

    def withdraw(self, access: Access) -> None:
        """Let one access token be refused from now on."""
        del self._valid[access.token]

    def expire(self) -> None:
        """Let every access token be refused from now on."""
        self._valid.clear()

    def live(self, user_id: str) -> int:
        """Return how many valid access tokens a user has now."""
        return len(self._live(user_id))

    def _live(self, user_id: str) -> list[Access]:
        """Return the valid access tokens of a user, oldest first."""
        return [item for item in self._valid.values() if item.user_id == user_id and item.expires > self._clock()]
