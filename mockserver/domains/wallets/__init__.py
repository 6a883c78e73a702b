"""The wallet domain: token balances of crypto wallets, as ``GET /api/v1/wallets/balances`` lists them."""

from mockserver.domains.wallets.domain import WALLETS

__all__ = ["WALLETS"]
