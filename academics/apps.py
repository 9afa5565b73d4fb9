from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcademicsConfig(AppConfig):
    """The faculty's structure: years, terms, courses, classes, rooms, groups, who teaches what."""

    name = "academics"
    verbose_name = _("Academics")

    def ready(self) -> None:
        from academics import demo, telling
        from isme.lib import hooks

        hooks.seed_demo.register(demo.seed_faculty)
        telling.register()
