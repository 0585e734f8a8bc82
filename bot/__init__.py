"""A Telegram bot that answers questions about a campaign from a knowledge base, and logs what it can't answer."""
