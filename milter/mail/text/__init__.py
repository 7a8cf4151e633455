"""What does a text say to the eye, and what of it is its writer's own?"""
