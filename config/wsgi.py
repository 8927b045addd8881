"""The web entry point: `granian --interface wsgi config.wsgi:application`."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Every view is loaded before the first request is taken, not while somebody waits for its answer.
import_module("config.urls")
import_module("config.mail").send_beside_requests()
# What is loaded by now stays. To look through all of it for garbage takes 80 ms, in which
# nobody is answered.
gc.collect()
gc.freeze()
