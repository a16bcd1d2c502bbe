"""What is exported, how candidates are ranked, and what a new version must reach."""

from pydantic import NonNegativeFloat, PositiveFloat

from mtl_rec.config.base import Count, NonEmpty, Section


class ScoreTerm(Section):
    """One factor of the score, `(weight * output) ** power`."""

    output: NonEmpty
    """A served output, such as `click` or `purchase_given_click`."""
    weight: PositiveFloat = 1.0
    power: PositiveFloat = 1.0


class Ranking(Section):
    """How the signature `rank` makes one score of the outputs of a candidate."""

    score: tuple[ScoreTerm, ...] = ()
    """Factors of the score. Not given: the deepest event of the funnel."""
    times: NonEmpty | None = None
    """A numeric feature that multiplies the score, such as `price`. Where it is
    missing or negative the score is 0."""
    top_k: Count | None = None
    """Candidates in `order`, best first. Not given: all."""


class Gate(Section):
    """What a new version must reach beside the one that is served now."""

    max_auc_drop: NonNegativeFloat = 0.005
    """Highest loss of AUC of a task."""
    max_calibration_error: NonNegativeFloat = 0.1
    """Highest distance of mean prediction / observed rate from 1."""
    min_positives: Count = 1000
    """Events that a task needs in the rows to be judged: with 100, chance alone moves
    an observed rate by a tenth."""
    max_recall_loss: NonNegativeFloat = 0.1
    """Highest loss of recall of a retrieval version, as a share of the served one's.
    Each has its own test rows, so that some of it is chance."""


class Export(Section):
    """The version that TensorFlow Serving loads."""

    directory: NonEmpty = "saved_models"
    """Versions go to `<directory>/<run name>/<version>`."""
    verify_rows: Count = 1000
    """Test rows scored by every rung of the verification."""
    ranking: Ranking = Ranking()
    gate: Gate = Gate()
