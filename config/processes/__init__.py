"""What `./dev up` is made of: the processes it starts, watches and stops, and what they need.

Standard library only, for the most part: much of it runs before there are settings.
"""
