"""An exam from its beginning to its end."""
