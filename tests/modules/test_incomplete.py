# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings that are cut short: who is not listed is not taken for removed, and what is shown is not called complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core import paging
from werkzeug import Response

from ..conftest import Service
from .conftest import Forward, Middleman, Runner

pytestmark = pytest.mark.usefixtures("impatient")

Answer = dict[str, Any]
Cut = Callable[[Answer], object]

SUBSCRIBER: dict[str, Any] = {"maillist": "team", "subscriber": ["boris"], "state": "absent"}


def without(key: str, name: str) -> Cut:
    """Leave an account, a list or a subscriber out of an answer, whose counts stay as they are."""

    def cut(answer: Answer) -> None:
        answer[key] = [row for row in answer[key] if name not in str(row)]

    return cut


CUTS: dict[str, tuple[str, Cut]] = {
    "pdd_maillist_subscriber": ("email/ml/subscribers", without("subscribers", "boris")),
    "pdd_mailbox": ("email/list", without("accounts", "boris")),
    "pdd_maillist": ("email/ml/list", without("maillists", "team")),
}
REMOVALS: list[tuple[str, dict[str, Any]]] = [
    ("pdd_maillist_subscriber", SUBSCRIBER),
    ("pdd_maillist_subscriber", {**SUBSCRIBER, "subscriber": ["anna", "boris"]}),
    ("pdd_maillist_subscriber", {"maillist": "team", "subscriber": ["anna"], "exclusive": True}),
    ("pdd_mailbox", {"login": "boris", "state": "absent"}),
    ("pdd_mailbox", {"mailboxes": [{"login": "anna", "state": "absent"}, {"login": "boris", "state": "absent"}]}),
    ("pdd_maillist", {"maillist": ["team"], "state": "absent"}),
    ("pdd_maillist", {"maillist": ["news", "team"], "state": "absent"}),
    ("pdd_maillist", {"maillist": ["news"], "exclusive": True, "max_removals_percent": 100}),
]
"""Tasks that remove what a listing leaves out."""

each_removal = pytest.mark.parametrize(("module", "options"), REMOVALS)


@pytest.fixture(autouse=True)
def domain(service: Service) -> int:
    """Fill the domain; returns the uid of the list team."""
    service.add_mailboxes("anna", "boris")
    uid = service.add_maillist("team", "anna", "boris")
    service.add_maillist("news", "anna")
    service.forget()
    return uid


@each_removal
def test_who_is_not_listed_is_not_taken_for_removed(
    run: Runner, service: Service, middleman: Middleman, module: str, options: dict[str, Any]
) -> None:
    """The task fails before the first write, and so does a check run."""
    middleman.edit(*CUTS[module])
    results = [run(module, check=check, api_url=middleman.url, **options) for check in (True, False)]
    assert [(result["error"]["code"], result["changed"]) for result in results] == [("guard", False)] * 2
    assert "verify_count" in results[0]["msg"]
    assert service.writes() == []


@each_removal
def test_listing_that_was_short_once(run: Runner, middleman: Middleman, module: str, options: dict[str, Any]) -> None:
    """It is read again, and all is removed."""
    action, cut = CUTS[module]
    cuts = iter([cut])

    def cut_once(answer: Answer) -> None:
        next(cuts, len)(answer)

    middleman.edit(action, cut_once)
    result = run(module, api_url=middleman.url, **options)
    assert (result["changed"], result["failures"]) == (True, [])
    assert not run(module, **options)["changed"]


@each_removal
def test_count_that_is_not_verified(
    run: Runner, service: Service, middleman: Middleman, module: str, options: dict[str, Any]
) -> None:
    """Who does not believe the count does what is listed, and is warned."""
    middleman.edit(*CUTS[module])
    result = run(module, api_url=middleman.url, verify_count=False, **options)
    assert result["failures"] == []
    assert "warnings" in result
    assert not {"email/del", "email/ml/del"} & set(service.writes()) or result["changed"]


def test_list_that_is_named_by_its_uid(run: Runner, service: Service, middleman: Middleman, domain: int) -> None:
    middleman.edit(*CUTS["pdd_maillist"])
    result = run("pdd_maillist", maillist_uid=[domain], state="absent", api_url=middleman.url)
    assert result["error"]["code"] == "guard"
    assert f"the mailing list {service.address('team')} exists" in result["msg"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("pdd_maillist", {"maillist": ["never"], "state": "absent"}),
        ("pdd_mailbox", {"login": "never", "state": "absent"}),
        ("pdd_maillist_subscriber", {**SUBSCRIBER, "subscriber": ["anna", "never"]}),
    ],
)
def test_what_is_truly_not_there_is_no_problem(run: Runner, module: str, options: dict[str, Any]) -> None:
    result = run.check_then_run_twice(module, **options)
    assert "warnings" not in result


