"""What an HTTP message is, and how to read the messages that other programs wrote down."""
