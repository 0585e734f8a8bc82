"""Lanes: each looks at a question in one way and scores items 0..1."""

from bot.matching.lanes.answer_type import AnswerType
from bot.matching.lanes.characters import Characters
from bot.matching.lanes.edit_distance import EditDistance
from bot.matching.lanes.interface import Lane, Query, Scores
from bot.matching.lanes.sound import Sound

__all__ = ["AnswerType", "Characters", "EditDistance", "Lane", "Query", "Scores", "Sound"]
