"""Answers that were written down, byte for byte: each ``.http`` file is a request, a blank line, and its answer.

A request may name its contract (of ``tests/contracts``) in a ``Contract`` header. `answer` gives what the mock says.
"""

from pathlib import Path

from mockserver import create_app

GOLDEN = Path(__file__).parent
CONTRACTS = GOLDEN.parent / "contracts"


def answer(request: str) -> bytes:
    """Status, headers and body of the answer to a request, by a mock that was started for it alone."""
    line, *rest = request.splitlines()
    method, target = line.split(" ", 1)
    headers = dict(row.split(": ", 1) for row in rest)
    contract = headers.pop("Contract", None)
    client = create_app(CONTRACTS / contract if contract else None).test_client()
    response = client.open(target, method=method, headers=headers)
    head = [str(response.status_code), *(f"{name}: {value}" for name, value in response.headers.items())]
    return "\n".join(head).encode() + b"\n\n" + response.data + b"\n"
