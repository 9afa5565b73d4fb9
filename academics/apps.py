from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcademicsConfig(AppConfig):
    """The faculty's structure: years, terms, courses, classes, rooms, groups, who teaches what."""

    name = "academics"
    verbose_name = _("Academics")

    def ready(self) -> None:
        from academics import demo
        from academics.imports import stored
        from academics.imports.rules import OFFICE
        from isme.lib import files, hooks, navigation

        hooks.seed_demo.register(demo.seed_faculty)
        files.register(stored.UPLOADED)
        files.register(stored.SENT_BACK)
        navigation.add("/people/import/", _("Import"), icon="upload", order=60, roles=OFFICE)
