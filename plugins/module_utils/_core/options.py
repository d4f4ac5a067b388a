# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of all options, and what makes a value of them unusable.

Argument specifications, environment variables and the options of the inventory plugin are derived from it; tests
compare it with the documentation, the AWX credential type and the roles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Option:
    """One option. `min` and `max` bound a number, whose `unit` is told with them.

    With `environment`, an environment variable stands in for it. `options` are those of each entry of a list.
    """

    type: str
    default: Any = None
    required: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()
    min: int = 0
    max: int = 0
    unit: str = " seconds"
    environment: bool = False
    options: Mapping[str, Option] | None = None


CONNECTION = {
    "api_url": Option("str", "https://api.meeting.huaweicloud.com", environment=True),
    "validate_certs": Option("bool", True, environment=True),
    "ca_path": Option("path", environment=True),
    "timeout": Option("int", 10, min=1, max=600, environment=True),
    "retry_timeout": Option("int", 60, min=0, max=86400, environment=True),
}
CREDENTIALS = {
    "token": Option("str", secret=True, environment=True),
    "host_password": Option("str", secret=True, environment=True),
}
ENTERPRISE = {
    "app_id": Option("str", environment=True),
    "app_key": Option("str", secret=True, environment=True),
    "user_id": Option("str", environment=True),
    "corp_id": Option("str", environment=True),
    "access_token": Option("str", secret=True, environment=True),
}
WAITING = {
    "live_state": Option("str", "auto", choices=("auto", "required", "ignore")),
    "wait": Option("bool", True),
    "wait_timeout": Option("int", 30, min=0, max=86400, environment=True),
}
BATCH = {
    "max_parallel": Option("int", 16, min=1, max=128, unit=""),
}
LISTING = {
    "all_users": Option("bool", False),
    "search": Option("str"),
    "booked": Option("bool", False),
}
_ID = {"conference_id": Option("str", required=True)}
_STATE = Option("str", choices=("started", "stopped"))
# An entry of a list takes no environment variable, which would be that of all of them.
_ENTRY = {**_ID, **{name: replace(option, environment=False) for name, option in CREDENTIALS.items()}}
_SIGN_IN = {**CONNECTION, **CREDENTIALS, **ENTERPRISE}
# The options of each module.
MODULES = {
    "huawei_meeting_info": {**LISTING, **CONNECTION, **ENTERPRISE},
    "huawei_meeting_recording": {**_ID, "state": replace(_STATE, required=True), **WAITING, **_SIGN_IN},
    "huawei_meeting_recording_info": {
        "meetings": Option("list", required=True, options=_ENTRY),
        **BATCH,
        **_SIGN_IN,
    },
    "huawei_meeting_recordings": {
        "meetings": Option("list", required=True, options={**_ENTRY, "state": _STATE}),
        "state": _STATE,
        **BATCH,
        **WAITING,
        **_SIGN_IN,
    },
    "huawei_meeting_token": {**_ID, "host_password": CREDENTIALS["host_password"], **CONNECTION, **ENTERPRISE},
}
# The playbooks take each option as a variable with this in front.
PREFIX = "huawei_meeting_"
_TABLE = {name: option for options in MODULES.values() for name, option in options.items()}

_ENVIRONMENT = {name for name, option in _TABLE.items() if option.environment}

# Options that are text, and those of them in which a whole number is the same as its digits. App IDs, and the user IDs
# that a company gives out, may begin with zeros.
_CHOSEN = {"state", "live_state"}  # a value that is none of the choices is told by Ansible
_TEXTS = {name for name, option in _TABLE.items() if option.type in ("str", "path")} - _CHOSEN
_NUMBERS = {"conference_id", "search", "corp_id"}

# What spreadsheets make of a long number.
ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]*)?[eE]\+?[0-9]+")
_LONGEST_ID = 32  # digits; the service documents none, and has 9
# Dashes that Unicode does not count among the dashes, and what looks like nothing without being a blank.
_MORE_DASHES = "\u02d7\u2043\u2212\u2500\u30fc\uff70"
_MORE_BLANKS = "\t\n\v\f\r\u034f\u115f\u1160\u2800\u3164\ufe0e\ufe0f\uffa0"
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}


def environment_variable(name: str) -> str:
    """Return the environment variable that stands in for an option."""
    return f"HUAWEI_MEETING_{name.upper()}"


