from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcademicsConfig(AppConfig):
    """The faculty's structure: years, terms, courses, classes, rooms, groups, who teaches what."""

    name = "academics"
    verbose_name = _("Academics")

    def ready(self) -> None:
        from academics import demo
        from academics.services import materials
        from accounts.rules import STAFF
        from isme.lib import files, hooks, navigation

        hooks.seed_demo.register(demo.seed_faculty)
        files.register(materials.SYLLABUS)
        files.register(materials.MATERIAL)
        navigation.add("/courses/", _("Courses"), icon="book", order=20)
        navigation.add("/classes/", _("Classes"), icon="users", order=22)
        navigation.add("/groups/", _("Groups"), icon="groups", order=24)
        navigation.add("/rooms/", _("Rooms"), icon="door", order=26)
        navigation.add("/terms/", _("Terms"), icon="clock", order=28, roles=STAFF)
