"""Which characters do these octets stand for?"""
