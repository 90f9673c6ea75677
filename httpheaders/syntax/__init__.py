"""Text to values, without meaning: the grammars that fields are written in."""
