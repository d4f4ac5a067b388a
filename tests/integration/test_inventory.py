# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin, asked by ansible-inventory: hosts, groups, filters, cache, credentials, errors.

Several sources in one run keep the tests fast; a name of its own for each source's hosts tells them apart.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.integration.ansible import Ansible, Run, constant
from tests.simulator import Enterprise, Fault, Meeting, Simulator, User

PLUGIN = "huawei.meeting.huawei_meeting"
APP_ID = "inventory-app"
APP_KEY = "InventoryCanary/4471+k"
ALICE = "alice"
SOURCE = "meetings.huawei_meeting.yml"
SIGNED_IN = {"HUAWEI_MEETING_APP_ID": APP_ID, "HUAWEI_MEETING_APP_KEY": APP_KEY}
ONE_LISTING = ["appauth", "online", "logout"]
# A meeting is no machine: what its host has beside the meeting's own values.
PLACE = {"ansible_connection": "local", "ansible_become": False}
RETURNED = yaml.safe_load(constant(ROOT / "plugins" / "modules" / "huawei_meeting_info.py", "RETURN"))["meetings"]


@pytest.fixture(autouse=True)
def office(sim: Simulator) -> None:
    """An enterprise with its administrator, and a user who is none."""
    sim.world.enterprise = Enterprise(APP_ID, APP_KEY, users=[User(), User(ALICE, 2, "Alice")])


def configure(ansible: Ansible, name: str = SOURCE, **options: Any) -> str:
    """Write a configuration of the plugin, and return the name of its file."""
    ansible.write(name, {"plugin": PLUGIN, **options})
    return name


