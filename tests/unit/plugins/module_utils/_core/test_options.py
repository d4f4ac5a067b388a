# Copyright (c) 2026, huawei.meeting contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option table against its documentation, and what makes a value unusable before anything is sent."""

from __future__ import annotations

import base64
import importlib
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.huawei.meeting.plugins import doc_fragments, modules
from ansible_collections.huawei.meeting.plugins.module_utils._core.errors import Kind
from ansible_collections.huawei.meeting.plugins.module_utils._core.options import (
    CONNECTION,
    CREDENTIALS,
    ENTERPRISE,
    WAITING,
    Option,
    environment_variable,
    meeting_id,
    problem_with_connection,
    problem_with_meeting,
    problem_with_text,
    problem_with_type,
)
from ansible_collections.huawei.meeting.plugins.module_utils._core.secrets import mask, masked, raw_token, secret_forms
from ansible_collections.huawei.meeting.plugins.modules import huawei_meeting_recording
from tests.conftest import MODULES

MEETING, PASSWORD = "914047751", "host-914826"


def fragment(name: str) -> dict[str, Any]:
    """Return the options that a documentation fragment describes."""
    module = importlib.import_module(f"{doc_fragments.__name__}.{name}")
    options: dict[str, Any] = yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION).get("options", {})
    return options


def documented(name: str) -> dict[str, Any]:
    """Return the options of a module, as its documentation and the fragments in it describe them."""
    docs = yaml.safe_load(importlib.import_module(f"{modules.__name__}.{name}").DOCUMENTATION)
    options = dict(docs["options"])
    for extended in docs["extends_documentation_fragment"]:
        options.update(fragment(extended.removeprefix("huawei.meeting.")))
    return options


TABLE: dict[str, Option] = {**CONNECTION, **CREDENTIALS, **ENTERPRISE, **WAITING}
ONE_MEETING = documented("huawei_meeting_recording")
RETURN_DOCS = yaml.safe_load(huawei_meeting_recording.RETURN)
GOOD = {"api_url": "https://api.meeting.huaweicloud.com", "ca_path": None, "timeout": 10, "retry_timeout": 60}


def fits(sentence: str) -> bool:
    """Whether a complaint is a decent sentence about one option: on one line, naming it, without the full stop."""
    return sentence.startswith("`") and sentence.isprintable() and len(sentence) < 400 and sentence[-1] not in ".:;"


# ---- the table and its documentation


@pytest.mark.parametrize(("table", "name"), [(CONNECTION, "_connection"), (CREDENTIALS, "_credentials")])
def test_table_and_fragment_have_the_same_options(table: dict[str, Option], name: str) -> None:
    assert list(table) == list(fragment(name))


@pytest.mark.parametrize("name", TABLE)
def test_an_option_is_documented_as_it_is(name: str) -> None:
    option, described = TABLE[name], ONE_MEETING[name]
    assert described["type"] == option.type
    assert described.get("default") == option.default
    text = " ".join(described["description"])
    assert (f"E(HUAWEI_MEETING_{name.upper()})" in text) == option.environment
    assert tuple(described.get("choices", ())) == option.choices
    if option.type == "int":
        assert f"from {option.min} to {option.max}" in text
        assert "seconds" in text


def test_the_contract_of_the_options() -> None:
    """Playbooks and AWX objects depend on these."""
    assert {name: (option.type, option.default) for name, option in TABLE.items()} == {
        "api_url": ("str", "https://api.meeting.huaweicloud.com"),
        "validate_certs": ("bool", True),
        "ca_path": ("path", None),
        "timeout": ("int", 10),
        "retry_timeout": ("int", 60),
        "token": ("str", None),
        "host_password": ("str", None),
        "app_id": ("str", None),
        "app_key": ("str", None),
        "user_id": ("str", None),
        "corp_id": ("str", None),
        "access_token": ("str", None),
        "live_state": ("str", "auto"),
        "wait": ("bool", True),
        "wait_timeout": ("int", 30),
    }
    secrets = {name for name, option in TABLE.items() if option.secret}
    assert secrets == {"token", "host_password", "app_key", "access_token"}
    assert environment_variable("host_password") == "HUAWEI_MEETING_HOST_PASSWORD"


