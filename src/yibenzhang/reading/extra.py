"""Is what reads pictures (the extra ``ocr``) installed? Imports nothing large to find out."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

INSTALL = "识别扫描件和图片需要先安装文字识别组件：pip install 'yibenzhang[ocr]'"


@cache
def installed() -> bool:
    """True where the extra ``ocr`` is installed."""
    return all(find_spec(name) for name in ("cv2", "numpy", "onnxruntime", "rapidocr", "PIL"))
