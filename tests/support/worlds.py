"""Worlds with the installed domains in them, as the command line builds them."""

from collections.abc import Sequence
from typing import Any

from mockserver.domains import installed
from mockserver.semantics import ListSemantics
from mockserver.world import build
from mockserver.world.model import World


def build_world(semantics: Sequence[ListSemantics], *, wallets: int | None = None, **options: Any) -> World:
    """Build a world with every installed domain; ``wallets`` is the wallet domain's option."""
    given = {} if wallets is None else {"wallets": wallets}
    return build.build_world(semantics, installed(), options=given, **options)
