"""How is the letter written: as impostors write theirs, and in a language that is known?"""
