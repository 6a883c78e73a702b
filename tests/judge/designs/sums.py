"""Sums and decimals of other domains, by names and words: what they say is judged, what values suggest is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, thing

DESIGNS = Designs()

Row = Document
INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}
TEXT = {"type": "string"}


def described(schema: Mapping[str, Any], words: str) -> Document:
    """Return a schema with a description."""
    return {**schema, "description": words}


def listed(make: Callable[[int], Row], **properties: Mapping[str, Any]) -> Made:
    """Return a list by offset of sixty records."""
    rows = [{"id": number, "colour": ("red", "blue")[number % 2], **make(number)} for number in range(1, 61)]

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "20")), int(args.get("offset", "0"))
        if not 1 <= size <= 50 or offset < 0:
            raise ValueError("out of range")
        return {"items": rows[offset : offset + size], "total": len(rows)}

    parameters = [query("limit", "integer", minimum=1, maximum=50, default=20), query("offset", "integer", minimum=0)]
    return document(parameters, envelope(item=thing(**properties), total=INTEGER)), application(answer)


STOCK = described(INTEGER, "Pieces in the house: `available` plus `reserved`.")


def stock(**changed: int) -> Callable[[int], Row]:
    """Return what makes pieces in stock; those changed are so in record 13."""

    def make(number: int) -> Row:
        row = {"available": number * 7 % 31, "reserved": number * 5 % 11 + 1}
        row["stock"] = row["available"] + row["reserved"]
        return row | (changed if number == 13 else {})

    return make


@DESIGNS.correct("stock-adds-up", record="passed")
def stock_adds_up() -> Made:
    """What its description calls a sum is one, in every record."""
    return listed(stock(), stock=STOCK, available=INTEGER, reserved=INTEGER)


@DESIGNS.faulty("stock-is-wrong-once", "record")
def stock_is_wrong_once() -> Made:
    """One record's stock leaves out what is reserved; its description says that it is the sum of both."""
    return listed(stock(stock=1), stock=STOCK, available=INTEGER, reserved=INTEGER)


@DESIGNS.correct("only-values-suggest-a-sum", record="passed")
def only_values_suggest_a_sum() -> Made:
    """Three numbers that nearly always add up, and nothing says that they have to: a note."""
    return listed(stock(stock=1), stock=INTEGER, available=INTEGER, reserved=INTEGER)


@DESIGNS.faulty("net-and-fee-are-not-gross", "record")
def net_and_fee_are_not_gross() -> Made:
    """What is left of an amount, as its description says, is too little in one payout."""

    def make(number: int) -> Row:
        gross, fee = number * 731 % 997 + 100, number * 37 % 83 + 1
        return {"paid_in": gross, "fee": fee, "paid_out": gross - fee - (number == 13)}

    out = described(INTEGER, "What is paid out: paid_in minus fee.")
    return listed(make, paid_in=INTEGER, fee=INTEGER, paid_out=out)


def orders(change: Callable[[int, Row], Row] = lambda number, row: {}, kind: Callable[[int], Any] = str) -> Made:
    """Return orders with amounts in cents, as text or as numbers."""

    def make(number: int) -> Row:
        subtotal, tax = number * 731 % 9973, number * 137 % 997 + 1
        row: Row = {"subtotal": subtotal, "tax": tax, "total": subtotal + tax, "discount": 0, "status": "paid"}
        row |= change(number, row)
        return {name: kind(value) if isinstance(value, int) else value for name, value in row.items()}

    of = INTEGER if kind is int else TEXT
    return listed(make, subtotal=of, tax=of, total=of, discount=of, status=TEXT)


def in_cents(value: int) -> str:
    """Return an amount with two places."""
    return f"{value // 100}.{value % 100:02}"


@DESIGNS.correct("discounts-are-rare", record="passed")
def discounts_are_rare() -> Made:
    """A few totals are less than the sum of subtotal and tax, by the discount beside them."""
    return orders(lambda number, row: {"discount": 5, "total": row["total"] - 5} if number % 15 == 0 else {}, int)


@DESIGNS.correct("canceled-orders-cost-nothing", record="passed")
def canceled_orders_cost_nothing() -> Made:
    """The total of a canceled order is zero: its status says why it is an exception."""
    return orders(lambda number, row: {"status": "canceled", "total": 0} if number % 15 == 0 else {}, in_cents)


