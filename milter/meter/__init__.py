"""WHAT IS COUNTED: figures that each process keeps for itself, in memory that all of them share."""
