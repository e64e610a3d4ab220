# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One method for each endpoint: requests, and every spelling of answers (client; docs/api/pdd.md, 2 and 3)."""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Delivery, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.paging import MOST_ROWS
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Transport
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._mail.models import (
    Box,
    Counters,
    Domain,
    DomainDetails,
    FailedBox,
    ImportStatus,
    Mailbox,
    Maillist,
    Source,
)
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.client import PddClient
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import (
    DOMAIN,
    Answer,
    Service,
    answered,
    connection,
    refused,
)
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.strategies import damaged
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request, Response

TEAM, ANNA, BERT = map(Address, ("team@example.test", "anna@example.test", "bert@example.test"))
SECRET = "Made-up".ljust(9, "1")
OTHER_SECRET = "Made-up".ljust(9, "2")
SOURCE = Source("mail.old.test", "imap", 993, ssl=True)
BOX = Box("anna@old.test", SECRET, ANNA, OTHER_SECRET)

# Answers as docs/api/pdd.md, 6 has them.
ACCOUNT = {
    "login": ANNA,
    "uid": 1130000001234567,
    "enabled": "yes",
    "fio": "Muster Anna",
    "fname": "Muster",
    "iname": "Anna",
    "birth_date": "1990-02-03",
    "sex": 2,
    "hintq": "Colour?",
    "ready": "yes",
    "aliases": [],
    "maillist": "no",
}
MAILBOXES = {"page": 1, "pages": 1, "on_page": 30, "total": 1, "found": 1, "success": "ok", "accounts": [ACCOUNT]}
COUNTERS = {"login": ANNA, "uid": 5, "counters": {"unread": 2, "new": 1}, "success": "ok"}
MAILLISTS = {"domain": DOMAIN, "maillists": [{"maillist": TEAM, "uid": 7, "cnt": 1}], "success": "ok"}
SUBSCRIBERS = {"domain": DOMAIN, "maillist": TEAM, "uid": 7, "subscribers": [ANNA, BERT], "success": "ok"}
RIGHT = {"maillist": TEAM, "subscriber": ANNA, "can_send_on_behalf": "yes", "success": "ok"}
STARTED = {
    "domain": DOMAIN,
    "settings": {"method": "imap", "server": "mail.old.test", "port": 993, "ssl": "yes"},
    "import_list": [
        {
            "external_login": "anna@old.test",
            "external_password": SECRET,
            "internal_login": "anna",
            "internal_password": OTHER_SECRET,
            "started": "yes",
        }
    ],
    "success": "ok",
}
FAILED_BOX = {
    "external_login": "anna@old.test",
    "external_password": SECRET,
    "internal_login": "anna",
    "internal_password": OTHER_SECRET,
    "imported_mail": 3,
    "last_error": "no connection",
    "last_error_count": 2,
}
TASK = {
    "state": "in_progress",
    "total_box_count": 4,
    "done_box_count": 2,
    "complete_box_count": 1,
    "failed_boxes_count": 1,
    "failed_boxes_pages": 1,
    "failed_boxes_current_page": 1,
    "total_message_count": 40,
    "imported_message_count": 10,
    "progress_percent": 25,
    "failed_boxes": [FAILED_BOX],
}
IMPORTS = {"domain": DOMAIN, "settings": {}, "import": TASK, "success": "ok"}
DOMAIN_ROW = {
    "name": DOMAIN,
    "status": "added",
    "stage": "added",
    "aliases": ["alias.test"],
    "logo_enabled": False,
    "logo_url": "",
    "nsdelegated": True,
    "master_admin": True,
    "dkim-ready": False,
    "emails-max-count": 1000,
    "emails-count": 2,
    "from_registrar": "no",
    "ws_technical": "no",
}
DOMAINS = {
    "page": 1,
    "on_page": 20,
    "total": 1,
    "found": 1,
    "direction": "asc",
    "order": "default",
    "success": "ok",
    "domains": [DOMAIN_ROW],
}
DETAILS = {
    "domain": DOMAIN,
    "status": "added",
    "stage": "added",
    "delegated": "no",
    "country": "en",
    "imap_enabled": 1,
    "pop_enabled": 0,
    "default_theme": "",
    "master_admin": "yes",
    "success": "ok",
}
ADDED = {"domain": DOMAIN, "login": ANNA, "uid": 1130000001234567, "success": "ok"}
EDITED = {**ADDED, "account": ACCOUNT}
OK = {"domain": DOMAIN, "success": "ok"}


class Canned:
    """Stands in for the transport: gives the same answer to everything."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    def read(self, _endpoint: str, _params: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer."""
        return self.answer

    def write(self, _endpoint: str, _params: Mapping[str, str], **_how: bool) -> dict[str, Any]:
        """Return the answer, however the write is to be sent."""
        return self.answer


def error_of(call: Callable[[PddClient], object], caller: PddClient) -> ServiceError | None:
    """Return the error that a call ends in, if it does."""
    try:
        call(caller)
    except ServiceError as error:
        return error
    return None


def client(service: Service) -> PddClient:
    """Return a client of the service."""
    return PddClient(Transport(connection(service.url)), DOMAIN)


