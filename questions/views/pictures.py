"""Uploaded pictures, by the hash of their bytes: they never change."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import instructor_required
from questions.models import Picture
from questions.services.pictures import MAX_BYTES, PictureError, store_picture

FOR_EVER = "private, max-age=31536000, immutable"


@login_required
@require_safe
def picture(request: HttpRequest, sha256: str, ending: str) -> HttpResponse:
    """The bytes of a picture, for whoever is signed in: its name cannot be guessed."""
    stored = get_object_or_404(Picture, sha256=sha256, media_type=f"image/{ending}")
    return HttpResponse(
        bytes(stored.data), content_type=stored.media_type, headers={"Cache-Control": FOR_EVER}
    )


@instructor_required
@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """Stores a picture and says how texts and exhibits call it."""
    file = request.FILES.get("picture")
    if file is None:
        return JsonResponse({"words": _("Choose a picture.")}, status=422)
    try:
        picture = store_picture(file.read(MAX_BYTES + 1))
    except PictureError as reason:
        return JsonResponse({"words": str(reason)}, status=422)
    return JsonResponse({"name": picture.name})
