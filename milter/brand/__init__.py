"""Who can be impersonated?"""
