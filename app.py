"""`python app.py` starts everything: settings -> engine -> web.server. `python -m chatrec --help` has more verbs."""

import sys

from chatrec import settings
from chatrec.errors import ChatRecError
from chatrec.observe import configure


def main() -> int:
    try:
        chosen = settings.load()
        configure(chosen.log_level)
        from chatrec.web.server import run

        run(chosen, chosen.host, chosen.port)
    except ChatRecError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
