"""What was found, told to a person or to a program."""
