"""Planted bugs of the filters."""

from tests.reference_servers.backend import FILTERS, Backend, Page, Params
from tests.reference_servers.planting import Faults
from tests.reference_servers.store import Clause, Row

FILTERING = Faults("filters")


@FILTERING.plant("filters-ored", "filter-sound")
class FiltersOred(Backend):
    """Two filters are joined by OR."""

    def where(self, query: Params) -> list[Clause]:
        clauses = super().where(query)
        if len(clauses) < 2:
            return clauses
        return [(" OR ".join(sql for sql, _ in clauses), tuple(value for _, values in clauses for value in values))]


@FILTERING.plant("second-filter-dropped", "filter-sound")
class SecondFilterDropped(Backend):
    """Only the first filter is applied (`elif`)."""

    def where(self, query: Params) -> list[Clause]:
        return super().where(query)[:1]


@FILTERING.plant("two-filters-give-nothing", "filter-complete")
class TwoFiltersGiveNothing(Backend):
    """With two filters the values are bound to each other's columns: nothing ever matches."""

    def where(self, query: Params) -> list[Clause]:
        given = query.filters()
        values = [*given.values()][1:] + [*given.values()][:1]
        return [self.match(name, value) for name, value in zip(given, values, strict=True)]


class Filter(Backend):
    """Does without one filter."""

    ignored = ""

    def where(self, query: Params) -> list[Clause]:
        """Return the clauses of the other filters."""
        return super().where(query.model_copy(update={self.ignored: None}))


@FILTERING.plant("wallet-filter-ignored", "filter-sound")
class WalletFilterIgnored(Filter):
    """`wallet_uuid` is not applied."""

    ignored = "wallet_uuid"


@FILTERING.plant("chain-filter-ignored", "filter-sound")
class ChainFilterIgnored(Filter):
    """`chain_id` is not applied."""

    ignored = "chain_id"


@FILTERING.plant("address-filter-ignored", "filter-sound")
class AddressFilterIgnored(Filter):
    """`address` is not applied."""

    ignored = "address"


@FILTERING.plant("token-filter-ignored", "filter-sound")
class TokenFilterIgnored(Filter):
    """`token_id` is not applied."""

    ignored = "token_id"


class Matching(Backend):
    """Compares `token_id` and `chain_id` in a way of its own."""

    condition = ""

    def match(self, column: str, value: str) -> Clause:
        """Return the clause of one filter; the condition names its column `{0}` and the value `?1`."""
        if column in {"wallet_uuid", "address"}:
            return super().match(column, value)
        condition = self.condition.format(column)
        return condition, (value,) * condition.count("?")


class Like(Matching):
    """Compares by LIKE, with case."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.store.change("PRAGMA case_sensitive_like = ON")


@FILTERING.plant("like-wildcards", "filter-sound", "filter-unknown")
class LikeWildcards(Like):
    """Values are compared by LIKE, so their `_` and `%` match anything."""

    condition = "{0} LIKE ?"


@FILTERING.plant("filter-ignores-case", "filter-sound", "filter-unknown")
class FilterIgnoresCase(Matching):
    """Token and chain ids are compared without case."""

    condition = "{0} = ? COLLATE NOCASE"


@FILTERING.plant("filter-by-prefix", "filter-sound")
class FilterByPrefix(Matching):
    """A value matches everything that begins with it."""

    condition = "substr({0}, 1, length(?)) = ?"


@FILTERING.plant("filter-by-substring", "filter-sound")
class FilterBySubstring(Matching):
    """A value matches everything that contains it."""

    condition = "instr({0}, ?) > 0"


@FILTERING.plant("filter-by-suffix", "filter-sound")
class FilterBySuffix(Matching):
    """A symbol is searched on every chain: the value matches what ends in `_` and it."""

    condition = "{0} = ? OR substr({0}, -length(?) - 1) = '_' || ?"


@FILTERING.plant("filter-value-cut", "filter-sound")
class FilterValueCut(Matching):
    """Only the first eight characters are compared."""

    condition = "substr({0}, 1, 8) = substr(?, 1, 8)"


@FILTERING.plant("filter-undecoded", "filter-complete")
class FilterUndecoded(Matching):
    """The filter's value is compared percent-encoded, as it was sent: `SOL_$WIF` is never found."""

    condition = "{0} = replace(?, '$', '%24')"


@FILTERING.plant("filter-excludes-zero", "filter-complete")
class FilterExcludesZero(Matching):
    """Filtered lists leave out balances of zero; the whole list shows them."""

    condition = "{0} = ? AND amount != '0'"


@FILTERING.plant("chain-matches-compatible", "filter-sound")
class ChainMatchesCompatible(Backend):
    """`chain_id` matches the compatible chains as well."""

    def match(self, column: str, value: str) -> Clause:
        if column != "chain_id":
            return super().match(column, value)
        return "chain_id = ? OR instr(',' || compatible_chains || ',', ',' || ? || ',') > 0", (value, value)


@FILTERING.plant("null-chain-dropped", "filter-complete")
class NullChainDropped(Backend):
    """A filtered list is joined with the table of chains: records without a chain are dropped."""

    def where(self, query: Params) -> list[Clause]:
        clauses = super().where(query)
        return [*clauses, ("chain_id IS NOT NULL", ())] if clauses else []


