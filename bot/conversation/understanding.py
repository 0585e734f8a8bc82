"""What a message means where it is said: a choice, a word on the last reply, a part of a list, or a question."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from bot.conversation.callbacks import RejectSuggestions
from bot.conversation.context import Context
from bot.conversation.parts import parts_of, places_in
from bot.conversation.reply import Button, Reply
from bot.conversation.steering import steering_in, steering_of
from bot.conversation.steering_words import Steering
from bot.items import Item
from bot.matching import (
    Act,
    Answer,
    Matcher,
    NotCovered,
    Settled,
    SmallTalk,
    Suggestions,
    Unknown,
    Verdict,
    compact,
    is_asking,
)
from bot.snapshot import Snapshot

_SHORT = 14
"""Characters of a message that may lean on what was said before; who writes more says what is meant."""
_CHOICE = 24
"""Characters of a message that chooses from a list; a limit also to what the patterns try."""
_FRAGMENT = 8
"""Characters of a message that may be the half of a question."""
_KEPT = 3
"""Fragments that are read together."""
_WEAK = 0.3
"""Below this score what is suggested says too little to keep other meanings out."""
_SHARE = 0.4
"""The share of a message's weight that an item must hold to answer it together with what was said before."""
_SUBJECTS = 4
"""Terms of the last turn that a message is read with."""
_DROPPED = 8
"""Characters at the start of the last question in whose place another subject is tried."""
_LIGHT = re.compile(
    "什么时候|啥时候|啥子|时候|时间|地方|哪[里儿个些天年]?|几[号点时月]?|多[久少长大]|谁|怎么样?|咋个?|什么|啥|为什么|吗|呢|吧|啊|呀|嘛|来着|具体|"
    "没有?|不|要求|规定|负责|主持|举行|召开|参加|组织|成立|开始|结束|开[的了]?|讲[的了]?话?|说[的了]?话?|写|报|交|给|管|办|做|去|来|叫|是|有|要|会|能|在|的|了|过|次|回|篇|份|个|"
    "号|天|年|月|日|人|那|这|他|她|它|们|还|也|都|就|再|又|得|去|到|上|下|里|前|后|和|跟|对|与"
)
"""What asks, and what a question about anything may hold; the words that are left of a message are its own."""
_LEANING = re.compile("^(?:那么|那|然后|还有|再说|至于)(?![个些年天次份场时里])|(?:呢|咧|喃)$")
_AROUND = re.compile("^(?:那么|那|然后|还有|再说|至于|就|是)+(?![个些年天次份场时里])|(?:呢|咧|喃|吗|嘛|啊|呀|吧)+$")
_ORDINAL = re.compile(r"第[\d一二三四五六七八九十]+|头1[条个]")
_PRONOUN = re.compile(
    "(?:[他她它]们?|这个会|那个会|这次会|这场会|这个人|那个人|这份报告|这个文件|其中|这个|那个|这)的?"
)
_VAGUE = re.compile(
    "(?:那个|这个|那啥|内啥|内个|就是|我想问|想问|请问|问一下|嗯|呃|额|啊|然后|woxiangwen|我想|问|的|事|事情|情况)+"
)
_ASKS_TWICE = re.compile(r"[谁什么啥哪几多怎咋吗][^,，。?？;；]*[,，。?？;；].*[谁什么啥哪几多怎咋吗]")
"""A message that holds a word that asks on both sides of a mark."""
_POINTING = re.compile("(?:就是|就|嗯|额|呃|哦)*[那这]个(?:嘛|啊|吧|呢)*")
"""Who points at what has no name yet."""
_ASKING_ALONE = re.compile(
    "什么时候|啥时候|啥子时候|几时|多久|好久|哪天|几号|谁|哪个|哪里|哪儿|在哪|多少|几个|怎么办?|咋办?|咋个|什么|啥子?|么子|为什么|哪些|是|有"
)
_NUMBER = re.compile(
    r"(?:嗯|那|就|我|还是|要不|换|错了)*(?:选|要|看|按|点|换|想问|问的是|说的是|是|给我|打开)*(?:看看|看)?(第)?(\d{1,2})"
    "(?:个|条|项|号|种|题)?(?:问题|选项|那个)?(?:吧|啊|呀|呗|嘛|呢|的|也|行|看看|可以|好了)*"
)
_NUMBERED = re.compile(r"(?:选|要|看)?第?(\d{1,2})(?:个|条|项|号)?(.{2,})")
"""A number with a word of the option that has it."""
_SPELT = {f"di{number}ge": place for place, number in enumerate(("yi", "er", "san", "si", "wu"), start=1)}
"""Places as they are typed in pinyin."""
_PART_UNIT = re.compile("[条项点]|部分|方面")
"""What a part of a list is counted by; options are counted by 个."""
_CORRECTED = re.compile(
    "(?:我[说问]的)?(?:不是.{2,12}?[,，。 ]*(?:而)?是(.{2,12})|是(.{2,12}?)[,，。 ]*(?:而)?不是.{2,12})"
)
"""Who says what was meant, and what was not."""
_LAST = re.compile("(?:就|我|选|要|看|是|问的是)*最后(?:那?1)?[个条项](?:吧|啊|呀|呗|嘛|呢)*")
_CHOSEN_BY = re.compile("^(?:我是?[说问]的?是?|就是|是|选|要|看)|(?:那个|那条|这个|的那个|的|吧|呢)+$")
_ANY = frozenset(map(compact, ("随便", "随便一个", "随便吧", "随便选一个", "都行", "都可以", "哪个都行", "任意一个")))


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the options that were offered last."""

    button: Button


@dataclass(frozen=True, slots=True)
class Rejected:
    """None of the options that were offered last."""


@dataclass(frozen=True, slots=True)
class NoSuchOption:
    """A number that none of so many options has."""

    count: int


@dataclass(frozen=True, slots=True)
class Steered:
    """A word on the last reply."""

    steering: Steering


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of an answer that lists, by their places from 0; none if it has no such part."""

    item: Item
    places: Sequence[int]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A message that asks, and does not say about what; the next one may."""

    fragments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is read, and its verdict.

    ``leans``: it was read as something else than it says. ``fragments``: the messages that the next one may complete.
    """

    question: str
    verdict: Verdict
    leans: bool = False
    fragments: tuple[str, ...] = ()


