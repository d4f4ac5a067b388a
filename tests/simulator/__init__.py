# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator of the part of the Huawei Cloud Meeting API that this collection uses. It never imports the plugins."""

from .model import Behaviour, Enterprise, Entry, Fault, Meeting, User
from .server import Simulator
from .world import World

__all__ = ["Behaviour", "Enterprise", "Entry", "Fault", "Meeting", "Simulator", "User", "World"]
