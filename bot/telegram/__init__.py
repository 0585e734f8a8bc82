"""Telegram's side of the dialogue."""