def canned(answer: dict[str, Any]) -> PddClient:
    """Return a client that gets this answer."""
    return PddClient(cast(Transport, Canned(answer)), DOMAIN)


def shuffled(answer: Any) -> Any:
    """Return the same answer with its keys in another order and unknown ones among them."""
    if isinstance(answer, list):
        return [shuffled(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    pairs = [(key, shuffled(value)) for key, value in answer.items()]
    pairs.append(("brand-new", {"x": [None]}))
    random.shuffle(pairs)
    return dict(pairs)


def quoted(answer: Any) -> Any:
    """Return the same answer with its numbers in quotes, as the reference prints them."""
    if isinstance(answer, list):
        return [quoted(each) for each in answer]
    if isinstance(answer, dict):
        return {key: quoted(value) for key, value in answer.items()}
    return str(answer) if isinstance(answer, int) else answer


# What is sent

PROPERTIES = {
    "first_name": "Anna",
    "last_name": "Muster",
    "birth_date": "1990-02-03",
    "sex": "female",
    "hint_question": "Colour?",
    "hint_answer": OTHER_SECRET,
    "enabled": False,
    "password": SECRET,
}
# Call, method, endpoint, parameters besides the domain, answer.
CALLS: dict[str, tuple[Callable[[PddClient], object], str, str, dict[str, str], dict[str, Any]]] = {
    "domain_details": (lambda it: it.domain_details(), "GET", "domain/details", {}, DETAILS),
    "domains": (lambda it: it.domains(), "GET", "domain/domains", {"page": "1", "on_page": "20"}, DOMAINS),
    "add_mailbox": (
        lambda it: it.add_mailbox(ANNA, SECRET, {}),
        "POST",
        "email/add",
        {"login": ANNA, "password": SECRET},
        ADDED,
    ),
    "edit_mailbox": (
        lambda it: it.edit_mailbox(ANNA, PROPERTIES),
        "POST",
        "email/edit",
        {
            "login": ANNA,
            "iname": "Anna",
            "fname": "Muster",
            "birth_date": "1990-02-03",
            "sex": "2",
            "hintq": "Colour?",
            "hinta": OTHER_SECRET,
            "enabled": "no",
            "password": SECRET,
        },
        EDITED,
    ),
    "edit_mailbox in part": (
        lambda it: it.edit_mailbox(ANNA, {"last_name": ""}),
        "POST",
        "email/edit",
        {"login": ANNA, "fname": ""},
        EDITED,
    ),
    "delete_mailbox": (lambda it: it.delete_mailbox(ANNA), "POST", "email/del", {"login": ANNA}, OK),
    "mailboxes": (lambda it: it.mailboxes(), "GET", "email/list", {"page": "1", "on_page": "500"}, MAILBOXES),
    "counters": (lambda it: it.counters(ANNA), "GET", "email/counters", {"login": ANNA}, COUNTERS),
    "maillists": (lambda it: it.maillists(), "GET", "email/ml/list", {}, MAILLISTS),
    "add_maillist": (
        lambda it: it.add_maillist(TEAM),
        "POST",
        "email/ml/add",
        {"maillist": TEAM},
        {"domain": DOMAIN, "maillist": TEAM, "uid": 7, "success": "ok"},
    ),
    "delete_maillist": (lambda it: it.delete_maillist(TEAM), "POST", "email/ml/del", {"maillist": TEAM}, OK),
    "subscribers": (
        lambda it: it.subscribers(TEAM),
        "GET",
        "email/ml/subscribers",
        {"maillist": TEAM},
        SUBSCRIBERS,
    ),
    "can_send_on_behalf": (
        lambda it: it.can_send_on_behalf(TEAM, ANNA),
        "GET",
        "email/ml/get_can_send_on_behalf",
        {"maillist": TEAM, "subscriber": ANNA},
        RIGHT,
    ),
    "subscribe": (
        lambda it: it.subscribe(TEAM, ANNA),
        "POST",
        "email/ml/subscribe",
        {"maillist": TEAM, "subscriber": ANNA},
        OK,
    ),
    "subscribe with the right": (
        lambda it: it.subscribe(TEAM, ANNA, can_send_on_behalf=True),
        "POST",
        "email/ml/subscribe",
        {"maillist": TEAM, "subscriber": ANNA, "can_send_on_behalf": "yes"},
        OK,
    ),
    "subscribe without the right": (
        lambda it: it.subscribe(TEAM, ANNA, can_send_on_behalf=False),
        "POST",
        "email/ml/subscribe",
        {"maillist": TEAM, "subscriber": ANNA, "can_send_on_behalf": "no"},
        OK,
    ),
    "unsubscribe": (
        lambda it: it.unsubscribe(TEAM, ANNA),
        "POST",
        "email/ml/unsubscribe",
        {"maillist": TEAM, "subscriber": ANNA},
        OK,
    ),
    "set_can_send_on_behalf": (
        lambda it: it.set_can_send_on_behalf(TEAM, ANNA, can_send_on_behalf=False),
        "POST",
        "email/ml/set_can_send_on_behalf",
        {"maillist": TEAM, "subscriber": ANNA, "can_send_on_behalf": "no"},
        OK,
    ),
    "check_source": (
        lambda it: it.check_source(SOURCE),
        "GET",
        "import/check_settings",
        {"method": "imap", "server": "mail.old.test", "port": "993", "ssl": "yes"},
        OK,
    ),
    "check_source without encryption": (
        lambda it: it.check_source(Source("192.0.2.1", "pop3", 110, ssl=False)),
        "GET",
        "import/check_settings",
        {"method": "pop3", "server": "192.0.2.1", "port": "110", "ssl": "no"},
        OK,
    ),
    "start_import": (
        lambda it: it.start_import(SOURCE, BOX),
        "POST",
        "import/start_one_import",
        {
            "method": "imap",
            "server": "mail.old.test",
            "port": "993",
            "ssl": "yes",
            "ext-login": "anna@old.test",
            "ext-passwd": SECRET,
            "int-login": ANNA,
            "int-passwd": OTHER_SECRET,
        },
        STARTED,
    ),
    "stop_imports": (lambda it: it.stop_imports(), "POST", "import/stop_all_imports", {}, OK),
    "import_status": (
        lambda it: it.import_status(),
        "GET",
        "import/check_imports",
        {"page": "1", "on_page": "100"},
        IMPORTS,
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_request(service: Service, name: str) -> None:
    """Method, path and parameters are those of the reference; nothing is asked twice."""
    call, method, endpoint, params, answer = CALLS[name]
    service.answer(endpoint, answer)
    call(client(service))
    (asked,) = service.asked
    assert (asked.method, asked.endpoint) == (method, endpoint)
    domain = {} if name == "domains" else {"domain": DOMAIN}  # docs/api/pdd.md, 2.1: it is not about one domain
    assert (asked.query if method == "GET" else asked.form) == {**domain, **params}
    assert (asked.form if method == "GET" else asked.query) == {}


def test_signature_has_no_domain(service: Service) -> None:
    """It is that of all the token owner's domains."""
    service.answer("domain/settings/setsign", {"signature": "Regards<br>\u00e4", "success": "ok"})
    client(service).set_signature("Regards<br>\u00e4")
    (asked,) = service.asked
    assert (asked.method, asked.form, asked.query) == ("POST", {"signature": "Regards<br>\u00e4"}, {})


@pytest.mark.parametrize(("sex", "number"), [("unset", "0"), ("male", "1"), ("female", "2")])
def test_sexes_are_numbers(service: Service, sex: str, number: str) -> None:
    """For the service."""
    service.answer("email/edit", EDITED)
    client(service).edit_mailbox(ANNA, {"sex": sex})
    assert service.asked[0].form["sex"] == number


@pytest.mark.parametrize(("enabled", "word"), [(True, "yes"), (False, "no")])
def test_flags_are_words(service: Service, enabled: bool, word: str) -> None:
    """For the service."""
    service.answer("email/edit", EDITED)
    client(service).edit_mailbox(ANNA, {"enabled": enabled})
    assert service.asked[0].form["enabled"] == word


@pytest.mark.parametrize("name", ["edit_mailbox", "set_can_send_on_behalf", "stop_imports"])
def test_setters_are_repeated(service: Service, name: str) -> None:
    """What sets a value may be sent twice."""
    call, _method, endpoint, _params, answer = CALLS[name]
    service.answer(endpoint, Response("", 502), answer)
    call(client(service))
    assert len(service.asked) == 2


def test_signature_is_repeated(service: Service) -> None:
    """It sets a value, too."""
    service.answer("domain/settings/setsign", Response("", 502), OK)
    client(service).set_signature("Regards")
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    "name",
    [
        "add_mailbox",
        "delete_mailbox",
        "add_maillist",
        "delete_maillist",
        "subscribe",
        "unsubscribe",
        "start_import",
    ],
)
def test_other_writes_are_not_repeated(service: Service, name: str) -> None:
    """Their outcome is looked up, or not known."""
    call, _method, endpoint, _params, answer = CALLS[name]
    service.answer(endpoint, Response("", 502), answer)
    with pytest.raises(ServiceError) as caught:
        call(client(service))
    assert caught.value.delivery is Delivery.UNKNOWN
    assert len(service.asked) == 1


# What comes back


def test_results() -> None:
    """In canonical form."""
    assert canned(DETAILS).domain_details() == DomainDetails("added", "added", False, "en")
    assert canned(DOMAINS).domains() == [
        Domain(
            name=DOMAIN,
            status="added",
            stage="added",
            delegated=True,
            language=None,
            aliases=("alias.test",),
            master_admin=True,
            dkim_ready=False,
            mailboxes_count=2,
            mailboxes_limit=1000,
        )
    ]
    assert canned(ADDED).add_mailbox(ANNA, SECRET, {}) == 1130000001234567
    assert canned(OK).add_mailbox(ANNA, SECRET, {}) is None
    assert canned(COUNTERS).counters(ANNA) == Counters(2, 1)
    assert canned(MAILLISTS).maillists() == [Maillist(TEAM, 7, 1)]
    assert canned(SUBSCRIBERS).subscribers(TEAM) == [ANNA, BERT]
    assert canned(RIGHT).can_send_on_behalf(TEAM, ANNA) is True
    assert canned({"uid": 7}).add_maillist(TEAM) == 7
    assert canned(MAILBOXES).mailboxes() == [
        Mailbox(ANNA, 1130000001234567, True, "Anna", "Muster", "1990-02-03", "female", "Colour?", True, (), False)
    ]
    assert canned(IMPORTS).import_status() == ImportStatus(
        state="in_progress",
        progress_percent=25,
        total_boxes=4,
        done_boxes=2,
        complete_boxes=1,
        failed_boxes_count=1,
        total_messages=40,
        imported_messages=10,
        failed_boxes=(FailedBox(ANNA, "anna@old.test", "no connection", 2, 3, SECRET),),
    )


@pytest.mark.parametrize("respelled", [quoted, shuffled, lambda answer: quoted(shuffled(answer))])
@pytest.mark.parametrize("name", CALLS)
def test_other_spellings_are_read_alike(service: Service, name: str, respelled: Callable[[Any], Any]) -> None:
    """Numbers in quotes, unknown keys, any order of keys."""
    call, _method, endpoint, _params, answer = CALLS[name]
    service.answer(endpoint, answer)
    expected = call(client(service))
    service.answer(endpoint, respelled(answer))
    assert call(client(service)) == expected


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), (True, False), (1, 0), ("1", "0"), ("true", "false")])
def test_flags_of_a_mailbox(yes: object, no: object) -> None:
    """In every spelling."""
    rows = [
        {**ACCOUNT, "uid": 1, "enabled": yes, "ready": no, "maillist": no},
        {**ACCOUNT, "uid": 2, "enabled": no, "ready": yes, "maillist": yes},
    ]
    first, second = canned({**MAILBOXES, "accounts": rows}).mailboxes()
    assert (first.enabled, first.ready, first.is_maillist) == (True, False, False)
    assert (second.enabled, second.ready, second.is_maillist) == (False, True, True)
    assert canned({"can_send_on_behalf": yes}).can_send_on_behalf(TEAM, ANNA) is True
    assert canned({"can_send_on_behalf": no}).can_send_on_behalf(TEAM, ANNA) is False
    canned({"import_list": [{"started": yes}]}).start_import(SOURCE, BOX)


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), (True, False), (1, 0), ("1", "0"), ("true", "false")])
def test_flags_of_a_domain(yes: object, no: object) -> None:
    """In every spelling (docs/api/pdd.md, 3.3); what is none is not known."""
    rows = [
        {**DOMAIN_ROW, "name": "a.test", "nsdelegated": yes, "master_admin": no, "dkim-ready": yes},
        {**DOMAIN_ROW, "name": "b.test", "nsdelegated": no, "master_admin": yes, "dkim-ready": no},
        {**DOMAIN_ROW, "name": "c.test", "nsdelegated": None, "master_admin": "", "dkim-ready": "perhaps"},
    ]
    found = canned({**DOMAINS, "domains": rows}).domains()
    assert [(each.delegated, each.master_admin, each.dkim_ready) for each in found] == [
        (True, False, True),
        (False, True, False),
        (None, None, None),
    ]
    assert canned({**DETAILS, "delegated": yes}).domain_details().delegated is True
    assert canned({**DETAILS, "delegated": no}).domain_details().delegated is False


