"""The functions of PDFium that are called for every character and every path, as cheap calls.

pypdfium2 declares the types of all arguments, and checking them costs twice what the functions do. Here arguments are
what C takes: a ``Handle``, an int, a reference to memory made once. PDFium is not thread-safe anyway; a process reads
one page at a time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as raw


class Handle(ctypes.c_void_p):
    """A pointer that goes in and comes out as it is; false where it is null."""


def handle(pointer: object) -> Handle:
    """A pointer of pypdfium2 for the calls below."""
    return Handle(ctypes.cast(pointer, ctypes.c_void_p).value)  # type: ignore[arg-type]


def _call(function: object, result: Any = ctypes.c_int) -> Callable[..., Any]:
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    assert address
    return ctypes.PYFUNCTYPE(result)(address)


loose_char_box = _call(raw.FPDFText_GetLooseCharBox)
char_origin = _call(raw.FPDFText_GetCharOrigin)
char_angle = _call(raw.FPDFText_GetCharAngle, ctypes.c_float)
char_matrix = _call(raw.FPDFText_GetMatrix)
font_size = _call(raw.FPDFText_GetFontSize, ctypes.c_double)
text_object = _call(raw.FPDFText_GetTextObject, Handle)
render_mode = _call(raw.FPDFTextObj_GetTextRenderMode)
objects_of_page = _call(raw.FPDFPage_CountObjects)
objects_of_form = _call(raw.FPDFFormObj_CountObjects)
object_of_page = _call(raw.FPDFPage_GetObject, Handle)
object_of_form = _call(raw.FPDFFormObj_GetObject, Handle)
object_type = _call(raw.FPDFPageObj_GetType)
object_matrix = _call(raw.FPDFPageObj_GetMatrix)
object_bounds = _call(raw.FPDFPageObj_GetBounds)
object_transparent = _call(raw.FPDFPageObj_HasTransparency)
fill_colour = _call(raw.FPDFPageObj_GetFillColor)
stroke_colour = _call(raw.FPDFPageObj_GetStrokeColor)
image_size = _call(raw.FPDFImageObj_GetImagePixelSize)
draw_mode = _call(raw.FPDFPath_GetDrawMode)
count_segments = _call(raw.FPDFPath_CountSegments)
path_segment = _call(raw.FPDFPath_GetPathSegment, Handle)
segment_type = _call(raw.FPDFPathSegment_GetType)
segment_point = _call(raw.FPDFPathSegment_GetPoint)
segment_close = _call(raw.FPDFPathSegment_GetClose)
clip_path = _call(raw.FPDFPageObj_GetClipPath, Handle)
clip_paths = _call(raw.FPDFClipPath_CountPaths)
clip_segments = _call(raw.FPDFClipPath_CountPathSegments)
clip_segment = _call(raw.FPDFClipPath_GetPathSegment, Handle)


class Memory:
    """A few values of one kind that PDFium writes: ``at`` are the references to pass, ``values()`` reads them."""

    __slots__ = ("_kept", "at", "values")

    def __init__(self, kind: Any, count: int) -> None:
        self._kept = (kind * count)()
        step = ctypes.sizeof(kind)
        self.at = tuple(ctypes.byref(self._kept, k * step) for k in range(count))
        self.values: Callable[[], list[Any]] = memoryview(self._kept).cast("B").cast(kind._type_).tolist
