"""WHO IS TOLD OF HIS OWN HELD MAIL, and how does he ask for it?"""
