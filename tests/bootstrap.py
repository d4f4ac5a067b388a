# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let ansible-test make its environments where nothing but a package index can be reached.

Into each environment ansible-test first brings pip, with a script that it downloads from a host of its own, and it
hands neither proxies nor what pip is told by variables to what it runs. So its home folder gets a stand-in for the
script where the download cannot be had, and a file with the settings of pip.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

STAND_IN = Path(__file__).resolve().parent / "get_pip.py"
# How long the script of ansible-test is waited for, in seconds.
PATIENCE = 5.0
# A page that a gateway shows to everybody is no script.
PROBE = """
import sys, urllib.request
with urllib.request.build_opener().open(sys.argv[1], timeout=float(sys.argv[2])) as answer:
    sys.exit(answer.read(2) != b"#!")
"""
# Where to look in files of ansible-test, and what ansible-core 2.15 to 2.21 have there.
WHERE = {
    "version": (
        "_internal/python_requirements.py",
        r"""\bpip=['"]([0-9.]+)['"]""",
        ["21.3.1", "23.1.2", "24.2", "25.2"],
    ),
    "address": (
        "_util/target/setup/requirements.py",
        r"""['"](https?://[^'"]*%s[^'"]*)['"]""",
        ["https://ci-files.testing.ansible.com/ansible-test/get-pip-%s.py"],
    ),
    "place": (
        "_util/target/setup/requirements.py",
        r"""['"]~/([^'"]*%s[^'"]*)['"]""",
        [".ansible/test/cache/get_pip_%s.py"],
    ),
}


@dataclass(frozen=True)
class Script:
    """A script that ansible-test brings pip with: whence it downloads it, and where in a home folder it keeps it."""

    address: str
    place: str


def scripts(ansible_test: Path | None) -> list[Script]:
    """Return the scripts that an installed ansible-test may want, the usual one first.

    `ansible_test` is its folder. What cannot be found there is what the supported versions have.
    """
    found = {}
    for name, (file, pattern, known) in WHERE.items():
        text = ""
        if ansible_test:
            with contextlib.suppress(OSError):
                text = (ansible_test / file).read_text(encoding="utf-8")
        found[name] = re.findall(pattern, text) or known
    address, place = found["address"][0], found["place"][0]
    versions = dict.fromkeys(found["version"])
    return [Script(address % version, place % version.replace(".", "_")) for version in versions]


def installed() -> Path | None:
    """Return the folder of the ansible-test that belongs to this Python, None where there is none."""
    found = importlib.util.find_spec("ansible_test")
    return Path(found.origin).parent if found and found.origin else None


def can_be_had(address: str, patience: float = PATIENCE) -> bool:
    """Return whether ansible-test could download a script. `patience`: in seconds, for looking up the host as well."""
    try:
        # In a process without the caller's variables, because ansible-test downloads in one.
        told = subprocess.run(
            [sys.executable, "-c", PROBE, address, str(patience)],
            env={"PATH": os.environ.get("PATH", os.defpath)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return told.returncode == 0


def write(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, as a whole or not: another process may read or write it just now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with open(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


def lay(home: Path, wanted: list[Script], patience: float = PATIENCE) -> list[Path]:
    """Lay the stand-in for each script that is not in a home folder yet, unless the first of them can be had.

    Returns what was laid.
    """
    missing = [script for script in wanted if not (home / script.place).exists()]
    if not missing or can_be_had(missing[0].address, patience):
        return []
    for script in missing:
        write(home / script.place, STAND_IN.read_bytes())
    return [home / script.place for script in missing]


def settings(listed: str, environment: Mapping[str, str], proxies: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the settings that pip needs in a file to do without variables, by section and name.

    `listed` is what `pip config list` says; `proxies` are those to the package index by scheme.
    """
    found: dict[str, dict[str, str]] = {"global": {}}
    given: dict[str, str] = {}
    for section, name, value in re.findall(r"^(\S+)\.([^.=\s]+)=(.*)$", listed, re.M):
        into = given if section == ":env:" else found.setdefault(section, {})
        into[name] = ast.literal_eval(value)
    for section in found.values():  # a variable counts more than any file
        for name in given.keys() & section.keys():
            del section[name]
    found["global"].update(given)
    certificates = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    for name, values in (("proxy", [proxies.get("https", "")]), ("cert", map(environment.get, certificates))):
        value = next(filter(None, values), None)
        if value:
            found["global"].setdefault(name, value)
    return {section: values for section, values in found.items() if values}


def written(sections: Mapping[str, Mapping[str, str]]) -> str:
    """Return settings in the form of a file of pip."""
    lines = []
    for section, values in sections.items():
        lines.append(f"[{section}]")
        lines += ["{} = {}".format(name, value.replace("\n", "\n    ")) for name, value in sorted(values.items())]
    return "\n".join([*lines, ""])


def configure_pip(home: Path, environment: Mapping[str, str]) -> None:
    """Give a home folder what pip is told by files and variables now. Raises CalledProcessError."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    ).stdout
    # Some hosts are reached without the proxy, and pip has no setting for them.
    index = urlsplit(settings(listed, {}, {}).get("global", {}).get("index-url", "")).hostname
    around = bool(index) and urllib.request.proxy_bypass(index or "")
    proxies = {} if around else urllib.request.getproxies()
    write(home / ".config" / "pip" / "pip.conf", written(settings(listed, environment, proxies)).encode())


def prepare(home: Path, environment: Mapping[str, str]) -> None:
    """Prepare a home folder for ansible-test. Raises CalledProcessError.

    `environment` is the one in which pip reaches its index.
    """
    configure_pip(home, environment)
    if lay(home, scripts(installed())):
        print("ansible-test cannot download what it brings pip with: tests/get_pip.py stands in for it", flush=True)
