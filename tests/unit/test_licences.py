# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every file that can hold a comment says under which licence it is."""

from __future__ import annotations

from tests.run import ROOT, sources

# Prose, data without comments, and what passes through the changelog tool.
WITHOUT = {".csv", ".json", ".md", ".rst"}
EXEMPT = ("LICENSE", "changelogs/changelog.yaml", "changelogs/fragments/")


def test_licence_headers() -> None:
    missing = []
    for path in sources():
        text = (ROOT / path).read_text(encoding="utf-8")
        exempt = path.suffix in WITHOUT or path.as_posix().startswith(EXEMPT) or not text
        if not exempt and "SPDX-License-Identifier: GPL-3.0-or-later" not in "\n".join(text.splitlines()[:8]):
            missing.append(path.as_posix())
    assert not missing
