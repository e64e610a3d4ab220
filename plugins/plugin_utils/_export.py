# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turn what was read of a domain into the variables of the role that restore it, and these into YAML."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from ..module_utils._core.show import show
from ..module_utils._mail.address import address_problem, local_address_problem, parse_named
from ..module_utils._plan.mailboxes import is_date
from ._variables import PDD_DOMAIN, Role

_ALWAYS = ("first_name", "last_name", "sex", "enabled")
# The role cannot unset these, so an entry contains them only if they are set.
_IF_SET = ("birth_date", "hint_question", "middle_name", "position", "aliases")
_UNSAFE, _STRING = "!unsafe", "tag:yaml.org,2002:str"
# A word has neither a delimiter nor the header that sets delimiters, so nothing takes it for a template.
_WORD = re.compile(r"[A-Za-z0-9_]+")
# PyYAML folds these at best, but escapes them in double quotes.
_LINE_ENDS = re.compile("[\n\r\x85\u2028\u2029]")
# Half of a character. No file can hold it, and Ansible's YAML reader refuses its escape.
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_WRAPPING = 1 << 20


def role_variables(
    maillists: Iterable[Mapping[str, Any]],
    mailboxes: Iterable[Mapping[str, Any]],
    domain: str,
    *,
    exclusive: bool,
    role: Role = PDD_DOMAIN,
    signatures: Iterable[Mapping[str, Any]] = (),
) -> tuple[dict[str, Any], list[str], list[str]]:
    """Return the role's variables for what the info modules returned, and sentences about what they cannot express.

    The sentences are about objects that are left out, and about properties that are left as they are. domain: in
    Punycode. exclusive: whether the role removes lists and subscribers that are not in the variables. signatures: for
    each mailbox a change, of which `before` is its signature.
    """
    left_out: list[str] = []
    unset: list[str] = []
    prefix, known = role.prefix, role.main["mailboxes"]["options"]
    variables: dict[str, Any] = {
        f"{prefix}mailboxes": [
            {key: value for key, value in _mailbox(mailbox, unset).items() if key in known}
            for mailbox in sorted(mailboxes, key=lambda each: str(each["login"]))
            if _expressible("mailbox", str(mailbox["login"]), domain, left_out)
        ],
        f"{prefix}maillists": [
            _maillist(maillist, exclusive=exclusive, left_out=left_out)
            for maillist in sorted(maillists, key=lambda each: str(each["maillist"]))
            if _expressible("mailing list", str(maillist["maillist"]), domain, left_out)
        ],
    }
    if exclusive:
        variables[f"{prefix}maillists_exclusive"] = True
    texts = {each.get("before") or None for each in signatures}
    if len(texts) > 1:
        unset.append("signature: not all mailboxes have the same one")
    elif texts - {None}:
        [variables[f"{prefix}signature"]] = texts
    return variables, left_out, unset


def unsafe_yaml(value: object) -> str:
    """Return YAML that Ansible reads back as the same value, in which nothing is a template.

    Every string is tagged !unsafe, because a header in a string can make anything a template. Exceptions are keys that
    are plain words, and strings such as `yes`, `12` and the empty one, which Ansible would read as something else if
    they were tagged. Neither can be a template.
    """
    text: str = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, default_flow_style=False, sort_keys=False, width=_NO_WRAPPING
    )
    return text


def _expressible(kind: str, address: str, domain: str, left_out: list[str]) -> bool:
    problem = local_address_problem(parse_named(kind, address, domain), domain)
    if problem:
        left_out.append(problem)
    return problem is None


def _mailbox(mailbox: Mapping[str, Any], unset: list[str]) -> dict[str, Any]:
    names = [*_ALWAYS, *(name for name in _IF_SET if mailbox.get(name))]
    birth_date = mailbox["birth_date"]
    if birth_date and not is_date(birth_date):
        names.remove("birth_date")
        unset.append(f"birth_date of {show(mailbox['login'])}: '{show(birth_date)}' is no date of the form YYYY-MM-DD")
    found = {"login": mailbox["login"], **{name: mailbox[name] for name in names}}
    # Lists of Ansible may be lazy, and cannot be wrapped as such.
    return {name: list(value) if isinstance(value, (list, tuple)) else value for name, value in found.items()}


def _maillist(maillist: Mapping[str, Any], *, exclusive: bool, left_out: list[str]) -> dict[str, Any]:
    place = f"subscriber of {maillist['maillist']}"
    problems = {str(each): address_problem(place, str(each)) for each in maillist["subscribers"]}
    left_out += [problem for problem in problems.values() if problem]
    entry: dict[str, Any] = {"maillist": maillist["maillist"]}
    for key in ("subscribers", "senders_on_behalf"):
        if key in maillist:  # a service may not show it
            entry[key] = sorted(each for each in maillist[key] if problems.get(each) is None)
    return {**entry, "exclusive": True} if exclusive else entry


class _Dumper(yaml.SafeDumper):
    """Indent lists below their key, repeat values instead of making aliases, and tag strings."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str):
            return self._string(_SURROGATE.sub("\ufffd", data))
        if isinstance(data, Mapping):
            node = self.represent_mapping("tag:yaml.org,2002:map", dict(data))
            for key, _value in node.value:
                if key.tag == _UNSAFE and _WORD.fullmatch(key.value):
                    key.tag = _STRING
            return node
        if isinstance(data, (list, tuple)):
            return self.represent_sequence("tag:yaml.org,2002:seq", data)
        return super().represent_data(data)

    def _string(self, text: str) -> yaml.Node:
        # Ansible ignores the quotes of a tagged string.
        read_as = self.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call] # PyYAML has no types
        quotes = '"' if _LINE_ENDS.search(text) else None
        return self.represent_scalar(_UNSAFE if read_as == _STRING else _STRING, text, style=quotes)


# Ansible has subclasses of these; represent_data() handles those of strings, lists and dicts.
for _kind in (int, float, datetime.date, datetime.datetime, bytes, set):
    _Dumper.add_multi_representer(_kind, yaml.SafeDumper.yaml_representers[_kind])
