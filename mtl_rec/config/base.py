"""The base of every section of a run's YAML file."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NonEmpty = Annotated[str, StringConstraints(min_length=1)]

Count = Annotated[int, Field(gt=0, lt=2**31)]
"""How many of something; ids are 32-bit numbers."""


Rate = Annotated[float, Field(ge=0, lt=1)]
"""Share that is dropped in training."""


class Section(BaseModel):
    """A frozen group of settings that refuses keys it does not know."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )
