# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-test needs where only a package index can be reached: a stand-in for get-pip.py, settings of pip."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.bootstrap import STAND_IN, Script, configure_pip, installed, lay, scripts, settings
from tests.get_pip import bundled

PLACE = ".ansible/test/cache/get_pip_24_2.py"
OTHER = ".ansible/test/cache/get_pip_20_3_4.py"


@contextmanager
def server(status: int, body: bytes) -> Iterator[str]:
    """The address of a script on a server that always gives this answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/get-pip-24.2.py"
        httpd.shutdown()


def laid(home: Path) -> set[str]:
    """All files of a home folder."""
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


# ---- the stand-in


@pytest.mark.parametrize(
    ("status", "body", "stands_in"),
    [
        (200, b"#!/usr/bin/env python\n", False),
        (200, b"<html>Please sign in to this network</html>", True),
        (200, b"", True),
        (404, b"#!/usr/bin/env python\n", True),
        (503, b"", True),
    ],
    ids=["the script", "a page of a gateway", "nothing", "not found", "out of order"],
)
def test_laid_where_the_script_cannot_be_had(tmp_path: Path, status: int, body: bytes, stands_in: bool) -> None:
    with server(status, body) as address:
        lay(tmp_path, [Script(address, PLACE), Script(address, OTHER)], patience=60)
    assert laid(tmp_path) == ({PLACE, OTHER} if stands_in else set())
    for name in laid(tmp_path):
        assert (tmp_path / name).read_bytes() == STAND_IN.read_bytes()


def test_laid_where_nobody_answers(tmp_path: Path) -> None:
    """The host refuses, or takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_address = f"http://127.0.0.1:{silent.getsockname()[1]}/get-pip.py"
        assert lay(tmp_path / "silent", [Script(silent_address, PLACE)], patience=0.5)
    assert lay(tmp_path / "refused", [Script(silent_address, PLACE)], patience=60)


def test_variables_do_not_help_the_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ansible-test downloads without them: what only a proxy reaches, it does not."""
    with server(200, b"#!/usr/bin/env python\n") as proxy:
        for name in ("http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, proxy.rpartition("/")[0])
        assert lay(tmp_path, [Script("http://127.0.0.1:1/get-pip.py", PLACE)], patience=60)


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / PLACE).write_text("the real one")
    assert lay(tmp_path, [Script("http://127.0.0.1:1/", PLACE)]) == []
    assert lay(tmp_path, [Script("http://127.0.0.1:1/", PLACE), Script("http://127.0.0.1:1/", OTHER)])
    assert (tmp_path / PLACE).read_text() == "the real one"
    assert laid(tmp_path) == {PLACE, OTHER}


def test_the_stand_in_brings_pip_as_ansible_test_runs_it(tmp_path: Path) -> None:
    """Into an environment without pip, here from a folder instead of a package index."""
    folder = installed()
    assert folder
    (script,) = lay(tmp_path, [Script("http://127.0.0.1:1/", PLACE)])
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    wheel = bundled()
    wanted = f"pip=={wheel.name.split('-')[1]}"
    offline = ["--no-index", "--find-links", str(wheel.parent)]
    told = subprocess.run(
        [
            *(python, folder / "_util" / "target" / "setup" / "quiet_pip.py"),
            *("--disable-pip-version-check", wanted, "--no-setuptools", "--no-wheel", *offline),
        ],
        env={"PATH": os.defpath, "HOME": str(tmp_path), "GET_PIP": str(script), "PIP_CONFIG_FILE": os.devnull},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check"],
        env={"PATH": os.defpath, "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == [wanted]


# ---- which scripts


def test_the_scripts_are_those_of_the_installed_ansible_test() -> None:
    """Named as that says itself for this Python."""
    ask = (
        "import sys, types; from ansible_test._internal.python_requirements import get_venv_packages;"
        "print(get_venv_packages(types.SimpleNamespace(version='%d.%d' % sys.version_info[:2]))['pip'])"
    )
    version = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    first, *_others = scripts(installed())
    assert first.place == f".ansible/test/cache/get_pip_{version.replace('.', '_')}.py"
    assert first.address.endswith(f"/get-pip-{version}.py")


def test_an_ansible_test_that_is_not_understood_gets_all_that_are_known(tmp_path: Path) -> None:
    """And whatever can be read in its files."""
    known = [script.place for script in scripts(None)]
    assert known == [f".ansible/test/cache/get_pip_{version}.py" for version in ("21_3_1", "23_1_2", "24_2", "25_2")]
    assert scripts(tmp_path) == scripts(None)
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "python_requirements.py").write_text("packages = dict(pip='27.1')\n")
    assert [script.place for script in scripts(tmp_path)] == [".ansible/test/cache/get_pip_27_1.py"]


# ---- the settings of pip

LISTED = """\
:env:.index-url='https://index.example/simple'
global.cert='/etc/ca.pem'
global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'
global.index-url='https://old.example/simple'
install.find-links='/srv/wheels'
install.index-url='https://older.example/simple'
"""


def test_a_variable_counts_more_than_a_file() -> None:
    assert settings(LISTED, {}, {}) == {
        "global": {
            "cert": "/etc/ca.pem",
            "extra-index-url": "\nhttps://one.example/simple\nhttps://two.example/simple",
            "index-url": "https://index.example/simple",
        },
        "install": {"find-links": "/srv/wheels"},
    }


@pytest.mark.parametrize(
    ("listed", "environment", "proxies", "found"),
    [
        ("", {}, {}, {}),
        ("", {"SSL_CERT_FILE": "/s.pem"}, {}, {"cert": "/s.pem"}),
        ("", {"SSL_CERT_FILE": "/s.pem", "REQUESTS_CA_BUNDLE": "/r.pem"}, {}, {"cert": "/r.pem"}),
        ("global.cert='/g.pem'\n", {"SSL_CERT_FILE": "/s.pem"}, {}, {"cert": "/g.pem"}),
        ("", {}, {"https": "http://proxy.example:3128"}, {"proxy": "http://proxy.example:3128"}),
        ("", {}, {"http": "http://proxy.example:3128"}, {}),
        (":env:.proxy='http://mine.example'\n", {}, {"https": "http://p.example"}, {"proxy": "http://mine.example"}),
    ],
)
def test_what_pip_takes_from_the_environment(
    listed: str, environment: dict[str, str], proxies: dict[str, str], found: dict[str, str]
) -> None:
    assert settings(listed, environment, proxies) == ({"global": found} if found else {})


def test_pip_finds_them_without_variables(tmp_path: Path) -> None:
    """It lists the same as before, and nobody else can read what may hold a password."""
    given = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "PIP_INDEX_URL": "https://user:PipCanary%20-1@index.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://one.example/simple\nhttps://two.example/simple",
    }
    home = tmp_path / "home"
    configure_pip(home, given)
    configure_pip(home, given)
    assert laid(home) == {".config/pip/pip.conf"}
    assert (home / ".config/pip/pip.conf").stat().st_mode & 0o077 == 0
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        env={"PATH": os.defpath, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    told = settings(listed, {}, {})["global"]
    assert told["index-url"] == given["PIP_INDEX_URL"]
    assert told["extra-index-url"].split() == given["PIP_EXTRA_INDEX_URL"].split()
