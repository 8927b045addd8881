"""The web entry point: `granian --interface wsgi config.wsgi:application`."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Every view is loaded before the first request is taken, not while somebody waits for its answer.
import_module("config.urls")
