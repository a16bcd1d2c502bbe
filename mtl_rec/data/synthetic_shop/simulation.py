"""The simulated shop, from its size and a seed to its table of exposures."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa

from mtl_rec.data.synthetic_shop.behaviour import Behaviour, draw_behaviour
from mtl_rec.data.synthetic_shop.catalogue import Catalogue, draw_catalogue
from mtl_rec.data.synthetic_shop.components import draw_components
from mtl_rec.data.synthetic_shop.customers import Customers, draw_customers
from mtl_rec.data.synthetic_shop.exposures import Exposures, draw_exposures
from mtl_rec.data.synthetic_shop.streams import random_streams
from mtl_rec.data.synthetic_shop.tables import build_table

MINIMUMS = {
    "num_exposures": 100,
    "num_users": 10,
    "num_items": 100,
    "num_days": 5,
    "seed": 0,
}


@dataclass(frozen=True)
class SimulatedShop:
    """A shop with all that its table does not tell.

    Args:
        catalogue: The items.
        customers: The users.
        exposures: Who was shown what.
        components: Of the logits, `(steps, exposures)` each.
        behaviour: What happened, and how likely it was.
    """

    catalogue: Catalogue
    customers: Customers
    exposures: Exposures
    components: dict[str, np.ndarray]
    behaviour: Behaviour


def simulate_shop(
    *,
    num_exposures: int,
    num_users: int,
    num_items: int,
    num_days: int,
    seed: int,
    taste_half_life_days: float | None = None,
    taste_share: float | None = None,
) -> pa.Table:
    """Simulates a shop and returns its exposures in the order of time.

    Each exposure can lead to a click, a click to the cart, the cart to a purchase. The
    logit of a step given the one before is a base plus these components, with these
    shares of the variance over the exposures:

    | component                                     | click | add_to_cart | purchase |
    |-----------------------------------------------|-------|-------------|----------|
    | taste of the user x item, 8 latent dimensions | .30   | .25         | .20      |
    | affinity of the user to category and brand    | .20   | .15         | .15      |
    | price against the user's budget               | .10   | .20         | .25      |
    | appeal of the words and word pairs of a title | .20   | .20         | .15      |
    | quality of the item                           | .10   | .10         | .15      |
    | hour and position                             | .05   | .02         | .02      |
    | noise nobody can see, drawn per exposure      | .05   | .08         | .08      |
    | total standard deviation                      | 1.5   | 1.2         | 1.2      |
    | expected rate, given the step before          | 8 %   | 15 %        | 35 %     |

    Tastes, affinities, appeal and quality differ from step to step with a correlation
    of 0.6. Tastes drift by a small daily random walk, so slowly that the order of 20
    clicks says nothing more than they do; with a half-life they change within a
    history. Items are shown by a Zipf-like popularity, and a fifth of them first appear
    in the last fifth of the days.

    The columns:

    * `user_id`, `item_id`: such as "u17" and "i42".
    * `category`, `brand`, `title`, `price`: of the item. Half of the titles are in
      English, half in Chinese, which is written without spaces.
    * `hour`, `position`: hour of the day in UTC; slot of the page, from 1 to 10.
    * `timestamp`: Unix seconds from 2024-01-01 UTC on.
    * `history_items`, `history_categories`: what the user clicked in earlier rows, the
      oldest first, at most 20.
    * `history_time_gaps`: how long ago that was, "b" for 2**b - 1 up to 2**(b + 1) - 1
      minutes; only with a half-life.
    * `click`, `add_to_cart`, `purchase`: 1 if it happened to this exposure.
    * `true_click`, `true_add_to_cart`, `true_purchase`: probability of that event given
      the exposure and its noise, so `true_purchase <= true_add_to_cart <= true_click`.

    The same arguments give the same table, on one kind of processor to the last bit.

    Args:
        num_exposures: Rows of the table. At least 100.
        num_users: Users, some far more active than others. At least 10.
        num_items: Items of the catalogue. At least 100.
        num_days: Days over which the exposures are spread. At least 5.
        seed: What every random draw follows from. At least 0.
        taste_half_life_days: Days after which tastes and what they were correlate by a
            half, above 0.
        taste_share: Share of the variance that tastes have in every step, between 0 and
            1; the other components divide the rest as above.

    Raises:
        ValueError: An argument is not within its bounds.
    """
    _check_minimums(
        num_exposures=num_exposures,
        num_users=num_users,
        num_items=num_items,
        num_days=num_days,
        seed=seed,
    )
    _check_tastes(taste_half_life_days, taste_share)
    shop = simulate(
        num_exposures,
        num_users,
        num_items,
        num_days,
        seed,
        taste_half_life_days,
        taste_share,
    )
    has_time_gaps = taste_half_life_days is not None
    return build_table(shop.exposures, shop.catalogue, shop.behaviour, has_time_gaps)


def simulate(
    num_exposures: int,
    num_users: int,
    num_items: int,
    num_days: int,
    seed: int,
    taste_half_life_days: float | None = None,
    taste_share: float | None = None,
) -> SimulatedShop:
    """All of a shop, what no log tells included; the arguments are those above."""
    streams = random_streams(seed)
    catalogue = draw_catalogue(num_items, num_days, streams)
    customers = draw_customers(num_users, streams["customers"], taste_half_life_days)
    exposures = draw_exposures(
        num_exposures, num_days, catalogue, customers, streams["exposures"]
    )
    components = draw_components(
        exposures, catalogue, customers, num_days, streams, taste_share
    )
    behaviour = draw_behaviour(reduce(np.add, components.values()), streams["labels"])
    return SimulatedShop(catalogue, customers, exposures, components, behaviour)


def _check_minimums(**arguments: int) -> None:
    for name, value in arguments.items():
        if value < MINIMUMS[name]:
            raise ValueError(
                f"`{name}` must be {MINIMUMS[name]} or more. Received: {value}."
            )


def _check_tastes(half_life_days: float | None, share: float | None) -> None:
    if half_life_days is not None and not 0 < half_life_days < float("inf"):
        raise ValueError(
            "`taste_half_life_days` must be a number above 0, or None for tastes that "
            f"drift slowly. Received: {half_life_days}."
        )
    if share is not None and not 0 < share < 1:
        raise ValueError(
            "`taste_share` must be between 0 and 1, or None for the shares of the "
            f"table. Received: {share}."
        )
