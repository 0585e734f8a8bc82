"""What is kept of Telegram's updates."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from bot.inbox.updates import Update

USER = {
    "id": 5,
    "is_bot": False,
    "first_name": "王小明",
    "last_name": "王",
    "username": "wang_xm",
    "language_code": "zh",
}
CHAT = {"id": 5, "type": "private", "first_name": "王小明", "username": "wang_xm", "bio": "水利局"}
MESSAGE = {"message_id": 1, "date": 1780000000, "chat": CHAT, "from": USER}
KEPT = {
    "a question": (
        {"message": {**MESSAGE, "text": "几点", "entities": [{"type": "text_mention", "user": USER}]}},
        {
            "message": {
                "message_id": 1,
                "date": 1780000000,
                "chat": {"id": 5},
                "from": {"id": 5, "language_code": "zh"},
                "text": "几点",
            }
        },
    ),
    "a contact": (
        {"message": {**MESSAGE, "contact": {"phone_number": "13812345678", "first_name": "王小明"}}},
        {
            "message": {
                "message_id": 1,
                "date": 1780000000,
                "chat": {"id": 5},
                "from": {"id": 5, "language_code": "zh"},
                "content": "contact",
            }
        },
    ),
    "a reply within a topic of a group": (
        {
            "edited_message": {
                **MESSAGE,
                "text": "几点",
                "edit_date": 1780000001,
                "is_topic_message": True,
                "message_thread_id": 9,
                "reply_to_message": {**MESSAGE, "text": "开会"},
            }
        },
        {
            "edited_message": {
                "message_id": 1,
                "date": 1780000000,
                "edit_date": 1780000001,
                "chat": {"id": 5},
                "from": {"id": 5, "language_code": "zh"},
                "text": "几点",
                "thread": 9,
                "reply_to_message": {"message_id": 1, "text": "开会", "from": {"id": 5, "language_code": "zh"}},
            }
        },
    ),
    "a pressed button": (
        {"callback_query": {"id": "8", "from": USER, "chat_instance": "1", "data": "none", "message": MESSAGE}},
        {
            "callback_query": {
                "id": "8",
                "from": {"id": 5, "language_code": "zh"},
                "data": "none",
                "message": {
                    "message_id": 1,
                    "date": 1780000000,
                    "chat": {"id": 5},
                    "from": {"id": 5, "language_code": "zh"},
                },
            }
        },
    ),
    "the bot in a group": (
        {
            "my_chat_member": {
                "chat": {**CHAT, "id": -5, "type": "group", "title": "水利局"},
                "from": USER,
                "date": 1780000000,
                "old_chat_member": {"user": USER, "status": "left"},
                "new_chat_member": {"user": USER, "status": "member"},
                "invite_link": {"invite_link": "https://t.me/+x", "creator": USER},
            }
        },
        {
            "my_chat_member": {
                "date": 1780000000,
                "chat": {"id": -5},
                "from": {"id": 5, "language_code": "zh"},
                "joined": True,
            }
        },
    ),
    "what is no kind of ours": ({"poll": {"id": "1", "question": "王小明?"}}, {}),
}


@pytest.mark.parametrize(("raw", "kept"), KEPT.values(), ids=KEPT.keys())
def test_only_what_is_needed_is_kept(raw: dict[str, Any], kept: dict[str, Any]) -> None:
    """No name, no user name, no contact; and what is kept reads as the same update."""
    update = Update.model_validate({"update_id": 3, **raw})
    assert json.loads(update.to_text()) == {"update_id": 3, **kept}
    assert Update.model_validate_json(update.to_text()) == update


QUEUES = {
    "messages by chat": ({"message": MESSAGE}, "chat 5"),
    "a button by the chat it stands in": (
        {"callback_query": {"id": "1", "from": {"id": 6}, "message": MESSAGE}},
        "chat 5",
    ),
    "a button under an inline result by who pressed it": ({"callback_query": {"id": "1", "from": {"id": 6}}}, "chat 6"),
    "inline queries apart from chats": (
        {"inline_query": {"id": "1", "from": {"id": 5, "language_code": "zh"}, "query": ""}},
        "inline 5",
    ),
    "nothing of ours": ({"channel_post": MESSAGE}, None),
}


@pytest.mark.parametrize(("raw", "queue"), QUEUES.values(), ids=QUEUES.keys())
def test_updates_of_one_chat_share_a_queue(raw: dict[str, Any], queue: str | None) -> None:
    """They are handled in their order."""
    assert Update.model_validate({"update_id": 3, **raw}).queue == queue


CHANGES = {
    ("supergroup", "left", "member"): "chat -5",
    ("supergroup", "kicked", "administrator"): "chat -5",
    ("group", "left", "administrator"): "chat -5",
    ("supergroup", "member", "administrator"): None,
    ("supergroup", "administrator", "member"): None,
    ("supergroup", "member", "left"): None,
    ("supergroup", "left", "restricted"): None,
    ("private", "kicked", "member"): None,
    ("channel", "left", "administrator"): None,
}


@pytest.mark.parametrize(("change", "queue"), CHANGES.items())
def test_only_coming_into_a_group_is_handled(change: tuple[str, str, str], queue: str | None) -> None:
    """A promotion, a channel or a private chat is not even kept."""
    kind, before, after = change
    raw = {
        "chat": {"id": -5, "type": kind},
        "from": USER,
        "date": 1780000000,
        "old_chat_member": {"status": before},
        "new_chat_member": {"status": after},
    }
    update = Update.model_validate({"update_id": 3, "my_chat_member": raw})
    assert update.queue == queue


def test_a_fault_never_tells_what_stood_there() -> None:
    """It goes into logs."""
    with pytest.raises(ValidationError) as caught:
        Update.model_validate({"update_id": 3, "message": {**MESSAGE, "text": ["王小明"]}})
    assert "王小明" not in str(caught.value)
    assert "message.text" in str(caught.value)
