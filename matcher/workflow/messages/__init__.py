"""What people are told: notices, alerts of saved searches, and mail."""
