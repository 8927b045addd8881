"""Addresses of the demo sign-in."""

from django.urls import path

from accounts.views import demo

urlpatterns = [path("<str:role>/<str:token>/", demo.sign_in, name="demo_sign_in")]
