"""The models that are trained, by whom, and what ours must reach."""

from dataclasses import dataclass

OURS = "ours"


@dataclass(frozen=True)
class Case:
    """One model and batch size, the same for every contender.

    Attributes:
        architecture: `mmoe` or `shared_bottom`.
        units: Widths of every expert, or of the shared bottom.
        tower_units: Widths of every task's tower.
        batch_size: Rows of a step.
        contenders: By name in `CONTENDERS`; the first is ours.
    """

    architecture: str
    units: tuple[int, ...]
    tower_units: tuple[int, ...]
    batch_size: int
    contenders: tuple[str, ...]
    num_experts: int = 8
    embedding_dim: int = 16
    learning_rate: float = 1e-3


@dataclass(frozen=True)
class Contender:
    """How one contender is run.

    Attributes:
        module: In this folder.
        environment: Of `requirements-<environment>.txt`; None is the one that runs the
            benchmark.
        variant: What the module is asked for: a backend, or whether it is fed by the
            `loader` that the library ships or by `slices` of tensors.
    """

    module: str
    environment: str | None
    variant: str


CONTENDERS = {
    OURS: Contender("ours", None, "tensorflow"),
    "ours on JAX": Contender("ours", None, "jax"),
    "DeepCTR": Contender("deepctr", "deepctr", "fit"),
    "torch-rechub": Contender("torch_rechub", "torch", "loader"),
    "torch-rechub, no loader": Contender("torch_rechub", "torch", "slices"),
    "MTReclib": Contender("mtreclib", "torch", "loader"),
    "MTReclib, no loader": Contender("mtreclib", "torch", "slices"),
    "plain torch": Contender("plain_torch", "torch", "slices"),
}

SHORT = (OURS, "ours on JAX", "DeepCTR", "plain torch")
CASES = {
    "mmoe-2048": Case("mmoe", (16,), (8,), 2048, tuple(CONTENDERS)),
    "mmoe-512": Case("mmoe", (16,), (8,), 512, SHORT),
    "shared-bottom-2048": Case("shared_bottom", (128,), (8,), 2048, SHORT),
    "wide-2048": Case("mmoe", (256, 128), (64,), 2048, SHORT),
}

# CPU-seconds a row of the contender over ours: the bar, and the stretch goal if any.
LIMITS = {
    ("mmoe-2048", "DeepCTR"): (2.0, 2.4),
    ("mmoe-2048", "torch-rechub"): (6.0, None),
    ("mmoe-2048", "MTReclib"): (4.5, None),
    ("mmoe-2048", "torch-rechub, no loader"): (1.9, None),
    ("mmoe-2048", "MTReclib, no loader"): (1.9, None),
    ("mmoe-512", "DeepCTR"): (3.0, 3.6),
    ("shared-bottom-2048", "DeepCTR"): (2.3, None),
    ("wide-2048", "DeepCTR"): (0.95, 1.1),
}
