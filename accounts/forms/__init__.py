"""What people may enter about themselves and others."""
