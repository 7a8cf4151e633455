"""WHO DOES THE WORK: processes that are watched and started again, and what systemd is told of them."""
