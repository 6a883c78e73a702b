"""The pages of the console: plain links and forms. With JavaScript, htmx updates parts of a page without a reload.

A page is always rendered completely; htmx takes the changed parts from it. So each part has one template, with and
without JavaScript. `console.js` triggers an update once a second while the page is visible.
"""

from __future__ import annotations

from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.wrappers import Response

from mockserver.errors import MockserverError
from mockserver.mock.journal_entries import EntryFilter, entries, read_entry_filter
from mockserver.mock.masking import masked
from mockserver.mock.messages import Pair
from mockserver.mock.runtime import Mock
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.mock.scenarios.model import LIMITS, ScenarioOption
from mockserver.server.console import explorer
from mockserver.server.console.bar import bar_of, digest
from mockserver.server.console.samples import Samples
from mockserver.server.console.snippets import coloured, indented
from mockserver.server.wsgi import wait
from mockserver.state.journal import Row
from mockserver.values.encode import as_unicode

SHOWN = 200
"""How many entries the page of the journal shows."""

TABS = (("explorer", "Explorer"), ("journal", "Journal"), ("scenarios", "Scenarios"), ("reference", "Reference"))
"""The tabs: the endpoint and the label of each."""


def console(mock: Mock) -> Blueprint:
    """Return the blueprint of the console."""
    blueprint = Blueprint(
        "console", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    blueprint.add_app_template_filter(indented)
    blueprint.add_app_template_filter(coloured)
    blueprint.add_app_template_filter(without_fraction)

    @blueprint.context_processor
    def common() -> dict[str, Any]:
        back = request.values.get("back") or request.full_path.rstrip("?")
        return {"bar": bar_of(mock), "tabs": TABS, "back": back}

    for add_routes in (_bar, _explorer, _journal, _scenarios, _reference):
        add_routes(blueprint, mock)
    return blueprint


def _bar(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/bar")
    def bar() -> Response | str:
        return _unchanged(bar_of(mock).token) or render_template("bar.html")


def _unchanged(token: str) -> Response | None:
    """Return an empty answer if the page already shows what has this token."""
    return make_response("", 204) if request.args.get("seen") == token else None


def _back() -> str:
    """Return the page of the console that a form was sent from."""
    back = request.form.get("back", "")
    return back if back.startswith(url_for(".explorer")) else url_for(".explorer")


# Explorer -------------------------------------------------------------------------------------------------------------


def key_cookie() -> str:
    """Return the name of the cookie with the explorer's key, which is never part of a URL.

    Browsers send a cookie to all ports of a host, so the name depends on host and port.
    """
    return f"mockserver-key-{digest(request.host)}"


def _explorer(blueprint: Blueprint, mock: Mock) -> None:
    samples = Samples()

    @blueprint.get("")
    def root() -> Response:
        return redirect(url_for(".explorer"))

    @blueprint.get("/", endpoint="explorer")
    def page() -> str:
        return _explorer_page(mock, samples)

    @blueprint.post("/explore")
    def explore() -> Response:
        """Turn the form into a link, and its key into a cookie."""
        pairs = _lines(request.form.items(multi=True))
        operation = request.form.get("list", "")
        query = urlencode([("list", operation), *((name, value) for name, value in pairs if "." in name)])
        answer = redirect(f"{url_for('.explorer')}?{query}", 303)
        key = request.form.get("key", "").strip()
        answer.set_cookie(key_cookie(), key, path=url_for(".explorer"), httponly=True, samesite="Strict")
        if not key:
            answer.delete_cookie(key_cookie(), path=url_for(".explorer"))
        return answer


def _lines(pairs: Any) -> list[Pair]:
    """Return the values of a form that are not empty; each line of a text is a value."""
    split = ((name, line.strip()) for name, value in pairs for line in value.splitlines())
    return [(name, line) for name, line in split if line]


def _explorer_page(mock: Mock, samples: Samples) -> str:
    semantics = explorer.find_list(mock, request.args.get("list"))
    if semantics is None:
        return render_template("explorer.html", tab="explorer", form=None)
    args = explorer.with_path_values(mock, semantics, list(request.args.items(multi=True)))
    key = request.cookies.get(key_cookie(), "")
    form = explorer.form_of(mock, semantics, samples, args, key)
    later = partial(wait, request.environ)
    result = explorer.explore(semantics, args, key, current_app.wsgi_app, request.root_url, later)
    lists = [one.operation for one in mock.engine.semantics]
    return render_template("explorer.html", tab="explorer", form=form, lists=lists, key=key, result=result)


# Journal --------------------------------------------------------------------------------------------------------------


def _journal(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/journal")
    def journal() -> Response | str:
        rows = mock.journal.rows()
        token = f"{len(rows)}.{rows[-1].instant if rows else 0}"
        return _unchanged(token) or _journal_page(rows, token)

    @blueprint.post("/journal/clear")
    def clear() -> Response:
        mock.journal.clear()
        return redirect(_back(), 303)


def _journal_page(rows: list[Row], token: str) -> str:
    live = request.args.get("live") != "off"
    given = {name: value for name in ("status", "path") if (value := request.args.get(name, "").strip())}
    query = dict(given)
    if "path" in given and "*" not in given["path"]:
        query["path"] = f"*{given['path']}*"
    fault, wanted = None, EntryFilter()
    try:
        wanted = read_entry_filter(query)
    except MockserverError as error:
        fault, query = str(error), {}
    found = entries(rows, wanted)
    latest = found[-SHOWN:]
    return render_template(
        "journal.html",
        tab="journal",
        entries=latest[::-1],
        count=len(found),
        kept=len(rows),
        given=given,
        fault=fault,
        live=live,
        query=urlencode(query),
        update=urlencode({**given, "seen": token}),
        toggled=urlencode({**given, "live": "off"} if live else given),
        statuses=sorted({entry["status"] for entry in entries(rows, EntryFilter())}),
    )


# Scenarios ------------------------------------------------------------------------------------------------------------


def _scenarios(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/switch")
    def scenarios() -> str:
        active = mock.snapshot().overrides.scenario
        return _scenarios_page(mock, {} if active is None else active.as_json())

    @blueprint.post("/switch")
    def activate() -> Response | tuple[str, int]:
        name = request.form.get("name", "")
        active = mock.snapshot().overrides.scenario
        given = _scenario_of_form(name)
        # The page never shows a key. So an empty field means the key that the scenario has, until it is turned off.
        if "key" not in given and active is not None and active.name == name and active.key:
            given["key"] = active.key
        try:
            mock.activate(given)
        except MockserverError as error:
            return _scenarios_page(mock, dict(request.form), fault=(name, as_unicode(str(error)))), 422
        return redirect(url_for(".scenarios", _anchor=name), 303)

    @blueprint.post("/switch/off")
    def turn_off() -> Response:
        mock.activate(None)
        return redirect(_back(), 303)


def _scenarios_page(mock: Mock, given: dict[str, Any], fault: tuple[str, str] | None = None) -> str:
    """Return the page with the ``given`` values in a scenario's form; ``fault`` has the scenario and the message."""
    active = mock.snapshot().overrides.scenario
    return render_template(
        "scenarios.html",
        tab="scenarios",
        kinds=KINDS,
        operations=[operation.id for operation in mock.engine.contract.operations],
        given=given,
        fault=fault,
        hidden_key=None if active is None else masked(active.key),
        bounds_of=_bounds_of,
    )


def _bounds_of(option: ScenarioOption) -> str:
    """Return the bounds of a number for a reader, such as ``1 to 1,000,000``; an empty text for a text option."""
    return "" if isinstance(option.default, str) else f"{option.low:g} to {without_fraction(option.high):,}"


def without_fraction(value: Any) -> Any:
    """Return a number without its fraction if that is 0; any other value unchanged."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _scenario_of_form(name: str) -> dict[str, Any]:
    """Return the scenario that a form describes, as plain JSON; an empty field has its default."""
    options = KINDS[name].options if name in KINDS else {}
    texts = {word for word, option in options.items() if isinstance(option.default, str)} | {"operation", "key"}
    given: dict[str, Any] = {"name": name}
    for word in (*options, *LIMITS):
        value = request.form.get(word, "").strip()
        if value:
            given[word] = value if word in texts else _number(value)
    return given


def _number(text: str) -> int | float | str:
    """Return a text as a number if it is one."""
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


# Reference ------------------------------------------------------------------------------------------------------------


def _reference(blueprint: Blueprint, _: Mock) -> None:
    @blueprint.get("/reference")
    def reference() -> str:
        return render_template("reference.html", tab="reference")

    @blueprint.get("/reference/assets/<path:name>")
    def reference_static(name: str) -> Response:
        """Send a file of Swagger UI, from the package that contains it."""
        with as_file(files("flask_swagger_ui") / "dist") as folder:
            return send_from_directory(Path(folder), name)
