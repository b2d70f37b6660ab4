"""`reel`: every model's jobs from a shell, by the clients beside it.

It knows no contract of its own: what it offers, checks and says comes from the
signatures and docstrings of the generated clients. It is all that needs the extra
reel-clients[cli].
"""

import sys


def main() -> None:
    """Run the command line of the distribution that this is part of."""
    try:
        from .program import program
    except ImportError as exc:
        if exc.name not in {"click", "rich"}:
            raise
        print("reel: needs reel-clients[cli]; pip install it", file=sys.stderr)
        sys.exit(4)
    program(__name__.partition(".")[0])(prog_name="reel")


__all__ = ["main"]