def test_domain_with_nulls() -> None:
    """All that the service may leave out; the name is an A-label."""
    (bare,) = canned({"domains": [{"name": "B\u00fccher.TEST"}], "total": 1}).domains()
    assert bare == Domain("xn--bcher-kva.test")
    row = {"name": "a.test", "status": None, "stage": None, "aliases": None, "emails-count": None}
    assert canned({"domains": [row], "total": 1}).domains() == [Domain("a.test")]


def test_domain_details_with_nulls() -> None:
    """The language comes with the verification (docs/api/pdd.md, 2.1)."""
    details = canned({**DETAILS, "delegated": None, "country": None, "stage": None}).domain_details()
    assert details == DomainDetails("added", None, None, None)
    assert canned({"status": "none"}).domain_details().status == "none"


def test_right_in_another_case_of_letters() -> None:
    """The page that names the key could not be read (docs/api/pdd.md, 2.3)."""
    assert canned({"Can_Send_On_Behalf": "yes"}).can_send_on_behalf(TEAM, ANNA) is True


@pytest.mark.parametrize(
    "sex", [(1, "male"), ("2", "female"), (0, "unset"), (None, "unset"), (3, "unset"), ("", "unset")]
)
def test_sex(sex: tuple[object, str]) -> None:
    """Unset was seen as null."""
    (mailbox,) = canned({**MAILBOXES, "accounts": [{**ACCOUNT, "sex": sex[0]}]}).mailboxes()
    assert mailbox.sex == sex[1]


