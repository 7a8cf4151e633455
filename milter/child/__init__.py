"""WHAT RUNS WHERE IT CAN BE KILLED: child processes with limits of time and memory."""
