"""The control plane's API, as `control.yaml` describes it: parameters and bodies are checked by that document.

What cannot be understood is answered with 422 and every fault in it, as the mock answers for its own contract.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from mockserver.contract import Contract, as_served, load_contract, to_yaml
from mockserver.errors import FixtureError, MockserverError, NotKeptError
from mockserver.mock.journal_entries import entries, read_entry_filter
from mockserver.mock.masking import masked
from mockserver.mock.request.validation import validate
from mockserver.mock.runtime import Mock
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.mock.scenarios.model import Kind
from mockserver.server.control.bodies import read_json
from mockserver.server.control.har import har
from mockserver.server.control.metrics import exposition, media_type
from mockserver.values.encode import encode
from mockserver.world.model import EdgeCase

T = TypeVar("T")

JSON = "application/json"
GONE = "the shared state cannot be reached"


def api(mock: Mock) -> Blueprint:
    """The blueprint of the API."""
    blueprint = Blueprint("control", __name__)
    for rules in (_health, _world, _scenario, _journal, _fixtures, _document):
        rules(blueprint, mock)
    blueprint.register_error_handler(_Invalid, lambda fault: _json(fault.body(), 422))
    return blueprint


class _Invalid(Exception):
    """A request that cannot be understood: faults as the entries of a 422's detail."""

    def __init__(self, details: list[dict[str, Any]]) -> None:
        self.details = details

    def body(self) -> dict[str, Any]:
        return {"success": False, "error": {"detail": self.details}}


def _json(value: Any, status: int = 200) -> Response:
    return Response(encode(value), status, content_type=JSON)


def _nothing() -> Response:
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
        return _json({"status": "not ready", "problem": GONE}, 503)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        world = mock.engine.worlds(None)
        gauges = {
            "contract_fault": ("Whether the last edit of the contract was not taken.", float(mock.fault is not None)),
            "records": ("Records in all lists.", float(sum(d.size for d in world.datasets.values()))),
        }
        info = {"world": world.label, "seed": world.seed.encode("utf-8", "replace").decode()}
        text = exposition(mock.counter.series(), gauges=gauges, info=info)
        return Response(text, content_type=media_type())


# World ----------------------------------------------------------------------------------------------------------------


def _world(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/world")
    def world() -> Response:
        return _json(described(mock))

    @blueprint.post("/reset")
    def reset() -> Response:
        mock.reset()
        return _nothing()


def described(mock: Mock) -> dict[str, Any]:
    """The world that a mock serves: its names, sizes and awkward cases, as plain JSON."""
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
        "cases": [{"name": case.name, **case.filters, "see": case.see} for case in cases_of(mock)],
    }


def _version(contract: Contract) -> str:
    info = contract.document.get("info")
    return str(info.get("version", "")) if isinstance(info, dict) else ""


def cases_of(mock: Mock) -> list[EdgeCase]:
    """Return the edge cases that the default world holds on purpose."""
    return [case for dataset in mock.engine.worlds(None).datasets.values() for case in dataset.cases()]


# Scenario -------------------------------------------------------------------------------------------------------------


