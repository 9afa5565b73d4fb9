"""Proving again who is there, before what would hurt most in a stranger's hands."""

from django.utils.translation import gettext as _

from accounts.errors import PasswordWrong
from accounts.models import User
from accounts.services import second_factor
from accounts.services.passwords import confirm_password
from accounts.services.second_factor import CODE
from accounts.services.visit import Visit


def prove(*, user_id: int, secret: str, visit: Visit) -> None:
    """Accept the password or, from who has a second factor, a code of the app.

    Raises PasswordWrong, CodeWrong, SignInHeld, DoorBusy.
    """
    typed = secret.replace(" ", "")
    if CODE.fullmatch(typed):
        user = User.objects.select_related("second_factor").get(pk=user_id)
        if user.has_second_factor:
            second_factor.prove_code(user_id=user_id, code=typed, visit=visit)
            return
    try:
        confirm_password(user_id=user_id, password=secret)
    except PasswordWrong as wrong:
        raise PasswordWrong(_("That is neither your password nor a code of your app.")) from wrong
