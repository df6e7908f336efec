"""Values of Japanese administration: text, calendar, numbers (no Flask, no database)."""
