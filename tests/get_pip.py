# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for get-pip.py: ``python get_pip.py pip==24.2`` installs pip where there is none.

It starts from the wheel that Python keeps for `ensurepip`, and installs what is asked for from the package index that
pip is configured for. `tests/bootstrap.py` lays it where ansible-test looks for the script that it would download.
"""

from __future__ import annotations

import ensurepip
import runpy
import sys
import sysconfig
from pathlib import Path

# What get-pip.py takes beside the arguments of `pip install`. Nothing is installed here that was not asked for.
OWN = {"--no-setuptools", "--no-wheel"}


def bundled() -> Path:
    """Return the wheel of pip that belongs to this Python. Raises SystemExit where a distribution left it out."""
    elsewhere = sysconfig.get_config_var("WHEEL_PKG_DIR")  # some distributions share the wheels
    for folder in [Path(ensurepip.__file__).parent / "_bundled", *([Path(elsewhere)] if elsewhere else [])]:
        for wheel in sorted(folder.glob("pip-*.whl")):
            return wheel
    raise SystemExit(f"pip is unavailable: {sys.executable} has no wheel of it for ensurepip")


def main() -> None:
    """Let the bundled pip install what the arguments ask for. Ends the process as pip does."""
    sys.path.insert(0, str(bundled()))
    wanted = [argument for argument in sys.argv[1:] if argument not in OWN]
    # Forced, because the bundled pip takes itself for installed.
    sys.argv[1:] = ["install", "--upgrade", "--force-reinstall", *wanted]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
