# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the service that no encoding can hold, and addresses that look alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug import Response

from ..conftest import Service
from .conftest import Forward, Middleman, Runner

ACTIONS = (
    "domain/details",
    "domain/domains",
    "email/list",
    "email/counters",
    "email/ml/list",
    "email/ml/subscribers",
    "email/ml/get_can_send_on_behalf",
    "import/check_imports",
)
TASKS: list[tuple[str, dict[str, Any]]] = [
    ("pdd_domain_info", {"domain": ""}),
    ("pdd_domain_info", {}),
    ("pdd_mailbox_info", {}),
    ("pdd_mailbox", {"login": "anna", "first_name": "Anna"}),
    ("pdd_maillist_info", {}),
    ("pdd_maillist", {"maillist": ["team"], "exclusive": True}),
    ("pdd_maillist_subscriber", {"maillist": "team", "subscriber": ["anna"], "can_send_on_behalf": True}),
    ("pdd_mailbox_import_info", {}),
]


@pytest.fixture(autouse=True)
def domain(service: Service) -> None:
    """Fill the domain."""
    service.add_mailboxes("anna", "boris")
    service.api.ok("email/edit", {"login": "anna", "iname": "Anna", "fname": "Example", "hintq": "Colour?"})
    service.add_maillist("team", "anna", "boris")
    service.api.control_put("failed_boxes/boris", {"last_error": "made up"})
    service.forget()


def broken(value: Any) -> Any:
    """Return an answer in which half a character follows each text, and each key of a second copy."""
    if isinstance(value, str):
        return value if value in ("ok", "yes", "no") else f"{value}\ud83d"
    if isinstance(value, list):
        return [broken(each) for each in value]
    if isinstance(value, dict):
        return {**{f"{key}\udc00": each for key, each in value.items()}, **{k: broken(v) for k, v in value.items()}}
    return value


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("module", "options"), TASKS)
@pytest.mark.usefixtures("impatient")
def test_every_text_is_broken(
    run: Runner, middleman: Middleman, module: str, options: dict[str, Any], check: bool
) -> None:
    """What a module returns can be written down."""

    def hook(forward: Forward) -> Response:
        return Response(json.dumps(broken_in_place(json.loads(forward().data))), content_type="application/json")

    for action in ACTIONS:
        middleman.on(action, hook)
    result = run(module, check=check, diff=True, api_url=middleman.url, **options)
    json.dumps(result, ensure_ascii=False).encode()


def broken_in_place(answer: dict[str, Any]) -> dict[str, Any]:
    """Break all texts but those by which the module tells whose answer it is."""
    echoes = {key: answer[key] for key in ("domain", "login", "maillist", "subscriber", "success") if key in answer}
    return {**broken(answer), **echoes}


def test_broken_name(run: Runner, service: Service, middleman: Middleman) -> None:
    """The rest of the text is shown, and one warning names whose it is."""

    def change(answer: dict[str, Any]) -> None:
        for account in answer["accounts"]:
            account.update(iname="Ann\ud800", hintq="\udfff?")

    middleman.edit("email/list", change)
    result = run("pdd_mailbox_info", login=["anna"], api_url=middleman.url)
    assert (result["mailboxes"][0]["first_name"], result["mailboxes"][0]["hint_question"]) == ("Ann\ufffd", "\ufffd?")
    assert len(result["warnings"]) == 1
    assert f"'{service.address('anna')}'" in str(result["warnings"])
    assert "warnings" not in run("pdd_mailbox_info", login=["anna"])


def test_pairs_of_surrogates_are_characters(run: Runner, service: Service) -> None:
    service.api.ok("email/edit", {"login": "anna", "iname": "\U0001f600"})
    result = run("pdd_mailbox_info", login=["anna"])
    assert (result["mailboxes"][0]["first_name"], "warnings" in result) == ("\U0001f600", False)


@pytest.mark.parametrize("twin", ["\u212aira", "\uff4bira", "kira\u00a0", "kir\u00e0", "\u200bkira", "kir\u0430"])
def test_addresses_that_look_alike(run: Runner, service: Service, middleman: Middleman, twin: str) -> None:
    """A subscriber whose address looks like that of another one is somebody else."""
    service.add_mailboxes("kira")
    service.add_maillist("news", "kira")
    service.forget()
    middleman.edit("email/ml/subscribers", lambda answer: answer.update(subscribers=[service.address(twin)]))
    desired: dict[str, Any] = {
        "maillist": "news",
        "subscriber": ["kira"],
        "exclusive": True,
        "max_removals_percent": 100,
    }
    result = run("pdd_maillist_subscriber", check=True, api_url=middleman.url, **desired)
    assert result["maillists"][0]["added"] == service.addresses("kira")
    assert result["maillists"][0]["removed"] == [service.address(twin)]
    for module, options in (
        ("pdd_mailbox", {"login": twin, "state": "absent"}),
        ("pdd_maillist", {"maillist": [twin], "state": "absent"}),
        ("pdd_maillist_subscriber", {"maillist": "news", "subscriber": [twin], "state": "absent"}),
    ):
        result = run(module, **options)
        assert (result["changed"], service.writes()) == (False, [])


@pytest.mark.parametrize("hidden", ["anna\u200b", "anna\uff20example.test", "\u202eanna", "\uff41nna"])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("pdd_mailbox", {"login": "{}"}),
        ("pdd_mailbox", {"mailboxes": [{"login": "{}", "state": "absent"}]}),
        ("pdd_mailbox", {"login": "boris", "expected_present": ["{}"]}),
        ("pdd_mailbox_info", {"login": ["{}"]}),
        ("pdd_mailbox_import", {"external_login": "{}", "internal_login": "anna"}),
        ("pdd_mailbox_import", {"external_login": "anna", "internal_login": "{}"}),
        ("pdd_maillist", {"maillist": ["{}"]}),
        ("pdd_maillist_info", {"maillist": ["{}"]}),
        ("pdd_maillist_subscriber", {"maillist": "{}", "subscriber": []}),
        ("pdd_maillist_subscriber", {"maillist": "team", "subscriber": ["{}"]}),
        ("pdd_maillist_subscriber", {"maillists": [{"maillist": "team", "subscribers": ["{}@other.test"]}]}),
    ],
)
def test_hidden_characters(run: Runner, module: str, options: dict[str, Any], hidden: str) -> None:
    """They are refused wherever somebody is named, and shown by their number."""
    given = json.loads(json.dumps(options).replace("{}", hidden))
    if module == "pdd_mailbox_import":
        given.update(server="127.0.0.1", external_password="made-up-1")
    message = run.refused_before_any_request(module, **given)
    code = next(ord(each) for each in hidden if not each.isascii())
    assert f"character U+{code:04X}" in message
