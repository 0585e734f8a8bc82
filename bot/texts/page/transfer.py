"""The page on which the knowledge goes out as a table and comes in from one."""

LABEL = "导入导出"
INTRODUCTION = "把整个知识库导出成表格，在 Excel 里改好再导回来。导入会先试一遍，你点了才真的改，改完一键撤销。"
EXPORT = "导出"
EXPORT_HINT = (
    "一共四张表：条目 {items} 条、提纲 {places} 处、同义词 {synonyms} 组、套话 {frames} 句。"
    "不想让 Excel 乱改数字和日期，就用 xlsx，里面每一格都是文本。"
)
XLSX = "导出 xlsx"
CSV = "导出 CSV（压缩包）"
IMPORT = "导入"
FILE = "选一个表格（xlsx、CSV，或者装着 CSV 的 zip）"
TRY = "先试一遍"
RULES = (
    "第一行是列名，照导出的写；不写的列保持原样，写了列名又留空，就是清空那一项。",
    "有编号的行改那一条；没有编号的是新条目，问法已经有了就并进原来那一条。",
    "“其他问法”这样有好几项的，一格里一行写一项。",
    "提纲、同义词、套话也能导：各用各的表，照导出的写。同义词的一行写了什么，那一组就只留什么。",
    "不在表格里的内容不会动，也不会删。一次最多 {rows} 行、{size} MB。",
)
LATEST = "最近的导入"
LATEST_ROW = "#{id} · {who}"
UNDO = "撤销这次导入"
RESULT = "试的结果"
COUNTS = (("added", "新增"), ("changed", "修改"), ("merged", "并入"), ("skipped", "不变"), ("faulty", "有问题"))
NOTHING = "没有要改的：每一行要么和现在一样，要么有问题。"
EMPTY = "表格里一行内容也没有。"
PARTLY = "有问题的行不会导入，其余的照常。也可以先改好，再选一次文件。"
APPLY = "导入这 {count} 行"
APPLY_ANYWAY = "知道了，还是导入这 {count} 行"
IMPACT = "对回答的影响"
IMPACT_NONE = "没有影响到别的问题。"
FAULTS = "有问题的行"
FAULT_COLUMNS = ("行", "内容", "问题")
FAULTS_FILE = "下载有问题的行"
ROWS = "{name}的行（{count}）"
ROW_COLUMNS = ("行", "条目")
CHANGED = "改了{columns}"
MORE = "……还有 {count} 行"
STALE = "刚才这段时间里知识库又有人改过，所以还没有导入。下面是按现在的内容重新试的结果，没问题就再点一次。"
CORRECTIONS = "要告诉会员吗"
CORRECTIONS_HINT = "有会员读过这些条目以前的回答，想知道变化。勾上的会告诉他们新的回答，告诉了就收不回来。"
CORRECTION = "{count} 位会员。现在的回答：{answer}"
BACK = "换一个文件"
NO_FILE = "还没有选文件。"
UNREADABLE = "发过来的内容不完整，什么都没改。请重新选一次文件。"