def test_mailbox_with_nulls() -> None:
    """All that can be unset."""
    bare = dict.fromkeys(ACCOUNT)
    (mailbox,) = canned({**MAILBOXES, "accounts": [{**bare, "login": "Anna"}]}).mailboxes()
    assert mailbox == Mailbox(ANNA, None, True, "", "", None, "unset", "", False, (), False)
    (alone,) = canned({"accounts": [{"login": "Anna"}]}).mailboxes()
    assert alone == mailbox


def test_addresses_are_canonical() -> None:
    """With and without domain, in any case of letters, IDN or not."""
    rows = {"subscribers": ["Anna", "ANNA@Example.TEST", "x@B\u00fccher.test", " bert@example.test"]}
    assert canned(rows).subscribers(TEAM) == [ANNA, "x@xn--bcher-kva.test", BERT]
    assert canned({"maillists": [{"maillist": "Team"}, {"maillist": TEAM}]}).maillists() == [Maillist(TEAM, None, None)]
    (mailbox,) = canned({"accounts": [{"login": "Anna", "aliases": ["A.B", "c@Other.test", None, 5]}]}).mailboxes()
    assert mailbox.aliases == ("a.b@example.test", "c@other.test")


@pytest.mark.parametrize("count", [5, "5"])
def test_count_of_subscribers(count: object) -> None:
    """None where the service sent none."""
    assert canned({"maillists": [{"maillist": TEAM, "cnt": count}]}).maillists()[0].subscribers_count == 5
    assert canned({"maillists": [{"maillist": TEAM, "cnt": None}]}).maillists()[0].subscribers_count is None


