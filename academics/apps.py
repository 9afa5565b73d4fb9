from collections.abc import Collection

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcademicsConfig(AppConfig):
    """The faculty's structure: years, terms, courses, classes, rooms, groups, who teaches what."""

    name = "academics"
    verbose_name = _("Academics")

    def ready(self) -> None:
        from academics import (
            addressees,
            audit_words,
            demo,
            home,
            imported,
            person_parts,
            privacy,
            reports,
            search,
            streams,
            telling,
        )
        from academics.imports import stored
        from academics.imports.rules import OFFICE
        from academics.selectors.imports import newest
        from academics.services import entries, materials
        from academics.views import term_card
        from isme.lib import desk, files, hooks, page_parts
        from isme.lib.desk import Panel

        hooks.seed_demo.register(demo.seed_faculty)
        hooks.new_students.register(entries.note_new_students)
        for kind in (materials.SYLLABUS, materials.MATERIAL, stored.UPLOADED, stored.SENT_BACK):
            files.register(kind)
        audit_words.offer()
        home.offer()
        desk.add(Panel("imports", "admin/panels/imports.html", lambda: {"imports": newest()}, 20))
        streams.offer()
        privacy.offer()
        reports.offer()
        person_parts.offer()
        imported.offer()
        telling.register()
        addressees.offer()
        search.offer()
        page_parts.add(term_card.PART)
        self._navigate(OFFICE)

    def _navigate(self, office: Collection[str]) -> None:
        from isme.lib import navigation

        of_courses = ["/offerings/", "/roles/", "/modules/", "/materials/"]
        navigation.add("/courses/", _("Courses"), icon="book", order=20, covers=of_courses)
        navigation.add("/classes/", _("Classes"), icon="class", order=22)
        navigation.add("/groups/", _("Groups"), icon="groups", order=24)
        navigation.add("/rooms/", _("Rooms"), icon="door", order=26)
        navigation.add("/terms/", _("Terms"), icon="clock", order=28, roles=office)
        navigation.add(
            "/expertise/",
            _("Expertise"),
            icon="award",
            order=41,
            roles=office,
            covers=["/lecturers/"],
        )
        navigation.add("/veterans/", _("Veterans"), icon="hourglass", order=42, roles=office)
        navigation.add("/people/import/", _("Import"), icon="upload", order=46, roles=office)
