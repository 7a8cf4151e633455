"""Which mails are copies of one letter? What is told apart, and what is not, for quarantine and gate."""
