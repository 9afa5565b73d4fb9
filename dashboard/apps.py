from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The home page of each role. No models: it reads what the apps below offer."""

    name = "dashboard"
