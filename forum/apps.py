from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    """Discussions: categories, threads, and trees of replies."""

    name = "forum"
    verbose_name = _("Forum")

    def ready(self) -> None:
        from forum import (
            audit_words,
            demo,
            demo_courses,
            finding,
            home,
            notices,
            pictures,
            privacy,
            reports,
        )
        from forum.services import attachments
        from isme.lib import files, hooks, navigation

        notices.register()
        finding.offer()
        audit_words.offer()
        home.offer()
        privacy.offer()
        reports.offer()
        pictures.offer()
        hooks.seed_demo.register(demo_courses.seed_courses)  # runs after the next one
        hooks.seed_demo.register(demo.seed_forum)
        files.register(attachments.PICTURE)
        files.register(attachments.DOCUMENT)
        navigation.add("/forum/", _("Forum"), icon="chat", order=10)
