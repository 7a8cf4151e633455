"""What is a mail?"""
