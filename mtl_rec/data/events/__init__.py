"""Event logs to labelled exposures, as of their own time."""

from mtl_rec.data.events.prepared import PreparedLog, build_exposures, prepare

__all__ = ["PreparedLog", "build_exposures", "prepare"]
