"""The money of all forms of a document as one view: a row for each form, a column for each kind of amount."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.views import View, ViewColumn, ViewRow
from yibenzhang.recognising.forms import GoalForm

FORMS = "forms"


def form_views(forms: Sequence[GoalForm]) -> list[View]:
    """Views of the project forms, of the self-assessments and of the overall forms, where there are any."""
    out = []
    for panel, kind in enumerate(("project", "evaluation", "overall")):
        of_kind = [f for f in forms if f.kind == kind and f.amounts]
        if of_kind:
            out.append(_view(panel, kind, of_kind))
    return out


def _view(panel: int, kind: str, forms: Sequence[GoalForm]) -> View:
    measures = list(dict.fromkeys(m for f in forms for m in f.amounts))
    at = Coordinates()
    cells: dict[tuple[int, int], Fact] = {
        (k, n): f.amounts[m] for k, f in enumerate(forms) for n, m in enumerate(measures) if m in f.amounts
    }
    columns = tuple(ViewColumn(n, (m,), at) for n, m in enumerate(measures))
    rows = tuple(ViewRow(k, f.name, f.code) for k, f in enumerate(forms))
    # its rows are no list: only the laws of forms speak of it
    return View(FORMS, panel, kind, at, columns, rows, cells, dict.fromkeys(cells, at), open_end=True)
