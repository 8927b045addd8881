"""How the parts are wired: settings, addresses, web entry point, background work, process tree."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
