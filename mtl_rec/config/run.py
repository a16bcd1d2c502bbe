"""A whole run: the sections of one YAML file."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from mtl_rec.config.base import Section
from mtl_rec.config.checks import find_problems
from mtl_rec.config.data import Data
from mtl_rec.config.declared import refuse
from mtl_rec.config.evaluation import Evaluation
from mtl_rec.config.evaluation_checks import slice_problems
from mtl_rec.config.events import EventLog
from mtl_rec.config.export import Export
from mtl_rec.config.export_checks import ranking_problems
from mtl_rec.config.features import Feature
from mtl_rec.config.language_model_checks import language_model_problems
from mtl_rec.config.log_checks import log_problems
from mtl_rec.config.model import Model
from mtl_rec.config.regularizer_checks import regularizer_problems
from mtl_rec.config.retrieval import Retrieval
from mtl_rec.config.retrieval_checks import retrieval_problems
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training

RunName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=100)
]


class RunConfig(Section):
    """Everything a run is made of; one YAML file."""

    name: RunName
    """Folder name of the run and of its exports."""
    seed: int = Field(1, ge=0, lt=2**32)
    """Seed of initial weights, batch order and dropout."""
    data: Data
    features: tuple[Feature, ...]
    tasks: tuple[Task, ...]
    model: Model
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    export: Export = Export()
    retrieval: Retrieval = Retrieval()

    @model_validator(mode="after")
    def _sections_fit_together(self):
        metric = self.training.early_stopping.metric
        kept = getattr(self.data.source, "kept_negatives", None)
        refuse(
            [
                *find_problems(self.features, self.tasks, metric, kept),
                *ranking_problems(self.export.ranking, self.features, self.tasks),
                *slice_problems(self.evaluation, self.features),
                *regularizer_problems(self.training, self.features),
                *language_model_problems(self.training, self.features),
                *retrieval_problems(self.retrieval, self.features, self.tasks),
            ]
        )
        if isinstance(self.data.source, EventLog):
            refuse(log_problems(self.data.source, self.features, self.tasks))
        return self
