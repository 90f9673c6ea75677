"""`python -m httpheaders`."""

from httpheaders.cli.main import run

if __name__ == "__main__":
    run()
