# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the input of the role accepts, no later task refuses for its form."""

from __future__ import annotations

import datetime
from importlib import import_module
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.rules import PddRules
from ansible_collections.mailops.pdd.plugins.module_utils._plan import imports, mailboxes, maillists, subscriber_options
from ansible_collections.mailops.pdd.plugins.plugin_utils._input import read_values
from ansible_collections.mailops.pdd.plugins.plugin_utils._parts import Parts
from ansible_collections.mailops.pdd.plugins.plugin_utils._rules import domain_problems, unify
from ansible_collections.mailops.pdd.plugins.plugin_utils._variables import PDD_DOMAIN, Names
from hypothesis import given
from hypothesis import strategies as st

DOMAIN = "example.test"
NAMED = Names(PDD_DOMAIN)
PREFIX = PDD_DOMAIN.prefix
NAMES = st.one_of(
    st.sampled_from(
        [
            "anna",
            "Anna",
            "anna@example.test",
            "boris",
            "team",
            "an\u200bna",
            "a b",
            "",
            " anna ",
            "e\u0301",
            "\u00e9",
            "-",
        ]
    ),
    st.sampled_from(
        [None, True, 2024, 1.5, datetime.date(2024, 1, 2), "anna@other.test", "abuse", "\ufeffvera", "x" * 40]
    ),
)
SECRETS = st.sampled_from(["made-up-1", "made-up-12", "short", "", None, 1234567])
BOOLS = st.sampled_from([True, False, "yes", "no", "", None, "maybe"])
PEOPLE = st.one_of(st.lists(NAMES, max_size=4), st.sampled_from(["anna,boris", "", None, "anna"]))
MAILBOXES = st.lists(
    st.fixed_dictionaries(
        {"login": NAMES},
        optional={
            "password": SECRETS,
            "first_name": NAMES,
            "birth_date": st.sampled_from(["1990-01-02", "2.1.1990", datetime.date(1990, 1, 2), "", None]),
            "sex": st.sampled_from(["male", "", "none", None]),
            "hint_question": NAMES,
            "hint_answer": SECRETS,
            "enabled": BOOLS,
            "state": st.sampled_from(["present", "absent", "", None]),
            "nonsense": st.just(1),
        },
    ),
    max_size=3,
)
MAILLISTS = st.lists(
    st.fixed_dictionaries(
        {"maillist": NAMES}, optional={"subscribers": PEOPLE, "senders_on_behalf": PEOPLE, "exclusive": BOOLS}
    ),
    max_size=3,
)
BOX = st.fixed_dictionaries(
    {"external_login": NAMES, "external_password": SECRETS},
    optional={"internal_login": NAMES, "internal_password": SECRETS},
)
IMPORTS = st.lists(
    st.fixed_dictionaries(
        {"server": st.sampled_from(["old.test", "10.0.0.1", "a b", 1.5]), "mailboxes": st.lists(BOX, max_size=2)},
        optional={"port": st.sampled_from([993, "993", 0, "", None]), "ssl": BOOLS},
    ),
    max_size=2,
)
VARIABLES = st.fixed_dictionaries(
    {"pdd_domain_token": st.just("made-up-token")},
    optional={
        "pdd_domain_mailboxes": MAILBOXES,
        "pdd_domain_maillists": MAILLISTS,
        "pdd_domain_maillists_absent": PEOPLE,
        "pdd_domain_imports": IMPORTS,
        "pdd_domain_max_removals_percent": st.sampled_from([0, 30, "100", 101, True]),
        "pdd_domain_imports_wait": BOOLS,
        "pdd_domain_imports_wait_timeout": st.sampled_from([1, "20", 0]),
    },
)


def accepted(raw: dict[str, Any]) -> dict[str, Any] | None:
    """Return the variables in their form, None if something is wrong with them."""
    spec = {PREFIX + name: option for name, option in PDD_DOMAIN.main.items()}
    found, problems = read_values(spec, raw, lambda given: given, others=spec)
    values = unify({name.removeprefix(PREFIX): each for name, each in found.items()}, DOMAIN)
    problems += domain_problems(values, DOMAIN, NAMED, needs_token=True)
    return None if problems else values


def options(module: str, **given: Any) -> dict[str, Any]:
    """Return the options of a module as it gets them from Ansible."""
    spec = import_module(f"ansible_collections.mailops.pdd.plugins.modules.{module}").OPTIONS
    result = ArgumentSpecValidator(spec).validate(given)
    assert result.error_messages == []
    found: dict[str, Any] = result.validated_parameters
    return found


@given(VARIABLES)
def test_what_is_accepted_no_module_refuses(raw: dict[str, Any]) -> None:
    values = accepted(raw)
    if values is None:
        return
    parts = Parts({**values, "name": DOMAIN}, {}, NAMED).as_dict(signs=True, checks=False)
    percent = values["max_removals_percent"]
    for name in ("removals", "mailboxes"):
        mailboxes.parse(
            options("pdd_mailbox", mailboxes=parts[name], expected_present=parts["imported"]), DOMAIN, PddRules()
        )
    for name in ("freed", "absent"):
        maillists.parse(options("pdd_maillist", maillist=parts[name], state="absent"), DOMAIN)
    exclusive = parts["exclusive"]
    params = options("pdd_maillist", maillist=parts["maillists"], exclusive=exclusive, max_removals_percent=percent)
    maillists.parse(params, DOMAIN)
    params = options("pdd_maillist_subscriber", maillists=parts["subscribers"], max_removals_percent=percent)
    subscriber_options.parse(params, DOMAIN)
    for source in (*parts["imports"], *parts["wait"]):
        timeout = values["imports_wait_timeout"]
        imports.parse(options("pdd_mailbox_import", **source, wait=True, wait_timeout=timeout), DOMAIN, {}, PddRules())


@given(VARIABLES)
def test_what_is_accepted_is_in_its_form_already(raw: dict[str, Any]) -> None:
    values = accepted(raw)
    if values is None:
        return
    again = accepted({f"{PREFIX}{name}": each for name, each in values.items()})
    assert again == values
