"""The work of a finance bureau through a season: who must publish, what was handed in, what was answered."""