def test_who_is_listed_is_removed_from_a_short_listing(run: Runner, service: Service, middleman: Middleman) -> None:
    """The one who is missing in it is none of this task's."""
    middleman.edit("email/ml/subscribers", without("subscribers", "anna"))
    middleman.edit("email/list", without("accounts", "anna"))
    result = run("pdd_maillist_subscriber", api_url=middleman.url, **SUBSCRIBER)
    assert result["maillists"][0]["removed"] == service.addresses("boris")
    assert "only 1 subscribers can be read, but the service counts 2" in str(result["warnings"])
    result = run("pdd_mailbox", login="boris", state="absent", api_url=middleman.url)
    assert result["deleted"] == service.addresses("boris")
    assert "only 3 can be read, but the service counts 4" in str(result["warnings"])


@pytest.mark.parametrize(
    ("module", "options", "cut"),
    [
        ("pdd_mailbox", {"login": "anna", "first_name": "Anna"}, CUTS["pdd_mailbox"]),
        ("pdd_mailbox_info", {"counters": False}, CUTS["pdd_mailbox"]),
        ("pdd_mailbox_info", {"login": ["anna"]}, CUTS["pdd_mailbox"]),
        ("pdd_maillist_subscriber", {"maillist": "team", "subscriber": "anna"}, CUTS["pdd_maillist_subscriber"]),
        ("pdd_maillist_info", {}, CUTS["pdd_mailbox"]),
        ("pdd_domain_info", {"domain": ""}, ("domain/domains", without("domains", "place"))),
    ],
)
def test_short_listing_is_warned_of(
    run: Runner, middleman: Middleman, module: str, options: dict[str, Any], cut: tuple[str, Cut]
) -> None:
    """Where nothing is removed, too: what is shown is not all."""
    middleman.edit(*cut)
    result = run(module, check=True, api_url=middleman.url, **options)
    assert not result.get("failed")
    assert "can be read, but the service counts" in str(result["warnings"])


def test_missing_list_is_not_exported(run: Runner, service: Service, middleman: Middleman) -> None:
    """It would be deleted by who writes back what was read."""
    middleman.edit(*CUTS["pdd_maillist"])
    for named in (None, ["team"]):
        result = run("pdd_maillist_info", maillist=named, api_url=middleman.url)
        assert (result["error"]["code"], "maillists" in result) == ("guard", False)
        assert f"the mailing list {service.address('team')} exists" in result["msg"]
    assert not run("pdd_maillist_info", maillist=["news"], api_url=middleman.url).get("failed")


@pytest.mark.parametrize(
    ("module", "options"),
    [("pdd_maillist", {"maillist": ["team"]}), ("pdd_maillist_subscriber", {"maillist": "team", "subscriber": "anna"})],
)
def test_list_that_a_check_run_takes_for_new(
    run: Runner, service: Service, middleman: Middleman, module: str, options: dict[str, Any]
) -> None:
    """What it would do is not what the run would do."""
    middleman.edit(*CUTS["pdd_maillist"])
    result = run(module, check=True, api_url=middleman.url, **options)
    assert f"the mailing list {service.address('team')} exists" in str(result["warnings"])


def first_failure_only(answer: Answer) -> None:
    """Leave out all failed boxes but the first one."""
    del answer["import"]["failed_boxes"][1:]


def test_failed_imports_that_are_not_listed(run: Runner, service: Service, middleman: Middleman) -> None:
    for login in ("anna", "boris"):
        service.api.control_put(f"failed_boxes/{login}", {"last_error": "made up"})
    middleman.edit("import/check_imports", first_failure_only)
    result = run("pdd_mailbox_import_info", api_url=middleman.url)
    assert "only 1 can be read, but the service counts 2" in str(result["warnings"])
    source: dict[str, Any] = {"server": "127.0.0.1", "external_login": "anna", "external_password": "made-up-1"}
    result = run("pdd_mailbox_import", api_url=middleman.url, **source)
    assert "only 1 can be read, but the service counts 2" in str(result["warnings"])


SOURCE: dict[str, Any] = {"server": "127.0.0.1", "external_password": "made-up-1", "check_settings": False}


@pytest.mark.parametrize("check", [True, False])
def test_mailbox_that_is_not_listed_is_not_imported_again(
    run: Runner, service: Service, middleman: Middleman, check: bool
) -> None:
    middleman.edit(*CUTS["pdd_mailbox"])
    options = {**SOURCE, "external_login": "boris", "api_url": middleman.url}
    result = run("pdd_mailbox_import", check=check, **options)
    assert result["error"]["code"] == "guard"
    assert "only 3 can be read, but the service counts 4" in result["msg"]
    assert service.address("boris") in result["msg"]
    assert "verify_count: false" in result["msg"]
    assert service.writes() == []
    result = run("pdd_mailbox_import", check=True, verify_count=False, **options)
    assert "only 3 can be read, but the service counts 4" in str(result["warnings"])


