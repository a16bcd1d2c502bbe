"""Raw logs and side tables to usable rows: damage is counted and kept."""

from mtl_rec.data.events.reading.events import events_from_rows, read_events
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.data.events.reading.side_tables import read_side_table

__all__ = ["RejectedRows", "events_from_rows", "read_events", "read_side_table"]
