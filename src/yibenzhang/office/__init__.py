"""The office: who must publish what by when, what was handed in, what people decided."""