def test_empty_lists() -> None:
    """Nothing there is no error; null is as good as empty where rows are expected."""
    assert canned({"accounts": [], "total": 0}).mailboxes() == []
    assert canned({"accounts": None}).mailboxes() == []
    assert canned({"maillists": []}).maillists() == []
    assert canned({"subscribers": []}).subscribers(TEAM) == []


def test_no_import_was_ever_started() -> None:
    """Zero counts, done, no failed boxes."""
    task = canned({"settings": {}, "import": {"state": "done", "failed_boxes": []}}).import_status()
    assert task == ImportStatus("done", 0, 0, 0, 0, 0, 0, 0, ())


def test_failed_box_without_internal_login() -> None:
    """It has the name of the external one."""
    row = {**FAILED_BOX, "internal_login": None, "last_error": None}
    (box,) = canned({"import": {**TASK, "failed_boxes": [row]}}).import_status().failed_boxes
    assert (box.internal, box.last_error) == (ANNA, "")


# Paging


def paged(rows: list[dict[str, Any]], *, cap: int, **changes: Callable[[int, int], object]) -> Answer:
    """Return a list of mailboxes with at most so many on a page; changes: keys by the page and its rows."""

    def answer(request: Request) -> Response:
        page = int(request.args["page"])
        shown = rows[(page - 1) * cap : page * cap]
        body = {"page": page, "on_page": cap, "total": len(rows), "found": len(shown), "accounts": shown}
        body["pages"] = -(-len(rows) // cap)
        for key, value in changes.items():
            body[key] = value(page, len(shown))
        return answered({**{key: value for key, value in body.items() if value is not None}, "success": "ok"})

    return answer


def accounts(count: int) -> list[dict[str, Any]]:
    """Return so many rows."""
    return [{**ACCOUNT, "login": f"p{uid}@example.test", "uid": uid} for uid in range(1, count + 1)]


def uids(service: Service) -> list[int | None]:
    """Return the uids of the mailboxes that the client reads."""
    return [mailbox.uid for mailbox in client(service).mailboxes()]


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 25, 30])
def test_all_pages_are_read(service: Service, total: int) -> None:
    """The service caps the page below what was asked."""
    service.answer("email/list", paged(accounts(total), cap=10))
    assert uids(service) == list(range(1, total + 1))
    assert len(service.asked) == max(1, -(-total // 10))


@pytest.mark.parametrize(
    "changes",
    [
        {"total": lambda _page, _found: None},
        {"total": lambda _page, _found: None, "pages": lambda _page, _found: None},
        {"total": lambda _page, _found: "many", "pages": lambda _page, _found: None},
        {"total": lambda _page, _found: "25", "pages": lambda _page, _found: "3"},
        {"total": lambda _page, _found: 25, "pages": lambda _page, _found: None},
        {"total": lambda _page, _found: 20},
        {"total": lambda _page, _found: 99},
        {"page": lambda _page, _found: 1},
        {"found": lambda _page, _found: None, "on_page": lambda _page, _found: None},
    ],
)
def test_counts_of_the_service_need_not_be_there_or_right(
    service: Service, changes: dict[str, Callable[[int, int], object]]
) -> None:
    """The pages are read until there is nothing new."""
    service.answer("email/list", paged(accounts(25), cap=10, **changes))
    assert uids(service) == list(range(1, 26))
    assert len(service.asked) <= 4


def test_last_page_is_repeated(service: Service) -> None:
    """Some services answer a page past the end with the last one."""
    rows = accounts(25)

    def answer(request: Request) -> Response:
        page = min(int(request.args["page"]), 3)
        return answered({"success": "ok", "accounts": rows[(page - 1) * 10 : page * 10]})

    service.answer("email/list", answer)
    assert uids(service) == list(range(1, 26))
    assert len(service.asked) == 4


def test_first_page_only(service: Service) -> None:
    """A service that knows no pages gives the same rows for ever."""
    service.answer("email/list", {"success": "ok", "accounts": accounts(5)})
    assert uids(service) == [1, 2, 3, 4, 5]
    assert len(service.asked) == 2


def test_rows_that_move_between_pages_count_once(service: Service) -> None:
    """A mailbox was added while the pages were read, so a row was seen twice (by its uid)."""
    rows = accounts(5)
    pages = [rows[0:2], rows[1:3], rows[3:5]]

    def answer(request: Request) -> Response:
        page = int(request.args["page"])
        return answered({"success": "ok", "accounts": pages[page - 1] if page <= 3 else [], "total": 5})

    service.answer("email/list", answer)
    assert uids(service) == [1, 2, 3, 4, 5]


def test_uids_in_different_spellings_are_the_same(service: Service) -> None:
    """A number in quotes is the same number."""
    first, second = ({**ACCOUNT, "uid": 5}, {**ACCOUNT, "uid": "5"})
    service.answer("email/list", {"success": "ok", "accounts": [first, second]})
    assert uids(service) == [5]


@pytest.mark.parametrize("total", [0, 1, 19, 20, 21, 45])
@pytest.mark.parametrize("counted", [True, False])
def test_all_domains_are_read(service: Service, total: int, counted: bool) -> None:
    """Twenty on a page are the most (docs/api/pdd.md, 1.7); there is no count of pages."""
    rows = [{"name": f"d{number}.test"} for number in range(total)]

    def answer(request: Request) -> Response:
        page, on_page = int(request.args["page"]), min(20, int(request.args["on_page"]))
        shown = rows[(page - 1) * on_page : page * on_page]
        return answered({"success": "ok", "domains": shown, **({"total": str(total)} if counted else {})})

    service.answer("domain/domains", answer)
    assert [domain.name for domain in client(service).domains()] == [row["name"] for row in rows]
    assert len(service.asked) == max(1, -(-total // 20)) + (0 if counted or not total else 1)


def test_failed_boxes_of_all_pages(service: Service) -> None:
    """The counts are those of the first page."""
    rows = [{**FAILED_BOX, "internal_login": f"p{number}", "external_login": f"p{number}"} for number in range(7)]

    def answer(request: Request) -> Response:
        page = int(request.args["page"])
        shown = rows[(page - 1) * 3 : page * 3]
        task = {**TASK, "failed_boxes": shown, "failed_boxes_count": "7", "failed_boxes_pages": 3}
        return answered({**IMPORTS, "import": {**task, "progress_percent": page}})

    service.answer("import/check_imports", answer)
    task = client(service).import_status()
    assert [box.internal for box in task.failed_boxes] == [f"p{number}@example.test" for number in range(7)]
    assert (task.failed_boxes_count, task.progress_percent) == (7, 1)
    assert len(service.asked) == 3


# Answers that cannot be understood

MISSHAPEN: list[tuple[str, dict[str, Any]]] = [
    ("mailboxes", {}),
    ("mailboxes", {"accounts": {}}),
    ("mailboxes", {"accounts": "none"}),
    ("mailboxes", {"accounts": ["anna"]}),
    ("mailboxes", {"accounts": [{}]}),
    ("mailboxes", {"accounts": [{"login": ""}]}),
    ("mailboxes", {"accounts": [{"login": 5}]}),
    ("domains", {}),
    ("domains", {"domains": {}}),
    ("domains", {"domains": ["example.test"]}),
    ("domains", {"domains": [{}]}),
    ("domains", {"domains": [{"name": ""}]}),
    ("domains", {"domains": [{"name": 5}]}),
    ("counters", {}),
    ("counters", {"counters": []}),
    ("counters", {"counters": {"unread": 1}}),
    ("counters", {"counters": {"unread": "x", "new": 1}}),
    ("maillists", {}),
    ("maillists", {"maillists": [{"uid": 7}]}),
    ("maillists", {"maillists": 5}),
    ("subscribers", {}),
    ("subscribers", {"subscribers": None}),
    ("subscribers", {"subscribers": [[ANNA]]}),
    ("subscribers", {"subscribers": [None]}),
    ("subscribers", {"subscribers": {"0": ANNA}}),
    ("subscribers", {"subscribers": ANNA}),
    ("can_send_on_behalf", {}),
    ("can_send_on_behalf", {"can_send_on_behalf": None}),
    ("can_send_on_behalf", {"can_send_on_behalf": "perhaps"}),
    ("import_status", {}),
    ("import_status", {"import": []}),
    ("import_status", {"import": {"state": "done", "failed_boxes": {}}}),
    ("start_import", {}),
    ("start_import", {"import_list": []}),
    ("start_import", {"import_list": None}),
    ("start_import", {"import_list": {"started": "yes"}}),
    ("start_import", {"import_list": ["started", "yes"]}),
    ("start_import", {"import_list": [{}]}),
    ("start_import", {"import_list": [{"started": "perhaps"}]}),
]


@pytest.mark.parametrize(("name", "answer"), MISSHAPEN)
def test_malformed_answer(service: Service, name: str, answer: dict[str, Any]) -> None:
    """It says ok and cannot be understood: never taken for an empty one."""
    call, method, endpoint, _params, _answer = CALLS[name]
    service.answer(endpoint, {"success": "ok", **answer})
    with pytest.raises(ServiceError) as caught:
        call(client(service))
    error = caught.value
    assert (error.code, error.endpoint, error.http_status) == ("bad_answer", endpoint, 200)
    assert error.sentence().startswith("Cannot ")
    assert method == "GET" or error.delivery is Delivery.UNKNOWN


@given(st.data())
def test_any_answer_gives_a_result_or_a_known_error(data: st.DataObject) -> None:
    """Whatever JSON the service sends, nobody sees a traceback."""
    name = data.draw(st.sampled_from(sorted(CALLS)))
    call, _method, _endpoint, _params, answer = CALLS[name]
    body = data.draw(damaged(answer))
    error = error_of(call, canned(body if isinstance(body, dict) else {"success": "ok"}))
    assert error is None or error.endpoint
    assert error is None or SECRET not in error.sentence()


@st.composite
def broken(draw: st.DrawFn, answer: Any) -> Any:
    """Draw an answer in which half characters stand in some of the texts and keys."""
    half = st.sampled_from(["", "\ud800", "\udfff", "\ude00\ud83d"])
    if isinstance(answer, str):
        return answer + draw(half)
    if isinstance(answer, list):
        return [draw(broken(each)) for each in answer]
    if isinstance(answer, dict):
        return {f"{key}{draw(half)}": draw(broken(each)) for key, each in answer.items()}
    return answer


@given(st.data())
def test_every_result_can_be_written_down(data: st.DataObject) -> None:
    """In any encoding, whatever the service's texts hold; so can what is told of it."""
    name = data.draw(st.sampled_from(sorted(CALLS)))
    call, _method, _endpoint, _params, answer = CALLS[name]
    caller = canned(data.draw(broken(answer)))
    try:
        result = call(caller)
    except ServiceError as error:
        result = error.sentence()
    told = caller.remarks.sentences()
    json.dumps([result, told], default=vars, ensure_ascii=False).encode()


# Other domains


def test_objects_of_other_domains_are_left_out() -> None:
    """And counted, because the service counts them; they are named once (docs/api/pdd.md, 3.5)."""
    rows = [{"login": "anna@alias.test", "uid": 5}, {**ACCOUNT, "uid": 5}, {"login": "x@sub.example.test"}]
    caller = canned({**MAILBOXES, "total": 3, "accounts": rows})
    for _twice in range(2):
        listing = caller.mailboxes()
        assert ([mailbox.login for mailbox in listing], listing.shortage) == ([ANNA], None)
    expected = "Left out what the service lists, but is not in example.test: 'anna@alias.test', 'x@sub.example.test'."
    assert caller.remarks.sentences() == [expected]
    caller = canned({"maillists": [{"maillist": "team@alias.test"}, {"maillist": "Team"}]})
    assert [maillist.address for maillist in caller.maillists()] == [TEAM]
    assert len(caller.remarks.sentences()) == 1


def test_subscribers_may_be_of_any_domain() -> None:
    """They are no objects of the domain."""
    assert canned({"subscribers": ["x@other.test"]}).subscribers(TEAM) == ["x@other.test"]


@pytest.mark.parametrize(("name", "row"), [("maillists", {"maillist": TEAM}), ("subscribers", ANNA)])
def test_list_without_pages_has_an_end(name: str, row: object) -> None:
    """More than any domain can have is an error."""
    call, key = CALLS[name][0], name
    error = error_of(call, canned({key: [row] * (MOST_ROWS + 1)}))
    assert error
    assert (error.code, error.endpoint) == ("bad_answer", CALLS[name][2])
    assert error_of(call, canned({key: [row] * 10})) is None


def test_import_of_another_mailbox() -> None:
    """The answer to another start says nothing of this one."""
    row = {"started": "yes", "internal_login": "boris"}
    with pytest.raises(ServiceError) as caught:
        canned({**STARTED, "import_list": [row]}).start_import(SOURCE, BOX)
    assert (caught.value.code, caught.value.delivery) == ("bad_answer", Delivery.UNKNOWN)
    for same in ("Anna", "ANNA@main.test", "", None, 5):
        canned({**STARTED, "import_list": [{**row, "internal_login": same}]}).start_import(SOURCE, BOX)


# Errors


@pytest.mark.parametrize("name", CALLS)
def test_error_says_what_was_tried(service: Service, name: str) -> None:
    """On which object, what the service said, and what to do; no secret."""
    call, _method, endpoint, params, _answer = CALLS[name]
    service.answer(endpoint, refused("not_allowed"))
    with pytest.raises(ServiceError) as caught:
        call(client(service))
    error = caught.value
    assert (error.code, error.endpoint) == ("not_allowed", endpoint)
    sentence = error.sentence()
    assert sentence.startswith("Cannot ")
    assert "'not_allowed' (the token's owner may not do this). Check the domain" in sentence
    assert "{" not in sentence
    for key in ("maillist", "subscriber", "login", "int-login"):
        assert params.get(key, "") in sentence


def test_source_that_is_not_reached(service: Service) -> None:
    """The message names server and port."""
    service.answer("import/check_settings", refused("no_reply"))
    with pytest.raises(ServiceError) as caught:
        client(service).check_source(SOURCE)
    assert caught.value.code == "no_reply"
    assert caught.value.sentence().startswith("Cannot reach the source server mail.old.test, port 993: ")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"started": "no", "error": "occupied"}, "occupied"),
        ({"started": False, "error": "no_domain,badlogin"}, "badlogin"),
        ({"started": "no"}, "unknown"),
        ({"started": "no", "error": None}, "unknown"),
        ({"started": 0, "error": ""}, "unknown"),
        ({"started": "no", "error": f"{{'password': '{SECRET}'}}"}, "bad_answer"),
    ],
)
def test_import_that_was_not_started(service: Service, row: dict[str, Any], code: str) -> None:
    """`success: ok` is not enough: the box has its own word and code, and is surely not started."""
    service.answer("import/start_one_import", {**STARTED, "import_list": [{**FAILED_BOX, **row}]})
    with pytest.raises(ServiceError) as caught:
        client(service).start_import(SOURCE, BOX)
    error = caught.value
    assert error.code == code
    assert error.attempt == f"start the import of {ANNA}"
    assert error.delivery is not Delivery.UNKNOWN
    assert_no_password(error)