@FILTERING.plant("wallet-filter-evm-only", "filter-complete")
class WalletFilterEvmOnly(Backend):
    """`wallet_uuid` is resolved to the wallet's EVM address: its balances on Solana are lost."""

    def match(self, column: str, value: str) -> Clause:
        clause = super().match(column, value)
        return (f"{clause[0]} AND address LIKE '0x%'", clause[1]) if column == "wallet_uuid" else clause


@FILTERING.plant("address-lowered", "filter-complete")
class AddressLowered(Backend):
    """The address asked for is put into lower case, those stored are not."""

    def match(self, column: str, value: str) -> Clause:
        return super().match(column, value.lower() if column == "address" else value)


@FILTERING.plant("address-by-prefix", "filter-unknown")
class AddressByPrefix(Backend):
    """Addresses are compared by their first ten characters, as a user interface shows them."""

    def match(self, column: str, value: str) -> Clause:
        if column != "address":
            return super().match(column, value)
        return "substr(address, 1, 10) = substr(?, 1, 10)", (value,)


@FILTERING.plant("unknown-value-gives-everything", "filter-unknown", "filter-sound")
class UnknownValueGivesEverything(Backend):
    """A filter whose value is not known is dropped."""

    def where(self, query: Params) -> list[Clause]:
        return [clause for clause in super().where(query) if self.store.count([clause])]


@FILTERING.plant("unknown-chain-falls-back", "filter-unknown", "filter-sound")
class UnknownChainFallsBack(Backend):
    """An unknown chain is taken for the default chain, Ethereum."""

    def match(self, column: str, value: str) -> Clause:
        known = column != "chain_id" or self.store.count([("chain_id = ?", (value,))])
        return super().match(column, value if known else "ETH")


@FILTERING.plant("filter-after-limit", "filter-complete", "limit-free")
class FilterAfterLimit(Backend):
    """The filters are applied to the first rows of the whole list; what is not among them is never found."""

    def seek(self, query: Params) -> Page:
        if not query.filters():
            return super().seek(query)
        bare = query.model_copy(update=dict.fromkeys(FILTERS))
        page = super().seek(bare)
        rows = [row for row in page.rows if all(row[name] == value for name, value in query.filters().items())]
        more = page.follows and len(rows) == query.limit
        return Page(rows, page.first, page.last, more, page.precedes) if rows else Page([], None, None, False, False)


@FILTERING.plant("filter-lost-after-cursor", "filter-sound", "filter-complete")
class FilterLostAfterCursor(Backend):
    """From the second page on the filters are forgotten."""

    def where(self, query: Params) -> list[Clause]:
        return [] if query.after else super().where(query)


@FILTERING.plant("address-lost-after-cursor", "filter-sound", "filter-complete")
class AddressLostAfterCursor(Backend):
    """From the second page on one of the filters, the address, is forgotten."""

    def where(self, query: Params) -> list[Clause]:
        return super().where(query.model_copy(update={"address": None}) if query.after else query)


@FILTERING.plant("filter-lost-under-offset", "filter-sound", "offset-slice")
class FilterLostUnderOffset(Backend):
    """Under `offset` the filters are not applied."""

    def where(self, query: Params) -> list[Clause]:
        return super().where(query) if query.offset is None else []


@FILTERING.plant("filtered-list-not-paged", "filter-complete", "limit-free")
class FilteredListNotPaged(Backend):
    """A filtered list ends with its first page."""

    def seek(self, query: Params) -> Page:
        page = super().seek(query)
        page.follows = page.follows and not query.filters()
        return page


@FILTERING.plant("filtered-list-capped", "filter-complete")
class FilteredListCapped(Backend):
    """A filtered list ends after twenty records: the subquery has a limit of its own."""

    def where(self, query: Params) -> list[Clause]:
        clauses = super().where(query)
        if not clauses:
            return []
        values = tuple(value for _, found in clauses for value in found)
        condition = " AND ".join(f"({sql})" for sql, _ in clauses)
        return [(f"id IN (SELECT id FROM balances WHERE {condition} ORDER BY age, id LIMIT 20)", values)]


@FILTERING.plant("token-lowered-in-body", "filter-complete")
class TokenLoweredInBody(Backend):
    """Records show their token in lower case, the filter knows it only as it is stored."""

    def record(self, row: Row) -> dict[str, object]:
        return super().record(row) | {"token_id": row["token_id"].lower()}


@FILTERING.plant("address-lowered-in-body", "filter-complete")
class AddressLoweredInBody(Backend):
    """Records show their address in lower case, the filter wants the stored capitals."""

    def record(self, row: Row) -> dict[str, object]:
        return super().record(row) | {"address": row["address"].lower()}


@FILTERING.plant("chain-renamed-in-body", "filter-complete", "filter-sound")
class ChainRenamedInBody(Backend):
    """Records show the chain under the id that another system gives it; the filter does not know that."""

    def record(self, row: Row) -> dict[str, object]:
        renamed = {"BASE_ETH": "BASE", "OPT_ETH": "OP"}
        return super().record(row) | {"chain_id": renamed.get(row["chain_id"], row["chain_id"])}


@FILTERING.plant("stale-index", "filter-complete")
class StaleIndex(Backend):
    """The index behind the wallet filter is behind: the newest records of each wallet are not in it."""

    def match(self, column: str, value: str) -> Clause:
        sql, values = super().match(column, value)
        return (f"{sql} AND age > 90000000000", values) if column == "wallet_uuid" else (sql, values)
