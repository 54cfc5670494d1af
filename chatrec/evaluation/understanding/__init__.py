"""How well wishes are understood: labelled dialogues put to the reader (or to a model's decide), turn by turn, in figures.

Knows: labelled files, three public corpora, what counts as heard, intervals. Does not know: answers, recommendations, web.
"""
