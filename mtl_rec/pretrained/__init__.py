"""Language models that others have trained, for vectors of texts."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

__all__ = ["TextEncoder", "load_text_encoder"]

# KerasHub, which is an extra, is loaded with an encoder.
if TYPE_CHECKING:
    from mtl_rec.pretrained.loading import load_text_encoder
    from mtl_rec.pretrained.text_encoder import TextEncoder
else:
    __getattr__ = lazy_names(
        __name__, {"TextEncoder": "text_encoder", "load_text_encoder": "loading"}
    )
