"""Grounding, part by part: sentences, the record's evidence, numbers, names and words, in English and in Chinese."""
