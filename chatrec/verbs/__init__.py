"""The verbs of the command line, a file a group. `chatrec.cli` puts them together."""
