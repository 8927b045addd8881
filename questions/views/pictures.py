"""Uploaded pictures, by the hash of their bytes: they never change."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from questions.models import Picture

FOR_EVER = "private, max-age=31536000, immutable"


@login_required
@require_safe
def picture(request: HttpRequest, sha256: str, ending: str) -> HttpResponse:
    """The bytes of a picture, for whoever is signed in: its name cannot be guessed."""
    stored = get_object_or_404(Picture, sha256=sha256, media_type=f"image/{ending}")
    return HttpResponse(
        bytes(stored.data), content_type=stored.media_type, headers={"Cache-Control": FOR_EVER}
    )
