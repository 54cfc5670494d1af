"""Measured quality and scripted dialogues: floor 8, beside the web."""
