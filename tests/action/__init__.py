"""Tests of milter/action."""
