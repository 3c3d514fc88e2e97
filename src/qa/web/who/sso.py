"""A name that a trusted proxy gives in a header; from anybody else that header is nothing."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from starlette.requests import Request

from qa.settings import Network, Settings, names_in, networks

PEER = "youju.peer"
"""Key of the ASGI scope: the address that really opened the connection, before a proxy's word for it is taken."""
LONGEST = 128


@dataclass(frozen=True, slots=True)
class Sso:
    header: str
    groups_header: str
    proxies: tuple[Network, ...]
    admins: frozenset[str]
    admin_groups: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Sso:
        return cls(
            settings.sso_header,
            settings.sso_groups_header,
            networks(settings.trusted_proxies),
            frozenset(names_in(settings.admin_users)),
            frozenset(names_in(settings.admin_groups)),
        )

    def who(self, request: Request) -> tuple[str, bool] | None:
        """(name, whether an administrator), or None."""
        if not self.trusts(request):
            return None
        given = request.headers.getlist(self.header)
        name = _text(given[0]) if len(given) == 1 else ""  # given twice, one of them may be the visitor's own
        if not name or len(name) > LONGEST or not name.isprintable():
            return None
        groups = request.headers.getlist(self.groups_header) if self.groups_header else []
        mine = set(names_in(_text(groups[0]))) if len(groups) == 1 else set()
        return name, name in self.admins or bool(mine & self.admin_groups)

    def trusts(self, request: Request) -> bool:
        peer = request.scope.get(PEER) or request.scope.get("client")
        try:
            address = ipaddress.ip_address(peer[0] if peer else "")
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.proxies)


def _text(value: str) -> str:
    """Headers come as Latin-1; a Chinese name in them is UTF-8. "" for what is neither ASCII nor UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return ""
