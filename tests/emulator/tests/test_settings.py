# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`domain/logo/…`, `dkim/…`, `deputy/…` (docs/api/pdd.md, 2.1, 2.5, 2.6)."""

from __future__ import annotations

import base64
import re
import signal
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from pdd_emulator.testing import OAUTH_TOKEN, Api, Emulator

OAUTH = {"Authorization": f"OAuth {OAUTH_TOKEN}"}
IMAGES = {
    "image/png": b"\x89PNG\r\n\x1a\n\0made up",
    "image/gif": b"GIF89a\xffmade up",
    "image/jpeg": b"\xff\xd8\xff\xe0made up",
}
LIMIT = 2 * 1024 * 1024
LOGO_URL = re.compile(r"https://avatars\.yandex\.net/get-for-domain/[0-9a-f]{40}/b")

each_tree = pytest.mark.parametrize("tree", ["admin", "registrar"])


def set_logo(api: Api, content: bytes, media_type: str | None = "image/png", **options: Any) -> dict[str, Any]:
    """Upload a logo as documented."""
    return api.call("domain/logo/set", files={"file": ("logo", content, media_type)}, **options)


def own_item(api: Api) -> dict[str, Any]:
    """Return the client's domain as `domain/domains` lists it."""
    for page in range(1, 100):
        for item in api.ok("domain/domains", {"page": page, "on_page": 20})["domains"]:
            if item["name"] == api.domain:
                return dict(item)
    raise AssertionError("not listed")


# Logos


@each_tree
@pytest.mark.parametrize("media_type", sorted(IMAGES))
def test_logo(api: Api, media_type: str, tree: str) -> None:
    """An image can be set, is shown everywhere, and taken away."""
    answer = set_logo(api, IMAGES[media_type], media_type, tree=tree, headers=OAUTH)
    assert answer == {"domain": api.domain, "success": "ok"}
    answer = api.call("domain/logo/check", tree=tree, headers=OAUTH)
    url = answer["logo-url"]
    assert answer == {"domain": api.domain, "logo-url": url, "success": "ok"}
    assert LOGO_URL.fullmatch(url)
    assert api.ok("domain/details")["logo_url"] == url
    assert (own_item(api)["logo_enabled"], own_item(api)["logo_url"]) == (True, url)
    image = requests.get(f"{api.url}/control/domains/{api.domain}/logo", timeout=10)
    assert (image.headers["Content-Type"], image.content) == (media_type, IMAGES[media_type])
    assert api.call("domain/logo/del", tree=tree, headers=OAUTH) == {"domain": api.domain, "success": "ok"}
    assert api.ok("domain/logo/check") == {"logo-url": ""}
    assert (own_item(api)["logo_enabled"], own_item(api)["logo_url"]) == (False, "")


def test_another_logo(api: Api) -> None:
    """It replaces the first one and has another address; the same one has the same."""
    urls = []
    for media_type in ("image/png", "image/gif", "image/png"):
        set_logo(api, IMAGES[media_type], media_type)
        urls.append(api.ok("domain/logo/check")["logo-url"])
    assert urls[0] == urls[2] != urls[1]


def test_no_logo_to_delete(api: Api) -> None:
    """That is no error."""
    assert api.ok("domain/logo/del") == {}


@pytest.mark.parametrize(
    ("content", "media_type", "success"),
    [
        (IMAGES["image/png"].ljust(LIMIT, b"x"), "image/png", "ok"),
        (IMAGES["image/png"].ljust(LIMIT + 1, b"x"), "image/png", "error"),
        (IMAGES["image/png"], "IMAGE/PNG; x=y", "ok"),
        (IMAGES["image/png"], "image/gif", "error"),
        (IMAGES["image/png"], "image/bmp", "error"),
        (IMAGES["image/png"], "application/octet-stream", "error"),
        (IMAGES["image/png"], None, "error"),
        (b"BM made up", "image/bmp", "error"),
        (b"made up", "image/png", "error"),
        (b"", "image/png", "error"),
    ],
    ids=["largest", "too large", "case", "other", "bmp", "binary", "none", "real bmp", "text", "empty"],
)
def test_good_and_bad_images(api: Api, content: bytes, media_type: str | None, success: str) -> None:
    """GIF, JPEG or PNG of at most 2 MB, by what it says and by what it is; what is refused changes nothing."""
    set_logo(api, IMAGES["image/gif"], "image/gif")
    before = api.ok("domain/logo/check")
    answer = set_logo(api, content, media_type)
    assert answer["success"] == success
    assert answer.get("error") == (None if success == "ok" else "bad_file")
    assert (api.ok("domain/logo/check") == before) == (success == "error")


