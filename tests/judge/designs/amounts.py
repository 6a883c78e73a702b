"""Amounts that a contract describes by names and words alone: where nearly all bear them out, exceptions are found."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from tests.judge.designs.design import Designs, Document, Made, application, document, envelope, query, thing

DESIGNS = Designs()

TEXT = {"type": "string"}
NUMBER = {"type": "number"}


def invoices(change: Callable[[Document], Document] = lambda row: row, kind: Callable[[Decimal], Any] = str) -> Made:
    """Return a list of invoices by offset, each changed in some way, with amounts of one kind."""

    def invoice(number: int) -> Document:
        subtotal, tax = Decimal(number * 137 % 89) + Decimal("0.5"), Decimal(number * 53 % 17) / 10
        shipping = Decimal(number % 2 * 5)
        amounts = {"subtotal": subtotal, "tax": tax, "shipping": shipping, "total": subtotal + tax + shipping}
        row: Document = {
            "id": number,
            "colour": "red" if number % 3 else "blue",
            "note": "paid" if number % 2 else "1e5",
        }
        return change(row | {name: kind(value) for name, value in amounts.items()})

    things = [invoice(number) for number in range(1, 46)]

    def answer(args: MultiDict[str, str]) -> Document:
        size, offset = int(args.get("limit", "10")), int(args.get("offset", "0"))
        if not 1 <= size <= 20 or offset < 0:
            raise ValueError("out of range")
        return {"items": things[offset : offset + size], "total": len(things)}

    of = TEXT if kind is str else NUMBER
    item = thing(note=TEXT, subtotal=of, tax=of, shipping=of, total=of)
    parameters = [query("limit", "integer", minimum=1, maximum=20, default=10), query("offset", "integer", minimum=0)]
    return document(parameters, envelope(item=item, total={"type": "integer"})), application(answer)


def once(number: int, **changed: Any) -> Callable[[Document], Document]:
    """Return what changes one record only."""
    return lambda row: row | changed if row["id"] == number else row


@DESIGNS.correct("texts-add-up", record="passed")
def texts_add_up() -> Made:
    """Amounts as text, in plain decimals, that add up."""
    return invoices()


@DESIGNS.correct("numbers-add-up", record="passed")
def numbers_add_up() -> Made:
    """Amounts as JSON numbers; a sum is off by what a float is off."""
    return invoices(kind=lambda value: float(value) * 1.000000000001)


@DESIGNS.correct("totals-are-rounded", record="passed")
def totals_are_rounded() -> Made:
    """A total that is rounded by itself, a cent off."""
    return invoices(lambda row: row | {"total": row["total"] + 0.01 if row["id"] == 7 else row["total"]}, kind=float)


@DESIGNS.correct("totals-are-no-sums", record="passed")
def totals_are_no_sums() -> Made:
    """A `total` that only a part of the records has as a sum: it means something else."""
    return invoices(lambda row: row | {"total": str(row["id"])} if row["id"] % 5 == 0 else row)


@DESIGNS.correct("amounts-in-words", record="passed")
def amounts_in_words() -> Made:
    """An amount that is a word in a few records, and below zero in one."""
    return invoices(lambda row: once(3, shipping="free")(once(7, tax="-1", total=row["total"])(row)) | refunded(row))


def refunded(row: Document) -> Document:
    """Return the total of a record whose tax is paid back."""
    return {"total": str(Decimal(row["subtotal"]) - 1 + Decimal(row["shipping"]))} if row["id"] == 7 else {}


@DESIGNS.faulty("one-total-is-wrong", "record")
def one_total_is_wrong() -> Made:
    """One of the totals leaves out the tax."""
    return invoices(lambda row: row | {"total": row["subtotal"]} if row["id"] == 11 else row)


@DESIGNS.faulty("one-number-is-wrong", "record")
def one_number_is_wrong() -> Made:
    """One of the totals is negated."""
    return invoices(lambda row: row | {"total": -row["total"]} if row["id"] == 11 else row, kind=float)


@DESIGNS.faulty("one-amount-in-scientific-notation", "record")
def one_amount_in_scientific_notation() -> Made:
    """One amount went through a float."""
    return invoices(once(11, tax="1E-18"))
