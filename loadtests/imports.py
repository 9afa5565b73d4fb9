"""What a large spreadsheet costs the worker: seconds and memory, printed.

    python loadtests/imports.py [ROWS]

Uses the database of the environment; deletes what it made.
"""

import io
import json
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isme.settings")

import django

HEAD = ["NIM", "Nama", "Username", "Email", "Gender", "IPK", "Status", "Angkatan", "Semester"]


def workbook(rows: int) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Mahasiswa")
        sheet.write_row(0, 0, HEAD)
        for n in range(1, rows + 1):
            values = [f"20261{n:08}", f"Mahasiswa Uji {n}", f"uji{n}", f"uji{n}@kampus.example"]
            sheet.write_row(n, 0, [*values, "Perempuan", "3,25", "aktif", 2026, 1 + n % 7])
    return target.getvalue()


def measured(step, *arguments) -> dict[str, float]:
    """Run ``step`` in a process of its own, as a worker's child would."""
    pid = os.fork()
    began = time.perf_counter()
    if not pid:
        from django.db import connection

        connection.close()
        step(*arguments)
        os._exit(0)
    _pid, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{step.__name__} failed")
    # ru_maxrss of a process counts what it inherited, and its reader child is another process.
    return {"seconds": time.perf_counter() - began, "megabytes": usage.ru_maxrss / 1024}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    django.setup()
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection

    from academics.imports.stored import FILE
    from academics.models import ImportJob
    from academics.services import import_work, imports
    from isme.lib import files

    content = workbook(rows)
    checked = files.check(SimpleUploadedFile("besar.xlsx", content), kind=FILE)
    job = imports.upload(kind="student", file=checked, by=None)
    del content
    report: dict[str, object] = {"rows": rows, "database": connection.vendor}
    connection.close()
    numbers = {"import_id": job.pk}
    report["preview"] = measured(lambda: import_work.read(**numbers, run=1))
    imports.request_save(import_id=job.pk, by=None)
    connection.close()
    report["save"] = measured(lambda: import_work.save(**numbers, run=2))
    imports.request_undo(import_id=job.pk, by=None)
    connection.close()
    report["undo"] = measured(lambda: import_work.undo(**numbers, run=3))
    job.refresh_from_db()
    report["state"] = job.state
    report["reader_megabytes"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    imports.forget(import_id=job.pk)
    ImportJob.objects.filter(pk=job.pk).delete()
    print(json.dumps(report))


if __name__ == "__main__":
    main()
