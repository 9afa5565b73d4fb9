from academics.models.classes import Class, ClassMember
from academics.models.courses import Course, CourseOffering, Material, Module
from academics.models.groups import GroupingRun, GroupMember, StudentGroup
from academics.models.imports import ImportJob, ImportRow
from academics.models.promotion import PromotionEntry, PromotionRun
from academics.models.rooms import Room
from academics.models.teaching import (
    CourseExpertise,
    Expertise,
    LecturerExpertise,
    TeachingRole,
)
from academics.models.terms import AcademicYear, Term
from academics.models.veterans import StudentEntry, VeteranEvent, VeteranLevel, VeteranRecord

__all__ = [
    "AcademicYear",
    "Class",
    "ClassMember",
    "Course",
    "CourseExpertise",
    "CourseOffering",
    "Expertise",
    "GroupMember",
    "GroupingRun",
    "ImportJob",
    "ImportRow",
    "LecturerExpertise",
    "Material",
    "Module",
    "PromotionEntry",
    "PromotionRun",
    "Room",
    "StudentEntry",
    "StudentGroup",
    "TeachingRole",
    "Term",
    "VeteranEvent",
    "VeteranLevel",
    "VeteranRecord",
]
