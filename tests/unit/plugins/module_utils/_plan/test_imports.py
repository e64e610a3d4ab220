# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailboxes to import, and when an import has ended (_plan/imports.py, _plan/watch.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._mail.models import Box, FailedBox, ImportStatus, Source
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.rules import PddRules
from ansible_collections.mailops.pdd.plugins.module_utils._plan.changes import Change
from ansible_collections.mailops.pdd.plugins.module_utils._plan.imports import (
    DesiredImports,
    ImportPlan,
    ImportState,
    ImportStep,
    RunningState,
    check_new_passwords,
    compare,
    find_failed,
    find_taken,
    parse,
    summarize,
)
from ansible_collections.mailops.pdd.plugins.module_utils._plan.watch import Waiting, Watch
from hypothesis import given
from hypothesis import strategies as st

RULES = PddRules()
DOMAIN = "example.test"
ANNA, BERT, CARA = map(Address, ("anna@example.test", "bert@example.test", "cara@example.test"))
SECRET = "Made-up".ljust(9, "1")
DEFAULTS: dict[str, Any] = {
    "server": None,
    "method": "imap",
    "ssl": True,
    "port": None,
    "external_login": None,
    "external_password": None,
    "internal_login": None,
    "internal_password": None,
    "mailboxes": None,
    "check_settings": True,
    "existing": "skip",
    "retry_failed": False,
    "verify_count": True,
    "wait": False,
    "wait_timeout": 3600,
    "stall_timeout": 600,
    "poll_interval": 5,
    "state": "started",
    "progress_path": [],
}


def entry(external: str, password: str = SECRET, internal: str | None = None, new: str | None = None) -> dict[str, Any]:
    """Return an entry of `mailboxes`, as Ansible hands it over."""
    return {
        "external_login": external,
        "external_password": password,
        "internal_login": internal,
        "internal_password": new,
    }


def desired(**options: Any) -> DesiredImports:
    """Return what the module makes of these options."""
    return parse({**DEFAULTS, "server": "mail.old.test", **options}, DOMAIN, DEFAULTS, RULES)


def problems(**options: Any) -> list[str]:
    """Return what is wrong with these options, after a look for passwords in it."""
    with pytest.raises(InvalidInputError) as caught:
        desired(**options)
    assert SECRET not in str(caught.value)
    return caught.value.problems


def box(internal: Address, password: str = SECRET) -> Box:
    """Return a mailbox to import."""
    return Box(internal.local, password, internal, password)


def failed(internal: Address, error: str = "bad password") -> FailedBox:
    """Return a mailbox whose import failed."""
    return FailedBox(internal, f"{internal.local}@old.test", error, 3, 0)


# The options


def test_one_mailbox() -> None:
    """Login and password are the same on both sides unless something else is said."""
    assert desired(external_login="Anna@old.test", external_password=SECRET) == DesiredImports(
        source=Source("mail.old.test", "imap", 993, ssl=True),
        boxes=(Box("Anna@old.test", SECRET, ANNA, SECRET),),
        check_settings=True,
        retry_failed=False,
        waiting=None,
    )


def test_many_mailboxes() -> None:
    """Each with its own internal login and password."""
    request = desired(mailboxes=[entry("a.old", "odd \u00e4 one", "Anna", SECRET), entry("bert")], server=" 192.0.2.1 ")
    assert request.boxes == (Box("a.old", "odd \u00e4 one", ANNA, SECRET), Box("bert", SECRET, BERT, SECRET))
    assert request.source is not None
    assert request.source.server == "192.0.2.1"


def test_no_mailboxes() -> None:
    """An empty list is nothing to do, no mistake."""
    assert desired(mailboxes=[]).boxes == ()


