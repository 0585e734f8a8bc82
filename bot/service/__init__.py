"""The running process: its background tasks, its health, its HTTP server, what is deleted when."""
