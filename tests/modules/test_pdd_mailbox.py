# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_mailbox: mailboxes exist, with these properties, or do not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from ..conftest import Service, in_every_era
from .conftest import Forward, Middleman, Runner

MODULE = "pdd_mailbox"
ADD, EDIT, DELETE, LIST = "email/add", "email/edit", "email/del", "email/list"
PASSWORD = "made-up-2"
LONG = "made-up-".ljust(30, "3")
ANSWER = "turquoise"
NEW: dict[str, Any] = {"password": PASSWORD}
NOT_SET = {
    "enabled": True,
    "first_name": "",
    "last_name": "",
    "birth_date": None,
    "sex": "unset",
    "hint_question": "",
    "ready": False,
    "aliases": [],
}
PERSON: dict[str, Any] = {
    "first_name": "Анна",
    "last_name": "Muster",
    "birth_date": "1990-02-03",
    "sex": "female",
    "hint_question": "Colour?",
}
SENT = {"iname": "Анна", "fname": "Muster", "birth_date": "1990-02-03", "sex": "2", "hintq": "Colour?", "hinta": ANSWER}
"""What the service gets for PERSON."""


def sent(service: Service, action: str) -> list[dict[str, Any]]:
    """Return the parameters of the calls of an action, the domain apart."""
    found = []
    for entry in service.requests():
        if entry["path"].endswith(f"/{action}"):
            assert entry["params"].pop("domain") == service.domain
            found.append(entry["params"])
    return found


def not_found(_forward: Forward) -> Response:
    return Response('{"success": "error", "error": "account_not_found"}')


def lines(name: str, properties: dict[str, Any]) -> list[str]:
    """Return what a diff shows of the properties of a mailbox."""
    shown = {None: "not set", False: "false", True: "true"}
    return [f"{name}: {key} " + shown.get(value, f'"{value}"') for key, value in properties.items()]


