"""Syllabuses and materials of the courses that the demo faculty gives this term."""

import io

from academics.choices import CourseKind, TeachingKind
from academics.models import CourseOffering, Material, TeachingRole
from academics.services import materials
from academics.services.rows import By
from isme.lib import files

WITHOUT_SYLLABUS = 4  # every fourth course still owes its own: home pages show what is missing
BLOCKS_WITH_MATERIALS = (1, 2)
FONTS = b"/Resources<</Font<</F1 5 0 R>>>>"
TITLES = ("Jadwal dan pembagian topik", "Pengantar: {name}")


def seed_files() -> None:
    """Some syllabuses, and two materials for each of the first blocks. What exists stays."""
    offerings = list(
        CourseOffering.objects.filter(term__is_active=True)
        .select_related("course")
        .order_by("course__code")
    )
    roles = TeachingRole.objects.filter(offering__in=offerings, kind=TeachingKind.COORDINATOR)
    coordinators = dict(roles.values_list("offering_id", "lecturer_id"))
    known = set(
        Material.objects.filter(offering__in=offerings).values_list("offering_id", "title")
    )
    for number, offering in enumerate(offerings, start=1):
        by = coordinators.get(offering.pk)
        if by is None:
            continue
        if offering.syllabus_id is None and number % WITHOUT_SYLLABUS:
            document = _document("RPS", offering, materials.SYLLABUS.name)
            materials.replace_syllabus(offering.pk, document=document, by=By(by))
        if offering.course.kind == CourseKind.BLOCK:
            _seed_materials(offering, by, known)


def _seed_materials(offering: CourseOffering, by: int, known: set[tuple[int, str]]) -> None:
    if offering.course.block_no not in BLOCKS_WITH_MATERIALS:
        return
    for words in TITLES:
        title = words.format(name=offering.course.name)
        if (offering.pk, title) not in known:
            document = _document(title, offering, materials.MATERIAL.name)
            material = Material(offering=offering, title=title)
            materials.add_material(material, document=document, by=By(by))


def _document(title: str, offering: CourseOffering, kind: str) -> files.Checked:
    content = pdf([title, str(offering.course), "Berkas contoh dari fakultas peragaan"])
    name = files.clean_name(f"{title.split(':', maxsplit=1)[0]} {offering.course.code}.pdf")
    return files.Checked(files.kind_named(kind), name, "application/pdf", io.BytesIO(content))


def pdf(lines: list[str]) -> bytes:
    """One page of A4 with these lines, in a font that every reader has."""
    shown = "".join(f"({_escaped(line)}) Tj 0 -28 Td " for line in lines)
    text = f"BT /F1 18 Tf 72 760 Td {shown}ET".encode("latin-1", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>" % FONTS,
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = (
        b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    )
    return out + end % (table, len(out))


def _escaped(line: str) -> str:
    line = line.replace("–", "-")
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
