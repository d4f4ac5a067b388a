# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every file is under the one licence: by its header, or by REUSE.toml where it can have none."""

from __future__ import annotations

from pathlib import Path

from tests.run import ROOT, sources

HEADER = """\
# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
# Prose and data without comments, licence texts, and what passes through the changelog tool.
WITHOUT = {".csv", ".json", ".md"}
EXEMPT = ("CHANGELOG.rst", "LICENSE", "changelogs/changelog.yaml", "changelogs/fragments/")


def headless() -> list[str]:
    """The files without the header. Comments of RST, Jinja and CSS have other marks in front of the same lines."""
    found = []
    for path in sources():
        text = (ROOT / path).read_text(encoding="utf-8")
        top = "\n".join(text.splitlines()[:8])
        exempt = path.suffix in WITHOUT or path.as_posix().startswith(EXEMPT) or not text
        if not exempt and not all(line.removeprefix("# ") in top for line in HEADER.splitlines()):
            found.append(path.as_posix())
    return found


def test_headers() -> None:
    assert Path("Makefile") in sources()
    assert headless() == []


def test_the_text_of_the_licence_is_where_tools_look_for_it() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert (ROOT / "LICENSES" / "GPL-3.0-or-later.txt").read_text(encoding="utf-8") == text
