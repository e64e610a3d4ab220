# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's endpoints (docs/api/y360.md, 2 to 8): one method each, typed results, raises ServiceError.

Plans work on addresses, the service on IDs. The client keeps the index from the one to the other, of the listings that
it has read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from .._core.attempts import attempts
from .._core.errors import Ambiguity, ServiceError
from .._core.paging import Listing, read_whole
from .._core.remarks import Remarks
from .._core.show import show_names
from .._core.transport import Transport
from .._core.values import to_int
from .._mail.address import Address
from .._mail.models import Mailbox, Maillist, OrganizationDomain, SenderSettings, Unaddressed
from .._mail.service import AliasService, BatchService, Capabilities, MailboxSignatureService
from .api import GROUPS_ON_PAGE, OTHERS_ON_PAGE, USERS_ON_PAGE, Api
from .codes import CONFLICT, INVALID_INPUT, NOT_FOUND
from .index import Directory, Users
from .members import Members, Membership, lists_of
from .once import Once
from .rows import (
    HALF_SENDER,
    Member,
    Named,
    read_account,
    read_domain,
    read_group,
    read_id,
    read_sender_settings,
    read_senders,
    to_body,
    to_sender_info,
)
from .rules import Y360Rules

_ROOT_DEPARTMENT = 1
_NAMES = {"first_name": "first", "last_name": "last", "middle_name": "middle"}
_FIELDS = {
    "birth_date": "birthday",
    "sex": "gender",
    "position": "position",
    "enabled": "isEnabled",
    "password": "password",
    "password_change_required": "passwordChangeRequired",
}
_NO_SUCH_CALL = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
_CONSOLE = "Delete it in the administrator's console of the service (admin.yandex.ru)."


