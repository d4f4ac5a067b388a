# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a run: the client, the sign-in of the enterprise, and what Ctrl-C and SIGTERM do."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .._core.errors import MeetingError
from .._core.options import ENTERPRISE, has_enterprise
from .._core.requests.account import SignIn
from .._core.target import Target
from .._service.account import Account
from .._service.client import Client, Connection
from .arguments import budget
from .masking import MeetingModule
from .output import fail


@contextmanager
def service(
    module: MeetingModule, targets: Sequence[Target] | None = None, parallel: int = 1
) -> Iterator[tuple[Client, Account | None]]:
    """Provide the client of this run, and the enterprise's sign-in where there is one, and close both.

    Signs in first where one of the targets has no credential of its own, or there are no targets at all. Ends the
    module where the CA bundle cannot be loaded or the sign-in fails.

    Ctrl-C and SIGTERM end all waits and keep anything new from being sent, so that the module still reports what
    became of what was sent.
    """
    client = _client(module, parallel)
    # They stay to the end: a signal while the report is written must not cost it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_signal: client.cancel.set())
    account = None
    try:
        if has_enterprise(module.params):
            account = Account(SignIn(**{name: module.params[name] or "" for name in ENTERPRISE}), client)
            if targets is None or any(not (one.token or one.host_password) for one in targets):
                account.sign_in(budget(module))
        yield client, account
    except MeetingError as error:
        fail(module, error.failure)
    finally:
        if account is not None:
            account.close()
        client.close()


@contextmanager
def signed_in(module: MeetingModule) -> Iterator[Account]:
    """Provide the enterprise's sign-in to a module that needs it, as `service` does."""
    with service(module) as (_client, account):
        if account is not None:  # `enterprise_module` has seen to it
            yield account


def _client(module: MeetingModule, parallel: int) -> Client:
    """Return the client of this run; ends the module where the CA bundle cannot be loaded."""
    values = {name: module.params[name] for name in ("api_url", "validate_certs", "ca_path", "timeout")}
    try:
        return Client(Connection(**values), parallel, module.secrets)
    except MeetingError as error:
        fail(module, error.failure)
        raise  # not reached: the module has ended
