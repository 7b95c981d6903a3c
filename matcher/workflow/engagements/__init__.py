"""The handshake that follows a match: states, clocks, disclosure, talks, pilots and outcomes."""
