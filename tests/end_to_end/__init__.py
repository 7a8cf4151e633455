"""The whole path, with real Postfix on both sides."""
