from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, how they sign in, and the one live session that each of them has."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import audit_words, demo, home, pictures, privacy, reports, search
        from accounts.choices import Role
        from accounts.services import audit_post, avatars, mailed_links, own_data, password_sheets
        from isme.lib import fence, files, hooks, navigation

        boss = {Role.SUPER_ADMIN.value}
        staff = {Role.SUPER_ADMIN.value, Role.OFFICE.value}

        hooks.seed_demo.register(demo.seed_people)
        hooks.prune.register(mailed_links.prune)
        hooks.each_hour.register(audit_post.ask_each_hour)
        files.register(avatars.KIND)
        files.register(password_sheets.KIND)
        audit_words.offer()
        files.register(own_data.KIND)
        home.offer()
        privacy.offer()
        reports.offer()
        pictures.offer()
        search.offer()
        fence.prepare()
        navigation.add(
            "/accounts/users/",
            _("People"),
            icon="users",
            order=40,
            roles=staff,
            covers=["/accounts/throttled/", "/accounts/sheets/", "/accounts/links/"],
        )
        own = [f"/accounts/{page}/" for page in ("password", "second-factor", "email", "privacy")]
        own += [f"/notifications/{page}/" for page in ("preferences", "activity")]
        navigation.add("/accounts/profile/", _("Profile"), icon="user", order=80, covers=own)
        navigation.add("/accounts/audit/", _("Audit trail"), icon="shield", order=90, roles=boss)
        navigation.add("/admin/", _("Administration"), icon="gear", order=95, roles=boss)
