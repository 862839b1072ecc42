"""`bench leave-out --learn`: what is learnt again from a city's files, alone and with a person who reads the proposals.

Run by the copy of the product whose standards lack the city's words: ``python -m bench.learning FILES OUT WHOLE``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from yibenzhang.batch import find_files
from yibenzhang.checking.learning import learn_from, sources_of
from yibenzhang.laws.learning import Learning, Proposal, safe, taught
from yibenzhang.laws.unknown import Unknown
from yibenzhang.reports.learned import write_region
from yibenzhang.standards.lexicon.words import Lexicon, Meaning, Phrase, load_lexicon


def read_by_person(
    word: Unknown, proposals: Sequence[Proposal], lexicon: Lexicon, whole: Lexicon
) -> Meaning | None:
    """The first proposal that says, of each text that holds the word, what the whole lexicon says; else a safe one."""
    for p in proposals:
        words = taught(lexicon, word.word, word.texts, p.meaning)
        if all(_same(words.phrase(t), whole.phrase(t)) for t in word.texts):
            return p.meaning
    return safe(word, proposals, lexicon)


def _same(one: Phrase, other: Phrase) -> bool:
    """Both know all words, and say the same; that 人员 is of expenditure goes without saying beside its kind."""
    known = not one.residue and not other.residue
    a, b = dict(one.values), dict(other.values)
    if {*a} != {"side"} and {*b} != {"side"}:
        a.pop("side", ""), b.pop("side", "")
    return known and a == b and one.label == other.label


def wrong(learning: Learning, whole: Lexicon) -> list[str]:
    """Words that were accepted with a meaning that is not what the whole lexicon says, where that knows them."""
    out = []
    for w in learning.words:
        known = [t for t in w.texts if not whole.phrase(t).residue]
        if w.accepted and any(not _same(learning.lexicon.phrase(t), whole.phrase(t)) for t in known):
            out.append(f"{w.word}={w.accepted}")
    return out


def learn_again(files: str, out: Path, whole_standards: str) -> dict[str, dict[str, object]]:
    """Learns in both ways; writes OUT/alone and OUT/person; the words accepted, and those accepted wrongly."""
    whole = load_lexicon("", whole_standards)
    sources = [s for s, _, _ in sources_of(find_files([files])[0]) if s is not None]
    made: dict[str, dict[str, object]] = {}
    for name, choose in (("alone", safe), ("person", partial(read_by_person, whole=whole))):
        learning = learn_from(sources, choose=choose)
        write_region(out / name, name, learning, accept=True)
        accepted = [f"{w.word}={w.accepted}" for w in learning.words if w.accepted]
        missed = [w.word for w in learning.words if not w.accepted and not whole.phrase(w.texts[0]).residue]
        made[name] = {"accepted": accepted, "wrong": wrong(learning, whole), "missed": missed}
    return made


if __name__ == "__main__":
    print(json.dumps(learn_again(sys.argv[1], Path(sys.argv[2]), sys.argv[3]), ensure_ascii=False))
