"""How does mail come in?"""