def test_missing_image(api: Api) -> None:
    """A logo has to be a file."""
    assert api.error("domain/logo/set") == "no_file"
    assert api.error("domain/logo/set", {"file": "GIF89a"}) == "bad_file"
    assert api.error("domain/logo/set", files={"file": (None, "GIF89a")}) == "bad_file"
    assert api.error("domain/logo/set", files={"logo": ("file", IMAGES["image/png"], "image/png")}) == "no_file"


def test_journal_tells_of_images(api: Api) -> None:
    """It has type and size of a file, not an image's bytes; the text of other files is a parameter."""
    set_logo(api, IMAGES["image/png"])
    entry = api.control("/requests")[-1]
    assert entry["params"] == {"domain": api.domain}
    assert entry["files"] == {"file": {"type": "image/png", "size": len(IMAGES["image/png"])}}
    api.call("import/start_import_file", files={"file": ("import_list_file", "anna,secret-1", "text/csv")})
    entry = api.control("/requests")[-1]
    assert entry["params"]["file"] == "anna,secret-1"
    assert entry["files"] == {"file": {"type": "text/csv", "size": 13}}


# DKIM


@each_tree
def test_dkim(api: Api, tree: str) -> None:
    """Signing is off, can be switched on, and works once the record is published."""
    options: dict[str, Any] = {"tree": tree, "headers": OAUTH}
    off = {"enabled": "no", "txtrecord": "", "nsready": "no", "mailready": "no"}
    assert api.call("dkim/status", **options) == {"domain": api.domain, "dkim": off, "success": "ok"}
    enabled = api.call("dkim/enable", **options)
    record = enabled["dkim"]["txtrecord"]
    assert enabled == {"domain": api.domain, "dkim": {"enabled": "yes", "txtrecord": record}, "success": "ok"}
    assert api.ok("dkim/status", **options)["dkim"] == {**off, "enabled": "yes", "txtrecord": record}
    api.control_put("", {"dkim_published": True})
    on = {"enabled": "yes", "txtrecord": record, "nsready": "yes", "mailready": "yes"}
    assert api.ok("dkim/status", **options)["dkim"] == on
    assert own_item(api)["dkim-ready"] is True
    assert api.call("dkim/disable", **options) == {"domain": api.domain, "success": "ok"}
    assert api.ok("dkim/status", **options)["dkim"] == {**on, "enabled": "no", "mailready": "no"}
    assert own_item(api)["dkim-ready"] is False


def test_dkim_of_a_delegated_domain(api: Api) -> None:
    """Its record is made automatically."""
    api.control_put("", {"delegated": True})
    assert api.ok("dkim/status")["dkim"]["nsready"] == "no"
    api.ok("dkim/enable")
    assert api.ok("dkim/status")["dkim"].items() >= {"nsready": "yes", "mailready": "yes"}.items()


def test_dkim_keys(api: Api) -> None:
    """The record has the public half of the private key, which is only shown on demand, and stays the same."""
    record = api.ok("dkim/enable")["dkim"]["txtrecord"]
    text = api.ok("dkim/status", {"secretkey": "yes"})["dkim"]["secretkey"]
    assert text.startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    public = serialization.load_pem_private_key(text.encode(), None).public_key()
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert record == f"v=DKIM1; k=rsa; p={base64.b64encode(spki).decode()}"
    for action in ("dkim/enable", "dkim/disable", "dkim/disable", "dkim/enable"):
        api.ok(action)
        dkim = api.ok("dkim/status", {"secretkey": "yes"})["dkim"]
        assert (dkim["txtrecord"], dkim["secretkey"]) == (record, text)


def test_dkim_keys_differ(emulator: Emulator) -> None:
    """Each domain has its own."""
    records = [emulator.api(f"dkim{number}.test").ok("dkim/enable")["dkim"]["txtrecord"] for number in range(2)]
    assert records[0] != records[1]


