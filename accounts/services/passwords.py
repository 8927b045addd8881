"""Links to a new password that a person hands over instead of a mail server."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str

from accounts.models import User


def password_key(person: User) -> dict[str, str]:
    """What the address of such a link is made of; it stops working with the next password."""
    return {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