@pytest.mark.parametrize(
    ("method", "ssl", "port"),
    [
        ("imap", True, 993),
        ("imap4", True, 993),
        ("imap", False, 143),
        ("imap4", False, 143),
        ("pop", True, 995),
        ("pop3", True, 995),
        ("pop", False, 110),
        ("pop3", False, 110),
    ],
)
def test_default_port(method: str, ssl: bool, port: int) -> None:
    """By method and encryption; a port that is given is taken."""
    source = desired(mailboxes=[], method=method, ssl=ssl).source
    assert source == Source("mail.old.test", method, port, ssl)
    assert desired(mailboxes=[], method=method, ssl=ssl, port=2000).source == replace(source, port=2000)


@pytest.mark.parametrize(
    ("server", "sent"),
    [(" Mail.test", "Mail.test"), ("\u00c4.test", "xn--4ca.test"), ("192.0.2.1", "192.0.2.1"), ("::1", "::1")],
)
def test_server_is_sent_in_ascii(server: str, sent: str) -> None:
    """As A-labels, where it is an IDN."""
    source = desired(mailboxes=[], server=server).source
    assert source is not None
    assert source.server == sent


def test_waiting() -> None:
    """Only if it is asked for."""
    assert desired(mailboxes=[], wait=True, wait_timeout=9, stall_timeout=8, poll_interval=7).waiting == Waiting(
        9, 8, 7
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"server": ""}, "server: '' is no host name or IP address"),
        ({"server": "imap://old.test"}, "server: 'imap://old.test' is no host name or IP address"),
        ({"server": "old test"}, "server: 'old test' is no host name or IP address"),
        (
            {"server": "\u043f\u043e\u0447\u0442\u0430 x"},
            "server: '\u043f\u043e\u0447\u0442\u0430 x' is no host name or IP address",
        ),
        ({"port": 0}, "port: 0 is not between 1 and 65535"),
        ({"port": 65536}, "port: 65536 is not between 1 and 65535"),
        ({"wait_timeout": 0}, "wait_timeout: 0 is not between 1 and 31536000"),
        ({"stall_timeout": 0}, "stall_timeout: 0 is not between 1 and 31536000"),
        ({"poll_interval": -1}, "poll_interval: -1 is not between 1 and 31536000"),
        (
            {"mailboxes": None},
            "nothing to import: give external_login and external_password, or mailboxes",
        ),
        ({"mailboxes": [entry("anna"), entry(" ")]}, "mailboxes[1].external_login is empty"),
        ({"mailboxes": [entry("anna", "")]}, "mailboxes[0].external_password of anna is empty"),
        (
            {"mailboxes": [entry("anna", internal="anna@other.test")]},
            "mailboxes[0].internal_login: 'anna@other.test' is not in the domain example.test",
        ),
        (
            {"mailboxes": [entry("anna"), entry("Anna@old.test")]},
            f"mailboxes[1].internal_login: '{ANNA}' is the same as '{ANNA}' in mailboxes[0].internal_login",
        ),
        (
            {"mailboxes": [entry("1anna")]},
            "mailboxes[0].external_login: '1anna' is no valid login (Latin letters, digits, hyphens and dots; "
            "it begins with a letter and ends with a letter or digit); give mailboxes[0].internal_login",
        ),
        (
            {"mailboxes": [entry("anna", internal="an_na")]},
            "mailboxes[0].internal_login: 'an_na' is no valid login (Latin letters, digits, hyphens and dots; "
            "it begins with a letter and ends with a letter or digit)",
        ),
        (
            {"mailboxes": [entry("postmaster")]},
            "mailboxes[0].external_login: 'postmaster' is reserved by the service, only a mailing list can have this "
            "name; give mailboxes[0].internal_login",
        ),
        (
            {"mailboxes": [entry("anna", f"{SECRET} ")]},
            "mailboxes[0].external_password of anna: a password has only Latin letters, digits and "
            "! @ # $ % ^ & * ( ) _ - + : ; , .; give mailboxes[0].internal_password",
        ),
        (
            {"mailboxes": [entry("anna", new="short")]},
            "mailboxes[0].internal_password of anna: a password has at least 6 characters",
        ),
        (
            {"mailboxes": [entry("anna", new=SECRET.ljust(31, "x"))]},
            "mailboxes[0].internal_password of anna: a password has at most 30 characters",
        ),
        (
            {"mailboxes": [entry("annabell", "Annabell")]},
            "mailboxes[0].external_password of annabell: the password must differ from the login; "
            "give mailboxes[0].internal_password",
        ),
        (
            {"mailboxes": None, "external_login": "anna", "external_password": "12345"},
            "external_password of anna: a password has at least 6 characters; give internal_password",
        ),
    ],
)
def test_wrong_options(options: dict[str, Any], expected: str) -> None:
    """The message names place, rule and remedy, and no password."""
    assert problems(**{"mailboxes": [], **options}) == [expected]


