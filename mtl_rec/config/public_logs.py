"""Logs that anyone can get, in the formats they are published in."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from mtl_rec.config.events import EventLog
from mtl_rec.config.features import Name
from mtl_rec.config.log_parts import EventColumns, Moment, Names, TimeZone


class TaobaoUserBehavior(EventLog):
    """Taobao's UserBehavior.csv, as Tianchi publishes it."""

    kind: Literal["taobao_userbehavior"]
    format: Literal["csv", "parquet"] | None = "csv"
    header: Names = ("user", "item", "category", "type", "seconds")
    quoted: bool = False
    columns: EventColumns = EventColumns(
        user="user", item="item", event="type", time="seconds"
    )
    item_columns: Names = ("category",)
    event_types: dict[str, Name] = Field(
        {"pv": "view", "cart": "cart", "fav": "favourite", "buy": "buy"}, min_length=1
    )
    timezone: TimeZone = "Asia/Shanghai"
    starts: Moment | None = datetime(2017, 11, 25)
    ends: Moment | None = datetime(2017, 12, 4)


class Rees46(EventLog):
    """REES46's multi-category or cosmetics shop, a CSV a month."""

    kind: Literal["rees46"]
    quoted: bool = False
    columns: EventColumns = EventColumns(item="product_id")
    item_columns: Names = ("category_id", "category_code", "brand", "price")
    ignored_columns: Names = ("user_session",)
    event_types: dict[str, Name] = Field(
        {
            "view": "view",
            "cart": "cart",
            "remove_from_cart": "remove",
            "purchase": "purchase",
        },
        min_length=1,
    )
