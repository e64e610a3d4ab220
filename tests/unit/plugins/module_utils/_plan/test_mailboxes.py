# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is desired of mailboxes, and which of them to create, to change and to delete (_plan/mailboxes.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._mail.models import Mailbox
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.client import PddClient
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.rules import PddRules
from ansible_collections.mailops.pdd.plugins.module_utils._plan.changes import Change
from ansible_collections.mailops.pdd.plugins.module_utils._plan.expected import Expected
from ansible_collections.mailops.pdd.plugins.module_utils._plan.mailboxes import (
    DesiredMailbox,
    MailboxState,
    MailboxStep,
    apply_steps,
    check_new,
    find_doubtful_removals,
    find_taken,
    find_unanswered_questions,
    make_blank,
    parse,
    plan_aliases,
    plan_existence,
    plan_updates,
    to_result,
    with_expected,
)
from hypothesis import assume, given
from hypothesis import strategies as st

RULES = PddRules()
DOMAIN = "example.test"
ANNA, BORIS, TEAM = map(Address, ("anna@example.test", "boris@example.test", "team@example.test"))
SECRET = "Made-up".ljust(9, "1")
ANSWER = "a made-up answer"
ENTRY: dict[str, Any] = {
    "login": None,
    "password": None,
    "update_password": None,
    "first_name": None,
    "last_name": None,
    "birth_date": None,
    "sex": None,
    "hint_question": None,
    "hint_answer": None,
    "enabled": None,
    "state": "present",
}
OPTIONS: dict[str, Any] = {
    **ENTRY,
    "update_password": "on_create",
    "mailboxes": None,
    "verify_count": True,
}
PERSON: dict[str, Any] = {
    "first_name": "Anna",
    "last_name": "Muster",
    "birth_date": "1990-02-03",
    "sex": "female",
    "hint_question": "Colour?",
    "enabled": False,
}


def entry(login: str, **options: Any) -> dict[str, Any]:
    """Return an entry of `mailboxes` with all its defaults."""
    return {**ENTRY, "login": login, **options}


def one(**options: Any) -> DesiredMailbox:
    """Return what the module makes of the options for one mailbox."""
    (desired,) = parse({**OPTIONS, **options}, DOMAIN, RULES)
    return desired


def many(*entries: dict[str, Any], **options: Any) -> tuple[DesiredMailbox, ...]:
    """Return what the module makes of `mailboxes`."""
    return parse({**OPTIONS, "mailboxes": list(entries), **options}, DOMAIN, RULES)


def problems(*entries: dict[str, Any], **options: Any) -> list[str]:
    """Return what is wrong with these entries, or with the options for one mailbox; never with a secret in it."""
    with pytest.raises(InvalidInputError) as caught:
        many(*entries, **options) if entries else one(**options)
    assert SECRET not in caught.value.sentence()
    assert ANSWER not in caught.value.sentence()
    return caught.value.problems


def mailbox(login: str, **properties: Any) -> Mailbox:
    """Return a mailbox as the service creates it, with some properties set."""
    return replace(make_blank(Address(login), 7), **properties)


def state(*mailboxes: Mailbox) -> dict[Address, Mailbox]:
    """Return the mailboxes by their address."""
    return {each.login: each for each in mailboxes}


# What is desired


def test_one_mailbox() -> None:
    """Only the properties that are given are desired; the login is an address."""
    assert one(login="Anna", password=SECRET, first_name="Anna", enabled=False) == DesiredMailbox(
        place="",
        login=ANNA,
        present=True,
        properties={"first_name": "Anna", "enabled": False},
        password=SECRET,
        renews_password=False,
        hint_answer=None,
    )


def test_expected_mailboxes() -> None:
    """What will be there, and is desired; without what will be gone."""
    desired = many(entry("anna"), entry("team"), entry("clara", state="absent"))
    anna, team = make_blank(ANNA, 1), replace(make_blank(TEAM, 2), is_maillist=True)
    expected = Expected(frozenset({ANNA, TEAM, BORIS, Address("clara@example.test")}), frozenset({TEAM}))
    assert with_expected({ANNA: anna, TEAM: team}, desired, expected) == {ANNA: anna, TEAM: make_blank(TEAM)}
    assert with_expected({TEAM: team}, desired, Expected()) == {TEAM: team}