def meeting_id(text: str) -> str:
    """Return the ID of a meeting without what carries no meaning, or whatever else is left of the text.

    That is what people and spreadsheets put around or between the digits: blanks, dashes, characters that nobody sees,
    quotes as in `="914047751"` and `'914047751`, decimals that are zero, and marks between thousands. Digits of other
    scripts become those of ASCII. A dash in front may be a minus sign, so it stays.
    """
    if text.isascii() and text.isdigit():
        return text
    plain = "".join(_plain(character) for character in text)
    plain = re.sub(r"^=?[\"']*|[\"']*$", "", plain)
    plain = re.sub(r"(?<=[0-9])-+", "", plain)
    # Of `914.000` nobody knows whether these are decimals.
    plain = re.sub(r"(?<=[0-9]{4})[.,]0*$|(?<=[0-9])[.,](?:0{0,2}|0{4,})$", "", plain)
    if re.fullmatch(r"[0-9]{1,3}(?:([.,'])[0-9]{3})(?:\1[0-9]{3})+", plain):
        return re.sub(r"[.,']", "", plain)
    return plain


def _plain(character: str) -> str:
    """Return what a character of an ID stands for: a digit or sign of ASCII, nothing, or itself."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if "\uff01" <= character <= "\uff5e":  # the full-width forms of ASCII
        character = chr(ord(character) - 0xFEE0)
    kind = unicodedata.category(character)
    if kind in ("Zs", "Zl", "Zp", "Cf") or character in _MORE_BLANKS:
        return ""
    if kind == "Pd" or character in _MORE_DASHES:
        return "-"
    return _QUOTES.get(character, character)


def problem_with_id(conference_id: str) -> str:
    """Return why this cannot be the ID of a meeting, `""` if it can.

    It does not repeat the value: where somebody exchanged two values, it is the password.
    """
    if conference_id.isascii() and conference_id.isdigit() and len(conference_id) <= _LONGEST_ID:
        return ""
    if not conference_id:
        return "`conference_id` is empty; give the ID of the meeting, for example 914047751"
    if ROUNDED.fullmatch(conference_id):
        return (
            "`conference_id` is a number that a spreadsheet has rounded, such as 9.14E+08; give its column the format "
            "Text there, and enter the ID anew, for example 914047751"
        )
    strange = sorted(set(re.findall(r"[^0-9]", conference_id)))
    if strange:
        return (
            f"`conference_id` is not an ID with {_named(strange)} in it; a meeting ID consists of digits only, for "
            "example 914047751, so do not give a link or a name"
        )
    return f"`conference_id` is longer than {_LONGEST_ID} digits; a meeting ID is, for example, 914047751"


def _named(characters: Sequence[str]) -> str:
    """Return a few characters in words that can be read; many are not listed, for they might be a secret's."""
    if len(characters) > 3:
        return "letters or signs"
    return " and ".join(
        repr(character) if character.isprintable() else f"U+{ord(character):04X}" for character in characters
    )


def problem_with_text(values: Mapping[str, Any]) -> str:
    """Return which option is text that is no Unicode, `""` if none is. Never repeats a value.

    Such text cannot be sent, nor told in a result. It comes from environment variables and files in another encoding.
    """
    return _first_problem(values, _problem_with_encoding)


def problem_with_type(values: Mapping[str, Any]) -> str:
    """Return which option is something else than the text that was meant, `""` if none is. Never repeats a value.

    `values` are as they were given. YAML makes other things of digits without quotes: of 042517 it makes 17743, which
    as a password would count towards a lock.
    """
    return _first_problem(values, _problem_with_type)


def _first_problem(values: Mapping[str, Any], problem_with: Callable[[str, Any], str]) -> str:
    """Return the first problem with options, or with those of the meetings in them, and says with which meeting."""
    for name, value in values.items():
        problem = problem_with(name, value)
        entries = value if isinstance(value, list) else []
        for number, entry in enumerate(entries, start=1):
            inside = _first_problem(entry, problem_with) if isinstance(entry, Mapping) else problem_with(name, entry)
            if inside and not problem:
                problem = f"Meeting {number} of {len(entries)}: {inside}"
        if problem:
            return problem
    return ""


def _problem_with_encoding(name: str, value: Any) -> str:
    """Return why an option cannot be told, `""` if it can."""
    if not is_unicode(name):
        return "an option has a name that is no Unicode; look for it in the task"
    if not isinstance(value, str) or is_unicode(value):
        return ""
    option = name.removeprefix(PREFIX)
    source = f", or the environment variable {environment_variable(option)}," if option in _ENVIRONMENT else ""
    return f"`{name}` has characters that are no Unicode; give it{source} in UTF-8"


