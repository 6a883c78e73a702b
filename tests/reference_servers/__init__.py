"""A second server for `GET /api/v1/wallets/balances`, which shares no code with the mock.

The judge is tested on it: it must find no fault in the server as it is and with every entry of `designs.DESIGNS`, and
must find each entry of `faults.FAULTS`. `server.create_app` builds the server, `running.running` serves it over HTTP,
and `in_process.in_process` calls it without a network.
"""
