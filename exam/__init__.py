"""Blueprints, forms, attempts and scores."""
