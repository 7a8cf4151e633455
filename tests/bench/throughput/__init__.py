"""The gateway beside what an admin would use instead, and beside the limits, on the same mails in one run."""
