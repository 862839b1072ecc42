"""Pages transcribed by hand against what the reader reads."""
