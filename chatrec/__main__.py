"""`python -m chatrec`: the command line."""

import sys

try:
    from chatrec.cli import main
except ModuleNotFoundError as error:  # nothing is installed yet, not even what would say so nicely
    sys.exit(f"ChatRec needs the package {error.name}. Install what it needs with: make setup")

if __name__ == "__main__":
    sys.exit(main())
