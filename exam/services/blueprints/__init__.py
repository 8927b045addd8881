"""Blueprints: loading and writing them."""
