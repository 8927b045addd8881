"""The people a first visitor can look around as."""

from typing import Final

from django.db import transaction

from accounts.models import Cohort, Role, User

EMAILS: Final = {
    Role.CANDIDATE: "candidate@demo.example",
    Role.INSTRUCTOR: "instructor@demo.example",
}
COHORT = "Demo cohort"


def create_demo_people() -> None:
    """A candidate and an instructor who looks after them; repeating it changes nothing."""
    with transaction.atomic():
        people = {role: _person(role, email) for role, email in EMAILS.items()}
        cohort, _made = Cohort.objects.get_or_create(name=COHORT)
        cohort.instructors.add(people[Role.INSTRUCTOR])
        cohort.members.add(people[Role.CANDIDATE])


def _person(role: Role, email: str) -> User:
    # Without a password only the link of this start signs them in.
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, role=role, display_name=f"Demo {role.label}")
