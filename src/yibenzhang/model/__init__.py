"""The words of the program as records: what was read, what it means, what holds; they import nothing but each other."""
