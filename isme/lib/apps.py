from django.apps import AppConfig


class LibConfig(AppConfig):
    """The ground floor: mechanisms that every app above uses, and nothing of the faculty."""

    name = "isme.lib"
    label = "lib"

    def ready(self) -> None:
        from isme.lib import metric_parts, reporting

        metric_parts.offer()
        reporting.start()
