"""One small shop, as its table and as what is behind the table."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.data.synthetic_shop import simulate_shop
from mtl_rec.data.synthetic_shop.behaviour import Behaviour, draw_behaviour
from mtl_rec.data.synthetic_shop.catalogue import Catalogue, draw_catalogue
from mtl_rec.data.synthetic_shop.components import draw_components
from mtl_rec.data.synthetic_shop.customers import Customers, draw_customers
from mtl_rec.data.synthetic_shop.exposures import Exposures, draw_exposures
from mtl_rec.data.synthetic_shop.streams import random_streams


@dataclass(frozen=True)
class Backstage:
    catalogue: Catalogue
    customers: Customers
    exposures: Exposures
    components: dict[str, np.ndarray]
    behaviour: Behaviour


@pytest.fixture(scope="session")
def size() -> dict[str, int]:
    return {
        "num_exposures": 60_000,
        "num_users": 2_000,
        "num_items": 1_000,
        "num_days": 30,
        "seed": 11,
    }


@pytest.fixture(scope="session")
def shop(size) -> pa.Table:
    return simulate_shop(**size)


@pytest.fixture(scope="session")
def backstage(size) -> Backstage:
    num_days = size["num_days"]
    streams = random_streams(size["seed"])
    catalogue = draw_catalogue(size["num_items"], num_days, streams)
    customers = draw_customers(size["num_users"], streams["customers"])
    exposures = draw_exposures(
        size["num_exposures"], num_days, catalogue, customers, streams["exposures"]
    )
    components = draw_components(exposures, catalogue, customers, num_days, streams)
    logits = np.sum(list(components.values()), axis=0)
    behaviour = draw_behaviour(logits, streams["labels"])
    return Backstage(catalogue, customers, exposures, components, behaviour)
