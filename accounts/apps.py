from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, how they sign in, and the one live session that each of them has."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import demo
        from accounts.services import avatars
        from isme.lib import fence, files, hooks

        hooks.seed_demo.register(demo.seed_people)
        files.register(avatars.KIND)
        fence.prepare()
