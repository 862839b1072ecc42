"""What was learnt, for people, for programs, and as the folder of a region that a person edits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from yibenzhang.laws.learning import Learning, Learnt, Proposal
from yibenzhang.laws.trying import Source
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.words import Lexicon, Meaning

_POSITIONS = {"heading": "表头", "row": "行名", "title": "标题"}
_LAWS = {"rows": "各行加总", "columns": "各栏加总", "equal": "表间相等", "change": "本年减上年"}
_LABELS = {"code": "编码栏", "name": "名称栏", "index": "序号栏", "remark": "备注栏"}


def said(meaning: Meaning, lexicon: Lexicon) -> str:
    """A meaning in words: by the shortest word of the lexicon that says it and nothing else."""
    if meaning.dimension == "label":
        return _LABELS[meaning.node]
    if meaning.dimension in ("plain", "total"):
        return {"plain": "不改变含义", "total": "合计"}[meaning.dimension]
    pair = (meaning.dimension, meaning.node)
    words = [w for w, m in lexicon.meanings.items() if m == (pair,)]
    return min(words, key=lambda w: (len(w), w), default="") or str(meaning)


def lines(learning: Learning) -> Iterator[str]:
    """The report for people."""
    files = len(learning.sources)
    accepted = [w for w in learning.words if w.accepted]
    yield (
        f"{files} 个文件，不认识的词 {len(learning.words) + learning.left} 个，试过 {len(learning.words)} "
        f"个，采用 {len(accepted)} 个。"
    )
    yield (
        f"表里不为零的数 {learning.numbers} 个，得到印证的：原来 {learning.proved_before} 个，采用后 "
        f"{learning.proved_after} 个。"
    )
    for word in learning.words:
        yield ""
        where = "、".join(_POSITIONS[p] for p in word.positions)
        yield f"“{word.word}”（{where}；{len(word.documents)} 个文件，{word.numbers} 个数）"
        for e in word.examples[:2]:
            place = f"，{e.place}" if e.place else ""
            yield f"  见：{e.title or e.table} 的“{e.text}”（{learning.sources[e.document].name}{place}）"
        if not word.proposals:
            yield "  没有哪个含义能让更多关系成立，请人看。"
        for n, p in enumerate(word.proposals, 1):
            mark = "（已采用）" if p.meaning == word.accepted else ""
            yield f"  {n}. {said(p.meaning, learning.lexicon)} [{p.meaning}]{mark}：{support(p)}"


def support(p: Proposal) -> str:
    """What speaks for and against a proposal, in one line."""
    laws = "、".join(f"{_LAWS[law]} {n} 项" for law, n in p.laws) or "无"
    out = f"新成立 {laws}（{p.documents} 个文件），新印证 {p.proved} 个数"
    for number, text in (
        (p.failed, "不成立 {} 项"),
        (p.broken, "新矛盾 {} 项"),
        (p.lost, "{} 个数失去印证"),
        (p.rivals, "另有 {} 个含义同样说得通"),
    ):
        if number:
            out += "，" + text.format(number)
    return out


def report(learning: Learning) -> dict[str, Any]:
    """For programs."""
    return {
        "documents": [s.name for s in learning.sources],
        "numbers": learning.numbers,
        "proved_before": learning.proved_before,
        "proved_after": learning.proved_after,
        "not_tried": learning.left,
        "words": [_word(w, learning) for w in learning.words],
    }


def _word(w: Learnt, learning: Learning) -> dict[str, Any]:
    return {
        "word": w.word,
        "positions": [str(p) for p in w.positions],
        "documents": list(w.documents),
        "numbers": w.numbers,
        "texts": list(w.texts),
        "accepted": str(w.accepted) if w.accepted else "",
        "examples": [
            {
                "document": learning.sources[e.document].name,
                "table": e.table,
                "title": e.title,
                "text": e.text,
                "place": str(e.place or ""),
            }
            for e in w.examples
        ],
        "proposals": [
            {
                "meaning": str(p.meaning),
                "laws": dict(p.laws),
                "documents": p.documents,
                "failed": p.failed,
                "proved": p.proved,
                "lost": p.lost,
                "broken": p.broken,
                "rivals": p.rivals,
                "acceptable": p.acceptable,
            }
            for p in w.proposals
        ],
    }


def write_region(folder: Path, name: str, learning: Learning, accept: bool) -> list[Path]:
    """The folder of a region: region.toml and lexicon/words.toml. Raises FileExistsError where it holds words."""
    words = folder / "lexicon" / "words.toml"
    if words.exists():
        raise FileExistsError(str(words))
    words.parent.mkdir(parents=True, exist_ok=True)
    words.write_text(words_toml(learning, accept), encoding="utf-8")
    region = folder / "region.toml"
    if not region.exists():
        places = ", ".join(_quoted(p) for p in places_of(name, learning.sources))
        text = (
            f"id = {_quoted(folder.name)}\nname = {_quoted(name)}\n# 单位名称里出现这些地名的，"
            f"归这个地区\nplaces = [{places}]\n"
        )
        region.write_text(text, encoding="utf-8")
    return [region, words]


def places_of(name: str, sources: Iterable[Source]) -> list[str]:
    """The name of the region, and what the names of all bodies begin with."""
    bodies = sorted({fold(s.body) for s in sources if s.body})
    size = 0
    while len(bodies) > 1 and all(len(b) > size and b[size] == bodies[0][size] for b in bodies):
        size += 1
    return list(dict.fromkeys(p for p in (name, bodies[0][:size] if size > 1 else "") if p))


def words_toml(learning: Learning, accept: bool) -> str:
    """The words: accepted ones as entries, the others with their proposals as comments to be made entries."""
    out = [
        "# 本地区的词。前面有 # 的是建议，看过觉得对，就去掉那一行最前面的 # 和空格；同名的节要并成一节。",
        "",
    ]
    entries: dict[Meaning, list[str]] = defaultdict(list)
    for w in learning.words:
        if accept and w.accepted:
            entries[w.accepted] += w.texts if w.accepted.dimension == "label" else (w.word,)
    out += entries_toml(entries)
    for w in learning.words:
        if accept and w.accepted:
            continue
        where = "、".join(_POSITIONS[p] for p in w.positions)
        out.append(f"# “{w.word}”：{where}，{len(w.documents)} 个文件，{w.numbers} 个数，见“{w.texts[0]}”")
        if not w.proposals:
            out += ["# 没有建议。", ""]
            continue
        for p in w.proposals:
            texts = w.texts if p.meaning.dimension == "label" else (w.word,)
            out.append(f"#   {said(p.meaning, learning.lexicon)}：{support(p)}")
            out += [f"# {line}" for line in entries_toml({p.meaning: list(texts)}) if line]
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def entries_toml(entries: Mapping[Meaning, list[str]]) -> list[str]:
    """Sections of words.toml; all kinds of labels stand in one."""
    out: list[str] = []
    labels = {m: w for m, w in entries.items() if m.dimension == "label"}
    for meaning, words in sorted(entries.items()):
        if meaning not in labels:
            out += [f"[{meaning}]", f"words = [{', '.join(map(_quoted, words))}]", ""]
    if labels:
        out.append("[label]")
        out += [f"{m.node} = [{', '.join(map(_quoted, w))}]" for m, w in sorted(labels.items())]
        out.append("")
    return out


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
