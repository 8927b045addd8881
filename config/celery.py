"""The Celery application: two queues, scoring (short) and long, and the beat schedule."""

import os

from celery import Celery

from config.watching import tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("cutscore")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["exam.tasks"], related_name="long")
tasks.connect()