def test_many_mailboxes() -> None:
    """In the order given; each says for itself what is to become of it."""
    first, second, third = many(
        entry("Boris@EXAMPLE.test", password=SECRET, update_password="always"),
        entry("anna", **PERSON, hint_answer=ANSWER),
        entry("clara", state="absent"),
    )
    assert (first.place, first.login, first.renews_password) == ("mailboxes[0].", BORIS, True)
    assert (second.login, second.properties, second.password, second.hint_answer) == (ANNA, PERSON, None, ANSWER)
    assert (third.login, third.present) == ("clara@example.test", False)
    assert many() == ()


def test_empty_text_is_a_value() -> None:
    """It takes a name away."""
    assert one(login="anna", first_name="").properties == {"first_name": ""}


@pytest.mark.parametrize("login", ["under_score", "1st", "x" * 40, "a."])
def test_rules_of_new_logins_apply_only_where_something_may_be_created(login: str) -> None:
    """What exists may break them."""
    assert one(login=login, first_name="A").login == f"{login}@example.test"
    assert not one(login=login, state="absent", password=SECRET).present
    assert problems(login=login, password=SECRET)


@pytest.mark.parametrize("login", ["abuse", "Postmaster", "ABUSE@example.test"])
def test_reserved_names(login: str) -> None:
    """Nobody can have such a mailbox, with a password or without."""
    for password in (None, SECRET):
        (problem,) = problems(login=login, password=password)
        assert "is reserved by the service, only a mailing list can have this name" in problem
    assert not one(login=login, state="absent").present


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"login": "an na"}, "login: 'an na' is no address (expected: name or name@domain)"),
        ({"login": ""}, "login: '' is no address (expected: name or name@domain)"),
        ({"login": "anna@other.test"}, "login: 'anna@other.test' is not in the domain example.test"),
        (
            {"login": "anna@other.test", "state": "absent"},
            "login: 'anna@other.test' is not in the domain example.test",
        ),
        ({"login": "x" * 31, "password": SECRET}, f"login: {'x' * 31!r} has 31 characters, a login has at most 30"),
        ({"login": "anna", "password": ""}, "password of anna: a password has at least 6 characters"),
        ({"login": "anna", "password": "x" * 5}, "password of anna: a password has at least 6 characters"),
        ({"login": "anna", "password": "x" * 31}, "password of anna: a password has at most 30 characters"),
        ({"login": "annabel", "password": "AnnaBel"}, "password of annabel: the password must differ from the login"),
        ({"login": "anna", "birth_date": "1990-2-3"}, "birth_date of anna: '1990-2-3' is no date of the form"),
        ({"login": "anna", "birth_date": "03.02.1990"}, "birth_date of anna: '03.02.1990' is no date"),
        ({"login": "anna", "birth_date": "1990-02-30"}, "birth_date of anna: '1990-02-30' is no date"),
        ({"login": "anna", "birth_date": "19900203"}, "birth_date of anna: '19900203' is no date"),
        ({"login": "anna", "birth_date": "1990-02-03 00:00:00"}, "birth_date of anna: '1990-02-03 00:00:00' is no"),
        ({"login": "anna", "birth_date": "1990-02-0\u0663"}, "birth_date of anna: '1990-02-0\u0663' is no date"),
        ({"login": "anna", "birth_date": ""}, "birth_date of anna: '' is no date"),
        ({"login": "anna", "hint_answer": ANSWER}, "hint_answer of anna has a meaning only with hint_question"),
    ],
)
def test_wrong_options(options: dict[str, Any], expected: str) -> None:
    """The message names place, mailbox and rule."""
    (problem,) = problems(**options)
    assert problem.startswith(expected)


