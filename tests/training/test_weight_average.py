"""The average of the weights is what is validated and kept; training is as without."""

import keras
import numpy as np
import pytest

from mtl_rec.config.training import Training
from mtl_rec.errors import ArtifactError
from mtl_rec.training import fit_best

HALF_LIFE_EPOCHS = 0.3


class Seen(keras.callbacks.Callback):
    """Weights after every item, and as the end of every epoch has them."""

    def __init__(self):
        super().__init__()
        self.items, self.epochs = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.items.append([np.array(v) for v in self.model.trainable_variables])

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append([np.array(v) for v in self.model.trainable_variables])


@pytest.fixture
def train(make_model, exposures, validation):
    def run(folder, batch_size=64, **settings):
        config = Training(
            batch_size=batch_size,
            epochs=2,
            steps_per_call=1,
            early_stopping={"patience": 5},
            **settings,
        )
        seen, model = Seen(), make_model()
        history = fit_best(
            model, exposures, validation, config, folder, seed=1, callbacks=(seen,)
        )
        return seen, history, [np.array(v) for v in model.trainable_variables]

    return run


def average_of(weights, decay):
    """By its definition: newer ones count more, and all shares sum to one."""
    shares = decay ** np.arange(len(weights) - 1, -1, -1)
    shares = shares / shares.sum()
    return [
        np.tensordot(shares, np.stack(own), 1) for own in zip(*weights, strict=True)
    ]


# Ten items an epoch, each of which counts; and 38, of which every second does.
@pytest.mark.parametrize(("batch_size", "every"), [(64, 1), (16, 2)])
def test_an_epoch_ends_with_the_average_of_all_weights_so_far(
    batch_size, every, train, tmp_path
):
    seen, history, kept = train(
        tmp_path, batch_size, average_half_life_epochs=HALF_LIFE_EPOCHS
    )

    num_items = len(seen.items) // 2
    decay = 0.5 ** (every / (HALF_LIFE_EPOCHS * num_items))
    for epoch, found in enumerate(seen.epochs, start=1):
        counted = seen.items[: epoch * num_items][every - 1 :: every]
        for value, expected in zip(found, average_of(counted, decay), strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)
    best = np.argmin([logs["val_loss"] for logs in history])
    for value, expected in zip(kept, seen.epochs[best], strict=True):
        np.testing.assert_array_equal(value, expected)


def test_training_goes_on_from_the_weights_themselves(train, tmp_path):
    plain, plain_history, _ = train(tmp_path / "plain", average_half_life_epochs=None)
    seen, history, _ = train(tmp_path / "average", average_half_life_epochs=1.0)

    for own, others in zip(seen.items, plain.items, strict=True):
        for value, expected in zip(own, others, strict=True):
            np.testing.assert_array_equal(value, expected)
    losses, plain_losses = (
        [logs["loss"] for logs in own] for own in (history, plain_history)
    )
    assert losses == plain_losses
    # What is judged is the average.
    assert history[0]["val_loss"] != plain_history[0]["val_loss"]


def test_a_checkpoint_without_an_average_is_refused(train, tmp_path):
    train(tmp_path, average_half_life_epochs=None)

    with pytest.raises(ArtifactError, match="must have an average"):
        train(tmp_path, average_half_life_epochs=1.0)
