"""Links to a new password that a person hands over instead of a mail server."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str

from accounts.models import Action, User
from accounts.services.audit import record


def password_key(person: User, *, by: User) -> dict[str, str]:
    """What the address of such a link is made of; it stops working with the next password."""
    record(Action.PASSWORD_LINK, by=by, on=person)
    return {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
