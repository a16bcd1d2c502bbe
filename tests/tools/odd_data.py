"""Data that nobody prepared: odd names, separators, spellings of times and labels.

Every maker writes into a folder and returns what `mtl-rec init` is to be given.
"""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

DAY = 86_400
START = 1_700_000_000


def _events(
    seed: int, users: int = 120, items: int = 80, days: int = 30
) -> pd.DataFrame:
    """What users did with items: the more views, the more carts and orders."""
    random = np.random.default_rng(seed)
    taste = random.integers(0, 5, users)
    rows = []
    for number in range(6 * users):
        user = number % users
        moment = START + int(random.integers(0, days * DAY))
        for _ in range(int(random.integers(1, 5))):
            likes = random.random() < 0.7
            item = int(random.integers(0, items // 5)) * 5
            item += int(taste[user]) if likes else int(random.integers(0, 5))
            rows.append((user, item, "view", moment))
            moment += int(random.integers(20, 400))
            if random.random() < (0.35 if likes else 0.1):
                rows.append((user, item, "cart", moment))
                moment += int(random.integers(20, 400))
                if random.random() < 0.5:
                    rows.append((user, item, "buy", moment))
    frame = pd.DataFrame(rows, columns=["user", "item", "event", "seconds"])
    return frame.sort_values("seconds", kind="stable").reset_index(drop=True)


def _exposures(seed: int, rows: int = 3000) -> pd.DataFrame:
    """Exposures with clicks and purchases that follow from what is known before."""
    random = np.random.default_rng(seed)
    user, item = random.integers(0, 200, rows), random.integers(0, 90, rows)
    price = np.round(np.exp(1 + (item % 7) / 3), 2)
    click = random.random(rows) < 1 / (1 + np.exp(1.5 - (user % 5 == item % 5) * 2))
    buy = click & (random.random(rows) < 0.25)
    return pd.DataFrame({"user": user, "item": item, "price": price}).assign(
        click=click, buy=buy, seconds=START + np.arange(rows) * 600
    )


def semicolons_and_milliseconds(folder: Path) -> Path:
    """A log with a separator, words and a unit of times of its own, and spaces."""
    log = _events(1)
    words = {"view": "ProductView", "cart": "AddToCart", "buy": "OrderCompleted"}
    frame = pd.DataFrame(
        {
            "ts_ms": log.seconds * 1000,
            "userId": "U" + log.user.astype(str),
            "sku": log.item + 10_000,
            "action": log.event.map(words),
            "category name": "cat " + (log["item"] % 5).astype(str),
            "unit price": (log["item"] % 7 + 0.99).round(2),
            "order no": np.where(log.event == "buy", log.index.astype(str), ""),
            "Page": np.where(log.seconds % 2, "home", "search"),
        }
    )
    frame.to_csv(folder / "clicks.csv", sep=";", index=False)
    return folder / "clicks.csv"


def tabs_without_a_header(folder: Path) -> Path:
    """A compressed log whose columns have no names, with ISO times."""
    log = _events(2)
    times = pd.to_datetime(log.seconds, unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    frame = pd.DataFrame(
        [times, "u" + log.user.astype(str), "p" + log["item"].astype(str), log.event]
    ).T
    text = frame.to_csv(sep="\t", index=False, header=False)
    (folder / "events.tsv.gz").write_bytes(gzip.compress(text.encode()))
    return folder / "events.tsv.gz"


def impressions_and_local_dates(folder: Path) -> Path:
    """A log of what was shown, with days before months, in several files."""
    log = _events(3)
    shown = log[log.event == "view"].assign(event="impression")
    shown["seconds"] -= 5
    random = np.random.default_rng(0)
    kept = log[(log.event != "view") | (random.random(len(log)) < 0.5)]
    log = pd.concat([shown, kept]).sort_values("seconds", kind="stable")
    times = pd.to_datetime(log.seconds, unit="s").dt.strftime("%d/%m/%Y %H:%M:%S")
    frame = pd.DataFrame(
        {
            "when": times,
            "what": log.event.map({"impression": "show", "view": "click"}).fillna(
                log.event
            ),
            "visitor": log.user + 7,
            "article": "a" + log["item"].astype(str),
            "brand": ["acme", None, "globex", "NULL", "initech"] * (len(log) // 5)
            + ["acme"] * (len(log) % 5),
        }
    )
    (folder / "days").mkdir()
    for number, part in enumerate(np.array_split(np.arange(len(frame)), 3)):
        frame.iloc[part].to_csv(folder / f"days/part-{number}.csv", index=False)
    return folder / "days"


def numbered_actions(folder: Path) -> Path:
    """A log whose types of events are numbers, as Tmall's, and a clock was wrong."""
    log = _events(4)
    frame = pd.DataFrame(
        {
            "buyer_id": log.user,
            "goods_id": log["item"],
            "cat_id": log["item"] % 9,
            "action_type": log.event.map({"view": 0, "cart": 1, "buy": 2}),
            "unixtime": log.seconds.astype(float),
        }
    )
    frame.loc[0, "unixtime"] = 12.0
    frame.to_csv(folder / "actions.csv", index=False)
    return folder / "actions.csv"


def purchases_alone(folder: Path) -> Path:
    """A log of one type of event, with days for times and amounts."""
    log = _events(5)
    frame = pd.DataFrame(
        {
            "Customer ID": log.user,
            "StockCode": "S" + log["item"].astype(str),
            "event": "purchase",
            "Quantity": log["item"] % 3 + 1,
            "Description": "red " + (log["item"] % 9).astype(str) + " tin lamp",
            "date": pd.to_datetime(log.seconds, unit="s").dt.strftime("%Y-%m-%d"),
        }
    )
    frame.to_csv(folder / "sales.csv", index=False)
    return folder / "sales.csv"


def parquet_with_dictionaries(folder: Path) -> Path:
    """Exposures with boolean labels, categories, lists, texts and leaks."""
    rows = _exposures(6)
    random = np.random.default_rng(1)
    history = [[f"i{n}" for n in random.integers(0, 90, 4)] for _ in range(len(rows))]
    frame = pd.DataFrame(
        {
            "event_time": pd.to_datetime(rows.seconds, unit="s"),
            "impression_uuid": [f"x{n:08d}" for n in range(len(rows))],
            "buyer": pd.Categorical("u" + rows.user.astype(str)),
            "product_code": pd.Categorical("i" + rows["item"].astype(str)),
            "recent_products": history,
            "product_title": [
                f"{c} {m} for your home"
                for c, m in zip(
                    np.array(["red", "blue", "green"])[rows["item"] % 3],
                    np.array(["lamp", "chair", "soap dish"])[rows["item"] % 9 // 3],
                    strict=True,
                )
            ],
            "product_price": rows.price.where(rows["item"] % 11 > 0),
            "is_clicked": rows.click,
            "ordered": rows.buy,
            "order_value": rows.price.where(rows.buy),
            "dwell_seconds": np.where(rows.click, random.integers(1, 60, len(rows)), 0),
        }
    )
    frame.to_parquet(folder / "exposures.parquet")
    return folder / "exposures.parquet"


def words_for_labels(folder: Path) -> Path:
    """Exposures with a single label of yes and no, NA, and names with spaces."""
    rows = _exposures(7)
    frame = pd.DataFrame(
        {
            "Shown At": pd.to_datetime(rows.seconds, unit="s").dt.strftime("%d.%m.%Y"),
            "Shop Customer No": rows.user,
            "Offer": "o" + rows["item"].astype(str),
            "Price (EUR)": rows.price.astype(str).where(rows["item"] % 13 > 0, "NA"),
            "tags": (rows["item"] % 4).map(
                {0: "new|sale", 1: "new", 2: "sale|eco|home", 3: ""}
            ),
            "Converted?": np.where(rows.buy, "Yes", "No"),
        }
    )
    frame.to_csv(folder / "offers 2024.csv", index=False)
    return folder / "offers 2024.csv"


def ratings_without_names(folder: Path) -> Path:
    """MovieLens' u.data: users, items, ratings and times, without names."""
    rows = _exposures(8)
    stars = 1 + (rows.user + rows["item"]) % 5
    frame = pd.DataFrame([rows.user, rows["item"], stars, rows.seconds]).T
    frame.to_csv(folder / "u.data", sep="\t", index=False, header=False)
    return folder / "u.data"


LOGS: tuple[Callable[[Path], Path], ...] = (
    semicolons_and_milliseconds,
    tabs_without_a_header,
    impressions_and_local_dates,
    numbered_actions,
    purchases_alone,
)
TABLES: tuple[Callable[[Path], Path], ...] = (
    parquet_with_dictionaries,
    words_for_labels,
    ratings_without_names,
)