def updates(login: str, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the changes of the properties of a mailbox."""
    update = {"kind": "mailbox", "name": login, "action": "update"}
    return [{**update, "property": key, "before": before[key], "after": value} for key, value in after.items()]


@in_every_era
def test_create(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    result = run.check_then_run_twice(MODULE, login="Vera", **NEW)
    assert result["changed"]
    assert result["created"] == service.addresses("vera")
    assert result["updated"] == result["deleted"] == result["failures"] == []
    assert result["changes"] == [{"kind": "mailbox", "name": service.address("vera"), "action": "create"}]
    assert result["diff"] == service.diff([], ["vera: mailbox"])
    assert service.mailboxes["vera"]["password"] == PASSWORD
    assert result["mailboxes"] == [
        {"login": service.address("vera"), "uid": service.mailboxes["vera"]["uid"], **NOT_SET}
    ]
    assert set(service.mailboxes) == {"anna", "vera"}


@in_every_era
def test_create_with_properties(run: Runner, service: Service) -> None:
    """The service takes them only for a mailbox that exists; nothing is sent twice."""
    desired = {**NEW, **PERSON, "hint_answer": ANSWER, "enabled": False, "update_password": "always"}
    result = run(MODULE, login="vera", diff=True, **desired)
    login = service.address("vera")
    assert service.writes() == [ADD, EDIT]
    assert sent(service, ADD) == [{"login": login, "password": PASSWORD}]
    assert sent(service, EDIT) == [{"login": login, **SENT, "enabled": "no"}]
    assert (result["created"], result["updated"]) == ([login], [])
    created = {"kind": "mailbox", "name": login, "action": "create"}
    assert result["changes"] == [created, *updates(login, NOT_SET, {**PERSON, "enabled": False})]
    assert result["diff"] == service.diff([], sorted(["vera: mailbox", "vera: enabled false", *lines("vera", PERSON)]))
    (vera,) = result["mailboxes"]
    assert vera == {"login": login, "uid": service.mailboxes["vera"]["uid"], **NOT_SET, **PERSON, "enabled": False}
    (read,) = run("pdd_mailbox_info", counters=False)["mailboxes"]
    assert {**vera, "ready": True} == read
    assert service.mailboxes["vera"]["hinta"] == ANSWER


@in_every_era
def test_change(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna", "boris")
    service.api.ok(EDIT, {"login": "anna", "iname": "Анна", "fname": "Old", "sex": 1})
    result = run.check_then_run_twice(
        MODULE, mailboxes=[{"login": "anna", **PERSON, "hint_answer": ANSWER}, {"login": "boris"}]
    )
    login = service.address("anna")
    assert (result["created"], result["updated"], result["deleted"]) == ([], [login], [])
    before = {"first_name": "Анна", "last_name": "Old", "birth_date": None, "sex": "male", "hint_question": ""}
    assert result["diff"] == service.diff(
        sorted(["anna: mailbox", *lines("anna", before), "boris: mailbox"]),
        sorted(["anna: mailbox", *lines("anna", PERSON), "boris: mailbox"]),
    )
    names = ("last_name", "birth_date", "sex", "hint_question")
    assert result["changes"] == updates(login, before, {name: PERSON[name] for name in names})
    changed = {key: service.mailboxes["anna"][key] for key in ("iname", "fname", "birth_date", "sex", "hintq")}
    assert changed == {"iname": "Анна", "fname": "Muster", "birth_date": "1990-02-03", "sex": 2, "hintq": "Colour?"}
    assert service.mailboxes["anna"]["password"] == "made-up-1"
    assert service.mailboxes["boris"]["iname"] == ""


def test_only_what_differs_is_sent(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    service.api.ok(EDIT, {"login": "anna", "iname": "Anna", "fname": "Old", "hintq": "Colour?", "hinta": ANSWER})
    service.forget()
    run(MODULE, login="anna", first_name="Anna", last_name="New", hint_question="Colour?", hint_answer="another")
    assert sent(service, EDIT) == [{"login": service.address("anna"), "fname": "New"}]
    service.forget()
    run(MODULE, login="anna", hint_question="Number?", hint_answer="seven of them")
    assert sent(service, EDIT) == [{"login": service.address("anna"), "hintq": "Number?", "hinta": "seven of them"}]


@in_every_era
def test_question_without_an_answer_is_compared(run: Runner, service: Service) -> None:
    """As in an exported inventory: it changes nothing where it is right, and cannot be set where it is not."""
    service.add_mailboxes("anna")
    service.api.ok(EDIT, {"login": "anna", "hintq": "Colour?", "hinta": ANSWER})
    assert not run.check_then_run_twice(MODULE, login="anna", hint_question="Colour?")["changed"]
    desired = [
        {"login": "boris", **NEW, "hint_question": "Pet?"},
        {"login": "anna", "first_name": "Anna", "hint_question": "Number?"},
    ]
    for check in (True, False):
        result = run(MODULE, check=check, mailboxes=desired)
        assert (result["failed"], result["changed"], result["error"]["code"]) == (True, False, "invalid_input")
        for words in (
            "mailboxes[0].hint_question of boris is '' at the service; to set 'Pet?', give mailboxes[0].hint_answer",
            "mailboxes[1].hint_question of anna is 'Colour?' at the service; to set 'Number?', give",
        ):
            assert words in result["msg"]
    assert service.writes() == []
    assert set(service.mailboxes) == {"anna"}


@in_every_era
def test_properties_are_taken_away(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    service.api.ok(EDIT, {"login": "anna", "iname": "Anna", "sex": 2})
    assert run.check_then_run_twice(MODULE, login="anna", first_name="", sex="unset")["updated"] == service.addresses(
        "anna"
    )
    assert (service.mailboxes["anna"]["iname"], service.mailboxes["anna"]["sex"]) == ("", 0)


@in_every_era
def test_block_and_unblock(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    for enabled, flag in ((False, "no"), (True, "yes")):
        result = run.check_then_run_twice(MODULE, login="anna", enabled=enabled)
        assert result["updated"] == service.addresses("anna")
        assert [each["enabled"] for each in result["mailboxes"]] == [enabled]
        assert service.mailboxes["anna"]["enabled"] == flag
    assert not run.check_then_run_twice(MODULE, login="anna")["changed"]


@in_every_era
def test_delete(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna", "boris")
    result = run.check_then_run_twice(MODULE, login="Anna", state="absent", password="ignored")
    assert result["deleted"] == service.addresses("anna")
    assert result["mailboxes"] == result["created"] == result["updated"] == []
    assert result["changes"] == [{"kind": "mailbox", "name": service.address("anna"), "action": "delete"}]
    assert result["diff"] == service.diff(["anna: mailbox"], [])
    assert set(service.mailboxes) == {"boris"}


def test_a_list_is_no_mailbox_to_delete(run: Runner, service: Service) -> None:
    service.add_maillist("team")
    assert not run.check_then_run_twice(MODULE, mailboxes=[{"login": "team", "state": "absent"}])["changed"]
    assert set(service.maillists) == {"team"}


def test_everything_in_one_task(run: Runner, service: Service) -> None:
    """The mailboxes come back in the order asked, those to be deleted left out."""
    uids = dict(zip(("anna", "boris", "clara"), service.add_mailboxes("anna", "boris", "clara"), strict=True))
    desired = [
        {"login": "zoe", **NEW, "first_name": "Zoe"},
        {"login": "clara", "enabled": False},
        {"login": "boris", "state": "absent"},
        {"login": f"ANNA@{service.domain.upper()}", **NEW},
        {"login": "vera", **NEW},
        {"login": "never", "state": "absent"},
    ]
    result = run.check_then_run_twice(MODULE, mailboxes=desired)
    assert result["created"] == service.addresses("vera", "zoe")
    assert result["updated"] == service.addresses("clara")
    assert result["deleted"] == service.addresses("boris")
    assert [each["login"] for each in result["mailboxes"]] == service.addresses("zoe", "clara", "anna", "vera")
    known = {login: each["uid"] for login, each in service.mailboxes.items()}
    assert [each["uid"] for each in result["mailboxes"]] == [known[each] for each in ("zoe", "clara", "anna", "vera")]
    assert known["clara"] == uids["clara"]


def test_nothing_asked_for_is_nothing(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    result = run.check_then_run_twice(MODULE, mailboxes=[])
    assert (result["changed"], result["mailboxes"]) == (False, [])
    assert set(service.mailboxes) == {"anna"}


def test_uid_is_unknown_in_check_mode(run: Runner, service: Service) -> None:
    (uid,) = service.add_mailboxes("anna")
    result = run(
        MODULE, check=True, mailboxes=[{"login": "vera", **NEW, **PERSON, "hint_answer": ANSWER}, {"login": "anna"}]
    )
    assert [each["uid"] for each in result["mailboxes"]] == [None, uid]
    assert result["mailboxes"][0]["first_name"] == "Анна"
    assert result["created"] == service.addresses("vera")


def test_five_hundred(run: Runner, service: Service) -> None:
    """One read, a write for each; the next run reads two pages and writes nothing."""
    logins = [f"person{number:03}" for number in range(501)]
    desired = [{"login": login, **NEW} for login in logins]
    result = run(MODULE, mailboxes=desired)
    assert result["created"] == service.addresses(*logins)
    assert result["requests"] == {"sent": 502, "retried": 0, "throttled_seconds": 0.0}
    assert set(service.mailboxes) == set(logins)
    again = run(MODULE, mailboxes=desired)
    assert not again["changed"]
    assert again["requests"]["sent"] == 2
    assert [each["login"] for each in again["mailboxes"]] == service.addresses(*logins)
    assert [each["uid"] for each in again["mailboxes"]] == [each["uid"] for each in result["mailboxes"]]


def test_as_many_requests_at_once_as_allowed(run: Runner, service: Service) -> None:
    """Not more, and not fewer: each waits until the others are under way."""
    allowed = 3
    waiting = threading.Barrier(allowed)
    under_way, most = [0], [0]
    lock = threading.Lock()

    def together(forward: Forward) -> Response:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        waiting.wait(60)
        answer = forward()
        with lock:
            under_way[0] -= 1
        return answer

    with HTTPServer(threaded=True) as server:
        middleman = Middleman(server, service.url)
        middleman.on(ADD, together)
        desired = [{"login": f"person{number}", **NEW} for number in range(4 * allowed)]
        result = run(MODULE, mailboxes=desired, api_url=middleman.url, max_connections=allowed)
    assert len(result["created"]) == 4 * allowed
    assert most == [allowed]


# Passwords


def test_password_of_an_existing_mailbox(run: Runner, service: Service) -> None:
    """It is left alone, or set in each run."""
    service.add_mailboxes("anna")
    assert not run.check_then_run_twice(MODULE, login="anna", **NEW)["changed"]
    assert service.mailboxes["anna"]["password"] == "made-up-1"
    login = service.address("anna")
    for check in (True, False, False):
        service.forget()
        result = run(MODULE, login="anna", **NEW, update_password="always", check=check, diff=True)
        assert (result["created"], result["updated"]) == ([], [login])
        assert result["diff"] == service.diff(["anna: mailbox"], ["anna: mailbox", "anna: password (set anew)"])
        assert result["changes"] == [{"kind": "mailbox", "name": login, "action": "update", "property": "password"}]
        assert sent(service, EDIT) == ([] if check else [{"login": login, "password": PASSWORD}])
    assert service.mailboxes["anna"]["password"] == PASSWORD


def test_passwords_of_all_mailboxes_are_renewed(run: Runner, service: Service) -> None:
    """The task says it for the entries that do not say it themselves."""
    service.add_mailboxes("anna", "boris", "clara")
    desired = [{"login": login, **NEW} for login in ("anna", "boris", "clara")]
    desired[1]["update_password"] = "on_create"
    result = run(MODULE, mailboxes=desired, update_password="always")
    assert result["updated"] == service.addresses("anna", "clara")
    passwords = {login: each["password"] for login, each in service.mailboxes.items()}
    assert passwords == {"anna": PASSWORD, "boris": "made-up-1", "clara": PASSWORD}


def test_new_password_and_properties_are_one_request(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    service.forget()
    run(MODULE, mailboxes=[{"login": "anna", **NEW, "update_password": "always", "sex": "male", "enabled": True}])
    assert sent(service, EDIT) == [{"login": service.address("anna"), "sex": "1", "password": PASSWORD}]


def test_renewal_without_a_password_renews_nothing(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    assert not run.check_then_run_twice(MODULE, login="anna", update_password="always")["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_long_password(run: Runner, service: Service, check: bool) -> None:
    """A new mailbox has a password of 20 characters at most; what exists may have a longer one."""
    service.add_mailboxes("boris")
    service.forget()
    renewed = {"login": "boris", "password": LONG, "update_password": "always"}
    desired = [renewed, {"login": "vera", **NEW}, {"login": "zoe", "password": LONG[:21]}]
    result = run(MODULE, check=check, mailboxes=desired)
    assert result["error"]["code"] == "invalid_input"
    assert "mailboxes[2].password of zoe: a password has at most 20 characters" in result["msg"]
    assert not result["changed"]
    assert service.writes() == []
    assert run(MODULE, check=check, mailboxes=[renewed])["updated"] == service.addresses("boris")
    assert service.mailboxes["boris"]["password"] == ("made-up-1" if check else LONG)
    assert LONG[:21] not in run.output


def test_secrets_are_in_no_output(run: Runner, service: Service) -> None:
    """Not where all goes well, not where the service refuses, not where the input is wrong."""
    service.add_mailboxes("anna")
    service.api.control_put("mailboxes/anna", {"blocked": True})
    person = {**PERSON, "hint_answer": ANSWER, "update_password": "always"}
    desired = [{"login": "vera", **NEW, **person}, {"login": "anna", "password": LONG, **person}]
    outputs = []
    for check in (True, False):
        run(MODULE, check=check, diff=True, mailboxes=desired)
        outputs.append(run.output)
    run.refused_before_any_request(
        MODULE, mailboxes=[{**desired[0], "login": "abuse"}, {**desired[1], "birth_date": "soon"}]
    )
    outputs.append(run.output)
    run.refused_by_ansible(MODULE, mailboxes=[{**desired[0], "sex": "none"}])
    outputs.append(run.output)
    assert service.mailboxes["vera"]["password"] == PASSWORD
    assert not [secret for secret in (PASSWORD, LONG, ANSWER) for output in outputs if secret in output]


# Mailboxes that the task cannot create


@pytest.mark.usefixtures("impatient")
def test_missing_without_a_password(run: Runner, service: Service) -> None:
    """An import that ran before may create them; nothing is written until they are there."""
    service.add_mailboxes("anna")
    desired = [{"login": "vera", "first_name": "Vera"}, {"login": "zoe"}, {"login": "anna", "first_name": "Anna"}]
    result = run(MODULE, mailboxes=desired)
    assert result["error"]["code"] == "not_found"
    assert ", ".join(service.addresses("vera", "zoe")) in result["msg"]
    assert "password" in result["error"]["advice"]
    assert service.address("anna") not in result["msg"]
    assert service.calls().count(LIST) > 1
    assert EDIT not in service.writes()


def test_missing_without_a_password_in_check_mode(run: Runner, service: Service) -> None:
    """It is planned as there, as an import of the same play would create it."""
    predicted = run(MODULE, check=True, diff=True, login="vera", first_name="Vera")
    service.add_mailboxes("vera")
    done = run(MODULE, diff=True, login="vera", first_name="Vera")
    assert predicted["diff"] == done["diff"]
    assert predicted["updated"] == done["updated"] == service.addresses("vera")
    assert [each["uid"] for each in predicted["mailboxes"]] == [None]


def test_imported_mailbox(run: Runner, service: Service) -> None:
    """In check mode it is planned as there, password or not; in a real run the word means nothing."""
    desired = [{"login": "vera", **NEW}, {"login": "zoe", **NEW, "update_password": "always"}]
    imported = ["VERA", service.address("zoe"), "somebody"]
    predicted = run(MODULE, check=True, diff=True, mailboxes=desired, imported=imported)
    assert (predicted["created"], predicted["updated"]) == ([], service.addresses("zoe"))
    service.add_mailboxes("vera", "zoe")
    done = run(MODULE, diff=True, mailboxes=desired, imported=imported)
    assert (done["updated"], done["diff"]) == (predicted["updated"], predicted["diff"])
    assert run(MODULE, login="boris", **NEW, imported=["boris"])["created"] == service.addresses("boris")
    service.api.ok(DELETE, {"login": "vera"})
    absent = {"login": "vera", "state": "absent"}
    assert not run(MODULE, check=True, mailboxes=[absent], imported=["vera"])["changed"]


@pytest.mark.usefixtures("impatient")
def test_what_earlier_tasks_create(run: Runner, service: Service) -> None:
    """If that is said, a mailbox that nobody creates fails in check mode as well."""
    desired = [{"login": "vera", "first_name": "Vera"}, {"login": "zoe", "first_name": "Zoe"}]
    for expected in ([], ["zoe"]):
        for check in (True, False):
            result = run(MODULE, check=check, mailboxes=desired, expected_present=expected)
            assert result["error"]["code"] == "not_found"
            assert service.address("vera") in result["msg"]
            assert (service.address("zoe") in result["msg"]) is (not check or not expected)
    predicted = run(MODULE, check=True, mailboxes=desired, expected_present=["Vera", service.address("zoe")])
    service.add_mailboxes("vera", "zoe")
    assert run(MODULE, mailboxes=desired)["changes"] == predicted["changes"]


def test_what_earlier_tasks_remove(run: Runner, service: Service) -> None:
    """Its address is free in check mode; in a real run the service is asked."""
    service.add_maillist("support")
    service.add_mailboxes("anna")
    desired = [{"login": "support", **NEW}, {"login": "anna", "state": "absent"}]
    options: dict[str, Any] = {"mailboxes": desired, "expected_absent": [service.address("support"), "Anna"]}
    predicted = run(MODULE, check=True, **options)
    assert (predicted["created"], predicted["deleted"]) == (service.addresses("support"), [])
    assert run(MODULE, **options)["error"]["code"] == "occupied"
    assert set(service.mailboxes) == set()
    service.api.ok("email/ml/del", {"maillist": "support"})
    assert run(MODULE, **options)["changes"] == predicted["changes"]


def test_list_that_becomes_an_imported_mailbox(run: Runner, service: Service) -> None:
    service.add_maillist("support")
    expected: dict[str, Any] = {"expected_absent": ["support"], "expected_present": ["support"]}
    result = run(MODULE, check=True, login="support", first_name="Support", **expected)
    assert (result["created"], result["updated"]) == ([], service.addresses("support"))


@pytest.mark.usefixtures("impatient")
def test_mailbox_that_becomes_visible(run: Runner, service: Service, middleman: Middleman) -> None:
    service.add_mailboxes("anna")
    looks = iter(range(2))

    def hide(answer: dict[str, Any]) -> None:
        if next(looks, None) is not None:
            answer.update(accounts=[], total=0, found=0)

    middleman.edit(LIST, hide)
    result = run(MODULE, login="anna", first_name="Anna", api_url=middleman.url)
    assert result["updated"] == service.addresses("anna")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("hidden", [(EDIT,), (LIST, EDIT)], ids=["edit", "list and edit"])
def test_new_mailbox_that_is_not_visible_yet(
    run: Runner, service: Service, middleman: Middleman, hidden: tuple[str, ...]
) -> None:
    """What was just created may be denied for a moment, by the call that changes it and by the list."""
    denials = iter(range(2))
    created = threading.Event()

    def hide(answer: dict[str, Any]) -> None:
        if created.is_set():
            answer.update(accounts=[], total=0, found=0)

    def add(forward: Forward) -> Response:
        created.set()
        return forward()

    def change(forward: Forward) -> Response:
        if next(denials, None) is not None:
            return not_found(forward)
        return forward()

    middleman.on(ADD, add)
    middleman.on(EDIT, change)
    if LIST in hidden:
        middleman.edit(LIST, hide)
    result = run(MODULE, login="vera", **NEW, first_name="Vera", api_url=middleman.url)
    assert result["failures"] == []
    assert (result["created"], result["updated"]) == (service.addresses("vera"), [])
    assert service.mailboxes["vera"]["iname"] == "Vera"
    assert service.writes() == [ADD, EDIT]


@pytest.mark.usefixtures("impatient")
def test_mailbox_that_vanishes_before_its_change(run: Runner, service: Service, middleman: Middleman) -> None:
    service.add_mailboxes("anna", "boris")

    def vanish(forward: Forward) -> Response:
        service.api.call(DELETE, {"login": "anna"})
        return forward()

    middleman.on(EDIT, vanish)
    desired = [{"login": "anna", "first_name": "Anna"}, {"login": "boris", "first_name": "Boris"}]
    result = run(MODULE, mailboxes=desired, api_url=middleman.url)
    (failure,) = result["failures"]
    assert (failure["action"], failure["object"]) == ("update", service.address("anna"))
    assert failure["error"]["code"] == "account_not_found"
    assert result["updated"] == service.addresses("boris")


# Names that are taken


def test_created_by_somebody_else_meanwhile(run: Runner, service: Service, middleman: Middleman) -> None:
    """That is as good, but the properties are still those of the task; the password is his."""

    def slower(forward: Forward) -> Response:
        service.add_mailboxes("vera")
        service.api.ok(EDIT, {"login": "vera", "fname": "Muster"})
        return forward()

    middleman.on(ADD, slower)
    result = run(MODULE, login="vera", **NEW, first_name="Vera", api_url=middleman.url)
    assert result["failures"] == []
    assert (result["created"], result["updated"]) == ([], service.addresses("vera"))
    (vera,) = result["mailboxes"]
    assert (vera["first_name"], vera["last_name"]) == ("Vera", "Muster")
    assert vera["uid"] == service.mailboxes["vera"]["uid"]
    assert service.mailboxes["vera"]["password"] == "made-up-1"
    assert service.mailboxes["vera"]["iname"] == "Vera"


def test_created_by_somebody_else_in_just_this_state(run: Runner, service: Service, middleman: Middleman) -> None:
    def slower(forward: Forward) -> Response:
        service.add_mailboxes("vera")
        return forward()

    middleman.on(ADD, slower)
    result = run(MODULE, login="vera", **NEW, api_url=middleman.url)
    assert not result["changed"]
    assert [each["login"] for each in result["mailboxes"]] == service.addresses("vera")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("options", [NEW, {"first_name": "Team"}])
def test_mailing_list_in_the_way(run: Runner, service: Service, options: dict[str, Any], check: bool) -> None:
    """It is known before, so nothing is tried; the rest is done."""
    service.add_maillist("team")
    service.forget()
    result = run(MODULE, check=check, mailboxes=[{"login": "team", **options}, {"login": "vera", **NEW}])
    (failure,) = result["failures"]
    assert (failure["action"], failure["object"]) == ("create", service.address("team"))
    assert failure["error"]["code"] == "occupied"
    assert f"{service.address('team')} is a mailing list" in result["msg"]
    assert "1 of 2 failed, 1 done" in result["msg"]
    assert result["changed"]
    assert result["created"] == service.addresses("vera")
    assert [each["login"] for each in result["mailboxes"]] == service.addresses("vera")
    assert service.writes() == ([] if check else [ADD])


@pytest.mark.usefixtures("impatient")
def test_mailing_list_that_comes_into_the_way(run: Runner, service: Service, middleman: Middleman) -> None:
    def slower(forward: Forward) -> Response:
        if "team" not in service.maillists:
            service.add_maillist("team")
        return forward()

    middleman.on(ADD, slower)
    desired = [{"login": "team", **NEW, "first_name": "Team"}, {"login": "vera", **NEW, "first_name": "Vera"}]
    result = run(MODULE, mailboxes=desired, api_url=middleman.url)
    (failure,) = result["failures"]
    assert (failure["object"], failure["error"]["code"]) == (service.address("team"), "occupied")
    assert failure["error"]["endpoint"] == ADD
    assert f"{service.address('team')} is a mailing list" in result["msg"]
    assert result["created"] == service.addresses("vera")
    assert service.mailboxes["vera"]["iname"] == "Vera"
    assert set(service.maillists) == {"team"}


# What the service refuses, and answers that are lost


def test_refusals_are_named_and_the_rest_is_done(run: Runner, service: Service, middleman: Middleman) -> None:
    """The next run does only the remainder."""
    service.add_mailboxes("anna", "boris")
    for login in ("anna", "boris"):
        service.api.control_put(f"mailboxes/{login}", {"blocked": True})
    refused = iter(range(1))

    def weak(forward: Forward) -> Response:
        if next(refused, None) is not None:
            return Response('{"success": "error", "error": "badpasswd"}')
        return forward()

    middleman.on(ADD, weak)
    desired = [
        {"login": "vera", **NEW, "first_name": "Vera"},
        {"login": "anna", "first_name": "Anna"},
        {"login": "boris", "state": "absent"},
        {"login": "zoe", **NEW},
    ]
    result = run(MODULE, mailboxes=desired, api_url=middleman.url, max_connections=1)
    failures = {failure["object"]: (failure["action"], failure["error"]["code"]) for failure in result["failures"]}
    assert failures == {
        service.address("vera"): ("create", "badpasswd"),
        service.address("anna"): ("update", "user_blocked"),
        service.address("boris"): ("delete", "user_blocked"),
    }
    assert "3 of 4 failed, 1 done" in result["msg"]
    assert result["error"] == result["failures"][0]["error"]
    assert result["changed"]
    assert (result["created"], result["updated"], result["deleted"]) == (service.addresses("zoe"), [], [])
    assert [each["login"] for each in result["mailboxes"]] == service.addresses("anna", "zoe")
    for login in ("anna", "boris"):
        service.api.control_put(f"mailboxes/{login}", {"blocked": False})
    service.forget()
    again = run(MODULE, mailboxes=desired)
    assert again["failures"] == []
    assert sorted(service.writes()) == sorted([ADD, EDIT, EDIT, DELETE])
    assert set(service.mailboxes) == {"anna", "vera", "zoe"}


@pytest.mark.parametrize("applied", [True, False])
def test_lost_creation(run: Runner, service: Service, middleman: Middleman, applied: bool) -> None:
    middleman.lose(ADD, applied=applied)
    desired = [{"login": "vera", **NEW, "sex": "female", "update_password": "always"}, {"login": "zoe", **NEW}]
    result = run(MODULE, mailboxes=desired, api_url=middleman.url)
    assert result["failures"] == []
    assert result["created"] == service.addresses("vera", "zoe")
    assert [each["uid"] for each in result["mailboxes"]] == [service.mailboxes[each]["uid"] for each in ("vera", "zoe")]
    assert service.mailboxes["vera"]["sex"] == 2
    assert service.writes() == [ADD, ADD, EDIT]
    assert sent(service, EDIT) == [{"login": service.address("vera"), "sex": "2"}]
    assert result["requests"]["retried"] == int(not applied)


@pytest.mark.parametrize("applied", [True, False])
def test_lost_removal(run: Runner, service: Service, middleman: Middleman, applied: bool) -> None:
    service.add_mailboxes("anna", "boris")
    service.forget()
    middleman.lose(DELETE, applied=applied)
    result = run(MODULE, mailboxes=[{"login": "anna", "state": "absent"}], api_url=middleman.url)
    assert result["deleted"] == service.addresses("anna")
    assert result["failures"] == []
    assert service.writes() == [DELETE]
    assert set(service.mailboxes) == {"boris"}


def test_lost_change_is_repeated(run: Runner, service: Service, middleman: Middleman) -> None:
    service.add_mailboxes("anna")
    service.forget()
    middleman.lose(EDIT, applied=True)
    result = run(MODULE, login="anna", first_name="Anna", api_url=middleman.url)
    assert result["updated"] == service.addresses("anna")
    assert service.writes() == [EDIT, EDIT]


def test_removed_by_somebody_else_meanwhile(run: Runner, service: Service, middleman: Middleman) -> None:
    service.add_mailboxes("anna")

    def slower(forward: Forward) -> Response:
        service.api.ok(DELETE, {"login": "anna"})
        return forward()

    middleman.on(DELETE, slower)
    result = run(MODULE, login="anna", state="absent", api_url=middleman.url)
    assert (result["changed"], result["deleted"], result["failures"]) == (False, [], [])


# Input


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"login": "a b"}, ["login: 'a b'", "no address"]),
        ({"login": ""}, ["login: ''", "no address"]),
        ({"login": "anna@other.test"}, ["login: 'anna@other.test'", "not in the domain"]),
        ({"login": "1st", **NEW}, ["login: '1st'", "no valid login"]),
        ({"login": "анна", **NEW}, ["login: 'анна'", "Latin letters"]),
        ({"login": "x" * 31, **NEW}, ["login", "31 characters", "at most 30"]),
        ({"login": "Abuse", **NEW}, ["login: 'abuse'", "reserved by the service", "only a mailing list"]),
        ({"login": "postmaster", "first_name": "Post"}, ["login: 'postmaster'", "reserved", "only a mailing list"]),
        ({"login": "anna", "password": "four"}, ["password of anna", "at least 6"]),
        ({"login": "anna", "password": "x" * 31}, ["password of anna", "at most 30"]),
        ({"login": "anna", "password": "with space"}, ["password of anna", "Latin letters, digits and"]),
        ({"login": "anna", "password": "пароль"}, ["password of anna", "Latin letters, digits and"]),
        ({"login": "annabelle", "password": "Annabelle"}, ["password of annabelle", "must differ from the login"]),
        ({"login": "anna", "birth_date": "3.2.1990"}, ["birth_date of anna: '3.2.1990'", "YYYY-MM-DD"]),
        ({"login": "anna", "birth_date": "1990-02-30"}, ["birth_date of anna: '1990-02-30'", "YYYY-MM-DD"]),
        ({"login": "anna", "hint_answer": ANSWER}, ["hint_answer of anna", "only with hint_question"]),
        ({"mailboxes": [{"login": "anna"}], "state": "absent"}, ["state: absent", "entries of mailboxes"]),
        ({"login": "anna", "expected_present": ["a b"]}, ["expected_present[0]: 'a b'", "no address"]),
        ({"login": "anna", "expected_absent": ["a", "b@other.test"]}, ["expected_absent[1]: 'b@other.test'", "domain"]),
    ],
)
def test_bad_input(run: Runner, options: dict[str, Any], words: list[str]) -> None:
    message = run.refused_before_any_request(MODULE, **options)
    assert all(word in message for word in words), message
    assert not [secret for secret in ("with space", "пароль", "Annabelle", ANSWER) if secret in run.output]


def test_all_problems_are_named_at_once(run: Runner, service: Service) -> None:
    desired = [
        {"login": "abuse", **NEW},
        {"login": "vera", **NEW},
        {"login": "anna", "password": "four", "birth_date": "soon"},
        {"login": f"VERA@{service.domain.upper()}", "state": "absent"},
        {"login": "zoe@other.test"},
    ]
    message = run.refused_before_any_request(MODULE, mailboxes=desired)
    for words in (
        "mailboxes[0].login: 'abuse'",
        "mailboxes[2].password of anna",
        "mailboxes[2].birth_date of anna: 'soon'",
        f"mailboxes[3].login: 'VERA@{service.domain.upper()}' is the same as 'vera' in mailboxes[1].login",
        "mailboxes[4].login: 'zoe@other.test'",
    ):
        assert words in message


def test_rules_of_new_logins_do_not_apply_to_what_is_to_go(run: Runner) -> None:
    gone = [{"login": login, "state": "absent"} for login in ("postmaster", "1st", "x" * 40, "under_score")]
    assert not run(MODULE, mailboxes=gone)["changed"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required: login, mailboxes"),
        ({"login": "anna", "mailboxes": []}, "mutually exclusive: login|mailboxes"),
        ({"mailboxes": [], "first_name": "Anna"}, "required by 'first_name': login"),
        ({"mailboxes": [], "password": PASSWORD}, "required by 'password': login"),
        ({"mailboxes": [{"first_name": "Anna"}]}, "missing required arguments: login"),
        ({"login": "anna", "sex": "other"}, "value of sex must be one of"),
        ({"login": "anna", "update_password": "never"}, "value of update_password must be one of"),
        ({"mailboxes": [{"login": "anna", "state": "gone"}]}, "value of state must be one of"),
        ({"login": "anna", "enabled": "perhaps"}, "enabled"),
    ],
)
def test_contradictions(run: Runner, service: Service, options: dict[str, Any], words: str) -> None:
    assert words in run.refused_by_ansible(MODULE, **options)
    assert service.requests() == []
    assert PASSWORD not in run.output
