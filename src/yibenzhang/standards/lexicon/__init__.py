"""Words of the field as data: one file and one small typed loader for each subject."""
