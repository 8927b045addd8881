"""People, cohorts and invitations, always asked for by who wants to see them."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Count, Q, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.timezone import make_aware

from accounts.models import AuditEntry, Cohort, Invitation, Role, SignIn, User


class Standing(StrEnum):
    """How an address stands to a cohort; tells nothing about accounts outside of it."""

    NEW = "new"
    MEMBER = "member"
    INVITED = "invited"
    DECLINED = "declined"


def cohorts_for(instructor: User) -> QuerySet[Cohort]:
    """This instructor's own cohorts; an administrator sees all."""
    if instructor.is_administrator:
        return Cohort.objects.all()
    return Cohort.objects.filter(instructors=instructor)


def with_member_counts(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Adds `member_count`, and the instructors in one further query."""
    counted = cohorts.model.objects.filter(pk__in=cohorts.values("pk"))
    return counted.annotate(
        member_count=Count("members", filter=Q(members__is_active=True))
    ).prefetch_related("instructors")


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


def open_invitations(at: datetime) -> QuerySet[Invitation]:
    """Those that can still be used."""
    return Invitation.objects.filter(used_at=None, declined_at=None, expires_at__gt=at)


def open_invitation(token: str | None, at: datetime) -> Invitation | None:
    """The invitation with this token if it can still be used."""
    if not token:
        return None
    found = open_invitations(at).filter(token=token)
    return found.select_related("cohort", "invited_by").first()


def answerable_invitations(person: User, at: datetime) -> QuerySet[Invitation]:
    """Requests to join a cohort that this person has not answered yet."""
    asked = open_invitations(at).filter(email=person.email, cohort__isnull=False)
    return asked.exclude(cohort__members=person).select_related("cohort", "invited_by")


def cohort_invitations(cohort: Cohort, at: datetime) -> QuerySet[Invitation]:
    """What still leads into a cohort, and who said no, the newest first."""
    stands = Q(used_at=None, declined_at=None, expires_at__gt=at) | Q(declined_at__isnull=False)
    return cohort.invitation_set.filter(stands).select_related("invited_by")


def standing_of(cohort: Cohort, emails: Collection[str], at: datetime) -> dict[str, Standing]:
    """How each of these addresses, in lower case, stands to the cohort (two statements)."""
    standing = dict.fromkeys(emails, Standing.NEW)
    invited = cohort_invitations(cohort, at).filter(email__in=emails)
    for email, declined in invited.values_list("email", "declined_at"):
        standing[email] = Standing.DECLINED if declined else Standing.INVITED
    members = cohort.members.filter(email__in=emails).values_list("email", flat=True)
    return standing | dict.fromkeys(members, Standing.MEMBER)


def members_of(cohort: Cohort) -> QuerySet[User]:
    """The people of a cohort, by name."""
    return by_name(cohort.members.filter(is_active=True))


def sign_ins_of(person: User, at: datetime) -> list[SignIn]:
    """Where this person is signed in, the last used first (two statements)."""
    noted = list(person.sign_ins.all())
    keys = [sign_in.session_key for sign_in in noted]
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=at)
    valid = {session.session_key for session in sessions if _is_valid(session, person)}
    return [sign_in for sign_in in noted if sign_in.session_key in valid]


def _is_valid(session: Session, person: User) -> bool:
    """Whether it still signs this person in: a new password ends those that were there before."""
    held = session.get_decoded().get(HASH_SESSION_KEY, "")
    return constant_time_compare(held, person.get_session_auth_hash())


def audit_entries(
    words: str, action: str, since: date | None, until: date | None
) -> QuerySet[AuditEntry]:
    """The audit log, the latest first: by a person or a thing, an action, and days."""
    entries = AuditEntry.objects.all()
    if words:
        entries = entries.filter(
            Q(actor_words__icontains=words) | Q(subject_words__icontains=words)
        )
    if action:
        entries = entries.filter(action=action)
    if since:
        entries = entries.filter(at__gte=make_aware(datetime.combine(since, time.min)))
    if until:
        end = datetime.combine(until + timedelta(days=1), time.min)
        entries = entries.filter(at__lt=make_aware(end))
    return entries
