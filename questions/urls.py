"""Addresses of the bank: its questions, their review, and what comes in and goes out."""

from django.urls import path, re_path

from questions.views import bank, bank_bulk, editor, export, imports, pictures, question, reviews

app_name = "questions"

urlpatterns = [
    path("bank/", bank.banks, name="banks"),
    path("bank/<slug:slug>/", bank.bank, name="bank"),
    path("bank/<slug:slug>/status", bank_bulk.bank_status, name="bank_status"),
    path("bank/<slug:slug>/tags", bank_bulk.bank_tags, name="bank_tags"),
    path("bank/<slug:slug>/export", export.export, name="export"),
    re_path(
        r"^pictures/(?P<sha256>[0-9a-f]{64})\.(?P<ending>png|jpeg|webp)$",
        pictures.picture,
        name="picture",
    ),
    path("bank/<slug:slug>/imports/", imports.imports, name="imports"),
    re_path(r"^imports/template\.(?P<ending>csv|xlsx)$", imports.template, name="import_template"),
    path("imports/<int:pk>/", imports.page, name="import"),
    path("imports/<int:pk>/items/<int:position>/", imports.item, name="import_item"),
    path("imports/<int:pk>/choose", imports.choose, name="import_choose"),
    path("imports/<int:pk>/choose-all", imports.choose_all, name="import_choose_all"),
    path("imports/<int:pk>/place", imports.place, name="import_place"),
    path("imports/<int:pk>/begin", imports.begin, name="import_begin"),
    path("imports/<int:pk>/withdraw", imports.withdraw, name="import_withdraw"),
    path("bank/<slug:slug>/new", editor.create, name="create"),
    path("questions/<int:pk>/edit/", editor.edit, name="edit"),
    path("questions/<int:pk>/edit/keep", editor.keep, name="keep"),
    path("questions/<int:pk>/edit/look", editor.look, name="look"),
    path("questions/<int:pk>/edit/resolve", editor.resolve, name="resolve"),
    path("questions/<int:pk>/edit/saves/", editor.saves, name="saves"),
    path("questions/<int:pk>/edit/saves/<int:revision>", editor.bring_back, name="bring_back"),
    path("questions/<int:pk>/edit/discard/", editor.discard, name="discard"),
    path("questions/<int:pk>/edit/enemies", editor.change_enemies, name="enemies"),
    path("questions/<int:pk>/edit/enemies/find", editor.find_enemies, name="find_enemies"),
    path("pictures/upload", pictures.upload, name="upload"),
    path("questions/<int:pk>/", question.question, name="question"),
    path("questions/<int:pk>/send", question.send, name="send"),
    path("questions/<int:pk>/take-back", question.take_back, name="take_back"),
    path("questions/<int:pk>/status", question.status, name="status"),
    path("questions/<int:pk>/comment", question.comment, name="comment"),
    path("questions/<int:pk>/versions/", question.versions, name="versions"),
    path("questions/<int:pk>/review/", reviews.review, name="review"),
    path("questions/<int:pk>/review/answer", reviews.answer, name="review_answer"),
    path("questions/<int:pk>/review/decide", reviews.decide, name="review_decide"),
    path("reviews/", reviews.reviews, name="reviews"),
]
