"""How the model is trained."""

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    field_validator,
)

from mtl_rec.config.base import Count, NonEmpty, Section
from mtl_rec.config.regularizers import ColdStartDropout, Rate, TextAugmentation


class _OfTables(Section):
    """What every optimizer of tables can do."""

    l2: NonNegativeFloat = 30.0
    """How hard embeddings and kernels are pulled towards 0: `l2 * |w|^2` of them all is
    added, once, to the loss that is summed over the training exposures. What occurs
    rarely then stays near 0, and what occurs often follows its exposures, however many.
    In `split`, of tables alone."""
    global_clipnorm: PositiveFloat | None = None
    """Highest norm of all gradients together."""


class LazyAdam(_OfTables):
    """Adam that sums repeated ids of a batch and leaves the other rows alone."""

    kind: Literal["lazy_adam"]
    learning_rate: PositiveFloat = 1e-3


class RowAdagrad(_OfTables):
    """Adagrad that remembers one number for each row of a table."""

    kind: Literal["row_adagrad"]
    learning_rate: PositiveFloat = 1e-2


class SGD(_OfTables):
    """Gradient descent without momentum."""

    kind: Literal["sgd"]
    learning_rate: PositiveFloat = 1e-2


TableOptimizer = Annotated[LazyAdam | RowAdagrad | SGD, Field(discriminator="kind")]


class DenseAdam(Section):
    """Adam with decoupled weight decay, for dense weights."""

    learning_rate: PositiveFloat = 1e-3
    weight_decay: NonNegativeFloat = 0.0


class Split(Section):
    """One optimizer for embedding tables, Adam for dense weights."""

    kind: Literal["split"]
    tables: TableOptimizer
    dense: DenseAdam = DenseAdam()


Optimizer = Annotated[LazyAdam | RowAdagrad | SGD | Split, Field(discriminator="kind")]


class EarlyStopping(Section):
    """Stop when the validation metric has stopped getting better."""

    metric: str = "val_loss"
    """`val_loss`, `val_<task>_loss`, `val_<task>_auc` or `val_<task>_rmse`. The epoch
    that was best by it is the one that is kept."""
    patience: NonNegativeInt = 2
    """Epochs without a better value that are tolerated."""
    min_delta: NonNegativeFloat = 0.0
    """Change that counts as better."""


class CheckpointCadence(Section):
    """How often the state of training is saved; always at the end of an epoch."""

    every_steps: Count | None = None
    """Batches after which it is saved again within an epoch, at the end of a call."""
    every_minutes: PositiveFloat | None = 5.0
    """Minutes after which it is saved again within an epoch; null for never."""
    keep: Annotated[int, Field(ge=2)] = 2
    """Newest files that stay, beside the weights of the best epoch."""


class Training(Section):
    """Batches, epochs, optimizer and stopping."""

    backend: Literal["tensorflow", "jax"] = "tensorflow"
    """What trains. JAX does so in a process of its own, without TensorFlow, on encoded
    files; TensorFlow then evaluates and exports. Needs `mtl-rec[jax]`."""
    batch_size: Count = 512
    epochs: Count = 10
    optimizer: Optimizer = LazyAdam(kind="lazy_adam")
    early_stopping: EarlyStopping = EarlyStopping()
    average_half_life_epochs: PositiveFloat | None = 0.25
    """A moving average of the weights is validated, kept and served, in which what they
    were so many epochs ago counts half; null takes them as the last step of an epoch
    leaves them. Training itself is the same either way."""
    checkpoints: CheckpointCadence = CheckpointCadence()
    """A run that is killed goes on from the newest of them."""
    steps_per_call: Count | None = None
    """Batches that one compiled call trains on, one after the other. Not given: as many
    as make some sixteen thousand rows. To Keras' callbacks a call is one batch."""
    group_requests: bool = False
    """Put rows whose user has the same inputs into one batch, and encode the user once
    for all of them. Faster where users have lists and several rows at one moment; as
    batches are then of fewer users, compare the metrics."""
    jit: bool | None = None
    """Compile the step with XLA. Not given: always on JAX, and on TensorFlow but for
    models with Keras' own dropout on a CPU, whose random numbers XLA draws slowly."""
    precision: Literal["float32", "mixed_bfloat16"] = "float32"
    """What the products of a train step are computed in; weights, tables, logits and
    all that is predicted and served are float32 either way. `mixed_bfloat16` is for
    GPUs and TPUs, which have units for it. On a CPU, even one with AVX512-BF16, it
    gains nothing: measured per row, as long on TensorFlow and a third longer on JAX."""
    cold_start_dropout: ColdStartDropout | None = None
    """Make users and items unknown now and then, so that texts, categories and
    histories carry what ids cannot."""
    text_augmentation: TextAugmentation | None = None
    """Change texts a little in every step."""
    label_smoothing: Rate = 0.0
    """Share by which the label of an event is moved to the event's rate in the batch;
    the losses that training reports are of these labels, validation's are not."""
    adversarial_norm: PositiveFloat | None = None
    """Norm by which the embeddings of each exposure are moved in the direction that its
    loss minds most; the loss is then the mean of that of the batch and of its moved
    twin. Not given: no twin. With one a step takes more than twice as long."""
    warm_start: NonEmpty | None = None
    """Folder of a finished run whose weights are the start, as far as they are of the
    same values, features and tasks."""

    @field_validator("optimizer", mode="before")
    @classmethod
    def _lazy_adam_unless_stated(cls, optimizer: Any) -> Any:
        if isinstance(optimizer, dict) and "kind" not in optimizer:
            return {"kind": "lazy_adam", **optimizer}
        return optimizer
