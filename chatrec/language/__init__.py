"""The language room: normal form, tokens, numerals, script, and the sentences the app itself speaks."""
