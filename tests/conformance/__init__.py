"""The suites of other projects, held against this one; their data stay outside the project."""
