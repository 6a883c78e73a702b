"""Learns what a server in front of the application refuses, as Schemathesis does, but under the settings of a run.

Schemathesis' own probes go around the transport: under its own name, without waiting, and, for an application in
process, to whatever listens at the host that stands for it.
"""

from __future__ import annotations

from typing import Any

import requests
from schemathesis.engine.core import Engine, ExecutionPlan
from schemathesis.engine.run import PhaseName
from schemathesis.engine.run.probes import NullByteInHeader, Probe, UnsafePathDecoder

from mockserver.judge.schemathesis.patience import TimeSpentError
from mockserver.judge.schemathesis.target import Target
from mockserver.judge.schemathesis.transport import USER_AGENT, BoundedSession

_TIMEOUT = 10.0


class PolitePhases(Engine):
    """The phases of Schemathesis without its probes."""

    def _create_execution_plan(self) -> ExecutionPlan:
        plan = super()._create_execution_plan()
        return ExecutionPlan([phase for phase in plan.phases if phase.name != PhaseName.PROBING])


def probe(schema: Any, target: Target) -> None:
    """Ask a server on the network whether it takes NUL in headers and control characters in paths; a gentle run does
    not ask. The document then generates no such requests for one that refuses them.
    """
    if target.in_process or target.safety.gentle:
        schema.adapt_to_null_byte_in_header_failure()
        return
    if _refuses(NullByteInHeader(), schema, target):
        schema.adapt_to_null_byte_in_header_failure()
    if _refuses(UnsafePathDecoder(), schema, target):
        schema.adapt_to_path_decoder_rejection()


def _refuses(kind: Probe, schema: Any, target: Target) -> bool:
    with BoundedSession() as session:
        request = kind.prepare_request(session, requests.Request(), schema)
        request.headers["User-Agent"] = USER_AGENT
        request.headers["Accept"] = "*/*"
        try:
            target.pace.await_turn()
            # Without credentials: whoever refuses such a request does so before it looks at them.
            response = session.send(request, timeout=_TIMEOUT, allow_redirects=False, **target.access.for_requests)
        except (requests.Timeout, TimeSpentError):
            return False
        except (requests.RequestException, ValueError):
            return True
        return bool(kind.analyze_response(response).value == "failure")
