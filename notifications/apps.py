from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """What people are told: the inbox, its badge, and the ways out by mail, push and WhatsApp."""

    name = "notifications"

    def ready(self) -> None:
        from accounts.choices import Role
        from isme.lib import hooks, navigation, page_parts
        from notifications import activity, audit_words, demo, home, notices, privacy, streams
        from notifications.services import account_events, clock
        from notifications.views import bell

        activity.prepare()
        notices.register()
        audit_words.offer()
        home.offer()
        streams.offer()
        page_parts.add(bell.PART)
        staff = {Role.SUPER_ADMIN.value, Role.OFFICE.value}
        navigation.add(
            "/notifications/broadcasts/", _("Broadcasts"), icon="megaphone", order=70, roles=staff
        )
        navigation.add_header("components/bell_part.html", order=50)
        hooks.each_minute.register(clock.each_minute)
        hooks.prune.register(clock.each_hour)
        hooks.new_device.register(account_events.new_device)
        hooks.role_changed.register(account_events.role_changed)
        hooks.seed_demo.register(demo.seed_notifications)
        privacy.offer()
