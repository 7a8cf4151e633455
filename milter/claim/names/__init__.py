"""Is this name, or this domain, the brand's, or does another have it too?"""
