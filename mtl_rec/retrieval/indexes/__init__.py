"""Nearest items among many: by inner product, exactly or nearly so."""
