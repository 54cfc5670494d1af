"""Upkeep: what is rebuilt and healed behind the scenes, never in a person's way."""
