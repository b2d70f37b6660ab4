"""`python -m reelspec`."""

from reelspec.cli import main

if __name__ == "__main__":
    main(prog_name="reelspec")