def sources(ansible: Ansible, table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Write a configuration for each entry, with its name in front of its hosts; return the arguments for all."""
    arguments = []
    for name, options in table.items():
        named = {"hostnames": [f"'{name}-' ~ meeting_conference_id"], **options}
        arguments += ["-i", configure(ansible, f"{name}.huawei_meeting.yml", **named)]
    return arguments


def ask(ansible: Ansible, sim: Simulator, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run ansible-inventory signed in by environment variables, and look for secrets everywhere."""
    run = ansible.command("inventory", *arguments, environment=SIGNED_IN if environment is None else environment)
    run.check_no_traceback()
    assert not run.leaks(sim.world.secrets() | {APP_KEY})
    return run


def plain(value: Any) -> Any:
    """What ansible-inventory printed, without the marks that it puts around text of others."""
    if isinstance(value, dict):
        if set(value) == {"__ansible_unsafe"}:
            return value["__ansible_unsafe"]
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def hosts(run: Run) -> dict[str, dict[str, Any]]:
    """The variables of all hosts by name."""
    variables: dict[str, dict[str, Any]] = plain(json.loads(run.stdout)["_meta"])["hostvars"]
    return variables


def members(run: Run, group: str) -> set[str]:
    """The hosts that belong to a group by themselves, not by another group in it."""
    return set(json.loads(run.stdout).get(group, {}).get("hosts", []))


def by_source(run: Run) -> dict[str, list[str]]:
    """The IDs of the meetings that came from each of `sources`."""
    found: dict[str, list[str]] = {}
    for name in hosts(run):
        source, _dash, conference_id = name.partition("-")
        found.setdefault(source, []).append(conference_id)
    return {source: sorted(ids) for source, ids in found.items()}


def endpoints(sim: Simulator, since: int = 0) -> list[str]:
    return [entry.endpoint for entry in sim.world.log[since:]]


# ---- hosts and groups


def test_hosts_and_their_variables(ansible: Ansible, sim: Simulator) -> None:
    """Named by their IDs, typed as documented, and without anything that lets into a meeting."""
    subject = "Unfallverhütung: spring / autumn"
    sim.world.add(
        Meeting(
            "914047751",
            subject=subject,
            start_time=1772442000,
            end_time=1772447400,
            vmr_conference_id="9001",
            conf_mode="RTC",
            auto_record=True,
            attendees=12,
            webinar=True,
        )
    )
    sim.world.add(Meeting("914047752", record_type=1, attendees=0))
    configure(ansible)
    listed = ask(ansible, sim, "-i", SOURCE, "--list")
    assert listed.rc == 0, listed.output
    assert '"ansible_connection": "local"' in listed.stdout, "not as text of other people"
    assert endpoints(sim) == ONE_LISTING
    assert sim.world.access_tokens_live() == 0
    told = hosts(listed)
    assert set(told) == {"914047751", "914047752"}
    assert told["914047751"] == {
        "meeting_conference_id": "914047751",
        "meeting_room_id": "9001",
        "meeting_conf_uuid": "",
        "meeting_subject": subject,
        "meeting_booked_by": "Administrator",
        "meeting_department": "",
        "meeting_state": "ongoing",
        "meeting_start_time": "2026-03-02T09:00:00Z",
        "meeting_end_time": "2026-03-02T10:30:00Z",
        "meeting_record_type": "recording",
        "meeting_recordable": True,
        "meeting_auto_record": True,
        "meeting_conf_mode": "RTC",
        "meeting_webinar": True,
        "meeting_media_types": ["Voice", "Video", "Data"],
        "meeting_attendees": 12,
        **PLACE,
    }
    for variables in told.values():
        assert {name.removeprefix("meeting_") for name in variables.keys() - PLACE} == set(RETURNED["contains"])
        for name, described in RETURNED["contains"].items():
            assert type(variables[f"meeting_{name}"]).__name__ == described["type"], name
    assert (told["914047752"]["meeting_recordable"], told["914047752"]["meeting_attendees"]) == (False, 0)

    one = ask(ansible, sim, "-i", SOURCE, "--host", "914047751")
    assert plain(json.loads(one.stdout)) == told["914047751"]
    graph = ask(ansible, sim, "-i", SOURCE, "--graph", "--vars", "-vvvv")
    assert "|--914047751\n" in graph.stdout
    assert "{meeting_webinar = True}" in graph.stdout


@pytest.fixture
def machines(ansible: Ansible) -> Path:
    """A file that comes to exist when something is contacted or another user is become.

    What is set for all hosts is meant for machines, and holds for meetings as well unless their own variables win.
    """
    trace = ansible.project / "contacted"
    program = ansible.project / "contact"
    program.write_text(f'#!/bin/sh\necho "$@" >> "{trace}"\nexit 1\n')
    program.chmod(0o700)
    (ansible.project / "group_vars").mkdir()
    variables = {
        "ansible_connection": "ssh",
        "ansible_host": "127.0.0.1",
        "ansible_user": "operator",
        "ansible_ssh_executable": str(program),
        "ansible_become": True,
        "ansible_become_exe": str(program),
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    ansible.write("group_vars/all.yml", variables)
    ansible.environment["ANSIBLE_SSH_EXECUTABLE"] = str(program)
    ansible.environment["ANSIBLE_BECOME_ALLOW_SAME_USER"] = "true"  # also where root runs the tests
    return trace


def test_nothing_contacts_a_meeting(ansible: Ansible, sim: Simulator, machines: Path) -> None:
    """To a resolver, an ID of nine digits is the address of a stranger: 914047751 is 54.123.39.7."""
    sim.world.add(Meeting("914047751"))
    cached(ansible)
    for _fresh_then_from_the_cache in range(2):
        for module in ("ping", "setup"):
            run = ansible.command("adhoc", "all", "-i", SOURCE, "-m", module, environment=SIGNED_IN)
            assert run.rc == 0, run.output
    task = {"name": "Ping", "ansible.builtin.ping": {}}
    ways: list[dict[str, Any]] = [{}, {"connection": "ssh", "become": True}]
    for keywords in ways:
        run = ansible.play([task], "-i", SOURCE, hosts="all", environment=SIGNED_IN, **keywords)
        assert run.rc == 0, run.output
    assert endpoints(sim) == ONE_LISTING
    assert not machines.exists(), machines.read_text()


@pytest.mark.parametrize("variable", PLACE)
def test_whoever_wants_it_can_have_another_place(
    ansible: Ansible, sim: Simulator, machines: Path, variable: str
) -> None:
    """compose comes last, and shows that the test above would notice."""
    sim.world.add(Meeting("914047751"))
    configure(ansible, compose={variable: {"ansible_connection": "'ssh'", "ansible_become": "true"}[variable]})
    run = ansible.command("adhoc", "all", "-i", SOURCE, "-m", "ping", environment=SIGNED_IN)
    assert run.rc != 0, run.output
    assert machines.exists()


HOSTILE_NAMES = {
    # subject: the name of its host where its ID is 914047000 and its place in this table
    "Board": "Board",
    "Weekly": "Weekly_914047001",
    "Weekly ": "Weekly_914047002",
    "Weekly_914047001": "Weekly_914047001_914047003",
    "": "914047004",
    "///": "914047005",
    "914047001": "914047001",
    "914047004": "914047004_914047007",
    "localhost": "localhost_914047008",
    "127.0.0.1": "127.0.0.1_914047009",
    "LOCALHOST": "LOCALHOST_914047010",
    "all": "all_914047011",
    "ungrouped": "ungrouped_914047012",
    "web01": "web01_914047013",
    "servers": "servers_914047014",
    "big": "big_914047015",
    "small": "small_914047016",
    "mode_COMMON": "mode_COMMON_914047017",
    "modes": "modes_914047018",
    "Übung: A/B [x]": "Übung__A_B__x_",
    "-e@x !all:&y,~z": "-e_x__all__y__z",
    "\x1b[2Jred": "_2Jred",
    "二 三": "二_三",
}


def test_names_from_subjects(ansible: Ansible, sim: Simulator) -> None:
    """No subject hides another meeting, or passes for another host or a group; the static inventory comes first."""
    names = {}
    for number, (subject, name) in enumerate(HOSTILE_NAMES.items()):
        conference_id = str(914047000 + number)
        sim.world.add(Meeting(conference_id, subject=subject, start_time=1772442000 + 60 * number))
        names[name] = conference_id
    (ansible.project / "static.ini").write_text("[servers]\nweb01\n")
    configure(
        ansible,
        hostnames=["meeting_nonsense", "meeting_room_id", "meeting_subject"],
        groups={"big": "meeting_subject == 'Board'", "small": "meeting_subject != 'Board'"},
        keyed_groups=[{"key": "meeting_conf_mode", "prefix": "mode", "parent_group": "modes"}],
    )
    run = ask(ansible, sim, "-i", "static.ini", "-i", SOURCE, "--list")
    assert "same name" not in run.prose
    assert {name: variables["meeting_conference_id"] for name, variables in hosts(run).items() if variables} == names
    assert members(run, "servers") == {"web01"}
    assert members(run, "big") == {"Board"}
    assert members(run, "small") == names.keys() - {"Board"}
    assert members(run, "mode_COMMON") == names.keys()
    assert [name for name, group in json.loads(run.stdout).items() if "children" in group] == ["all", "modes"]


def test_constructed(ansible: Ansible, sim: Simulator) -> None:
    """compose, groups and keyed_groups work as with any other plugin."""
    sim.world.add(Meeting("914047001", subject="Training 1", attendees=3))
    sim.world.add(Meeting("914047002", subject="Training 2", attendees=300, conf_mode="RTC"))
    sim.world.add(Meeting("914047003", subject="Board", record_type=0))
    configure(
        ansible,
        compose={
            "label": "meeting_subject | upper ~ ' of ' ~ meeting_booked_by",
            "none": "nonsense",
        },
        groups={"crowded": "meeting_attendees > 100", "loud": "label is search('TRAINING')", "never": "nonsense"},
        keyed_groups=[
            {"key": "meeting_conf_mode", "prefix": "mode", "parent_group": "modes"},
            {"key": "meeting_media_types", "prefix": "", "separator": ""},
            {"key": "meeting_attendees", "prefix": "wrong"},
            {"key": "meeting_department", "prefix": "of", "default_value": "nobody"},
        ],
    )
    run = ask(ansible, sim, "-i", SOURCE, "--list")
    training, crowded, board = told = hosts(run)
    assert [told[name]["label"] for name in told] == [
        "TRAINING 1 of Administrator",
        "TRAINING 2 of Administrator",
        "BOARD of Administrator",
    ]
    assert "none" not in told[board]
    assert members(run, "crowded") == {crowded}
    assert members(run, "loud") == {training, crowded}
    assert (members(run, "mode_COMMON"), members(run, "mode_RTC")) == ({training, board}, {crowded})
    assert set(json.loads(run.stdout)["modes"]["children"]) == {"mode_COMMON", "mode_RTC"}
    assert members(run, "Voice") == members(run, "of_nobody") == set(told)
    assert "keyed_groups, entry 3: some meetings are in no group of it" in run.prose
    assert not [group for group in json.loads(run.stdout) if group.startswith(("wrong", "never"))]


# ---- which meetings

TRAINING = {"include": "meeting_subject is search('training', ignorecase=true)"}
BOARD = {"exclude": "'Board' in meeting_subject"}
FILTERS: dict[str, tuple[list[dict[str, Any]], str]] = {
    # the last digits of the meetings that are taken
    "none": ([], "1234"),
    "include": ([TRAINING], "12"),
    "exclude": ([BOARD], "124"),
    "includefirst": ([TRAINING, BOARD], "124"),
    "excludefirst": ([{"exclude": "meeting_attendees > 100"}, TRAINING], "1"),
    "lastinclude": ([BOARD, TRAINING], "12"),
    "rest": ([BOARD, {"include": True}], "124"),
    "nothing": ([{"exclude": True}], ""),
    "booked": ([{"include": "meeting_booked_by == 'Alice'"}], "4"),
    "text": ([{"include": "'yes'"}], "1234"),
    "brokeninclude": ([{"include": "nonsense > 3"}], ""),
    "brokenexclude": ([{"exclude": "nonsense("}, BOARD], "124"),
    "number": ([{"include": "meeting_attendees"}, TRAINING], "12"),
}


def test_filters(ansible: Ansible, sim: Simulator) -> None:
    """The first condition that is true decides; a broken one counts as not true, and is warned of."""
    sim.world.add(Meeting("914047001", subject="Training 1"))
    sim.world.add(Meeting("914047002", subject="training 2", attendees=300))
    sim.world.add(Meeting("914047003", subject="Board training", attendees=0))
    sim.world.change("914047003", {"subject": "Board"})
    sim.world.add(Meeting("914047004", subject="Weekly", owner=ALICE, attendees=7))
    arguments = sources(
        ansible, {name: {"all_users": True, "filters": filters} for name, (filters, _ids) in FILTERS.items()}
    )
    run = ask(ansible, sim, *arguments, "--list")
    assert run.rc == 0, run.output
    wanted = {name: [f"91404700{digit}" for digit in digits] for name, (_filters, digits) in FILTERS.items() if digits}
    assert by_source(run) == wanted
    assert "filters, entry 1: for some meetings, the condition cannot be evaluated" in run.prose


LISTED: dict[str, tuple[dict[str, Any], str]] = {
    "plain": ({}, "14"),
    "all": ({"all_users": True}, "124"),
    "search": ({"all_users": True, "search": "TRAIN"}, "24"),
    "booked": ({"all_users": True, "booked": True}, "1234"),
    "bookedsearch": ({"booked": True, "search": "nobody"}, ""),
    "user": ({"user_id": ALICE}, "2"),
    "alluser": ({"user_id": ALICE, "all_users": True, "booked": True}, "23"),
}


def test_which_meetings_are_listed(ansible: Ansible, sim: Simulator) -> None:
    """Those of the user or of all, on request the booked ones, on request only what the service finds."""
    sim.world.add(Meeting("914047001", subject="Board"))
    sim.world.add(Meeting("914047002", subject="Training 2", owner=ALICE))
    sim.world.add(Meeting("914047003", subject="Weekly", owner=ALICE, state="Schedule"))
    sim.world.add(Meeting("914047004", subject="Training 4"))
    sim.world.add(Meeting("914047005", subject="Training 5", state="Destroyed"))
    arguments = sources(ansible, {name: options for name, (options, _ids) in LISTED.items()})
    run = ask(ansible, sim, *arguments, "--list")
    assert by_source(run) == {
        name: [f"91404700{digit}" for digit in digits] for name, (_options, digits) in LISTED.items() if digits
    }
    assert hosts(run)["booked-914047003"]["meeting_state"] == "not_started"
    assert hosts(run)["booked-914047003"]["meeting_attendees"] is None
    assert run.prose.count("The user is no administrator, so only this user's meetings are listed") == 1
    assert endpoints(sim).count("appauth") == endpoints(sim).count("logout") == len(LISTED)
    assert sim.world.access_tokens_live() == sim.world.access_tokens_live(ALICE) == 0


# ---- what is wrong

STRICT: dict[str, tuple[dict[str, Any], str]] = {
    "filterkey": ({"filters": [{"include": "true"}, {"only": "true"}]}, "filters, entry 2: it must have one key"),
    "filterkeys": ({"filters": [{"include": "true", "exclude": "true"}]}, "filters, entry 1: it must have one key"),
    "filtertext": ({"filters": ["meeting_recordable"]}, "filters, entry 1: it must have one key"),
    "filter": ({"filters": [BOARD, {"include": "nonsense > 3"}]}, "filters, entry 2: "),
    "filternumber": ({"filters": [{"include": "meeting_attendees"}]}, "filters, entry 1: "),
    "hostnames": ({"hostnames": ["nonsense"]}, "hostnames, 'nonsense': "),
    "compose": ({"compose": {"label": "nonsense"}}, "Could not set label for host"),
    "groups": ({"groups": {"never": "nonsense"}}, "to group never"),
    "keyed": ({"keyed_groups": [{"key": "meeting_attendees"}]}, "Invalid group name format"),
}


def test_strict(ansible: Ansible, sim: Simulator) -> None:
    """What cannot be evaluated is an error of its source; the other sources are there."""
    sim.world.add(Meeting("914047001", attendees=7))
    table = {name: {"strict": True, **options} for name, (options, _words) in STRICT.items()}
    run = ask(ansible, sim, *sources(ansible, {**table, "good": {}}), "--list")
    assert run.rc == 0
    assert by_source(run).keys() - STRICT.keys() == {"good"}
    for name, (_options, words) in STRICT.items():
        assert words in run.prose, name
    assert run.prose.count("Unable to parse ") == len(STRICT)


# A template that makes half of a surrogate pair, which no encoding has.
HALF = "{{ '%c' | format(55296) }}"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nosignin": ({"app_id": "", "app_key": ""}, "is missing; give `app_id` and `app_key`, or `access_token`"),
    "noappkey": ({"app_key": ""}, "`app_id` is given without `app_key`"),
    "wrongkey": ({"app_key": "WrongCanary-7756"}, "USG.206010025"),
    "wronguser": ({"user_id": "nobody"}, "USG.206030000"),
    "wrongcorp": ({"corp_id": "807077978"}, "USG.206010025"),
    "refused": ({"app_id": "", "app_key": "", "access_token": "TokenCanary-0042"}, "USG.000000004"),
    "linebreak": ({"access_token": "TokenCanary-0042\nX: 1"}, "`access_token` has characters that cannot travel"),
    "unreachable": ({"api_url": "https://127.0.0.1:1", "retry_timeout": 0}, "127.0.0.1:1"),
    "http": ({"api_url": "http://127.0.0.1:1"}, "only https:// is allowed"),
    "capath": ({"ca_path": "/nonexistent/ca.pem"}, "`ca_path` is '/nonexistent/ca.pem', but there is no such file"),
    "timeout": ({"timeout": 0}, "`timeout` is 0, but must be between 1 and 600 seconds"),
    "search": ({"search": "x" * 129}, "`search` is longer than 128 characters"),
    "numberid": ({"app_id": 5521}, "`app_id` is not a text"),
    "numberkey": ({"app_key": 5521}, "`app_key` is not a text"),
    "numberuser": ({"user_id": 5521.0}, "`user_id` is not a text"),
    "numbercorp": ({"corp_id": datetime.date(2026, 3, 2)}, "`corp_id` is not a text"),
    "numbertoken": ({"access_token": True}, "`access_token` is not a text"),
    "numbersearch": ({"search": 5521}, "`search` is not a text"),
    "listkey": ({"app_key": ["WrongCanary-7756"]}, "`app_key` is not a text"),
    "dictkey": ({"access_token": {"TokenCanary-0042": 1}}, "`access_token` is not a text"),
    "templatekey": ({"app_key": "{{ ['WrongCanary-7756'] }}"}, "`app_key` is not a text"),
    "surrogateid": ({"app_id": HALF}, "`app_id` has characters that are no Unicode"),
    "surrogatekey": ({"app_key": f"WrongCanary-7756{HALF}"}, "`app_key` has characters that are no Unicode"),
    "surrogateuser": ({"user_id": f"x{HALF}"}, "`user_id` has characters that are no Unicode"),
    "surrogatecorp": ({"corp_id": f"{HALF}x"}, "`corp_id` has characters that are no Unicode"),
    "surrogatetoken": (
        {"access_token": f"TokenCanary-0042{HALF}"},
        "`access_token` has characters that are no Unicode",
    ),
    "certs": ({"validate_certs": "ture"}, "`validate_certs` is 'ture', but must be true or false"),
}


def test_errors(ansible: Ansible, sim: Simulator) -> None:
    """Each is one clear message without a secret. Ansible warns and goes on, or fails where it was told to."""
    sim.world.add(Meeting("914047001"))
    # In the file, though people should not keep it there: no message may repeat it.
    table = {name: {"app_id": APP_ID, "app_key": APP_KEY, **options} for name, (options, _words) in WRONG.items()}
    arguments = sources(ansible, table)
    run = ask(ansible, sim, *arguments, "--list", "-vvvv", environment={})
    assert run.rc == 0
    assert "914047001" not in run.output
    for name, (_options, words) in WRONG.items():
        assert words in run.prose, name
    assert "WrongCanary" not in run.output
    assert "TokenCanary" not in run.output
    assert run.prose.count("Unable to parse ") == len(WRONG)
    for setting in ("UNPARSED_FAILED", "ANY_UNPARSED_IS_FAILED"):
        failed = ask(ansible, sim, *arguments[:2], "--list", environment={f"ANSIBLE_INVENTORY_{setting}": "true"})
        assert failed.rc != 0, failed.output
        assert WRONG["nosignin"][1] in failed.prose


def test_a_clock_that_is_wrong(ansible: Ansible, sim: Simulator) -> None:
    sim.world.behaviour.clock_skew = 3600
    configure(ansible)
    run = ask(ansible, sim, "-i", SOURCE, "--list")
    assert "USG.206010057" in run.prose
    assert "clock" in run.prose
    assert endpoints(sim) == ["appauth"]


def test_empty_and_misspelt_variables(ansible: Ansible, sim: Simulator) -> None:
    """An empty variable is not set; what is no truth value does not switch the check of certificates off."""
    sim.world.add(Meeting("914047001"))
    configure(ansible)
    names = ("VALIDATE_CERTS", "TIMEOUT", "RETRY_TIMEOUT", "USER_ID", "CORP_ID", "ACCESS_TOKEN")
    empty = {**SIGNED_IN, **{f"HUAWEI_MEETING_{name}": "" for name in names}}
    assert set(hosts(ask(ansible, sim, "-i", SOURCE, "--list", environment=empty))) == {"914047001"}
    for certs in ("", "ture"):
        astray = {**SIGNED_IN, "HUAWEI_MEETING_VALIDATE_CERTS": certs, "HUAWEI_MEETING_CA_PATH": ""}
        run = ask(ansible, sim, "-i", SOURCE, "--list", environment=astray)
        assert not hosts(run)
        assert ("is not trusted" if not certs else "`validate_certs` is 'ture'") in run.prose
    unchecked = {**SIGNED_IN, "HUAWEI_MEETING_VALIDATE_CERTS": "no", "HUAWEI_MEETING_CA_PATH": ""}
    assert hosts(ask(ansible, sim, "-i", SOURCE, "--list", environment=unchecked))


def test_a_number_that_yaml_reads_in_another_way(ansible: Ansible, sim: Simulator) -> None:
    """Without quotes, 042517 is 17743 to YAML: not sent, and not told."""
    configure(ansible)
    with (ansible.project / SOURCE).open("a") as file:
        file.write("app_key: 042517\n")
    run = ask(ansible, sim, "-i", SOURCE, "--list", "-vvvv")
    assert "`app_key` is not a text" in run.prose
    assert "put it into quotes" in run.prose
    assert "17743" not in run.output
    assert sim.world.log == []


@pytest.mark.parametrize("name", ["app_id", "app_key", "user_id", "corp_id", "access_token"])
def test_bytes_in_the_environment_that_are_no_text(ansible: Ansible, sim: Simulator, name: str) -> None:
    configure(ansible)
    environment = {**SIGNED_IN, f"HUAWEI_MEETING_{name.upper()}": "BytesCanary\udcff"}
    run = ask(ansible, sim, "-i", SOURCE, "--list", environment=environment)
    assert f"`{name}` has characters that are no Unicode" in run.prose, run.output
    assert "BytesCanary" not in run.output
    assert sim.world.log == []


@pytest.mark.parametrize("name", ["api_url", "ca_path", "timeout", "validate_certs"])
def test_bytes_that_are_no_connection(ansible: Ansible, sim: Simulator, name: str) -> None:
    """Ansible's own message or the plugin's: it names the option, and nothing is sent."""
    configure(ansible)
    environment = {**SIGNED_IN, f"HUAWEI_MEETING_{name.upper()}": "/srv\udcff"}
    run = ask(ansible, sim, "-i", SOURCE, "--list", environment=environment)
    assert name in run.prose, run.output
    assert sim.world.log == []


def test_half_a_character_to_search_for(ansible: Ansible, sim: Simulator) -> None:
    """Whether it is the YAML reader that refuses it, or the plugin."""
    configure(ansible)
    with (ansible.project / SOURCE).open("a") as file:
        file.write('search: "\\ud800"\n')
    run = ask(ansible, sim, "-i", SOURCE, "--list")
    assert (
        "`search` has characters that are no Unicode" in run.prose
        or "invalid Unicode character escape code" in run.prose
    )
    assert sim.world.log == []


# ---- credentials


def test_credentials_from_templates_and_vault(ansible: Ansible, sim: Simulator) -> None:
    """From a look-up, from an encrypted value, from an encrypted file, or as a ready access token."""
    sim.world.add(Meeting("914047001"))
    (ansible.project / "vault-password").write_text("opens the vault\n")
    vault = ("--vault-password-file", "vault-password")
    encrypted = ansible.command("vault", "encrypt_string", APP_KEY, "--name", "app_key", *vault)
    assert encrypted.rc == 0, encrypted.output
    fetch = "{{{{ lookup('ansible.builtin.env', '{}') }}}}"
    arguments = sources(
        ansible,
        {
            "lookup": {"app_id": fetch.format("MY_ID"), "app_key": fetch.format("MY_KEY"), "user_id": "{{ none }}"},
            "inline": {"app_id": APP_ID},
            "file": {"app_id": APP_ID, "app_key": APP_KEY},
            "token": {"access_token": fetch.format("MY_TOKEN")},
        },
    )
    with (ansible.project / "inline.huawei_meeting.yml").open("a") as file:
        file.write(encrypted.stdout)
    sealed = ansible.command("vault", "encrypt", "file.huawei_meeting.yml", *vault)
    assert sealed.rc == 0, sealed.output
    for name in ("inline", "file"):
        assert APP_KEY not in (ansible.project / f"{name}.huawei_meeting.yml").read_text()
    mine = {"MY_ID": APP_ID, "MY_KEY": APP_KEY, "MY_TOKEN": sim.world.issue_access_token()}
    run = ask(ansible, sim, *arguments, *vault, "--list", "-v", environment=mine)
    told = run.stdout[run.stdout.index("{\n") :]
    names = {name.partition("-")[0] for name in json.loads(told)["_meta"]["hostvars"]}
    assert names == {"lookup", "inline", "file", "token"}, run.output
    assert endpoints(sim).count("appauth") == 3
    assert sim.world.access_tokens_live() == 1, "a token that was given is not revoked"


# ---- cache


def cached(ansible: Ansible, **options: Any) -> None:
    """Write a configuration that caches in a folder where secrets are looked for."""
    configure(ansible, cache=True, cache_plugin="jsonfile", cache_connection=str(ansible.home / "cache"), **options)


def test_cache(ansible: Ansible, sim: Simulator) -> None:
    """The second run sends nothing and says the same, until the cache is flushed."""
    sim.world.add(Meeting("914047001", subject="Ünïcode {{ 7 * 7 }}"))
    cached(
        ansible, keyed_groups=[{"key": "meeting_conf_mode", "prefix": "mode"}], compose={"x": "'x' ~ meeting_subject"}
    )
    first = ask(ansible, sim, "-i", SOURCE, "--list")
    assert set(hosts(first)) == {"914047001"}
    (cache,) = (ansible.home / "cache").iterdir()
    sim.world.add(Meeting("914047002"))
    second = ask(ansible, sim, "-i", SOURCE, "--list")
    assert second.stdout == first.stdout
    assert endpoints(sim) == ONE_LISTING

    ansible.write("play.yml", [{"hosts": "all", "gather_facts": False, "tasks": []}])
    flushed = ansible.command(
        "playbook", "-i", SOURCE, "play.yml", "--list-hosts", "--flush-cache", environment=SIGNED_IN
    )
    assert flushed.rc == 0, flushed.output
    assert "914047002" in flushed.stdout
    assert endpoints(sim) == ONE_LISTING * 2
    third = ask(ansible, sim, "-i", SOURCE, "--list")
    assert set(hosts(third)) == {"914047001", "914047002"}
    assert endpoints(sim) == ONE_LISTING * 2

    cache.write_text("{broken")
    broken = ask(ansible, sim, "-i", SOURCE, "--list")
    assert broken.prose.count("was corrupt, or did not otherwise contain valid data") >= 1
    assert set(hosts(ask(ansible, sim, "-i", SOURCE, "--list"))) == {"914047001", "914047002"}


def test_cache_expires(ansible: Ansible, sim: Simulator) -> None:
    cached(ansible, cache_timeout=1)
    ask(ansible, sim, "-i", SOURCE, "--list")
    sim.world.add(Meeting("914047001"))
    time.sleep(1.1)
    assert set(hosts(ask(ansible, sim, "-i", SOURCE, "--list"))) == {"914047001"}
    assert endpoints(sim) == ONE_LISTING * 2


def test_cache_answers_what_was_asked(ansible: Ansible, sim: Simulator) -> None:
    """Whoever asks for something else, or is somebody else, does not get the old answer."""
    sim.world.add(Meeting("914047001", subject="Board"))
    sim.world.add(Meeting("914047002", subject="Training", owner=ALICE))
    sim.world.add(Meeting("914047003", subject="Weekly", state="Schedule"))
    token = sim.world.issue_access_token(ALICE)
    asked: list[tuple[dict[str, Any], str]] = [
        ({}, "1"),
        ({"all_users": True}, "12"),
        ({"all_users": True, "search": "train"}, "2"),
        ({"booked": True}, "13"),
        ({"user_id": ALICE}, "2"),
        ({"access_token": token}, "2"),
    ]
    for options, digits in [*asked, asked[0]]:
        cached(ansible, **options)
        run = ask(ansible, sim, "-i", SOURCE, "--list")
        assert sorted(hosts(run)) == [f"91404700{digit}" for digit in digits], options
    assert endpoints(sim).count("online") == len(asked)


def test_an_error_is_not_cached_and_repeats_no_secret(ansible: Ansible, sim: Simulator) -> None:
    """A service that repeats the access tokens, learnt or given, is masked; the next run lists the meetings."""
    sim.world.add(Meeting("914047001"))
    learnt, given = "LearntCanary-8830", sim.world.issue_access_token()
    sim.world.plan(Fault("appauth", body=json.dumps({"accessToken": learnt, "user": {"adminType": 0}})))
    for token in (learnt, given):
        sim.world.plan(
            Fault("online", status=400, body=json.dumps({"error_code": "MMC.1", "error_msg": f"no {token}"}))
        )
    cached(ansible)
    arguments = sources(ansible, {"given": {"access_token": given, "app_id": "", "app_key": ""}})
    run = ask(ansible, sim, "-i", SOURCE, *arguments, "--list")
    assert run.prose.count("Could not list the meetings: the service answered HTTP 400 with MMC.1") >= 2
    assert run.prose.count("(no ********)") >= 2
    assert not run.leaks({learnt})
    assert set(hosts(ask(ansible, sim, "-i", SOURCE, "--list"))) == {"914047001"}


# ---- text of other people


def hostile(canary: str) -> list[str]:
    """Texts that do harm where anything evaluates them; `canary` is a file that comes to exist then."""
    touch = f"lookup('pipe', 'touch {canary}')"
    return [
        f"{{{{ {touch} }}}}",
        f"{{% for x in [1] %}}{{{{ {touch} }}}}{{% endfor %}}",
        "{# note #}{{ ''.__class__ }}",
        "!unsafe {{ 7 * 7 }}",
        f'{{"__ansible_unsafe": "{{{{ {touch} }}}}"}}',
        f"['x', {touch}]",
        "{'a': 1}",
        "[1, 2]",
        "True",
        "{{ omit }}",
        "{{ unfinished",
        "$ANSIBLE_VAULT;1.1;AES256",
        "#jinja2: variable_start_string: '[%' {{ 7 * 7 }}",
        '<script>alert(1)</script>|`x` **y** & "z"',
        "\x1b[31mred\x1b]0;title\x07 {{ 7 * 7 }}",
        "two\r\nlines {{ 7 * 7 }}\u2028\u202e",
    ]


def readable(text: str) -> str:
    """A text as the collection passes it on: on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def infest(sim: Simulator, canary: str) -> dict[str, str]:
    """Let the service list meetings all of whose texts are hostile; return what is to be read of them by ID."""
    texts = {str(914047000 + number): text for number, text in enumerate(hostile(canary))}
    listed = []
    for conference_id, text in texts.items():
        sim.world.add(Meeting(conference_id, subject=text))
        names = ("subject", "scheduserName", "deptName", "confMode", "confUUID", "vmrConferenceID", "mediaTypes")
        listed.append({"conferenceID": conference_id, "conferenceState": "Created", **dict.fromkeys(names, text)})
    page = {"offset": 0, "limit": 500, "count": len(listed), "data": listed}
    sim.world.plan(Fault("online", times=None, body=json.dumps(page)))
    return {conference_id: readable(text) for conference_id, text in texts.items()}


# Whatever a configuration can do with the texts.
TEMPTING: dict[str, Any] = {
    "all_users": True,
    "hostnames": ["meeting_subject"],
    "compose": {"label": "'x' ~ meeting_subject", "deep": "{'texts': ['x' ~ meeting_department]}"},
    "groups": {"pipes": "'lookup' in meeting_subject"},
    "keyed_groups": [
        {"key": "meeting_department", "prefix": "of", "parent_group": "{{ meeting_booked_by }}"},
        {"key": "meeting_subject", "prefix": "", "separator": ""},
        {"key": "meeting_media_types", "prefix": "media"},
    ],
    "filters": [{"exclude": "meeting_subject == meeting_conference_id"}, {"include": "label is undefined"}],
}
# Whatever a play can do with them, once more evaluating what came of it.
SAY = [
    "{{ meeting_conference_id }}",
    "<{{ meeting_subject }}>",
    "<{{ label }}>",
    "<{{ outer }}>",
    "<{{ deep.texts[0] }}>",
    "<{{ hostvars[inventory_hostname].meeting_department }}>",
]
REPEAT = [
    "{{ meeting_conference_id }}",
    "<{{ kept }}>",
    "<{{ nested.texts[0] }}>",
    "<{{ hostvars[inventory_hostname].kept }}>",
    "<{{ seen.msg[2] }}>",
    "<{{ group_names | length > 0 }}>",
]
TASKS: list[dict[str, Any]] = [
    {"name": "Say", "debug": {"msg": SAY}, "register": "seen"},
    {"name": "Keep", "set_fact": {"kept": "{{ label }}", "nested": {"texts": ["{{ label }}"]}}},
    {"name": "Repeat", "debug": {"msg": REPEAT}, "when": ["label is search('^x')", "kept == label"]},
    {"name": "About {{ label }}", "debug": {"var": "label"}, "loop": "{{ [label, groups, group_names] }}"},
    {"name": "Check", "assert": {"that": "kept == label", "success_msg": "{{ label }}"}},
    {"name": "List", "huawei.meeting.huawei_meeting_info": {}, "register": "info", "run_once": True},
    {
        "name": "Gather",
        "set_fact": {"subjects": "{{ info.meetings | map(attribute='subject') | list }}"},
        "run_once": True,
    },
    {"name": "Tell", "debug": {"msg": "<{{ subjects | join('|') }}>"}, "run_once": True},
    {
        "name": "Write",
        "copy": {
            "content": "{{ groups.all | map('extract', hostvars, 'label') | join('\n') }}",
            "dest": "{{ playbook_dir }}/written",
        },
        "run_once": True,
    },
]


def test_texts_of_other_people_are_inert_in_an_inventory(ansible: Ansible, sim: Simulator) -> None:
    """Variables, groups, names and filters hold them as they are, and a cache as well."""
    canary = ansible.project / "evaluated"
    texts = infest(sim, str(canary))
    cached(ansible, **TEMPTING)
    listed = ask(ansible, sim, "-i", SOURCE, "--list")
    again = ask(ansible, sim, "-i", SOURCE, "--list")
    assert not canary.exists()
    assert again.stdout == listed.stdout, "from the cache it is the same"
    told = {variables["meeting_conference_id"]: variables for variables in hosts(listed).values()}
    assert told.keys() == texts.keys()
    for conference_id, text in texts.items():
        variables = told[conference_id]
        for name in ("subject", "booked_by", "department", "conf_mode", "conf_uuid", "room_id"):
            assert variables[f"meeting_{name}"] == text
        assert ", ".join(variables["meeting_media_types"]) == text.replace(",", ", ").replace("  ", " ")
        assert (variables["label"], variables["deep"]) == (f"x{text}", {"texts": [f"x{text}"]})
    assert all(name.replace("_", "").replace("-", "").replace(".", "").isalnum() for name in hosts(listed))
    assert all(name.isidentifier() for name in json.loads(listed.stdout))
    assert len(members(listed, "pipes")) == sum("lookup" in text for text in texts.values())
    assert "\x1b" not in listed.output


def test_texts_of_other_people_are_inert_in_a_play(ansible: Ansible, sim: Simulator) -> None:
    """Whatever is made of them there, and evaluated once more, they stay texts."""
    canary = ansible.project / "evaluated"
    texts = infest(sim, str(canary))
    configure(ansible, **TEMPTING)
    variables = {
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "inner": "{{ label }}",
        "outer": "{{ inner }} of {{ meeting_booked_by }}",
    }
    run = ansible.play(
        TASKS, "-i", SOURCE, "-v", hosts="all", connection="local", vars=variables, environment=SIGNED_IN
    )
    assert not canary.exists()
    assert run.rc == 0, run.output
    run.check_no_traceback()
    assert not run.leaks(sim.world.secrets())
    said = {task.result["msg"][0]: task.result["msg"][1:] for task in run.tasks if task.name == "Say"}
    repeated = {task.result["msg"][0]: task.result["msg"][1:] for task in run.tasks if task.name == "Repeat"}
    for conference_id, text in texts.items():
        assert said[conference_id] == [f"<{text}>", f"<x{text}>", f"<x{text} of {text}>", f"<x{text}>", f"<{text}>"]
        assert repeated[conference_id] == [f"<x{text}>", f"<x{text}>", f"<x{text}>", f"<<x{text}>>", "<True>"]
    subjects = "|".join(meeting["subject"] for meeting in run.task("List").result["meetings"])
    assert subjects == "|".join(texts.values())
    assert run.task("Tell").msg == f"<{subjects}>"
    written = (ansible.project / "written").read_text(encoding="utf-8").splitlines()
    assert sorted(written) == sorted(f"x{text}" for text in texts.values())
    assert "\x1b" not in run.output
