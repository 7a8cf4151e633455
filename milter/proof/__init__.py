"""Can it prove it?"""
