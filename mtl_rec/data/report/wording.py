"""Numbers as people read them."""

import math


def share(value: float | None) -> str:
    """A share in percent, to three digits."""
    if value is None:
        return "-"
    percent = 100 * value
    if not percent:
        return "0 %"
    if percent < 1e-4:
        return f"{percent:.2e} %"
    return f"{percent:.{max(1, 2 - math.floor(math.log10(percent)))}f} %"


def count(value: float) -> str:
    """A whole number with its thousands apart."""
    return f"{int(value):,}"


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many digits after the point."""
    if value is None:
        return "-"
    return f"{value:,.{digits}f}" if math.isfinite(value) else "∞"


def amount(value: float | None) -> str:
    """The mean of a value, to four digits."""
    return "-" if value is None else f"{value:,.4g}"
