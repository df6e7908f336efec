"""Files exchanged with others (no Flask, no database)."""
