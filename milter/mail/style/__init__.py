"""What do the styles of a page do to what its reader sees?"""
