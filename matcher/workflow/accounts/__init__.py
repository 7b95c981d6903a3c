"""Who may act: sign-up, sign-in, passwords, second factor, members and their verification."""
