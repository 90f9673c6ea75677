"""The command line: it reads, calls one core function, and writes. The core never imports it."""