Understanding = Chosen | Rejected | NoSuchOption | Steered | Parts | Incomplete | Asked


def understand(text: str, context: Context, snapshot: Snapshot) -> Understanding:  # noqa: PLR0911 - one return a meaning
    """What a message means after what was said last."""
    matcher = snapshot.matcher
    act, bare = matcher.act(text), _meant(matcher.peeled(text))
    if act is Act.OK and _POINTING.fullmatch(compact(text)):
        return Incomplete(context.fragments)
    if act is Act.NONE_OF_THESE and _can_reject(context.reply):
        return Rejected()
    if context.options and (choice := _choice(bare, context.options, matcher)):
        return choice
    if parts := _list_parts(bare, context, snapshot):
        return parts
    steering = steering_of(text) if (context.items and act is not Act.INSULT) or not act else None
    # Of what was no answer 谁说的 asks who gave the speech.
    is_question = steering is Steering.SOURCE and context.reply and not context.items
    if steering and not is_question and (context.reply or compact(text)):
        return Steered(steering)
    if act:
        return Asked(text, matcher.match(text))
    if context.earlier_options and (choice := _choice(bare, context.earlier_options, matcher)):
        return choice
    if not context.items and not matcher.is_term(bare) and places_in(bare, 1, 0) is not None:
        return NoSuchOption(0)
    return _question(bare, context, matcher)


def _meant(text: str) -> str:
    """What a correction says was meant, and a place as it is written; else the text itself."""
    if corrected := _CORRECTED.fullmatch(text):
        return str(corrected[1] or corrected[2])
    place = _SPELT.get(compact(text))
    return f"第{place}个" if place else text


def subjects_of(question: str, items: Sequence[Item], matcher: Matcher) -> tuple[str, ...]:
    """The terms that a question and its items are about, in standard form, the most telling first."""
    asked = matcher.subjects(question)
    own = [term for item in items for keyword in item.keywords for term in matcher.subjects(keyword)]
    named = [term for item in items for term in matcher.subjects(item.question)]
    telling = sorted((term for term in asked if term in own), key=len, reverse=True)
    return tuple(dict.fromkeys([*telling, *sorted(asked, key=len, reverse=True), *named, *own]))[:_SUBJECTS]


def _can_reject(reply: Reply | None) -> bool:
    """Whether the last reply offers to say that none of it was meant."""
    return reply is not None and any(isinstance(button.callback, RejectSuggestions) for button in reply.buttons)


def _choice(text: str, options: Sequence[Button], matcher: Matcher) -> Chosen | NoSuchOption | None:
    words = compact(text)
    if not 0 < len(words) <= _CHOICE:
        return None
    if words in _ANY:
        return Chosen(options[0])
    if _LAST.fullmatch(words):
        return Chosen(options[-1])
    number = None if matcher.is_term(text) else _number(words)
    if number is not None:
        return Chosen(options[number - 1]) if 0 < number <= len(options) else NoSuchOption(len(options))
    if (numbered := _NUMBERED.fullmatch(words)) and 0 < int(numbered[1]) <= len(options):
        button = options[int(numbered[1]) - 1]
        return Chosen(button) if matcher.form(numbered[2]) in matcher.form(button.label) else None
    form = matcher.form
    labels = [form(button.label) for button in options]
    named = [place for place, label in enumerate(labels) if label == form(words)]
    core = form(_CHOSEN_BY.sub("", words))
    if not named and not is_asking(words) and 1 < len(core) <= _FRAGMENT:
        named = [place for place, label in enumerate(labels) if core in label]
    return Chosen(options[named[0]]) if len(named) == 1 else None


