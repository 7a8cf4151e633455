"""WHAT BECAME OF WHICH MAIL: a row for each, also of those that passed."""
