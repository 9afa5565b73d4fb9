from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What people are told: the inbox, its badge, and the ways out by mail, push and WhatsApp."""

    name = "notifications"

    def ready(self) -> None:
        from isme.lib import hooks, navigation, page_parts
        from notifications import demo, notices
        from notifications.views import bell

        notices.register()
        page_parts.add(bell.PART)
        navigation.add_header("components/bell_part.html", order=50)
        hooks.seed_demo.register(demo.seed_notifications)
