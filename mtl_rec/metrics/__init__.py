"""Metrics as functions of labels and predictions; a module for each kind of task."""