def _scenario(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/scenarios")
    def list_scenarios() -> Response:
        return _json({"scenarios": [_kind(name, kind) for name, kind in KINDS.items()]})

    @blueprint.get("/scenario")
    def get_scenario() -> Response:
        return _json(_playing(mock))

    @blueprint.put("/scenario")
    def put_scenario() -> Response:
        said = _body("Scenario")
        _obeyed(lambda: mock.activate(said))
        return _json(_playing(mock))

    @blueprint.delete("/scenario")
    def delete_scenario() -> Response:
        mock.activate(None)
        return _json(_playing(mock))


def _playing(mock: Mock) -> dict[str, Any]:
    scenario = mock.snapshot().overrides.scenario
    if scenario is None:
        return {"scenario": None, "requests": 0}
    told = scenario.as_json()
    secret = {"key": masked(scenario.key)} if scenario.key else {}
    return {"scenario": {**told, **secret}, "requests": mock.state.ticks(scenario.run)}


def _kind(name: str, kind: Kind) -> dict[str, Any]:
    options = []
    for word, option in kind.options.items():
        bounds = {} if isinstance(option.default, str) else {"minimum": option.low, "maximum": option.high}
        options.append({"name": word, "about": option.about, "default": option.default, **bounds})
    return {"name": name, "about": kind.about, "options": options}


# Journal --------------------------------------------------------------------------------------------------------------


def _journal(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/requests")
    def list_requests() -> Response:
        said = _query("list_requests")
        wanted = _obeyed(lambda: read_entry_filter(said))
        found = entries(mock.journal.rows(), wanted)[-said["limit"] :]
        if said["format"] == "har":
            from mockserver.version import version

            return _json(har(found, base_url=request.host_url.rstrip("/"), version=version()))
        return _json({"requests": found})

    @blueprint.delete("/requests")
    def delete_requests() -> Response:
        mock.journal.clear()
        return _nothing()

    @blueprint.post("/requests/count")
    def count_requests() -> Response:
        said = _body("Wanted")
        if isinstance(said.get("status"), float):
            said["status"] = int(said["status"])  # 422.0 is a whole number too
        wanted = _obeyed(lambda: read_entry_filter(said))
        return _json({"count": len(entries(mock.journal.rows(), wanted))})


# Fixtures -------------------------------------------------------------------------------------------------------------


def _fixtures(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/fixtures")
    def get_fixtures() -> Response:
        return _json({"pinned": mock.fixtures()})

    @blueprint.put("/fixtures")
    def put_fixtures() -> Response:
        data = _body("Pins")
        _obeyed(lambda: mock.set_fixtures(data))
        return _json({"pinned": mock.fixtures()})

    @blueprint.delete("/fixtures")
    def delete_fixtures() -> Response:
        mock.set_fixtures(None)
        return _nothing()


# The document, and what it demands ------------------------------------------------------------------------------------


@cache
def control_contract() -> Contract:
    """The contract of this API."""
    return load_contract(Path(__file__).with_name("control.yaml"))


def _document(blueprint: Blueprint, _: Mock) -> None:
    @blueprint.get("/openapi.json")
    def openapi_json() -> Response:
        return _json(as_served(control_contract(), request.host_url.rstrip("/")))

    @blueprint.get("/openapi.yaml")
    def openapi_yaml() -> Response:
        text = to_yaml(as_served(control_contract(), request.host_url.rstrip("/")))
        return Response(text, content_type="application/yaml")


def _query(operation_id: str) -> dict[str, Any]:
    """The query's parameters by name, with their defaults; raises `_Invalid`."""
    operation = control_contract().operation(operation_id)
    if operation is None:
        raise LookupError(operation_id)
    pairs = tuple(request.args.items(multi=True))
    parsed = validate(operation, query=pairs)
    if parsed.violations:
        raise _Invalid([violation.detail() for violation in parsed.violations])
    return {p.name: parsed.value(p.name) for p in operation.parameters}


def _body(schema: str) -> Any:
    """The request's body, which must fit a schema of the document; raises `_Invalid`."""
    try:
        said = read_json()
    except ValueError as error:
        raise _Invalid([_detail(str(error), "json_invalid")]) from None
    faults = [_detail(e.message, "json_schema", *e.instance_path) for e in _validator(schema).iter_errors(said)]
    if faults:
        raise _Invalid(faults)
    return said


@cache
def _validator(schema: str) -> Any:
    import jsonschema_rs

    components = control_contract().document["components"]
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{schema}", "components": components})


def _obeyed(act: Callable[[], T]) -> T:
    """What an act gives; what it refuses is a fault of the request."""
    try:
        return act()
    except NotKeptError:
        raise
    except FixtureError as error:
        raise _Invalid([_detail(problem, "value_error") for _, problem in error.faults]) from None
    except MockserverError as error:
        raise _Invalid([_detail(str(error), "value_error")]) from None


def _detail(msg: str, kind: str, *where: str | int) -> dict[str, Any]:
    return {"loc": ["body", *where], "msg": msg.encode("utf-8", "replace").decode(), "type": kind}