def test_mailbox_that_is_listed_needs_no_complete_listing(run: Runner, middleman: Middleman) -> None:
    """Nothing is started for it, whoever else is missing."""
    middleman.edit(*CUTS["pdd_mailbox"])
    result = run("pdd_mailbox_import", external_login="anna", api_url=middleman.url, **SOURCE)
    assert (result["imported"], len(result["existing"])) == ([], 1)
    (warning,) = map(str, result["warnings"])
    assert "Nothing is imported into mailboxes that exist" in warning


def test_mailbox_that_is_listed_at_the_second_look_is_not_imported(
    run: Runner, service: Service, middleman: Middleman
) -> None:
    cut = CUTS["pdd_mailbox"][1]
    looks: list[Answer] = []

    def once(answer: Answer) -> None:
        if not looks:
            cut(answer)
        looks.append(answer)

    middleman.edit("email/list", once)
    result = run("pdd_mailbox_import", external_login="boris", api_url=middleman.url, **SOURCE)
    assert result["existing"] == service.addresses("boris")
    assert service.writes() == []


@pytest.mark.parametrize("module", ["pdd_mailbox_info", "pdd_domain_info", "pdd_mailbox_import_info", "pdd_mailbox"])
@pytest.mark.parametrize("limit", ["MOST_ROWS", "MOST_PAGES", "MOST_CHARACTERS"])
def test_listing_without_an_end(
    run: Runner, middleman: Middleman, monkeypatch: pytest.MonkeyPatch, module: str, limit: str
) -> None:
    """Each page has new rows: that is an error after a while."""
    monkeypatch.setattr(paging, limit, 50)
    numbers = iter(range(10**9))

    def grow(answer: Answer) -> None:
        number = next(numbers)
        boxes = answer.get("import", {})
        boxes.update(failed_boxes=[{"external_login": f"p{number}"}], failed_boxes_count=10**9)
        answer.update(total=10**9, pages=10**9)
        answer["domains"] = [{"name": f"p{number}.test"}]
        answer["accounts"] = [{"login": f"p{number}", "uid": number}]

    for action in ("email/list", "domain/domains", "import/check_imports"):
        middleman.edit(action, grow)
    tasks: dict[str, dict[str, Any]] = {"pdd_mailbox": {"login": "anna"}, "pdd_domain_info": {"domain": ""}}
    result = run(module, api_url=middleman.url, **tasks.get(module, {}))
    assert result["error"]["code"] == "bad_answer"
    assert "does not end" in result["msg"]
    assert result["requests"]["sent"] <= 51


@each_removal
def test_lost_removal_that_a_short_listing_does_not_settle(
    run: Runner, service: Service, middleman: Middleman, module: str, options: dict[str, Any]
) -> None:
    """The answer is lost, the removal was not carried out, and afterwards the listing lacks who was to be removed."""
    action, cut = CUTS[module]
    sent: list[str] = []

    def lose(_forward: Forward) -> Response:
        sent.append(action)
        return Response("<html>Bad Gateway</html>", 502)

    for removal in ("email/ml/unsubscribe", "email/del", "email/ml/del"):
        middleman.on(removal, lose)
    middleman.edit(action, lambda answer: cut(answer) if sent else None)
    result = run(module, api_url=middleman.url, retry_timeout=1, **options)
    assert result["changed"] is False
    assert {failure["error"]["code"] for failure in result["failures"]} == {"outcome_unknown"}
    assert "cannot be read" in result["msg"]
    assert result["failures"][0]["error"]["advice"] in result["msg"]
    assert "verify_count: false" in result["msg"]
    assert "Nothing was written" not in result["msg"]
    assert service.writes() == []


def test_listing_that_is_short_after_a_lost_removal_is_warned_of_once(
    run: Runner, service: Service, middleman: Middleman
) -> None:
    """Who is to be removed is listed, so the removal is sent again."""
    listings: list[Answer] = []

    def cut(answer: Answer) -> None:
        listings.append(answer)
        if len(listings) > 1:
            without("subscribers", "anna")(answer)

    middleman.lose("email/ml/unsubscribe", applied=False, times=2)
    middleman.edit("email/ml/subscribers", cut)
    result = run("pdd_maillist_subscriber", api_url=middleman.url, **SUBSCRIBER)
    assert result["maillists"][0]["removed"] == service.addresses("boris")
    assert len(listings) > 3
    [warning] = result["warnings"]
    assert "only 1 subscribers can be read, but the service counts 2" in str(warning)
