"""All that a config asks of a train step beside its loss."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import keras

from mtl_rec.training.regularizers.label_smoothing import LabelSmoothing
from mtl_rec.training.regularizers.token_noise import TokenNoise
from mtl_rec.training.regularizers.unknown_ids import UnknownIds


@keras.saving.register_keras_serializable(package="mtl_rec")
class Regularizers:
    """What a train step does to a batch and to embeddings; predictions see none of it.

    Args:
        unknown_ids: For some of the packed ids.
        token_noise: For some of the texts.
        label_smoothing: Of the events.
        adversarial_norm: Where it is given, the loss is the mean of that of a batch and
            that of the batch with embeddings perturbed by so much. Goodfellow, Shlens
            and Szegedy, "Explaining and Harnessing Adversarial Examples", ICLR 2015,
            section 6, weigh the two alike.
    """

    def __init__(
        self,
        unknown_ids: Sequence[UnknownIds] = (),
        token_noise: Sequence[TokenNoise] = (),
        label_smoothing: LabelSmoothing | None = None,
        adversarial_norm: float | None = None,
    ) -> None:
        self.unknown_ids = tuple(unknown_ids)
        self.token_noise = tuple(token_noise)
        self.label_smoothing = label_smoothing
        self.adversarial_norm = adversarial_norm

    @property
    def are_any(self) -> bool:
        """Whether a step does anything of it."""
        return any(self.get_config().values())

    def inputs(self, x: Any, step: Any) -> Any:
        """The inputs of one batch that a step learns from.

        Args:
            x: By name, where anything changes them.
            step: Steps taken before it.
        """
        for change in (*self.unknown_ids, *self.token_noise):
            x = {**x, change.input_name: change(x[change.input_name], step)}
        return x

    def labels(self, y: Any) -> Any:
        """The labels of one batch that a step learns from, by task."""
        return self.label_smoothing(y) if self.label_smoothing else y

    def get_config(self) -> dict[str, Any]:
        """The arguments as plain values."""
        smoothing = self.label_smoothing
        return {
            "unknown_ids": [asdict(own) for own in self.unknown_ids],
            "token_noise": [asdict(own) for own in self.token_noise],
            "label_smoothing": asdict(smoothing) if smoothing else None,
            "adversarial_norm": self.adversarial_norm,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Regularizers":
        """Called by Keras."""
        smoothing = config["label_smoothing"]
        return cls(
            [UnknownIds(**own) for own in config["unknown_ids"]],
            [TokenNoise(**own) for own in config["token_noise"]],
            LabelSmoothing(**smoothing) if smoothing else None,
            config["adversarial_norm"],
        )
