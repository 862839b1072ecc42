"""Characters that look like others and are stored in their stead: Kangxi radicals, compatibility ideographs,
joiners."""

from __future__ import annotations

import re
import unicodedata

from yibenzhang.model.dress import without_unseen

_SUPPLEMENT = {
    "⺁": "厂", "⺆": "冂", "⺌": "小", "⺍": "小", "⺕": "彐", "⺗": "心", "⺙": "攵", "⺛": "旡", "⺝": "月",
    "⺟": "母", "⺠": "民", "⺢": "水", "⺣": "灬", "⺤": "爫", "⺥": "爫", "⺦": "丬", "⺧": "牛", "⺨": "犭",
    "⺩": "王", "⺪": "疋", "⺫": "罒", "⺬": "示", "⺭": "礻", "⺮": "竹", "⺯": "糹", "⺰": "纟", "⺱": "网",
    "⺲": "罒", "⺶": "羊", "⺷": "羊", "⺹": "老", "⺼": "肉", "⺾": "艹", "⻁": "虎", "⻂": "衤", "⻃": "覀",
    "⻄": "西", "⻅": "见", "⻆": "角", "⻈": "讠", "⻉": "贝", "⻊": "足", "⻋": "车", "⻌": "辶", "⻍": "辶",
    "⻎": "辶", "⻏": "阝", "⻐": "钅", "⻒": "镸", "⻓": "长", "⻔": "门", "⻖": "阝", "⻗": "雨", "⻘": "青",
    "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻟": "飠", "⻠": "饣", "⻢": "马", "⻣": "骨",
    "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄", "⻪": "黾", "⻫": "斉", "⻬": "齐",
    "⻭": "歯", "⻮": "齿", "⻯": "竜", "⻰": "龙", "⻱": "龜", "⻲": "亀", "⻳": "龟",
}  # fmt: skip


def _folded() -> dict[int, str]:
    out = {}
    for start, end in ((0x2E80, 0x2FE0), (0xF900, 0xFB00), (0x2F800, 0x2FA20)):
        for code in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                out[code] = plain
    return out | {ord(k): v for k, v in _SUPPLEMENT.items()}


FOLDED = _folded()
"""Code → the usual character, one for one."""
FOLDS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
"""Where there may be such a character."""


def plain(text: str) -> str:
    """A text as it is seen: without characters that print nothing, radicals and compatibility forms as usual ones."""
    return text if text.isascii() else without_unseen(text).translate(FOLDED)
