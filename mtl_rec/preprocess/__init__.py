"""Raw features to packed ids and numbers; TensorFlow whatever the Keras backend."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

__all__ = ["Preprocessor"]

# Loaded when used: what was learned can be read without TensorFlow.
if TYPE_CHECKING:
    from mtl_rec.preprocess.preprocessor import Preprocessor
else:
    __getattr__ = lazy_names(__name__, {"Preprocessor": "preprocessor"})
