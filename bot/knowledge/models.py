"""The shape of the knowledge files, as pydantic models: what the loader validates and editors complete.

Descriptions are Chinese: editors show them to admins.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from bot.items import Kind

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
ID_LIMIT = 40
ANSWER_LIMIT = 600
SHORT_LIMIT = 100
NEGATIVE_LIMIT = 200
"""As many characters of a question are read as one text."""

OWNER_LIMIT = 20

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
BAD_DATE, NO_SUCH_DAY = "bad_date", "no_such_day"
"""The types of pydantic's errors for what is not written as a date, and for a day that no calendar has."""


def _checked_date(text: str) -> str:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise PydanticCustomError(BAD_DATE, "not YYYY-MM-DD")
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError(NO_SUCH_DAY, "no such day") from error
    return text


Day = Annotated[Text, AfterValidator(_checked_date), Field(json_schema_extra={"format": "date"})]
"""A date that stays text, as YYYY-MM-DD."""


class Strict(BaseModel):
    """Unknown keys are faults: a misspelt key would silently lose its text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ItemEntry(Strict):
    """一个条目:一个问题和它的回答。"""

    id: Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=ID_LIMIT)] = Field(
        description="编号:小写英文、数字和短横线,全库唯一,删掉的也不再用"
    )
    kind: Literal["answer", "not-covered", "small-talk"] = Field(
        Kind.ANSWER.value, description="answer 回答(默认);not-covered 讲话没说;small-talk 寒暄"
    )
    question: Text = Field(description="标准问法,会显示在按钮上")
    phrasings: tuple[Text, ...] = Field((), description="其他问法,越多样越好")
    keywords: tuple[Text, ...] = Field((), description="可不写:光发这个词过来,就用这一条回答")
    negatives: tuple[Annotated[Text, StringConstraints(max_length=NEGATIVE_LIMIT)], ...] = Field(
        (), description="可不写:反例,这么问的时候绝不用这一条"
    )
    answer: Annotated[Text, StringConstraints(max_length=ANSWER_LIMIT)] = Field(
        description="回答:一般不超过 300 字,列举时不超过 600 字"
    )
    source: tuple[Text, ...] = Field((), description="出自哪几段:speech.yaml 里的编号;只有 answer 要写")
    related: tuple[Text, ...] = Field((), description="可不写:相关条目的编号")
    short: Annotated[Text, StringConstraints(max_length=SHORT_LIMIT)] = Field(
        "", description="可不写:一句话的回答,嫌长的人看这一句"
    )
    valid_until: Day = Field("", description="可不写:有效期,这条回答到哪一天为止还算数,写成 2026-12-31")
    review_by: Day = Field("", description="可不写:最晚哪一天要再看一遍,写成 2026-12-31")
    owner: Annotated[Text, StringConstraints(max_length=OWNER_LIMIT, pattern=r"^[^\r\n\u0085\u2028\u2029]*$")] = Field(
        "", description="可不写:这条回答归谁管,一个管理员都认得的称呼"
    )


class ItemFile(Strict):
    """条目文件:一个话题和它的条目。"""

    topic: Text = Field(description="话题的名字")
    items: tuple[ItemEntry, ...] = Field(description="条目")


class SpeechFile(Strict):
    """speech.yaml:讲话的提纲。"""

    title: Text = Field(description="讲话的标题")
    paragraphs: dict[Text, Text] = Field(description="段落编号: 它在讲话里的位置")
    others: dict[Text, Text] = Field({}, description="可不写:其他文件的编号和名称")


class SynonymsFile(Strict):
    """synonyms.yaml:意思一样的词。"""

    synonyms: tuple[Annotated[tuple[Text, ...], Field(min_length=2)], ...] = Field(
        description="每组第一个是标准说法,后面是别的说法"
    )


class FramesFile(Strict):
    """frames.yaml:提问时的套话。"""

    frames: tuple[Text, ...] = Field(description="请问、是什么、有哪些……")
