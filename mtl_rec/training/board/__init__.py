"""TensorBoard's dashboards of a run, on every backend and without TensorFlow."""

from mtl_rec.training.board.making import board_callbacks
from mtl_rec.training.board.notes import BoardNotes
from mtl_rec.training.board.result import add_results

__all__ = ["BoardNotes", "add_results", "board_callbacks"]
