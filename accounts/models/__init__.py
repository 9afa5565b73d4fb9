from accounts.models.audit_event import AuditEvent, AuditHead
from accounts.models.identifier import Identifier
from accounts.models.mailed_link import MailedLink
from accounts.models.password_sheet import PasswordSheet
from accounts.models.profiles import LecturerProfile, StudentProfile
from accounts.models.search_word import SearchWord
from accounts.models.sign_in_event import SignInEvent
from accounts.models.sign_in_session import SignInSession
from accounts.models.user import User

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Identifier",
    "LecturerProfile",
    "MailedLink",
    "PasswordSheet",
    "SearchWord",
    "SignInEvent",
    "SignInSession",
    "StudentProfile",
    "User",
]
