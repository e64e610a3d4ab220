# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the hosts of the running play with each other, once for all of them.

The variables of a host are those that Ansible would give to the task on it: variables of the play, of import_playbook
and of the role, set_fact and -e included. `hostvars` has only those of the inventory and the facts. Hosts that --limit
leaves out are compared, too, because they have their signature and their domain all the same.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812 - its usual name
from ansible.template import Templar

from ._hosts import Identity, Verdict, compare, identity
from ._input import read_some
from ._typed import Template, find_names, find_spec, role_of
from ._variables import Names, Role


def compare_play(role: Role, task: Any, variables: Mapping[str, Any], template: Template) -> Verdict:
    """Return the comparison of all hosts of the play; role: that of this host, if it has no variable mailops_service.

    task: the one at hand, None if that is not known.

    The workers that Ansible starts for the hosts share it in a file of the directory that Ansible removes at its end.
    It is made anew if the variables of this host are others than they were then.
    """
    host = variables["inventory_hostname"]
    own = _identity(role, host, variables, template)
    play = _play(task)
    if play is None or _differs_for_hosts(task):
        return compare([own] if own else [])
    mark = _mark(own)
    path = Path(C.DEFAULT_LOCAL_TMP) / f"pdd_hosts_{task._uuid}.json"
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}")
        if not known or known["marks"].get(host, "") != mark:
            identities = list(_identities(role, task, play, variables))
            known = {"marks": {each.host: _mark(each) for each in identities}, "verdict": asdict(compare(identities))}
            file.seek(0)
            file.truncate()
            json.dump(known, file)
            file.flush()
    return Verdict(**known["verdict"])


def _identities(role: Role, task: Any, play: Any, variables: Mapping[str, Any]) -> Iterator[Identity]:
    """Yield the identities of the play's hosts. One whose variables cannot be read fails by itself, and has none."""
    hostvars = variables["hostvars"]
    manager, inventory, loader = hostvars._variable_manager, hostvars._inventory, hostvars._loader
    hosts = inventory.get_hosts(pattern=play.hosts or "all", ignore_limits=True, ignore_restrictions=True)
    names = [host.name for host in hosts]
    for host in hosts:
        try:
            found = manager.get_vars(play=play, host=host, task=task, _hosts=names, _hosts_all=names)
            each = _identity(role, host.name, found, Templar(loader=loader, variables=found).template)
        except Exception:  # noqa: S112 - plugins of vars raise whatever they like, and this host will say so
            continue
        if each:
            yield each


def _identity(default: Role, host: str, variables: Mapping[str, Any], template: Template) -> Identity | None:
    role = role_of(variables, template, default)
    if role is None:
        return None
    place, owner = role.identity
    names = find_names(role, place + owner, variables, template)
    values = _read(names, place, variables, template)
    if values is not None and values.get("signature") is not None:
        # Else it does not matter who the owner is, and a token may be dear.
        found = _read(names, owner, variables, template)
        values = None if found is None else values | found
    return None if values is None else identity(host, values, names)


def _read(
    names: Names, needed: Iterable[str], variables: Mapping[str, Any], template: Template
) -> dict[str, Any] | None:
    values = read_some(find_spec(names, {name: names.role.main[name] for name in needed}), variables, template)
    return None if values is None else {name: values[names[name]] for name in needed}


def _play(task: Any) -> Any:
    try:
        return task.get_play() if task else None
    except AttributeError:
        return None


def _differs_for_hosts(task: Any) -> bool:
    """Return whether the task is in a loop over includes: each round is for the hosts that have its item alone."""
    parent = getattr(task, "_parent", None)
    while parent is not None:
        if getattr(parent, "loop", None) or getattr(parent, "loop_with", None):
            return True
        parent = getattr(parent, "_parent", None)
    return False


def _mark(own: Identity | None) -> str:
    return "" if own is None else hashlib.sha256(repr(own).encode()).hexdigest()
