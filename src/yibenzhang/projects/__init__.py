"""Projects from promise to result: how what was reached is scored."""
