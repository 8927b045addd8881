"""Blueprints and banks."""
