"""What is being written and not sent yet, of every kind of record that has a long form."""
