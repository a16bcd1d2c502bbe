"""What names of columns say: words of the trade, in the spellings that logs have."""

import re
from collections.abc import Iterable

USER = (
    *("user", "usr", "uid", "customer", "cust", "visitor", "fullvisitor", "client"),
    *("buyer", "member", "account", "shopper", "guest", "person", "household"),
    *("consumer", "subscriber", "viewer", "reader", "player", "profile", "patient"),
    *("cookie", "device"),
)
ITEM = (
    *("item", "iid", "product", "prod", "sku", "asin", "article", "goods", "pid"),
    *("merchandise", "movie", "film", "song", "track", "video", "book", "listing"),
    *("advert", "ad", "creative", "offer", "content", "doc", "document", "news"),
    *("story", "post", "course", "recipe", "game", "app", "hotel", "isbn", "ean"),
    *("gtin", "style", "artist", "podcast", "job"),
)
ID = ("id", "ids", "code", "no", "nr", "number", "key", "uuid", "guid", "hash", "num")
EVENT = (
    *("event", "action", "activity", "behavior", "behaviour", "interaction", "verb"),
    *("operation", "op", "act", "type", "kind", "eventtype", "feedback"),
)
TIME = (
    *("time", "timestamp", "ts", "date", "datetime", "day", "at", "created", "when"),
    *("occurred", "moment", "epoch", "unixtime", "dt", "seconds", "ms", "clock"),
)
LABEL = (
    *("label", "target", "y", "outcome", "response", "click", "clicked", "clk"),
    *("like", "liked", "fav", "favorite", "favourite", "favorited", "favourited"),
    *("cart", "carted", "atc", "basket", "buy", "bought", "purchase", "purchased"),
    *("order", "ordered", "convert", "converted", "conversion", "conv", "paid", "pay"),
    *("install", "installed", "download", "downloaded", "follow", "followed", "share"),
    *("shared", "comment", "commented", "watched", "finish", "finished", "completed"),
    *("view", "viewed", "subscribed", "subscribe", "signup", "registered", "churn"),
    *("churned", "opened", "replied", "booked", "applied", "saved", "returned"),
    *("addtocart", "checkout", "wishlist", "wishlisted", "forward", "played", "read"),
)
VALUE_LABEL = ("rating", "ratings", "stars", "score", "grade")
HISTORY = (
    *("history", "hist", "past", "prev", "previous", "last", "recent", "before"),
    *("sequence", "seq", "clicked", "viewed", "bought", "list", "log"),
)
COUNTED = (
    *("num", "count", "cnt", "total", "avg", "mean", "rate", "ctr", "cvr", "days"),
    *("ago", "past", "prev", "previous", "last", "before", "history", "hist", "max"),
    *("min", "sum", "ratio", "since", "recent", "n"),
)
USER_TRAIT = (
    *("age", "gender", "sex", "occupation", "income", "education", "loyalty"),
    *("membership", "birth", "marital", "tenure"),
)
ITEM_TRAIT = (
    *("price", "brand", "category", "cat", "title", "color", "colour", "size"),
    *("genre", "manufacturer", "seller", "shop", "description", "department", "stock"),
    *("discount", "author", "publisher", "rating", "material", "vendor"),
)
MOMENT = (
    *("device", "os", "browser", "position", "pos", "slot"),
    *("query", "page", "channel", "platform", "referrer", "campaign", "placement"),
    *("session", "weather", "season", "network", "rank", "app"),
)
UNIT = ("hour", "weekday", "dow", "day", "month", "year", "week", "quarter")
"""Names of moments; of amounts as well, where more words stand beside them."""

CODE = (
    *("code", "id", "zip", "postcode", "type", "class", "category", "cat", "brand"),
    *("group", "segment", "recode", "region", "position", "pos", "slot", "level"),
    *("cluster", "gender", "sex", "country", "state", "city", "store", "seller"),
    *("shop", "department", "channel", "veterans"),
)
TEXT = (
    *("title", "text", "description", "desc", "query", "search", "headline", "review"),
    *("comment", "summary", "body", "caption", "message", "keywords"),
)
AMOUNT = (
    *("revenue", "amount", "quantity", "qty", "paid", "spent", "total", "gmv"),
    *("dwell", "duration", "sales", "payment", "refund"),
)

_ENDS = ("id", "code", "key", "no")
_OWNERS = frozenset((*USER, *ITEM, *EVENT, "session", "order", "category", "brand"))


def words(name: str) -> list[str]:
    """The words of a name in lower case: `userId`, `USER_ID` and `userid` are alike."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    found = []
    for word in re.split(r"[\W_]+", spaced.lower()):
        found += _parted(word.rstrip("0123456789") or word)
    return [word for word in found if word]


def has_word(name: str, known: Iterable[str]) -> bool:
    """Whether one of these is a word of the name."""
    return not set(words(name)).isdisjoint(known)


def is_moment(name: str) -> bool:
    """Whether it is the hour or the weekday, and not an amount per hour."""
    return len(words(name)) <= 2 and has_word(name, UNIT)


def cleaned(name: str, fallback: str) -> str:
    """A name that features and tasks may have.

    Args:
        name: As the data has it.
        fallback: What to take where nothing of it is left.
    """
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    if not re.match(r"[A-Za-z]", plain):
        plain = f"{fallback}_{plain}".rstrip("_") if plain else fallback
    plain = plain.replace("_given_", "_of_")
    return plain if plain == name else plain.lower()


def _parted(word: str) -> list[str]:
    """`userid` is `user` and `id`."""
    for end in _ENDS:
        if word.endswith(end) and word.removesuffix(end) in _OWNERS:
            return [word.removesuffix(end), end]
    if word.startswith("is") and word.removeprefix("is") in LABEL:
        return ["is", word.removeprefix("is")]
    return [word]
