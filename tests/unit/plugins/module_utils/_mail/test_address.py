# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains and addresses in one form (address)."""

from __future__ import annotations

import json
import re
import unicodedata

import idna
import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import (
    Address,
    address_problem,
    duplicate_problems,
    local_address_problem,
    normalize_domain,
    numbered,
    parse_domain,
    parse_host,
    parse_list,
    parse_local_list,
    parse_named,
    raise_problems,
)
from hypothesis import example, given
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
    assert parse_domain(written) == canonical
    assert parse_domain(canonical) == canonical


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
        parse_domain(written)


@given(st.lists(st.text("abz019-A", max_size=66), min_size=2, max_size=6).map(".".join))
@example(".".join(["a" * 63] * 3 + ["b" * 61]))
@example(".".join(["a" * 63] * 3 + ["b" * 62]))
@example("a--b.test")
def test_domain_in_ascii_has_the_form_of_idna(text: str) -> None:
    """Also where it is not asked, because the name needs no encoding."""
    try:
        expected = idna.encode(text, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError:
        expected = ""
    if not expected or expected.endswith("."):
        with pytest.raises(ValueError, match=r"."):
            parse_domain(text)
    else:
        assert parse_domain(text) == expected


@given(st.text())
def test_domain_is_canonical_or_refused(text: str) -> None:
    """The canonical form is its own canonical form, and nothing but ValueError is raised."""
    try:
        canonical = parse_domain(text)
    except ValueError:
        return
    assert parse_domain(canonical) == canonical
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
        ("U\u0308NAL", "Ünal@example.test"),
        ("anna\u0301", "ann\u00e1@example.test"),
        ("anna\u0301@other.test", "ann\u00e1@other.test"),
        ("\u212bke", "\u00c5ke@example.test"),
        ("\u212aira", "\u212aira@example.test"),
        ("anna@not valid", "anna@not valid"),
        ("anna@", "anna@"),
        ("a@b@example.test", "a@b@example.test"),
    ],
)
def test_address_has_one_form(written: str, canonical: str) -> None:
    """What has no canonical form is compared as it is, with Latin letters in lower case."""
    assert Address.parse(written, DOMAIN) == canonical


@given(st.text() | st.emails() | st.builds("{}@{}".format, st.text(), st.text()))
def test_canonical_address_is_its_own_canonical_form(text: str) -> None:
    """And no text makes it fail, since the service sends what it likes."""
    canonical = Address.parse(text, DOMAIN)
    assert "@" in canonical
    assert Address.parse(canonical, DOMAIN) == canonical


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="@"), min_size=1))
def test_name_and_address_are_the_same(name: str) -> None:
    """`name` is `name@domain`, in any case of letters."""
    expected = Address.parse(name, DOMAIN)
    assert Address.parse(f"{name.strip()}@EXAMPLE.test", DOMAIN) == expected
    assert Address.parse(name.upper(), DOMAIN) == expected


def test_parts_of_an_address() -> None:
    """The local part is everything before the last @; a domain that only ends alike is another one."""
    assert (Address("anna@example.test").local, Address("anna@example.test").domain) == ("anna", DOMAIN)
    assert Address("a@b@example.test").local == "a@b"
    assert Address("anna@example.test").is_in(DOMAIN)
    assert not Address("anna@sub.example.test").is_in(DOMAIN)
    assert not Address("anna@myexample.test").is_in(DOMAIN)


def test_address_is_its_string() -> None:
    """It is compared, sorted, shown and written down as one."""
    anna = Address.parse("Anna", DOMAIN)
    assert anna == "anna@example.test"
    assert {anna} == {"anna@example.test"}
    assert f"{anna} {anna!r}" == "anna@example.test 'anna@example.test'"
    assert json.dumps([anna]) == '["anna@example.test"]'


def test_domain_of_the_service_has_one_form_if_it_can() -> None:
    """Nothing that the service sends fails."""
    assert normalize_domain(" BÜCHER.test") == IDN
    assert normalize_domain(" Not Valid ") == "not valid"


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
        f"maillist[3]: {address!r} is no address (expected: name or name@domain)"
    )


@pytest.mark.parametrize("host", ["", "test", "ex_ample.test", "example..test", "example.test."])
def test_address_with_an_invalid_domain(host: str) -> None:
    """The message names place, value and reason."""
    problem = address_problem("subscribers[1]", f"anna@{host}")
    assert problem is not None
    assert problem.startswith(f"subscribers[1]: 'anna@{host}' has no valid domain (")


def local_problem(place: str, written: str, domain: str) -> str | None:
    """Return what is wrong with an address that must lie in the domain."""
    return local_address_problem(parse_named(place, written, domain), domain)


@pytest.mark.parametrize("address", ["team", "Team@EXAMPLE.test"])
def test_address_of_the_managed_domain(address: str) -> None:
    """In any spelling."""
    assert local_problem("maillist", address, DOMAIN) is None


@pytest.mark.parametrize("address", ["team@other.test", "team@sub.example.test", "team@myexample.test"])
def test_address_of_another_domain(address: str) -> None:
    """The message names place, value and domain."""
    expected = f"maillists[0].maillist: {address!r} is not in the domain example.test"
    assert local_problem("maillists[0].maillist", address, DOMAIN) == expected


def test_local_address_problem_looks_at_the_syntax_first() -> None:
    """One problem for one value."""
    problem = local_problem("maillist", "te am@other.test", DOMAIN)
    assert problem == "maillist: 'te am@other.test' is no address (expected: name or name@domain)"


