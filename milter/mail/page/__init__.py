"""What does a page show, and where do its links lead? HTML, and the older formats that become it."""
