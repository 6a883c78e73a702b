"""The control API, as its document `control.yaml` describes it.

An invalid request is answered with 422 and every fault in it, as the mock answers for its own contract.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from mockserver.contract import Contract, as_served, to_yaml
from mockserver.mock.journal_entries import entries, read_entry_filter
from mockserver.mock.masking import masked
from mockserver.mock.messages import JSON
from mockserver.mock.runtime import Mock
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.mock.scenarios.model import ScenarioKind
from mockserver.server.control.bodies import InvalidRequest, apply, control_contract, read_body, read_query
from mockserver.server.control.har import har
from mockserver.server.control.metrics import exposition, media_type
from mockserver.values.encode import as_unicode, encode

UNREACHABLE = "the shared state cannot be reached"


def control_api(mock: Mock) -> Blueprint:
    """Return the blueprint of the control API."""
    blueprint = Blueprint("control", __name__)
    for add_routes in (_health, _world, _scenario, _journal, _fixtures, _document):
        add_routes(blueprint, mock)
    blueprint.register_error_handler(InvalidRequest, _invalid)
    return blueprint


def _invalid(error: InvalidRequest) -> Response:
    return _json({"success": False, "error": {"detail": error.details}}, 422)


def _json(value: Any, status: int = 200) -> Response:
    return Response(encode(value), status, content_type=JSON)


def _no_content() -> Response:
    return Response(status=204)


# Health, metrics ------------------------------------------------------------------------------------------------------


def _health(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/health")
    def health() -> Response:
        return _json({"status": "ok"})

    @blueprint.get("/ready")
    def ready() -> Response:
        if mock.state.reachable():
            return _json({"status": "ready"})
        return _json({"status": "not ready", "problem": UNREACHABLE}, 503)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        world = mock.engine.worlds(None)
        fault = 0.0 if mock.fault is None else 1.0
        records = float(sum(dataset.size for dataset in world.datasets.values()))
        gauges = {
            "contract_fault": ("1 if the last edit of the contract or the fixtures has a fault, else 0.", fault),
            "records": ("Records in all lists.", records),
        }
        info = {"world": world.label, "seed": as_unicode(world.seed)}
        text = exposition(mock.counter.series(), gauges=gauges, info=info)
        return Response(text, content_type=media_type())


# World ----------------------------------------------------------------------------------------------------------------


def _world(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/world")
    def world() -> Response:
        return _json(_described(mock))

    @blueprint.post("/reset")
    def reset() -> Response:
        mock.reset()
        return _no_content()


def _described(mock: Mock) -> dict[str, Any]:
    """Return the world that is served as plain JSON: its names, its sizes and its edge cases."""
    engine = mock.engine
    world, contract = engine.worlds(None), engine.contract
    lists = [
        {
            "operation": one.operation.id,
            "path": one.operation.path,
            "size": world.datasets[one.operation.id].size,
            "filters": list(one.filters),
        }
        for one in engine.semantics
    ]
    cases = [case for dataset in world.datasets.values() for case in dataset.cases()]
    return {
        "label": world.label,
        "fingerprint": world.fingerprint,
        "seed": world.seed,
        "contract": {
            "title": contract.title,
            "version": _version(contract),
            "openapi": contract.version,
            "source": Path(contract.source).name,
            "fault": mock.fault,
        },
        "problem": mock.snapshot().overrides.problem,
        "lists": lists,
        "cases": [{"name": case.name, **case.filters, "see": case.see} for case in cases],
    }


def _version(contract: Contract) -> str:
    info = contract.document.get("info")
    return str(info.get("version", "")) if isinstance(info, dict) else ""


# Scenario -------------------------------------------------------------------------------------------------------------


def _scenario(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/scenarios")
    def list_scenarios() -> Response:
        return _json({"scenarios": [_kind(name, kind) for name, kind in KINDS.items()]})

    @blueprint.get("/scenario")
    def get_scenario() -> Response:
        return _json(_active(mock))

    @blueprint.put("/scenario")
    def put_scenario() -> Response:
        given = read_body("Scenario")
        apply(lambda: mock.activate(given))
        return _json(_active(mock))

    @blueprint.delete("/scenario")
    def delete_scenario() -> Response:
        mock.activate(None)
        return _json(_active(mock))


def _active(mock: Mock) -> dict[str, Any]:
    """Return the active scenario as plain JSON, with its key masked, and the number of requests it has counted."""
    scenario = mock.snapshot().overrides.scenario
    if scenario is None:
        return {"scenario": None, "requests": 0}
    shown = scenario.as_json()
    if scenario.key:
        shown["key"] = masked(scenario.key)
    return {"scenario": shown, "requests": mock.state.ticks(scenario.run)}


def _kind(name: str, kind: ScenarioKind) -> dict[str, Any]:
    options = []
    for word, option in kind.options.items():
        bounds = {} if isinstance(option.default, str) else {"minimum": option.low, "maximum": option.high}
        options.append({"name": word, "about": option.about, "default": option.default, **bounds})
    return {"name": name, "about": kind.about, "options": options}


# Journal --------------------------------------------------------------------------------------------------------------


def _journal(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/requests")
    def list_requests() -> Response:
        given = read_query("list_requests")
        wanted = apply(lambda: read_entry_filter(given))
        found = entries(mock.journal.rows(), wanted)[-given["limit"] :]
        if given["format"] == "har":
            from mockserver.version import version

            return _json(har(found, base_url=request.host_url.rstrip("/"), version=version()))
        return _json({"requests": found})

    @blueprint.delete("/requests")
    def delete_requests() -> Response:
        mock.journal.clear()
        return _no_content()

    @blueprint.post("/requests/count")
    def count_requests() -> Response:
        given = read_body("RequestFilter")
        if isinstance(given.get("status"), float):
            given["status"] = int(given["status"])  # 422.0 is an integer in JSON Schema
        wanted = apply(lambda: read_entry_filter(given))
        return _json({"count": len(entries(mock.journal.rows(), wanted))})


# Fixtures -------------------------------------------------------------------------------------------------------------


def _fixtures(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/fixtures")
    def get_fixtures() -> Response:
        return _json({"pinned": mock.fixtures()})

    @blueprint.put("/fixtures")
    def put_fixtures() -> Response:
        given = read_body("Fixtures")
        apply(lambda: mock.set_fixtures(given))
        return _json({"pinned": mock.fixtures()})

    @blueprint.delete("/fixtures")
    def delete_fixtures() -> Response:
        mock.set_fixtures(None)
        return _no_content()


# The document ---------------------------------------------------------------------------------------------------------


def _document(blueprint: Blueprint, _: Mock) -> None:
    @blueprint.get("/openapi.json")
    def openapi_json() -> Response:
        return _json(as_served(control_contract(), request.host_url.rstrip("/")))

    @blueprint.get("/openapi.yaml")
    def openapi_yaml() -> Response:
        text = to_yaml(as_served(control_contract(), request.host_url.rstrip("/")))
        return Response(text, content_type="application/yaml")