def _number(words: str) -> int | None:
    """The number, counted from 1, that a message consists of."""
    found = _NUMBER.fullmatch(words)
    return int(found[2]) if found else None


def _list_parts(text: str, context: Context, snapshot: Snapshot) -> Parts | Asked | None:
    """The parts of a list that a message names: of the last answer, or of the list that it is a part of.

    The second comes first where the last question was about one of several, and where the next one is asked for.
    """
    if not context.items or snapshot.matcher.is_term(text) or places_in(text, 1, 0) is None:
        return None
    by_id = snapshot.base.by_id
    lists = [(by_id[key], context.place) for key in context.items if key in by_id]
    if _ORDINAL.search(context.question) and not compact(text).isdigit():
        form = snapshot.matcher.form
        named = [item for item in by_id.values() if not {*context.subjects}.isdisjoint(map(form, item.keywords))]
        lists = (
            [(item, None) for item in named if item.id not in context.items] + _lists_around(context, snapshot) + lists
        )
    elif places_in(text, 1) is None:
        lists = _lists_around(context, snapshot) + lists
    elif _PART_UNIT.search(text):
        lists += _lists_around(context, snapshot)
    for item, place in lists:
        parts = parts_of(item)
        places = places_in(text, len(parts), place) if parts else None
        if places is not None:
            return _own_item(item, parts, places, snapshot.matcher) or Parts(item, places)
    return None


def _own_item(item: Item, parts: Sequence[str], places: Sequence[int], matcher: Matcher) -> Asked | None:
    """The item that says more of the one part that is named, if there is one."""
    if len(places) != 1:
        return None
    part = parts[places[0]]
    about = matcher.subjects(part)
    readings = [f"{subject}第{places[0] + 1}条" for subject in subjects_of(item.question, [item], matcher)[:1]]
    for reading in (*readings, part):
        verdict = matcher.match(reading)
        if isinstance(verdict, Answer) and len(verdict.chosen) == 1 and (found := verdict.chosen[0].item) is not item:
            asked = matcher.form(found.question)
            if reading is part or any(term in asked for term in about):
                return Asked(next(iter(readings), reading), verdict, leans=True)
    return None


def _lists_around(context: Context, snapshot: Snapshot) -> list[tuple[Item, int | None]]:
    """The lists that the last answer is a part of, each with its place there; none if a part of it was shown."""
    if context.place is not None:
        return []
    others = [item for item in snapshot.base.items if item.id not in context.items]
    lists = [(item, [compact(part) for part in parts]) for item in others if (parts := parts_of(item))]
    return [
        (item, held[0])
        for subject in sorted(context.subjects, key=len, reverse=True)
        for item, parts in lists
        if len(held := [place for place, part in enumerate(parts) if subject in part]) == 1
    ]


def _question(text: str, context: Context, matcher: Matcher) -> Understanding:
    """A message as a question: as it leans on what was said before, if that says more, or else as it stands."""
    own = matcher.match(text)
    words = compact(text)
    is_short = len(words) <= _FRAGMENT
    is_open = not isinstance(own, Settled) and not matcher.subjects(text)
    says_nothing = is_open and own.score < _WEAK
    fragments = (*context.fragments, words)[-_KEPT:]
    if 0 < len(words) <= _SHORT and is_open and _VAGUE.fullmatch(words):
        return Incomplete(fragments)
    steering = steering_in(text) if is_open and context.reply else None
    if steering and (says_nothing or steering is Steering.SOURCE):
        return Steered(steering)
    if not isinstance(own, SmallTalk) and (leaning := _leaning(text, own, context, matcher)):
        return leaning
    if words and len(words) <= _SHORT and not isinstance(own, Settled):
        if len(words) == 1 or not _ASKING_ALONE.sub("", _AROUND.sub("", words)):
            # 那怎么办: what else there is to read about it.
            return Steered(Steering.MORE) if context.items and words.startswith("那") else Incomplete(fragments)
        if says_nothing and _number(words) is not None and not matcher.is_term(text):
            return NoSuchOption(0)
    is_word = isinstance(own, Suggestions) and own.word != ""
    is_fragment = is_short and not is_asking(words) and (is_word or matcher.is_term(text))
    return Asked(text, own, fragments=(words,) if is_fragment else ())


