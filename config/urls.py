"""Every address of the product, by area."""

from django.urls import include, path

from accounts.views import sign_in
from config import views
from exam.views.home import home

# Tried in turn: first those of exams, because nearly all requests are their saves.
urlpatterns = [
    path("", include("exam.urls")),
    path("", home, name="home"),
    path("livez", views.live, name="live"),
    path("readyz", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
    path("operations/", views.how_it_runs, name="operations"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("demo/", include("accounts.demo_urls")),
    path("account/login/code/", sign_in.CodeRequest.as_view(), name="account_request_login_code"),
    path(
        "account/login/code/confirm/",
        sign_in.CodeConfirm.as_view(),
        name="account_confirm_login_code",
    ),
    path(
        "account/2fa/totp/activate/",
        sign_in.SetUpSecondStep.as_view(),
        name="mfa_activate_totp",
    ),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("questions.urls")),
    path("measurement/", include("exam.measurement_urls")),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler429 = "accounts.views.sign_in.too_many"
handler500 = "config.views.server_error"
