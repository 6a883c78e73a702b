"""Wallets: their names, each way (`names`), and balances that are told in part, made whole (`completing`)."""

from __future__ import annotations

from mockserver.wallets.completing import Completion, Find
from mockserver.wallets.names import Wallets

__all__ = ["Completion", "Find", "Wallets"]
