"""HOW IS A LINE OF THE LOG WRITTEN, and what is counted with it? What can happen is in `milter.maillog`."""
