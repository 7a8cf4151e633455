"""Of which parts is the mail made, and its fields of which mailboxes?"""
