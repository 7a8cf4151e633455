"""What do the answers mean?"""
