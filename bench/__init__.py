"""Measuring and fault injection: beside the product, run from a checkout (`python -m bench` or `yibenzhang bench`)."""
