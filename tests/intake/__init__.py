"""Tests of milter/intake."""
