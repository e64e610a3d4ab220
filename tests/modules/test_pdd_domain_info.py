# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_domain_info: the token's domains, or one of them."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug import Response

from ..conftest import Service, in_every_era
from .conftest import Forward, Middleman, Runner

MODULE = "pdd_domain_info"
DETAILS, DOMAINS = "domain/details", "domain/domains"
KEYS = {
    "domain",
    "status",
    "stage",
    "delegated",
    "language",
    "aliases",
    "master_admin",
    "dkim_ready",
    "mailboxes_count",
    "mailboxes_limit",
}


@in_every_era
@pytest.mark.parametrize("check", [True, False])
def test_one_domain(run: Runner, service: Service, request: pytest.FixtureRequest, check: bool) -> None:
    service.add_mailboxes("anna", "boris")
    service.add_maillist("team")
    service.forget()
    result = run(MODULE, check=check, diff=True)
    assert not result["changed"]
    assert result.keys().isdisjoint({"changes", "diff", "failures"})
    assert result["domains"] == [
        {
            "domain": service.domain,
            "status": "added",
            "stage": "added",
            "delegated": False,
            "language": "en",
            "aliases": [],
            "master_admin": True,
            "dkim_ready": False,
            "mailboxes_count": 2,
            "mailboxes_limit": 2147483647 if request.node.callspec.params["service"] == "2021" else 1000,
        }
    ]
    assert service.writes() == []
    assert "diff" not in result


@in_every_era
def test_all_domains(run: Runner, service: Service, second_service: Service) -> None:
    """Of all pages, sorted, without asking for the details of each."""
    second_service.api.control_put("", {"status": "mx-activate"})
    for number in range(21):
        second_service.api.domain = f"many{number:02}-{service.domain}"
        second_service.api.control_put("", {"status": "added"})
    service.add_mailboxes("anna")
    service.forget()
    found = run(MODULE, domain=None)["domains"]
    names = [each["domain"] for each in found]
    assert names == sorted(set(names))
    by_name = {each["domain"]: each for each in found}
    assert {service.domain, second_service.domain} <= set(names)
    assert by_name[service.domain]["mailboxes_count"] == 1
    assert by_name[second_service.domain]["status"] == "mx-activate"
    assert {(each["delegated"], each["master_admin"], each["language"]) for each in found} == {(False, True, None)}
    assert all(set(each) == KEYS for each in found)
    assert set(service.calls()) == {DOMAINS}
    assert len(service.requests()) == -(-len(names) // 20)
    assert all("domain" not in entry["params"] for entry in service.requests())


def test_blank_asks_for_all(run: Runner, service: Service) -> None:
    assert len(run(MODULE, domain=" ")["domains"]) == service.api.ok(DOMAINS, {"domain": None})["total"]


def test_domain_of_the_environment(run: Runner, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDD_DOMAIN", service.domain.upper())
    for blank in (None, ""):
        assert [each["domain"] for each in run(MODULE, domain=blank)["domains"]] == [service.domain]


@in_every_era
@pytest.mark.parametrize(
    ("status", "stage", "language"),
    [("domain-activate", "owner-check", None), ("mx-activate", "mx-check", "en"), ("added", "added", "en")],
)
def test_status(run: Runner, service: Service, status: str, stage: str, language: str | None) -> None:
    service.api.control_put("", {"status": status})
    (domain,) = run(MODULE)["domains"]
    assert (domain["status"], domain["stage"], domain["language"]) == (status, stage, language)


def test_international_domain(run: Runner, service: Service) -> None:
    service.api.domain = "xn--e1afmkfd.test"
    service.api.control_put("", {"status": "added"})
    for domain in ("Пример.test", "XN--E1AFMKFD.TEST"):
        (found,) = run(MODULE, domain=domain)["domains"]
        assert (found["domain"], found["mailboxes_count"]) == ("xn--e1afmkfd.test", 0)


def test_details_are_believed(run: Runner, service: Service, middleman: Middleman) -> None:
    """The listing knows the counts, and may not know the domain at all."""
    middleman.edit(DETAILS, lambda answer: answer.update(status="mx-activate", stage="mx-check", delegated="yes"))
    (domain,) = run(MODULE, api_url=middleman.url)["domains"]
    assert (domain["status"], domain["stage"], domain["delegated"]) == ("mx-activate", "mx-check", True)
    assert domain["mailboxes_limit"] == 1000
    middleman.edit(DOMAINS, lambda answer: answer.update(domains=[], total=0, found=0))
    (alone,) = run(MODULE, api_url=middleman.url)["domains"]
    assert (alone["domain"], alone["status"]) == (service.domain, "mx-activate")
    assert (alone["mailboxes_count"], alone["mailboxes_limit"], alone["aliases"]) == (None, None, [])


def test_what_the_service_does_not_say(run: Runner, middleman: Middleman) -> None:
    def strip(answer: dict[str, Any]) -> None:
        answer["domains"] = [{"name": "two.test"}, {"name": "One.test"}]
        answer["total"] = 2

    middleman.edit(DOMAINS, strip)
    bare: dict[str, Any] = {**dict.fromkeys(KEYS), "aliases": []}
    found = run(MODULE, domain=None, api_url=middleman.url)["domains"]
    assert found == [{**bare, "domain": "one.test"}, {**bare, "domain": "two.test"}]


@pytest.mark.parametrize(
    ("service", "code"), [("2017", "not_allowed"), ("2021", "no_such_domain")], indirect=["service"]
)
def test_foreign_domain(run: Runner, service: Service, code: str) -> None:
    result = run(MODULE, domain="stranger.test")
    assert result["error"]["code"] == code
    assert "Cannot read the details of the domain stranger.test" in result["msg"]
    assert service.domain not in result["msg"]


def test_listing_that_is_refused(run: Runner, middleman: Middleman) -> None:
    def refuse(_forward: Forward) -> Response:
        return Response('{"success": "error", "error": "not_allowed"}')

    middleman.on(DOMAINS, refuse)
    result = run(MODULE, domain=None, api_url=middleman.url)
    assert (result["error"]["code"], result["error"]["endpoint"]) == ("not_allowed", DOMAINS)
    assert result["msg"].startswith("Cannot list the domains: ")