def test_all_problems_at_once() -> None:
    """Of all mailboxes."""
    assert len(problems(mailboxes=[entry("1a"), entry("b", "x"), entry(""), entry("c", "")], server="", port=0)) == 6


def test_stopped_takes_nothing_else() -> None:
    """It stops all imports of the domain, whatever else is said."""
    assert parse({**DEFAULTS, "state": "stopped"}, DOMAIN, DEFAULTS, RULES) == DesiredImports()
    with pytest.raises(InvalidInputError) as caught:
        parse({**DEFAULTS, "state": "stopped", "server": "x", "wait": True, "ssl": False}, DOMAIN, DEFAULTS, RULES)
    assert sorted(caught.value.problems) == [
        f"{option} has no meaning with state: stopped, which stops all imports" for option in ("server", "ssl", "wait")
    ]


# The plan


def plan(*boxes: Box, retry_failed: bool = False, lists: set[Address] | None = None) -> ImportPlan:
    """Plan for a domain with Anna, whose import failed, and Bert, whose did not."""
    request = DesiredImports(Source("mail.old.test", "imap", 993, ssl=True), boxes, retry_failed=retry_failed)
    return compare(request, {ANNA, BERT}, lists or set(), [failed(ANNA), failed(Address("other@example.test"))])


def test_only_new_mailboxes_are_imported() -> None:
    """One that exists is not imported again."""
    result = plan(box(BERT), box(CARA))
    assert result.start == (box(CARA),)
    assert result.existing == (BERT,)
    assert result.failed == {}
    assert result.taken == ()


def test_failed_import_is_reported() -> None:
    """Else a rerun would be green with no mail; only mailboxes of this task count."""
    result = plan(box(ANNA), box(BERT))
    assert result.start == ()
    assert result.failed == {ANNA: failed(ANNA)}


def test_failed_import_is_retried_on_request() -> None:
    """And only the failed one."""
    result = plan(box(ANNA), box(BERT), retry_failed=True)
    assert result.start == (box(ANNA),)
    assert result.existing == (ANNA, BERT)
    assert result.failed == {}


def test_failed_import_is_retried_with_another_password() -> None:
    """If the service says which password failed, that is, and does not show stars in its place."""
    tried = replace(failed(ANNA), external_password=SECRET)
    request = DesiredImports(boxes=(box(ANNA, "Made-up-2"),))
    assert compare(request, {ANNA}, set(), [tried]).start == request.boxes
    assert compare(replace(request, boxes=(box(ANNA),)), {ANNA}, set(), [tried]).start == ()
    assert compare(request, {ANNA}, set(), [failed(ANNA)]).start == ()
    assert SECRET not in repr(tried)


