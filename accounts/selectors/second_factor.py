from accounts.models import RecoveryCode, SecondFactor


def factor_of(user_id: int) -> SecondFactor | None:
    """Confirmed or pending: one query."""
    return SecondFactor.objects.filter(pk=user_id).first()


def recovery_codes_left(user_id: int) -> int:
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()
