"""What does the admin type? The command vigimel."""
