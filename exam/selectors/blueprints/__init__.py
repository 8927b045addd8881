"""Blueprints, and what forms are drawn from."""
