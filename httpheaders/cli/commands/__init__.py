"""One file a command: its options, one call into the core, and the keys of its answer."""
