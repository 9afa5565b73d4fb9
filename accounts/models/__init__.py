from accounts.models.audit_event import AuditEvent, AuditHead
from accounts.models.identifier import Identifier
from accounts.models.link_batch import LinkBatch, LinkDelivery
from accounts.models.mailed_link import MailedLink
from accounts.models.password_sheet import PasswordSheet
from accounts.models.profiles import LecturerProfile, StudentProfile
from accounts.models.search_word import SearchWord
from accounts.models.second_factor import RecoveryCode, SecondFactor
from accounts.models.sign_in_event import SignInEvent
from accounts.models.sign_in_session import SignInSession
from accounts.models.user import User

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Identifier",
    "LecturerProfile",
    "LinkBatch",
    "LinkDelivery",
    "MailedLink",
    "PasswordSheet",
    "RecoveryCode",
    "SearchWord",
    "SecondFactor",
    "SignInEvent",
    "SignInSession",
    "StudentProfile",
    "User",
]
