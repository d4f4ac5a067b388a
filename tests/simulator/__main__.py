# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the simulator by hand: rehearse playbooks without an account, a meeting or a bill."""

from __future__ import annotations

import argparse
import logging
import os
import shlex
import shutil
import signal
import sys
import threading
from pathlib import Path

from . import seed
from .server import Simulator
from .world import World


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit status."""
    options = _parser().parse_args(arguments)
    # A client that goes in the middle of an answer is nothing that the console must hear of.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        simulator = Simulator(seed.load(options.seed), port=options.port).start()
    except (OSError, ValueError, OverflowError) as error:
        print(f"The simulator cannot start: {error}", file=sys.stderr)
        return 2
    try:
        environment = _publish(simulator, options.ca_file, options.env_file)
        print(_welcome(simulator, environment), flush=True)
        stopped.wait()
    except OSError as error:
        print(f"The simulator cannot tell where it listens: {error}", file=sys.stderr)
        return 2
    finally:
        simulator.stop()
        if options.env_file:
            options.env_file.unlink(missing_ok=True)
    print(f"\nStopped: {_tally(simulator.world)}.", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="Simulate the recording control of Huawei Cloud Meeting on this machine, over HTTPS and WSS.",
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0, the default, takes a free one")
    parser.add_argument(
        "--seed",
        type=Path,
        default=seed.EXAMPLE,
        metavar="FILE",
        help="behaviour, meetings and faults to start with, YAML or JSON; the default is seed.example.yml",
    )
    parser.add_argument(
        "--ca-file", type=Path, metavar="PATH", help="write the certificate authority there; the file stays"
    )
    parser.add_argument(
        "--env-file",
        type=Path,
        metavar="PATH",
        help="write the environment variables there, NAME=value, once it listens; the file is removed at the end",
    )
    return parser


def _publish(simulator: Simulator, ca_file: Path | None, env_file: Path | None) -> dict[str, str]:
    """Write the files that were asked for; return the environment that leads here."""
    environment = {**simulator.environment(), **simulator.enterprise_environment()}
    if ca_file:
        shutil.copyfile(simulator.ca_file, ca_file)
        environment["HUAWEI_MEETING_CA_PATH"] = str(ca_file.absolute())
    if env_file:
        # Renamed into place, so that whoever waits for the file never reads half of it.
        draft = env_file.with_name(env_file.name + ".draft")
        draft.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in environment.items()))
        os.replace(draft, env_file)
    return environment


def _welcome(simulator: Simulator, environment: dict[str, str]) -> str:
    """Say where it listens, what is there, and how to use it."""
    meetings = simulator.world.meetings.values()
    width = max((len(meeting.host_password) for meeting in meetings), default=0)
    ca_file = shlex.quote(environment["HUAWEI_MEETING_CA_PATH"])
    return "\n".join(
        [
            f"Simulated Huawei Cloud Meeting at {simulator.url}, reachable from this machine only.",
            "",
            "Meetings, each with its host password (all made up, so they may be shown):",
            *(f"  {item.conference_id}  {item.host_password:{width}}  {item.note}".rstrip() for item in meetings),
            "",
            *_users(simulator.world),
            "Lead the collection here, in another terminal:",
            *(f"  export {name}={shlex.quote(value)}" for name, value in environment.items()),
            "",
            "See what arrived, or the meetings as they are now:",
            f"  curl --cacert {ca_file} {simulator.url}/_simulator/log",
            f"  curl --cacert {ca_file} {simulator.url}/_simulator/meetings",
            "",
            "Stop with Ctrl-C.",
        ]
    )


def _users(world: World) -> list[str]:
    """Say who may sign in with the App ID; nothing without an enterprise."""
    if world.enterprise is None:
        return []
    kinds = ("default administrator", "administrator", "ordinary user")
    return [
        "Users who may sign in with the App ID (an empty user_id is the default administrator):",
        *(f'  "{user.user_id}"  {user.name}, {kinds[user.admin_type]}' for user in world.enterprise.users),
        "",
    ]


def _tally(world: World) -> str:
    """Count what arrived."""
    return f"{len(world.requests())} requests arrived, {len(world.writes())} of them to start or stop a recording"


if __name__ == "__main__":
    sys.exit(main())
