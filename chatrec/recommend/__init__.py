"""The recommend room: which twenty items, from sources behind one protocol, and why each of them."""
