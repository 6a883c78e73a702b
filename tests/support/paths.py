"""Where things are in a checkout, and where the list of the wallet balances is on a server."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contracts" / "openapi.yaml"
"""The contract of the wallet balances."""
BALANCES = "/api/v1/wallets/balances"
"""The path of its list."""
