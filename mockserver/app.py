"""`create_app`: a Flask application that serves one contract. Request in, reply out.

With ``console.py`` the only module that knows Flask. Whatever Flask has no route of its own for is the contract's to
answer, by any method and at any path: so nothing is redirected, merged or decoded twice on the way.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from mockserver.contract import Contract, Schema, load_contract
from mockserver.errors import OptionError
from mockserver.front import Front, to_request
from mockserver.handlers import Engine
from mockserver.messages import Reply, encode
from mockserver.semantics import ListSemantics, list_operations
from mockserver.state import Clock, MemoryState, State, clock_of

if TYPE_CHECKING:
    from mockserver.world import World

MAX_KEY_WORLDS = 256
ENVIRONMENT = "MOCKSERVER_"


def create_app(
    contract: str | Path | Contract | None = None,
    *,
    seed: str | None = None,
    wallets: int | None = None,
    size: int | None = None,
    api_keys: Sequence[str] | None = None,
    isolate_keys: bool | None = None,
    clock: str | Clock | None = None,
    state: State | str | None = None,
) -> Flask:
    """A WSGI application that serves a contract: a path, or one already read; by default the one shipped with us.

    What is ``None`` is read from the environment (``MOCKSERVER_CONTRACT``, ``_SEED``, ``_WALLETS``, ``_SIZE``,
    ``_API_KEY`` separated by blanks, ``_ISOLATE_KEYS``, ``_CLOCK``, ``_STATE``), else has its default:
    so ``flask --app mockserver run`` works.

    ``wallets`` and ``size`` count wallets and balances; ``api_keys`` are those demanded, any key if empty;
    ``isolate_keys`` gives each key a world of its own; ``clock`` is ``fixed``, ``live``, an RFC 3339 instant or a
    callable that returns an aware datetime; ``state`` keeps the refreshes: a file, a Redis URL or a `State`, by default
    in memory. The engine is ``app.extensions["mockserver"]``.

    Raises `ContractError` and `OptionError`.
    """
    contract = contract or _environment("CONTRACT") or default_contract()
    loaded = contract if isinstance(contract, Contract) else load_contract(contract)
    semantics = list_operations(loaded)
    clock = clock or _environment("CLOCK") or "fixed"
    worlds = _Worlds(
        semantics,
        seed=seed if seed is not None else _environment("SEED"),
        wallets=wallets if wallets is not None else _whole("WALLETS"),
        size=size if size is not None else _whole("SIZE"),
    )
    engine = Engine(
        loaded,
        worlds,
        state=_state(state or _environment("STATE")),
        clock=clock_of(clock) if isinstance(clock, str) else clock,
        fake=_fake,
        semantics=semantics,
        api_keys=api_keys if api_keys is not None else (_environment("API_KEY") or "").split(),
        isolate_keys=isolate_keys if isolate_keys is not None else _flag("ISOLATE_KEYS"),
    )
    return _flask(engine)


def default_contract() -> Path:
    """The contract shipped with the package; in a checkout the one under ``contracts``."""
    here = Path(__file__).parent
    shipped = here / "openapi.yaml"
    return shipped if shipped.exists() else here.parent / "contracts" / "openapi.yaml"


def _flask(engine: Engine) -> Flask:
    engine.rehearse()
    app = Flask("mockserver", static_folder=None)
    app.extensions["mockserver"] = engine

    @app.before_request
    def answer() -> Response | None:
        """What Flask has a route for is Flask's, all else the contract's."""
        if request.url_rule is not None:
            return None
        return _to_response(engine.handle(to_request(request.environ)))

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        """Refusals of Flask's own have the shape of ours."""
        body = encode({"success": False, "error": error.name, "suggestion": error.description or ""})
        return Response(body, error.code, content_type="application/json")

    app.wsgi_app = Front(app.wsgi_app, engine)  # type: ignore[method-assign]
    return app


def _to_response(reply: Reply) -> Response:
    response = Response(reply.body, reply.status)
    response.headers.clear()
    response.headers.extend(reply.headers)
    return response


class _Worlds:
    """The world of each key, built when first asked for; the default one and the latest others are kept."""

    def __init__(self, semantics: Sequence[ListSemantics], **options: Any) -> None:
        from mockserver.world import build_world

        given = {name: value for name, value in options.items() if value is not None}
        self._build: Callable[[str | None], World] = lambda key: build_world(semantics, key=key, **given)
        self._default = self._build(None)
        self._others: OrderedDict[str, World] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: str | None) -> World:
        if key is None:
            return self._default
        with self._lock:
            world = self._others.get(key) or self._build(key)
            self._others[key] = world
            self._others.move_to_end(key)
            if len(self._others) > MAX_KEY_WORLDS:
                self._others.popitem(last=False)
            return world


def _fake(schema: Schema, world: World, path: tuple[str, ...]) -> Any:
    """A value outside the lists, by the world's seed (which is the key's own where keys have worlds of their own)."""
    from mockserver.fake import fake_value

    return fake_value(schema, seed=world.seed, path=path)


def _state(where: State | str | None) -> State:
    if where is None:
        return MemoryState()
    if not isinstance(where, str):
        return where
    from mockserver.shared import open_state

    return open_state(where)


def _environment(name: str) -> str | None:
    return os.environ.get(ENVIRONMENT + name) or None


def _whole(name: str) -> int | None:
    text = _environment(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise OptionError(f"{ENVIRONMENT}{name} is '{text}'; it must be a whole number")
    return int(text)


def _flag(name: str) -> bool:
    text = (_environment(name) or "false").lower()
    if text not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise OptionError(f"{ENVIRONMENT}{name} is '{text}'; it must be true or false")
    return text in ("true", "1", "yes", "on")
