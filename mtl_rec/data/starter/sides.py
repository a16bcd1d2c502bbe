"""Whose a column is: the user's, the item's, or the moment's."""

from mtl_rec.config.feature_section import Side
from mtl_rec.data.starter import names
from mtl_rec.data.starter.dependence import determined_share
from mtl_rec.data.starter.names import has_word, is_moment, words
from mtl_rec.data.starter.profile import Column
from mtl_rec.data.starter.roles import Role

FOLLOWS = 0.98
"""Share of rows from which a column is said to follow from an id."""


def side_of(column: Column, user: Role | None, item: Role | None) -> tuple[Side, str]:
    """The side, and why.

    Values decide where ids repeat; where they follow from both ids or from none, the
    name does.
    """
    by_name = _by_name(column)
    if column.kind == "list" and has_word(column.name, names.HISTORY):
        return by_name or "user", "what a user did before"
    if user is None and item is None:
        return by_name or "user", ""
    is_users, is_items = (_follows(column, role) for role in (user, item))
    if is_users and not is_items:
        return "user", "one value for each user"
    if is_items and not is_users:
        return "item", "one value for each item"
    if by_name:
        return by_name, ""
    return ("user", "") if is_users else ("context", "")


def _follows(column: Column, owner: Role | None) -> bool:
    return owner is not None and determined_share(column, owner.column) > FOLLOWS


def _by_name(column: Column) -> Side | None:
    found = words(column.name)
    if is_moment(column.name):
        return "context"
    known: tuple[tuple[Side, tuple[str, ...]], ...] = (
        ("user", (*names.USER_TRAIT, *names.USER[:-2])),
        ("item", (*names.ITEM_TRAIT, *names.ITEM)),
        ("context", names.MOMENT),
    )
    for side, owners in known:
        # What a user did with items is the user's: the first word says whose it is.
        if found and found[0] in owners:
            return side
    for side, owners in known:
        if any(word in owners for word in found):
            return side
    return "user" if any(word in names.HISTORY[:5] for word in found) else None
