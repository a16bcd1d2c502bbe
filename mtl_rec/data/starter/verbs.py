"""Types of events, in the words that logs have for them."""

import re
from dataclasses import dataclass
from typing import Literal

from mtl_rec.data.starter.names import cleaned

Depth = Literal[
    "shown", "met", "undone", "liked", "cart", "checkout", "bought", "other"
]

_VERBS: dict[tuple[str, Depth], str] = {
    ("impression", "shown"): "impression impressions imp show shown exposure expose "
    "display displayed serve served product_impression view_item_list",
    ("view", "met"): "view views pv pageview page_view browse visit detail details "
    "product_view view_item view_content viewcontent viewed product_viewed detail_view "
    "view_product screen_view item_view product_detail impression_click open",
    ("click", "met"): "click clicks clicked clk tap product_click select_item "
    "select_content click_item",
    ("play", "met"): "play played watch watched stream listen listened",
    ("read", "met"): "read",
    ("rate", "met"): "rate rated rating review reviewed",
    ("favourite", "liked"): "fav favorite favourite favorited like liked collect "
    "wishlist add_to_wishlist addtowishlist save saved bookmark star follow thumbs_up "
    "add_to_favorites addtofavorites upvote",
    ("cart", "cart"): "cart add_to_cart addtocart add_cart addcart atc basket "
    "add_to_basket addtobasket added_to_cart product_added add add_to_bag carted",
    ("checkout", "checkout"): "checkout begin_checkout initiate_checkout "
    "checkout_started start_checkout initiatecheckout checkout_start",
    ("purchase", "bought"): "buy purchase transaction order bought purchased pay paid "
    "payment conversion convert order_completed completed_order complete_order sale "
    "sold purchase_complete checkout_complete ordered place_order subscribe install",
    ("remove", "undone"): "remove remove_from_cart removefromcart delete unfavorite "
    "unlike dislike return refund cancel cancelled returned product_removed unfollow "
    "skip thumbs_down downvote",
}


@dataclass(frozen=True)
class EventType:
    """One of the log's types of events.

    Attributes:
        word: As the log has it.
        name: The name used here.
        depth: How far down the funnel it is.
        is_known: Whether the word is one that logs usually have.
    """

    word: str
    name: str
    depth: Depth
    is_known: bool


def event_type(word: str) -> EventType:
    """What a log's word for an event means; a word that is not known is itself."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word.strip())
    text = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    for (name, depth), variants in _VERBS.items():
        if text in variants.split():
            return EventType(word, name, depth, True)
    return EventType(word, cleaned(word.lower(), "event"), "other", False)
