"""The same invented disclosure through many conditions of files: read right, told, lost silently, or a false error."""
