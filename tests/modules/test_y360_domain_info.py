# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""y360_domain_info: the organization's domains, or one of them; and what all modules do before their own work."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import Organization
from .conftest import Runner

MODULE = "y360_domain_info"


def domain(name: str, **properties: Any) -> dict[str, Any]:
    """Return a domain that works, as the module returns it."""
    checks = {"verified": True, "mx": True, "spf": True, "ns": False, "dkim": None}
    return {"name": name, "main": False, **checks, "delegated": False, "works": True, **properties}


@pytest.mark.parametrize("check", [True, False])
def test_all_domains(run360: Runner, organization: Organization, check: bool) -> None:
    result = run360(MODULE, check=check, diff=True)
    assert not result["changed"]
    assert "diff" not in result
    assert [each["name"] for each in result["domains"]] == sorted(each["name"] for each in result["domains"])
    assert {each["name"]: each["main"] for each in result["domains"]}[organization.domain]
    assert len(result["domains"]) == 2
    assert organization.calls() == ["domains/list"]


def test_one_domain(run360: Runner, organization: Organization) -> None:
    """Any domain of the organization, in any case; that of another one is an error that names those there are."""
    organization.own.put_domain("broken.test", verified=False, mx=None, spf=False, ns=True, dkim=False)
    result = run360(MODULE, domain="Broken.TEST")
    assert [each["name"] for each in result["domains"]] == ["broken.test"]
    [found] = result["domains"]
    assert (found["verified"], found["spf"], found["works"]) == (False, False, False)
    missing = run360(MODULE, domain="elsewhere.test")
    assert missing["error"]["code"] == "not_found"
    assert organization.domain in missing["msg"]


def test_the_only_organization_is_found(run360: Runner, organization: Organization) -> None:
    token = organization.own.put_token("made-up-single", organizations=[organization.own.organization]).token
    result = run360(MODULE, organization=None, token=token)
    assert len(result["domains"]) == 2
    assert organization.calls() == ["organizations/list", "domains/list"]


@pytest.mark.usefixtures("organization")
def test_several_organizations(run360: Runner) -> None:
    result = run360(MODULE, organization=None)
    assert result["error"]["code"] == "not_found"
    assert "the option organization" in result["error"]["advice"]


def test_environment(run360: Runner, organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    given = organization.connection
    monkeypatch.setenv("Y360_TOKEN", f" {given['token']}\n")
    monkeypatch.setenv("Y360_ORGANIZATION", str(given["organization"]))
    monkeypatch.setenv("Y360_API_URL", given["api_url"])
    monkeypatch.setenv("Y360_DOMAIN", organization.domain)
    result = run360(MODULE, token=None, organization=None, api_url=None)
    assert [each["name"] for each in result["domains"]] == [organization.domain]


def test_wrong_token(run360: Runner) -> None:
    result = run360(MODULE, token="made-up-wrong")
    assert (result["error"]["code"], result["error"]["http_status"]) == ("unauthorized", 401)
    assert "Y360_TOKEN" in result["error"]["advice"]
    assert "request " in result["msg"]
    assert "made-up-wrong" not in run360.output


def test_missing_scope(run360: Runner, organization: Organization) -> None:
    """It is named, after one question."""
    token = organization.own.put_token("made-up-poor", scopes=["directory:read_users"]).token
    organization.forget()
    result = run360(MODULE, token=token)
    assert result["error"]["code"] == "forbidden"
    assert "the token lacks the scope directory:read_domains" in result["msg"]
    assert organization.calls() == ["domains/list", "whoami"]


def test_domain_that_is_not_the_main_one(run360: Runner, organization: Organization) -> None:
    alias = next(each["name"] for each in run360(MODULE)["domains"] if not each["main"])
    result = run360("y360_mailbox_info", domain=alias)
    assert result["error"]["code"] == "invalid_input"
    assert f"whose main domain is '{organization.domain}'" in result["msg"]
    assert run360("y360_mailbox_info", domain=organization.domain.upper())["mailboxes"] == []


def test_bad_options(run360: Runner) -> None:
    message = run360.refused_before_any_request(MODULE, token=None, organization=0, cloud_api_url="x", timeout=0)
    assert all(word in message for word in ("token is missing", "organization: '0'", "cloud_api_url", "timeout"))