def test_idn_domain_is_managed_in_both_spellings() -> None:
    """The managed domain is an A-label, the user may write either."""
    assert local_problem("maillist", "team@Bücher.test", IDN) is None
    assert local_problem("maillist", f"team@{IDN}", IDN) is None


def test_duplicates_name_both_places() -> None:
    """A third one names the first one again."""
    written = ["anna", "bert", "Anna@Example.test", " ANNA "]
    assert duplicate_problems(parse_list("subscribers", written, DOMAIN)) == [
        "subscribers[2]: 'Anna@Example.test' is the same as 'anna' in subscribers[0]",
        "subscribers[3]: ' ANNA ' is the same as 'anna' in subscribers[0]",
    ]


def test_no_duplicates() -> None:
    """Different values are no problem."""
    assert duplicate_problems([("a[0]", "x", "x"), ("a[1]", "y", "y")]) == []
    assert duplicate_problems([]) == []


def test_list_of_the_managed_domain() -> None:
    """All its addresses, and all problems, each where it stands."""
    addresses, problems = parse_local_list("maillist", ["Team", "b@other.test", "team@EXAMPLE.test"], DOMAIN)
    assert addresses == ("team@example.test", "b@other.test", "team@example.test")
    assert [problem for problem in problems if problem] == [
        "maillist[1]: 'b@other.test' is not in the domain example.test",
        "maillist[2]: 'team@EXAMPLE.test' is the same as 'Team' in maillist[0]",
    ]


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


def reduced(text: str) -> str:
    """Return the text in NFC, with ASCII letters in lower case; what would become ASCII stays as it is."""
    parts = re.split("([\u212a\u037e\u1fef])", text)
    composed = "".join(part if len(part) == 1 else unicodedata.normalize("NFC", part) for part in parts)
    return "".join(char.lower() if char.isascii() else char for char in composed)


@given(LOCAL_PARTS, LOCAL_PARTS)
def test_different_addresses_stay_different(first: str, second: str) -> None:
    """Only the normal form, the case of ASCII letters, and ASCII blanks around a name, make no difference."""
    same = reduced(first.strip(BLANKS)) == reduced(second.strip(BLANKS))
    names = [each for each in (first, second) if "@" not in each]
    if len(names) == 2:
        assert (Address.parse(first, DOMAIN) == Address.parse(second, DOMAIN)) is same
    same = reduced(first.lstrip(BLANKS)) == reduced(second.lstrip(BLANKS))
    addresses = [Address.parse(f"{each}@{DOMAIN}", DOMAIN) for each in (first, second)]
    assert (addresses[0] == addresses[1]) is same


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("anna\u200b", "invisible character U+200B (ZERO WIDTH SPACE)"),
        ("an\u00adna@other.test", "invisible character U+00AD (SOFT HYPHEN)"),
        ("\ufeffanna", "invisible character U+FEFF (ZERO WIDTH NO-BREAK SPACE)"),
        ("\u202eanna", "invisible character U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("anna\u2066", "invisible character U+2066"),
        ("anna\x9b", "invisible character U+009B (without a name)"),
        ("anna\ufe0f", "invisible character U+FE0F (VARIATION SELECTOR-16)"),
        ("anna\u3164", "invisible character U+3164 (HANGUL FILLER)"),
        ("anna\u2800", "invisible character U+2800 (BRAILLE PATTERN BLANK)"),
        ("anna\U000e0041", "invisible character U+E0041 (TAG LATIN CAPITAL LETTER A)"),
        ("an\u200dna@other.test", "invisible character U+200D (ZERO WIDTH JOINER)"),
        ("anna@exa\u200bmple.test", "invisible character U+200B"),
        ("anna\uff20example.test", "full-width or half-width character U+FF20 (FULLWIDTH COMMERCIAL AT)"),
        ("\uff41nna", "full-width or half-width character U+FF41 (FULLWIDTH LATIN SMALL LETTER A)"),
        ("anna@\uff45xample.test", "full-width or half-width character U+FF45"),
        ("\uff76\uff85", "full-width or half-width character U+FF76 (HALFWIDTH KATAKANA LETTER KA)"),
    ],
)
def test_what_cannot_be_seen_is_refused(written: str, words: str) -> None:
    """Named by its number, since it would not be seen in the message either."""
    problem = address_problem("login", written)
    assert problem is not None
    assert problem.startswith("login: ")
    assert words in problem
    assert problem.isprintable()


@pytest.mark.parametrize(
    "written",
    [
        " Anna ",
        "анна",
        "ann\u00e1",
        "anna\u0301",
        "王",
        "カナ",
        "א",
        "anna@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.test",
    ],
)
def test_letters_of_any_script_are_none_of_that(written: str) -> None:
    assert address_problem("login", written) is None


@given(LOCAL_PARTS)
def test_no_other_letter_becomes_ascii(local: str) -> None:
    """Not the KELVIN SIGN, and no full-width letter."""
    assert Address.parse(f"{local}@{DOMAIN}", DOMAIN).isascii() is local.isascii()


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
    assert parse_host(host) == sent


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "imap://a", "\u043f\u043e\u0447\u0442\u0430..example", "\u043f_x", "\u00e4" * 64]
)
def test_what_is_no_host(host: str) -> None:
    """It is refused with one kind of error."""
    with pytest.raises(ValueError, match=r"."):
        parse_host(host)
