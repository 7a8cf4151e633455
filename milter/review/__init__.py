"""Who looks, and decides? The web page where admins review what is held."""
