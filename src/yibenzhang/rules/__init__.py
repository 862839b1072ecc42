"""The standards applied to one document: sums, sentences, wording, completeness and projects."""
