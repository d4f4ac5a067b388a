# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sockets that keep to a deadline, and the one context that makes them."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.huawei.meeting.plugins.module_utils._service.sockets import attempt, problem_with_ca, trust
from tests.unit.plugins.peers import Authority, Listener, drip

SHORT = 0.3  # seconds


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def connected(authority: Authority, listener: Listener) -> Iterator[ssl.SSLSocket]:
    """A TLS connection of ours, with a time-out of its own that no test reaches."""
    tls = trust(True, str(authority.file), "")
    with (
        socket.create_connection(("127.0.0.1", listener.port), 30) as plain,
        tls.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped,
    ):
        yield wrapped


def echo(connection: socket.socket) -> None:
    while chunk := connection.recv(1000):
        connection.sendall(chunk)


def test_a_context_is_strict_unless_told_otherwise(authority: Authority) -> None:
    strict, lax = trust(True, str(authority.file), ""), trust(False, None, "")
    assert (strict.verify_mode, strict.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert (lax.verify_mode, lax.check_hostname) == (ssl.CERT_NONE, False)
    assert strict.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_ca_file_takes_the_place_of_all_others(authority: Authority) -> None:
    assert len(trust(True, str(authority.file), "").get_ca_certs()) == 1


def test_what_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        trust(True, str(tmp_path / "missing.pem"), "")


def test_it_is_known_whether_anything_was_sent(authority: Authority) -> None:
    """A handshake does not count: it carries nothing of ours."""
    with Listener(echo, authority.server()) as listener, attempt(time.monotonic() + 5) as this:
        with connected(authority, listener) as ours:
            seen = [this.sent]
            ours.sendall(b"x")
            seen.append(this.sent)
            with attempt(time.monotonic() + 5) as inner:
                assert ours.recv(1) == b"x"
                seen.append(inner.sent)
        seen.append(this.sent)
    assert seen == [False, True, False, True]


def test_a_failed_handshake_has_sent_nothing(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    with Listener(echo, other.server()) as listener, attempt(time.monotonic() + 5) as this:
        with pytest.raises(ssl.SSLCertVerificationError), connected(authority, listener):
            pass
        assert not this.sent


def test_reading_ends_at_the_deadline_although_each_byte_is_in_time(authority: Authority) -> None:
    with Listener(drip(b"x" * 200), authority.server()) as listener, connected(authority, listener) as ours:
        ours.sendall(b"GET / HTTP/1.1\r\n\r\n")
        began = time.monotonic()
        with pytest.raises(TimeoutError), attempt(began + SHORT):
            while ours.recv(10):
                pass
        assert time.monotonic() - began < 10 * SHORT


def test_writing_ends_at_the_deadline_although_the_peer_does_not_read(authority: Authority) -> None:
    over = threading.Event()
    with Listener(lambda connection: over.wait(10), authority.server()) as listener:
        with connected(authority, listener) as ours:
            began = time.monotonic()
            with pytest.raises(TimeoutError), attempt(began + SHORT):
                ours.sendall(b"x" * 50_000_000)
            assert time.monotonic() - began < 10 * SHORT
        over.set()


def test_past_the_deadline_nothing_is_read_or_sent(authority: Authority) -> None:
    with (
        Listener(echo, authority.server()) as listener,
        connected(authority, listener) as ours,
        attempt(time.monotonic() - 1) as this,
    ):
        for deed in (lambda: ours.sendall(b"x"), lambda: ours.recv(1), lambda: ours.recv_into(bytearray(1))):
            with pytest.raises(TimeoutError):
                deed()
        assert not this.sent


def test_an_attempt_is_that_of_its_thread_alone(authority: Authority) -> None:
    with Listener(echo, authority.server()) as listener, connected(authority, listener) as ours:
        heard: list[bytes] = []

        def use() -> None:
            ours.sendall(b"x")
            heard.append(ours.recv(1))

        with attempt(time.monotonic() - 1) as this:
            thread = threading.Thread(target=use)
            thread.start()
            thread.join()
        assert (heard, this.sent) == ([b"x"], False)


def test_a_bundle_that_is_not_there(tmp_path: Path) -> None:
    assert problem_with_ca(str(tmp_path)) == ""
    for missing in (tmp_path / "missing.pem", tmp_path / "no" / "folder", tmp_path / "a\nb"):
        sentence = problem_with_ca(str(missing))
        assert sentence.startswith("`ca_path` ")
