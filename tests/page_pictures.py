"""Pictures of every page, at both sizes, light and dark: ``python -m tests.page_pictures FOLDER``."""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from tests.admin_setup import ADMIN, AdminSetup
from tests.browsing import CHROMIUM, PHONE, SCHEMES, WIDE, Tab, chromium, served, tab
from tests.clocks import Clock
from tests.conftest import ROOT, SHIPPED
from tests.page_setup import paths

_SLOWEST_MS = 180_000
"""A page of many screens is drawn as one picture."""
SIZES = {"phone": PHONE, "wide": WIDE}
SHOWN = [
    "/misses/4",
    "/misses/4/refuse",
    "/items/five-goods",
    "/try?q=五带头是哪五个",
    "/try?q=谁来监督这个活动",
    "/nothing",
]
"""What is shown besides each page as it begins."""
IN_README = {"/try?q=五带头是哪五个": ("wide", "light"), "/status": ("phone", "light")}
"""Of which pages the README holds a picture, in ``docs``."""
MISSES = {"食堂在几楼": 7, "党费一个月交多少": 5, "活动什么时候结束": 4, "谁是联系人": 2, "能请假吗": 1}


async def take(folder: Path) -> None:
    """Take all pictures, over the shipped knowledge and some misses."""
    with tempfile.TemporaryDirectory() as data:
        setup = AdminSetup(SHIPPED, Path(data), Clock())
        for question, times in MISSES.items():
            for _ in range(times):
                setup.miss(question)
        setup.clustering.cluster_new()
        setup.lifecycle.follow(None, setup.current.snapshot)
        with served(setup) as page_setup:
            async with chromium() as browser:
                for name, size in SIZES.items():
                    async with tab(browser, page_setup, size) as admin:
                        await admin.page.goto(page_setup.access.new_link(ADMIN.id))
                        await picture(admin, folder, "/sign-in", name)
                        await admin.sign_in()
                        for path in (*paths(), *SHOWN):
                            await admin.open(path)
                            await picture(admin, folder, path, name)
        setup.close()


async def picture(admin: Tab, folder: Path, path: str, size: str) -> None:
    """Pictures of what a tab shows, light and dark."""
    for scheme in SCHEMES:
        await admin.look(SIZES[size], scheme)
        name = re.sub(r"\W+", "-", path.strip("/"))
        await admin.page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True, timeout=_SLOWEST_MS)
        if IN_README.get(path) == (size, scheme):
            await admin.page.screenshot(path=ROOT / "docs" / f"page-{size}.png")


def main() -> None:
    """Take all pictures, and say where they are."""
    if CHROMIUM is None:
        sys.exit("There is no Chromium: apt-get install chromium")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))
    print(folder)


if __name__ == "__main__":
    main()
