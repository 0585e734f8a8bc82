"""Lanes: each looks at a question in one way and scores items 0..1."""

from bot.matching.lanes.characters import Characters
from bot.matching.lanes.edit import Edit
from bot.matching.lanes.focus import Focus
from bot.matching.lanes.interface import Asked, Lane, Scores
from bot.matching.lanes.sound import Sound

__all__ = ["Asked", "Characters", "Edit", "Focus", "Lane", "Scores", "Sound"]