@pytest.mark.parametrize("password", ["with a space", "umlaut-\u00e4", "back\\slash", "quote'quote", "tab\tulator"])
def test_characters_of_passwords(password: str) -> None:
    """Only those of docs/api/pdd.md, 1.6; the message does not show which."""
    (problem,) = problems(login="anna", password=password)
    assert problem.startswith("password of anna: a password has only Latin letters, digits and ! @ #")
    assert password not in problem


@pytest.mark.parametrize("password", ["abc123", "!@#$%^&*()_-+:;,.", "x" * 20, "x" * 21, "x" * 30])
def test_good_passwords(password: str) -> None:
    """From 6 to 30 characters; more than 20 are a matter of whether the mailbox exists."""
    assert one(login="anna", password=password).password == password


def test_what_is_absent_needs_no_properties() -> None:
    """So they may be anything."""
    desired = one(login="anna", state="absent", password="x", birth_date="never", hint_question="Colour?")
    assert not desired.present


def test_duplicates() -> None:
    """In any spelling, and also where one of them is to go."""
    assert problems(entry("anna"), entry("boris"), entry("ANNA@Example.test", state="absent")) == [
        "mailboxes[2].login: 'ANNA@Example.test' is the same as 'anna' in mailboxes[0].login"
    ]


def test_all_problems_at_once() -> None:
    """Nobody wants to run the task once for each mistake."""
    found = problems(
        entry("abuse", password=SECRET),
        entry("anna", password="x", birth_date="soon"),
        entry("b c"),
        entry("Anna@example.test"),
    )
    places = [problem.split(" ")[0].rstrip(":") for problem in found]
    assert places == [
        "mailboxes[0].login",
        "mailboxes[1].password",
        "mailboxes[1].birth_date",
        "mailboxes[2].login",
        "mailboxes[3].login",
    ]


def test_removal_is_said_for_each_mailbox() -> None:
    """One word for all entries would delete too much too easily."""
    (problem,) = problems(entry("anna"), state="absent")
    assert problem.startswith("state: absent must stand in the entries of mailboxes")


@pytest.mark.parametrize("common", ["on_create", "always"])
def test_renewal_for_all_mailboxes(common: str) -> None:
    """The task says it for the entries that do not say it themselves."""
    desired = many(
        entry("anna", password=SECRET),
        entry("boris", password=SECRET, update_password="on_create"),
        entry("clara", password=SECRET, update_password="always"),
        update_password=common,
    )
    assert [each.renews_password for each in desired] == [common == "always", False, True]


# Which steps


def test_missing_mailboxes_with_a_password_are_created() -> None:
    """In the order given; those without one never are."""
    desired = many(entry("boris", password=SECRET), entry("anna", password=SECRET), entry("clara"), entry("dora"))
    assert plan_existence(state(mailbox("dora@example.test")), desired) == [
        MailboxStep("create", BORIS),
        MailboxStep("create", ANNA),
    ]


def test_unwanted_mailboxes_are_deleted() -> None:
    """If they are there."""
    desired = many(entry("anna", state="absent"), entry("gone", state="absent"))
    assert plan_existence(state(mailbox(ANNA), mailbox(BORIS)), desired) == [MailboxStep("delete", ANNA)]


@pytest.mark.parametrize("options", [{"password": SECRET}, {"first_name": "Team"}, {"state": "absent"}])
def test_mailing_lists_are_left_alone(options: dict[str, Any]) -> None:
    """Whatever is said of their address."""
    current = state(mailbox(TEAM, is_maillist=True))
    desired = many(entry("team", **options))
    assert plan_existence(current, desired) == plan_updates(current, desired, ()) == []
    assert list(MailboxState(current, desired).lines()) == []


def test_mailing_lists_in_the_way_are_named() -> None:
    """A mailbox that cannot be is a failure, one that is not desired there is none."""
    current = state(mailbox(TEAM, is_maillist=True), mailbox("old@example.test", is_maillist=True), mailbox(ANNA))
    desired = many(entry("team"), entry("old", state="absent"), entry("anna"), entry("boris", password=SECRET))
    ((step, error),) = find_taken(current, desired, "occupied").items()
    assert (step.action, step.names, error.code) == ("create", {"object": TEAM}, "occupied")
    assert error.sentence().startswith(f"Cannot create the mailbox {TEAM}: {TEAM} is a mailing list")


