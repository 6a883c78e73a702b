"""How a server under test is reached, and what it may be asked: plain values, given by options or by a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KEY_VARIABLE = "MOCKSERVER_KEY"
BEARER_VARIABLE = "MOCKSERVER_BEARER"
BASIC_VARIABLE = "MOCKSERVER_BASIC"

POLITE_CONCURRENCY = 8
"""How many requests are sent at once, where they do not depend on each other, unless another number is given."""


@dataclass(frozen=True)
class OAuth:
    """OAuth 2 client credentials. Without a ``token_url``, that of the contract is used."""

    client_id: str
    client_secret: str = field(repr=False)
    token_url: str | None = None
    scope: str | None = None


@dataclass(frozen=True)
class Access:
    """What a server wants to see before it answers.

    ``key`` goes where the contract has it, or at ``key_in`` (location and name). ``basic`` is ``USER:PASSWORD``.
    ``params`` are values for parameters by name; those that the contract does not declare go into every query.
    ``certificate`` and ``certificate_key`` are files, as is ``ca_file``; ``insecure`` trusts any server.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    key: str | None = field(default=None, repr=False)
    key_in: tuple[str, str] | None = None
    bearer: str | None = field(default=None, repr=False)
    basic: str | None = field(default=None, repr=False)
    oauth: OAuth | None = None
    certificate: str | None = None
    certificate_key: str | None = None
    ca_file: str | None = None
    insecure: bool = False
    proxy: str | None = field(default=None, repr=False)

    @property
    def for_requests(self) -> dict[str, Any]:
        """Certificates and proxy as arguments of the library ``requests``."""
        pair = (self.certificate, self.certificate_key) if self.certificate_key else self.certificate
        verify = False if self.insecure else self.ca_file or True
        return {"verify": verify, "cert": pair, "proxies": {"all": self.proxy} if self.proxy else None}


@dataclass(frozen=True)
class Safety:
    """How a server is spared.

    ``read_only`` sends GET and searches alone, and asks for no refresh. ``gentle`` sends no hostile value, and one
    request at a time. ``rate`` is a number of requests for each second, minute or hour (``5/s``), ``concurrency`` how
    many are sent at once. ``seconds`` is the time that the whole run may take.
    """

    read_only: bool = False
    gentle: bool = False
    rate: str | None = None
    concurrency: int = POLITE_CONCURRENCY
    seconds: float | None = None

    @property
    def at_once(self) -> int:
        """How many requests may be on their way at the same time."""
        return 1 if self.gentle else self.concurrency