def test_existing_mailboxes_are_filled_on_request() -> None:
    request = DesiredImports(boxes=(box(ANNA), box(BERT), box(CARA)), fills_existing=True)
    result = compare(request, {ANNA, BERT}, {CARA}, [failed(ANNA)])
    assert result.start == (box(ANNA), box(BERT))
    assert (result.existing, result.skipped, result.failed) == ((ANNA, BERT), (), {})
    before = ImportState(result, None)
    assert list(before.lines()) == [f"{ANNA}: import failed", f"{BERT}: mailbox"]


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        ([], ""),
        ([DOMAIN], ""),
        ([ANNA], "1 of 3 imports failed, 2 are there."),
        ([ANNA, BERT, DOMAIN], "2 of 3 imports failed, 1 is there."),
        ([ANNA, BERT, CARA], "3 of 3 imports failed."),
    ],
)
def test_imports_are_counted(lost: list[str], message: str) -> None:
    """All of the task, whenever they were started; waiting is none of them."""
    assert summarize([ANNA, BERT, CARA], [ImportStep("import", each) for each in lost]) == message


def test_name_of_a_mailing_list_cannot_be_imported() -> None:
    """The failure names it."""
    result = plan(box(CARA), lists={CARA})
    assert result.start == ()
    assert result.taken == (CARA,)
    ((step, error),) = find_taken(result).items()
    assert step == ImportStep("start", CARA)
    assert (error.code, error.message) == ("occupied", f"{CARA} is a mailing list")


@given(
    st.lists(st.sampled_from([ANNA, BERT, CARA, Address("dora@example.test")]), unique=True),
    st.sets(st.sampled_from([ANNA, BERT])),
    st.sets(st.sampled_from([CARA])),
    st.sets(st.sampled_from([ANNA, BERT, CARA])),
    st.booleans(),
)
def test_nothing_is_left_after_the_plan(
    named: list[Address], mailboxes: set[Address], maillists: set[Address], broken: set[Address], retry_failed: bool
) -> None:
    """Start what is planned, plan again: nothing to start. Every mailbox named is accounted for once."""
    request = DesiredImports(boxes=tuple(box(each) for each in named), retry_failed=retry_failed)
    first = compare(request, mailboxes, maillists, [failed(each) for each in broken])
    started = {each.internal for each in first.start}
    assert compare(request, mailboxes | started, maillists, []).start == ()
    assert started | set(first.existing) | set(first.taken) == set(named)
    assert not started & set(first.taken)
    assert started & set(first.existing) == {each for each in first.existing if retry_failed and each in broken}


@pytest.mark.parametrize("length", [20, 21, 30])
def test_long_password_is_refused_only_for_a_new_mailbox(length: int) -> None:
    """The service adds with 20 characters at most, and edits with 30."""
    secret = "x" * length
    new, old = plan(box(CARA, secret)), plan(box(ANNA, secret), retry_failed=True)
    expected = [None if length == 20 else "internal_password of cara: a password has at most 20 characters"]
    assert check_new_passwords(new, RULES) == expected
    assert check_new_passwords(old, RULES) == []
    assert len(old.start) == 1


# What is shown


def test_lines_of_the_diff() -> None:
    """The mailboxes that are there, without passwords and numbers of the service."""
    before = ImportState(plan(box(CARA), box(BERT), box(ANNA)), None)
    assert list(before.lines()) == [f"{BERT}: mailbox", f"{ANNA}: import failed"]
    after = before.after([ImportStep("start", CARA)])
    assert list(after.lines()) == [f"{BERT}: mailbox", f"{ANNA}: import failed", f"{CARA}: import started"]


def test_lines_of_an_import_that_is_retried() -> None:
    before = ImportState(plan(box(ANNA), box(BERT), retry_failed=True), None)
    assert list(before.lines()) == [f"{ANNA}: import failed", f"{BERT}: mailbox"]
    after = before.after([ImportStep("start", ANNA)])
    assert list(after.lines()) == [f"{ANNA}: import started", f"{BERT}: mailbox"]


def test_lines_of_imports_that_are_stopped() -> None:
    before = RunningState(DOMAIN, is_running=True)
    assert before.lines() == [f"{DOMAIN}: imports running"]
    assert before.after([ImportStep("stop", DOMAIN)]).lines() == [f"{DOMAIN}: imports stopped"]
    assert before.after([]) == before


