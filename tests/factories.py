"""Real objects for tests, as few fields given as the test is about."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Cohort, Invitation, Role, User

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """A candidate; `UserFactory(role=Role.INSTRUCTOR)` for others; PASSWORD signs in."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    display_name = factory.Sequence(lambda n: f"Person {n}")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return model_class.objects.create_user(**fields)


class InstructorFactory(UserFactory):
    """An instructor."""

    role = Role.INSTRUCTOR


class AdministratorFactory(UserFactory):
    """An administrator."""

    role = Role.ADMINISTRATOR


class CohortFactory(DjangoModelFactory):
    """A cohort; `instructors=[…]` and `members=[…]` fill it."""

    class Meta:
        model = Cohort
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Cohort {n}")

    @factory.post_generation
    def instructors(self, create: bool, people: list[User] | None, **kwargs: Any) -> None:
        """Who looks after it."""
        self.instructors.add(*people or [])

    @factory.post_generation
    def members(self, create: bool, people: list[User] | None, **kwargs: Any) -> None:
        """Who is in it."""
        self.members.add(*people or [])


class InvitationFactory(DjangoModelFactory):
    """An invitation that can be used."""

    class Meta:
        model = Invitation

    invited_by = factory.SubFactory(InstructorFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))