def test_dkim_without_keys(api: Api) -> None:
    """There is none before the first time, and nothing to disable is no error."""
    assert api.ok("dkim/disable") == {}
    assert api.ok("dkim/status", {"secretkey": "yes"})["dkim"]["secretkey"] == ""


@pytest.mark.parametrize("text", ["no", "", "1", "YES"])
def test_bad_secretkey(api: Api, text: str) -> None:
    """`yes` is the only value."""
    assert api.error("dkim/status", {"secretkey": text}) == "bad_secretkey"


def test_misspelt_secretkey(api: Api) -> None:
    """A parameter that does not exist is nothing."""
    assert "secretkey" not in api.ok("dkim/status", {"secrectkey": "yes"})["dkim"]


# Deputies


def test_deputies(api: Api) -> None:
    """They are listed as given, in lower case, in the order of adding."""
    assert api.call("deputy/list") == {"domain": api.domain, "deputies": [], "success": "ok"}
    for login in ("Zoe", "anna@yandex.ru", "anna"):
        assert api.call("deputy/add", {"login": login}) == {"domain": api.domain, "success": "ok"}
    assert api.ok("deputy/list")["deputies"] == ["zoe", "anna@yandex.ru", "anna"]
    assert api.call("deputy/delete", {"login": "ZOE"}) == {"domain": api.domain, "success": "ok"}
    assert api.ok("deputy/list")["deputies"] == ["anna@yandex.ru", "anna"]
    api.ok("deputy/add", {"login": "zoe"})
    assert api.ok("deputy/list")["deputies"] == ["anna@yandex.ru", "anna", "zoe"]


def test_deputies_belong_to_a_domain(emulator: Emulator, api: Api) -> None:
    """Another domain has others."""
    other = emulator.api(f"other.{api.domain}")
    api.ok("deputy/add", {"login": "anna"})
    other.ok("deputy/add", {"login": "anna"})
    api.ok("deputy/delete", {"login": "anna"})
    assert other.ok("deputy/list")["deputies"] == ["anna"]


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("deputy/add", {}, "no_login"),
        ("deputy/add", {"login": ""}, "login-empty"),
        ("deputy/add", {"login": "a" * 31}, "login-toolong"),
        ("deputy/add", {"login": "1anna"}, "badlogin"),
        ("deputy/add", {"login": "anna@"}, "badlogin"),
        ("deputy/add", {"login": "anna@no host"}, "badlogin"),
        ("deputy/add", {"login": "anna@{domain}"}, "badlogin"),
        ("deputy/add", {"login": "Deputy"}, "occupied"),
        ("deputy/delete", {}, "no_login"),
        ("deputy/delete", {"login": ""}, "account_not_found"),
        ("deputy/delete", {"login": "stranger"}, "account_not_found"),
    ],
)
def test_deputy_errors(api: Api, action: str, params: dict[str, str], code: str) -> None:
    """The first wrong thing is reported, and nothing changes."""
    api.ok("deputy/add", {"login": "deputy"})
    assert api.error(action, {name: text.format(domain=api.domain) for name, text in params.items()}) == code
    assert api.ok("deputy/list")["deputies"] == ["deputy"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restart(tmp_path: Path, number: signal.Signals) -> None:
    """Logo, keys and deputies are kept."""
    emulator = Emulator("--state", str(tmp_path / "state"))
    api = emulator.api("example.test")
    set_logo(api, IMAGES["image/png"])
    api.ok("dkim/enable")
    api.control_put("", {"dkim_published": True})
    for login in ("zoe", "anna"):
        api.ok("deputy/add", {"login": login})
    reads = [("domain/logo/check", {}), ("dkim/status", {"secretkey": "yes"}), ("deputy/list", {})]
    before = [api.ok(*read) for read in reads]
    emulator.stop(number)
    with Emulator("--state", str(tmp_path / "state")) as restarted:
        api = Api(restarted.url, "example.test")
        assert [api.ok(*read) for read in reads] == before
        image = requests.get(f"{api.url}/control/domains/{api.domain}/logo", timeout=10)
        assert image.content == IMAGES["image/png"]