@pytest.mark.parametrize("name", PERSON)
def test_each_property(name: str) -> None:
    """It is sent if it differs, alone."""
    desired = many(entry("anna", **{name: PERSON[name]}, hint_answer=ANSWER if name == "hint_question" else None))
    assert plan_updates(state(mailbox(ANNA)), desired, ()) == [MailboxStep("update", ANNA, (name,))]
    assert plan_updates(state(mailbox(ANNA, **{name: PERSON[name]})), desired, ()) == []


def test_properties_are_sent_together() -> None:
    """One step for each mailbox, without what is right already."""
    desired = many(entry("anna", **PERSON, hint_answer=ANSWER), entry("boris", sex="unset", enabled=True))
    current = state(mailbox(ANNA, first_name="Anna", sex="male"), mailbox(BORIS))
    (step,) = plan_updates(current, desired, ())
    assert step == MailboxStep("update", ANNA, ("last_name", "birth_date", "sex", "hint_question", "enabled"))
    assert step.phase == 0


@pytest.mark.parametrize(
    ("options", "created", "renewed"),
    [
        ({"password": SECRET}, False, False),
        ({"password": SECRET, "update_password": "always"}, False, True),
        ({"password": SECRET, "update_password": "always"}, True, False),
        ({"update_password": "always"}, False, False),
    ],
)
def test_password_of_an_existing_mailbox(options: dict[str, Any], created: bool, renewed: bool) -> None:
    """Set anew only if the task says so, and not right after the creation with the same one."""
    steps = plan_updates(state(mailbox(ANNA)), many(entry("anna", **options)), [ANNA] if created else [])
    assert steps == ([MailboxStep("update", ANNA, ("password",))] if renewed else [])


def test_long_passwords_are_for_existing_mailboxes() -> None:
    """A new one has at most 20 characters (docs/api/pdd.md, 3.5)."""
    desired = many(entry("anna", password="x" * 21), entry("boris", password="x" * 21), entry("clara", password=SECRET))
    steps = plan_existence(state(mailbox(BORIS)), desired)
    found = check_new(steps, {each.login: each for each in desired}, RULES)
    assert [problem for problem in found if problem] == [
        "mailboxes[0].password of anna: a password has at most 20 characters"
    ]


def test_question_without_an_answer() -> None:
    """It is compared, and a problem where it would have to be set."""
    desired = many(
        entry("anna", first_name="Anna", hint_question="Colour?"),
        entry("boris", hint_question="Colour?"),
        entry("clara", hint_question="Colour?"),
        entry("dora", hint_question="Colour?", hint_answer=ANSWER),
    )
    current = state(
        mailbox(ANNA, hint_question="Pet?"),
        mailbox(BORIS, hint_question="Colour?"),
        mailbox("clara@example.test", is_maillist=True),
        mailbox("dora@example.test"),
    )
    assert [step.properties for step in plan_updates(current, desired, ())] == [("first_name",), ("hint_question",)]
    assert find_unanswered_questions(current, desired) == [
        "mailboxes[0].hint_question of anna is 'Pet?' at the service; to set 'Colour?', "
        "give mailboxes[0].hint_answer, too"
    ]


def test_question_without_an_end() -> None:
    """What the service has is shown as one short line."""
    current = state(mailbox(ANNA, hint_question="\x1b[2J" + "?" * 100_000))
    [problem] = find_unanswered_questions(current, many(entry("anna", hint_question="Colour?")))
    assert problem.isprintable()
    assert len(problem) < 500


# What it is afterwards, and how it is shown