class _Seen(Exception):
    """Carries the arguments that a module object was made with."""


def argument_spec(monkeypatch: pytest.MonkeyPatch, name: str = "huawei_meeting_recording") -> dict[str, Any]:
    """Return the argument specification of a module, as Ansible gets it."""

    def see(_self: basic.AnsibleModule, **arguments: Any) -> None:
        raise _Seen(arguments)

    monkeypatch.setattr(basic.AnsibleModule, "__init__", see)
    with pytest.raises(_Seen) as seen:
        importlib.import_module(f"{modules.__name__}.{name}").main()
    assert seen.value.args[0]["supports_check_mode"] is True
    spec: dict[str, Any] = seen.value.args[0]["argument_spec"]
    return spec


def same(spec: dict[str, Any], docs: dict[str, Any]) -> None:
    """Compare a specification with its documentation, suboptions included."""
    assert set(spec) == set(docs)
    for name, described in docs.items():
        entry = spec[name]
        for key in ("type", "default", "choices", "elements"):
            assert entry.get(key) == described.get(key), (name, key)
        assert entry.get("required", False) == described.get("required", False), name
        assert "aliases" not in entry, name
        assert ("options" in entry) == ("suboptions" in described), name
        if "options" in entry:
            same(entry["options"], described["suboptions"])