@DESIGNS.correct("each-amount-is-rounded", record="passed")
def each_amount_is_rounded() -> Made:
    """A few totals are a cent off, since each amount is rounded by itself."""
    return orders(lambda number, row: {"total": row["total"] + 1} if number % 15 == 0 else {}, in_cents)


@DESIGNS.faulty("totals-leave-out-the-tax-in-cents", "record")
def totals_leave_out_the_tax_in_cents() -> Made:
    """Two of the totals leave out the tax."""
    return orders(lambda number, row: {"total": row["subtotal"]} if number % 29 == 0 else {}, in_cents)


@DESIGNS.correct("parts-of-another-period", record="passed")
def parts_of_another_period() -> Made:
    """A total of all time beside the parts of this month: they add up for new customers only."""

    def make(number: int) -> Row:
        paid, due = number * 37 % 101 + 1, number * 53 % 89 + 1
        return {"total": paid + due + (number % 13 == 0) * 777, "paid": paid, "due": due}

    total = described(INTEGER, "All orders since the account was opened.")
    month = described(INTEGER, "Of this month.")
    return listed(make, total=total, paid=month, due=month)


@DESIGNS.correct("amounts-for-people", record="passed")
def amounts_for_people() -> Made:
    """A price as people write it: with commas from a thousand on, and a word where there is none."""

    def make(number: int) -> Row:
        return {"price": "none" if number == 7 else f"{number + (1000 if number % 20 == 0 else 0):,}.50"}

    return listed(make, price=TEXT)


@DESIGNS.faulty("one-decimal-went-through-a-float", "record")
def one_decimal_went_through_a_float() -> Made:
    """A size that is described as a decimal string is in scientific notation once."""
    words = described(TEXT, "The weight in grams, as a decimal string.")
    return listed(lambda number: {"weight": "1e-07" if number == 13 else f"0.{number:03}"}, weight=words)


@DESIGNS.correct("words-beside-decimals", record="passed")
def words_beside_decimals() -> Made:
    """Words that a description names beside decimals, an empty text, and a change of what is locked."""

    def make(number: int) -> Row:
        odd = {7: "unlimited", 13: ""}
        return {"allowance": odd.get(number, f"{number}.25"), "locked_change": f"{'-' * (number == 9)}{number}.5"}

    allowance = described(TEXT, "What may be spent, as a decimal string; `unlimited`, or empty if it is not known.")
    return listed(make, allowance=allowance, locked_change=described(TEXT, "By how much, as a decimal string."))


@DESIGNS.faulty("a-locked-amount-below-zero", "record")
def a_locked_amount_below_zero() -> Made:
    """What is locked cannot be less than nothing."""
    words = described(TEXT, "What is held back, as a decimal string.")
    return listed(lambda number: {"locked": f"{'-' * (number == 9)}{number}.5"}, locked=words)


@DESIGNS.correct("prices-with-decimals", record="passed")
def prices_with_decimals() -> Made:
    """Amounts in the smallest unit, and how many decimals each has: numbers that are no sums."""

    def make(number: int) -> Row:
        return {"price": str(number * 731 % 9973), "decimals": number % 3 * 6, "symbol": ("USD", "1e5")[number == 9]}

    symbol = described(TEXT, "The symbol of a currency with that many decimals.")
    return listed(make, price=TEXT, decimals=INTEGER, symbol=symbol)


@DESIGNS.correct("only-values-suggest-decimals", record="passed")
def only_values_suggest_decimals() -> Made:
    """A text that is nearly always a decimal, and nothing says that it has to be: a note."""
    return listed(lambda number: {"release": "1e5" if number == 13 else f"{number}.0"}, release=TEXT)


@DESIGNS.correct("times-in-order", record="passed")
def times_in_order() -> Made:
    """Times of creation and change, in one record the wrong way round: nothing says which comes first."""
    time = {"type": "string", "format": "date-time"}

    def make(number: int) -> Row:
        return {
            "created_at": f"2025-01-{number % 27 + 1:02}T00:00:00Z",
            "updated_at": f"2025-0{1 if number == 13 else 2}-01T00:00:00Z",
        }

    return listed(make, created_at=time, updated_at=time)
