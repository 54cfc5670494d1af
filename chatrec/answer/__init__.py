"""The answer room: one file a kind of turn, and `ground`, which checks every claim before it is said."""
