"""Does the text speak AS the brand, or ABOUT it?"""
