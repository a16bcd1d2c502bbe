"""Vectors of a two-tower model that was trained on a simulated shop."""

from typing import Any

import numpy as np

from nearest.vectors import Vectors

CATEGORIES, BRANDS, ID_BUCKETS, HISTORY = 2000, 20_000, 100_000, 5
BATCH = 1024


class _Shop:
    """Items of categories and brands, and users who stay with what they like."""

    def __init__(self, num_items: int, seed: int) -> None:
        self.random = random = np.random.default_rng(seed)
        shares = 1 / np.arange(1, CATEGORIES + 1) ** 0.8
        category = random.choice(CATEGORIES, num_items, p=shares / shares.sum())
        # By category, so that its items are neighbours and are drawn by their place.
        self.category = np.sort(category)
        self.starts = np.searchsorted(self.category, np.arange(CATEGORIES + 1))
        brands_of = random.integers(BRANDS, size=(CATEGORIES, 30))
        self.brand = brands_of[self.category, random.integers(30, size=num_items)]
        self.bucket = random.integers(ID_BUCKETS, size=num_items)
        self.price = random.normal(size=num_items).astype(np.float32)
        self.near = random.integers(CATEGORIES, size=(CATEGORIES, 8))

    def users(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Histories, `(users, HISTORY)`, and the item that each takes next."""
        home = self.category[self.random.integers(len(self.category), size=number)]
        shape = (number, HISTORY + 1)
        near = self.near[home[:, None], self.random.integers(8, size=shape)]
        stays = self.random.random(shape) < 0.6
        taken = self._items(np.where(stays, home[:, None], near))
        return taken[:, :HISTORY], taken[:, HISTORY]

    def _items(self, categories: np.ndarray) -> np.ndarray:
        """Of a category's items the first are the more popular ones."""
        starts, ends = self.starts[categories], self.starts[categories + 1]
        places = self.random.random(categories.shape) ** 3 * (ends - starts)
        return np.minimum(starts + places.astype(np.int64), len(self.category) - 1)

    def features(self, items: np.ndarray) -> list[np.ndarray]:
        """What the towers read of items."""
        own = self.category[items], self.brand[items], self.bucket[items]
        return [*own, self.price[items][..., None]]


def two_tower(
    num_items: int, num_queries: int, dim: int, seed: int, steps: int
) -> Vectors:
    """Vectors of all items, and of users who took no part in the training.

    The item's tower reads its category, brand, price and a hash of its id; the user's
    tower the items that were taken last. As the package's towers do, both put the
    embeddings themselves beside the `dim` numbers that their layers make, so that their
    dot product is part of the score. Training contrasts the item taken next with those
    of the batch's other users.
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    shop = _Shop(num_items, seed)
    item_tower, user_tower = _towers(dim)
    variables = [*item_tower.trainable_variables, *user_tower.trainable_variables]
    optimizer = keras.optimizers.Adam(2e-3)

    @tf.function
    def step(history, taken):
        with tf.GradientTape() as tape:
            users = user_tower(history)
            logits = tf.matmul(users, item_tower(taken), transpose_b=True)
            own = tf.nn.sparse_softmax_cross_entropy_with_logits(
                tf.range(len(users)), logits
            )
            loss = tf.reduce_mean(own)
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))

    for _ in range(steps):
        history, taken = shop.users(BATCH)
        step(shop.features(history), shop.features(taken))
    every = np.arange(num_items)
    items = item_tower.predict(shop.features(every), batch_size=16384, verbose=0)
    history, _ = shop.users(num_queries)
    return Vectors(items, user_tower.predict(shop.features(history), verbose=0))


def _towers(dim: int) -> tuple[Any, Any]:
    import keras

    tables = [
        keras.layers.Embedding(size, 32, keras.initializers.RandomNormal(stddev=0.3))
        for size in (CATEGORIES, BRANDS, ID_BUCKETS)
    ]

    def read(shape):
        inputs = [keras.Input(shape, dtype="int32") for _ in tables]
        price = keras.Input((*shape, 1))
        own = [table(ids) for table, ids in zip(tables, inputs, strict=True)]
        return [*inputs, price], keras.layers.concatenate([*own, price])

    def tower(inputs, own):
        learned = keras.layers.Dense(128, activation="relu")(own)
        learned = keras.layers.Dense(dim)(learned)
        # Without the price, the last.
        vector = keras.layers.concatenate([learned, own[:, :-1]])
        return keras.Model(inputs, vector)

    item_inputs, item = read(())
    user_inputs, history = read((HISTORY,))
    user = keras.layers.GlobalAveragePooling1D()(history)
    return tower(item_inputs, item), tower(user_inputs, user)
