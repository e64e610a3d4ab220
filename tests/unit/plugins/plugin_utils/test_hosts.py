# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts are compared by their domain, their service, their token and their signature."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.plugin_utils._hosts import compare, identity
from ansible_collections.mailops.pdd.plugins.plugin_utils._places import export_place, user_path
from ansible_collections.mailops.pdd.plugins.plugin_utils._variables import PDD_DOMAIN, Names


def host(inventory_hostname: str, /, **values: Any) -> Any:
    """Return the identity of a host."""
    return identity(
        inventory_hostname, {"token": "made-up", "api_url": "https://one.test", **values}, Names(PDD_DOMAIN)
    )


def test_one_domain_on_two_services_is_two_domains() -> None:
    same = [host("a", name="example.test"), host("b", name="EXAMPLE.test", api_url="https://ONE.test/")]
    assert len(compare(same).problems) == 1
    other = [host("a", name="example.test"), host("b", name="example.test", api_url="https://two.test")]
    assert compare(other).problems == []


def test_signers_are_those_with_the_same_owner_and_a_signature() -> None:
    hosts = [
        host("a.test", signature="x"),
        host("b.test"),
        host("c.test", signature="x"),
        host("d.test", signature="y", token="another"),
        host("e.test", signature="z", sets_signature=False),
    ]
    verdict = compare(hosts)
    assert verdict.problems == []
    assert verdict.signers("a.test") == verdict.signers("c.test") == ["a.test", "c.test"]
    assert verdict.signers("d.test") == ["d.test"]
    assert verdict.signers("b.test") == verdict.signers("e.test") == []


def test_no_message_has_a_token_or_a_signature() -> None:
    verdict = compare([host(f"{each}.test", signature=f"made-up-{each}") for each in range(100)])
    [message] = verdict.problems
    assert "made-up" not in message
    assert message.endswith("0.test against 1.test against 2.test against 97 more")
    assert set(verdict.by_host) == {f"{each}.test" for each in range(100)}


@pytest.mark.parametrize("base", [None, "None", ""])
def test_paths_without_an_inventory(base: str | None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert user_path("a/b", base) == str(tmp_path / "a" / "b")
    assert user_path("a", "/inventories") == "/inventories/a"
    assert user_path("/a", "/inventories") == "/a"
    assert user_path("~/a", "/inventories") == "~/a"


def test_a_link_of_the_host_is_not_replaced(tmp_path: Any) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "a.test.yml").symlink_to(tmp_path / "elsewhere")
    _place, [problem] = export_place(str(tmp_path), "a.test")
    assert "is a link" in problem
