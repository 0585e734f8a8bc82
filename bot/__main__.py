"""``python -m bot`` is ``campaign-bot``."""

from bot.cli import main

if __name__ == "__main__":
    main()
