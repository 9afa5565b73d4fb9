from forum.models.category import CategoryFollow, ForumCategory
from forum.models.desk import Draft, Report
from forum.models.post import Attachment, Post, PostMark, PostRevision
from forum.models.thread import Pseudonym, Thread, ThreadAccess, ThreadReader

__all__ = [
    "Attachment",
    "CategoryFollow",
    "Draft",
    "ForumCategory",
    "Post",
    "PostMark",
    "PostRevision",
    "Pseudonym",
    "Report",
    "Thread",
    "ThreadAccess",
    "ThreadReader",
]