@pytest.mark.parametrize(
    "answer",
    [
        {**STARTED, "import_list": [FAILED_BOX]},
        {**STARTED, "import_list": FAILED_BOX},
        {**STARTED, "success": "error", "error": "bad_passwd"},
        {**STARTED, "success": "error", "error": [SECRET]},
        {**STARTED, "success": "error", "error": f"bad {SECRET}"},
        {**STARTED, "import_list": [{"started": "no", "error": SECRET}]},
        {**STARTED, "import_list": [{"started": "no", "error": f"no,{OTHER_SECRET}"}]},
        {**STARTED, "success": SECRET},
        {**STARTED, "success": "error", "error": "unknown"},
        Response(json.dumps(STARTED)[:-5], 200),
        Response(json.dumps(STARTED), 500),
        Response(f"<html>{SECRET}</html>", 200),
    ],
)
def test_passwords_are_in_no_message(service: Service, answer: Answer) -> None:
    """The service echoes them (docs/api/pdd.md, 2.4), so nothing of the answer is quoted but its code."""
    service.answer("import/start_one_import", answer)
    with pytest.raises(ServiceError) as caught:
        client(service).start_import(SOURCE, BOX)
    assert_no_password(caught.value)


@pytest.mark.parametrize("name", ["add_mailbox", "edit_mailbox"])
@pytest.mark.parametrize(
    "answer",
    [
        {"success": "error", "error": "badpasswd", "password": SECRET, "hinta": OTHER_SECRET},
        {"success": "error", "error": [SECRET]},
        {"success": "error", "error": SECRET},
        {"success": "error", "error": f"no,{SECRET}"},
        {"success": "error", "error": {"password": SECRET}},
        {"success": SECRET},
        {"success": "error", "error": "unknown", "password": SECRET},
        Response(json.dumps({"password": SECRET})[:-1], 200),
        Response(f"<html>{SECRET}</html>", 500),
        Response(f"<html>{SECRET} {OTHER_SECRET}</html>", 200),
    ],
)
def test_passwords_of_mailboxes_are_in_no_message(service: Service, name: str, answer: Answer) -> None:
    """Nothing of an answer is quoted but its code."""
    call, _method, endpoint, _params, _answer = CALLS[name]
    service.answer(endpoint, answer)
    with pytest.raises(ServiceError) as caught:
        call(PddClient(Transport(connection(service.url, retry_timeout=0)), DOMAIN))
    assert_no_password(caught.value)


