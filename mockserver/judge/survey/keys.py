"""The parts of a survey that send requests without the key, or with a wrong one."""

from __future__ import annotations

from mockserver.judge.exchange import KeyUse, Query
from mockserver.judge.survey.evidence import Probe
from mockserver.judge.survey.parts import part
from mockserver.judge.survey.run import SurveyRun
from mockserver.judge.walk import page_query


@part("without-key")
def without_key(run: SurveyRun) -> None:
    """Send requests without the key: a plain one, and one for each thing that a request can carry."""
    if not run.semantics.operation.key_parameters:
        return
    queries: list[tuple[str, Query]] = [("nothing", ())]
    queries += [(name, ((name, value),)) for name, value in run.all_filters().items()]
    queries += _with_cursor(run)
    queries.append(("an offset", page_query(run.semantics, offset=1)))
    queries.append(("a page size", page_query(run.semantics, size=1)))
    run.survey.without_key += [Probe(what, None, run.fetch(query, key=False)) for what, query in queries]


@part("wrong-keys", is_hostile=True)
def wrong_keys(run: SurveyRun) -> None:
    """Send a made-up key and parts of the real one, if no key at all is refused."""
    plain = run.survey.without_key[:1]
    if not plain or not plain[0].exchange.refused:
        return
    tries: list[tuple[str, KeyUse, Query]] = [("nothing", "made-up", ()), ("nothing", "half", ())]
    tries.append(("nothing", "nearly all", ()))
    tries += [(what, use, query) for what, query in _with_cursor(run) for use in ("made-up", "half")]
    run.survey.wrong_keys += [Probe(what, use, run.fetch(query, key=use)) for what, use, query in tries]


def _with_cursor(run: SurveyRun) -> list[tuple[str, Query]]:
    """Return a request with a cursor that the server issued; nothing if it issued none."""
    first_pages = [walk.pages[0] for walk in (run.base, *run.survey.walks) if walk.pages]
    cursor = next((page.next for page in first_pages if page.next), None)
    return [] if cursor is None else [("a cursor", page_query(run.semantics, after=cursor))]
