# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains and addresses in one canonical form (_address)."""

from __future__ import annotations

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import (
    address_problem,
    canonical_address,
    canonical_domain,
    canonical_host,
    duplicate_problems,
    in_domain,
    local_address_problem,
    local_part,
    numbered,
    raise_problems,
)
from hypothesis import given
from hypothesis import strategies as st

DOMAIN = "example.test"
IDN = "xn--bcher-kva.test"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("example.test", "example.test"),
        ("  Example.TEST\n", "example.test"),
        ("bücher.test", IDN),
        ("BÜCHER.test", IDN),
        ("bu\u0308cher.test", IDN),
        ("XN--BCHER-KVA.test", IDN),
        ("example。test", "example.test"),
        ("mail.sub-domain.example.test", "mail.sub-domain.example.test"),
    ],
)
def test_domain_has_one_form(written: str, canonical: str) -> None:
    """Any case, IDN or punycode."""
    assert canonical_domain(written) == canonical
    assert canonical_domain(canonical) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "test",
        ".",
        "example.test.",
        "test.",
        ".example.test",
        "example..test",
        "ex ample.test",
        "ex_ample.test",
        "-example.test",
        "example-.test",
        "anna@example.test",
        "https://example.test",
        "example.test/",
        "xn--a.test",
        f"{'a' * 64}.test",
        ".".join(["label"] * 60),
        "\ud800.test",
    ],
)
def test_invalid_domain_is_refused(written: str) -> None:
    """With one kind of error, whatever the reason."""
    with pytest.raises(ValueError, match=r"."):
        canonical_domain(written)


@given(st.text())
def test_domain_is_canonical_or_refused(text: str) -> None:
    """The canonical form is its own canonical form, and nothing but ValueError is raised."""
    try:
        canonical = canonical_domain(text)
    except ValueError:
        return
    assert canonical_domain(canonical) == canonical
    assert canonical.isascii()
    assert canonical == canonical.lower()


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("anna", "anna@example.test"),
        ("Anna", "anna@example.test"),
        (" ANNA@Example.Test ", "anna@example.test"),
        ("anna@other.test", "anna@other.test"),
        ("anna@BÜCHER.test", f"anna@{IDN}"),
        (f"anna@{IDN.upper()}", f"anna@{IDN}"),
        ("ÜNAL", "Ünal@example.test"),
        ("anna@not valid", "anna@not valid"),
        ("anna@", "anna@"),
        ("a@b@example.test", "a@b@example.test"),
    ],
)
def test_address_has_one_form(written: str, canonical: str) -> None:
    """What has no canonical form is compared as it is, with Latin letters in lower case."""
    assert canonical_address(written, DOMAIN) == canonical


@given(st.text() | st.emails() | st.builds("{}@{}".format, st.text(), st.text()))
def test_canonical_address_is_its_own_canonical_form(text: str) -> None:
    """And no text makes it fail, since the service sends what it likes."""
    canonical = canonical_address(text, DOMAIN)
    assert "@" in canonical
    assert canonical_address(canonical, DOMAIN) == canonical


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="@"), min_size=1))
def test_name_and_address_are_the_same(name: str) -> None:
    """`name` is `name@domain`, in any case of letters."""
    expected = canonical_address(name, DOMAIN)
    assert canonical_address(f"{name.strip()}@EXAMPLE.test", DOMAIN) == expected
    assert canonical_address(name.upper(), DOMAIN) == expected


def test_parts_of_an_address() -> None:
    """The local part is everything before the last @; a domain that only ends alike is another one."""
    assert local_part("anna@example.test") == "anna"
    assert local_part("a@b@example.test") == "a@b"
    assert in_domain("anna@example.test", DOMAIN)
    assert not in_domain("anna@sub.example.test", DOMAIN)
    assert not in_domain("anna@myexample.test", DOMAIN)


@pytest.mark.parametrize("address", ["anna", " anna ", "anna.b-c_d+e@other.test", "ünal@bücher.test", "o'neil", "*"])
def test_address_without_problem(address: str) -> None:
    """The syntax is wider than the rules for a new login."""
    assert address_problem("maillist[0]", address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "@",
        "@example.test",
        "an na",
        "a,b",
        "a;b",
        "a:b",
        "<a>",
        "(a)",
        "[a]",
        'a"b',
        "a\\b",
        "a\tb",
        "a\x00b",
        "a\x7fb",
        "a@b@example.test",
        "an na@example.test",
        "a\u00a0b",
    ],
)
def test_what_is_no_address(address: str) -> None:
    """The message names place and value."""
    assert address_problem("maillist[3]", address) == (
        f"maillist[3]: {address!r} is no address (wanted: name or name@domain)"
    )


@pytest.mark.parametrize("host", ["", "test", "ex_ample.test", "example..test", "example.test."])
def test_address_with_an_invalid_domain(host: str) -> None:
    """The message names place, value and reason."""
    problem = address_problem("subscribers[1]", f"anna@{host}")
    assert problem is not None
    assert problem.startswith(f"subscribers[1]: 'anna@{host}' has no valid domain (")


