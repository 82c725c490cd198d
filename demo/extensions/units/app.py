"""Units and numbers, with what Python brings: decimal, statistics and regular expressions of its standard library."""

import re
import statistics

from componentize_py_types import Err
from table import KINDS, find
from wit_world import exports
from wit_world.exports.converter import Answer, Problem_UnknownUnit, Problem_Unlike, Problem_Unreadable, Summary
from decimal import Decimal, localcontext

QUESTION = re.compile(r"\s*(?P<amount>[+-]?\d+(?:\.\d+)?)\s*(?P<source>\S.*?)\s+(?:in|to|as)\s+(?P<target>\S.*?)\s*\??\s*")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


class Converter(exports.Converter):
    def convert(self, question: str) -> Answer:
        match = QUESTION.fullmatch(question)
        if match is None:
            raise Err(Problem_Unreadable(question[:100]))
        amount = Decimal(match["amount"])
        source, target = known(match["source"]), known(match["target"])
        if source.kind != target.kind:
            raise Err(Problem_Unlike((source.kind, target.kind)))
        with localcontext() as context:
            context.prec = 12
            value = (source.to_base(amount) - target.offset) / target.factor
            text = plain(value)
        return Answer(text, target.name, f"{plain(amount)} {source.name} = {text} {target.name}")

    def describe(self, text: str) -> Summary | None:
        numbers = [float(found) for found in NUMBER.findall(text)]
        if len(numbers) < 2:
            return None
        low, middle, high = statistics.quantiles(numbers, n=4, method="inclusive")
        return Summary(
            len(numbers),
            statistics.fmean(numbers),
            statistics.median(numbers),
            statistics.stdev(numbers),
            min(numbers),
            max(numbers),
            (low, middle, high),
        )

    def known_units(self) -> list[tuple[str, list[str]]]:
        return [(kind, [unit.name for unit in units]) for kind, units in KINDS.items()]


def known(name: str):
    unit = find(name)
    if unit is None:
        raise Err(Problem_UnknownUnit(name[:100]))
    return unit


def plain(value: Decimal) -> str:
    """Without an exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
