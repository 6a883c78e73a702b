"""The parts of a survey that send single requests: offsets, page sizes, nonsense, the same again, without a key."""

from __future__ import annotations

from mockserver.judge.survey.evidence import Probe
from mockserver.judge.survey.ground import BASE_PAGES, Ground, largest_page
from mockserver.judge.survey.hostile import LIMITS, hostile_queries, more_hostile_queries, near_misses
from mockserver.judge.walk import Query, largest_offset, query_of

Job = tuple[dict[str, str], int, int | None]
"""A slice to be asked for: its filters, its offset, its page size."""

CROWD = 16
"""How many different requests are sent at the same moment."""


class Probing(Ground):
    """Single requests, each part one method."""

    def unknown(self) -> None:
        """Values that no record has."""
        jobs: list[tuple[str, str]] = []
        for name in self.semantics.filters:
            counts = self.counts(name)
            parameter = self.semantics.operation.parameter(name)
            if parameter is not None and counts:
                value = counts.most_common(1)[0][0]
                known = frozenset(counts)
                jobs += [(name, miss) for miss in near_misses(value, parameter, known)]
        self.survey.unknown += self.each(
            lambda job: Probe(job[0], job[1], self.send({job[0]: job[1]}), {job[0]: job[1]}), jobs
        )

    def offsets(self) -> None:
        """The list by offset, and slices of it, some of them past the end."""
        if self.semantics.offset is None:
            return
        sizes = (largest_page(self.semantics),)
        self.survey.offset_walk = self.walk(sizes=sizes, pages=2 * BASE_PAGES, direction="offset")
        n, cap = self.size, largest_offset(self.semantics)
        tried = [(0, 5), (5, 5), (1, 7), (7, 7), (n // 2, 7), (n // 2, None), (n - 1, 5), (n, 5), (n + 1, None)]
        positions = dict.fromkeys([*tried, (n + 1000, 5), (2**32, 5)])
        jobs: list[Job] = [({}, k, size) for k, size in positions if k >= 0 and (cap is None or k <= cap)]
        for name in self.semantics.filters:
            value, count = next(iter(self.counts(name).most_common(1)), ("", 0))
            if count > 1:
                jobs += [({name: value}, k, 3) for k in (1, count)]
        self.survey.offsets += self.each(
            lambda job: Probe("offset", job[1], self.send(job[0], job[2], offset=job[1]), job[0]), jobs
        )

    def far(self) -> None:
        """The end of a list that is too long to be walked: where its total says that it is."""
        total = self.base.pages[0].total
        if self.base.complete or self.semantics.offset is None or total is None:
            return
        cap = largest_offset(self.semantics)
        for k in (total - 2, total):
            if cap is None or k <= cap:
                self.survey.far.append(Probe("far", (k, total), self.send(size=5, offset=k)))

    def limits(self) -> None:
        """Page sizes that are out of range or no numbers."""
        name = self.semantics.limit
        if name is None:
            return
        largest = self.semantics.max_limit
        raw = (str(largest + 1), str(largest * 2), str(largest * 5), *LIMITS)
        self.survey.limits += self.each(lambda value: Probe("limit", value, self.fetch(((name, value),))), raw)

    def both(self) -> None:
        """Two cursors at once."""
        pages = [p for w in self.survey.walks for p in w.pages]
        after = next((p.next for p in pages if p.next), None)
        before = next((p.previous for p in reversed(pages) if p.previous), None)
        late = next((p.next for p in reversed(pages) if p.next), None)
        for one in dict.fromkeys((after, late)):
            if one is not None and before is not None:
                self.survey.both.append(Probe("both", (one, before), self.send(size=7, after=one, before=before)))

    def hostile(self) -> None:
        """What makes careless servers fall: the tellingest of every kind."""
        pages = [p for w in self.survey.walks for p in w.pages]
        cursor = next((p.next or p.previous for p in pages if p.next or p.previous), None)
        filters = self.all_filters()
        self._try(list(hostile_queries(self.semantics, filters, cursor)))
        more = list(more_hostile_queries(self.semantics, filters, cursor))
        self.random.shuffle(more)
        # Sampled, and last of all: what the other parts leave of the budget goes into these.
        self.survey.more_hostile = more

    def more(self) -> None:
        """More of the same, as far as the budget goes."""
        self._try(self.survey.more_hostile[: max(0, self.fetch.left)])

    def _try(self, queries: list[tuple[str, Query]]) -> None:
        self.survey.hostile += self.each(lambda row: Probe(row[0], row[1], self.fetch(row[1])), queries)

    def replays(self) -> None:
        """Requests that were answered before, once more."""
        first = self.base.pages[0].exchange if self.base.pages else None
        if first is None:
            return
        for _ in range(3):
            self.survey.replays.append((first, self.fetch(first.query)))
        seen = [w.pages[-1].exchange for w in (*self.survey.walks[:3], *self.survey.filtered[:4]) if w.pages]
        self.survey.replays += [(e, self.fetch(e.query)) for e in seen]

    def crowd(self) -> None:
        """Different requests at the same moment, each of which was answered before on its own."""
        cursors = set(self.semantics.cursors)
        seen = {e.query: e for e in self.fetch.exchanges if e.status == 200 and not cursors & {n for n, _ in e.query}}
        queries = list(seen)
        chosen = self.random.sample(queries, min(CROWD, len(queries)))
        answers = self.each(self.fetch, chosen)
        self.survey.crowd += [(seen[q], a) for q, a in zip(chosen, answers, strict=True)]

    def keys(self) -> None:
        """Requests without the key."""
        if not self.semantics.operation.key_headers:
            return
        cursor = self.base.pages[0].next if self.base.pages else None
        walks = [w for w in self.survey.walks if w.pages and w.pages[0].next]
        cursor = cursor or (walks[0].pages[0].next if walks else None)
        queries: list[tuple[str, Query]] = [("nothing", ())]
        queries += [(name, ((name, value),)) for name, value in self.all_filters().items()]
        if cursor is not None:
            queries.append(("a cursor", query_of(self.semantics, after=cursor)))
        queries.append(("an offset", query_of(self.semantics, offset=1)))
        queries.append(("a page size", query_of(self.semantics, size=1)))
        self.survey.keyless += [Probe(what, None, self.fetch(query, key=False)) for what, query in queries]
