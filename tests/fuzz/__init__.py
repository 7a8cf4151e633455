"""Mails that nobody wrote: mutated, and made by fuzzers."""
