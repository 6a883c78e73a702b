"""The console: pages for people, under ``/__mock__/``. Plain links and forms; htmx only spares a reader the reloading.

A page is always written whole. htmx picks out of it what changed, so that there is one way to write each thing, with
and without JavaScript. `console.js` says every second that it is time to look again, while the page is visible.
"""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple
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
from mockserver.mock.scenarios.model import LIMITS
from mockserver.server.console import explorer
from mockserver.server.console.samples import Samples
from mockserver.server.console.snippets import coloured, indented
from mockserver.server.wsgi import wait
from mockserver.state.journal import Row


def key_cookie() -> str:
    """The cookie that holds the key of the explorer's requests to this host and port: it never stands in a URL."""
    return f"mockserver-key-{_digest(request.host)}"


SHOWN = 200
"""How many entries of the journal a page shows."""

NOT_TAKEN = "The last edit was not taken; what was good before is served."
NOT_OBEYED = "What the mock was told cannot be obeyed."

TABS = (("explorer", "Explorer"), ("journal", "Journal"), ("scenarios", "Scenarios"), ("reference", "Reference"))


def pages(mock: Mock) -> Blueprint:
    """The blueprint of the console."""
    blueprint = Blueprint(
        "console", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    blueprint.add_app_template_filter(indented)
    blueprint.add_app_template_filter(coloured)

    @blueprint.context_processor
    def around() -> dict[str, Any]:
        return {"bar": _bar(mock), "tabs": TABS, "back": request.values.get("back") or request.full_path.rstrip("?")}

    for rules in (_explorer, _journal, _scenarios, _reference, _bar_alone):
        rules(blueprint, mock)
    return blueprint


# The bar --------------------------------------------------------------------------------------------------------------


class Bar(NamedTuple):
    """What every tab says: of the contract, the world, the scenario that is on, and what went wrong."""

    title: str
    label: str
    seed: str
    scenario: str | None
    told: str
    counted: int
    faults: tuple[tuple[str, str, str], ...]

    @property
    def token(self) -> str:
        """Equal for an equal bar."""
        return _digest(repr(tuple(self)))


def _bar(mock: Mock) -> Bar:
    snapshot = mock.snapshot()
    world, scenario = snapshot.engine.worlds(None), snapshot.overrides.scenario
    heard = ((NOT_TAKEN, mock.fault), (NOT_OBEYED, snapshot.overrides.problem))
    faults = tuple((what, _plain(fault), _digest(fault)) for what, fault in heard if fault)
    title, label, seed = _plain(snapshot.engine.contract.title), _plain(world.label), _plain(world.seed)
    if scenario is None:
        return Bar(title, label, seed, None, "", 0, faults)
    told = {name: value for name, value in scenario.as_json().items() if name != "name" and value != ""}
    told |= {"key": masked(scenario.key)} if scenario.key else {}
    words = ", ".join(f"{name} {value}" for name, value in told.items())
    return Bar(title, label, seed, scenario.name, _plain(words), mock.state.ticks(scenario.run), faults)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _plain(text: str) -> str:
    """A text without what cannot be sent: an option may hold bytes that are not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _bar_alone(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/bar")
    def bar() -> Response | str:
        return _same(_bar(mock).token) or render_template("bar.html")


def _same(token: str) -> Response | None:
    """An empty answer, if the page shows what it would be shown again."""
    return make_response("", 204) if request.args.get("seen") == token else None


def _back() -> str:
    """The page of the console that a form was sent from."""
    said = request.form.get("back", "")
    return said if said.startswith(url_for(".explorer")) else url_for(".explorer")


# Explorer -------------------------------------------------------------------------------------------------------------


def _explorer(blueprint: Blueprint, mock: Mock) -> None:
    samples = Samples()

    @blueprint.get("")
    def root() -> Response:
        return redirect(url_for(".explorer"))

    @blueprint.get("/", endpoint="explorer")
    def page() -> str:
        return _explored(mock, samples)

    @blueprint.post("/explore")
    def explore() -> Response:
        """The form, which has the key in it, becomes a link and a cookie."""
        pairs = _lines(request.form.items(multi=True))
        operation = request.form.get("list", "")
        asked = urlencode([("list", operation), *((name, value) for name, value in pairs if "." in name)])
        answer = redirect(f"{url_for('.explorer')}?{asked}", 303)
        key = request.form.get("key", "").strip()
        answer.set_cookie(key_cookie(), key, path=url_for(".explorer"), httponly=True, samesite="Strict")
        if not key:
            answer.delete_cookie(key_cookie(), path=url_for(".explorer"))
        return answer


def _lines(pairs: Any) -> list[Pair]:
    """Values that were filled in; each line is one."""
    split = ((name, line.strip()) for name, value in pairs for line in value.splitlines())
    return [(name, line) for name, line in split if line]


def _explored(mock: Mock, samples: Samples) -> str:
    semantics = explorer.chosen(mock, request.args.get("list"))
    if semantics is None:
        return render_template("explorer.html", tab="explorer", form=None)
    args = explorer.completed(mock, semantics, list(request.args.items(multi=True)))
    key = request.cookies.get(key_cookie(), "")
    form = explorer.form_of(mock, semantics, samples, args, key)
    late = partial(wait, request.environ)
    answered = explorer.answer(semantics, args, key, current_app.wsgi_app, request.root_url, late)
    lists = [one.operation for one in mock.engine.semantics]
    return render_template("explorer.html", tab="explorer", form=form, lists=lists, key=key, a=answered)


# Journal --------------------------------------------------------------------------------------------------------------


def _journal(blueprint: Blueprint, mock: Mock) -> None:
    @blueprint.get("/journal")
    def journal() -> Response | str:
        rows = mock.journal.rows()
        token = f"{len(rows)}.{rows[-1].instant if rows else 0}"
        return _same(token) or _journal_page(rows, token)

    @blueprint.post("/journal/clear")
    def clear() -> Response:
        mock.journal.clear()
        return redirect(_back(), 303)


def _journal_page(rows: list[Row], token: str) -> str:
    live = request.args.get("live") != "off"
    said = {name: value for name in ("status", "path") if (value := request.args.get(name, "").strip())}
    pattern = said.get("path", "")
    asked = said | ({"path": f"*{pattern}*"} if pattern and "*" not in pattern else {})
    fault, wanted = None, EntryFilter()
    try:
        wanted = read_entry_filter(asked)
    except MockserverError as error:
        fault, asked = str(error), {}
    found = entries(rows, wanted)
    return render_template(
        "journal.html",
        tab="journal",
        entries=found[: -SHOWN - 1 : -1],
        count=len(found),
        kept=len(rows),
        said=said,
        fault=fault,
        live=live,
        asked=urlencode(asked),
        again=urlencode({**said, "seen": token}),
        paused=urlencode({**said, "live": "off"} if live else said),
        statuses=sorted({entry["status"] for entry in entries(rows, EntryFilter())}),
    )


# Scenarios ------------------------------------------------------------------------------------------------------------


def _scenarios(blueprint: Blueprint, mock: Mock) -> None:
    def page(fault: tuple[str, str] | None = None) -> str:
        scenario = mock.snapshot().overrides.scenario
        operations = [operation.id for operation in mock.engine.contract.operations]
        said = dict(request.form) if fault else scenario.as_json() if scenario else {}
        return render_template(
            "scenarios.html",
            tab="scenarios",
            kinds=KINDS,
            operations=operations,
            said=said,
            fault=fault,
            hidden_key=masked(scenario.key) if scenario else None,
        )

    @blueprint.get("/switch")
    def scenarios() -> str:
        return page()

    @blueprint.post("/switch")
    def put_on() -> Response | tuple[str, int]:
        name = request.form.get("name", "")
        before = mock.snapshot().overrides.scenario
        # A key is never shown, so its field is empty: the scenario that is on keeps it, until it is turned off.
        held = {"key": before.key} if before is not None and before.name == name and before.key else {}
        try:
            mock.activate(held | _said(name))
        except MockserverError as error:
            return page((name, _plain(str(error)))), 422
        return redirect(url_for(".scenarios", _anchor=name), 303)

    @blueprint.post("/switch/off")
    def turn_off() -> Response:
        mock.activate(None)
        return redirect(_back(), 303)


def _said(name: str) -> dict[str, Any]:
    """What the form of a scenario says, as plain JSON; what is empty has its default."""
    options = KINDS[name].options if name in KINDS else {}
    texts = {word for word, option in options.items() if isinstance(option.default, str)} | {"operation", "key"}
    said: dict[str, Any] = {"name": name}
    for word in (*options, *LIMITS):
        value = request.form.get(word, "").strip()
        if value:
            said[word] = value if word in texts else _number(value)
    return said


def _number(text: str) -> int | float | str:
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
        """A file of Swagger UI, out of the package that has it."""
        with as_file(files("flask_swagger_ui") / "dist") as folder:
            return send_from_directory(Path(folder), name)
