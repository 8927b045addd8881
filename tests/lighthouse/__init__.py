"""Lighthouse: pages as it finds them, in one Chromium for all of them."""
