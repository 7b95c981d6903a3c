"""A need from draft to its end: advice, publishing, states, questions, files and disclosure."""
