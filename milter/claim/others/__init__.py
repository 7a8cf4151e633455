"""Is it another's letter: forwarded, enclosed, written into a form, sent by a platform, told by a friend?"""
