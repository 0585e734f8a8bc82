"""A bare bot of PTB's own, to measure beside ours: it echoes."""

import os

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same, as a reply."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text, do_quote=True)


if __name__ == "__main__":
    url = f"{os.environ['CAMPAIGN_BOT_API_URL']}/bot"
    application = ApplicationBuilder().token(os.environ["CAMPAIGN_BOT_TOKEN"]).base_url(url).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()
