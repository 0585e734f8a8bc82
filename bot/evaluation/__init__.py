"""Offline: how good the answers are, and what an edit would do to them."""
