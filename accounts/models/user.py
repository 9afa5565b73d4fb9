from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, Role, Theme
from isme.lib.fields import ExactCharField
from isme.lib.names import initials_of


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account with one role. It is deactivated, never deleted: history points at it."""

    # Room for a wrapped hash of another system (accounts.hashers).
    password = models.CharField(_("password"), max_length=255)
    username = ExactCharField(_("username"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    language = models.CharField(_("language"), max_length=5, choices=Language, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True)
    avatar = models.ForeignKey(
        "lib.StoredFile",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    # The address that the person showed to be theirs; another one in use is not proved by it.
    proved_email = ExactCharField(
        _("proved e-mail"), max_length=150, blank=True, default="", db_default="", editable=False
    )
    email_proved_at = models.DateTimeField(
        _("e-mail proved"), null=True, blank=True, editable=False
    )
    must_change_password = models.BooleanField(
        _("must change the password"), default=False, db_default=False, editable=False
    )
    password_expires_at = models.DateTimeField(
        _("one-time password expires"), null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Grows with every edit, so that two editors can't overwrite each other unseen.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    deactivated_at = models.DateTimeField(_("deactivated"), null=True, editable=False)
    deactivated_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="+"
    )
    deactivation_reason = models.CharField(
        _("reason"), max_length=200, blank=True, db_default="", editable=False
    )
    last_login = None  # the session knows

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_one_role"),
            models.CheckConstraint(
                condition=models.Q(is_active=False)
                | models.Q(deactivated_at=None, deactivation_reason=""),
                name="user_active_was_not_deactivated",
            ),
            models.CheckConstraint(
                condition=models.Q(deactivated_by=None) | models.Q(deactivated_at__isnull=False),
                name="user_deactivated_by_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(password_expires_at=None) | models.Q(must_change_password=True),
                name="user_only_one_time_password_expires",
            ),
            models.CheckConstraint(
                condition=models.Q(proved_email="", email_proved_at=None)
                | (~models.Q(proved_email="") & models.Q(email_proved_at__isnull=False)),
                name="user_proved_email_has_time",
            ),
        ]
        # The list of people in each of its orders, whatever the filters (50 rows of 100,000).
        indexes = [
            models.Index(fields=["role", "is_active", "name"], name="user_role_name"),
            models.Index(fields=["role", "name"], name="user_any_status_name"),
            models.Index(fields=["is_active", "name"], name="user_status_name"),
            models.Index(fields=["name"], name="user_name"),
            models.Index(fields=["created_at"], name="user_created"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code: one query unless ``second_factor`` is joined."""
        factor = getattr(self, "second_factor", None)
        return factor is not None and factor.confirmed_at is not None

    @property
    def must_have_second_factor(self) -> bool:
        return settings.SECOND_FACTOR_FOR_SUPER_ADMIN and self.role == Role.SUPER_ADMIN

    @property
    def has_own_password(self) -> bool:
        """Whether the person chose the password themselves: none was issued that still waits."""
        return self.has_usable_password() and not self.must_change_password

    @property
    def erased_username(self) -> str:
        return f"erased-{self.pk}"

    @property
    def is_erased(self) -> bool:
        """Whether the person behind it was made nameless: the account is only a number now."""
        return self.username == self.erased_username

    @property
    def initials(self) -> str:
        return initials_of(str(self.name))

    @property
    def avatar_url(self) -> str:
        """Where the picture is, or "": no query."""
        if self.avatar_id is None:
            return ""
        return reverse("stored_file", args=[self.avatar_id, "avatar.webp"])

    @property
    def first_name(self) -> str:
        return next((word for word in self.name.split() if not word.endswith(".")), self.name)

    # Django admin asks these. Only a super admin enters it.
    @property
    def is_staff(self) -> bool:
        return self.role == Role.SUPER_ADMIN

    @property
    def is_superuser(self) -> bool:
        return self.role == Role.SUPER_ADMIN

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and self.role == Role.SUPER_ADMIN

    def has_perms(self, perms: Any, obj: Any = None) -> bool:
        return self.is_active and self.role == Role.SUPER_ADMIN

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.role == Role.SUPER_ADMIN
