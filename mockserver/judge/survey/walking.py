"""The parts of a survey that walk: at other sizes, backwards, under filters, after a refresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from mockserver.judge.survey.evidence import Probe, filter_text
from mockserver.judge.survey.ground import Ground, largest_page, telling_values
from mockserver.judge.walk import Walk, query_of

Job = tuple[dict[str, str], int | None, int]
"""A filtered walk to be taken: its filters, its page size, and how many pages at most."""


class Walking(Ground):
    """Walks, each part one method."""

    def default(self) -> None:
        """Without a page size."""
        self.survey.walks.append(self.walk(pages=6))

    def small(self) -> None:
        """The whole list in small pages."""
        if self.semantics.limit is not None:
            small = min(self.semantics.max_limit, max(2, -(-self.size // 20)))
            self.survey.walks.append(self.walk(sizes=(small,), pages=30))

    def sizes(self) -> None:
        """Page sizes around every bound, one record at a time, and a size that changes on the way."""
        if self.semantics.limit is None:
            return
        default, largest = self.semantics.default_limit, self.semantics.max_limit
        exact = {self.size, self.size - 1, self.size // 2 if self.size % 2 == 0 else 1}
        wanted = {2, 3, 10, default - 1, default, default + 1, largest // 2, largest - 1, *exact}
        self.survey.walks.append(self.walk(sizes=(1,), pages=5))
        self.survey.walks.append(self.walk(sizes=(2, 5, 1, largest), pages=6))
        sizes = sorted({self.fitting(s) for s in wanted if 1 < s <= largest} - {None}, key=str)
        self.survey.walks += self.each(lambda size: self.walk(sizes=(size,), pages=2), sizes)

    def back(self) -> None:
        """The whole way back, steps back from single pages, and forward again."""
        if self.semantics.before is None or self.semantics.previous_cursor is None or self.size < 2:
            return
        size = min(self.semantics.max_limit, max(1, self.size // 6))
        there = self.walk(sizes=(size,), pages=9)
        self.survey.walks.append(there)
        if not there.pages:
            return
        self.step_back(there.pages[-1], (size,), 12)
        for page, other in zip(there.pages[1:4], (1, size, self.semantics.max_limit), strict=False):
            self.step_back(page, (other,), 1)
        first = there.pages[0]
        if first.previous is not None:
            self.step_back(first, (size,), 1)
        self._onward()

    def _onward(self) -> None:
        """Forward again from a page that was reached by walking back."""
        for there in [w for _, w in self.survey.backs if not w.filters][:2]:
            page = there.pages[0] if there.pages else None
            if page is not None and page.next is not None and self.semantics.after is not None:
                ahead = self.walk(sizes=(None,), pages=1, direction="after", start=page.next)
                self.survey.onward.append((page, ahead))

    def filters(self) -> None:
        """Each filter at its telling values, in a few pages, and in a page that holds exactly what there is."""
        jobs: list[Job] = []
        for name in self.semantics.filters:
            counts = self.counts(name)
            jobs += [({name: value}, -(-counts[value] // 3), 5) for value in telling_values(counts)]
            value, count = next(iter(counts.most_common(1)), ("", 0))
            if 0 < count <= self.semantics.max_limit:
                # A page that holds exactly what there is: has_more must be false.
                jobs.append(({name: value}, count, 2))
        walks = list(self.each(self._filtered, jobs))
        self.survey.filtered += walks
        self._back_under_filters(walks)

    def _filtered(self, job: Job) -> Walk:
        filters, size, pages = job
        return self.walk(filters=filters, sizes=(size if self.semantics.limit else None,), pages=pages)

    def _back_under_filters(self, walks: Sequence[Walk]) -> None:
        """One step back within a filtered walk, once for each filter."""
        lasts = {next(iter(w.filters)): w for w in reversed(walks) if len(w.pages) > 1 and w.pages[-1].previous}
        for there in lasts.values():
            self.step_back(there.pages[-1], there.sizes, 1, there.filters)

    def pairs(self) -> None:
        """Two filters together: once where they cut each other, once where nothing has both; and all at once."""
        jobs: list[Job] = []
        for one, other in combinations(self.semantics.filters, 2):
            rows = [
                (filter_text(i, self.semantics.filters[one]), filter_text(i, self.semantics.filters[other]))
                for i in self.base.items
            ]
            both = Counter((a, b) for a, b in rows if a and b)
            first, second = self.counts(one), self.counts(other)
            if both:
                best = max(both, key=lambda p: (min(first[p[0]], second[p[1]]) - both[p], -both[p]))
                jobs.append(({one: best[0], other: best[1]}, -(-both[best] // 2), 4))
            apart = next(((a, b) for a in first for b in second if (a, b) not in both), None)
            if apart is not None:
                jobs.append(({one: apart[0], other: apart[1]}, None, 2))
        whole = self.all_filters()
        if len(whole) > 2:
            jobs.append((whole, None, 2))
        self.survey.filtered += self.each(self._filtered, jobs)

    def values(self) -> None:
        """Every other value that was seen, in one large page each."""
        done = {tuple(w.filters.items()) for w in self.survey.filtered}
        wanted = []
        for name in self.semantics.filters:
            values = [v for v in self.counts(name) if ((name, v),) not in done]
            wanted += [(name, v) for v in self.random.sample(values, min(6, len(values)))]
        largest = (largest_page(self.semantics),)
        self.survey.filtered += self.each(lambda row: self.walk(filters=dict([row]), sizes=largest, pages=2), wanted)

    def refresh(self) -> None:
        """Last, because it may change what the records hold."""
        refresh = self.semantics.refresh
        if refresh is None or refresh.scope is None or not self.size:
            return
        sizes, pages = self.base.sizes, max(2, len(self.base.pages))
        before = self.walk(sizes=sizes, pages=pages)
        telling = telling_values(self.counts(refresh.scope))
        tries = ((telling[0], largest_page(self.semantics)), (telling[0], 1), (telling[-1], 2)) if telling else ()
        for value, size in tries:
            filters = {refresh.scope: value}
            query = query_of(self.semantics, filters, size if self.semantics.limit else None)
            answer = self.fetch((*query, (refresh.parameter, "true")))
            self.survey.refresh_answers.append(Probe("refresh", value, answer, filters))
            after = self.walk(sizes=sizes, pages=pages)
            self.survey.refreshed.append((before, after))
            before = after
