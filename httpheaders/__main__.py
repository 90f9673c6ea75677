"""`python -m httpheaders`."""

from httpheaders.cli.start import run

if __name__ == "__main__":
    run()
