"""What stands around every page, and what those read who are not signed in."""

NAME = "问答管理"
TITLE = "{title} · 问答管理"
NAVIGATION = "页面"
SKIP = "跳到正文"
ADMIN = "管理员 {admin}"
LOCAL = "本机"
SIGN_OUT = "退出登录"
SIGN_IN_TITLE = "进入管理页面"
SIGN_IN_TEXT = "点一下就进去。这个链接只能用一次，用过就失效；登录最多保持 12 个小时，一个小时不用也会自动退出。"
SIGN_IN = "进入"
MOMENT = "{at.month}月{at.day}日 {at:%H:%M}"
DAY = "{days.last}"
DAYS = "{days.first} 到 {days.last}"
DAYS_UNTIL = "{days.last} 以前"
WAITING = "🔔 有 {count:,} 位会员在等这样的问题。改好以后大约一分钟，他们会收到回答；这之前撤销，就不会发出去。"
"""Before an edit is made by which members are told of an answer."""
DONE: dict[str, str] = {
    "misses-ignore": "好，这些不管了：以后再有人这样问也不提醒。",
    "misses-unignore": "好，又放回没处理的里面了。",
    "misses-delete": "好，不再列出来，10 分钟以后彻底删掉；在那之前可以撤销。",
    "misses-undone": "已经撤销，跟原来一样了（中间另外处理过的除外）。",
    "misses-undo-gone": "这一次已经撤销过，或者已经彻底删掉，撤不回来了。",
    "miss-add": "加好了，马上生效。",
    "miss-never": "记成反例了，以后这样问绝不用那一条。",
    "miss-new": "存好了，马上生效。",
    "miss-refuse": "存好了，以后这样问，会老实说没有。",
    "miss-covered": "本来就是这样，不用再改。",
    "miss-undone": "已经撤销。",
    "miss-undo-refused": "没有撤销：这次改动已经撤销过，或者后来又被改过，分不清了。",
    "misses-gone": "什么都没做：勾选的这些刚才已经处理过了。",
    "edited": "改好了，马上生效。",
    "deleted": "删掉了，马上生效。",
    "undone": "撤销了，已经恢复成原来的样子。",
    "same": "本来就是这样，不用再改。",
    "told": "好，马上告诉他们。",
    "skipped": "好，这次不说；以后再变，还会问你。",
    "nobody": "现在没有人要告诉了：已经告诉过，或者回答又改回去了。",
    "imported": "导入好了，马上生效。要反悔，点下面的撤销。",
    "import-undone": "那次导入已经整个撤销。",
}
"""What was done, by the key that a redirect carries as ``done``."""
_WAY_IN = "在 Telegram 里给机器人发 /page，用它给的链接进来；在自己机器上，就再运行一次 campaign-bot page。"
REFUSED = {
    200: ("已经退出", f"在别的设备上也一起退出了。下次要用：{_WAY_IN}"),
    401: ("要先登录", f"登录已经过期，或者还没有登录。{_WAY_IN}"),
    410: ("这个链接用不了了", f"链接只在 5 分钟内有效，而且只能用一次。{_WAY_IN}"),
    429: ("先等一等", "刚才打开了太多用不了的链接。请在 Telegram 里给机器人发 /page，用它新给的链接进来。"),
    403: (
        "这一步没有做",
        "请求不是从这个管理页面发出来的，为了安全没有理会，什么都没改。请回到管理页面再点一次。",
    ),
    421: (
        "地址对不上",
        "打开的地址和设置里的 CAMPAIGN_BOT_PAGE_URL 不一样。请用机器人给的链接，或者请管机器的同事核对设置和反向代理。",
    ),
    404: ("没有这一页", "可能已经被删掉，或者地址写错了。"),
    405: ("没有这一页", "可能已经被删掉，或者地址写错了。"),
    400: ("没看懂", "发过来的内容不完整。请退回去再试一次。"),
    413: ("太大了", "发过来的内容太多，没有收下，什么都没改。请分几次做。"),
    503: (
        "数据库暂时用不了",
        "这一次没有做成。过一会儿再试；一直这样的话，请管机器的同事看看日志。",
    ),
    500: ("出错了", "这一页没能显示出来。请再试一次；一直这样的话，请管机器的同事看看日志。"),
}
"""Title and text of each response that is no page, by its HTTP status."""
BACK = "回到首页"
