"""What admins read on the page, in Chinese: a module for each page, named like its template, and the frame of all."""

from bot.texts.page import figures, frame, history, items, miss_cluster, misses, status, transfer, trial

__all__ = ["figures", "frame", "history", "items", "miss_cluster", "misses", "status", "transfer", "trial"]
