"""Security: the schemes of a contract, what an operation demands, and where a caller's key may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mockserver.contract.context import Context, description, extensions
from mockserver.contract.faults import Fault, Spot
from mockserver.contract.schema import NOTHING

KEY_NAME = re.compile(r"api[-_]?key|access[-_]?token", re.IGNORECASE)
"""A query parameter or cookie with such a name is taken for a caller's key, whatever the contract says."""

_KEY_HEADER = re.compile(r"api[-_]?key|^authorization$", re.IGNORECASE)
_KEY_PATTERNS = {"header": _KEY_HEADER, "query": KEY_NAME, "cookie": KEY_NAME}

KeyPlace = tuple[str, str]
"""Where a caller's key may be: the location (``header``, ``query``, ``cookie``), and the name there."""

Alternatives = tuple[Mapping[str, tuple[str, ...]], ...]
"""What a request has to meet one of: the schemes by name, all of them, with the scopes that each needs."""

_TYPES = ("apiKey", "http", "oauth2", "openIdConnect", "mutualTLS")
_NEEDED = {"http": "scheme", "openIdConnect": "openIdConnectUrl", "oauth2": "flows"}
_FLOWS = ("implicit", "password", "clientCredentials", "authorizationCode")


class OAuthFlow(NamedTuple):
    """One flow of OAuth 2. ``scopes`` are descriptions by scope; a URL is ``None`` where the flow has none."""

    authorization_url: str | None = None
    token_url: str | None = None
    refresh_url: str | None = None
    scopes: Mapping[str, str] = NOTHING


class SecurityScheme(NamedTuple):
    """One way to prove who is calling.

    ``type`` is ``apiKey``, ``http``, ``oauth2``, ``openIdConnect`` or ``mutualTLS``. ``location`` and ``parameter``
    are those of an API key; ``scheme`` is that of HTTP authentication, in lower case (``basic``, ``bearer``,
    ``digest``, any other); ``flows`` are those of OAuth 2 by name (``clientCredentials``). What a type does not have,
    or the contract lacks, is empty.
    """

    name: str
    type: str
    location: str = ""
    parameter: str = ""
    scheme: str = ""
    bearer_format: str = ""
    flows: Mapping[str, OAuthFlow] = NOTHING
    open_id_connect_url: str = ""
    description: str = ""
    extensions: Mapping[str, Any] = NOTHING

    @property
    def place(self) -> KeyPlace | None:
        """Where a request has the credential; ``None`` for one that is not part of the request."""
        if self.type == "apiKey":
            return self.location, self.parameter
        return None if self.type == "mutualTLS" else ("header", "Authorization")


