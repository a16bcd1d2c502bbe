"""Raw features to packed ids and numbers; TensorFlow whatever the Keras backend."""

from mtl_rec.preprocess.preprocessor import Preprocessor

__all__ = ["Preprocessor"]
