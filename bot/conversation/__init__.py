"""One dialogue for Telegram and the terminal, without I/O."""
