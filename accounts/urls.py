"""Addresses about people."""

from django.urls import path

from accounts.views import audit, candidates, cohorts, invitations, people, profile, refusals

app_name = "accounts"

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/sign-out", profile.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("profile/sign-ins/<int:pk>/end", profile.sign_out_there, name="sign_out_there"),
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("cohorts/<int:pk>/", cohorts.cohort, name="cohort"),
    path("cohorts/<int:pk>/members", cohorts.add_member, name="add_member"),
    path("cohorts/<int:pk>/instructors", cohorts.add_instructor, name="add_instructor"),
    path(
        "cohorts/<int:pk>/members/<int:person_pk>/remove",
        cohorts.remove_member,
        name="remove_member",
    ),
    path("cohorts/<int:pk>/members/<int:person_pk>/time", cohorts.member_time, name="member_time"),
    path("cohorts/<int:pk>/candidates/", candidates.candidates, name="candidates"),
    path("cohorts/<int:pk>/candidates/one", candidates.add_candidate, name="add_candidate"),
    path("cohorts/<int:pk>/candidates/several", candidates.add_roster, name="add_roster"),
    path("cohorts/<int:pk>/candidates/link", candidates.add_link, name="add_link"),
    path(
        "cohorts/<int:pk>/invitations/<int:invitation_pk>/withdraw",
        candidates.withdraw_from_cohort,
        name="withdraw_from_cohort",
    ),
    path("invitations/", invitations.invitations, name="invitations"),
    path(
        "invitations/<int:pk>/withdraw",
        invitations.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("invitations/<int:pk>/decline", invitations.decline_invitation, name="decline_invitation"),
    path("join/<slug:token>/", invitations.join, name="join"),
    path("people/", people.people, name="people"),
    path("people/audit/", audit.audit, name="audit"),
    path("people/refusals/", refusals.refusals, name="refusals"),
    path("people/refusals/forget", refusals.forget, name="forget_refusals"),
    path("csp-reports", refusals.report, name="csp_report"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/time", people.person_time, name="person_time"),
    path("people/<int:pk>/sign-out", people.sign_out, name="sign_out"),
    path("people/<int:pk>/password-link", people.password_link, name="password_link"),
]
