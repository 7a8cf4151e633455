"""How does mail go on? `next_hop.py` is the door; SMTP, LMTP and a Maildir stand behind it."""
