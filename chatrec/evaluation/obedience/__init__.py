"""Whether what people ask for is obeyed: dialogues made from a catalogue's facets, whose wishes are known, and what came of them.

Knows: catalogues and items, how wishes are said, what was shown for them. Does not know: the reader, the engine, models.
"""
