"""Models: one protocol, one ladder, and the encoder. See model.py for the shape, ladder.py for the order."""
