"""Wallets: their names, each way (`names`), and balances that are told in part, made whole (`completing`)."""

from __future__ import annotations

from mockserver.domains.wallets.completion import Completion, Find
from mockserver.domains.wallets.names import Wallets

__all__ = ["Completion", "Find", "Wallets"]
