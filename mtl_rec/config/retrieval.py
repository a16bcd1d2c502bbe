"""How candidates are found: the `retrieval` section of a run."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat

from mtl_rec.config.base import Count, Rate, Section
from mtl_rec.config.feature_section import Name
from mtl_rec.config.model import Units
from mtl_rec.config.retrieval_index import Exact, RetrievalIndex


class TwoTower(Section):
    """A tower of the user's features and one of the item's.

    Where both have ids, a factorization of these, trained by itself, is part of the
    score; how much of the sum counts is found on the validation users.
    """

    kind: Literal["two_tower"]
    dim: Count = 64
    """Width of the towers' vectors whose dot product is the score, and of the vectors
    of ids."""
    units: Units = (128,)
    """Widths of the layers of either tower before its vector."""
    dropout: Rate = 0.0
    """Share of hidden units dropped in training."""


class Content(Section):
    """Two towers, of which that of the item knows no id.

    It is for new items: what is said of them finds them from the first minute.
    Which epoch is best is told by the validation users' recall of such items, in lists
    of these alone, where a hundred users or more have one; else by that of all items.
    """

    kind: Literal["content"]
    dim: Count = 64
    """Width of the vectors whose dot product is the score."""
    units: Units = (128,)
    """Widths of the layers of either tower before its vector."""
    dropout: Rate = 0.0
    """Share of hidden units dropped in training."""
    popularity_discount: Rate | None = None
    """Power of how often an item was chosen that the weight of each time is divided by:
    with 0 each time counts alike, with 1 each item. Where what is said of items tells
    little of how often they are chosen, towers learn the popular ones by heart. Not
    given: 0; but where a hundred of the validation users or more should find a new
    item, 0.5 is tried too, and what finds more of them is kept."""


class MatrixFactorization(Section):
    """A vector for each user and each item, and nothing else."""

    kind: Literal["matrix_factorization"]
    dim: Count = 64
    """Width of the vectors."""


class Popularity(Section):
    """The items that most events were of."""

    kind: Literal["popularity"]
    within: Name | None = None
    """A feature of the item, such as `category`: each user gets what is popular among
    the values that a history of theirs holds, by their share of it. Not given: all
    users get the same."""


class ItemKnn(Section):
    """Items that the same users touched as those of a history.

    Reference: Sarwar, Karypis, Konstan and Riedl, "Item-Based Collaborative Filtering
    Recommendation Algorithms", WWW 2001, section 3.1.1.
    """

    kind: Literal["item_knn"]
    neighbours: Count = 100
    """Items that each item of a history brings at most."""
    shrinkage: NonNegativeFloat = 10.0
    """Users that are added to those who touched either of two items, lest a pair that
    one user touched be as close as two can be."""


Towers = TwoTower | Content | MatrixFactorization

RetrievalArchitecture = Annotated[
    Towers | Popularity | ItemKnn, Field(discriminator="kind")
]


class RetrievalTraining(Section):
    """How towers are trained: a softmax over the candidates of a batch."""

    batch_size: Count = 1024
    epochs: Count = 40
    learning_rate: PositiveFloat = 1e-3
    l2: NonNegativeFloat = 1.0
    """How hard embeddings and kernels are pulled towards 0, as in `training`."""
    temperature: PositiveFloat = 1.0
    """What scores are divided by before the softmax."""
    uniform_negatives: NonNegativeInt = 512
    """Items that every batch has beside its own, drawn from all that were there to be
    chosen, so that those without an event are learned about too."""
    hard_negatives: Count | None = None
    """Negatives of each row that count, those with the highest scores. Not given: all
    of the batch."""
    id_dropout: Rate = 0.5
    """Share of the rows whose user, and share whose item, is unknown in a step, so
    that histories, categories and texts carry what ids cannot. In
    `matrix_factorization`, which has nothing else, no id is hidden."""
    patience: NonNegativeInt = 4
    """Epochs without a better recall of the validation users that are tolerated."""
    jit: bool | None = None
    """Compile the step with XLA, which takes some seconds before the first. Not given:
    wherever `training.jit` would."""
    refit: bool = True
    """Train once more, on training and validation rows together, for as many epochs
    as were best: the newest events say most of those to come."""


class Retrieval(Section):
    """From all items to the few hundred that a ranker orders.

    References: Yi et al., "Sampling-Bias-Corrected Neural Modeling for Large Corpus
    Item Recommendations", RecSys 2019; Yang et al., "Mixed Negative Sampling for
    Learning Two-tower Neural Networks in Recommendations", WWW 2020.
    """

    architecture: RetrievalArchitecture = TwoTower(kind="two_tower")
    """What scores items."""
    event_weights: dict[Name, PositiveFloat] = Field(default_factory=dict)
    """By event, how much an exposure counts in which it happened; of several that
    happened the largest counts, and events that are not named count nothing. Not
    given: each counts 1."""
    training: RetrievalTraining = RetrievalTraining()
    top_k: Count = 300
    """Candidates that a request is answered with."""
    index: RetrievalIndex = Exact(kind="exact")
    """How `mtl-rec index` lays out the items of an exported version, where comparing
    all of them takes too long. Versions themselves compare every item."""
    cutoffs: Annotated[tuple[Count, ...], Field(min_length=1)] = (20, 100)
    """Each k of recall@k and the other metrics; the last says which epoch is best."""
    exclude_seen: bool = True
    """Whether towers are trained, and lists judged, for items that are new to their
    users, without those that they had events with; a server is told for each
    request."""