def test_changes_of_a_step() -> None:
    """The mailbox, or each property of an update; a password is named, and has no values."""
    desired = many(entry("anna", first_name="Anna", password=SECRET, update_password="always"), entry("boris"))
    [step] = plan_updates(state(mailbox(ANNA), mailbox(BORIS)), desired, ())
    assert step.changes == (
        Change("mailbox", ANNA, "update", property="first_name", before="", after="Anna"),
        Change("mailbox", ANNA, "update", property="password"),
    )
    assert MailboxStep("delete", ANNA).changes == [Change("mailbox", ANNA, "delete")]


def test_lines_of_the_diff() -> None:
    """What the task speaks of, and of passwords only that one is set anew."""
    desired = many(
        entry("anna", first_name="Anna", password=SECRET, update_password="always"),
        entry("boris", hint_question="Colour?", hint_answer=ANSWER),
        entry("clara", state="absent"),
        entry("dora", password=SECRET, enabled=False),
    )
    current = state(mailbox(ANNA, last_name="Muster"), mailbox(BORIS), mailbox("clara@example.test"))
    before = MailboxState(current, desired)
    assert list(before.lines()) == [
        f"{ANNA}: mailbox",
        f'{ANNA}: first_name ""',
        f"{BORIS}: mailbox",
        f'{BORIS}: hint_question ""',
        "clara@example.test: mailbox",
    ]
    there = before.after(plan_existence(current, desired))
    assert there.created == {"dora@example.test"}
    after = there.after(plan_updates(there.accounts, desired, there.created))
    assert list(after.lines()) == [
        f"{ANNA}: mailbox",
        f'{ANNA}: first_name "Anna"',
        f"{ANNA}: password (set anew)",
        f"{BORIS}: mailbox",
        f'{BORIS}: hint_question "Colour?"',
        "dora@example.test: mailbox",
        "dora@example.test: enabled false",
    ]


def test_returned_mailbox() -> None:
    """In the shape of pdd_mailbox_info."""
    aliases = ("a.m@example.test",)
    assert to_result(mailbox(ANNA, **PERSON, ready=True, aliases=aliases), PddClient.capabilities) == {
        "login": ANNA,
        "uid": 7,
        **PERSON,
        "ready": True,
        "aliases": ["a.m@example.test"],
    }


NAMES = st.sampled_from(["anna", "boris", "clara", "dora"])
PROPERTIES = {
    "first_name": st.sampled_from(["", "A", "B"]),
    "last_name": st.sampled_from(["", "C"]),
    "birth_date": st.sampled_from(["1990-02-03", "2000-01-01"]),
    "sex": st.sampled_from(["male", "female", "unset"]),
    "hint_question": st.sampled_from(["", "Colour?"]),
    "enabled": st.booleans(),
}
MAILBOXES = st.dictionaries(
    NAMES.map("{}@example.test".format),
    st.fixed_dictionaries({}, optional={**PROPERTIES, "is_maillist": st.booleans()}),
)
WANTED = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(["present", "present", "absent"]),
            "password": st.sampled_from([None, SECRET]),
            "hint_answer": st.sampled_from([None, ANSWER]),
        },
        optional=PROPERTIES,
    ),
)


