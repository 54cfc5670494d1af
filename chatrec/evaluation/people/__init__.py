"""Simulated people: persons with a hidden wanted item, played by code, put to ChatRec or to any other system, and what came of it."""
