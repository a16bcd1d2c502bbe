"""What stands for the vector of an id that a file lacks, by `kind`."""

from typing import Annotated, Literal

from pydantic import Field

from mtl_rec.config.base import Section
from mtl_rec.config.feature_section import Name


class MeanOfAll(Section):
    """The mean of all vectors, for such ids are more like them than like nothing."""

    kind: Literal["mean"] = "mean"


class EncodedText(Section):
    """The vector of the id's text, by the language model that wrote the file.

    The served graph has the language model, and runs it for such ids alone. Training
    never does: there the mean stands for them, as it does in histories that share the
    vectors, whose ids come without a text.
    """

    kind: Literal["encode"]
    text: Name
    """A feature of `kind: text` and the same side with an encoder of `kind: pretrained`
    that is frozen. It is read for such ids alone, and is no field of its own."""


VectorFallback = Annotated[MeanOfAll | EncodedText, Field(discriminator="kind")]