@pytest.mark.parametrize("address", ["team", "Team@EXAMPLE.test"])
def test_address_of_the_managed_domain(address: str) -> None:
    """In any spelling."""
    assert local_address_problem("maillist", address, DOMAIN) is None


@pytest.mark.parametrize("address", ["team@other.test", "team@sub.example.test", "team@myexample.test"])
def test_address_of_another_domain(address: str) -> None:
    """The message names place, value and domain."""
    expected = f"maillists[0].maillist: {address!r} is not in the domain example.test"
    assert local_address_problem("maillists[0].maillist", address, DOMAIN) == expected


def test_local_address_problem_looks_at_the_syntax_first() -> None:
    """One problem for one value."""
    problem = local_address_problem("maillist", "te am@other.test", DOMAIN)
    assert problem == "maillist: 'te am@other.test' is no address (wanted: name or name@domain)"


def test_idn_domain_is_managed_in_both_spellings() -> None:
    """The managed domain is an A-label, the user may write either."""
    assert local_address_problem("maillist", "team@Bücher.test", IDN) is None
    assert local_address_problem("maillist", f"team@{IDN}", IDN) is None


def test_duplicates_name_both_places() -> None:
    """A third one names the first one again."""
    written = ["anna", "bert", "Anna@Example.test", " ANNA "]
    places = [(f"subscribers[{i}]", each, canonical_address(each, DOMAIN)) for i, each in enumerate(written)]
    assert duplicate_problems(places) == [
        "subscribers[2]: 'Anna@Example.test' is the same as 'anna' in subscribers[0]",
        "subscribers[3]: ' ANNA ' is the same as 'anna' in subscribers[0]",
    ]


def test_no_duplicates() -> None:
    """Different values are no problem."""
    assert duplicate_problems([("a[0]", "x", "x"), ("a[1]", "y", "y")]) == []
    assert duplicate_problems([]) == []


def test_numbered_places() -> None:
    """As they are written in a playbook."""
    assert numbered("maillist", ["a", "b"]) == {"maillist[0]": "a", "maillist[1]": "b"}
    assert numbered("maillist", []) == {}


def test_raise_problems_names_all() -> None:
    """All at once, and nothing if there are none."""
    with pytest.raises(InvalidInputError) as caught:
        raise_problems([None, "a is wrong", None, "b is wrong"])
    assert caught.value.problems == ["a is wrong", "b is wrong"]
    assert caught.value.code == "invalid_input"
    assert "a is wrong; b is wrong" in caught.value.sentence()
    raise_problems([None, None])
    raise_problems([])


LOOKALIKES = st.sampled_from("kKsS\u212a\u017f\u0130\u0131iI\u212b\u00e5a\u030a\uff4b\u00a0\u2126\u03a9;\u037e`\u1fef")
LOCAL_PARTS = st.text(LOOKALIKES, max_size=3) | st.text(max_size=3)
BLANKS = "".join(chr(code) for code in range(128) if chr(code).isspace())


def ascii_lower(text: str) -> str:
    """Return the text with its ASCII letters in lower case."""
    return "".join(char.lower() if char.isascii() else char for char in text)


@given(LOCAL_PARTS, LOCAL_PARTS)
def test_different_addresses_stay_different(first: str, second: str) -> None:
    """Only the case of ASCII letters, and ASCII blanks around a name, make no difference."""
    same = ascii_lower(first.strip(BLANKS)) == ascii_lower(second.strip(BLANKS))
    names = [each for each in (first, second) if "@" not in each]
    if len(names) == 2:
        assert (canonical_address(first, DOMAIN) == canonical_address(second, DOMAIN)) is same
    same = ascii_lower(first.lstrip(BLANKS)) == ascii_lower(second.lstrip(BLANKS))
    addresses = [canonical_address(f"{each}@{DOMAIN}", DOMAIN) for each in (first, second)]
    assert (addresses[0] == addresses[1]) is same


@given(LOCAL_PARTS)
def test_no_other_letter_becomes_ascii(local: str) -> None:
    """Not the KELVIN SIGN, and no full-width letter."""
    assert canonical_address(f"{local}@{DOMAIN}", DOMAIN).isascii() is local.isascii()


@pytest.mark.parametrize(
    ("host", "sent"),
    [
        ("mail.old.test", "mail.old.test"),
        (" Mail.Old.TEST ", "Mail.Old.TEST"),
        ("localhost", "localhost"),
        ("my_host", "my_host"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("xn--80a1acny.example", "xn--80a1acny.example"),
        ("\u043f\u043e\u0447\u0442\u0430.example", "xn--80a1acny.example"),
        ("\u041f\u041e\u0427\u0422\u0410.example", "xn--80a1acny.example"),
        ("bu\u0308cher", "xn--bcher-kva"),
    ],
)
def test_host(host: str, sent: str) -> None:
    """An IDN is sent as A-labels, all else as it is."""
    assert canonical_host(host) == sent


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "imap://a", "\u043f\u043e\u0447\u0442\u0430..example", "\u043f_x", "\u00e4" * 64]
)
def test_what_is_no_host(host: str) -> None:
    """It is refused with one kind of error."""
    with pytest.raises(ValueError, match=r"."):
        canonical_host(host)