class Y360Client(AliasService, BatchService, MailboxSignatureService):
    """The service, as an administrator of one organization. domain: the desired one, in Punycode, else the main one."""

    rules = Y360Rules()
    capabilities = Capabilities(
        can_import=False,
        can_read_signature=True,
        has_counters=False,
        properties=("first_name", "last_name", "middle_name", "birth_date", "sex", "position", "enabled"),
        creation_properties=("first_name", "last_name", "middle_name", "birth_date", "sex", "position"),
        has_ready=False,
        disables_before_delete=True,
        lists_maillists_twice=False,
        counts_subscribers=False,
        subscribers_at_once=500,
        resolves_aliases=True,
        has_unaddressed=True,
        hides_permissions=True,
        taken_code=CONFLICT,
        missing_code=NOT_FOUND,
    )

    def __init__(self, transport: Transport, domain: str, organization: int | None) -> None:
        self.transport = transport
        self.remarks = Remarks()
        self._api = Api(transport, self.remarks, organization)
        self._domains = Once(self._read_domains)
        self._users = Once(self._read_users)
        self._groups = Once(self._read_groups)
        self._new_users: dict[Address, str] = {}
        self._new_groups: dict[Address, Named] = {}
        if organization is None:
            self._find_organization()
        self.main_domain = self._find_main_domain()
        self.memory_key = f"{transport.connection.dialect.base_urls[0]}\n{self._api.organization}"
        self.domain = domain or self.main_domain
        self._members = Members(
            transport,
            self._api,
            self._users,
            self._groups,
            main_domain=self.main_domain,
            domains=lambda: frozenset(each.name for each in self._domains.get()),
        )
        self._memberships: dict[Address, Membership] = {}

    # Organization and domains

    @attempts("find the organization of the token")
    def _find_organization(self) -> None:
        self._api.organization = self._api.find_organization()

    @attempts("find the main domain of the organization")
    def _find_main_domain(self) -> str:
        main = next((each.name for each in self._domains.get() if each.main), None)
        if main is None:
            message = f"the organization {self._api.organization} has no main domain"
            raise ServiceError(NOT_FOUND, message, advice="Connect a domain to the organization first.")
        return main

    def check_domain(self) -> None:
        """Raise if mailboxes and lists are not in this domain, but in the main one of the organization (3.1)."""
        if self.domain == self.main_domain:
            return
        own = any(each.name == self.domain for each in self._domains.get())
        what = "an alias domain" if own else "not a domain"
        message = (
            f"domain: {self.domain!r} is {what} of the organization {self._api.organization}, whose main domain is "
            f"'{self.main_domain}'"
        )
        raise ServiceError("invalid_input", message, advice="Give the main domain, or leave the option out.")

    @attempts("list the domains")
    def domains(self) -> Listing[Any]:
        """Return all domains of the organization (6.1)."""
        return self._domains.take()

    def complete_domain(self, name: str, listed: OrganizationDomain | None) -> OrganizationDomain:
        """Return a domain as it is listed, which is all there is."""
        if listed is not None:
            return listed
        known = show_names(sorted(each.name for each in self._domains.get()))
        message = f"the organization {self._api.organization} has no domain '{name}', but {known}"
        raise ServiceError(NOT_FOUND, message, advice="Check the options domain and organization.")

    def _read_domains(self) -> Listing[OrganizationDomain]:
        endpoint = self._api.directory("domains")
        return self._api.pages(
            endpoint,
            "domains",
            lambda row: read_domain(row, endpoint),
            of="the domains",
            size=OTHERS_ON_PAGE,
            identify=lambda domain: domain.name,
        )

    # Mailboxes

    @attempts("list the mailboxes of {self.domain}")
    def mailboxes(self) -> Listing[Mailbox]:
        """Return all mailboxes of the organization (2.3)."""
        return self._users.take().mailboxes

    def resolve(self, address: Address) -> Address:
        """Return the main address of what an address belongs to: a mailbox or a list."""
        return self._members.resolve(address)

    @attempts("create the mailbox {login}")
    def add_mailbox(self, login: Address, password: str, properties: Mapping[str, Any]) -> int | None:
        """Create a mailbox with properties; returns its uid (2.3)."""
        body = _to_body({**properties, "password": password}, {})
        endpoint = self._api.directory("users")
        answer = self._api.write("POST", endpoint, {"nickname": login.local, "departmentId": _ROOT_DEPARTMENT, **body})
        self._new_users[login] = read_id(answer, endpoint)
        return to_int(self._new_users[login])

    @attempts("change the mailbox {login}")
    def edit_mailbox(self, login: Address, properties: Mapping[str, Any]) -> None:
        """Change properties of a mailbox (2.3). A name is sent as a whole."""
        mailbox = self._users.get().by_login.get(login)
        names = {key: getattr(mailbox, name) for name, key in _NAMES.items()} if mailbox else {}
        self._api.write("PATCH", self._user(login), _to_body(properties, names), repeatable=True)

    @attempts("delete the mailbox {login}")
    def delete_mailbox(self, login: Address) -> None:
        """Delete a mailbox that is blocked, with its mail, for good (2.3).

        The vendor does not document the call any more. So an answer that nothing is there means the call.
        """
        endpoint = self._user(login)
        try:
            self._api.write("DELETE", endpoint)
        except ServiceError as error:
            if error.http_status not in _NO_SUCH_CALL:
                raise
            message = f"the mailbox is blocked, but the service does not delete it by its API ({error.message})"
            raise ServiceError(
                error.code, message, endpoint=endpoint, http_status=error.http_status, advice=_CONSOLE
            ) from None

    @attempts("give the mailbox {login} the alias {alias}")
    def add_alias(self, login: Address, alias: Address) -> None:
        """Give a mailbox a further address (2.3)."""
        self._api.write("POST", f"{self._user(login)}/aliases", {"alias": alias.local})

    @attempts("take the alias {alias} from the mailbox {login}")
    def remove_alias(self, login: Address, alias: Address) -> None:
        """Take a further address from a mailbox (2.3)."""
        self._api.write("DELETE", f"{self._user(login)}/aliases/{alias.local}")

    def _read_users(self) -> Users:
        endpoint = f"v1/directory/organizations/{self._api.organization}/users"
        return Users(
            self._api.offsets(
                endpoint,
                lambda row: read_account(row, self.main_domain, endpoint),
                of=f"the users of {self.main_domain}",
                size=USERS_ON_PAGE,
                identify=lambda account: account.mailbox.uid,
            )
        )

    def _user(self, login: Address) -> str:
        """Return the endpoint of a user."""
        uid = self._new_users.get(login)
        if uid is None:
            mailbox = self._users.get().by_login.get(login)
            if mailbox is None:
                raise _missing(f"there is no mailbox {login}")
            uid = str(mailbox.uid)
        return self._api.directory(f"users/{uid}")

    @attempts("read the signatures of {login}")
    def sender_settings(self, login: Address) -> SenderSettings:
        """Return the signatures of a mailbox; one that was never used may have no settings (5)."""
        endpoint = self._sender_info(login)
        try:
            return read_sender_settings(self._api.read(endpoint), endpoint)
        except ServiceError as error:
            if error.code != NOT_FOUND:
                raise
            return SenderSettings()

    @attempts("set the signatures of {login}")
    def set_sender_settings(self, login: Address, settings: SenderSettings) -> SenderSettings:
        """Replace the signatures of a mailbox; returns them as they are stored (5)."""
        endpoint = self._sender_info(login)
        answer = self._api.write("POST", endpoint, to_sender_info(settings), repeatable=True)
        return read_sender_settings(answer, endpoint)

    def _sender_info(self, login: Address) -> str:
        uid = self._user(login).rpartition("/")[2]
        return f"admin/v1/org/{self._api.organization}/mail/users/{uid}/settings/sender_info"

    # Mailing lists

    @attempts("list the mailing lists of {self.domain}")
    def maillists(self) -> list[Maillist]:
        """Return all mailing lists of the organization (3)."""
        groups = self._groups.take()
        self._members.reset()
        self._users.reset()
        if groups.shortage:
            self.remarks.note("The listing of mailing lists may be incomplete", groups.shortage)
        return [Maillist(address, to_int(group.member.id), group.members_count) for address, group in lists_of(groups)]

    @attempts("create the mailing list {maillist}")
    def add_maillist(self, maillist: Address) -> int | None:
        """Create a mailing list: a group with a label, which is its name as well; returns its uid (3.3)."""
        endpoint = self._api.directory("groups")
        answer = self._api.write("POST", endpoint, {"name": maillist.local, "label": maillist.local})
        self._new_groups[maillist] = group = read_group(answer, self.main_domain, endpoint)
        return to_int(group.member.id)

    @attempts("delete the mailing list {maillist}")
    def delete_maillist(self, maillist: Address) -> None:
        """Delete a mailing list, with its group (3.3)."""
        self._api.write("DELETE", self._api.directory(f"groups/{self._group(maillist).member.id}"))

    def _read_groups(self) -> Directory:
        endpoint = self._api.directory("groups")
        rows = read_whole(
            lambda: self._api.pages(
                endpoint,
                "groups",
                lambda row: read_group(row, self.main_domain, endpoint),
                of=f"the groups of {self.main_domain}",
                size=GROUPS_ON_PAGE,
                identify=lambda group: group.member,
            )
        )
        return Directory(rows, rows.shortage)

    def _group(self, maillist: Address) -> Named:
        group = self._new_groups.get(maillist) or self._groups.get().by_address.get(maillist)
        if group is None:
            raise _missing(f"there is no mailing list {maillist}")
        return group

    def _member_endpoint(self, maillist: Address, path: str) -> str:
        return self._api.directory(f"groups/{self._group(maillist).member.id}/members/{path}", version=2)

    # Subscribers

    @attempts("list the subscribers of {maillist}")
    def subscribers(self, maillist: Address) -> list[Address]:
        """Return the addresses of the members of a list (3.3)."""
        membership = self._members.read(self._group(maillist).member.id)
        self._memberships[maillist] = membership
        return list(membership.by_address)

    def unaddressed(self, maillist: Address) -> Sequence[Unaddressed]:
        """Return the members that have no address, as they were when the list was last read."""
        membership = self._memberships.get(maillist)
        return membership.unaddressed if membership else ()

    def is_outside(self, address: Address) -> bool:
        """Return whether an address is in no domain of the organization, so that it needs an external contact."""
        return self._members.is_outside(address)

    def known_others(self, addresses: Collection[Address]) -> set[Address]:
        """Return which of these are departments or shared mailboxes, as far as they were not resolved."""
        return {each for each in addresses if self._members.find(each)}

    @attempts("subscribe {subscriber} to {maillist}")
    def subscribe(self, maillist: Address, subscriber: Address, *, can_send_on_behalf: bool | None = None) -> None:
        """Add a member to a list (3.3). Permissions are set afterwards."""
        self._add_members(maillist, [subscriber])

    @attempts("unsubscribe {subscriber} from {maillist}")
    def unsubscribe(self, maillist: Address, subscriber: Address) -> None:
        """Remove a member from a list (3.3)."""
        self._remove_members(maillist, [subscriber])

    @attempts("subscribe addresses to {maillist}")
    def subscribe_all(self, maillist: Address, subscribers: Sequence[Address]) -> None:
        """Add members to a list (3.3)."""
        self._add_members(maillist, subscribers)

    @attempts("unsubscribe addresses from {maillist}")
    def unsubscribe_all(self, maillist: Address, subscribers: Sequence[Address]) -> None:
        """Remove members from a list (3.3)."""
        self._remove_members(maillist, subscribers)

    def _add_members(self, maillist: Address, subscribers: Sequence[Address]) -> None:
        endpoint = self._member_endpoint(maillist, "add")
        self._api.write("PATCH", endpoint, to_body([self._find_member(each) for each in subscribers]))

    def _find_member(self, subscriber: Address) -> Member:
        """Return what an address stands for. Somebody outside is made an external contact."""
        member = self._members.find(subscriber)
        if member is None and self._members.is_outside(subscriber):
            return self._members.add_contact(subscriber)
        if member is None:
            raise _missing(f"there is no mailbox, mailing list, department or shared mailbox {subscriber}")
        return member

    @attempts("read whether {subscriber} may send on behalf of {maillist}")
    def can_send_on_behalf(self, maillist: Address, subscriber: Address) -> bool:
        """Return whether the service shows that a mailbox may send on behalf of a list (4)."""
        return self._members.find_user(subscriber) in self._senders(maillist)

    def permission_key(self, maillist: Address, subscriber: Address) -> str:
        """Return the IDs of a list and a mailbox."""
        member = self._members.find_user(subscriber)
        return f"{self._group(maillist).email_id}/{member.id if member else subscriber}"

    @attempts("read whether {subscriber} may send on behalf of {maillist}")
    def shows_permission(self, maillist: Address, subscriber: Address) -> bool:
        """Read the permissions of a list again, and return whether that of a mailbox is among them (4.2)."""
        endpoint = f"{self._permissions(maillist)}/permissions"
        return self._members.find_user(subscriber) in read_senders(self._api.read(endpoint), endpoint)

    @attempts("set whether {subscriber} may send on behalf of {maillist}")
    def set_can_send_on_behalf(self, maillist: Address, subscriber: Address, *, can_send_on_behalf: bool) -> None:
        """Give a mailbox permission to send on behalf of a list, or take it (4.2). The call is not documented."""
        member = self._members.find_user(subscriber)
        if member is None:
            message = f"{subscriber} is no mailbox, only a mailbox can send on behalf of a list"
            raise ServiceError(INVALID_INPUT, message, advice="Leave it out of senders_on_behalf.")
        action = "grant" if can_send_on_behalf else "revoke"
        subject = {"type": "user", "id": int(member.id), "org_id": self._api.organization}
        body = {"role_actions": [{"type": action, "roles": [HALF_SENDER], "subjects": [subject]}]}
        self._api.write("POST", f"{self._permissions(maillist)}/update-permissions", body, repeatable=True)

    def _senders(self, maillist: Address) -> frozenset[Member]:
        """Return who may send on behalf of a list, as it was when its subscribers were last read."""
        endpoint = f"{self._permissions(maillist)}/permissions"
        read = self._memberships[maillist].senders(lambda: read_senders(self._api.read(endpoint), endpoint))
        return read.get()

    def _permissions(self, maillist: Address) -> str:
        """Return the endpoints of the permissions of a list, which has an ID of its own for them (3.2)."""
        email_id = self._group(maillist).email_id
        if not email_id:
            message = f"the service names no ID for the permissions of {maillist}"
            raise ServiceError(NOT_FOUND, message, advice="Run the task again later.")
        return f"v1/admin/org/{self._api.organization}/mail-lists/{email_id}"

    def _remove_members(self, maillist: Address, subscribers: Sequence[Address]) -> None:
        known = self._memberships[maillist].by_address
        members = [member for each in subscribers for member in known.get(each, ())]
        self._api.write("PATCH", self._member_endpoint(maillist, "delete"), to_body(members))


def _missing(message: str) -> ServiceError:
    return ServiceError(
        NOT_FOUND,
        message,
        http_status=HTTPStatus.NOT_FOUND,
        advice="Check the address, and create it first.",
        ambiguity=Ambiguity.MISSING,
    )


def _to_body(properties: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return properties as they are sent. names: the name as it is, of which nothing must be left out."""
    body = {_FIELDS[name]: value for name, value in properties.items() if name in _FIELDS}
    if body.get("gender") == "unset":
        body["gender"] = ""
    changed = {key: properties[name] for name, key in _NAMES.items() if name in properties}
    return {**body, "name": {**names, **changed}} if changed else body
