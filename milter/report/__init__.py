"""What happened, and who is told? The report for admins, by command and by mail."""
