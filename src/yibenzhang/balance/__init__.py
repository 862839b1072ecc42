"""Relations between numbers: whether they hold, and which number is to blame where they do not."""
