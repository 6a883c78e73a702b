"""A second server for `GET /api/v1/wallets/balances`, which shares no code with the mock.

It is the opponent on which the judge is proved: judged clean as it is and under every entry of `designs.DESIGNS`,
condemned under every entry of `faults.FAULTS`. `server.create_app` builds it, `running.running` serves it.
"""