def _leaning(text: str, own: Verdict, context: Context, matcher: Matcher) -> Asked | None:
    """A short message read with what was said before, where that fits; of several readings the most helpful."""
    words = compact(text)
    # Who asks twice says what is meant.
    if not 0 < len(words) <= _SHORT or _ASKS_TWICE.search(text):
        return None
    fitting, content = [], [part for part in _LIGHT.split(words) if part[1:]]
    bare = _PRONOUN.sub("", _AROUND.sub("", words)) or words
    for reading, about in dict.fromkeys(_readings(text, own, context, matcher)):
        verdict = matcher.match(reading)
        if not _fits(verdict, own, (about, *content), matcher):
            continue
        # Who asks on with nothing of their own does not ask for what was just said.
        is_meant = bool(own.candidates) and own.candidates[0].item in [each.item for each in verdict.chosen]
        says_more = content or is_meant or _is_new(verdict, context)
        if says_more and any(matcher.share(each.item, bare) >= _SHARE for each in verdict.chosen):
            fitting.append((*_helpfulness(verdict, context, about), reading, verdict))
    if fitting:
        *_, reading, verdict = max(fitting, key=lambda found: found[:-2])
        return Asked(reading, verdict, leans=True)
    for reading in _joined(words, own, context):
        verdict = matcher.match(reading)
        says_more = isinstance(verdict, Suggestions) and isinstance(own, Unknown)
        if isinstance(verdict, Answer) or says_more:
            return Asked(reading, verdict, leans=True, fragments=(*context.fragments, words)[-_KEPT:])
    chosen = own.chosen if isinstance(own, Settled) else own.suggestions
    given = {candidate.item.id for candidate in chosen}
    for reading, _ in _readings(text, own, context, matcher) if given else ():
        # Together with what it is about, the message is a negative of the item that it gets alone.
        if given & matcher.excluded(matcher.form(reading)):
            return Asked(reading, matcher.match(reading), leans=True)
    return None


def _readings(text: str, own: Verdict, context: Context, matcher: Matcher) -> Iterator[tuple[str, str]]:
    """What a short message may mean after what was said last, each with the term that it must be about."""
    words, question = compact(text), compact(context.question)
    bare = _AROUND.sub("", words)
    if not bare:
        return
    is_named = bool(matcher.subjects(text))
    # Who says 他 means somebody who was named.
    pronoun = _PRONOUN.search(bare) if not isinstance(own, Answer) or bare[0] in "他她" else None
    leans = bool(_LEANING.search(words)) and bare not in question
    asks = is_asking(bare) or bare[-1] in "没不"
    # Where no keyword names what was asked about, the question itself does if it is no sentence.
    is_name = bool(context.items) and 1 < len(question) <= _FRAGMENT and not is_asking(question)
    for subject in context.subjects or ((question,) if is_name else ()):
        if pronoun and pronoun.group() != bare:
            yield bare[: pronoun.start()] + subject + bare[pronoun.end() :], subject
        if not is_named and (leans or asks):
            yield subject + bare, subject
        if leans and not asks and subject in question:
            yield question.replace(subject, bare, 1), bare
    if leans and not asks:
        # The same question about something else: its start is what it was about.
        for dropped in range(1, min(_DROPPED, len(question) - 2)):
            yield bare + question[dropped:], bare
        if is_named:
            yield bare, bare
    if question and bare.endswith("的") and isinstance(own, Suggestions):
        yield bare + question, bare.removesuffix("的")


def _fits(verdict: Verdict, own: Verdict, about: Iterable[str], matcher: Matcher) -> TypeGuard[Answer | NotCovered]:
    """Whether a reading says more than the message alone, and is about all that it must be about."""
    if not isinstance(verdict, Answer | NotCovered) or (isinstance(verdict, NotCovered) and isinstance(own, Answer)):
        return False
    return any(all(matcher.is_about(each.item, term) for term in about if term) for each in verdict.chosen)


def _helpfulness(verdict: Answer | NotCovered, context: Context, about: str) -> tuple[bool, bool, bool, float]:
    """How much a reading helps: an answer most, then what is nearest to the subject, then what was not just said."""
    is_nearest = about not in context.subjects[1:]
    return isinstance(verdict, Answer), is_nearest, _is_new(verdict, context), verdict.score


def _is_new(verdict: Answer | NotCovered, context: Context) -> bool:
    """Whether something else was said last."""
    return tuple(candidate.item.id for candidate in verdict.chosen) != context.items


def _joined(words: str, own: Verdict, context: Context) -> Iterator[str]:
    """The message together with the fragments before it, in either order."""
    is_settled = isinstance(own, Settled) and not any(map(is_asking, context.fragments))
    if not context.fragments or is_settled or len(words) > _FRAGMENT:
        return
    before = "".join(context.fragments)
    yield before + words
    yield words + before
    if len(context.fragments) > 1:
        yield context.fragments[-1] + words
