# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains, DKIM, and DNS records (docs/api/y360.md, 6)."""

from __future__ import annotations

from typing import Any

import pytest
from y360_emulator.testing import DIRECTORY, Api, Emulator

DOMAINS = f"{DIRECTORY}/domains"


def test_list(org: Api) -> None:
    """The main domain is the first, and the only one that is marked so."""
    answer = org.get(DOMAINS)
    main, alias = answer.pop("domains")
    assert answer == {"page": 1, "pages": 1, "perPage": 10, "total": 2}
    assert main == {
        "name": org.domain,
        "country": "ru",
        "mx": True,
        "delegated": False,
        "master": True,
        "verified": True,
        "status": {
            "name": org.domain,
            "lastCheck": main["status"]["lastCheck"],
            "lastAdded": main["status"]["lastAdded"],
            "spf": {"match": True, "value": "v=spf1 redirect=_spf.yandex.net"},
            "mx": {"match": True, "value": "mx.yandex.net."},
            "ns": {"match": False, "value": ""},
            "dkim": None,
        },
    }
    assert (alias["name"], alias["master"]) == (org.domain.replace("main", "alias"), False)


def test_checks(org: Api) -> None:
    """Tests can say what checks found, also nothing."""
    org.put_domain(org.domain, mx=None, spf=False, ns=True, dkim=True, verified=False)
    main = org.get(DOMAINS)["domains"][0]
    assert (main["mx"], main["delegated"], main["verified"]) == (False, True, False)
    assert main["status"]["mx"] is None
    assert main["status"]["spf"] == {"match": False, "value": ""}
    assert main["status"]["dkim"]["match"]
    org.put_domain(org.domain, verified=True)


def test_connect(org: Api) -> None:
    """A new domain is not verified until its owner is proved; each look at its status is a check."""
    created = org.ok("POST", DOMAINS, {"domain": "Второй-" + org.domain})
    name = created["name"]
    assert name.startswith("xn--")
    assert (created["verified"], created["master"], created["mx"]) == (False, False, False)
    status = org.get(f"{DOMAINS}/{name}/status")
    assert status["status"] == "need-validate"
    assert [item["method"].partition(".")[0] for item in status["methods"]] == ["webmaster"] * 3
    org.put_domain(name, verified=True)
    assert org.get(f"{DOMAINS}/{name}/status")["status"] == "added"
    shown = org.get(DOMAINS)["domains"][-1]["status"]
    assert shown["lastCheck"] > shown["lastAdded"]


def test_connect_refused(org: Api, yandex360: Emulator) -> None:
    """A domain belongs to one organization."""
    other = yandex360.api()
    for name in (other.domain, org.domain):
        assert org.error("POST", DOMAINS, {"domain": name}) == (409, "domain_already_exists")
    for bad in ("", "nodots", "a b.test"):
        assert org.error("POST", DOMAINS, {"domain": bad}) == (400, "Bad Request")


def test_disconnect(org: Api) -> None:
    """Neither the main domain nor the technical one can be disconnected."""
    alias = org.domain.replace("main", "alias")
    assert org.error("DELETE", f"{DOMAINS}/{org.domain}") == (403, "Forbidden")
    org.put_domain("technical." + org.domain, technical=True)
    assert org.error("DELETE", f"{DOMAINS}/technical.{org.domain}") == (403, "Forbidden")
    assert org.ok("DELETE", f"{DOMAINS}/{alias}") == {}
    assert org.error("DELETE", f"{DOMAINS}/{alias}") == (404, "Not Found")


def test_dkim(org: Api) -> None:
    """There is a public key, and a switch."""
    path = f"{DOMAINS}/{org.domain}/dkim"
    key = org.get(path)
    assert key["enabled"] is False
    assert key["publicKey"].startswith("v=DKIM1; k=rsa; t=s; p=")
    assert org.ok("POST", f"{path}/enable") == {}
    assert org.get(path) == {**key, "enabled": True}
    assert org.ok("POST", f"{path}/disable") == {}
    assert org.get(path) == key


@pytest.mark.parametrize("tail", ["", "/status", "/dkim", "/dns"])
def test_unknown(org: Api, tail: str) -> None:
    """There is no such domain, and no call that returns one alone."""
    assert org.error("DELETE" if not tail else "GET", f"{DOMAINS}/nowhere.test{tail}") == (404, "Not Found")
    assert org.request("GET", f"{DOMAINS}/{org.domain}").status_code == 405


RECORDS: list[dict[str, Any]] = [
    {"type": "A", "name": "www", "ttl": 300, "address": "192.0.2.1"},
    {"type": "AAAA", "name": "www", "ttl": 300, "address": "2001:db8::1"},
    {"type": "CNAME", "name": "mail", "ttl": 300, "target": "domain.mail.example.test."},
    {"type": "NS", "name": "sub", "ttl": 300, "target": "ns.example.test."},
    {"type": "MX", "name": "@", "ttl": 300, "exchange": "mx.example.test.", "preference": 10},
    {"type": "TXT", "name": "@", "ttl": 300, "text": "v=spf1 -all"},
    {"type": "SRV", "name": "_x._tcp", "ttl": 300, "port": 1, "priority": 2, "weight": 3, "target": "x.test."},
    {"type": "CAA", "name": "@", "ttl": 300, "flag": 0, "tag": "issue", "value": "ca.test"},
]


def test_dns(org: Api) -> None:
    """Records of all types come and go, if the domain is delegated."""
    path = f"{DOMAINS}/{org.domain}/dns"
    assert org.error("GET", path) == (400, "Failed Precondition")
    org.put_domain(org.domain, ns=True)
    added = [org.ok("POST", path, record) for record in RECORDS]
    assert [item["recordId"] for item in added] == [*range(1, len(RECORDS) + 1)]
    assert [{key: item[key] for key in item if key != "recordId"} for item in added] == RECORDS
    listed = org.get(path)
    assert (listed["records"], listed["perPage"], listed["total"]) == (added, 50, len(RECORDS))
    edited = org.ok("POST", f"{path}/1", {"type": "TXT", "name": "www", "text": "new"})
    assert edited == {"recordId": 1, "type": "TXT", "name": "www", "ttl": 21600, "text": "new"}
    assert org.ok("DELETE", f"{path}/1") == {}
    assert org.error("DELETE", f"{path}/1") == (404, "Not Found")
    for bad in ({"type": "PTR", "name": "x"}, {"type": "A", "name": "x"}, {**RECORDS[4], "preference": "10"}):
        assert org.error("POST", path, bad) == (400, "Bad Request")