class Security:
    """The security of one contract; ``default`` is for operations that declare none.

    All faults are collected, except for those that `key_places` raises.
    """

    def __init__(self, context: Context, document: Mapping[str, Any], spot: Spot) -> None:
        self._context = context.lenient
        self._document = document
        self._faults: dict[str, Fault] = {}
        self.schemes: dict[str, SecurityScheme] = {}
        components = self._context.mapping(document, "components", spot)
        at = spot.at("components", "securitySchemes")
        for name, node in self._context.mapping(components, "securitySchemes", spot.at("components")).items():
            try:
                raw, place = self._context.files.follow(node, at.at(name))
            except Fault as fault:
                self._faults[name] = fault
                self._context.report(fault)
                continue
            scheme = _scheme(self._context, name, raw, place)
            if scheme is not None:
                self.schemes[name] = scheme
        self.default = self.declared(document, spot) or ()

    def declared(self, holder: Mapping[str, Any], spot: Spot) -> Alternatives | None:
        """Return what an operation or a document demands, or ``None`` where it does not say."""
        if "security" not in holder:
            return None
        rows = holder["security"]
        if rows is not None and not isinstance(rows, list):
            self._context.report(spot.fault("'security' must be a list", "security"))
            return ()
        found = []
        for index, row in enumerate(rows or ()):
            at = spot.at("security", str(index))
            if isinstance(row, dict):
                found.append({name: self._scopes(name, scopes, at) for name, scopes in row.items()})
            else:
                self._context.report(at.fault("an alternative of 'security' must be a mapping of schemes"))
        return tuple(found)

    def _scopes(self, name: str, scopes: Any, spot: Spot) -> tuple[str, ...]:
        if name not in self.schemes and name not in self._faults:
            self._context.report(spot.fault("unknown security scheme", name, missing=name, among=self.schemes))
        if isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes):
            return tuple(scopes)
        self._context.report(spot.fault(f"the scopes of '{name}' must be a list of names", name))
        return ()

    def key_places(self, operation: Mapping[str, Any], parameters: Iterable[KeyPlace]) -> tuple[KeyPlace, ...]:
        """Return where a caller's key may be: in the schemes, and in parameters with a name like that of a key.

        ``parameters`` are the location and name of each parameter of the operation. A key in the query or in a cookie
        counts where it is not demanded too, since a client may send it everywhere, unless an ordinary parameter has
        its name. Raises `Fault` where a scheme that is demanded refers to nothing.
        """
        declared = list(parameters)
        wanted = operation.get("security", self._document.get("security"))
        names = [name for one in wanted if isinstance(one, dict) for name in one] if isinstance(wanted, list) else []
        for name in names:
            if name in self._faults:
                raise self._faults[name]
        demanded = [self.schemes[name].place for name in names if name in self.schemes]
        elsewhere = [s.place for s in self.schemes.values() if s.place not in declared]
        found = [place for place in demanded if place is not None]
        found += [place for place in elsewhere if place is not None and place[0] != "header"]
        found += [place for place in declared if _is_like_a_key(*place)]
        return tuple(dict.fromkeys(found))


def _is_like_a_key(location: str, name: str) -> bool:
    pattern = _KEY_PATTERNS.get(location)
    return pattern is not None and pattern.search(name) is not None


def _scheme(context: Context, name: str, raw: Any, spot: Spot) -> SecurityScheme | None:
    """Return a scheme, or ``None`` where it cannot be known what a request should have."""
    if not isinstance(raw, dict) or raw.get("type") not in _TYPES:
        context.report(spot.fault(f"the security scheme '{name}' needs a 'type', one of {', '.join(_TYPES)}"))
        return None
    kind, location, parameter = raw["type"], raw.get("in"), raw.get("name")
    is_placed = location in ("header", "query", "cookie") and isinstance(parameter, str)
    if kind == "apiKey" and not is_placed:
        context.report(spot.fault(f"the API key '{name}' needs a 'name', and an 'in' of header, query or cookie"))
        return None
    needed = _NEEDED.get(kind)
    if needed is not None and not raw.get(needed):
        context.report(spot.fault(f"the security scheme '{name}' needs '{needed}'"))
    return SecurityScheme(
        name=name,
        type=kind,
        location=str(location) if kind == "apiKey" else "",
        parameter=str(parameter) if kind == "apiKey" else "",
        scheme=(context.text(raw, "scheme", spot) or "").lower(),
        bearer_format=context.text(raw, "bearerFormat", spot) or "",
        flows=_flows(context, raw, spot),
        open_id_connect_url=context.text(raw, "openIdConnectUrl", spot) or "",
        description=description(raw),
        extensions=extensions(raw),
    )


def _flows(context: Context, raw: Mapping[str, Any], spot: Spot) -> dict[str, OAuthFlow]:
    found = {}
    for name, flow, at in context.parts(raw, "flows", spot):
        if name in _FLOWS:
            found[name] = OAuthFlow(
                authorization_url=context.text(flow, "authorizationUrl", at),
                token_url=context.text(flow, "tokenUrl", at),
                refresh_url=context.text(flow, "refreshUrl", at),
                scopes={scope: str(text) for scope, text in context.mapping(flow, "scopes", at).items()},
            )
        elif not name.startswith("x-"):
            context.report(at.fault(f"unknown flow '{name}', expected one of {', '.join(_FLOWS)}"))
    return found
