"""The admins' page: the knowledge, the misses and the figures in a browser, with the chat's checks and undo."""
