"""Trains the confidence model that the program ships with: ``make train``."""