@pytest.mark.parametrize("name", MODULES)
def test_the_argument_specification_is_what_is_documented(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    same(argument_spec(monkeypatch, name), documented(name))


@pytest.mark.parametrize("module", MODULES)
def test_environment_variables_and_secrets_of_the_specification(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    for name, entry in argument_spec(monkeypatch, module).items():
        there = name in TABLE and TABLE[name].environment
        assert ("fallback" in entry) == there, name
        if there:
            assert entry["fallback"][1] == [f"HUAWEI_MEETING_{name.upper()}"]
        for option, inner in {name: entry, **entry.get("options", {})}.items():
            secret = option in ("token", "host_password", "app_key", "access_token")
            assert (inner.get("no_log") is True) == secret, option


def test_an_empty_environment_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Job templates leave such behind, and it must not become an empty address or a time-out that is no number."""
    read, names = argument_spec(monkeypatch)["timeout"]["fallback"]
    for value in (None, ""):
        if value is not None:
            monkeypatch.setenv("HUAWEI_MEETING_TIMEOUT", value)
        with pytest.raises(basic.AnsibleFallbackNotFound):
            read(*names)
    monkeypatch.setenv("HUAWEI_MEETING_TIMEOUT", "7")
    assert read(*names) == "7"


def test_the_documented_kinds_are_the_closed_set() -> None:
    assert RETURN_DOCS["error"]["contains"]["kind"]["choices"] == [kind.value for kind in Kind]


def test_the_documented_results_are_those_that_come_back() -> None:
    assert set(RETURN_DOCS) == {
        "conference_id",
        "state",
        "previous_state",
        "confirmed",
        "meeting",
        "request_id",
        "at",
        "reason",
        "error",
    }
    assert set(RETURN_DOCS["error"]["contains"]) == {
        "code",
        "kind",
        "operation",
        "detail",
        "http_status",
        "request_id",
        "retryable",
        "hint",
    }


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_use_documented_options_only(name: str) -> None:
    for task in yaml.safe_load(importlib.import_module(f"{modules.__name__}.{name}").EXAMPLES):
        options = task.get(f"huawei.meeting.{name}")
        if options is not None:  # some show what to do with a result
            assert set(options) <= set(documented(name))


# ---- meetings and credentials


@pytest.mark.parametrize("conference_id", ["914047751", "0", "1" * 32])
@pytest.mark.parametrize(
    ("token", "password"), [("cnr0", ""), ("", PASSWORD), ("cnr0", PASSWORD), ("a b~!", " ~".strip())]
)
def test_a_meeting_that_can_be_addressed(conference_id: str, token: str, password: str) -> None:
    assert problem_with_meeting(conference_id, token, password) == ""


@pytest.mark.parametrize(
    "conference_id",
    [
        "",
        " ",
        "914 047 751",
        "914-047-751",
        " 914047751",
        "914047751\n",
        "-1",
        "9.1e8",
        "0x10",
        "914047751&a=b",
        "../token",
        "my meeting",
        "https://meeting.huaweicloud.com/#/j/914047751",
        "1" * 33,
        "1" * 5000,
        "\u0661\u0662\u0663",
        "\uff11\uff12\uff13",
        "\u00b2",
        "914047751\x00",
        "\x1b[31m1",
        "None",
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_an_id_that_cannot_be_one(conference_id: str) -> None:
    sentence = problem_with_meeting(conference_id, "", PASSWORD)
    assert fits(sentence)
    assert sentence.startswith("`conference_id` is ")
    assert "914047751" in sentence
    assert "blank" not in sentence  # these are accepted where people write IDs
    assert "hyphen" not in sentence


@pytest.mark.parametrize(
    ("conference_id", "told"),
    [
        ("9.14E+08", "is a number that a spreadsheet has rounded"),
        ("9,14e8", "is a number that a spreadsheet has rounded"),
        ("91404775x", "is not an ID with 'x' in it"),
        ("914047751\x00", "is not an ID with U+0000 in it"),
        (PASSWORD, "is not an ID with letters or signs in it"),
    ],
)
def test_what_is_wrong_with_an_id_is_told_without_it(conference_id: str, told: str) -> None:
    """Somebody may have exchanged it and the password."""
    sentence = problem_with_meeting(conference_id, "", PASSWORD)
    assert told in sentence
    assert PASSWORD not in sentence


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("914047751", "914047751"),
        ("", ""),
        (" 914 047\t751\n", "914047751"),
        ("914\u00a0047\u2011751", "914047751"),
        ("\ufeff\u200b914\u00ad047\u2212751\ufe0f", "914047751"),
        ("914--047 - 751-", "914047751"),
        ("914047751.0", "914047751"),
        ("914047751,00", "914047751"),
        ("914.0", "914"),
        ("914.000", "914.000"),
        ("914,047", "914,047"),
        ("914,047,751", "914047751"),
        ("914,047.751", "914,047.751"),
        ('="914047751"', "914047751"),
        ("\u2018914047751\u2019", "914047751"),
        ("\uff1d\uff02\uff19\uff11\uff14\uff02", "914"),
        ("\u0669\u0661\u0664", "914"),
        ("\U0001d7d7\u0967", "91"),
        ("-914", "-914"),
        ("\u2212914", "-914"),
        ("9.14E+08", "9.14E+08"),
        ("\u00b2", "\u00b2"),
        ("my meeting", "mymeeting"),
        ("914\x00\ud800", "914\x00\ud800"),
        ("'", ""),
        ("007", "007"),
    ],
    ids=ascii,
)
def test_an_id_without_what_carries_no_meaning(text: str, left: str) -> None:
    assert meeting_id(text) == left
    assert meeting_id(left) == left


def test_a_meeting_without_any_credential() -> None:
    sentence = problem_with_meeting(MEETING, "", "")
    for word in ("`host_password`", "`token`", "`app_id`", "`access_token`", "HUAWEI_MEETING_HOST_PASSWORD"):
        assert word in sentence
    assert sentence.isprintable()


@pytest.mark.parametrize(
    "secret",
    [
        "geheim\n",
        "\ngeheim",
        "geheim\r\nX-Evil: 1",
        "geheim\x00",
        "geheim\t",
        "geheim\x7f",
        "geheim\u00fc",
        "\u5bc6\u7801geheim",
        "geheim\u200b",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("name", ["token", "host_password"])
def test_a_secret_that_cannot_travel_in_a_header_is_refused_and_not_repeated(name: str, secret: str) -> None:
    given = {"token": "", "host_password": "", name: secret}
    sentence = problem_with_meeting(MEETING, given["token"], given["host_password"])
    assert fits(sentence)
    assert f"`{name}`" in sentence
    assert "geheim" not in sentence


@pytest.mark.parametrize("password", [" geheim", "geheim ", " "], ids=repr)
def test_a_password_with_blanks_around_it_is_refused(password: str) -> None:
    """HTTP takes them away, so the service would see another password, and count a failure."""
    sentence = problem_with_meeting(MEETING, "", password)
    assert fits(sentence)
    assert "`host_password`" in sentence
    assert "geheim" not in sentence


@pytest.mark.parametrize(
    ("given", "raw"),
    [
        ("", ""),
        ("cnr0", "cnr0"),
        ("  cnr0\n", "cnr0"),
        (f"Basic {base64.b64encode(b'cnr0').decode()}", "cnr0"),
        (f"basic {base64.b64encode(b'cnr0').decode()}", "cnr0"),
        (f" BASIC   {base64.b64encode(b'cnr0').decode()} ", "cnr0"),
        ("Basic", "Basic"),
        ("Basic ", "Basic"),
        ("Basic !!!", "Basic !!!"),
        ("Basic abc", "Basic abc"),
        (f"Basic {base64.b64encode(bytes([255, 254])).decode()}", "Basic //4="),
        ("Bearer abcd", "Bearer abcd"),
        ("Basicabcd", "Basicabcd"),
        (base64.b64encode(b"cnr0").decode(), base64.b64encode(b"cnr0").decode()),
    ],
    ids=repr,
)
def test_raw_token(given: str, raw: str) -> None:
    assert raw_token(given) == raw


def test_masks_are_all_forms_in_which_a_secret_may_turn_up() -> None:
    assert secret_forms() == secret_forms("") == set()
    assert secret_forms("geheim", "", "x") == {"geheim", "Z2VoZWlt", "x", "eA=="}
    assert secret_forms("a  b") == {"a  b", "a b", "YSAgYg=="}


@pytest.mark.parametrize("secret", ["\u5bc6\u7801", "\udcff", "\ud800a"], ids=ascii)
def test_a_mask_can_be_made_of_any_text(secret: str) -> None:
    """Also of what a broken environment variable, or a broken answer, decodes to."""
    assert secret in secret_forms(secret)


# Secrets, a text, and the text as it may be told.
MASKED: dict[str, tuple[list[str], str, str]] = {
    "nothing given": ([], "started", "started"),
    "nothing found": (["art"], "stopped", "stopped"),
    "the whole text": (["art"], "art", "********"),
    "a word": (["art"], "the password art is wrong", "the password ******** is wrong"),
    "letters of a word": (["art"], "Could not start it", "Could not start it"),
    "digits of a number": (["047751"], "meeting 914047751 (047751)", "meeting 914047751 (********)"),
    "one letter": (["r"], "or r=r&R", "or ********=********&R"),
    "between Chinese signs": (["art"], "\u5bc6\u7801art\u9519\u8bef", "\u5bc6\u7801********\u9519\u8bef"),
    "Chinese itself": (["\u5bc6\u7801"], "x\u5bc6\u7801y", "x********y"),
    "a long one inside a word": (["cnr5a0b2c"], "xcnr5a0b2cx", "x********x"),
    "a sign": (["*"], "a*b **", "a********b ********"),
    "one in another": (["art", "art of the canary"], "art of the canary", "********"),
    "one over another": (["abcdefgh", "efghijkl"], "-abcdefghijkl-", "-********-"),
    "twice": (["abcdefgh"], "abcdefgh, abcdefgh", "********, ********"),
    "over itself": (["aabaabaa"], "aabaabaabaa!", "********!"),
    "one beside another": (["abcdefgh", "12345678"], "abcdefgh12345678", "********"),
}


@pytest.mark.parametrize(("secrets", "text", "told"), MASKED.values(), ids=MASKED)
def test_words_are_masked(secrets: list[str], text: str, told: str) -> None:
    assert mask(text, secrets) == told


SHORT = ["r", "art", "047751", "1234", "started", "true", "MMC", "7", "2026"]


@pytest.mark.parametrize("secret", [*SHORT, "not_started", "914047751", "authentication"])
def test_structure_is_not_masked(secret: str) -> None:
    structure = {
        "changed": True,
        "conference_id": "914047751",
        "state": "started",
        "previous_state": "stopped",
        "meeting": "not_started",
        "at": "2026-03-02T09:00:07Z",
        "expires_at": None,
        "token": f"cnr{secret}",
        "request_id": "7-started-1234-art",
        "results": [{"conference_id": "914047751", "error": {"kind": "authentication", "code": "MMC.111072065"}}],
        "diff": {"before": {"914047751": "stopped"}},
        "summary": {"total": 7, "started": 1234},
    }
    assert masked(structure, secret_forms(secret)) == structure


def test_words_in_a_result_are_masked_wherever_they_are() -> None:
    words = {"msg": "art", "error": {"hint": "art!"}, "results": [{"reason": "art", "meetings": [{"subject": "art"}]}]}
    told = masked(words, secret_forms("art"))
    assert told == {
        "msg": "********",
        "error": {"hint": "********!"},
        "results": [{"reason": "********", "meetings": [{"subject": "********"}]}],
    }
    assert masked({"conference_id": "room art"}, secret_forms("art")) == {"conference_id": "room ********"}


def test_a_whole_secret_in_a_request_id_is_masked() -> None:
    told = masked({"request_id": "id-cnr5a0b2c", "code": "cnr5a0b2c art"}, secret_forms("cnr5a0b2c", "art"))
    assert told == {"request_id": "id-********", "code": "******** art"}


# ---- values as they came

SECRET_OPTIONS = [name for name, option in TABLE.items() if option.secret]
NO_TEXT = [17743, 45045, -1, 6.2, float("nan"), True, False, [], ["x"], {}, {"a": 1}]


@pytest.mark.parametrize("value", NO_TEXT, ids=repr)
@pytest.mark.parametrize("name", [*SECRET_OPTIONS, "app_id", "user_id"])
def test_what_is_no_text_is_refused(name: str, value: Any) -> None:
    complaint = problem_with_type({name: value})
    assert fits(complaint)
    assert f"`{name}`" in complaint
    assert "quotes" in complaint
    assert not isinstance(value, (int, float)) or str(value) not in complaint
    inside = problem_with_type({"meetings": ["x", {name: value}]})
    assert inside == f"Meeting 2 of 2: {complaint}"


@pytest.mark.parametrize("name", ["conference_id", "corp_id", "search"])
def test_a_whole_number_may_stand_for_its_digits(name: str) -> None:
    assert problem_with_type({name: 914047751}) == ""
    wrong: list[Any] = [True, 6.2, []]
    for value in wrong:
        assert f"`{name}`" in problem_with_type({name: value})


def test_what_is_text_or_missing_is_fine() -> None:
    assert problem_with_type({**dict.fromkeys(TABLE, "x"), "state": True, "meetings": 3}) == ""
    assert problem_with_type(dict.fromkeys(TABLE)) == ""
    assert problem_with_type({"timeout": 7, "validate_certs": False, "wait_timeout": 1.5}) == ""


@pytest.mark.parametrize("name", [*TABLE, "search", "conference_id", "state"])
@pytest.mark.parametrize("value", ["\udcff", "a\ud800b"], ids=ascii)
def test_text_that_is_no_unicode_is_refused(name: str, value: str) -> None:
    complaint = problem_with_text({"good": "\u5bc6\u7801 \U0001f511", "timeout": 3, name: value})
    assert fits(complaint)
    assert complaint.startswith(f"`{name}`")
    assert ("HUAWEI_MEETING_" in complaint) == (name in TABLE and TABLE[name].environment)
    assert problem_with_text({"meetings": [{name: value}]}) == f"Meeting 1 of 1: {complaint}"
    assert problem_with_text({"meetings": [value]}).startswith("Meeting 1 of 1: `meetings`")
    assert "name" in problem_with_text({value: 1})


def test_other_text_is_fine() -> None:
    assert (
        problem_with_text({"app_id": "\u5bc6\u7801 \U0001f511\x00", "meetings": [{"x": "y"}, "z", 3], "n": None}) == ""
    )


# ---- the connection


@pytest.mark.parametrize(
    "api_url",
    [
        "https://api.meeting.huaweicloud.com",
        "https://api-intl.meeting.huaweicloud.com/",
        "HTTPS://api.meeting.huaweicloud.com",
        "https://127.0.0.1:8443",
        "https://[::1]:8443",
        "https://gateway.example.com/meeting",
    ],
)
def test_an_address_that_can_be_used(api_url: str) -> None:
    assert problem_with_connection({**GOOD, "api_url": api_url}) == ""


@pytest.mark.parametrize(
    "api_url",
    [
        "",
        " ",
        "api.meeting.huaweicloud.com",
        "http://api.meeting.huaweicloud.com",
        "ftp://api.meeting.huaweicloud.com",
        "wss://api.meeting.huaweicloud.com",
        "//api.meeting.huaweicloud.com",
        "https:",
        "https://",
        "https:///v1",
        "https://:443",
        "https:/api.meeting.huaweicloud.com",
        "https://api.meeting.huaweicloud.com:x",
        "https://api.meeting.huaweicloud.com:65536",
        "https://api.meeting.huaweicloud.com:-1",
        "https://[::1",
        "https://[nonsense]",
        "https://api.meeting.huaweicloud.com?a=b",
        "https://api.meeting.huaweicloud.com?",
        "https://api.meeting.huaweicloud.com#a",
        "https://api.meeting.huaweicloud.com#",
        "https://api.meeting.huaweicloud.com /",
        " https://api.meeting.huaweicloud.com",
        "https://api.meeting.huaweicloud.com\n",
        "https://api.meeting\x00.huaweicloud.com",
        "https://api.meeting.huaweicloud.com\x1b[31m",
        "https://anna:geheim@api.meeting.huaweicloud.com",
        "http://anna:geheim@api.meeting.huaweicloud.com",
        "anna:geheim@api.meeting.huaweicloud.com",
        "https:/anna:geheim@api.meeting.huaweicloud.com",
        "https:anna:geheim@api.meeting.huaweicloud.com",
        "https://anna:geheim/x@api.meeting.huaweicloud.com",
        "https://anna:geheim#x@api.meeting.huaweicloud.com",
        "https://anna:geheim?x@api.meeting.huaweicloud.com",
        "https://anna:geheim@api.meeting.huaweicloud.com:x",
    ],
    ids=lambda value: ascii(value)[:70],
)
def test_an_address_that_cannot_be_used_is_refused_and_no_password_in_it_repeated(api_url: str) -> None:
    sentence = problem_with_connection({**GOOD, "api_url": api_url})
    assert fits(sentence)
    assert sentence.startswith("`api_url` ")
    assert "https://api.meeting.huaweicloud.com" in sentence
    assert "geheim" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeout", 0),
        ("timeout", -1),
        ("timeout", 601),
        ("retry_timeout", -1),
        ("retry_timeout", 86401),
        ("wait_timeout", -1),
        ("wait_timeout", 86401),
    ],
)
def test_a_number_out_of_range(name: str, value: int) -> None:
    sentence = problem_with_connection({**GOOD, name: value})
    assert fits(sentence)
    option = TABLE[name]
    assert sentence == f"`{name}` is {value}, but must be between {option.min} and {option.max} seconds"


@pytest.mark.parametrize(
    ("name", "value"),
    [("timeout", 1), ("timeout", 600), ("retry_timeout", 0), ("retry_timeout", 86400), ("wait_timeout", 0)],
)
def test_a_number_in_range(name: str, value: int) -> None:
    assert problem_with_connection({**GOOD, name: value}) == ""