def test_changes_of_a_step() -> None:
    assert ImportStep("start", ANNA).changes == [Change("import", ANNA, "start")]
    assert ImportStep("stop", DOMAIN).changes == [Change("import", DOMAIN, "remove")]


def test_failed_imports_as_they_are_shown() -> None:
    """With the account, the service's reason and a remedy."""
    errors = find_failed([failed(ANNA), failed(BERT, "")])
    assert list(errors) == [ImportStep("import", ANNA), ImportStep("import", BERT)]
    first, second = errors.values()
    assert first.code == "failed"
    assert first.message == f"importing {ANNA} from the account anna@old.test failed: bad password"
    assert "retry_failed: true" in first.sentence()
    assert second.message.endswith("failed: no reason")


def test_steps_name_their_mailbox() -> None:
    """As failures show it; all at the same time."""
    step = ImportStep("start", ANNA)
    assert step.names == {"object": ANNA}
    assert step.phase == 0


# Waiting

RUNNING = ImportStatus("in_progress", 0, 2, 0, 0, 0, 100, 0, ())


def watch(*, started: int = 2, timeout: int = 1000, stall_timeout: int = 100) -> Watch:
    """Return a watch that began at the time 0."""
    return Watch(Waiting(timeout, stall_timeout, 5), started=started, now=0.0)


def test_done() -> None:
    """As soon as the service says so."""
    judge = watch()
    assert judge.has_ended(RUNNING, 1.0) is False
    assert judge.has_ended(replace(RUNNING, state="done"), 2.0) is True


def test_done_task_of_an_earlier_run_is_not_ours() -> None:
    """It has fewer mailboxes than were just started."""
    judge = watch(started=3)
    assert judge.has_ended(replace(RUNNING, state="done"), 1.0) is False
    assert judge.has_ended(replace(RUNNING, state="done", total_boxes=3), 2.0) is True


def test_nothing_started_and_nothing_there() -> None:
    """Waiting ends at once."""
    assert watch(started=0).has_ended(ImportStatus("done", 0, 0, 0, 0, 0, 0, 0, ()), 0.0) is True


@pytest.mark.parametrize("state", ["failed", "removed"])
def test_bad_end(state: str) -> None:
    """A failure, unless the task is an earlier one."""
    ended = replace(RUNNING, state=state, progress_percent=40)
    with pytest.raises(ServiceError, match=f"ended in the state {state} \\(40 %") as caught:
        watch().has_ended(ended, 1.0)
    assert caught.value.code == state
    assert watch(started=3).has_ended(ended, 1.0) is False


@pytest.mark.parametrize("state", ["task_just_created", "in_progress", "paused", "pause_cause_of_error", "surprise"])
def test_stall(state: str) -> None:
    """Without a new message or mailbox for stall_timeout seconds it has failed, whatever it says, pauses too."""
    judge = watch()
    task = replace(RUNNING, state=state, imported_messages=7)
    assert judge.has_ended(task, 50.0) is False
    assert judge.has_ended(task, 149.0) is False
    with pytest.raises(ServiceError) as caught:
        judge.has_ended(task, 150.0)
    assert caught.value.code == "stalled"
    assert f"no progress for 100 s, their state is {state}" in caught.value.message
    assert "7 of 100 messages" in caught.value.message


@pytest.mark.parametrize("stale", ["failed", "removed", "done"])
def test_task_of_an_earlier_run_that_stays_is_a_stall(stale: str) -> None:
    """Waiting has an end also if ours never shows up."""
    judge = watch(started=3)
    assert judge.has_ended(replace(RUNNING, state=stale), 1.0) is False
    with pytest.raises(ServiceError) as caught:
        judge.has_ended(replace(RUNNING, state=stale), 101.0)
    assert caught.value.code == "stalled"


