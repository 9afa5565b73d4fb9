from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from isme.lib import navigation


class DashboardConfig(AppConfig):
    """The home page of each role. No models: it reads what the apps below offer."""

    name = "dashboard"

    def ready(self) -> None:
        from dashboard import audit_words, blocks, rules
        from dashboard.services import report_files
        from isme.lib import files

        audit_words.offer()
        blocks.offer()
        files.register(report_files.KIND)
        navigation.add("/dashboard/", _("Home"), icon="home", order=0)
        navigation.add("/reports/", _("Reports"), icon="chart", order=50, roles=rules.STAFF)
        navigation.add_header("dashboard/_finder.html", order=10)
