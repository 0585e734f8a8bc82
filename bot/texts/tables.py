"""What stands in the tables of the knowledge, and what is wrong with a table, in Chinese."""

COLUMNS = {
    "id": "编号",
    "topic": "话题",
    "kind": "类型",
    "question": "标准问法",
    "phrasings": "其他问法",
    "keywords": "关键词",
    "negatives": "反例",
    "answer": "回答",
    "source": "出处",
    "related": "相关条目",
    "short": "一句话回答",
    "valid_until": "有效期",
    "review_by": "复查日期",
    "owner": "归谁管",
}
"""The columns by the fields of an item, in their order."""
OUTLINE_COLUMNS = {"part": "部分", "place": "段落编号", "place_words": "位置"}
PARTS = {"title": "标题", "paragraphs": "段落", "others": "其他文件"}
SYNONYMS_COLUMNS = {"standard": "标准说法", "words": "也这么说"}
FRAMES_COLUMNS = {"frame": "套话"}
SHEETS = {"items": "条目", "outline": "提纲", "synonyms": "同义词", "frames": "套话"}
SHEET_ROW = "“{sheet}”{row}"
FAULT = "问题"
"""The column that says what is wrong with a row; it is not read."""
ROW = "第 {number} 行"
NOT_A_TABLE = "读不出这个文件：请用 CSV 或 xlsx 格式的表格。"
NO_HEADER = "第一行要写列名，至少要有“{needed}”。列名用这些：{known}。"
TWICE_SHEET = "“{sheet}”有两张表，请合成一张。"
NO_PART = "“部分”要写 {parts} 里的一个。"
NO_PLACE = "“段落编号”和“位置”都要写。"
NO_TITLE = "“位置”要写标题。"
PART_STAYS = "“{place}”现在是{part}，不能改成别的。"
NO_WORDS = "“也这么说”至少要写一个词。"
NO_STANDARD = "“标准说法”要写一个词。"
WORD_TAKEN = "“{word}”在“{standard}”那一组里也有，一个词只能放在一组里。"
TWICE_NAMED = "“{name}”在{other}已经写过，请只留一行。"
UNKNOWN_COLUMN = "不认识“{column}”这一列。列名用这些：{known}。"
TWICE_COLUMN = "“{column}”这一列写了两次，请只留一列。"
TOO_MANY_ROWS = "行太多了，一次最多 {limit} 行。请分几次导入。"
TOO_LARGE = "文件太大了，解开以后最多 {limit} MB。请分几次导入。"
TOO_LONG_CELL = "条目“{id}”的“{column}”太长，Excel 的一格放不下。请导出 CSV。"
NUMBER = "“{column}”这一格被 Excel 当成了数字（{value}），原来写的可能已经变了。请把这一格设成文本，再写一遍。"
DATE = "“{column}”这一格被 Excel 当成了日期（{value}），原来写的可能已经变了。请把这一格设成文本，再写一遍。"
FORMULA = "“{column}”这一格是公式。请把这一格设成文本，再写一遍。"
NOT_TEXT = "“{column}”这一格不是文字（{value}）。请把这一格设成文本，再写一遍。"
OVERFLOW = "这一行比列名多出几格。请检查逗号和引号。"
TWICE_ROW = "编号“{id}”在{other}已经写过，请只留一行。"
ID_USED = "编号“{id}”以前用过，不能再用。新条目可以不写编号。"
KIND_STAYS = "已有条目的类型不能改，现在是 {kind}。"
MERGE_DIFFERS = "“{question}”已经是条目 {id} 的问法，可这一行的“{column}”和它的不一样。要改那一条，请写上它的编号。"
HAS_NUMBER = "里面好像有电话或证件号码，不能存进知识库，请去掉。"
