"""The units: what they measure, and how many of the kind's base unit one of them is."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Unit:
    kind: str
    name: str
    also: tuple[str, ...]
    factor: Decimal
    # Of its zero from the base unit's, for temperatures.
    offset: Decimal = Decimal(0)

    def to_base(self, amount: Decimal) -> Decimal:
        return amount * self.factor + self.offset


def unit(kind: str, names: str, factor: str, offset: str = "0") -> Unit:
    name, *also = names.split()
    return Unit(kind, name, tuple(also), Decimal(factor), Decimal(offset))


UNITS = [
    unit("length", "metres m metre meter meters", "1"),
    unit("length", "kilometres km kilometre kilometers kilometer", "1000"),
    unit("length", "centimetres cm centimetre centimeters", "0.01"),
    unit("length", "millimetres mm millimetre millimeters", "0.001"),
    unit("length", "miles mi mile", "1609.344"),
    unit("length", "feet ft foot", "0.3048"),
    unit("length", "inches inch", "0.0254"),
    unit("length", "nautical-miles nmi", "1852"),
    unit("mass", "kilograms kg kilogram", "1"),
    unit("mass", "grams g gram", "0.001"),
    unit("mass", "tonnes t tonne", "1000"),
    unit("mass", "pounds lb lbs pound", "0.45359237"),
    unit("mass", "ounces oz ounce", "0.028349523125"),
    unit("volume", "litres l litre liters liter", "1"),
    unit("volume", "millilitres ml millilitre", "0.001"),
    unit("volume", "gallons gal gallon", "3.785411784"),
    unit("volume", "pints pint", "0.473176473"),
    unit("time", "seconds s sec second", "1"),
    unit("time", "minutes min minute", "60"),
    unit("time", "hours h hour", "3600"),
    unit("time", "days d day", "86400"),
    unit("time", "weeks week", "604800"),
    unit("speed", "m/s", "1"),
    unit("speed", "km/h kmh kph", "0.2777777777777777777777777778"),
    unit("speed", "mph", "0.44704"),
    unit("speed", "knots kn knot", "0.5144444444444444444444444444"),
    unit("data", "bytes byte B", "1"),
    unit("data", "kilobytes kB kilobyte", "1000"),
    unit("data", "megabytes MB megabyte", "1000000"),
    unit("data", "mebibytes MiB mebibyte", "1048576"),
    unit("data", "gigabytes GB gigabyte", "1000000000"),
    unit("data", "gibibytes GiB gibibyte", "1073741824"),
    unit("temperature", "kelvin K", "1"),
    unit("temperature", "celsius C \u00b0C", "1", "273.15"),
    unit("temperature", "fahrenheit F \u00b0F", "0.5555555555555555555555555556", "255.3722222222222222222222222"),
]

KINDS: dict[str, list[Unit]] = {}
for each in UNITS:
    KINDS.setdefault(each.kind, []).append(each)

EXACT = {name: each for each in UNITS for name in (each.name, *each.also)}
FOLDED = {name.lower(): each for name, each in reversed(EXACT.items())}


def find(name: str) -> Unit | None:
    return EXACT.get(name) or FOLDED.get(name.lower())
