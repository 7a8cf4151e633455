"""WHO WATCHES: figures for Prometheus, and whether all is well, over all processes."""
