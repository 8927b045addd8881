"""People, cohorts and invitations, always asked for by who wants to see them."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import Cohort, Invitation, Role, User


def cohorts_for(instructor: User) -> QuerySet[Cohort]:
    """This instructor's own cohorts; an administrator sees all."""
    if instructor.is_administrator:
        return Cohort.objects.all()
    return Cohort.objects.filter(instructors=instructor)


def with_member_counts(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Adds `member_count`, and the instructors in one further query."""
    counted = cohorts.model.objects.filter(pk__in=cohorts.values("pk"))
    return counted.annotate(member_count=Count("members")).prefetch_related("instructors")


def by_name(people: QuerySet[User]) -> QuerySet[User]:
    """As they are listed, with who granted their extra time."""
    return people.select_related("extra_granted_by").order_by("display_name", "email")


def people_found(words: str, role: str) -> QuerySet[User]:
    """Everybody whose name or address holds the words, and who has the role if one is named."""
    people = User.objects.filter(is_active=True)
    if words:
        people = people.filter(Q(display_name__icontains=words) | Q(email__icontains=words))
    if role in Role.values:
        people = people.filter(role=role)
    return by_name(people)


def invitations_of(inviter: User) -> QuerySet[Invitation]:
    """The invitations this person wrote; an administrator sees all."""
    invitations = Invitation.objects.select_related("cohort", "used_by", "invited_by")
    if inviter.is_administrator:
        return invitations
    return invitations.filter(invited_by=inviter)


def open_invitation(token: str | None, at: datetime) -> Invitation | None:
    """The invitation with this token if it can still be used."""
    if not token:
        return None
    unused = Invitation.objects.filter(token=token, used_at=None, expires_at__gt=at)
    return unused.select_related("cohort", "invited_by").first()