@pytest.mark.parametrize("counter", ["imported_messages", "done_boxes", "complete_boxes", "failed_boxes_count"])
def test_progress_prolongs_the_wait(counter: str) -> None:
    """Each message, and each mailbox in whatever way it ended."""
    judge = watch()
    for step in range(9):
        progress: dict[str, Any] = {counter: step}
        assert judge.has_ended(replace(RUNNING, **progress), step * 99.0) is False


def test_time_out() -> None:
    """Also while there is progress; the advice is to wait for longer."""
    judge = watch(timeout=150)
    assert judge.has_ended(RUNNING, 90.0) is False
    assert judge.has_ended(replace(RUNNING, imported_messages=1), 149.0) is False
    with pytest.raises(ServiceError) as caught:
        judge.has_ended(replace(RUNNING, imported_messages=2, done_boxes=1), 150.0)
    assert caught.value.code == "timeout"
    assert "not done within 150 s" in caught.value.message
    assert "1 of 2 mailboxes" in caught.value.message


# What is said while waiting

START = "waiting for the imports, at most 1000 s; interrupting leaves them running"


def test_news() -> None:
    """One line at the start, and one for every change."""
    judge = watch()
    half = replace(RUNNING, progress_percent=50, imported_messages=50, done_boxes=1, failed_boxes_count=1)
    assert judge.find_news(RUNNING) == [START, "0 %, 0 of 100 messages, 0 of 2 mailboxes, 0 failed"]
    assert judge.find_news(replace(RUNNING, state="paused")) == []
    assert judge.find_news(half) == ["50 %, 50 of 100 messages, 1 of 2 mailboxes, 1 failed"]
    assert judge.find_news(half) == []


@pytest.mark.parametrize("change", ["progress_percent", "imported_messages", "done_boxes", "failed_boxes_count"])
def test_every_change_is_news(change: str) -> None:
    """Also a single one, and back again."""
    judge = watch()
    judge.find_news(RUNNING)
    changed: dict[str, Any] = {change: 1}
    assert len(judge.find_news(replace(RUNNING, **changed))) == 1
    assert len(judge.find_news(RUNNING)) == 1


def test_task_of_an_earlier_run_is_no_news() -> None:
    """It would say that all is done."""
    judge = watch(started=2)
    older = ImportStatus("done", 100, 1, 1, 1, 0, 9, 9, ())
    assert judge.find_news(older) == [START]
    assert judge.find_news(older) == []
    assert judge.find_news(RUNNING) == ["0 %, 0 of 100 messages, 0 of 2 mailboxes, 0 failed"]


@pytest.mark.parametrize("state", ["done", "failed", "removed"])
def test_no_news_where_nothing_is_waited_for(state: str) -> None:
    """Nothing was started and nothing runs. What ends at once after a start is told."""
    ended = replace(RUNNING, state=state)
    assert watch(started=0).find_news(ended) == []
    assert watch(started=2).find_news(ended) == [START, "0 %, 0 of 100 messages, 0 of 2 mailboxes, 0 failed"]


@given(
    st.integers(0, 2),
    st.lists(
        st.builds(
            ImportStatus, st.sampled_from(["in_progress", "paused", "odd"]), *[st.integers(0, 2)] * 7, st.just(())
        )
    ),
)
def test_news_are_the_changes(started: int, states: list[ImportStatus]) -> None:
    """Whatever is read: the last line tells the last state of ours, and no line is that before it."""
    judge = watch(started=started)
    lines = [line for state in states for line in judge.find_news(state)]
    ours = [state for state in states if state.total_boxes >= started]
    assert lines[:1] == [START][: len(states)]
    assert all(line != following for line, following in zip(lines, lines[1:]))
    assert len(lines) > 1 or not ours
    if ours:
        assert watch(started=0).find_news(ours[-1])[-1] == lines[-1]