def test_passwords_of_failed_boxes_are_not_kept() -> None:
    """Whatever shows the task later cannot show them."""
    task = canned(IMPORTS).import_status()
    assert SECRET not in repr(task)
    assert OTHER_SECRET not in repr(task)


def assert_no_password(error: ServiceError) -> None:
    """Look for the passwords in everything that an exception may show."""
    shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    shown += f"{error!r} {error.args} {error.as_dict()} {error.sentence()}"
    assert SECRET not in shown
    assert OTHER_SECRET not in shown


def test_texts_that_are_only_shown_act_on_no_terminal() -> None:
    """What the service says of an import is one short line without control characters."""
    nasty = "\x1b[31mred\u202e" + "x" * 1_000_000
    box = {"external_login": nasty, "internal_login": "anna", "last_error": nasty}
    task = {"state": nasty, "failed_boxes_count": 1, "failed_boxes": [box]}
    status = canned({"success": "ok", "import": task}).import_status()
    texts = [status.state, status.failed_boxes[0].external_login, status.failed_boxes[0].last_error]
    for text in texts:
        assert text.isprintable()
        assert text.startswith(r"\x1b[31mred\u202ex")
        assert len(text) < 400


class Refusing(Canned):
    """Refuses every write."""

    def write(self, _endpoint: str, _params: Mapping[str, str], **_how: bool) -> dict[str, Any]:
        """Raise the refusal."""
        raise ServiceError("occupied", "no")


def test_names_in_messages_act_on_no_terminal() -> None:
    """Those of an object that the service named, such as a list that is to be deleted."""
    caller = PddClient(cast(Transport, Refusing({})), DOMAIN)
    error = error_of(lambda client: client.delete_maillist(Address("\x1b[31mred\u202e@example.test")), caller)
    assert error
    assert error.attempt == r"delete the mailing list \x1b[31mred\u202e@example.test"