def is_unicode(text: str) -> bool:
    """Return whether a text has no halves of characters and no bytes that could not be decoded in it."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _problem_with_type(name: str, value: Any) -> str:
    """Return why an option is not the text that was meant, `""` if it is."""
    option = name.removeprefix(PREFIX)
    if option not in _TEXTS or value is None or isinstance(value, str):
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and option in _NUMBERS:
        return ""
    what = "yes or no" if isinstance(value, bool) else "a number" if isinstance(value, (int, float)) else "no text"
    return f"`{name}` came as {what}, and what was written may have been something else; put it into quotes"


def problem_with_meeting(conference_id: str, token: str, host_password: str, shared: bool = False) -> str:
    """Return why a meeting cannot be addressed with these values, `""` if it can. Never repeats a secret.

    With a credential that is `shared`, such as the sign-in of an enterprise, it needs none of its own.
    """
    if problem := problem_with_id(conference_id):
        return problem
    if not token and not host_password and not shared:
        return (
            "a credential is missing; give `host_password` or `token`, or the sign-in of the enterprise (`app_id` and "
            f"`app_key`, or `access_token`), or set {environment_variable('host_password')} or another of their "
            "environment variables where the module runs"
        )
    return _problem_with_header("token", token) or _problem_with_header("host_password", host_password)


def problem_with_enterprise(values: Mapping[str, Any]) -> str:
    """Return what is wrong with an enterprise's sign-in or with what it is asked for, `""` if it is fine or missing.

    Never repeats a secret.
    """
    given = {name: values.get(name) or "" for name in ENTERPRISE}
    for name, other in (("app_id", "app_key"), ("app_key", "app_id")):
        if given[name] and not given[other]:
            return f"`{name}` is given without `{other}`; both are needed to sign in"
    for name in ("user_id", "corp_id"):
        if given[name] and not given["app_id"]:
            return f"`{name}` is given without `app_id` and `app_key`, which it belongs to"
    if len(values.get("search") or "") > 128:
        return "`search` is longer than 128 characters, which is all that the service takes"
    return _problem_with_header("access_token", given["access_token"])


def has_enterprise(values: Mapping[str, Any]) -> bool:
    """Return whether there is a sign-in of an enterprise."""
    return bool(values.get("app_id") or values.get("access_token"))


def problem_without_enterprise(values: Mapping[str, Any]) -> str:
    """Return what to do about a missing sign-in of an enterprise, `""` where there is one."""
    if has_enterprise(values):
        return ""
    variables = " and ".join(environment_variable(name) for name in ("app_id", "app_key"))
    return f"a sign-in is missing; give `app_id` and `app_key`, or `access_token`, or set {variables}"


def _problem_with_header(name: str, value: str) -> str:
    """Return why a secret cannot travel in an HTTP header, `""` if it can."""
    if value.isascii() and value.isprintable() and value == value.strip():
        return ""
    return (
        f"`{name}` has characters that cannot travel in an HTTP header (line breaks, non-ASCII text, or blanks "
        "around it); give it exactly as the service issued it"
    )


def problem_with_connection(values: Mapping[str, Any]) -> str:
    """Return what is wrong with the first number out of its bounds, or the address, `""` if all are fine."""
    for name, option in _TABLE.items():
        value = values.get(name)
        if option.type == "int" and value is not None and not option.min <= value <= option.max:
            return f"`{name}` is {value}, but must be between {option.min} and {option.max}{option.unit}"
    return _problem_with_url(values["api_url"])


def _problem_with_url(api_url: str) -> str:
    """Return what is wrong with the address of the service."""
    example = "for example https://api.meeting.huaweicloud.com"
    if "@" in api_url:
        return f"`api_url` must not carry credentials; give the bare address, {example}"
    if not all("!" <= c <= "~" for c in api_url) or "?" in api_url or "#" in api_url:
        return f"`api_url` is {api_url[:100]!r}; give scheme and host, nothing behind them, {example}"
    try:
        parts = urlsplit(api_url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError as error:
        return f"`api_url` is not a usable address ({error}); give the REST host of your site, {example}"
    if parts.scheme != "https":
        return f"`api_url` is {api_url[:100]!r}, but only https:// is allowed, because tokens travel there; {example}"
    if not host:
        return f"`api_url` is {api_url[:100]!r}, which names no host; give the REST host of your site, {example}"
    return ""