def entries(drawn: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Make entries of what was drawn: an answer needs a question."""
    return [
        entry(login, **{**options, "hint_answer": options["hint_answer"] if "hint_question" in options else None})
        for login, options in drawn.items()
    ]


@given(MAILBOXES, WANTED)
def test_nothing_is_left_after_the_plan(current: dict[str, dict[str, Any]], drawn: dict[str, dict[str, Any]]) -> None:
    """Apply the plans, plan again: no steps. What the task does not name stays as it was."""
    before = state(*(mailbox(login, **properties) for login, properties in current.items()))
    desired = {each.login: each for each in many(*entries(drawn))}
    existence = plan_existence(before, desired.values())
    there = apply_steps(before, existence, desired)
    updates = plan_updates(there, desired.values(), ())
    after = apply_steps(there, updates, desired)
    assert plan_existence(after, desired.values()) == plan_updates(after, desired.values(), ()) == []
    assert len({step.login for step in existence}) == len(existence)
    assert len({step.login for step in updates}) == len(updates)
    for login in {*before, *after}:
        old, new = before.get(login), after.get(login)
        if login not in desired or (old and old.is_maillist):
            assert new == old
        elif not desired[login].present:
            assert new is None
        else:
            assert new == replace(old or make_blank(login), **desired[login].settable)


def test_mailboxes_that_may_not_be_gone() -> None:
    """Those that are to be absent, and are not listed."""
    absent = [entry(login, state="absent") for login in ("anna", "boris")]
    options = {**OPTIONS, "mailboxes": [*absent, entry("clara", password=SECRET)]}
    named = parse(options, DOMAIN, RULES)
    assert find_doubtful_removals([ANNA], named) == [BORIS]
    assert find_doubtful_removals([ANNA, BORIS], named) == []
    assert find_doubtful_removals([ANNA], parse({**options, "verify_count": False}, DOMAIN, RULES)) == []


# Of a service that takes properties with the creation, and has aliases


ALIASES = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3)
WANTED_WITH_ALIASES = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(["present", "present", "absent"]),
            "password": st.sampled_from([None, SECRET]),
            "aliases": st.none() | ALIASES,
        },
        optional={
            "first_name": st.sampled_from(["", "A"]),
            "position": st.sampled_from(["", "B"]),
            "enabled": st.booleans(),
        },
    ),
)


@given(st.dictionaries(NAMES, ALIASES), WANTED_WITH_ALIASES)
def test_nothing_is_left_after_plans_with_aliases(
    current: dict[str, list[str]], drawn: dict[str, dict[str, Any]]
) -> None:
    """A new mailbox has its properties at once, and its aliases in the second round; removals come first."""
    before = state(
        *(
            mailbox(f"{login}@{DOMAIN}", aliases=tuple(f"{each}@{DOMAIN}" for each in sorted(aliases)))
            for login, aliases in current.items()
        )
    )
    wanted = [
        alias for options in drawn.values() if options["state"] == "present" for alias in options["aliases"] or ()
    ]
    assume(len(set(wanted)) == len(wanted))
    desired = many(*(entry(login, middle_name=None, **options) for login, options in drawn.items()))
    planned = MailboxState(before, desired)
    for _round in range(2):
        steps = [
            *plan_existence(planned.accounts, desired, ("first_name", "position")),
            *plan_updates(planned.accounts, desired, planned.fresh),
            *plan_aliases(planned.accounts, desired),
        ]
        assert all(step.phase == int(bool(step.alias) and not step.is_removal) for step in steps)
        planned = planned.after(steps)
    assert plan_existence(planned.accounts, desired) == plan_aliases(planned.accounts, desired) == []
    assert plan_updates(planned.accounts, desired, planned.fresh) == []
    for each in desired:
        found = planned.accounts.get(each.login)
        if each.aliases is not None and each.present and found:
            refused = {
                step.alias for step in find_taken(planned.accounts, desired, "conflict") if step.login == each.login
            }
            assert set(found.aliases) == set(each.aliases) - refused


def test_login_that_is_an_alias() -> None:
    """It is not created, unless the mailbox that has the alias loses it in the same task."""
    current = state(mailbox(BORIS, aliases=(ANNA,)))
    desired = many(entry("anna", password=SECRET))
    assert plan_existence(current, desired) == []
    ((step, error),) = find_taken(current, desired, "conflict").items()
    assert (step.login, error.code, error.message) == (ANNA, "conflict", f"{ANNA} is an alias of {BORIS}")
    both = many(entry("anna", password=SECRET), entry("boris", aliases=[]))
    assert plan_existence(current, both) == [MailboxStep("create", ANNA)]
    assert find_taken(current, both, "conflict") == {}


def test_changes_of_a_creation_with_properties() -> None:
    """Each property is an entry, as it is for a service that sets them afterwards."""
    desired = many(entry("anna", password=SECRET, first_name="Anna", sex="female", enabled=False))
    [step] = plan_existence({}, desired, ("first_name", "sex"))
    assert [(each.action, each.property) for each in step.changes] == [
        ("create", None),
        ("update", "first_name"),
        ("update", "sex"),
    ]
