"""What does it want?"""
