"""The addresses of imports. They come before those of courses and rooms by code."""

from django.urls import path

from academics.views import imports

urlpatterns = [
    path("people/import/", imports.import_list, name="import_list"),
    path("people/import/<int:pk>/", imports.import_detail, name="import_detail"),
    path("people/import/<int:pk>/replace/", imports.import_replace, name="import_replace"),
    path("people/import/<int:pk>/save/", imports.import_save, name="import_save"),
    path("people/import/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("people/import/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("people/import/<int:pk>/resume/", imports.import_resume, name="import_resume"),
    path("people/import/template/<slug:kind>/", imports.import_template, name="import_template"),
    *(
        path(f"{place}/import/", imports.import_of_kind, {"kind": kind}, name=f"import_{place}")
        for place, kind in (
            ("rooms", "room"),
            ("courses", "course"),
            ("classes", "class"),
            ("groups", "group"),
        )
    ),
]
