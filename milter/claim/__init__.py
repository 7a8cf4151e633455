"""Who does the mail say it is?"""
