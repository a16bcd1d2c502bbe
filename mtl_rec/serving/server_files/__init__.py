"""Files that TensorFlow Serving is started with, written anew as versions change."""
